/**
 * One printer at the edge: its snapshot and the detectors that watch it. Pure but for the log: no bus, no clock, no timers. What is left
 * of a detector that throws is left out of this step; it is told as a fault of its own, and never stops the others. How much
 * may be said at once is the limiter's; what several say of one code is joined by central.
 */
import type { Detector } from "../detectors/detector.ts";
import type { LinkState } from "../printers/adapter.ts";
import type { Timestamp } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { Finding } from "../model/report.ts";
import type { HmsCode } from "../model/code.ts";
import { errorText } from "../lib/errors.ts";
import { applySample, emptySnapshot, type PrinterId, type Readings, type Sample, type Snapshot } from "../model/telemetry.ts";
import { createFaults } from "./faults.ts";
import { isObject } from "./files.ts";
import { createLimiter, type HeldBack, LIMITS, type Outcome } from "./limiter.ts";
import { createStanding } from "./standing.ts";
import { type Settings, tune } from "./tuning.ts";
import { createWatching, stepWatcher } from "./watching.ts";

/** Under this name the edge reports on itself. */
export const EDGE_DETECTOR = "edge";

/** Detector id → its state, plain JSON. */
export type DetectorStates = Readonly<Record<string, unknown>>;

export interface Runner {
  readonly printer: PrinterId;
  snapshot(): Snapshot;
  sample(sample: Sample): void;
  link(state: LinkState): void;
  /** Runs every detector on the snapshot as it stands. */
  step(now: Timestamp): readonly Outcome[];
  states(): DetectorStates;
}

interface Deps {
  readonly printer: PrinterId;
  readonly detectors: readonly Detector<unknown>[];
  readonly settings?: Settings;
  /** States from before a restart; strangers among them are ignored. */
  readonly saved: DetectorStates;
  readonly log: Log;
}

/** A saved state that its detector cannot read any more is none. */
function firstState(detector: Detector<unknown>, { printer, saved, log }: Deps): unknown {
  if (!Object.hasOwn(saved, detector.id)) return detector.initial;
  const state = saved[detector.id];
  if (detector.restore === undefined) return state;
  try {
    return detector.restore(state);
  } catch (error) {
    log.warn({ printer, detector: detector.id, reason: errorText(error) }, "a saved detector state cannot be read; it starts anew");
    return detector.initial;
  }
}

function savedHeldBack(held: unknown): readonly HeldBack[] {
  if (!Array.isArray(held)) return [];
  return held.filter((one): one is HeldBack => isObject(one) && typeof one["detector"] === "string" && isObject(one["finding"]));
}

/** Passing on what a printer reports, a detector has no list of its own. */
const speaksOf = (detector: Detector<unknown> | undefined, code: HmsCode): boolean =>
  detector !== undefined && (detector.codes.length === 0 || detector.codes.includes(code));

/** Whether a reading comes for the first time. */
function bringsNew(readings: Readings, known: Snapshot): boolean {
  for (const name in readings)
    if (known[name as keyof Readings] === undefined && readings[name as keyof Readings] !== undefined) return true;
  return false;
}

const TOO_MANY =
  `this printer reported more than ${LIMITS.codesPerHour} different codes within an hour; those beyond wait for the next hour; ` +
  "restart the printer, and change its access code if somebody else could be speaking for it";

export function createRunner(deps: Deps): Runner {
  const { printer, log } = deps;
  let snapshot = emptySnapshot(printer);
  const watching = createWatching(tune(deps.detectors, deps.settings), (detector) => firstState(detector, deps));
  const known = (id: string): Detector<unknown> | undefined => watching.detectors.find((detector) => detector.id === id);
  const own = isObject(deps.saved[EDGE_DETECTOR]) ? deps.saved[EDGE_DETECTOR] : {};
  const standing = createStanding(own["standing"]);
  let isFirst = true;
  let hasNewReadings = false;
  const heldBack = savedHeldBack(own["heldBack"]);
  const limiter = createLimiter(
    LIMITS,
    heldBack.filter((one) => one.detector !== EDGE_DETECTOR),
  );
  // of its own, so that no flood stands before what the edge says of it
  const ownLimiter = createLimiter(
    LIMITS,
    heldBack.filter((one) => one.detector === EDGE_DETECTOR),
  );
  const faults = createFaults(own["faulty"], (id) => known(id) !== undefined);

  function failed(id: string, error: unknown): void {
    if (faults.add(id, error)) log.error({ printer, detector: id, reason: errorText(error) }, "a detector has a fault; the others go on");
  }

  return {
    printer,
    snapshot: () => snapshot,
    sample: (sample) => {
      hasNewReadings ||= bringsNew(sample.readings, snapshot);
      snapshot = applySample(snapshot, sample);
    },
    link: (state) => {
      const { linkReason: _gone, ...rest } = snapshot;
      snapshot = state.connected ? { ...rest, connected: true } : { ...rest, connected: false, linkReason: state.reason };
    },
    step: (now) => {
      // not before there is a step to tell it: what is saved in between must still know of it
      const outcomes: Outcome[] = isFirst ? [...standing.prune((id, code) => speaksOf(known(id), code))] : [];
      // after a restart a detector may have nothing to look at, and so nothing to throw over
      if (isFirst) for (const { id } of watching.detectors) faults.clear(id);
      isFirst = false;
      const found: Finding[] = [];
      if (hasNewReadings) watching.attend(snapshot);
      hasNewReadings = false;
      for (const watcher of watching.awake()) {
        const { id } = watcher.detector;
        try {
          stepWatcher(watcher, snapshot, now, found);
          faults.clear(id);
        } catch (error) {
          failed(id, error);
        }
        if (found.length > 0)
          for (const finding of found.splice(0)) outcomes.push({ detector: id, finding, stood: standing.note(id, finding) });
      }
      const allowed = limiter.step(outcomes, now);
      if (limiter.isOverrun()) failed(EDGE_DETECTOR, TOO_MANY);
      else faults.clear(EDGE_DETECTOR);
      const fault = faults.finding();
      return [...allowed, ...ownLimiter.step(fault === undefined ? [] : [{ detector: EDGE_DETECTOR, finding: fault }], now)];
    },
    states: () => {
      const states = watching.states();
      const mine = { faulty: faults.state(), heldBack: [...limiter.heldBack(), ...ownLimiter.heldBack()], standing: standing.state() };
      if (Object.values(mine).some((part) => Object.keys(part).length > 0)) states[EDGE_DETECTOR] = mine;
      return states;
    },
  };
}
