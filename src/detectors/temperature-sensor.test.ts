/** Broken sensors are told by what no printer can do; cold rooms, hot starts and hosts that come back are not. */
import { expect, it } from "vitest";
import type { Readings } from "../model/telemetry.ts";
import type { Detector } from "./detector.ts";
import { thermistorLoose, thermistorOpen, thermistorShort } from "./temperature-sensor.ts";
import { runHeater } from "./testing/heater.fixture.ts";
import { createScene } from "./testing/scene.fixture.ts";

const OPEN = "0300-0200-0001-0007";
const SHORT = "0300-0200-0001-0006";
const LOOSE = "0300-0200-0002-E104";

/** One set of readings a second. */
function series(temps: readonly number[], others: Readings = {}): readonly Readings[] {
  return temps.map((nozzleTempC) => ({ nozzleTempC, nozzleTargetC: 0, ...others }));
}

const still = (tempC: number, seconds: number): readonly number[] => Array.from({ length: seconds }, () => tempC);

it.each<[string, readonly Readings[], readonly string[]]>([
  ["far too cold, smoothed", series([155, 81, 29, -7, -57, -75, -83]), [`pass ${OPEN}`, `fail ${OPEN}`]],
  ["zero at once, from room temperature", series([23, 23, 23, ...still(0, 8)]), [`pass ${OPEN}`, `fail ${OPEN}`]],
  ["zero from the start, where the others are warm", series(still(0, 8), { bedTempC: 24, chamberTempC: 25 }), [`fail ${OPEN}`]],
  ["a garbled message", series([210, 210, -60, 210, 210]), [`pass ${OPEN}`]],
  ["a cold garage", series(still(-6, 20), { bedTempC: -5, chamberTempC: -4 }), [`pass ${OPEN}`]],
  ["a warm bed in a cold garage", series(still(-4, 20), { bedTempC: 60, chamberTempC: 2 }), [`pass ${OPEN}`]],
  ["mended", series([23, 23, ...still(-60, 5), 23, 23]), [`pass ${OPEN}`, `fail ${OPEN}`, `pass ${OPEN}`]],
])("open: %s", (_name, readings, said) => {
  const scene = createScene(thermistorOpen);
  readings.forEach((one, second) => scene.sample(second, one));
  expect(scene.said.filter((one) => one.endsWith(OPEN))).toEqual(said);
});

it.each<[string, readonly Readings[], readonly string[]]>([
  ["the end of the scale", series([23, ...still(510, 4)]), [`pass ${SHORT}`, `fail ${SHORT}`]],
  ["a leap no heater makes", series([23, ...still(300, 4)]), [`pass ${SHORT}`, `fail ${SHORT}`]],
  ["a sensor that is plugged in again", series([0, 0, ...still(205, 6)]), [`pass ${SHORT}`]],
  ["a hot nozzle for high temperatures", series(still(450, 20)), [`pass ${SHORT}`]],
  ["a heater that is stuck on", series(Array.from({ length: 80 }, (_, second) => 220 + 5 * second)), [`pass ${SHORT}`]],
])("short: %s", (_name, readings, said) => {
  const scene = createScene(thermistorShort);
  readings.forEach((one, second) => scene.sample(second, one));
  expect(scene.said).toEqual(said);
});

const every: readonly Detector<unknown>[] = [thermistorOpen, thermistorShort, thermistorLoose];

it("a host that comes back smooths its readings up from 0", () => {
  for (const detector of every) {
    const scene = createScene(detector);
    series([200, 200, 200]).forEach((one, second) => scene.sample(second, { ...one, hostState: "ready" }));
    series([200, 0, 0]).forEach((one, second) => scene.sample(3 + second, { ...one, hostState: "startup" }));
    series([0, 110, 155, 178, 190, 196, 198, 199]).forEach((one, second) => scene.sample(6 + second, { ...one, hostState: "ready" }));
    expect(scene.said.filter((said) => said.startsWith("fail"))).toEqual([]);
  }
});

it("a contact that leaps three times within a minute is loose; one leap, noise and a hot start are not", () => {
  const scene = createScene(thermistorLoose);
  const heater = runHeater(scene, "nozzle", { targetC: 210, noiseC: 0.8 });
  heater.run(120);
  const leap = (): void => {
    heater.plant.says = (tempC) => tempC - 20;
    heater.run(1);
    heater.plant.says = undefined;
    heater.run(12);
  };
  leap();
  heater.run(120);
  expect(scene.said).toEqual([`pass ${LOOSE}`]);
  leap();
  leap();
  expect(scene.said).toEqual([`pass ${LOOSE}`, `fail ${LOOSE}`]);
  heater.run(700);
  expect(scene.said.at(-1)).toBe(`pass ${LOOSE}`);
});

it("a contact that opens for a second is loose at once; a message that is garbled is not", () => {
  const said = (temps: readonly number[]): readonly string[] => {
    const scene = createScene(thermistorLoose);
    [...still(210, 20), ...temps, ...still(210, 20)].forEach((nozzleTempC, look) => scene.sample(look / 2, { nozzleTempC }));
    return scene.said;
  };
  expect(said([120, 57, 103, 135, 157, 173, 184, 192, 200, 206])).toEqual([`pass ${LOOSE}`, `fail ${LOOSE}`]);
  expect(said([-60])).toEqual([`pass ${LOOSE}`]);
  expect(said([195, 188, 195, 203])).toEqual([`pass ${LOOSE}`]);
});

it("a busy host that is late with its readings is no loose contact, though its computer goes on to speak", () => {
  const scene = createScene(thermistorLoose);
  for (let second = 0; second < 60; second++) {
    const hostTimeS = second - (second % 3);
    scene.sample(second, { hostState: "ready", hostTimeS, nozzleTempC: 30 + 4 * hostTimeS, sourceTimeMs: second * 1_000 });
  }
  expect(scene.said).toEqual([`pass ${LOOSE}`]);
});
