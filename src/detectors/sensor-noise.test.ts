/** Jitter and standstill are told, for fine readings and for whole degrees; rounding, ramps and rest are not. */
import { expect, it } from "vitest";
import { sensorFrozen, sensorNoise } from "./sensor-noise.ts";
import { type Plant, runHeater } from "./testing/heater.fixture.ts";
import { createScene } from "./testing/scene.fixture.ts";

const NOISE = "0300-0200-0002-E105";
const FROZEN = "0300-0200-0001-E106";

it.each<[string, Partial<Plant>, number, readonly string[]]>([
  ["fine readings, holding", { targetC: 210 }, 0.6, [`pass ${NOISE}`, `fail ${NOISE}`]],
  ["fine readings, off", {}, 0.6, [`pass ${NOISE}`, `fail ${NOISE}`]],
  ["whole degrees", { isWhole: true, targetC: 210 }, 4, [`pass ${NOISE}`, `fail ${NOISE}`]],
  ["whole degrees at the edge of rounding", { isWhole: true, roomC: 22.5, tempC: 22.5 }, 0.4, [`pass ${NOISE}`]],
  ["coarse steps of a hot thermistor", { targetC: 270 }, 0.17, [`pass ${NOISE}`]],
  ["the same at 210 °C", { targetC: 210 }, 0.17, [`pass ${NOISE}`, `fail ${NOISE}`]],
  ["a bad contact of a hot one", { targetC: 270 }, 0.6, [`pass ${NOISE}`, `fail ${NOISE}`]],
  ["as noisy as is usual", { targetC: 210 }, 0.05, [`pass ${NOISE}`]],
])("noise: %s", (_name, start, noiseC, said) => {
  const scene = createScene(sensorNoise);
  const heater = runHeater(scene, "nozzle", start);
  heater.run(200);
  heater.plant.noiseC = noiseC;
  heater.run(60);
  expect(scene.said).toEqual(said);
});

it("noise that is gone for minutes is over, and one leap is none", () => {
  const scene = createScene(sensorNoise);
  const heater = runHeater(scene, "nozzle", { targetC: 210 });
  heater.run(100);
  heater.plant.says = (tempC) => tempC + 0.3;
  heater.run(0.5);
  heater.plant.says = undefined;
  heater.run(60);
  expect(scene.said).toEqual([`pass ${NOISE}`]);
  heater.plant.noiseC = 0.6;
  heater.run(30);
  heater.plant.noiseC = 0.03;
  heater.run(400);
  expect(scene.said).toEqual([`pass ${NOISE}`, `fail ${NOISE}`, `pass ${NOISE}`]);
});

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

it("a controller that swings is not noise, though its temperature turns again and again", () => {
  const scene = createScene(sensorNoise);
  for (let second = 0; second < 600; second += 0.5) scene.sample(second, { nozzleTempC: 220 + 4 * Math.sin((2 * Math.PI * second) / 9.3) });
  expect(scene.said).toEqual([`pass ${NOISE}`]);
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
