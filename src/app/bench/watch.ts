/** Detectors that run along with a played machine, each with its own parameters and state: what they said, when, and how often they could not tell. */
import type { Detector, Params, Values } from "../../detectors/detector.ts";
import { defaultsOf } from "../../edge/tuning.ts";
import type { Timestamp } from "../../lib/time.ts";
import type { HmsCode } from "../../model/code.ts";
import type { ReportStatus } from "../../model/report.ts";
import type { Snapshot } from "../../model/telemetry.ts";

export interface Said {
  readonly detector: string;
  readonly code: HmsCode;
  readonly status: ReportStatus;
  readonly atS: number;
  readonly says: string | undefined;
}

export interface Watcher {
  readonly detector: string;
  readonly said: readonly Said[];
  readonly steps: number;
  readonly untested: number;
  step(snapshot: Snapshot, now: Timestamp, atS: number): void;
}

export function createWatcher(detector: Detector<unknown>, values: Values<Params> = defaultsOf(detector)): Watcher {
  const said: Said[] = [];
  let state = detector.initial;
  let steps = 0;
  let untested = 0;
  return {
    detector: detector.id,
    said,
    get steps() {
      return steps;
    },
    get untested() {
      return untested;
    },
    step: (snapshot, now, atS) => {
      const step = detector.step(state, snapshot, values, now);
      state = step.state;
      steps++;
      if (step.answer === "not_tested") untested++;
      for (const { code, status, evidence } of step.findings) {
        const says = evidence?.["says"];
        said.push({ detector: detector.id, code, status, atS, says: typeof says === "string" ? says : undefined });
      }
    },
  };
}
