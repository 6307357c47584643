/** The in-process printer behind the adapter contract. */
import { expect, test } from "vitest";
import { Check } from "typebox/value";
import { silentLog } from "../lib/log.ts";
import { at, createFakeClock } from "../lib/time.ts";
import type { PrinterId, Readings } from "../model/telemetry.ts";
import type { LinkState } from "./adapter.ts";
import { virtual } from "./virtual.ts";

function run(config: object, seconds: number): { readonly links: readonly LinkState[]; readonly readings: readonly Readings[] } {
  expect(Check(virtual.config, config)).toBe(true);
  const clock = createFakeClock(at(1_000_000));
  const links: LinkState[] = [];
  const readings: Readings[] = [];
  const events = {
    sample: (sample: { readings: Readings }) => void readings.push(sample.readings),
    link: (state: LinkState) => void links.push(state),
  };
  const deps = { clock, log: silentLog, random: () => 0.3, memory: { get: () => undefined, set: () => undefined } };
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

test("its configuration is strict", () => {
  expect(Check(virtual.config, { model: "Z9" })).toBe(false);
  expect(Check(virtual.config, { modle: "X1C" })).toBe(false);
  expect(Check(virtual.config, { faults: ["rfid@soon"] })).toBe(false);
  expect(Check(virtual.config, {})).toBe(true);
});
