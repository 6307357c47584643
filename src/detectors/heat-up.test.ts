/** A heater that takes longer than it did is told after some heat-ups; the baseline does not follow, and survives restarts. */
import { expect, it } from "vitest";
import { slowHeatUp } from "./heat-up.ts";
import { type Plant, type Running, runHeater } from "./testing/heater.fixture.ts";
import { createScene, type Scene } from "./testing/scene.fixture.ts";

const SLOW = "0300-0200-0003-E109";

function heatUps(heater: Running, count: number, targetC = 220): void {
  for (let i = 0; i < count; i++) {
    heater.plant.targetC = targetC;
    heater.run(150);
    heater.plant.targetC = 0;
    heater.run(500);
  }
}

function learned(kind: Partial<Plant> = {}): { readonly scene: Scene; readonly heater: Running } {
  const scene = createScene(slowHeatUp);
  const heater = runHeater(scene, "nozzle", kind, 1);
  heatUps(heater, 3);
  return { scene, heater };
}

it.each<[string, Partial<Plant>]>([
  ["told power", {}],
  ["no power told, whole degrees", { isDutyTold: false, isWhole: true }],
])("a weaker heater is slower: %s", (_name, kind) => {
  const { scene, heater } = learned(kind);
  heatUps(heater, 2);
  expect(scene.said).toEqual([`pass ${SLOW}`]);
  scene.restart();
  heater.plant.power = 0.6;
  heatUps(heater, 2);
  expect(scene.said).toEqual([`pass ${SLOW}`, `fail ${SLOW}`]);
  expect(scene.findings[1]?.evidence?.["says"]).toMatch(
    /^the nozzle heats up \d+ % slower than it used to: the last time \d+ s instead of \d+ s/,
  );
  heater.plant.power = 1;
  heatUps(heater, 3);
  expect(scene.said.at(-1)).toBe(`pass ${SLOW}`);
});

it("a slow decline is not learned as normal", () => {
  const { scene, heater } = learned();
  for (let power = 1; power > 0.6; power -= 0.03) {
    heater.plant.power = power;
    heatUps(heater, 1);
  }
  expect(scene.said).toEqual([`pass ${SLOW}`, `fail ${SLOW}`]);
});

it("other targets, warm starts, a fan and a cool room are no decline", () => {
  const { scene, heater } = learned();
  heatUps(heater, 2, 150);
  heatUps(heater, 2, 280);
  heater.plant.roomC = 12;
  heatUps(heater, 2);
  heater.plant.fan = 1;
  heatUps(heater, 2);
  expect(scene.said.filter((said) => said.startsWith("fail"))).toEqual([]);
});

it("keeps a bounded state", () => {
  const { scene, heater } = learned();
  heatUps(heater, 2, 400);
  expect(JSON.stringify(scene.state()).length).toBeLessThan(2_000);
});
