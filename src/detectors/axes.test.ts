/** Load is compared with an axis's own first results; the odometer adds what it saw and nothing else. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axisLoad, axisOdometer } from "./axes.ts";
import { createScene } from "./testing/scene.fixture.ts";

const LOAD = "0300-1000-0003-E108";
const WAY = "0300-1000-0003-E109";
/** Results differ a little from test to test. */
const about = (pct: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => pct + (i % 2 === 0 ? 0.3 : -0.3) + i / 1_000);

describe("axis load", () => {
  it.each<[string, number[], string[]]>([
    ["still learning", about(30, 5), []],
    ["as ever", about(30, 30), [`pass ${LOAD}`]],
    ["a little more", [...about(30, 8), ...about(34, 20)], [`pass ${LOAD}`]],
    ["one heavy move", [...about(30, 8), 45, ...about(30, 9)], [`pass ${LOAD}`]],
    ["dry rods", [...about(30, 8), ...about(42, 9)], [`pass ${LOAD}`, `fail ${LOAD}`]],
    ["greased again", [...about(30, 8), ...about(42, 9), ...about(30, 9)], [`pass ${LOAD}`, `fail ${LOAD}`, `pass ${LOAD}`]],
  ])("%s", (_name, loads, expected) => {
    const scene = createScene(axisLoad);
    loads.forEach((xLoadPct, second) => scene.sample(second, { xLoadPct }));
    expect(scene.said).toEqual(expected);
  });

  it("remembers the first results over a restart", () => {
    const scene = createScene(axisLoad);
    about(30, 8).forEach((xLoadPct, second) => scene.sample(second, { xLoadPct }));
    scene.restart();
    about(45, 8).forEach((xLoadPct, second) => scene.sample(100 + second, { xLoadPct }));
    expect(scene.said).toContain(`fail ${LOAD}`);
  });
});

describe("odometer", () => {
  it("adds the ways between samples", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 2, maxLength: 50 }), (positions) => {
        const scene = createScene(axisOdometer);
        positions.forEach((xMm, second) => scene.sample(second, { xMm }));
        const wayMm = positions.slice(1).reduce((sum, mm, i) => sum + Math.abs(mm - (positions[i] ?? 0)), 0);
        expect(scene.state()).toMatchObject({ x: { test: { km: expect.closeTo(wayMm / 1e6, 9) as number } } });
      }),
    );
  });

  it("does not count a way that nobody saw", () => {
    const scene = createScene(axisOdometer);
    scene.sample(0, { xMm: 0 });
    scene.sample(100, { xMm: 300 });
    scene.restart();
    scene.sample(101, { xMm: 0 });
    scene.sample(102, { xMm: 10 });
    expect(scene.state()).toMatchObject({ x: { test: { km: 0.00001 } } });
  });

  it("gives notice at the plan, for a while, and again at the next", () => {
    const scene = createScene(axisOdometer, { serviceKm: 0.01 });
    for (let second = 0; second < 2_500; second++) scene.sample(second, { xMm: (second % 2) * 10 });
    expect(scene.said).toEqual([`pass ${WAY}`, `fail ${WAY}`, `pass ${WAY}`, `fail ${WAY}`, `pass ${WAY}`]);
    expect(scene.findings[1]?.evidence?.["says"]).toMatch(/at least/);
  });
});
