import { describe, expect, test } from "vitest";
import type { Damage } from "./damage.ts";
import { bench, meanOf, PRINTING, sigmaOf } from "./world.fixture.ts";
import type { World } from "./world.ts";

/** A minute of printing with this damage: what was ordered, fed and seen, and the load. */
function minute(damage: Partial<Damage>, orders = PRINTING): { fed: number; seen: number; loadPct: number; bar: number; world: World } {
  const { world, run } = bench({ at: PRINTING });
  run(20, orders, damage);
  const { orderedMm, fedMm, seenMm } = world.extruder;
  const loads: number[] = [];
  const bars: number[] = [];
  run(60, orders, damage, ({ extruder }) => {
    loads.push(extruder.loadPct);
    bars.push(extruder.pressureBar);
  });
  const ordered = world.extruder.orderedMm - orderedMm;
  return {
    fed: (world.extruder.fedMm - fedMm) / ordered,
    seen: (world.extruder.seenMm - seenMm) / ordered,
    loadPct: meanOf(loads),
    bar: meanOf(bars),
    world,
  };
}

test("a sound extruder feeds what is ordered, at about the ordered speed, under moderate load", () => {
  const { fed, seen, loadPct, world } = minute({});
  expect(fed).toBe(1);
  expect(Math.abs(seen - 1)).toBeLessThan(0.04);
  expect(loadPct).toBeGreaterThan(20);
  expect(loadPct).toBeLessThan(55);
  expect(world.extruder.widthMm).toBeCloseTo(1.75, 1);
  expect(world.extruder.isFilamentSeen).toBe(true);
});

test("the encoder is right over long ways and a few percent off over short ones", () => {
  const { world, run } = bench({ at: PRINTING, stepS: 0.25 });
  const ratios: number[] = [];
  let fedMm = world.extruder.fedMm;
  let seenMm = world.extruder.seenMm;
  run(1_200, PRINTING, {}, ({ extruder }) => {
    if (extruder.fedMm - fedMm < 3) return;
    ratios.push((extruder.seenMm - seenMm) / (extruder.fedMm - fedMm));
    ({ fedMm, seenMm } = extruder);
  });
  expect(meanOf(ratios)).toBeCloseTo(1, 1);
  expect(sigmaOf(ratios)).toBeGreaterThan(0.01);
  expect(sigmaOf(ratios)).toBeLessThan(0.05);
});

test("load and pressure rise with flow, with a colder nozzle and with a narrower bore", () => {
  const usual = minute({});
  const faster = minute({}, { ...PRINTING, extrudeMmS: 5 });
  const colder = minute({}, { ...PRINTING, nozzleTargetsC: [190] });
  const narrower = minute({ clog: 0.3 });
  for (const harder of [faster, colder, narrower]) {
    expect(harder.bar).toBeGreaterThan(1.2 * usual.bar);
    expect(harder.loadPct).toBeGreaterThan(1.1 * usual.loadPct);
  }
});

test("a partial clog costs little at low flow and much at high flow", () => {
  expect(minute({ clog: 0.45 }, { ...PRINTING, extrudeMmS: 1 }).fed).toBeGreaterThan(0.98);
  expect(minute({ clog: 0.45 }, { ...PRINTING, extrudeMmS: 5 }).fed).toBeLessThan(0.7);
});

describe("damage to the filament's way", () => {
  test.each<{ name: string; damage: Partial<Damage>; fed: [number, number]; seen: [number, number] }>([
    { name: "a closed nozzle feeds almost nothing", damage: { clog: 1 }, fed: [0, 0.1], seen: [0, 0.1] },
    { name: "ground filament is not pulled", damage: { grinding: 0.5 }, fed: [0.49, 0.51], seen: [0.45, 0.55] },
    { name: "a tangled spool holds it back", damage: { isTangled: true }, fed: [0, 0.15], seen: [0, 0.15] },
    { name: "wrong steps push too much", damage: { overfeed: 1.3 }, fed: [1.29, 1.31], seen: [1.2, 1.4] },
    { name: "a dead encoder sees nothing", damage: { isEncoderDead: true }, fed: [1, 1], seen: [0, 0] },
  ])("$name", ({ damage, fed, seen }) => {
    const result = minute(damage);
    expect(result.fed).toBeGreaterThanOrEqual(fed[0]);
    expect(result.fed).toBeLessThanOrEqual(fed[1]);
    expect(result.seen).toBeGreaterThanOrEqual(seen[0]);
    expect(result.seen).toBeLessThanOrEqual(seen[1]);
  });

  test("a wrong width is measured as such", () => {
    expect(minute({ widthOffsetMm: -0.15 }).world.extruder.widthMm).toBeCloseTo(1.6, 1);
  });

  test("a hotend fan that stands lets heat creep up and the load rise", () => {
    const { run } = bench({ at: PRINTING });
    const hotendFan = { isStalled: true, friction: 1, stutter: 0 };
    const load = (seconds: number, damage: Partial<Damage>): number => {
      const loads: number[] = [];
      run(seconds, PRINTING, damage, ({ extruder }) => loads.push(extruder.loadPct));
      return meanOf(loads.slice(-60));
    };
    const sound = load(60, {});
    expect(load(30, { hotendFan })).toBeLessThan(1.3 * sound);
    expect(load(900, { hotendFan })).toBeGreaterThan(2 * sound);
  });
});

describe("when the filament ends", () => {
  /** What is fed, seen and said after so many mm of the tail. */
  function after(tailMm: number, damage: Partial<Damage> = {}): World["extruder"] {
    const { world, run } = bench({ at: PRINTING, stepS: 0.25 });
    const start = world.extruder.orderedMm;
    while (world.extruder.orderedMm - start < tailMm) run(0.25, PRINTING, { isFilamentOut: true, ...damage });
    return { ...world.extruder };
  }

  test("it first goes on, then the switch says so and the encoder stands, then nothing is fed", () => {
    const [before, tail, out, later] = [20, 60, 130, 200].map((mm) => after(mm));
    expect(before?.isFilamentSeen).toBe(true);
    expect(tail?.isFilamentSeen).toBe(false);
    expect(out?.seenMm).toBe(tail?.seenMm);
    expect(out?.fedMm).toBeGreaterThan((tail?.fedMm ?? 0) + 20);
    expect(later?.fedMm).toBe(out?.fedMm);
  });

  test("a switch that is stuck says nothing, the encoder stands all the same", () => {
    const stuck = after(200, { isRunoutSwitchStuck: true });
    expect(stuck.isFilamentSeen).toBe(true);
    expect(stuck.seenMm).toBe(after(60).seenMm);
  });

  test("new filament is seen at once", () => {
    const { world, run } = bench({ at: PRINTING });
    run(120, PRINTING, { isFilamentOut: true });
    expect(world.extruder.isFilamentSeen).toBe(false);
    const { fedMm } = world.extruder;
    run(10, PRINTING);
    expect(world.extruder.isFilamentSeen).toBe(true);
    expect(world.extruder.fedMm).toBeGreaterThan(fedMm + 10);
  });
});
