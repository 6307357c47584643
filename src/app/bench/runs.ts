/**
 * What the bench plays: every fault at several sizes, seeds and models, and long healthy runs in awkward conditions. Seeds for tuning
 * and seeds for the figures are two sets that never meet. Pure: lists out of lists.
 */
import type { Fault } from "../../sim/faults/fault.ts";
import { MODEL_FACTS, type Model } from "../../sim/models.ts";

export type SeedSet = "tuning" | "test";

export interface Run {
  readonly model: Model;
  readonly seed: number;
  /** Absent: a healthy machine. */
  readonly fault?: { readonly name: string; readonly size: number; readonly atS: number };
  readonly hours: number;
  /** Between two messages. */
  readonly stepS: 0.25 | 1 | 2;
}

export interface Extent {
  readonly seeds: SeedSet;
  readonly seedsPerFault: number;
  readonly sizes: readonly number[];
  readonly models: readonly Model[];
  /** Wear over weeks too, which takes most of the time. */
  readonly slow: boolean;
  /** Of one healthy run; each model has as many runs as there are seeds. */
  readonly healthyHours: number;
}

/**
 * One far from the other, so that more seeds never make them meet. Once a detector was changed for what the test seeds showed, they are
 * used up: the figures go on to the next million.
 */
const FIRST_SEED: Readonly<Record<SeedSet, number>> = { tuning: 1_000, test: 6_000_000 };

export const seedOf = (set: SeedSet, index: number): number => FIRST_SEED[set] + index;

/** A job before the fault, in which baselines are learned, heating from cold included. */
const LEARNING_S = 3_000;
/** Every run begins its fault at another moment of the job. */
const SPREAD_S = 900;
const WATCHED_S = 3_600;
/** Wear over weeks needs the days before it, and is played on fewer machines and at full size alone. */
const SLOW_S = 86_400;
const SLOW_LEARNING_S = 3 * 86_400;
const SLOW_WATCHED_S = 3 * 86_400;
const SLOW_SEEDS = 1;
/** As a P1 that sends every other second. */
const SLOW_STEP_S = 2;

/** How long it takes until the fault is whole. */
const growthS = ({ onset }: Fault): number => (onset.kind === "creeping" ? onset.overS : 0);

export function isVisibleOn(fault: Fault, model: Model): boolean {
  const facts = MODEL_FACTS[model];
  return (fault.needs?.(facts) ?? true) && (fault.expects[facts.firmware] ?? []).length > 0;
}

/** Runs of one fault; faults that nobody can see on a model are not played there. */
export function faultRuns(fault: Fault, extent: Extent): readonly Run[] {
  const runs: Run[] = [];
  const isSlow = growthS(fault) >= SLOW_S;
  if (isSlow && !extent.slow) return [];
  const seeds = isSlow ? Math.min(SLOW_SEEDS, extent.seedsPerFault) : extent.seedsPerFault;
  for (const model of extent.models.filter((one) => isVisibleOn(fault, one)))
    for (const size of isSlow ? extent.sizes.filter((one) => one === 1) : extent.sizes)
      for (let index = 0; index < seeds; index++) {
        const seed = seedOf(extent.seeds, index);
        const atS = (fault.learningS ?? (isSlow ? SLOW_LEARNING_S : LEARNING_S)) + Math.round((seed * 7919) % SPREAD_S);
        const hours = (atS + growthS(fault) + (fault.watchedS ?? (isSlow ? SLOW_WATCHED_S : WATCHED_S))) / 3_600;
        runs.push({ model, seed, hours, stepS: isSlow ? SLOW_STEP_S : 1, fault: { name: fault.name, size, atS } });
      }
  return runs;
}

/** Healthy machines, and every condition that must not alert. */
export function healthyRuns(conditions: readonly Fault[], extent: Extent): readonly Run[] {
  const seeds = Array.from({ length: extent.seedsPerFault }, (_, index) => seedOf(extent.seeds, 100 + index));
  const plain = extent.models.flatMap((model) => seeds.map((seed): Run => ({ model, seed, hours: extent.healthyHours, stepS: 1 })));
  // a Klipper host speaks four times a second, and noise looks different then
  const quick = extent.models
    .filter((model) => MODEL_FACTS[model].firmware === "klipper")
    .flatMap((model) => seeds.map((seed): Run => ({ model, seed, hours: extent.healthyHours / 4, stepS: 0.25 })));
  const awkward = conditions.flatMap((condition) =>
    extent.models
      .filter((model) => condition.needs?.(MODEL_FACTS[model]) ?? true)
      .flatMap((model) =>
        Array.from({ length: extent.seedsPerFault }, (_, index): Run => {
          const seed = seedOf(extent.seeds, 200 + index);
          const atS = LEARNING_S + Math.round((seed * 6007) % SPREAD_S);
          return { model, seed, hours: 3, stepS: 1, fault: { name: condition.name, size: 1, atS } };
        }),
      ),
  );
  return [...plain, ...quick, ...awkward];
}
