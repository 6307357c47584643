/**
 * What the detectors of one printer remember, and which of their parts are there: most parts of most printers are not, and cost nothing
 * until their reading comes. What must hold: it finds and keeps what the steps of the detectors themselves would.
 */
import { ask, type Asked, type Detector, type Params, type Question, type Values, type Watched } from "../detectors/detector.ts";
import type { Timestamp } from "../lib/time.ts";
import type { Finding } from "../model/report.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { isObject } from "./files.ts";
import type { Tuned } from "./tuning.ts";

/** One detector that watches. */
export interface Watcher {
  readonly detector: Detector<unknown>;
  readonly values: Values<Params>;
  /** Parts that are there or of which something is remembered. */
  asked: readonly Asked[];
  /** Of a detector that is not asked by its parts. */
  state: unknown;
}

export interface Watching {
  /** All detectors, and those that have anything to look at. */
  readonly detectors: readonly Detector<unknown>[];
  awake(): readonly Watcher[];
  /** To be called with a snapshot that has readings for the first time: their parts are asked from now on. */
  attend(snapshot: Snapshot): void;
  /** By the id of the detector, plain JSON; those that remember nothing are left out. */
  states(): Record<string, unknown>;
}

/** `first`: the state in which a detector begins. */
export function createWatching(tuned: readonly Tuned[], first: (detector: Detector<unknown>) => unknown): Watching {
  const watchers = tuned.map(({ detector, values }): Watcher => {
    const state = first(detector);
    return { detector, values, state, asked: remembered(detector, state) };
  });
  let awake = watchers.filter(isAwake);
  return {
    detectors: watchers.map(({ detector }) => detector),
    awake: () => awake,
    attend: (snapshot) => {
      for (const watcher of watchers) watcher.asked = present(watcher, snapshot);
      awake = watchers.filter(isAwake);
    },
    states: () => {
      const states: Record<string, unknown> = {};
      for (const watcher of watchers) {
        const state = stateOf(watcher);
        if (state !== watcher.detector.initial) states[watcher.detector.id] = state;
      }
      return states;
    },
  };
}

/** What is worth telling goes to `found` at once: parts that were asked before one throws have their say. */
export function stepWatcher(watcher: Watcher, snapshot: Snapshot, now: Timestamp, found: Finding[]): void {
  const { detector, values, asked } = watcher;
  if (detector.questions === undefined) {
    const step = detector.step(watcher.state, snapshot, values, now);
    watcher.state = step.state;
    if (step.findings.length > 0) found.push(...step.findings);
    return;
  }
  for (const one of asked) {
    const finding = ask(one, snapshot, values, now);
    if (finding !== undefined) found.push(finding);
  }
}

const isAwake = ({ detector, asked }: Watcher): boolean => detector.questions === undefined || asked.length > 0;

const unasked = (question: Question): Asked => ({ question, state: question.start, said: undefined });

/** Parts that are asked from the start: something was kept of them, or they are always there. */
function remembered({ questions = [] }: Detector<unknown>, state: unknown): readonly Asked[] {
  const keptOf = ({ part }: Question): unknown => (isObject(state) ? state[part.name] : undefined);
  return exact(
    questions.flatMap((question) => {
      const kept = keptOf(question);
      if (!isObject(kept)) return question.reading === undefined ? unasked(question) : [];
      // written by ourselves: the shape inside is the shape we wrote
      const { test, said } = kept as unknown as Watched<unknown>;
      return { question, state: test, said };
    }),
  );
}

/** In the order of the detector, whenever a part came. */
function present({ detector: { questions = [] }, asked }: Watcher, snapshot: Snapshot): readonly Asked[] {
  if (asked.length === questions.length) return asked;
  return exact(
    questions.flatMap((question) => {
      const known = asked.find((one) => one.question === question);
      if (known !== undefined) return known;
      return question.reading !== undefined && snapshot[question.reading] === undefined ? [] : unasked(question);
    }),
  );
}

const NOBODY: readonly Asked[] = [];

/** Arrays that grew have room for more, which thousands of printers never need. */
const exact = (asked: readonly Asked[]): readonly Asked[] => (asked.length === 0 ? NOBODY : asked.slice());

function stateOf({ detector, asked, state }: Watcher): unknown {
  if (detector.questions === undefined) return state;
  const kept = asked.filter((one) => one.state !== one.question.start || one.said !== undefined);
  if (kept.length === 0) return detector.initial;
  return Object.fromEntries(
    kept.map(({ question, state: test, said }) => [question.part.name, said === undefined ? { test } : { test, said }]),
  );
}
