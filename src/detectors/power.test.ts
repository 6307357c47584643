/** A sag counts when it lasts, by the voltage this printer runs on; a dip of a moment and a supply that is switched off do not. */
import { describe, expect, it } from "vitest";
import type { Readings } from "../model/telemetry.ts";
import { brownouts, supplyVoltage, underVoltage } from "./power.ts";
import { createScene } from "./testing/scene.fixture.ts";

const WARNING = "0300-4100-0002-E123";
const ERROR = "0300-4100-0001-E123";
const HOST = "E100-0600-0003-E001";
const times = (supplyV: number, count: number): number[] => Array.from({ length: count }, () => supplyV);

describe("supply", () => {
  const well = [`pass ${WARNING}`, `pass ${ERROR}`];
  it.each<[string, number[], string[]]>([
    ["24 V", times(24.1, 30), well],
    ["12 V", times(11.9, 30), well],
    ["not known yet", times(24, 5), []],
    ["load of heaters", Array.from({ length: 60 }, (_, i) => 23.9 - (i % 3) * 0.4), well],
    ["dips", [...times(24, 12), ...Array.from({ length: 40 }, (_, i) => (i % 5 < 2 ? 21 : 23.8))], well],
    ["sags", [...times(24, 12), ...times(22.5, 9)], [...well, `fail ${WARNING}`]],
    ["breaks down", [...times(24, 12), ...times(21.3, 9)], [...well, `fail ${WARNING}`, `fail ${ERROR}`]],
    ["a 12 V supply that sags", [...times(12, 12), ...times(11.2, 9)], [...well, `fail ${WARNING}`]],
    ["well again", [...times(24, 12), ...times(22.5, 9), ...times(23.8, 30)], [...well, `fail ${WARNING}`, `pass ${WARNING}`]],
    ["switched off, the board lives on USB", [...times(24, 12), ...times(4.6, 60)], well],
  ])("%s", (_name, volts, expected) => {
    const scene = createScene(supplyVoltage);
    volts.forEach((supplyV, second) => {
      scene.sample(second, { supplyV });
      scene.tick(second + 0.5);
    });
    expect(scene.said).toEqual(expected);
  });

  it("remembers over a restart what it runs on", () => {
    const scene = createScene(supplyVoltage);
    times(24, 12).forEach((supplyV, second) => scene.sample(second, { supplyV }));
    scene.restart();
    times(21, 4).forEach((supplyV, second) => scene.sample(100 + second, { supplyV }));
    expect(scene.findings.at(-1)).toMatchObject({
      code: ERROR,
      status: "fail",
      value: 21,
      evidence: { says: "the supply gives 21.0 V instead of 24 V" },
    });
  });
});

describe("host computer", () => {
  it.each<[string, (second: number) => Readings, string[]]>([
    ["unknown", () => ({}), []],
    ["well", () => ({ underVoltage: false }), [`pass ${HOST}`]],
    ["a dip", (s) => ({ underVoltage: s % 30 === 5 }), [`pass ${HOST}`]],
    ["too little", (s) => ({ underVoltage: s > 50 }), [`pass ${HOST}`, `fail ${HOST}`]],
    ["comes and goes: one alert", (s) => ({ underVoltage: s % 20 < 10 }), [`pass ${HOST}`, `fail ${HOST}`]],
    ["well again", (s) => ({ underVoltage: s > 50 && s < 100 }), [`pass ${HOST}`, `fail ${HOST}`, `pass ${HOST}`]],
  ])("%s", (_name, readings, expected) => {
    const scene = createScene(underVoltage);
    for (let second = 0; second < 400; second++) scene.sample(second, readings(second));
    expect(scene.said).toEqual(expected);
  });
});

describe("breakdowns", () => {
  it.each<[string, (second: number) => number | undefined, string[]]>([
    ["no counter", () => undefined, []],
    ["what was before we came", () => 7, [`pass ${WARNING}`]],
    ["one", (s) => (s > 50 ? 8 : 7), [`pass ${WARNING}`, `fail ${WARNING}`, `pass ${WARNING}`]],
    ["again and again: one alert", (s) => Math.floor(s / 120), [`pass ${WARNING}`, `fail ${WARNING}`]],
    ["a counter that starts over", (s) => (s > 50 ? 0 : 7), [`pass ${WARNING}`]],
  ])("%s", (_name, count, expected) => {
    const scene = createScene(brownouts);
    for (let second = 0; second < 3_000; second++) {
      const now = count(second);
      scene.sample(second, now === undefined ? {} : { brownouts: now });
    }
    expect(scene.said).toEqual(expected);
  });
});
