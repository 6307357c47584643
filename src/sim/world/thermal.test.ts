import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Damage } from "./damage.ts";
import { UNDAMAGED } from "./damage.ts";
import { AT_REST } from "./orders.ts";
import { bench, CLOSED, HEATED, meanOf, nozzleOf, OPEN, PRINTING } from "./world.fixture.ts";
import type { World } from "./world.ts";

const seeds = fc.integer({ min: 0, max: 1e6 });
const machines = fc.constantFrom(CLOSED, OPEN);

function bodiesOf(world: World): number[] {
  const heaters = [...world.nozzles, world.bed, world.chamber];
  return [...heaters.flatMap(({ tempC, outerC }) => [tempC, outerC]), world.heatsinkC];
}

test("every machine heats like a real one and settles on its targets", () => {
  fc.assert(
    fc.property(seeds, machines, (seed, facts) => {
      const { world, run } = bench({ seed, facts });
      run(5, HEATED);
      const nozzle = nozzleOf(world);
      const [nozzleC, bedC] = [nozzle.tempC, world.bed.tempC];
      run(10, HEATED);
      const nozzleSlope = (nozzle.tempC - nozzleC) / 10;
      const bedSlope = (world.bed.tempC - bedC) / 10;
      expect(nozzleSlope).toBeGreaterThan(2.5);
      expect(nozzleSlope).toBeLessThan(5);
      expect(bedSlope).toBeGreaterThan(0.25);
      expect(bedSlope).toBeLessThan(0.8);
      let hottest = 0;
      run(500, HEATED, {}, () => (hottest = Math.max(hottest, nozzle.readC)));
      expect(hottest).toBeLessThan(216);
      const duties: number[] = [];
      run(60, HEATED, {}, () => {
        duties.push(nozzle.duty);
        expect(Math.abs(nozzle.readC - 210)).toBeLessThan(0.8);
        expect(Math.abs(world.bed.readC - 60)).toBeLessThan(0.8);
      });
      expect(meanOf(duties)).toBeGreaterThan(0.28);
      expect(meanOf(duties)).toBeLessThan(0.62);
    }),
    { numRuns: 25 },
  );
});

test("without power no body gets hotter than the hottest or colder than the coldest, and all end at the room's temperature", () => {
  fc.assert(
    fc.property(seeds, machines, fc.integer({ min: 100, max: 450 }), (seed, facts, hotC) => {
      const { world, run } = bench({ seed, facts, stepS: 2 });
      nozzleOf(world).tempC = world.bed.tempC = hotC;
      const coldest = Math.min(...bodiesOf(world)) - 2;
      run(300, AT_REST, {}, () => {
        expect(Math.max(...bodiesOf(world))).toBeLessThanOrEqual(hotC);
        expect(Math.min(...bodiesOf(world))).toBeGreaterThan(coldest);
      });
      run(6 * 3600, AT_REST);
      for (const tempC of bodiesOf(world)) expect(Math.abs(tempC - world.ambientC.value)).toBeLessThan(1.5);
    }),
    { numRuns: 10 },
  );
});

test("full power without end leads where heat and losses balance, and no further", () => {
  fc.assert(
    fc.property(seeds, machines, (seed, facts) => {
      const { world, run } = bench({ seed, facts, stepS: 2 });
      run(3 * 3600, AT_REST, { nozzleStuckOn: 1, bedStuckOn: 1 });
      const [own] = world.traits.nozzles;
      const nozzle = nozzleOf(world);
      expect(nozzle.tempC).toBeGreaterThan(300);
      // losses grow with heat, so the straight line is an upper bound
      expect(nozzle.tempC - world.chamber.tempC).toBeLessThan((own?.powerW ?? 0) / (own?.blockLossWPerK ?? 1));
      const lostW = world.traits.bed.blockLossWPerK + world.traits.bed.outerLossWPerK;
      expect(world.bed.tempC - world.chamber.tempC).toBeLessThan((1.2 * world.traits.bed.powerW) / lostW);
    }),
    { numRuns: 8 },
  );
});

test("all heat that goes in comes out into the room", () => {
  const { world, run } = bench({ at: HEATED, stepS: 2 });
  run(4 * 3600, HEATED);
  let inW = 0;
  let outW = 0;
  const { blockLossWPerK, outerLossWPerK } = world.traits.chamber;
  run(600, HEATED, {}, ({ nozzles, bed, chamber, ambientC }) => {
    inW += bed.heatW + meanOf(nozzles.map(({ heatW }) => heatW));
    outW += (chamber.tempC - ambientC.value) * blockLossWPerK + (chamber.outerC - ambientC.value) * outerLossWPerK;
  });
  expect(outW / inW).toBeGreaterThan(0.98);
  expect(outW / inW).toBeLessThan(1.02);
});

test("the length of a step does not matter", () => {
  const ends = [0.1, 0.25, 1, 2].map((stepS) => {
    const { world, run } = bench({ stepS });
    let reachedS = 0;
    run(1_200, HEATED, {}, ({ elapsedS }) => {
      if (reachedS === 0 && nozzleOf(world).tempC > 190) reachedS = elapsedS;
    });
    return { reachedS, bed: world.bed.tempC, sink: world.heatsinkC, air: world.chamber.tempC };
  });
  const [first] = ends;
  for (const end of ends) {
    expect(Math.abs(end.reachedS - (first?.reachedS ?? 0))).toBeLessThan(2.5);
    expect(Math.abs(end.bed - (first?.bed ?? 0))).toBeLessThan(0.2);
    expect(Math.abs(end.sink - (first?.sink ?? 0))).toBeLessThan(0.5);
    expect(Math.abs(end.air - (first?.air ?? 0))).toBeLessThan(0.5);
  }
});

/** The same machine for the same time, sound and damaged. */
function compare(damage: Partial<Damage>, seconds = 120, orders = PRINTING): { readonly sound: World; readonly hurt: World } {
  return { sound: bench({ at: orders }).run(seconds, orders), hurt: bench({ at: orders }).run(seconds, orders, damage) };
}

describe("damage to heat", () => {
  test.each<{ name: string; damage: Partial<Damage>; of: (world: World) => number; changes: "up" | "down"; by: number }>([
    { name: "a dead nozzle heater cools", damage: { nozzlePower: 0 }, of: (world) => nozzleOf(world).tempC, changes: "down", by: 60 },
    { name: "a weak one works harder", damage: { nozzlePower: 0.8 }, of: (world) => nozzleOf(world).duty, changes: "up", by: 0.06 },
    { name: "a dead bed cools", damage: { bedPower: 0 }, of: (world) => world.bed.tempC, changes: "down", by: 2 },
    { name: "a switch that conducts", damage: { nozzleStuckOn: 1 }, of: (world) => nozzleOf(world).tempC, changes: "up", by: 100 },
    { name: "the same on the bed", damage: { bedStuckOn: 1 }, of: (world) => world.bed.tempC, changes: "up", by: 40 },
    { name: "the same in the chamber", damage: { chamberStuckOn: 1 }, of: (world) => world.chamber.tempC, changes: "up", by: 10 },
    { name: "a missing sock takes power", damage: { nozzleLoss: 1.5 }, of: (world) => nozzleOf(world).duty, changes: "up", by: 0.1 },
    { name: "a draught takes power", damage: { draught: 1.6 }, of: (world) => nozzleOf(world).duty, changes: "up", by: 0.08 },
    { name: "an open door cools the chamber", damage: { isDoorOpen: true }, of: (world) => world.chamber.tempC, changes: "down", by: 1.5 },
    { name: "dust in the fins", damage: { coolingBlocked: 0.9 }, of: (world) => world.heatsinkC, changes: "up", by: 6 },
    { name: "a weak supply", damage: { supplyDropV: 3 }, of: (world) => nozzleOf(world).duty, changes: "up", by: 0.06 },
    { name: "a cold room", damage: { ambientOffsetC: -10 }, of: (world) => world.ambientC.value, changes: "down", by: 3 },
  ])("$name", ({ damage, of, changes, by }) => {
    const { sound, hurt } = compare(damage);
    const change = (of(hurt) - of(sound)) * (changes === "up" ? 1 : -1);
    expect(change).toBeGreaterThan(by);
  });

  test("power that was taken away stops every heater but one whose switch conducts", () => {
    const off = { ...PRINTING, areHeatersOff: true };
    const { sound, hurt } = compare({ nozzleStuckOn: 1 }, 60, off);
    expect(nozzleOf(sound).duty).toBe(0);
    expect(nozzleOf(sound).targetC).toBe(210);
    expect(nozzleOf(hurt).duty).toBe(0);
    expect(nozzleOf(hurt).tempC).toBeGreaterThan(nozzleOf(sound).tempC + 60);
  });

  test("part fan and filament take heat from the nozzle", () => {
    const still = { ...PRINTING, partFan: 0, extrudeMmS: 0 };
    const duty = (orders: typeof PRINTING): number => {
      const duties: number[] = [];
      bench({ at: orders }).run(60, orders, {}, (world) => duties.push(nozzleOf(world).duty));
      return meanOf(duties);
    };
    expect(duty({ ...still, partFan: 1 })).toBeGreaterThan(duty(still) + 0.03);
    expect(duty({ ...still, extrudeMmS: 4 })).toBeGreaterThan(duty(still) + 0.05);
  });

  test("a controller that is tuned badly swings for as long as it is", () => {
    const { run } = bench({ at: HEATED });
    const swing = (gain: number): number => {
      run(120, HEATED, { nozzleGain: gain });
      let low = 999;
      let high = 0;
      run(60, HEATED, { nozzleGain: gain }, (world) => {
        low = Math.min(low, nozzleOf(world).tempC);
        high = Math.max(high, nozzleOf(world).tempC);
      });
      return high - low;
    };
    expect(swing(1)).toBeLessThan(0.6);
    expect(swing(4)).toBeGreaterThan(3);
    expect(swing(1)).toBeLessThan(0.6);
  });
});

test("the second nozzle of a machine is not touched by damage to the first", () => {
  const orders = { ...HEATED, nozzleTargetsC: [210, 140] };
  const world = bench({ facts: OPEN, at: orders }).run(120, orders, {
    nozzlePower: 0,
    nozzleSensor: { ...UNDAMAGED.nozzleSensor, open: 1 },
  });
  expect(world.nozzles[1]?.readC).toBeGreaterThan(139);
  expect(world.nozzles[1]?.readC).toBeLessThan(141);
});
