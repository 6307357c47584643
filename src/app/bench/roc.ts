/**
 * What other settings would have done: each parameter of a detector turned by factors around its default, within its bounds, all
 * variants watching the same runs at once. Gives the points of one ROC line per parameter. Pure.
 */
import type { Detector, Params, Values } from "../../detectors/detector.ts";
import { defaultsOf } from "../../edge/tuning.ts";
import type { Run } from "./runs.ts";
import type { Watcher } from "./watch.ts";

const FACTORS: readonly number[] = [0.25, 0.5, 0.7, 1, 1.4, 2, 4];

export interface Variant {
  readonly detector: Detector<unknown>;
  readonly param: string;
  readonly value: number;
  readonly isDefault: boolean;
  readonly values: Values<Params>;
}

/** Every parameter one at a time; values that the bounds make equal are one. */
export function variantsOf(detector: Detector<unknown>): readonly Variant[] {
  const defaults = defaultsOf(detector);
  return Object.entries(detector.params).flatMap(([param, { default: middle, min, max }]) => {
    // a default of 0 has no factors: a tenth of the bounds at a time
    const turned = (factor: number): number => (middle === 0 ? (factor - 1) * (max - min) * 0.1 : middle * factor);
    const values = new Set(FACTORS.map((factor) => Math.min(max, Math.max(min, turned(factor)))));
    return [...values].map((value) => ({ detector, param, value, isDefault: value === middle, values: { ...defaults, [param]: value } }));
  });
}

/** What one variant made of one run. */
export interface Trial {
  readonly detector: string;
  readonly param: string;
  readonly value: number;
  readonly isDefault: boolean;
  /** Absent in a healthy run. */
  readonly isFound?: boolean;
  readonly falseAlerts: number;
}

export function trialOf({ detector, param, value, isDefault }: Variant, watcher: Watcher, run: Run, isHealthy: boolean): Trial {
  const onset = isHealthy ? Number.POSITIVE_INFINITY : (run.fault?.atS ?? 0);
  const fails = watcher.said.filter(({ status }) => status === "fail");
  const base = { detector: detector.id, param, value, isDefault, falseAlerts: fails.filter(({ atS }) => atS < onset).length };
  return isHealthy ? base : { ...base, isFound: fails.some(({ atS }) => atS >= onset) };
}

export interface RocPoint {
  readonly detector: string;
  readonly param: string;
  readonly value: number;
  readonly isDefault: boolean;
  readonly foundPct: number;
  readonly falsePer1000h: number;
}

/** `healthyHours`: in which false alerts were counted. */
export function pointsOf(trials: readonly Trial[], healthyHours: number): readonly RocPoint[] {
  const byVariant = Map.groupBy(trials, ({ detector, param, value }) => `${detector} ${param} ${value}`);
  return [...byVariant.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { detector, param, value, isDefault } = first;
    const faulty = same.filter(({ isFound }) => isFound !== undefined);
    const found = faulty.filter(({ isFound }) => isFound === true).length;
    const wrong = same.filter(({ isFound }) => isFound === undefined).reduce((sum, trial) => sum + trial.falseAlerts, 0);
    return {
      detector,
      param,
      value,
      isDefault,
      foundPct: faulty.length === 0 ? 0 : (found * 100) / faulty.length,
      falsePer1000h: healthyHours === 0 ? 0 : (wrong * 1_000) / healthyHours,
    };
  });
}
