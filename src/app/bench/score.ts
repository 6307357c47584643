/** From what watchers said to figures: which faults were found and how soon, what was false, how often nothing could be tested. Pure. */
import type { HmsCode } from "../../model/code.ts";
import type { Played } from "./play.ts";
import type { Run } from "./runs.ts";
import type { Said, Watcher } from "./watch.ts";

/** One run, told in figures. */
export interface Outcome {
  readonly run: Run;
  readonly played: Played;
  /** First word of each detector about each code that failed, in seconds of the run. */
  readonly fails: readonly Said[];
  readonly tests: readonly { readonly detector: string; readonly steps: number; readonly untested: number }[];
}

export function outcomeOf(run: Run, played: Played, watchers: readonly Watcher[]): Outcome {
  return {
    run,
    played,
    fails: watchers.flatMap(({ said }) => said.filter(({ status }) => status === "fail")),
    tests: watchers.map(({ detector, steps, untested }) => ({ detector, steps, untested })),
  };
}

export interface Share {
  readonly hits: number;
  readonly of: number;
}

export function quantile(values: readonly number[], share: number): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? sorted[0];
}

export interface Delays {
  readonly p50: number | undefined;
  readonly p95: number | undefined;
}

const delaysOf = (seconds: readonly number[]): Delays => ({ p50: quantile(seconds, 0.5), p95: quantile(seconds, 0.95) });

/** Delay from the onset to the first of these codes; undefined when none came. */
export function delayS({ run, fails }: Outcome, codes: readonly HmsCode[]): number | undefined {
  const onset = run.fault?.atS ?? 0;
  const hits = fails.filter(({ code, atS }) => codes.includes(code) && atS >= onset);
  return hits.length === 0 ? undefined : Math.min(...hits.map(({ atS }) => atS)) - onset;
}

export interface FaultScore {
  readonly fault: string;
  readonly firmware: "bambu" | "klipper";
  readonly size: number;
  readonly found: Share;
  readonly delay: Delays;
  /** Of the runs in which the printer itself said something too. */
  readonly vendor: Share;
  readonly vendorDelay: Delays;
  readonly visibleS: number | undefined;
}

export function scoreFault(
  of: { readonly fault: string; readonly firmware: "bambu" | "klipper"; readonly size: number; readonly visibleS: number | undefined },
  outcomes: readonly Outcome[],
  expected: readonly HmsCode[],
): FaultScore {
  const delays = outcomes.map((outcome) => delayS(outcome, expected)).filter((one) => one !== undefined);
  const vendor = outcomes.map(({ run, played }) => (played.vendorAtS === undefined ? undefined : played.vendorAtS - (run.fault?.atS ?? 0)));
  const said = vendor.filter((one) => one !== undefined);
  return {
    ...of,
    found: { hits: delays.length, of: outcomes.length },
    delay: delaysOf(delays),
    vendor: { hits: said.length, of: outcomes.length },
    vendorDelay: delaysOf(said),
  };
}

/** The printer's own codes are passed on by this one; whether they are right is the printer's matter. */
const PASSED_ON = "native";

/** What was said without a reason: anything in a healthy run, and what was said before the fault of a run with one. */
export function falseAlerts(
  outcomes: readonly Outcome[],
  isHealthy: (run: Run) => boolean,
): readonly { readonly said: Said; readonly run: Run }[] {
  return outcomes.flatMap(({ run, fails }) =>
    fails
      .filter(({ detector, atS }) => detector !== PASSED_ON && (isHealthy(run) || atS < (run.fault?.atS ?? 0)))
      .map((said) => ({ said, run })),
  );
}

export interface DetectorScore {
  readonly detector: string;
  readonly found: Share;
  readonly delay: Delays;
  readonly falseAlerts: number;
  readonly falsePer1000h: number;
  readonly untestedPct: number | undefined;
}

/** Every run in which a code of this detector was to be found, and every run in which nothing was. */
export function scoreDetector(
  of: { readonly detector: string; readonly codes: readonly HmsCode[] },
  faulty: readonly Outcome[],
  all: readonly Outcome[],
  isHealthy: (run: Run) => boolean,
): DetectorScore {
  const delays = faulty.map((outcome) => delayS(ownOnly(outcome, of.detector), of.codes)).filter((one) => one !== undefined);
  const wrong = falseAlerts(all, isHealthy).filter(({ said }) => said.detector === of.detector).length;
  const hours = printHours(all, isHealthy);
  const tests = all
    .filter(({ run }) => isHealthy(run))
    .flatMap((outcome) => outcome.tests.filter(({ detector }) => detector === of.detector));
  const steps = tests.reduce((sum, test) => sum + test.steps, 0);
  const untested = tests.reduce((sum, test) => sum + test.untested, 0);
  return {
    detector: of.detector,
    found: { hits: delays.length, of: faulty.length },
    delay: delaysOf(delays),
    falseAlerts: wrong,
    falsePer1000h: hours === 0 ? 0 : (wrong * 1_000) / hours,
    untestedPct: steps === 0 ? undefined : (untested * 100) / steps,
  };
}

const ownOnly = (outcome: Outcome, detector: string): Outcome => ({
  ...outcome,
  fails: outcome.fails.filter((said) => said.detector === detector),
});

/** Hours of printing in which an alert would have been false. */
export function printHours(outcomes: readonly Outcome[], isHealthy: (run: Run) => boolean): number {
  return outcomes.filter(({ run }) => isHealthy(run)).reduce((sum, { played }) => sum + played.printHours, 0);
}
