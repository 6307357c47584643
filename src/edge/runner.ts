/**
 * One printer at the edge: its snapshot and the state of every detector that watches it. Pure but for the log: no bus, no clock, no
 * timers. A detector that throws is left out of this step, told as a fault of its own, and never stops the others. How much may be
 * said at once is the limiter's.
 */
import type { Detector } from "../detectors/detector.ts";
import type { LinkState } from "../printers/adapter.ts";
import type { Timestamp } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { Finding } from "../model/report.ts";
import type { HmsCode } from "../model/code.ts";
import { errorText } from "../lib/errors.ts";
import { applySample, emptySnapshot, type PrinterId, type Sample, type Snapshot } from "../model/telemetry.ts";
import { isObject } from "./files.ts";
import { createLimiter, type HeldBack, LIMITS, type Outcome } from "./limiter.ts";

export const DETECTOR_FAULT = "F000-0300-0003-0001" as HmsCode;
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
  /** States from before a restart; strangers among them are ignored. */
  readonly saved: DetectorStates;
  readonly log: Log;
}

function defaults(detector: Detector<unknown>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(detector.params).map(([name, param]) => [name, param.default]));
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

function savedFaults(saved: unknown): Map<string, string> {
  const faulty = isObject(saved) ? saved["faulty"] : undefined;
  return new Map(isObject(faulty) ? Object.entries(faulty).map(([id, reason]) => [id, String(reason)]) : []);
}

function savedHeldBack(saved: unknown): readonly HeldBack[] {
  const held = isObject(saved) ? saved["heldBack"] : undefined;
  if (!Array.isArray(held)) return [];
  return held.filter((one): one is HeldBack => isObject(one) && typeof one["detector"] === "string" && isObject(one["finding"]));
}

const TOO_MANY =
  `this printer reported more than ${LIMITS.codesPerHour} different codes within an hour; those beyond wait for the next hour; ` +
  "restart the printer, and change its access code if somebody else could be speaking for it";

export function createRunner(deps: Deps): Runner {
  const { printer, log } = deps;
  let snapshot = emptySnapshot(printer);
  const watching = deps.detectors.map((detector) => ({
    detector,
    params: defaults(detector),
    state: firstState(detector, deps),
  }));
  const known = new Set(deps.detectors.map((detector) => detector.id));
  const heldBack = savedHeldBack(deps.saved[EDGE_DETECTOR]);
  const limiter = createLimiter(
    LIMITS,
    heldBack.filter((one) => one.detector !== EDGE_DETECTOR),
  );
  // of its own, so that no flood stands before what the edge says of it
  const ownLimiter = createLimiter(
    LIMITS,
    heldBack.filter((one) => one.detector === EDGE_DETECTOR),
  );
  const faulty = savedFaults(deps.saved[EDGE_DETECTOR]);
  // a detector that was taken away cannot get well any more
  const told = faulty.size;
  for (const id of faulty.keys()) if (!known.has(id)) faulty.delete(id);
  let faultTold = told > 0;

  function failed(id: string, error: unknown): void {
    const reason = errorText(error);
    if (faulty.get(id) === reason) return;
    log.error({ printer, detector: id, reason }, "a detector has a fault; the others go on");
    faulty.set(id, reason);
  }

  function selfFinding(): readonly Outcome[] {
    const isFaulty = faulty.size > 0;
    if (isFaulty === faultTold) return [];
    faultTold = isFaulty;
    const finding: Finding = isFaulty
      ? { code: DETECTOR_FAULT, status: "fail", evidence: { faulty: Object.fromEntries([...faulty].slice(0, 16)) } }
      : { code: DETECTOR_FAULT, status: "pass" };
    return [{ detector: EDGE_DETECTOR, finding }];
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
      const outcomes: Outcome[] = [];
      for (const one of watching) {
        try {
          const step = one.detector.step(one.state, snapshot, one.params, now);
          one.state = step.state;
          for (const finding of step.findings) outcomes.push({ detector: one.detector.id, finding });
          faulty.delete(one.detector.id);
        } catch (error) {
          failed(one.detector.id, error);
        }
      }
      const allowed = limiter.step(outcomes, now);
      if (limiter.isOverrun()) failed(EDGE_DETECTOR, TOO_MANY);
      else faulty.delete(EDGE_DETECTOR);
      return [...allowed, ...ownLimiter.step(selfFinding(), now)];
    },
    states: () => {
      const states: Record<string, unknown> = {};
      for (const one of watching) states[one.detector.id] = one.state;
      const waiting = [...limiter.heldBack(), ...ownLimiter.heldBack()];
      if (faulty.size > 0 || waiting.length > 0) states[EDGE_DETECTOR] = { faulty: Object.fromEntries(faulty), heldBack: waiting };
      return states;
    },
  };
}
