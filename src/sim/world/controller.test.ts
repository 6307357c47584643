import { expect, test } from "vitest";
import { control } from "./controller.ts";
import { bench, nozzleOf } from "./world.fixture.ts";
import type { Heater } from "./world.ts";

/** A controller alone, fed with readings four times a second. */
function fed(targetC: number): { readonly heater: Heater; readonly feed: (readC: number, seconds: number, gain?: number) => number } {
  const { world } = bench();
  const heater = nozzleOf(world);
  const [traits] = world.traits.nozzles;
  if (traits === undefined) throw new Error("a machine without a nozzle");
  heater.targetC = targetC;
  return {
    heater,
    feed: (readC, seconds, gain = 1) => {
      for (let at = 0; at < seconds; at += 0.25) {
        heater.readC = readC;
        control(heater, traits, gain, false, 0.25);
      }
      return heater.duty;
    },
  };
}

test("while it cannot do more its integral waits, so that it lets go at once", () => {
  const { feed } = fed(210);
  expect(feed(100, 1_800)).toBe(1);
  expect(feed(210, 5)).toBeLessThan(0.1);
});

test("the integral finds the duty that holds", () => {
  const { feed } = fed(210);
  const first = feed(209, 5);
  expect(feed(209, 60)).toBeGreaterThan(first + 0.05);
});

test("it brakes while the reading rises", () => {
  const still = fed(210).feed(204, 20);
  const { feed } = fed(210);
  feed(200, 20);
  for (let readC = 200; readC < 204; readC += 0.25) feed(readC, 0.25);
  expect(still).toBeGreaterThan(0.5);
  expect(feed(204, 0.25)).toBeLessThan(still - 0.2);
});

test("off is off, and starts anew", () => {
  const { heater, feed } = fed(210);
  feed(208, 300);
  heater.targetC = 0;
  expect(feed(208, 1)).toBe(0);
  expect(heater.control.integralCS).toBe(0);
});
