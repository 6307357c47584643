/** Lost steps are told at the homing that shows them, and are over with the next good one. */
import { describe, expect, it } from "vitest";
import type { HomingResult, Readings } from "../model/telemetry.ts";
import { closedLoopError, lostSteps } from "./lost-steps.ts";
import { createScene } from "./testing/scene.fixture.ts";

const X = "0300-1000-0002-E106";
const Z = "0300-0800-0002-E106";
const homed = (axis: HomingResult["axis"], count: number, offMm: number, sigmaMm = 0.05): Readings => ({
  homing: { axis, count, offMm, sigmaMm },
});

describe("lost steps", () => {
  it.each<[string, Readings[], string[]]>([
    ["never homed", [{}, {}], []],
    ["good homings", [homed("x", 1, 0.02), homed("x", 2, -0.1), homed("x", 3, 0.3)], [`pass ${X}`]],
    [
      "a slip, and the next homing is good",
      [homed("x", 1, 0), homed("x", 2, 2.6), homed("x", 3, 0)],
      [`pass ${X}`, `fail ${X}`, `pass ${X}`],
    ],
    ["too early counts as too late does", [homed("x", 1, -0.8)], [`fail ${X}`]],
    ["the same result seen again is one", [homed("x", 1, 2), homed("x", 1, 2), {}], [`fail ${X}`]],
    ["another axis clears nothing", [homed("x", 1, 2), homed("z", 2, 0)], [`fail ${X}`, `pass ${Z}`]],
    ["a measurement as vague as its result says nothing bad", [homed("x", 1, 2, 0.8)], [`pass ${X}`]],
    ["Z has its own limit", [homed("z", 1, 0.35)], [`fail ${Z}`]],
  ])("%s", (_name, samples, expected) => {
    const scene = createScene(lostSteps);
    samples.forEach((readings, second) => scene.sample(second, readings));
    expect(scene.said).toEqual(expected);
  });

  it("stands over a restart and says what is known of the print", () => {
    const scene = createScene(lostSteps);
    scene.sample(0, { ...homed("x", 1, 2.6, 0.4), state: "printing", layer: 12 });
    scene.restart();
    scene.sample(5, homed("x", 1, 2.6, 0.4));
    expect(scene.said).toEqual([`fail ${X}`]);
    expect(scene.findings[0]?.evidence?.["says"]).toBe(
      "X found its end 2.6 mm late (±0.4): steps were lost since the last homing; layers up to 12 may be shifted",
    );
  });
});

describe("closed-loop error", () => {
  const code = "0300-1000-0001-E107";
  it.each<[string, number[], string[]]>([
    ["lag of a motor", [0.05, -0.1, 0.15, -0.19], [`pass ${code}`]],
    ["two samples are a jerk", [0, 0.3, 0.3, 0.1, 0.3, 0.3], [`pass ${code}`]],
    ["three are a fault", [0, 0.3, -0.3, 0.25, 0.3], [`pass ${code}`, `fail ${code}`]],
    ["over when it is well back", [0, 1, 1, 1, 0.15, 0.15, 0.15, 0.05, 0.05, 0.05], [`pass ${code}`, `fail ${code}`, `pass ${code}`]],
  ])("%s", (_name, errors, expected) => {
    const scene = createScene(closedLoopError);
    errors.forEach((xErrorMm, second) => scene.sample(second, { xErrorMm }));
    expect(scene.said).toEqual(expected);
  });

  it("counts a sample once, however often it is looked at", () => {
    const scene = createScene(closedLoopError);
    scene.sample(0, { xErrorMm: 1 });
    for (let second = 1; second < 9; second++) scene.tick(second);
    expect(scene.said).toEqual([`pass ${code}`]);
  });
});
