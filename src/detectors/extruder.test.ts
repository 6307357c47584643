/** A motor near its limit again and again skips; a single peak is usual, and one that pushes nothing cannot stall. */
import { expect, it } from "vitest";
import { extruderStall } from "./extruder.ts";
import { createScene } from "./testing/scene.fixture.ts";

const STALL = "0300-0900-0002-0001";

it.each<[string, number, (sample: number) => number, number, string[]]>([
  ["a usual load", 0.25, (i) => 30 + (i % 7) * 5, 3, [`pass ${STALL}`]],
  ["single peaks, seconds apart", 0.25, (i) => (i % 20 === 0 ? 110 : 40), 3, [`pass ${STALL}`]],
  ["a load that stays high", 0.25, (i) => (i < 40 ? 40 : 120), 3, [`pass ${STALL}`, `fail ${STALL}`]],
  ["a load that stays high, seen once a second", 1, (i) => (i < 40 ? 40 : 120), 3, [`pass ${STALL}`, `fail ${STALL}`]],
  ["peaks in every second", 0.25, (i) => (i > 40 && i % 3 === 0 ? 110 : 40), 3, [`pass ${STALL}`, `fail ${STALL}`]],
  ["a load without a movement", 0.25, () => 150, 0, []],
  ["a load that is over", 1, (i) => (i > 40 && i < 50 ? 120 : 40), 3, [`pass ${STALL}`, `fail ${STALL}`, `pass ${STALL}`]],
  ["a load that is high at every corner", 1, (i) => (i > 40 && i % 30 < 4 ? 120 : 40), 3, [`pass ${STALL}`, `fail ${STALL}`]],
])("%s", (_name, everyS, loadPct, extrusionMmS, expected) => {
  const scene = createScene(extruderStall);
  for (let i = 0; i < 200; i++) scene.sample(i * everyS, { extruderLoadPct: loadPct(i), extrusionMmS });
  expect(scene.said).toEqual(expected);
});

it("counts a sample once, however often it is looked at", () => {
  const scene = createScene(extruderStall);
  scene.sample(0, { extruderLoadPct: 120, extrusionMmS: 3 });
  for (let s = 0; s < 5; s += 0.1) scene.tick(s);
  expect(scene.said).toEqual([`pass ${STALL}`]);
});
