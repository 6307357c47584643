import { describe, expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { approach, countOf, happens, wander } from "./wander.ts";
import { meanOf, sigmaOf } from "./world.fixture.ts";

describe.each([0.1, 0.5, 2])("in steps of %d s", (stepS) => {
  test("noise with a memory keeps its spread and its memory", () => {
    const random = createRandom(3);
    const values: number[] = [];
    for (let value = 0, step = 0; step < 60_000; step++) values.push((value = wander(value, stepS, 5, random)));
    expect(meanOf(values)).toBeCloseTo(0, 0);
    expect(sigmaOf(values)).toBeGreaterThan(0.9);
    expect(sigmaOf(values)).toBeLessThan(1.1);
    const lag = Math.round(4 / stepS);
    const kept = meanOf(values.slice(lag).map((value, index) => value * (values[index] ?? 0))) / sigmaOf(values) ** 2;
    expect(kept).toBeGreaterThan(Math.exp(-4 / 5) - 0.1);
    expect(kept).toBeLessThan(Math.exp(-4 / 5) + 0.1);
  });

  test("events come as often as they should", () => {
    const random = createRandom(4);
    let happened = 0;
    let counted = 0;
    const steps = Math.round(20_000 / stepS);
    for (let step = 0; step < steps; step++) {
      if (happens(0.05, stepS, random)) happened++;
      counted += countOf(0.7, stepS, random);
    }
    expect(happened / 20_000).toBeCloseTo(0.05, 2);
    expect(counted / 20_000).toBeCloseTo(0.7, 1);
  });

  test("an approach is exact", () => {
    let value = 10;
    for (let at = 0; at < 20 - 1e-9; at += stepS) value = approach(value, 100, stepS, 8);
    expect(value).toBeCloseTo(100 - 90 * Math.exp(-20 / 8), 6);
  });
});

test("many events at once are counted too, and nothing never happens", () => {
  const random = createRandom(5);
  const counts = Array.from({ length: 2_000 }, () => countOf(200, 1, random));
  expect(meanOf(counts)).toBeGreaterThan(198);
  expect(meanOf(counts)).toBeLessThan(202);
  expect(happens(0, 1, () => 0)).toBe(false);
  expect(countOf(0, 1, () => 0.5)).toBe(0);
});
