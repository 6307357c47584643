/** A temperature that swings is told once it has swung often enough; overshoot, fans and new targets are no swing. */
import { expect, it } from "vitest";
import { pidOscillation } from "./heater-control.ts";
import { type Plant, runHeater } from "./testing/heater.fixture.ts";
import { createScene } from "./testing/scene.fixture.ts";

const SWINGS = "0300-0200-0003-E107";

it.each<[string, Partial<Plant>]>([
  ["power told", {}],
  ["whole degrees", { isDutyTold: false, isWhole: true }],
])("a nozzle that swings: %s", (_name, kind) => {
  const scene = createScene(pidOscillation);
  const heater = runHeater(scene, "nozzle", { targetC: 210, ...kind });
  heater.run(300);
  expect(scene.said).toEqual([`pass ${SWINGS}`]);
  heater.plant.swing = 0.4;
  heater.run(200);
  expect(scene.said).toEqual([`pass ${SWINGS}`, `fail ${SWINGS}`]);
  heater.plant.swing = 0;
  heater.run(1_500);
  expect(scene.said.at(-1)).toBe(`pass ${SWINGS}`);
});

it("small swings, and those of the fan or of new targets, do not count", () => {
  const scene = createScene(pidOscillation);
  const heater = runHeater(scene, "nozzle", { targetC: 210 });
  heater.run(200);
  heater.plant.swing = 0.08;
  heater.run(600);
  heater.plant.swing = 0;
  for (let i = 0; i < 20; i++) {
    heater.plant.fan = i % 2;
    heater.run(25);
  }
  heater.plant.fan = 0;
  for (let i = 0; i < 10; i++) {
    heater.plant.targetC = i % 2 === 0 ? 200 : 215;
    heater.run(30);
  }
  expect(scene.said).toEqual([`pass ${SWINGS}`]);
});

it("half swings from before a restart are forgotten", () => {
  const scene = createScene(pidOscillation);
  const heater = runHeater(scene, "nozzle", { targetC: 210 });
  heater.run(200);
  heater.plant.swing = 0.4;
  heater.run(70);
  scene.restart();
  heater.run(30);
  expect(scene.said).toEqual([`pass ${SWINGS}`]);
});
