/** What holding costs is compared over days: a lasting change is told, an evening's is not. */
import { expect, it } from "vitest";
import type { Readings } from "../model/telemetry.ts";
import { heaterAgeing } from "./heater-ageing.ts";
import { createScene, type Scene } from "./testing/scene.fixture.ts";

const AGES = "0300-0200-0003-E108";
const DAY_S = 86_400;
const STEP_S = 5;

/** Holds 220 °C for some hours of a day. */
function hold(scene: Scene, day: number, hours: number, dutyPct: number, change: Readings = {}): void {
  for (let second = 0; second < hours * 3_600; second += STEP_S) {
    const wobble = (second / STEP_S) % 2 === 0 ? 2 : -2;
    scene.sample(day * DAY_S + second, {
      nozzleTempC: 220.2,
      nozzleTargetC: 220,
      nozzleDutyPct: dutyPct + wobble,
      state: "printing",
      ...change,
    });
  }
}

function learned(): Scene {
  const scene = createScene(heaterAgeing);
  for (let day = 0; day < 4; day++) hold(scene, day, 2, 40);
  return scene;
}

it("tells of a quarter more power, for days, also over a restart", () => {
  const scene = learned();
  hold(scene, 4, 2, 50);
  hold(scene, 5, 2, 50);
  scene.restart();
  hold(scene, 6, 2, 50);
  hold(scene, 7, 1, 50);
  expect(scene.said).toEqual([`pass ${AGES}`, `fail ${AGES}`]);
  expect(scene.findings[1]?.value).toBe(25);
});

it.each<[string, (scene: Scene) => void]>([
  ["one cold evening", (scene) => hold(scene, 5, 3, 50)],
  ["as it was", (scene) => hold(scene, 5, 3, 41)],
  ["more fan", (scene) => [5, 6, 7, 8].forEach((day) => hold(scene, day, 2, 55, { partFanPct: 100 }))],
  ["another target", (scene) => [5, 6, 7, 8].forEach((day) => hold(scene, day, 2, 60, { nozzleTempC: 280, nozzleTargetC: 280 }))],
  ["a chamber as warm as the power says", (scene) => [5, 6, 7].forEach((day) => hold(scene, day, 2, 35, { chamberTempC: 45 }))],
])("%s is no ageing", (_name, happens) => {
  const scene = learned();
  happens(scene);
  for (let day = 9; day < 12; day++) hold(scene, day, 2, 40, { chamberTempC: 25, partFanPct: 0 });
  expect(scene.said.filter((said) => said.startsWith("fail"))).toEqual([]);
});

it("foresees when it will take all its power", () => {
  const scene = learned();
  for (let day = 4; day < 14; day++) hold(scene, day, 2, 40 + 2 * (day - 3));
  const [, fail] = scene.findings;
  // two points of power a day, and some fifty to go
  expect(fail?.evidence?.["daysToLimit"]).toBeGreaterThan(15);
  expect(fail?.evidence?.["daysToLimit"]).toBeLessThan(45);
  expect(fail?.evidence?.["says"]).toMatch(/about \d\d days until it takes all its power$/);
});
