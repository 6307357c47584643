/** A machine prints what its hotend can hold on a bad day too; a strong one prints everything. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { planFor, PLANS } from "./plan.ts";

it("a hotend of a stock bedslinger is given nothing hot", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (chance) => planFor(40, () => chance).nozzleC <= 240));
});

it("every plan comes to a strong hotend, and chance decides", () => {
  const drawn = PLANS.map((_, index) => planFor(60, () => (index + 0.5) / PLANS.length));
  expect(drawn).toEqual(PLANS);
});
