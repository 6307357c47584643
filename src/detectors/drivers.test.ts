/** Each flag has its motor and its code; a single read is none, and a driver at its limit is one alert. */
import { describe, expect, it } from "vitest";
import { driverFault } from "./drivers.ts";
import { createScene } from "./testing/scene.fixture.ts";

const failsOf = (said: readonly string[]): string[] => said.filter((line) => line.startsWith("fail"));

describe("driver flags", () => {
  it.each<[string, string]>([
    ["x otpw", "0300-1000-0003-E010"],
    ["x ot", "0300-1000-0001-E010"],
    ["y s2ga", "0300-1100-0001-E011"],
    ["z s2vsb", "0300-0800-0001-E012"],
    ["extruder uv_cp", "0300-0900-0001-E014"],
    ["stepper_x1 reset", "0300-1000-0001-E015"],
    ["e drv_err", "0300-0900-0001-E016"],
  ])("%s is %s", (flag, code) => {
    const scene = createScene(driverFault);
    scene.sample(0, { driverFlags: [] });
    for (let second = 1; second < 6; second++) scene.sample(second, { driverFlags: [flag] });
    expect(failsOf(scene.said)).toEqual([`fail ${code}`]);
  });

  it.each<[string, (string | undefined)[], number]>([
    ["no driver that speaks", [undefined, undefined], 0],
    ["a wrong read", [undefined, "x ot", undefined, "x ot", undefined], 0],
    ["open coils at rest", Array<string>(9).fill("x ola"), 0],
    ["at its limit: on and off", Array.from({ length: 100 }, (_, i) => (i % 10 < 6 ? "x otpw" : undefined)), 1],
    [
      "two complaints, a minute apart",
      Array.from({ length: 100 }, (_, i) => (i % 60 > 50 || i > 95 ? undefined : i > 60 || i < 10 ? "x otpw" : undefined)),
      2,
    ],
  ])("%s", (_name, flags, count) => {
    const scene = createScene(driverFault);
    flags.forEach((flag, second) => scene.sample(second, { driverFlags: flag === undefined ? [] : [flag] }));
    expect(failsOf(scene.said)).toHaveLength(count);
  });

  it("is over only when the flag was seen to be gone, not while nobody looked", () => {
    const scene = createScene(driverFault);
    for (let second = 0; second < 5; second++) scene.sample(second, { driverFlags: ["x ot"] });
    scene.restart();
    scene.sample(1_000, { driverFlags: [] });
    expect(scene.said.at(-1)).toBe("fail 0300-1000-0001-E010");
    for (let second = 1_001; second < 1_040; second++) scene.tick(second);
    expect(scene.said.at(-1)).toBe("pass 0300-1000-0001-E010");
  });
});
