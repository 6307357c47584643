/** What a virtual Klipper host does about its machine: the same as the real one, as late, and in the same words. */
import { describe, expect, test } from "vitest";
import { createMachine, type Machine } from "../machine.ts";
import type { World } from "../world/world.ts";
import { type Check, checkRange, verifyHeater } from "./klipper-checks.ts";

const machine = (start: "cold" | "printing" = "printing", model: "VORON" | "ENDER" = "VORON"): Machine =>
  createMachine({ model, seed: 6, start, stepS: 0.25 });
const said = (m: Machine): readonly string[] => m.hostEvents().map((event) => (event.kind === "response" ? event.text : event.kind));

/** When a check first says no, of readings second by second. */
function failsAt(
  check: Check,
  heater: { readC: number; targetC: number },
  seconds: number,
  readAt: (second: number) => number,
): number | undefined {
  for (let second = 1; second <= seconds; second++) {
    heater.readC = readAt(second);
    if (check(1) !== undefined) return second;
  }
  return undefined;
}

function heater(targetC: number, readC = 25): World["bed"] {
  return { ...machine().world.bed, targetC, readC };
}

describe("verify_heater", () => {
  test.each<[string, "extruder" | "heater_bed", number, (second: number) => number, number | undefined]>([
    // the recorded host gave up 21.7 s after the order
    ["a hotend that stays cold", "extruder", 280, () => 25, 22],
    ["a bed that stays cold", "heater_bed", 60, () => 25, 62],
    ["a hotend that heats", "extruder", 280, (second) => Math.min(280, 25 + 3 * second), undefined],
    ["one that heats just fast enough", "extruder", 280, (second) => Math.min(280, 25 + 0.11 * second), undefined],
    ["one that reached its target and cools", "extruder", 200, (second) => (second < 100 ? 200 : 200 - (second - 100)), 120],
    [
      "one that cools at first, as hotends under a fan do",
      "extruder",
      200,
      (second) => (second < 10 ? 60 - second : 50 + second),
      undefined,
    ],
  ])("%s", (_, name, targetC, readAt, expected) => {
    const one = heater(targetC, readAt(1));
    expect(failsAt(verifyHeater(name, one), one, 600, readAt)).toBe(expected);
  });
});

test.each([
  [-50, 2],
  [320, 2],
  [250, undefined],
])("a reading of %d °C", (readC, expected) => {
  const one = heater(200);
  expect(failsAt(checkRange("extruder", one), one, 60, () => readC)).toBe(expected);
});

test.each<[string, RegExp, number, number]>([
  [
    "nozzle-thermistor-open",
    /^MCU 'mcu' shutdown: ADC out of range\n\nSensor 'extruder' temperature -?[0-9.]+ not in range 0.000:300.000\n\nThis/,
    1,
    3,
  ],
  ["mcu-dead", /^Lost communication with MCU 'mcu'\nOnce/, 5, 6],
  ["can-off", /^Lost communication with MCU 'toolhead'\nOnce/, 5, 6],
  ["host-late", /^MCU 'mcu' shutdown: Timer too close\n/, 0, 1],
  ["x-driver-too-hot", /^TMC 'stepper_x' reports error: .*ot=1/, 0, 1],
  ["x-driver-reset", /^TMC 'stepper_x' reports error: GSTAT: .*reset=1/, 0, 1],
  ["nozzle-heater-dead", /^Heater extruder not heating at expected rate\nSee the 'verify_heater'/, 5, 120],
  ["nozzle-heater-overtemp", /ADC out of range/, 5, 240],
])("%s stops it, in its words and its time", (fault, words, fromS, untilS) => {
  const m = machine();
  m.setFault(fault);
  m.advance(fromS === 0 ? 0 : fromS - 0.25);
  expect(m.world.host.state).toBe("ready");
  m.advance(untilS - fromS + 0.5);
  expect(m.world.host).toMatchObject({ state: "shutdown", message: expect.stringMatching(words) });
  expect(m.job.state).toBe("failed");
  expect(said(m)).toEqual(["// Klipper state: Shutdown", "shutdown"]);
  m.clearFault(fault);
  m.advance(30);
  expect(m.world.host.state).toBe("shutdown");
  m.firmware.restart();
  m.advance(3);
  expect(m.world.host.state).toBe("ready");
  expect(Object.values(m.world.axes).some(({ isHomed }) => isHomed)).toBe(false);
});

test.each([
  ["x-endstop-dead", "!! No trigger on stepper_x after full movement"],
  ["y-endstop-stuck", "!! Endstop stepper_y still triggered after retract"],
  ["probe-dead", "!! No trigger on probe after full movement"],
  ["macro-faulty", "!! the purge bucket did not answer"],
])("%s ends the job, and the host goes on", (fault, line) => {
  const m = machine("cold");
  m.setFault(fault);
  for (let second = 0; second < 900 && m.job.state !== "failed"; second++) m.advance(1);
  expect(m.job.state).toBe("failed");
  expect(m.world.host.state).toBe("ready");
  expect(line).toBe(`!! ${m.job.failure}`);
  expect(said(m)).toContain(line);
});

test.each([
  ["filament-out", 90, "!! filament runout"],
  ["spool-tangled", 60, "!! Filament clog detected"],
])("%s pauses the job some seconds later, and goes on when somebody has mended it", (fault, withinS, line) => {
  const m = machine();
  m.advance(60);
  m.setFault(fault);
  m.advance(5);
  expect(m.job.state).toBe("printing");
  m.advance(withinS);
  expect(m.job.state).toBe("paused");
  expect(said(m)).toEqual([line]);
  m.clearFault(fault);
  expect(m.resume()).toEqual({ ok: true });
  m.advance(60);
  expect(m.job.state).toBe("printing");
});

describe("its own life", () => {
  test("a program that ends comes back by itself, without its job", () => {
    const m = machine();
    m.setFault("host-dead");
    m.advance(20);
    expect(m.world.host.state).toBe("disconnected");
    // nobody is left to say why
    expect(said(m)).toEqual(["disconnected"]);
    m.clearFault("host-dead");
    m.advance(1);
    expect(m.world.host.state).toBe("ready");
    expect(m.job.state).toBe("idle");
  });

  test("a configuration it cannot read waits for a person", () => {
    const m = machine();
    m.setFault("config-bad");
    m.advance(5);
    expect(m.world.host).toMatchObject({ state: "error", message: expect.stringMatching(/Printer is halted\n$/) });
    m.clearFault("config-bad");
    m.advance(60);
    expect(m.world.host.state).toBe("error");
    m.firmware.restart();
    m.advance(3);
    expect(m.world.host.state).toBe("ready");
  });

  test("a board that is gone keeps it from starting", () => {
    const m = machine();
    m.setFault("mcu-dead");
    m.advance(6);
    m.firmware.restart();
    m.advance(10);
    expect(m.world.host).toMatchObject({ state: "startup", message: expect.stringMatching(/attempting to connect/) });
    m.clearFault("mcu-dead");
    m.advance(1);
    expect(m.world.host.state).toBe("ready");
  });

  test.each([
    ["a moment", 1, "ready"],
    ["long", 30, "shutdown"],
  ])("frozen for %s", (_, seconds, state) => {
    const m = machine();
    m.setFault("host-frozen");
    m.advance(seconds);
    expect(m.world.host.state).toBe("ready");
    expect(m.resume().ok).toBe(false);
    m.clearFault("host-frozen");
    m.advance(1);
    expect(m.world.host.state).toBe(state);
  });

  test("without its host no heater gets power", () => {
    const m = machine();
    m.setFault("host-frozen");
    m.advance(4);
    m.advance(60);
    expect(m.world.nozzles[0]?.duty).toBe(0);
    expect(m.world.bed.duty).toBe(0);
  });

  test("a job that a person ends is no failure", () => {
    const m = machine();
    expect(m.stop()).toEqual({ ok: true });
    expect(m.job.state).toBe("idle");
  });
});
