import { describe, expect, test } from "vitest";
import { type SensorDamage, UNDAMAGED } from "./damage.ts";
import { stepC } from "./sensor.ts";
import { bench, HEATED, meanOf, nozzleOf, sigmaOf } from "./world.fixture.ts";

/** What the nozzle's sensor says over two minutes at 210 °C, and what is true at the end. */
function readings(damage: Partial<SensorDamage>, stepS = 0.5): { readonly said: number[]; readonly trueC: number } {
  const { world, run } = bench({ at: HEATED, stepS });
  const said: number[] = [];
  run(120, HEATED, { nozzleSensor: { ...UNDAMAGED.nozzleSensor, ...damage } }, () => said.push(nozzleOf(world).readC));
  return { said, trueC: nozzleOf(world).tempC };
}

function jumpsIn(said: readonly number[], overC: number): number {
  return said.slice(1).filter((value, index) => Math.abs(value - (said[index] ?? value)) > overC).length;
}

test.each([0.1, 0.25, 1, 2])("a sound sensor is a little noisy, in steps of %d s as in others", (stepS) => {
  const { said } = readings({}, stepS);
  expect(meanOf(said)).toBeCloseTo(210, 0);
  expect(sigmaOf(said)).toBeGreaterThan(0.02);
  expect(sigmaOf(said)).toBeLessThan(0.12);
});

test("it reads in steps of its converter, finest in the middle of its range", () => {
  const { said } = readings({});
  for (const value of said) expect(Math.abs(value / stepC(value) - Math.round(value / stepC(value)))).toBeLessThan(0.02);
  expect(stepC(200)).toBeLessThan(stepC(25));
  expect(stepC(200)).toBeLessThan(stepC(300));
});

describe("a broken sensor", () => {
  test("open reads far too cold, shorted far too hot", () => {
    expect(Math.max(...readings({ open: 1 }).said)).toBeLessThan(-50);
    expect(Math.min(...readings({ open: -1 }).said)).toBeGreaterThan(400);
  });

  test("frozen it does not even flicker", () => {
    expect(new Set(readings({ isFrozen: true }).said).size).toBe(1);
    expect(new Set(readings({}).said).size).toBeGreaterThan(5);
  });

  test("noise is added as strong as it is said to be", () => {
    const sigma = sigmaOf(readings({ noiseC: 2 }, 1).said);
    expect(sigma).toBeGreaterThan(1.6);
    expect(sigma).toBeLessThan(2.8);
  });

  test("a loose contact jumps now and then, mostly to the cold", () => {
    const { said } = readings({ jumpsPerS: 0.1, jumpC: 25 });
    expect(jumpsIn(said, 10)).toBeGreaterThan(6);
    expect(jumpsIn(said, 10)).toBeLessThan(60);
    expect(210 - Math.min(...said)).toBeGreaterThan(Math.max(...said) - 210);
    expect(jumpsIn(readings({}).said, 10)).toBe(0);
  });

  test("slipped out it says less than there is, so that the block gets too hot", () => {
    const { said, trueC } = readings({ slipped: 0.3 });
    expect(trueC).toBeGreaterThan(240);
    expect(trueC - (said.at(-1) ?? 0)).toBeGreaterThan(40);
  });

  test("an offset is held as if it were right", () => {
    const { said, trueC } = readings({ offsetC: -8 });
    expect(said.at(-1)).toBeCloseTo(210, 0);
    expect(trueC - readings({}).trueC).toBeGreaterThan(5);
  });
});
