/**
 * What the benchmarks share: the spread of a series, and how a figure is told to people (a line) and to programs (a line of JSON).
 */
import { loadavg } from "node:os";

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** The value that `part` (0 to 1) of the values do not exceed. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), min: quantile(values, 0), max: quantile(values, 1) };
}

/** Whole above 100, else two digits behind the point. */
export function written(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : String(Math.round(value * 100) / 100);
}

export const range = ({ median, min, max }: Spread): string => `${written(median)} (${written(min)}-${written(max)})`;

/** One figure over its rounds, against its aim where it has one. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly rounds: readonly number[];
  readonly aim?: string;
}

export function tell({ name, unit, rounds, aim }: Figure): void {
  const times = rounds.length === 1 ? "1 round" : `${rounds.length} rounds`;
  console.log(`${name}: ${range(spreadOf(rounds))} ${unit}, ${times}${aim === undefined ? "" : `; aim ${aim}`}`);
}

/** The last line of every benchmark. */
export function tellAll(bench: string, figures: readonly Figure[], more: Readonly<Record<string, unknown>> = {}): void {
  const all = figures.map((figure) => ({ ...figure, ...spreadOf(figure.rounds) }));
  console.log(JSON.stringify({ bench, node: process.version, load: loadavg()[0], ...more, figures: all }));
}
