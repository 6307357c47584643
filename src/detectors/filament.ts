/**
 * Filament on its way to the extruder, by sensors of a Klipper machine: gone at the switch, not following the extruder, or of the wrong
 * width. A machine without a job may be loaded and unloaded as one likes; what a job ran into stands while the job waits for it.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { PrinterState, Snapshot } from "../model/telemetry.ts";
import { type Answer, isFresh, NOT_TESTED, PASS, type Test, watch, watchedS } from "./detector.ts";

const FILAMENT = [{ name: "filament" }] as const;

/** The last moment of work: a host that pauses at once may tell the pause and its reason together. */
interface Work {
  readonly state?: PrinterState;
  /** When it went from printing to paused. */
  readonly pausedAt?: Timestamp;
}

const PAUSED_WITH_S = 3;

function worked(before: Work, state: PrinterState | undefined, now: Timestamp): Work {
  if (state === before.state) return before;
  if (state === "paused" && before.state === "printing") return { state, pausedAt: now };
  return state === undefined ? {} : { state };
}

const hasJustBeen = (at: Timestamp | undefined, now: Timestamp): boolean =>
  at !== undefined && now >= at && now - at <= PAUSED_WITH_S * 1_000;

const isAtWork = ({ state, pausedAt }: Work, now: Timestamp): boolean => state === "printing" || hasJustBeen(pausedAt, now);

/** Everything these sensors say is the host's word: nothing without a host that is ready. */
function isSpeaking(snapshot: Snapshot, now: Timestamp): boolean {
  return snapshot.hostState === "ready" && isFresh(snapshot, now);
}

interface RunoutState {
  readonly work: Work;
  readonly missing?: { readonly at: Timestamp; readonly forS: number };
  readonly isOut?: true;
}

const NO_RUNOUT: RunoutState = { work: {} };
const OUT: Answer = {
  status: "fail",
  confidence: 0.98,
  evidence: { says: "the switch sees no filament any more, in the middle of a job" },
};

export const filamentRunout = watch({
  id: "filament-runout",
  about: "The filament switch sees no filament while a job runs.",
  parts: FILAMENT,
  reads: () => "filamentAtExtruder",
  code: () => "E100-0E00-0002-E001" as HmsCode,
  params: {
    debounceS: { default: 0.2, min: 0, max: 30, unit: "s", about: "how long the switch must see nothing" },
  },
  start: NO_RUNOUT,
  restore: ({ isOut }) => (isOut === true ? { work: {}, isOut } : NO_RUNOUT),
  test: (before, _part, snapshot, params, now): Test<RunoutState> => {
    const { filamentAtExtruder: isThere } = snapshot;
    if (isThere === undefined || !isSpeaking(snapshot, now)) return { state: before, answer: NOT_TESTED };
    const work = worked(before.work, snapshot.state, now);
    const { isOut, missing } = before;
    const state = work === before.work ? before : { ...before, work };
    const hasJob = work.state === "printing" || work.state === "paused";
    if (isThere || !hasJob) {
      const answer = isThere || isOut === true ? PASS : NOT_TESTED;
      return { state: isOut === undefined && missing === undefined ? state : { work }, answer };
    }
    if (isOut === true) return { state, answer: OUT };
    if (!isAtWork(work, now) && missing === undefined) return { state, answer: NOT_TESTED };
    const forS = (missing?.forS ?? 0) + watchedS(missing?.at, now);
    if (forS < params.debounceS) return { state: { work, missing: { at: now, forS } }, answer: NOT_TESTED };
    return { state: { work, isOut: true }, answer: OUT };
  },
});

interface MotionState {
  readonly work: Work;
  /** Since when it has not followed, and where the extruder was then. */
  readonly still?: {
    readonly at: Timestamp;
    readonly forS: number;
    readonly mm: number;
    readonly extrudedMm?: number;
    readonly didFollow: boolean;
  };
  /** It followed at the last look. */
  readonly follows?: boolean;
  /** Without a job: when it stopped to follow. A host that pauses at that moment pauses for it. */
  readonly stoppedAt?: Timestamp;
  readonly isStuck?: true;
  /** Since when it follows again. */
  readonly freeAt?: Timestamp;
}

const NO_MOTION: MotionState = { work: {} };
/** What slips follows now and then. */
const FREE_MS = 60_000;
const STUCK_HOLD_S = 1;

function tellStuck({ mm }: { readonly mm: number }, limitMm: number): Answer {
  return {
    status: "fail",
    value: mm,
    limit: limitMm,
    unit: "mm",
    confidence: 0.9,
    evidence: {
      says: mm > 0 ? `no filament followed for ${mm.toFixed(1)} mm that the extruder pushed` : "the motion sensor sees no filament follow",
    },
  };
}

type Still = NonNullable<MotionState["still"]>;

/** Adds what was pushed since the last look; retracts and counters that start over push nothing. */
function pushed(still: Still | undefined, didFollow: boolean, extrudedMm: number | undefined, now: Timestamp): Still {
  if (still === undefined) return { at: now, forS: 0, mm: 0, ...(extrudedMm !== undefined && { extrudedMm }), didFollow };
  const mm = extrudedMm === undefined || still.extrudedMm === undefined ? 0 : Math.max(0, extrudedMm - still.extrudedMm);
  return {
    ...still,
    at: now,
    forS: still.forS + watchedS(still.at, now),
    mm: still.mm + mm,
    ...(extrudedMm !== undefined && { extrudedMm }),
  };
}

export const filamentMotion = watch({
  id: "filament-motion",
  about: "The motion sensor does not see filament follow the extruder: a clog, a tangle, or ground filament.",
  parts: FILAMENT,
  reads: () => "filamentMoving",
  code: () => "E100-0E00-0002-E002" as HmsCode,
  params: {
    lengthMm: { default: 7, min: 1, max: 100, unit: "mm", about: "how much is pushed without filament that follows" },
  },
  start: NO_MOTION,
  restore: ({ isStuck }) => (isStuck === true ? { work: {}, isStuck } : NO_MOTION),
  test: (before, _part, snapshot, params, now): Test<MotionState> => {
    const { filamentMoving: follows, extrudedMm } = snapshot;
    if (follows === undefined || !isSpeaking(snapshot, now)) return { state: before, answer: NOT_TESTED };
    const work = worked(before.work, snapshot.state, now);
    const { isStuck, still, freeAt } = before;
    const hasJob = work.state === "printing" || work.state === "paused";
    if (isStuck === true && hasJob && follows && (freeAt === undefined || (now >= freeAt && now - freeAt < FREE_MS)))
      return { state: freeAt === undefined ? { work, isStuck, freeAt: now } : before, answer: tellStuck({ mm: 0 }, params.lengthMm) };
    if (follows || !hasJob) {
      const isCalm = work === before.work && isStuck === undefined && still === undefined && before.follows === follows;
      const hasStopped = !follows && before.follows === true;
      const next = { work, follows, ...(hasStopped && { stoppedAt: now }) };
      return { state: isCalm ? before : next, answer: follows || isStuck === true ? PASS : NOT_TESTED };
    }
    if (isStuck === true) {
      const isSame = work === before.work && freeAt === undefined;
      return { state: isSame ? before : { work, isStuck }, answer: tellStuck({ mm: 0 }, params.lengthMm) };
    }
    // the host guards moves by hand as well
    const stoppedAt = before.follows === true ? now : before.stoppedAt;
    const hasPausedFor = work !== before.work && work.state === "paused" && hasJustBeen(stoppedAt, now);
    if (!isAtWork(work, now) && still === undefined && !hasPausedFor)
      return { state: work === before.work ? before : { ...before, work }, answer: NOT_TESTED };
    const next = pushed(still, before.follows === true || hasPausedFor, extrudedMm, now);
    // Klipper's sensor has counted its own length when it says so; a host that pauses pushes no more
    const isOwnVerdict =
      next.didFollow && next.forS >= STUCK_HOLD_S && (extrudedMm === undefined || next.mm >= 1 || work.state === "paused");
    if (next.mm >= params.lengthMm || isOwnVerdict) return { state: { work, isStuck: true }, answer: tellStuck(next, params.lengthMm) };
    return { state: { work, follows: before.follows ?? false, still: next }, answer: NOT_TESTED };
  },
});

interface WidthState {
  /** One up for a reading out of bounds, one down for one within; stays between 0 and what it takes. */
  readonly score: number;
  readonly at?: Timestamp;
  readonly isOff?: true;
}

const NO_WIDTH: WidthState = { score: 0 };
const EVERY_S = 1;
const NOMINAL_MM = [1.75, 2.85] as const;
/** Less is no filament. */
const MIN_MM = 0.8;

function offMm(widthMm: number): number {
  return Math.min(...NOMINAL_MM.map((nominal) => Math.abs(widthMm - nominal)));
}

function tellWidth(widthMm: number, limitMm: number): Answer {
  return {
    status: "fail",
    value: widthMm,
    limit: limitMm,
    unit: "mm",
    confidence: 0.85,
    evidence: { says: `filament is ${widthMm.toFixed(2)} mm wide, more than ${limitMm.toFixed(2)} mm off` },
  };
}

export const filamentWidth = watch({
  id: "filament-width",
  about: "The filament is thicker or thinner than it should be, for most of the last readings.",
  parts: FILAMENT,
  reads: () => "filamentWidthMm",
  code: () => "0300-0900-0003-E116" as HmsCode,
  params: {
    toleranceMm: { default: 0.1, min: 0.02, max: 0.5, unit: "mm", about: "how far the width may be from 1.75 or 2.85 mm" },
    readings: { default: 12, min: 3, max: 200, unit: "", about: "how many more readings must be off than right, one a second" },
  },
  start: NO_WIDTH,
  restore: ({ isOff }) => (isOff === true ? { score: 0, isOff } : { score: 0 }),
  test: (state, _part, snapshot, params, now): Test<WidthState> => {
    const { filamentWidthMm: widthMm } = snapshot;
    if (widthMm === undefined || widthMm < MIN_MM || snapshot.state !== "printing" || !isFresh(snapshot, now)) {
      return { state, answer: NOT_TESTED };
    }
    const standing = state.isOff === true ? tellWidth(widthMm, params.toleranceMm) : PASS;
    if (state.at !== undefined && now >= state.at && now - state.at < EVERY_S * 1_000) return { state, answer: standing };
    const isOff = offMm(widthMm) > params.toleranceMm;
    const isAgainst = isOff !== (state.isOff === true);
    const score = Math.max(0, state.score + (isAgainst ? 1 : -1));
    if (score < params.readings) {
      // nothing to count: no need of a new state every second
      return { state: score === 0 && state.score === 0 ? state : { ...state, score, at: now }, answer: standing };
    }
    return isOff
      ? { state: { score: 0, at: now, isOff: true }, answer: tellWidth(widthMm, params.toleranceMm) }
      : { state: { score: 0, at: now }, answer: PASS };
  },
});
