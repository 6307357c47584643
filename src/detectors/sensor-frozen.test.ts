/** Standstill is told, for fine readings and for whole degrees; rest is not. */
import { expect, it } from "vitest";
import { sensorFrozen } from "./sensor-frozen.ts";
import { type Plant, runHeater } from "./testing/heater.fixture.ts";
import { createScene } from "./testing/scene.fixture.ts";

const FROZEN = "0300-0200-0001-E106";

/** Stands where it was when that began. */
function freeze(plant: Plant): void {
  let held: number | undefined;
  plant.says = (tempC) => (held ??= tempC);
}

it.each<[string, "nozzle" | "bed", Partial<Plant>, number, Partial<Plant>]>([
  ["a fine reading while it holds", "nozzle", { targetC: 210 }, 65, {}],
  ["a fine reading at full power", "nozzle", { targetC: 40 }, 25, { targetC: 250 }],
  ["whole degrees while it should cool", "nozzle", { targetC: 210, isWhole: true, isDutyTold: false }, 105, { targetC: 0 }],
  ["a bed", "bed", { targetC: 60 }, 125, {}],
])("frozen: %s", (_name, name, start, withinS, then) => {
  const scene = createScene(sensorFrozen);
  const heater = runHeater(scene, name, start);
  heater.run(300);
  freeze(heater.plant);
  Object.assign(heater.plant, then);
  heater.run(withinS);
  expect(scene.said.at(-1)).toBe(`fail ${name === "nozzle" ? "0300-0200" : "0300-0100"}-0001-E106`);
});

it("whole degrees that hold, a cold printer and a silent one are not frozen", () => {
  const said = (start: Partial<Plant>, seconds: number): readonly string[] => {
    const scene = createScene(sensorFrozen);
    const heater = runHeater(scene, "nozzle", start);
    heater.run(seconds);
    scene.tick(seconds + 500);
    return scene.said;
  };
  expect(said({ targetC: 210, isWhole: true, isDutyTold: false }, 1_200)).toEqual([`pass ${FROZEN}`]);
  expect(said({ noiseC: 0 }, 600)).toEqual([]);
});

it("whole degrees that came to rest above a target are not frozen, nor is what a host says that hangs", () => {
  const hot = createScene(sensorFrozen);
  for (let second = 0; second < 900; second++) {
    const nozzleTempC = Math.min(305, 220 + Math.max(0, second - 100));
    hot.sample(second, { nozzleTempC, nozzleTargetC: 220 });
  }
  expect(hot.said).toEqual([`pass ${FROZEN}`]);
  const hanging = createScene(sensorFrozen);
  for (let second = 0; second < 300; second++) {
    const told = Math.min(second, 60);
    hanging.sample(second, { nozzleTempC: 210 + Math.sin(told) / 10, nozzleTargetC: 210, nozzleDutyPct: 40, hostTimeS: told });
  }
  expect(hanging.said).toEqual([`pass ${FROZEN}`]);
});
