/** The in-process printer behind the adapter contract. */
import { describe, expect, test } from "vitest";
import { Check } from "typebox/value";
import { silentLog } from "../lib/log.ts";
import { at, createFakeClock } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { PrinterId, Readings } from "../model/telemetry.ts";
import type { LinkState } from "./adapter.ts";
import { virtual } from "./virtual.ts";

const LOST = "E100-0200-0001-E006" as HmsCode;

function run(config: object, seconds: number): { readonly links: readonly LinkState[]; readonly readings: readonly Readings[] } {
  expect(Check(virtual.config, config)).toBe(true);
  const clock = createFakeClock(at(1_000_000));
  const links: LinkState[] = [];
  const readings: Readings[] = [];
  const events = {
    sample: (sample: { readings: Readings }) => void readings.push(sample.readings),
    link: (state: LinkState) => void links.push(state),
  };
  const codeOf = (text: string): HmsCode | undefined => (text.includes("Lost communication") ? LOST : undefined);
  const deps = { clock, log: silentLog, random: () => 0.3, codeOf, memory: { get: () => undefined, set: () => undefined } };
  const connection = virtual.connect("v1" as PrinterId, config, events, deps);
  clock.advanceTo(at(1_000_000 + seconds * 1_000));
  void connection.close();
  const heard = readings.length;
  clock.advanceTo(at(1_000_000 + seconds * 2_000));
  expect(readings.length).toBe(heard);
  return { links, readings };
}

test.each(["X1C", "H2D", "P1S", "P1P"] as const)("a %s links, says its model, and reports about once a second", (model) => {
  const { links, readings } = run({ model, seed: 5, speed: 1 }, 60);
  expect(links).toEqual([{ connected: true }]);
  expect(readings[0]?.model).toBe(model);
  expect(readings.length).toBeGreaterThan(45);
  expect(readings.length).toBeLessThan(65);
});

test("brings its faults, and drops off the network with them", () => {
  const { links, readings } = run({ model: "X1C", faults: ["hotend-fan-stall@10", "wifi-lost@60"] }, 90);
  expect(readings.some((one) => one.hmsCodes?.includes("0300-0300-0001-0001" as never) === true)).toBe(true);
  expect(links.map((link) => link.connected)).toEqual([true, false]);
});

describe.each(["VORON", "ENDER"] as const)("a %s", (model) => {
  test("links, and reports about four times a second", () => {
    const { links, readings } = run({ model, seed: 5 }, 60);
    expect(links).toEqual([{ connected: true }]);
    const known = Object.assign({}, ...readings) as Readings;
    expect(known).toMatchObject({ state: "printing", hostState: "ready", hmsCodes: [], homedAxes: "xyz" });
    expect(readings.filter(({ mcuTimeS }) => mcuTimeS !== undefined).length).toBeGreaterThan(200);
  });

  test("tells in the catalogue's codes why it stopped", () => {
    const { readings } = run({ model, faults: ["mcu-dead@5"] }, 30);
    expect(readings.find(({ hmsCodes }) => hmsCodes?.length === 1)).toMatchObject({ hostState: "shutdown", hmsCodes: [LOST] });
  });

  test("loses the result of no test, however fast its time runs", () => {
    const { readings } = run({ model, speed: 500 }, 60);
    const probes = readings.flatMap(({ probe }) => probe?.count ?? []);
    expect(probes.length).toBeGreaterThan(3);
    expect(probes).toEqual(probes.map((_count, index) => index + 1));
  });

  test("drops off the network", () => {
    const { links, readings } = run({ model, faults: ["wifi-lost@10"] }, 30);
    expect(links.map((link) => link.connected)).toEqual([true, false]);
    expect(readings.length).toBeLessThan(150);
  });
});

test("its configuration is strict", () => {
  expect(Check(virtual.config, { model: "Z9" })).toBe(false);
  expect(Check(virtual.config, { modle: "X1C" })).toBe(false);
  expect(Check(virtual.config, { faults: ["rfid@soon"] })).toBe(false);
  expect(Check(virtual.config, {})).toBe(true);
});
