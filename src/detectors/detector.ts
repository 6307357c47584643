/**
 * The contract of a detector: a pure step from the last state and the snapshot to findings. No I/O, no clock, no bus; state is
 * plain JSON, because the edge keeps it over restarts. Most detectors are written with `watch`: one question, asked of one or
 * several parts, with three answers; what was said before is kept here, so that only changes are told.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { Finding, ReportStatus } from "../model/report.ts";
import type { Snapshot } from "../model/telemetry.ts";

export interface Step<S> {
  readonly state: S;
  readonly findings: readonly Finding[];
  /** The answer as it stands now, changed or not; benches count by it. Absent where a detector asks nothing itself. */
  readonly answer?: ReportStatus;
}

/** A named, bounded number; the bounds are checked when a site changes it. */
export interface Param {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly about: string;
}

export type Params = Readonly<Record<string, Param>>;
export type Values<P extends Params> = { readonly [K in keyof P]: number };

export interface Detector<S, P extends Params = Params> {
  /** Lower case, `-`; the detector's name in reports and topics. */
  readonly id: string;
  readonly about: string;
  /** The codes it may report; empty when it passes on the printer's own. */
  readonly codes: readonly HmsCode[];
  readonly params: P;
  readonly initial: S;
  /** What still holds of a state from before a restart, of which nobody knows how long ago it was; all of it when there is none. */
  restore?(saved: S): S;
  step(state: S, snapshot: Snapshot, params: Values<P>, now: Timestamp): Step<S>;
  /** The same by its parts, where each is asked on its own: whoever watches thousands of printers asks only those that are there. */
  readonly questions?: readonly Question[] | undefined;
}

export function defineDetector<S, const P extends Params>(detector: Detector<S, P>): Detector<S, P> {
  return detector;
}

/** What one test says of one part, with what a person needs to believe it. */
export interface Answer {
  readonly status: ReportStatus;
  readonly value?: number;
  readonly limit?: number;
  readonly unit?: string;
  /** 0 to 1: how sure a fail is. */
  readonly confidence?: number;
  /** `says` is a sentence for a person; other keys are the figures behind it. */
  readonly evidence?: { readonly says: string } & Readonly<Record<string, unknown>>;
}

/** Shared, so that the usual answers cost nothing. */
export const PASS: Answer = { status: "pass" };
export const NOT_TESTED: Answer = { status: "not_tested" };

export interface Test<S> {
  readonly state: S;
  readonly answer: Answer;
}

export interface Watched<S> {
  readonly test: S;
  /** What was told last; absent before anything was. */
  readonly said?: ReportStatus;
}

/** State of a `watch` detector, by the name of the part. */
export type WatchState<S> = Readonly<Record<string, Watched<S>>>;

export interface Watch<Part extends { readonly name: string }, S, P extends Params> {
  readonly id: string;
  readonly about: string;
  readonly parts: readonly Part[];
  readonly code: (part: Part) => HmsCode;
  readonly params: P;
  readonly start: S;
  /** The reading without which a part is not there: until it comes nothing is asked, which costs nothing. */
  readonly reads?: (part: Part) => keyof Snapshot;
  restore?(saved: S): S;
  /** Return the same state object where nothing changed: most parts of most printers are not there at all. */
  test(state: S, part: Part, snapshot: Snapshot, params: Values<P>, now: Timestamp): Test<S>;
}

const nothing: readonly Finding[] = [];

/** What is asked of one part. */
export interface Question {
  readonly part: { readonly name: string };
  readonly code: HmsCode;
  readonly start: unknown;
  /** The reading without which the part is not there. */
  readonly reading: keyof Snapshot | undefined;
  test(state: unknown, part: { readonly name: string }, snapshot: Snapshot, params: Values<Params>, now: Timestamp): Test<unknown>;
}

/** A question, with what is remembered of the answers. */
export interface Asked {
  readonly question: Question;
  state: unknown;
  said: ReportStatus | undefined;
}

/** Asks and remembers. The answer is returned where it is worth telling. */
export function ask(asked: Asked, snapshot: Snapshot, params: Values<Params>, now: Timestamp): Finding | undefined {
  const { question } = asked;
  const { state, answer } = question.test(asked.state, question.part, snapshot, params, now);
  asked.state = state;
  if (!isWorthTelling(asked.said, answer.status)) return undefined;
  asked.said = answer.status;
  return { code: question.code, ...answer };
}

/** A detector that asks one question of each of its parts and tells what changed. */
export function watch<Part extends { readonly name: string }, S, const P extends Params>(
  definition: Watch<Part, S, P>,
): Detector<WatchState<S>, P> {
  const { id, about, parts, params, start } = definition;
  const watched = parts.map((part) => ({
    part,
    name: part.name,
    code: definition.code(part),
    fresh: { test: start } as Watched<S>,
    reading: definition.reads?.(part),
  }));
  const questions = watched.map(({ part, code, reading }): Question => ({ part, code, reading, start, test: definition.test }));
  const isSingle = parts.length === 1;
  const restorePart = definition.restore;
  return {
    id,
    about,
    codes: watched.map(({ code }) => code),
    params,
    initial: {},
    questions,
    ...(restorePart !== undefined && {
      restore: (saved: WatchState<S>): WatchState<S> =>
        Object.fromEntries(Object.entries(saved).map(([name, one]) => [name, { ...one, test: restorePart(one.test) }])),
    }),
    step: (state, snapshot, values, now) => {
      let next: Record<string, Watched<S>> | undefined;
      let findings = nothing;
      let answer: ReportStatus = "not_tested";
      for (const { part, name, code, fresh, reading } of watched) {
        const before = state[name] ?? fresh;
        if (before === fresh && reading !== undefined && snapshot[reading] === undefined) continue;
        const test = definition.test(before.test, part, snapshot, values, now);
        const { status } = test.answer;
        if (status === "fail" || answer === "not_tested") answer = status;
        const isNews = isWorthTelling(before.said, status);
        if (test.state === before.test && !isNews) continue;
        // most detectors watch one part: there is nothing of others to keep
        next ??= isSingle ? {} : { ...state };
        const said = isNews ? status : before.said;
        next[name] = said === undefined ? { test: test.state } : { test: test.state, said };
        if (isNews) findings = [...findings, { code, ...test.answer }];
      }
      return { state: next ?? state, findings, answer };
    },
  };
}

/** A fault that can no longer be tested is told too, and stands; what was never tested needs no word. */
function isWorthTelling(said: ReportStatus | undefined, status: ReportStatus): boolean {
  if (said === status) return false;
  return status !== "not_tested" || said === "fail";
}

/** Longer gaps are time in which nobody looked: it counts for nothing. */
const MAX_GAP_S = 10;

/** Seconds that count as watched since `last`: 0 at first, after a gap and when the clock was set back. */
export function watchedS(last: Timestamp | undefined, now: Timestamp, maxGapS: number = MAX_GAP_S): number {
  if (last === undefined) return 0;
  const seconds = (now - last) / 1_000;
  return seconds > 0 && seconds <= maxGapS ? seconds : 0;
}

/** Readings are from now, not what a printer said before it fell silent. */
export function isFresh(snapshot: Snapshot, now: Timestamp, maxAgeS: number = MAX_GAP_S): boolean {
  return snapshot.connected && snapshot.at !== undefined && now - snapshot.at <= maxAgeS * 1_000;
}

/** Readings are from now, and of a host that runs: heaters obey, and what is told is no leftover. */
export function isRunning(snapshot: Snapshot, now: Timestamp): boolean {
  return isFresh(snapshot, now) && (snapshot.hostState === undefined || snapshot.hostState === "ready");
}

/** State of a test that looks only now and then, because looking oftener would tell no more. */
export interface Looked {
  readonly at?: Timestamp;
  /** What it found last, which is its answer until it looks again. */
  readonly status: ReportStatus;
}

const STANDING: Readonly<Record<ReportStatus, Answer>> = { pass: PASS, not_tested: NOT_TESTED, fail: { status: "fail" } };

/** The answer as it stood at the last look. */
export function standing<S extends Looked>(state: S): Test<S> {
  return { state, answer: STANDING[state.status] };
}

export function isTooEarly(state: Looked, snapshot: Snapshot, everyMs: number): boolean {
  return state.at !== undefined && snapshot.at !== undefined && snapshot.at >= state.at && snapshot.at - state.at < everyMs;
}
