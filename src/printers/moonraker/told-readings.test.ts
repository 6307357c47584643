/** What a macro may say on the console, and what it may not. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { toldReadings } from "./told-readings.ts";

const told = (line: string): object => Object.fromEntries(toldReadings(line));

test.each<[string, string, object]>([
  ["belts", "// openhms: xBeltHz=92.4 yBeltHz=101", { xBeltHz: 92.4, yBeltHz: 101 }],
  ["a place with a sign", "// openhms: xErrorMm=-0.25", { xErrorMm: -0.25 }],
  ["the latest of two", "// openhms: supplyV=23.9 supplyV=24", { supplyV: 24 }],
  ["a name that is not listed", "// openhms: nozzleTempC=900 supplyV=24", { supplyV: 24 }],
  ["a name of JavaScript's", "// openhms: constructor=1 toString=1", {}],
  ["a value that cannot be", "// openhms: supplyV=1000000 xLoadPct=-4", {}],
  ["no number", "// openhms: supplyV=high supplyV= supplyV=0x10 supplyV=1e3", {}],
  ["another line", "// supplyV=24", {}],
  ["a line of somebody's own", "echo: // openhms: supplyV=24", {}],
  ["an empty one", "// openhms:", {}],
])("%s", (_, line, expected) => expect(told(line)).toEqual(expected));

test("whatever stands there, only finite numbers come of it", () => {
  const word = fc.oneof(
    fc.string(),
    fc.tuple(fc.constantFrom("supplyV", "xBeltHz", "__proto__"), fc.string()).map((pair) => pair.join("=")),
  );
  fc.assert(
    fc.property(fc.array(word), (words) => {
      for (const [, value] of toldReadings(`// openhms: ${words.join(" ")}`)) expect(Number.isFinite(value)).toBe(true);
    }),
  );
});
