/**
 * Readings that a macro of the site says on the console, as `// openhms: xBeltHz=92.4 supplyV=23.9`: what the machine can measure and
 * Klipper has no object for. Names that are not listed and numbers that cannot be are left out.
 */
import type { NumericReading } from "../../model/machine-parts.ts";
import type { Readings } from "../../model/telemetry.ts";
import { numberOf } from "../bambu/values.ts";

type Name = NumericReading & keyof Readings;

/** What may be said, and between which bounds it can be. */
const TOLD: ReadonlyMap<string, readonly [name: Name, min: number, max: number]> = new Map(
  (
    [
      ["xBeltHz", 1, 2_000],
      ["yBeltHz", 1, 2_000],
      ["xLoadPct", 0, 1_000],
      ["yLoadPct", 0, 1_000],
      ["shockSigma", 0, 1e6],
      ["extruderLoadPct", 0, 1_000],
      ["supplyV", 0, 1_000],
      ["filamentSeenMm", -1e9, 1e9],
      ["xErrorMm", -1_000, 1_000],
      ["yErrorMm", -1_000, 1_000],
      ["heatsinkTempC", -100, 1_000],
      ["brownouts", 0, 1e9],
    ] as const
  ).map((row) => [row[0], row]),
);

const HEAD = "// openhms:";
const MAX_LINE = 500;
const PAIR = /^([A-Za-z]{1,32})=(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)$/;

export function toldReadings(line: string): readonly (readonly [Name, number])[] {
  if (!line.startsWith(HEAD)) return [];
  return line
    .slice(HEAD.length, MAX_LINE)
    .split(/\s+/)
    .flatMap((word) => {
      const [, name = "", text] = PAIR.exec(word) ?? [];
      const told = TOLD.get(name);
      const value = told === undefined ? undefined : numberOf(text, told[1], told[2]);
      return told === undefined || value === undefined ? [] : [[told[0], value] as const];
    });
}
