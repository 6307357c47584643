/**
 * `openhms detectors bench`: plays every fault at its sizes on every kind of virtual printer, and healthy ones for long, and says how
 * well each detector did. Figures come from the test seeds; other settings (`--roc`) are tried on the tuning seeds.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Fault } from "../../sim/faults/fault.ts";
import { FAULTS } from "../../sim/faults/index.ts";
import { MODEL_FACTS, MODELS, type Model } from "../../sim/models.ts";
import type { Detector } from "../../detectors/detector.ts";
import { detectors } from "../../detectors/index.ts";
import { type Figures, type FieldPrecision, report } from "./report.ts";
import { pointsOf, type RocPoint, type Trial } from "./roc.ts";
import { type Extent, faultRuns, healthyRuns, type Run, type SeedSet } from "./runs.ts";
import { delayS, falseAlerts, type FaultScore, type Outcome, printHours, scoreDetector, scoreFault } from "./score.ts";
import { createPool } from "./pool.ts";

export interface BenchOptions {
  readonly seeds: SeedSet;
  readonly seedsPerFault: number;
  readonly healthyHours: number;
  readonly sizes: readonly number[];
  readonly models?: readonly Model[];
  /** A fault or a detector: the rest is left out. */
  readonly only?: string;
  readonly roc: boolean;
  readonly slow: boolean;
  /** Where the page and its charts go. */
  readonly out?: string;
  readonly field?: readonly FieldPrecision[];
}

export interface BenchDeps {
  print(line: string): void;
  /** How far it is; for a person who waits. */
  progress(done: number, of: number): void;
}

/** As the name to choose: no faults at all. */
export const HEALTHY = "healthy";

const isHealthy = (run: Run): boolean => run.fault === undefined || faultOf(run)?.mustNotAlert === true;
const faultOf = (run: Run): Fault | undefined => FAULTS.find(({ name }) => name === run.fault?.name);

const watchedCodes = (id: string): readonly string[] => detectors.find((detector) => detector.id === id)?.codes ?? [];

/** One detector where the name is one, else all. */
function chosenDetectors(only: string | undefined): readonly Detector<unknown>[] {
  const named = detectors.filter(({ id }) => id === only);
  return named.length > 0 ? named : detectors;
}

/** The faults that a name stands for: itself, or those a detector of that name is to find. */
function chosen(only: string | undefined): readonly Fault[] {
  const faults = FAULTS.filter(({ mustNotAlert }) => mustNotAlert !== true);
  if (only === undefined) return faults;
  if (only === HEALTHY) return [];
  const codes = watchedCodes(only);
  return faults.filter(
    ({ name, expects }) => name === only || [...(expects.bambu ?? []), ...(expects.klipper ?? [])].some((code) => codes.includes(code)),
  );
}

export async function runBench(options: BenchOptions, deps: BenchDeps): Promise<{ failed: boolean }> {
  const extent: Extent = { ...options, models: options.models ?? MODELS };
  const faults = chosen(options.only);
  const faulty = faults.flatMap((fault) => faultRuns(fault, extent));
  // one fault is a quick question: nobody waits for days of healthy printing then
  const isOneFault = FAULTS.some(({ name }) => name === options.only);
  const conditions = FAULTS.filter(({ mustNotAlert }) => mustNotAlert === true);
  const healthy = isOneFault ? [] : healthyRuns(conditions, extent);
  const pool = createPool();
  try {
    const orders = [...healthy, ...faulty].map((run) => ({ run, variantsOf: [] }));
    const tuning = options.roc ? rocOrders(faults, extent, options.only) : [];
    const answers = await pool.run([...orders, ...tuning], deps.progress);
    const outcomes = answers.slice(0, orders.length).map(({ outcome }) => outcome);
    const tuned = answers.slice(orders.length);
    const tunedHours = printHours(
      tuned.map(({ outcome }) => outcome),
      isHealthy,
    );
    const trials = tuned.flatMap((answer): readonly Trial[] => answer.trials);
    const figures = figuresOf(options, faults, outcomes, pointsOf(trials, tunedHours));
    tell(figures, options.out, deps);
    return { failed: false };
  } finally {
    await pool.close();
  }
}

/** Half-size faults with the detectors that should find them, and some healthy hours of each model with all. */
function rocOrders(faults: readonly Fault[], extent: Extent, only: string | undefined) {
  const tuning: Extent = { ...extent, seeds: "tuning", sizes: [0.5], seedsPerFault: Math.min(2, extent.seedsPerFault) };
  const all = chosenDetectors(only).map(({ id }) => id);
  const small = faults.flatMap((fault) =>
    faultRuns(fault, tuning).map((run) => ({
      run,
      variantsOf: all.filter((id) => expectedOf(run, fault).some((code) => watchedCodes(id).includes(code))),
    })),
  );
  const calm = healthyRuns([], { ...tuning, seedsPerFault: 1, healthyHours: Math.min(6, extent.healthyHours) }).map((run) => ({
    run,
    variantsOf: all,
  }));
  return [...small, ...calm];
}

const expectedOf = (run: Run, fault: Fault) => fault.expects[MODEL_FACTS[run.model].firmware] ?? [];

function figuresOf(options: BenchOptions, faults: readonly Fault[], outcomes: readonly Outcome[], roc: readonly RocPoint[]): Figures {
  const faulty = outcomes.filter(({ run }) => !isHealthy(run));
  const scores = faults.flatMap((fault) => scoresOf(fault, faulty, options.sizes));
  const full = scores.filter(({ size }) => size === 1);
  const wrong = falseAlerts(outcomes, isHealthy);
  const hours = printHours(outcomes, isHealthy);
  const missed = faulty.filter((one) => one.run.fault?.size === 1 && isMissed(one));
  return {
    seeds: options.seeds,
    runs: outcomes.length,
    simulatedHours: outcomes.reduce((sum, { run }) => sum + run.hours, 0),
    healthyPrintHours: hours,
    falsePer1000h: hours === 0 ? 0 : (wrong.length * 1_000) / hours,
    fullSize: { hits: sum(full.map(({ found }) => found.hits)), of: sum(full.map(({ found }) => found.of)) },
    detectors: scoreAll(outcomes, faulty, options.only),
    faults: scores,
    missed: missed.map(({ run }) => `${run.fault?.name ?? ""} on ${run.model}, seed ${run.seed}`),
    falseAlerts: wrong.map(({ said, run }) => {
      const during = run.fault === undefined ? "" : ` (${run.fault.name})`;
      return `\`${said.detector}\` ${said.code} on ${run.model}, seed ${run.seed}${during}, at ${said.atS} s: ${said.says ?? ""}`;
    }),
    roc,
    field: options.field,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function isMissed(outcome: Outcome): boolean {
  const fault = faultOf(outcome.run);
  return fault !== undefined && delayS(outcome, expectedOf(outcome.run, fault)) === undefined;
}

function scoresOf(fault: Fault, faulty: readonly Outcome[], sizes: readonly number[]): readonly FaultScore[] {
  const mine = faulty.filter(({ run }) => run.fault?.name === fault.name);
  return (["klipper", "bambu"] as const).flatMap((firmware) =>
    sizes.flatMap((size) => {
      const same = mine.filter(({ run }) => run.fault?.size === size && MODEL_FACTS[run.model].firmware === firmware);
      if (same.length === 0) return [];
      return [scoreFault({ fault: fault.name, firmware, size, visibleS: fault.physicallyVisibleS }, same, fault.expects[firmware] ?? [])];
    }),
  );
}

function scoreAll(outcomes: readonly Outcome[], faulty: readonly Outcome[], only: string | undefined) {
  return chosenDetectors(only)
    .filter(({ id }) => id !== "native")
    .map(({ id, codes }) => {
      const toFind = faulty.filter(({ run }) => {
        const fault = faultOf(run);
        return run.fault?.size === 1 && fault !== undefined && expectedOf(run, fault).some((code) => codes.includes(code));
      });
      return scoreDetector({ detector: id, codes }, toFind, outcomes, isHealthy);
    });
}

function tell(figures: Figures, out: string | undefined, deps: BenchDeps): void {
  const { markdown, charts } = report(figures);
  if (out === undefined) deps.print(markdown);
  else {
    mkdirSync(join(out, "charts"), { recursive: true });
    writeFileSync(join(out, "detectors.md"), markdown);
    writeFileSync(join(out, "detectors.json"), `${JSON.stringify(figures, null, 1)}\n`);
    for (const [name, svg] of charts) writeFileSync(join(out, "charts", name), svg);
  }
  const { detectors: _detectors, faults: _faults, roc: _roc, ...short } = figures;
  deps.print(JSON.stringify({ summary: short }));
}
