import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type FanDamage, UNDAMAGED } from "./damage.ts";
import { AT_REST } from "./orders.ts";
import { bench, HEATED, meanOf, OPEN } from "./world.fixture.ts";

const SOUND = UNDAMAGED.partFan;

/** Readings of the part fan's tachometer over a minute, after ten seconds to get there. */
function tachs(duty: number, damage: Partial<FanDamage> = {}, seed = 1): number[] {
  const { run } = bench({ seed });
  const orders = { ...AT_REST, partFan: duty };
  const partFan = { ...SOUND, ...damage };
  const said: number[] = [];
  run(10, orders, { partFan });
  run(60, orders, { partFan }, ({ fans }) => said.push(fans.part.tachRpm ?? Number.NaN));
  return said;
}

test("speed follows duty, on every machine a little differently", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
      const [slow, half, full] = [0.2, 0.5, 1].map((duty) => meanOf(tachs(duty, {}, seed)));
      expect(full).toBeGreaterThan(5_000);
      expect(full).toBeLessThan(7_000);
      expect(half).toBeGreaterThan(0.45 * (full ?? 0));
      expect(half).toBeLessThan(0.62 * (full ?? 0));
      expect(slow).toBeGreaterThan(0.15 * (full ?? 0));
    }),
    { numRuns: 20 },
  );
});

test("too little duty turns nothing", () => {
  expect(new Set(tachs(0.08))).toEqual(new Set([0]));
  expect(new Set(tachs(0))).toEqual(new Set([0]));
});

test("a tachometer loses some pulses, seldom many, never finds more, and says something new once a second", () => {
  const { world, run } = bench();
  const said: number[] = [];
  run(10, HEATED);
  run(600, HEATED, {}, ({ fans }) => said.push(fans.hotend.tachRpm ?? 0));
  const top = world.fans.hotend.rpm;
  expect(Math.max(...said)).toBeLessThanOrEqual(top + 15);
  expect(meanOf(said)).toBeGreaterThan(0.98 * top);
  expect(Math.min(...said)).toBeGreaterThan(0.9 * top);
  expect(said.filter((rpm) => rpm < 0.96 * top).length).toBeGreaterThan(0);
  for (const rpm of said) expect(rpm % 15).toBe(0);
  // two steps a second, so that each value stands twice
  for (let index = 1; index < said.length - 1; index += 2) expect(said[index]).toBe(said[index + 1]);
});

describe("a worn fan", () => {
  test("turns slower, by the root of its friction", () => {
    expect(meanOf(tachs(1, { friction: 2 })) / meanOf(tachs(1))).toBeCloseTo(Math.SQRT1_2, 1);
  });

  test("needs more to start", () => {
    expect(Math.max(...tachs(0.15))).toBeGreaterThan(0);
    expect(Math.max(...tachs(0.15, { friction: 2.5 }))).toBe(0);
  });

  test("comes up later and down earlier", () => {
    const half = (friction: number, from: number, to: number): number => {
      const { world, run } = bench({ stepS: 0.1 });
      const damage = { partFan: { ...SOUND, friction } };
      run(20, { ...AT_REST, partFan: from }, damage);
      const start = world.fans.part.rpm;
      let halfS = 0;
      const end = bench({ stepS: 0.1 }).run(20, { ...AT_REST, partFan: to }, damage).fans.part.rpm;
      run(20, { ...AT_REST, partFan: to }, damage, ({ fans }) => {
        if (Math.abs(fans.part.rpm - end) > Math.abs(start - end) / 2) halfS += 0.1;
      });
      return halfS;
    };
    expect(half(2, 0, 1)).toBeGreaterThan(1.2 * half(1, 0, 1));
    expect(half(2, 1, 0)).toBeLessThan(0.8 * half(1, 1, 0));
  });
});

test.each<{ name: string; damage: Partial<FanDamage>; low: number; high: number }>([
  { name: "a stalled fan stands", damage: { isStalled: true }, low: 0, high: 0 },
  { name: "a tachometer that lies says what it likes", damage: { isStalled: true, tachSays: 5_400 }, low: 5_400, high: 5_400 },
  { name: "a broken tachometer of a sound fan", damage: { tachSays: 0 }, low: 0, high: 0 },
])("$name", ({ damage, low, high }) => {
  const said = tachs(1, damage);
  expect(Math.min(...said)).toBe(low);
  expect(Math.max(...said)).toBe(high);
});

test("a stuttering fan stands for its share of the time", () => {
  const { run } = bench();
  const rpms: number[] = [];
  run(3_000, { ...AT_REST, partFan: 1 }, { partFan: { ...SOUND, stutter: 0.4 } }, ({ fans }) => rpms.push(fans.part.rpm));
  const standing = rpms.filter((rpm) => rpm < 600).length / rpms.length;
  expect(standing).toBeGreaterThan(0.2);
  expect(standing).toBeLessThan(0.5);
});

test("the hotend's fan follows heat, the controller's follows work and runs on", () => {
  const { world, run } = bench();
  run(60, HEATED);
  expect(world.fans.hotend.duty).toBe(1);
  expect(world.fans.controller.duty).toBe(1);
  run(20, AT_REST);
  expect(world.fans.hotend.duty).toBe(1);
  expect(world.fans.controller.duty).toBe(1);
  run(900, AT_REST);
  expect(world.fans.hotend.duty).toBe(0);
  expect(world.fans.controller.duty).toBe(0);
  expect(world.fans.hotend.rpm).toBe(0);
});

test("a fan without a tachometer says nothing", () => {
  const { fans } = bench({ facts: OPEN }).run(10, { ...AT_REST, partFan: 1 });
  expect(fans.part.rpm).toBeGreaterThan(4_000);
  expect(fans.part.tachRpm).toBeUndefined();
});
