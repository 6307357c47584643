/**
 * The contract of a detector: a pure step from the last state and the snapshot to findings. No I/O, no clock, no bus; state is
 * plain JSON, because the edge keeps it over restarts.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { Finding } from "../model/report.ts";
import type { Snapshot } from "../model/telemetry.ts";

export interface Step<S> {
  readonly state: S;
  readonly findings: readonly Finding[];
}

/** A named, bounded number; the bounds are checked when a site changes it. */
export interface Param {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly about: string;
}

export interface Detector<S, P extends Readonly<Record<string, Param>> = Readonly<Record<string, Param>>> {
  /** Lower case, `-`; the detector's name in reports and topics. */
  readonly id: string;
  readonly about: string;
  /** The codes it may report; empty when it passes on the printer's own. */
  readonly codes: readonly HmsCode[];
  readonly params: P;
  readonly initial: S;
  /** What still holds of a state from before a restart, of which nobody knows how long ago it was; all of it when there is none. */
  restore?(saved: S): S;
  step(state: S, snapshot: Snapshot, params: { readonly [K in keyof P]: number }, now: Timestamp): Step<S>;
}

export function defineDetector<S, const P extends Readonly<Record<string, Param>>>(detector: Detector<S, P>): Detector<S, P> {
  return detector;
}
