/** The model learns its heater, then tells what it cannot explain; fans, targets and restarts it takes in its stride. */
import { expect, it } from "vitest";
import { type Plant, runHeater } from "./testing/heater.fixture.ts";
import { createScene } from "./testing/scene.fixture.ts";
import { thermalAnomaly, type ThermalState } from "./thermal-model.ts";

const WARNING = "0300-0200-0002-E103";
const ERROR = "0300-0200-0001-E103";

function learned(kind: Partial<Plant> = {}): {
  readonly scene: ReturnType<typeof createScene>;
  readonly heater: ReturnType<typeof runHeater>;
} {
  const scene = createScene(thermalAnomaly);
  const heater = runHeater(scene, "nozzle", { targetC: 210, ...kind });
  heater.run(240);
  heater.plant.fan = 1;
  heater.run(240);
  heater.plant.fan = 0;
  heater.run(60);
  return { scene, heater };
}

it("learns, and says that all is well, and well again", () => {
  const { scene, heater } = learned();
  expect(scene.said).toEqual([`pass ${WARNING}`, `pass ${ERROR}`]);
  heater.plant.loss = 2;
  heater.run(60);
  heater.plant.loss = 1;
  heater.run(400);
  expect(scene.said.slice(2)).toEqual([`fail ${WARNING}`, `pass ${WARNING}`, `pass ${ERROR}`]);
});

it("does not learn a sensor that slips out of its place within minutes", () => {
  const { scene, heater } = learned();
  heater.run(1_800);
  for (let slipped = 0; slipped < 0.5; slipped += 0.01) {
    heater.plant.says = (tempC) => tempC - slipped * (tempC - heater.plant.roomC);
    heater.run(12);
  }
  expect(scene.said[2]).toBe(`fail ${WARNING}`);
});

it("learns a heater anew that was changed for another", () => {
  const { scene, heater } = learned();
  heater.plant.loss = 2;
  heater.run(6.5 * 3_600);
  heater.plant.targetC = 0;
  heater.run(300);
  heater.plant.targetC = 210;
  heater.run(900);
  expect(scene.said.slice(2)).toEqual([`fail ${WARNING}`, `pass ${WARNING}`, `pass ${ERROR}`]);
});

it.each<[string, Partial<Plant>]>([
  ["three times the usual loss", { loss: 3 }],
  ["a switch that leaks", { stuckOn: 0.9 }],
  ["a heater that lost most of its power", { power: 0.1 }],
])("warns of %s, and calls it an error when it lasts", (_name, broken) => {
  const { scene, heater } = learned();
  const before = scene.said.length;
  Object.assign(heater.plant, broken);
  heater.run(15);
  expect(scene.said.slice(before)).toEqual([`fail ${WARNING}`]);
  heater.plant.targetC = 250;
  heater.run(25);
  expect(scene.said.slice(before)).toEqual([`fail ${WARNING}`, `fail ${ERROR}`]);
});

it("keeps still over new targets, the fan, a draught and a restart", () => {
  const { scene, heater } = learned();
  const before = scene.said.length;
  for (const change of [{ targetC: 240 }, { fan: 0.6 }, { loss: 1.25 }, { targetC: 0, loss: 1 }, { targetC: 220, fan: 1 }]) {
    Object.assign(heater.plant, change);
    heater.run(150);
    scene.restart();
  }
  expect(scene.said.slice(before)).toEqual([]);
});

it("still knows its heater after a restart, and tells nothing where power is not told", () => {
  const { scene, heater } = learned();
  scene.restart();
  heater.plant.power = 0;
  heater.run(20);
  expect(scene.said.at(-1)).toMatch(/^fail/);
  const plain = learned({ isDutyTold: false });
  plain.heater.plant.power = 0;
  plain.heater.run(60);
  expect(plain.scene.said).toEqual([]);
});

it("knows nothing of a heater that it only saw hold one temperature", () => {
  const scene = createScene(thermalAnomaly);
  for (let second = 0; second < 900; second++) {
    // a well tuned controller: what is left of a change of power is a breath, and then a draught comes
    const breath = Math.sin(second / 9) + Math.sin(second / 23);
    const draught = second > 400 ? 0.2 * Math.sin(second / 5) : 0;
    const nozzleTempC = 210 - 0.6 * (Math.cos(second / 9) + 2.5 * Math.cos(second / 23)) * 0.1 + draught;
    scene.sample(second, { nozzleTempC, nozzleTargetC: 210, nozzleDutyPct: 45 + 10 * breath, partFanPct: 50 });
  }
  expect(scene.said.filter((said) => said.startsWith("fail"))).toEqual([]);
});

it.each([
  ["at once", 0],
  ["after it held its temperature for a while", 120],
])("learns nothing of a new machine while its switch is stuck on, %s, and knows it well once that is mended", (_name, heldS) => {
  const scene = createScene(thermalAnomaly);
  const heater = runHeater(scene, "nozzle", { targetC: 120 });
  heater.run(heldS);
  heater.plant.stuckOn = 1;
  heater.run(60);
  heater.plant.stuckOn = 0;
  heater.plant.targetC = 0;
  heater.run(400);
  heater.plant.targetC = 210;
  heater.run(240);
  heater.plant.fan = 1;
  heater.run(240);
  heater.plant.targetC = 240;
  heater.run(240);
  expect(scene.said.filter((said) => said.startsWith("fail"))).toEqual([]);
  expect(scene.said).toContain(`pass ${WARNING}`);
  heater.plant.power = 0.1;
  heater.run(20);
  expect(scene.said).toContain(`fail ${WARNING}`);
});

it("tells and learns nothing of readings that stand still because their host does", () => {
  const { scene, heater } = learned();
  const before = scene.said.length;
  const from = heater.now();
  const hang = (second: number): void =>
    scene.sample(from + second, { nozzleTempC: 230, nozzleTargetC: 250, nozzleDutyPct: 100, hostTimeS: 900, sourceTimeMs: 1_000 * second });
  const model = (): unknown => (scene.state() as ThermalState)["nozzle"]?.model;
  hang(0);
  const known = model();
  // on the way to 250 °C it hangs; its computer goes on
  for (let second = 1; second < 40; second++) hang(second);
  expect(model()).toEqual(known);
  expect(scene.said.slice(before)).toEqual([]);
});
