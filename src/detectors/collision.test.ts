/** A shock needs a witness; without one it is a slammed door. */
import { expect, it } from "vitest";
import type { Readings } from "../model/telemetry.ts";
import { collision } from "./collision.ts";
import { createScene } from "./testing/scene.fixture.ts";

const CODE = "0300-1200-0002-E112";
const calm: Readings = { shockSigma: 1.2, xErrorMm: 0.02, yErrorMm: 0.01 };
const homed = (count: number, offMm: number): Readings => ({ homing: { axis: "x", count, offMm, sigmaMm: 0.1 } });
const hour = Array.from({ length: 3_600 }, () => calm);

it.each<[string, Readings[], string[]]>([
  ["no accelerometer", [{ xErrorMm: 3 }], []],
  ["calm", [calm, calm], [`pass ${CODE}`]],
  ["a shock an hour, for five hours", Array.from({ length: 5 }, () => [{ shockSigma: 9 }, ...hour]).flat(), [`pass ${CODE}`]],
  ["an error without a shock is another fault", [calm, { xErrorMm: 2 }], [`pass ${CODE}`]],
  ["a shock and the encoder", [calm, { shockSigma: 14 }, { shockSigma: 1, xErrorMm: -0.9 }], [`pass ${CODE}`, `fail ${CODE}`]],
  ["the error came much later", [calm, { shockSigma: 14 }, ...hour, { xErrorMm: -0.9 }], [`pass ${CODE}`]],
  ["a hard shock and a homing that shows it", [calm, { shockSigma: 14 }, ...hour, homed(1, 1.6)], [`pass ${CODE}`, `fail ${CODE}`]],
  ["a usual shock explains no lost steps", [calm, { shockSigma: 7 }, ...hour, homed(1, 1.6)], [`pass ${CODE}`]],
  ["a hard shock and a good homing", [calm, { shockSigma: 14 }, calm, homed(1, 0.1), homed(2, 1.6)], [`pass ${CODE}`]],
  ["strike upon strike", Array.from({ length: 30 }, (_, i) => ({ shockSigma: i % 5 === 0 ? 8 : 1 })), [`pass ${CODE}`, `fail ${CODE}`]],
  [
    "over after a while",
    [calm, { shockSigma: 14 }, { shockSigma: 1, xErrorMm: 1 }, ...hour],
    [`pass ${CODE}`, `fail ${CODE}`, `pass ${CODE}`],
  ],
])("%s", (_name, samples, expected) => {
  const scene = createScene(collision);
  samples.forEach((readings, second) => scene.sample(second, readings));
  expect(scene.said).toEqual(expected);
});

it("says what was hit when, and keeps the hardest shock over a restart for the homing that comes", () => {
  const scene = createScene(collision);
  scene.sample(0, { ...calm, layer: 41 });
  scene.sample(1, { shockSigma: 20 });
  scene.restart();
  scene.sample(100, calm);
  scene.sample(101, homed(1, -2.4));
  expect(scene.findings.at(-1)?.evidence?.["says"]).toBe("a shock of 20 σ at layer 41, and since then X is off by 2.4 mm");
});

it("leaves a calm state alone", () => {
  const scene = createScene(collision);
  scene.sample(0, calm);
  const before = scene.state();
  scene.sample(1, calm);
  expect(scene.state()).toBe(before);
});
