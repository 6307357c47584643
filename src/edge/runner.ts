/**
 * One printer at the edge: its snapshot and the state of every detector that watches it. Pure but for the log: no bus, no clock, no
 * timers. A detector that throws is left out of this step, told as a fault of its own, and never stops the others.
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

export const DETECTOR_FAULT = "F000-0300-0003-0001" as HmsCode;
/** Under this name the edge reports on itself. */
export const EDGE_DETECTOR = "edge";

export interface Outcome {
  readonly detector: string;
  readonly finding: Finding;
}

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

function savedFaults(saved: unknown): Map<string, string> {
  const faulty = isObject(saved) ? saved["faulty"] : undefined;
  return new Map(isObject(faulty) ? Object.entries(faulty).map(([id, reason]) => [id, String(reason)]) : []);
}

export function createRunner(deps: Deps): Runner {
  const { printer, log } = deps;
  let snapshot = emptySnapshot(printer);
  const watching = deps.detectors.map((detector) => ({
    detector,
    params: defaults(detector),
    state: Object.hasOwn(deps.saved, detector.id) ? deps.saved[detector.id] : detector.initial,
  }));
  const known = new Set(deps.detectors.map((detector) => detector.id));
  const faulty = savedFaults(deps.saved[EDGE_DETECTOR]);
  // a detector that was taken away cannot get well any more
  const told = faulty.size;
  for (const id of faulty.keys()) if (!known.has(id)) faulty.delete(id);
  let faultTold = told > 0;

  function failed(id: string, error: unknown): void {
    const reason = errorText(error);
    if (faulty.get(id) === reason) return;
    log.error({ printer, detector: id, reason }, "detector failed; the others go on");
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
      outcomes.push(...selfFinding());
      return outcomes;
    },
    states: () => {
      const states: Record<string, unknown> = {};
      for (const one of watching) states[one.detector.id] = one.state;
      if (faulty.size > 0) states[EDGE_DETECTOR] = { faulty: Object.fromEntries(faulty) };
      return states;
    },
  };
}
