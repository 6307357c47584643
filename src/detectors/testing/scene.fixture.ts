/** A printer on which one detector looks: samples, silence and restarts by hand, and what it said, in order. For tests. */
import { at } from "../../lib/time.ts";
import type { Finding } from "../../model/report.ts";
import { applySample, emptySnapshot, type PrinterId, type Readings, type Snapshot } from "../../model/telemetry.ts";
import type { Detector, Params } from "../detector.ts";

/** 2026-01-01, so that seconds of a scene are instants of a plausible clock. */
const START_MS = Date.UTC(2026, 0, 1);

export interface Scene {
  /** A sample at that second. */
  sample(second: number, readings: Readings): void;
  /** A step without news. */
  tick(second: number): void;
  link(connected: boolean): void;
  /** Our own process ends and comes back with what was saved. */
  restart(): void;
  /** "pass CODE", "fail CODE", in order. */
  readonly said: string[];
  readonly findings: Finding[];
  state(): unknown;
}

export function createScene<S, P extends Params>(detector: Detector<S, P>, params: Partial<Record<keyof P, number>> = {}): Scene {
  const defaults = Object.fromEntries(Object.entries(detector.params).map(([name, param]) => [name, param.default]));
  const values = { ...defaults, ...params };
  let snapshot: Snapshot = { ...emptySnapshot("p1" as PrinterId), connected: true };
  let state = detector.initial;
  const said: string[] = [];
  const findings: Finding[] = [];
  const saved = (): S => JSON.parse(JSON.stringify(state)) as S;

  function tick(second: number): void {
    const step = detector.step(state, snapshot, values, at(START_MS + second * 1_000));
    state = step.state;
    for (const finding of step.findings) {
      findings.push(finding);
      said.push(`${finding.status} ${finding.code}`);
    }
  }
  return {
    sample: (second, readings) => {
      snapshot = applySample(snapshot, { at: at(START_MS + second * 1_000), readings });
      tick(second);
    },
    tick,
    link: (connected) => {
      snapshot = { ...snapshot, connected };
    },
    restart: () => {
      state = detector.restore?.(saved()) ?? saved();
      snapshot = { ...emptySnapshot("p1" as PrinterId), connected: true };
    },
    said,
    findings,
    state: () => state,
  };
}
