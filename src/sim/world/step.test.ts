import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createRandom } from "../random.ts";
import { createWorld } from "./create.ts";
import { UNDAMAGED } from "./damage.ts";
import { stepWorld } from "./step.ts";
import { bench, CLOSED, HEATED, OPEN, PRINTING } from "./world.fixture.ts";

const seeds = fc.integer({ min: 0, max: 1e6 });

test("the same seed gives the same world, another seed another", () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(CLOSED, OPEN), (seed, facts) => {
      const make = (from: number): unknown => bench({ seed: from, facts, at: HEATED }).run(120, PRINTING);
      expect(make(seed)).toEqual(make(seed));
      expect(make(seed)).not.toEqual(make(seed + 1));
    }),
    { numRuns: 10 },
  );
});

test("all there is to know is in the world: a copy goes the same way", () => {
  const world = createWorld(CLOSED, createRandom(9));
  const random = createRandom(1);
  for (let step = 0; step < 200; step++) stepWorld(world, UNDAMAGED, PRINTING, 0.5, random);
  const copy = structuredClone(world);
  const [one, two] = [createRandom(2), createRandom(2)];
  for (let step = 0; step < 200; step++) {
    stepWorld(world, UNDAMAGED, PRINTING, 0.5, one);
    stepWorld(copy, UNDAMAGED, PRINTING, 0.5, two);
  }
  expect(copy).toEqual(world);
});

test("whatever is ordered and broken, every number stays one", () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const damage = fc.record({
    nozzlePower: share,
    nozzleStuckOn: share,
    bedStuckOn: share,
    coolingBlocked: share,
    clog: share,
    grinding: share,
    nozzleGain: fc.double({ min: 0.2, max: 20, noNaN: true }),
    nozzleLoss: fc.double({ min: 0.5, max: 6, noNaN: true }),
    draught: fc.double({ min: 0.5, max: 5, noNaN: true }),
    overfeed: fc.double({ min: 0.5, max: 2, noNaN: true }),
    xSlipMm: fc.double({ min: -5, max: 5, noNaN: true }),
    supplyDropV: fc.double({ min: 0, max: 30, noNaN: true }),
    canErrorRate: fc.double({ min: 0, max: 500, noNaN: true }),
    isTangled: fc.boolean(),
    isFilamentOut: fc.boolean(),
  });
  fc.assert(
    fc.property(seeds, fc.constantFrom(0.1, 0.25, 1, 2), damage, (seed, stepS, wrong) => {
      const world = bench({ seed, stepS, facts: seed % 2 === 0 ? CLOSED : OPEN, at: HEATED }).run(60, PRINTING, wrong);
      const numbers = JSON.stringify(world, (_key, value: unknown) =>
        typeof value === "number" && !Number.isFinite(value) ? "not a number" : value,
      );
      expect(numbers).not.toContain("not a number");
      expect(Math.max(...world.nozzles.map(({ tempC }) => tempC))).toBeLessThan(900);
    }),
    { numRuns: 40 },
  );
});

test("a machine that is found at work is homed and warm", () => {
  const { world } = bench({ at: PRINTING });
  expect(world.axes.x.isHomed && world.axes.y.isHomed && world.axes.z.isHomed).toBe(true);
  expect(world.nozzles[0]?.readC).toBeGreaterThan(208);
  expect(world.bed.readC).toBeGreaterThan(59);
  expect(world.chamber.tempC).toBeGreaterThan(world.ambientC.value + 4);
});
