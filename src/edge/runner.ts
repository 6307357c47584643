/**
 * One printer at the edge: its snapshot and the state of every detector that watches it. Pure but for the log: no bus, no clock, no
 * timers. A detector that throws is left out of this step, told as a fault of its own, and never stops the others. What several say of
 * one code is joined to one word; how much may be said at once is the limiter's.
 */
import type { Detector } from "../detectors/detector.ts";
import type { LinkState } from "../printers/adapter.ts";
import type { Timestamp } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { Finding } from "../model/report.ts";
import type { HmsCode } from "../model/code.ts";
import { errorText } from "../lib/errors.ts";
import { applySample, emptySnapshot, type PrinterId, type Sample, type Snapshot } from "../model/telemetry.ts";
import { createFaults } from "./faults.ts";
import { isObject } from "./files.ts";
import { createJoin } from "./join.ts";
import { createLimiter, type HeldBack, LIMITS, type Outcome } from "./limiter.ts";
import { type Settings, tune } from "./tuning.ts";

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

const TOO_MANY =
  `this printer reported more than ${LIMITS.codesPerHour} different codes within an hour; those beyond wait for the next hour; ` +
  "restart the printer, and change its access code if somebody else could be speaking for it";

export function createRunner(deps: Deps): Runner {
  const { printer, log } = deps;
  let snapshot = emptySnapshot(printer);
  const watching = tune(deps.detectors, deps.settings).map((tuned) => ({ ...tuned, state: firstState(tuned.detector, deps) }));
  const known = new Map(watching.map(({ detector }) => [detector.id, detector]));
  const own = isObject(deps.saved[EDGE_DETECTOR]) ? deps.saved[EDGE_DETECTOR] : {};
  const join = createJoin(own["join"]);
  let isFirst = true;
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
  const faults = createFaults(own["faulty"], (id) => known.has(id));

  /** What is left of a finding beside what the other detectors say of its code. */
  function joined(detector: string, finding: Finding): readonly Outcome[] {
    const stood = join.stands(finding.code);
    const on = join.take(detector, finding);
    return on === undefined ? [] : [{ detector, finding: on, stood }];
  }

  function failed(id: string, error: unknown): void {
    if (faults.add(id, error)) log.error({ printer, detector: id, reason: errorText(error) }, "a detector has a fault; the others go on");
  }

  return {
    printer,
    snapshot: () => snapshot,
    sample: (sample) => {
      snapshot = applySample(snapshot, sample);
    },
    link: (state) => {
      const { linkReason: _gone, ...rest } = snapshot;
      snapshot = state.connected ? { ...rest, connected: true } : { ...rest, connected: false, linkReason: state.reason };
    },
    step: (now) => {
      // not before there is a step to tell it: what is saved in between must still know of it
      const outcomes: Outcome[] = isFirst ? [...join.prune((id, code) => speaksOf(known.get(id), code))] : [];
      isFirst = false;
      for (const one of watching) {
        try {
          const step = one.detector.step(one.state, snapshot, one.values, now);
          one.state = step.state;
          for (const finding of step.findings) outcomes.push(...joined(one.detector.id, finding));
          faults.clear(one.detector.id);
        } catch (error) {
          failed(one.detector.id, error);
        }
      }
      const allowed = limiter.step(outcomes, now);
      if (limiter.isOverrun()) failed(EDGE_DETECTOR, TOO_MANY);
      else faults.clear(EDGE_DETECTOR);
      const fault = faults.finding();
      return [...allowed, ...ownLimiter.step(fault === undefined ? [] : [{ detector: EDGE_DETECTOR, finding: fault }], now)];
    },
    states: () => {
      const states: Record<string, unknown> = {};
      for (const one of watching) states[one.detector.id] = one.state;
      const mine = { faulty: faults.state(), heldBack: [...limiter.heldBack(), ...ownLimiter.heldBack()], join: join.state() };
      if (Object.values(mine).some((part) => Object.keys(part).length > 0)) states[EDGE_DETECTOR] = mine;
      return states;
    },
  };
}
