import { describe, expect, test } from "vitest";
import type { HomingResult } from "../../model/telemetry.ts";
import type { Damage } from "./damage.ts";
import { HOMING_S } from "./motion.ts";
import { AT_REST, type Orders } from "./orders.ts";
import { BELT_AFTER_S, LOAD_AFTER_S, MESH_AFTER_S } from "./own-tests.ts";
import { bench, CLOSED, meanOf, OPEN, PRINTING, sigmaOf } from "./world.fixture.ts";
import type { World } from "./world.ts";

const HOMING: Orders = { ...AT_REST, motion: "homing" };
const LEVELLING: Orders = { ...AT_REST, motion: "levelling" };

/** Every result of a homing, in order. */
function collector(): { readonly results: HomingResult[]; readonly each: (world: World) => void } {
  const results: HomingResult[] = [];
  return {
    results,
    each: ({ homing }) => {
      if (homing !== undefined && homing !== results.at(-1)) results.push(homing);
    },
  };
}

describe.each([0.1, 0.25, 1, 2])("homing in steps of %d s", (stepS) => {
  test("a machine that knew nothing learns where it is, and says nothing of what it lost", () => {
    const { run } = bench({ stepS });
    const { axes, homing } = run(HOMING_S, HOMING);
    expect([axes.x.isHomed, axes.y.isHomed, axes.z.isHomed]).toEqual([true, true, true]);
    expect(homing).toBeUndefined();
  });

  test.each([0, 3, -1.4])("steps lost on the way (%d mm) are found by the next homing, once", (lostMm) => {
    const { world, run } = bench({ stepS });
    const { results, each } = collector();
    run(HOMING_S, HOMING);
    run(60, PRINTING);
    run(60, PRINTING, { xSlipMm: lostMm });
    expect(world.axes.x.orderedMm - world.axes.x.actualMm).toBeCloseTo(lostMm, 6);
    run(HOMING_S, HOMING, { xSlipMm: lostMm }, each);
    expect(results.map(({ axis }) => axis)).toEqual(["x", "y", "z"]);
    for (const { axis, offMm, sigmaMm } of results) {
      expect(Math.abs(offMm - (axis === "x" ? lostMm : 0))).toBeLessThan(4 * sigmaMm);
    }
    run(4, AT_REST, { xSlipMm: lostMm });
    run(HOMING_S, HOMING, { xSlipMm: lostMm }, each);
    expect(results.length).toBe(6);
    expect(Math.abs(results[3]?.offMm ?? 9)).toBeLessThan(0.1);
  });
});

test("an axis that is repaired is not pushed back", () => {
  const { world, run } = bench({ at: PRINTING });
  run(10, PRINTING, { ySlipMm: 2 });
  run(10, PRINTING, {});
  expect(world.axes.y.orderedMm - world.axes.y.actualMm).toBeCloseTo(2, 6);
});

test.each<{ damage: Partial<Damage>; homed: string }>([
  { damage: { isXEndstopDead: true }, homed: "" },
  { damage: { isYEndstopStuck: true }, homed: "x" },
  { damage: { isProbeDead: true }, homed: "xy" },
])("homing ends where an end is not found: $damage", ({ damage, homed }) => {
  const { axes } = bench().run(HOMING_S + 4, HOMING, damage);
  const names = (["x", "y", "z"] as const).filter((name) => axes[name].isHomed).join("");
  expect(names).toBe(homed);
});

test("a print stays on the bed, rises with its layers and adds to the way of the axes", () => {
  const { world, run } = bench({ stepS: 0.25 });
  run(HOMING_S, HOMING);
  const xs: number[] = [];
  run(120, { ...PRINTING, layer: 3 }, {}, ({ axes }) => {
    xs.push(axes.x.orderedMm);
    expect(axes.x.orderedMm).toBeGreaterThanOrEqual(0);
    expect(axes.x.orderedMm).toBeLessThanOrEqual(CLOSED.sizeMm.x);
    expect(axes.y.orderedMm).toBeGreaterThanOrEqual(0);
    expect(axes.y.orderedMm).toBeLessThanOrEqual(CLOSED.sizeMm.y);
  });
  expect(sigmaOf(xs)).toBeGreaterThan(3);
  expect(world.axes.z.orderedMm).toBeCloseTo(0.6, 6);
  expect(world.axes.x.travelledM).toBeGreaterThan(2);
  expect(world.axes.x.travelledM).toBeLessThan(13);
  expect(world.axes.x.actualMm).toBeCloseTo(world.axes.x.orderedMm, 9);
});

test("shaking is small at rest, about one in motion, and a knock stands out until it is read", () => {
  const { world, run } = bench();
  run(30, AT_REST);
  expect(world.shockSigma).toBeLessThan(0.3);
  run(600, PRINTING);
  expect(world.shockSigma).toBeGreaterThan(1);
  expect(world.shockSigma).toBeLessThan(3);
  run(0.5, PRINTING, { knockSigma: 12 });
  run(10, PRINTING);
  expect(world.shockSigma).toBeGreaterThan(11);
  world.shockSigma = 0;
  run(1, PRINTING);
  expect(world.shockSigma).toBeLessThan(3);
});

describe("what the machine measures of itself", () => {
  /** A test for long enough, then a rest, as often as asked. */
  function repeated(orders: Orders, seconds: number, times: number, damage: Partial<Damage>, each: (world: World) => void): void {
    const { world, run } = bench();
    for (let time = 0; time < times; time++) {
      run(seconds, orders, damage);
      each(world);
      run(2, AT_REST, damage);
    }
  }

  test.each([
    [1, 1],
    [0.7, Math.sqrt(0.7)],
    [0.5, Math.sqrt(0.5)],
  ])("the tone of a belt of %d of its tension is the root of it", (xTension, share) => {
    const tones: number[] = [];
    const sound: number[] = [];
    repeated({ ...AT_REST, motion: "belt-test" }, BELT_AFTER_S + 1, 30, { xTension }, ({ beltTest, traits }) => {
      tones.push((beltTest?.xHz ?? 0) / traits.axes.x.beltHz);
      sound.push((beltTest?.yHz ?? 0) / traits.axes.y.beltHz);
      expect(beltTest?.count).toBe(tones.length);
    });
    expect(meanOf(tones)).toBeCloseTo(share, 1);
    expect(meanOf(sound)).toBeCloseTo(1, 1);
    expect(sigmaOf(tones) / share).toBeGreaterThan(0.002);
    expect(sigmaOf(tones) / share).toBeLessThan(0.02);
  });

  test("dry rods load the motor of their axis", () => {
    const loads: number[] = [];
    repeated({ ...AT_REST, motion: "load-test" }, LOAD_AFTER_S + 1, 10, { yFriction: 1.6 }, ({ loadTest }) =>
      loads.push((loadTest?.yPct ?? 0) / (loadTest?.xPct ?? 1)),
    );
    const even: number[] = [];
    repeated({ ...AT_REST, motion: "load-test" }, LOAD_AFTER_S + 1, 10, {}, ({ loadTest }) =>
      even.push((loadTest?.yPct ?? 0) / (loadTest?.xPct ?? 1)),
    );
    expect(meanOf(loads) / meanOf(even)).toBeCloseTo(1.36, 1);
  });

  test("a worn probe spreads, a dead one gives nothing", () => {
    const sound: number[] = [];
    const worn: number[] = [];
    repeated(LEVELLING, 6, 20, {}, ({ probe }) => sound.push(probe?.rangeMm ?? 9));
    repeated(LEVELLING, 6, 20, { probeNoise: 8 }, ({ probe }) => worn.push(probe?.rangeMm ?? 0));
    expect(Math.max(...sound)).toBeLessThan(0.02);
    expect(meanOf(worn) / meanOf(sound)).toBeCloseTo(8, 0);
    const { probe, mesh } = bench().run(30, LEVELLING, { isProbeDead: true });
    expect(probe).toBeUndefined();
    expect(mesh).toBeUndefined();
  });

  test.each<{ name: string; damage: Partial<Damage>; of: (mesh: number[][]) => number; isMm: number }>([
    { name: "a flat bed is flat", damage: {}, of: (mesh) => Math.max(...mesh.flat()) - Math.min(...mesh.flat()), isMm: 0 },
    {
      name: "a tilted one rises",
      damage: { bedTiltMm: 0.6 },
      of: (mesh) => meanOf(mesh.map((row) => (row.at(-1) ?? 0) - (row[0] ?? 0))),
      isMm: 0.6,
    },
    { name: "a bent one has a hill", damage: { bedBendMm: 0.5 }, of: (mesh) => (mesh[2]?.[2] ?? 0) - (mesh[0]?.[0] ?? 0), isMm: 0.5 },
  ])("$name", ({ damage, of, isMm }) => {
    const { mesh } = bench().run(MESH_AFTER_S + 1, LEVELLING, damage);
    expect(mesh?.length).toBe(5);
    const grid = (mesh ?? []).map((row) => [...row]);
    expect(Math.abs(of(grid) - isMm)).toBeLessThan(0.13);
  });

  test("each levelling gives a new mesh", () => {
    const meshes = new Set<unknown>();
    repeated(LEVELLING, MESH_AFTER_S + 1, 4, {}, ({ mesh }) => meshes.add(mesh));
    expect(meshes.size).toBe(4);
  });

  test("without an accelerometer nothing is known of belts", () => {
    const { beltTest } = bench({ facts: OPEN }).run(20, { ...AT_REST, motion: "belt-test" });
    expect(beltTest).toBeUndefined();
  });
});
