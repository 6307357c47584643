/** A sound bus counts nothing; a counter that starts over is no fault; a cable that breaks has bursts that grow, in motion. */
import { describe, expect, it } from "vitest";
import type { Readings } from "../model/telemetry.ts";
import { cableFailing, canErrors, canOff } from "./toolhead-bus.ts";
import { createScene } from "./testing/scene.fixture.ts";

const ERRORS = "E100-0300-0003-E001";
const OFF = "E100-0300-0002-E001";
const CABLE = "E100-0300-0002-E120";

describe("errors", () => {
  it.each<[string, (second: number) => Readings, string[]]>([
    ["no such bus", () => ({}), []],
    ["sound", () => ({ canErrors: 7, canRetries: 3, canState: "active" }), [`pass ${ERRORS}`]],
    ["a plug that was touched", (s) => ({ canErrors: s > 300 ? 500 : 0 }), [`pass ${ERRORS}`]],
    ["one error in a while", (s) => ({ canErrors: Math.floor(s / 120) }), [`pass ${ERRORS}`]],
    ["errors for a minute and more", (s) => ({ canErrors: s > 300 ? s : 0 }), [`pass ${ERRORS}`, `fail ${ERRORS}`]],
    ["only repeats", (s) => ({ canErrors: 0, canRetries: s > 300 ? s : 0 }), [`pass ${ERRORS}`, `fail ${ERRORS}`]],
    ["it only listens", (s) => ({ canErrors: 9, canState: s > 300 ? "passive" : "active" }), [`pass ${ERRORS}`, `fail ${ERRORS}`]],
    ["clean again", (s) => ({ canErrors: s > 300 ? Math.min(s, 400) : 0 }), [`pass ${ERRORS}`, `fail ${ERRORS}`, `pass ${ERRORS}`]],
    ["counters start over", (s) => ({ canErrors: 1_000 - 100 * Math.floor(s / 90) }), [`pass ${ERRORS}`]],
  ])("%s", (_name, readings, expected) => {
    const scene = createScene(canErrors);
    for (let second = 0; second < 900; second++) scene.sample(second, readings(second));
    expect(scene.said).toEqual(expected);
  });
});

describe("off", () => {
  it.each<[string, Readings[], string[]]>([
    ["unknown", [{}, {}], []],
    ["a moment", [{ canState: "active" }, { canState: "off" }, { canState: "active" }], [`pass ${OFF}`]],
    ["off", Array.from({ length: 5 }, () => ({ canState: "off" })), [`pass ${OFF}`, `fail ${OFF}`]],
    ["back", [{ canState: "off" }, { canState: "off" }, { canState: "active" }], [`pass ${OFF}`, `fail ${OFF}`, `pass ${OFF}`]],
  ])("%s", (_name, samples, expected) => {
    const scene = createScene(canOff);
    samples.forEach((readings, second) => scene.sample(second, readings));
    expect(scene.said).toEqual(expected);
  });
});

describe("a breaking cable", () => {
  /** Ten hours; a burst of `errors(n)` every twenty minutes, in motion or at rest. */
  function hours(errors: (n: number) => number, isMoving: (second: number) => boolean, startsOver = false): string[] {
    const scene = createScene(cableFailing);
    let count = 0;
    let xMm = 0;
    for (let second = 0; second < 36_000; second += 5) {
      if (isMoving(second)) xMm = (second * 7) % 200;
      if (second % 1_200 === 600) count += errors(second / 1_200);
      if (startsOver && second % 7_200 === 0) count = 0;
      scene.sample(second, { canErrors: count, xMm, yMm: 0 });
    }
    return scene.said;
  }
  const always = (): boolean => true;
  it.each<[string, string[], string[]]>([
    ["sound", hours(() => 0, always), [`pass ${CABLE}`]],
    ["single errors", hours(() => 1, always), [`pass ${CABLE}`]],
    ["bursts that stay as they are", hours(() => 5, always), [`pass ${CABLE}`]],
    ["bursts that grow while it moves", hours((n) => 3 + n, always), [`pass ${CABLE}`, `fail ${CABLE}`]],
    [
      "the same at rest: something else disturbs",
      hours(
        (n) => 3 + n,
        (s) => s % 1_200 < 300,
      ),
      [`pass ${CABLE}`],
    ],
    ["counters that start over now and then", hours((n) => 3 + n, always, true), [`pass ${CABLE}`, `fail ${CABLE}`]],
  ])("%s", (_name, said, expected) => {
    expect(said).toEqual(expected);
  });

  it("keeps a bounded state over a restart", () => {
    const scene = createScene(cableFailing);
    for (let second = 0; second < 80_000; second += 5) scene.sample(second, { canErrors: second, xMm: second % 200 });
    scene.restart();
    expect(JSON.stringify(scene.state()).length).toBeLessThan(3_000);
  });
});
