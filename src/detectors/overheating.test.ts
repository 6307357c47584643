/** Heat without power is told while it climbs; lag, overshoot, fans and a slow warming room are not. */
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Detector } from "./detector.ts";
import { heaterOverTarget, heaterStuckOn, heatingAfterShutdown } from "./overheating.ts";
import { type Plant, runHeater } from "./testing/heater.fixture.ts";
import { createScene } from "./testing/scene.fixture.ts";

const STUCK = "0300-0200-0001-0005";
const OVER = "0300-0200-0001-0003";
const AFTER = "0300-0200-0001-E102";

it.each<[string, "nozzle" | "bed", Partial<Plant>, number]>([
  ["a nozzle that should be off", "nozzle", {}, 7],
  ["one that tells no power, in whole degrees", "nozzle", { isDutyTold: false, isWhole: true }, 9],
  ["a bed that should be off", "bed", {}, 30],
])("stuck on: %s", (_name, name, kind, withinS) => {
  const scene = createScene(heaterStuckOn);
  const heater = runHeater(scene, name, kind);
  heater.run(120);
  heater.plant.stuckOn = 1;
  heater.run(withinS);
  const code = `${name === "nozzle" ? "0300-0200" : "0300-0100"}-0001-0005`;
  expect(scene.said).toEqual([`pass ${code}`, `fail ${code}`]);
});

it("a nozzle that sticks while it holds is told long before it burns", () => {
  const scene = createScene(heaterStuckOn);
  const heater = runHeater(scene, "nozzle", { targetC: 230 });
  heater.run(150);
  heater.plant.stuckOn = 1;
  heater.run(10);
  expect(scene.said.at(-1)).toBe(`fail ${STUCK}`);
  expect(heater.plant.tempC).toBeLessThan(270);
});

it("a reading that comes back from nothing is no heat", () => {
  const scene = createScene(heaterStuckOn);
  const heater = runHeater(scene, "nozzle", { tempC: 100, says: () => 0 });
  heater.run(30);
  heater.plant.says = undefined;
  heater.run(30);
  expect(scene.said).toEqual([`pass ${STUCK}`]);
});

/** Twice a second, smoothed over a second as Klipper does it. */
const towards = (fromC: number, toC: number): readonly number[] =>
  Array.from({ length: 40 }, (_, i) => toC + (fromC - toC) * 0.6 ** (i + 1));

it.each<[string, Detector<unknown>, "ready" | "shutdown", readonly number[]]>([
  ["a sensor that is shorted is no heat", heaterStuckOn, "ready", towards(210, 352)],
  [
    "nor is a contact that opens and comes back after the shutdown",
    heatingAfterShutdown,
    "shutdown",
    [...towards(150, -91), ...towards(-91, 150)],
  ],
  ["nor one that flickers", heatingAfterShutdown, "shutdown", [150, 90, 60, ...towards(60, 149), 90, 50, ...towards(50, 148)]],
])("%s", (_name, detector, hostState, temps) => {
  const scene = createScene(detector);
  const sample = (nozzleTempC: number, look: number, state: "ready" | "shutdown"): void =>
    scene.sample(look / 2, { hostState: state, nozzleTempC, nozzleTargetC: 0, nozzleDutyPct: 0 });
  for (let look = 0; look < 20; look++) sample(temps[0] ?? 0, look, "ready");
  temps.forEach((tempC, i) => sample(tempC, 20 + i, hostState));
  expect(scene.said.filter((said) => said.startsWith("fail"))).toEqual([]);
});

it("over its target: after it was reached, not while it cools towards it", () => {
  const scene = createScene(heaterOverTarget);
  const heater = runHeater(scene, "nozzle", { targetC: 250 });
  heater.run(200);
  heater.plant.targetC = 180;
  heater.run(20);
  expect(scene.said).toEqual([`pass ${OVER}`]);
  heater.run(100);
  heater.plant.stuckOn = 1;
  heater.run(25);
  expect(scene.said).toEqual([`pass ${OVER}`, `fail ${OVER}`]);
});

it("after the host shut down the afterglow passes; heat that goes on does not", () => {
  const said = (stuckOn: number): readonly string[] => {
    const scene = createScene(heatingAfterShutdown);
    const heater = runHeater(scene, "nozzle", { targetC: 230, extra: { hostState: "ready" } });
    heater.run(20);
    Object.assign(heater.plant, { targetC: 0, stuckOn, extra: { hostState: "shutdown" } });
    heater.run(30);
    return scene.said;
  };
  expect(said(0)).toEqual([`pass ${AFTER}`]);
  expect(said(1)).toEqual([`pass ${AFTER}`, `fail ${AFTER}`]);
});

it("needs no wait after a shutdown when the power was off long before", () => {
  const scene = createScene(heatingAfterShutdown);
  const heater = runHeater(scene, "nozzle", { stuckOn: 0.5, tempC: 60, extra: { hostState: "ready" } });
  heater.run(30);
  Object.assign(heater.plant, { extra: { hostState: "shutdown" } });
  heater.run(4);
  expect(scene.said).toEqual([`pass ${AFTER}`, `fail ${AFTER}`]);
});

const act = fc.record({
  seconds: fc.integer({ min: 3, max: 200 }),
  targetC: fc.constantFrom(0, 0, 150, 200, 215, 280),
  fan: fc.constantFrom(0, 0.5, 1),
});

const every: readonly Detector<unknown>[] = [heaterStuckOn, heaterOverTarget];

it.each(every)("$id keeps still over a healthy nozzle, whatever it is asked for", (detector) => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 3, maxLength: 12 }), fc.boolean(), (acts, isPlain) => {
      const scene = createScene(detector);
      const heater = runHeater(scene, "nozzle", { isDutyTold: !isPlain, isWhole: isPlain }, 1);
      for (const { seconds, ...change } of acts) {
        Object.assign(heater.plant, change);
        heater.run(seconds);
      }
      expect(scene.said.filter((said) => said.startsWith("fail"))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

it("a chamber without a heater is warmed by its bed, whatever the host does", () => {
  const scene = createScene(heatingAfterShutdown);
  for (let second = 0; second < 900; second++) {
    const hostState = second < 100 ? "ready" : "shutdown";
    scene.sample(second, { hostState, chamberTempC: 40 + second / 10, bedTempC: 110 });
  }
  expect(scene.said).toEqual(["pass 0300-0100-0001-E102"]);
});
