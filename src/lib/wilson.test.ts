/** The interval against known figures, and what holds of every one. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { wilson } from "./wilson.ts";

it.each([
  [0, 10, 0, 0.2775],
  [10, 10, 0.7225, 1],
  [5, 10, 0.2366, 0.7634],
  [81, 263, 0.2553, 0.3662],
  [1, 1, 0.2065, 1],
])("%i of %i lies between %d and %d", (hits, of, low, high) => {
  expect(wilson(hits, of)?.low).toBeCloseTo(low, 4);
  expect(wilson(hits, of)?.high).toBeCloseTo(high, 4);
});

it("is exact at the ends", () => {
  for (let of = 1; of < 50; of++) expect([wilson(0, of)?.low, wilson(of, of)?.high]).toEqual([0, 1]);
});

it("says nothing of no case", () => expect(wilson(0, 0)).toBeUndefined());

it("holds the share, mirrors with it, and narrows with the cases", () => {
  const cases = fc.integer({ min: 1, max: 1_000 }).chain((of) => fc.tuple(fc.integer({ min: 0, max: of }), fc.constant(of)));
  fc.assert(
    fc.property(cases, ([hits, of]) => {
      const [found, mirrored, more] = [wilson(hits, of), wilson(of - hits, of), wilson(hits * 4, of * 4)];
      if (found === undefined || mirrored === undefined || more === undefined) throw new Error("no interval");
      expect(found.low).toBeLessThanOrEqual(hits / of + 1e-12);
      expect(found.high).toBeGreaterThanOrEqual(hits / of - 1e-12);
      expect(mirrored.low).toBeCloseTo(1 - found.high, 10);
      expect(more.high - more.low).toBeLessThan(found.high - found.low);
    }),
  );
});
