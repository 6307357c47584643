/** How live events change fetched lists. */
import { describe, expect, it } from "vitest";
import { alertOf, printerOf } from "../show/samples.ts";
import { isOpen } from "../show/order.ts";
import { appendReadings, patchAlerts, patchPrinters } from "./patch.ts";

describe("patchAlerts", () => {
  const old = alertOf({ version: 5, active: true, held: true });

  it("takes a newer state", () => {
    const newer = { ...old, version: 6, acknowledged: true };
    expect(patchAlerts([old], [newer], isOpen)).toEqual([newer]);
  });
  it("never goes back to an older one", () => expect(patchAlerts([old], [{ ...old, version: 4, title: "older" }], isOpen)).toEqual([old]));
  it("does not remove by an older one either", () => expect(patchAlerts([old], [alertOf({ version: 4 })], isOpen)).toEqual([old]));
  it("removes what is closed", () => expect(patchAlerts([old], [alertOf({ version: 6 })], isOpen)).toEqual([]));
  it("adds what is new", () => expect(patchAlerts([], [old], isOpen)).toEqual([old]));
  it("does not add what does not belong", () => expect(patchAlerts([], [alertOf({})], isOpen)).toEqual([]));
});

describe("patchPrinters", () => {
  it("keeps the identity of printers that did not change, adds new ones", () => {
    const [a, b] = [printerOf({ id: "a" }), printerOf({ id: "b" })];
    const changed = printerOf({ id: "b", state: "printing" });
    const added = printerOf({ id: "c" });
    const next = patchPrinters(
      { items: [a, b], next: null },
      new Map([
        ["b", changed],
        ["c", added],
      ]),
    );
    expect(next.items).toEqual([a, changed, added]);
    expect(next.items[0]).toBe(a);
  });
});

describe("appendReadings", () => {
  const series = { at: [1_000, 2_000], signals: { bedTempC: [59, 60], nozzleTempC: [200, 201] } } as unknown as Parameters<
    typeof appendReadings
  >[0];
  const at = (ms: number) => printerOf({ lastSeenAt: new Date(ms).toISOString(), readings: { bedTempC: 61 } });

  it("appends, null where nothing is known", () => {
    expect(appendReadings(series, at(3_000), 10)).toEqual({
      at: [1_000, 2_000, 3_000],
      signals: { bedTempC: [59, 60, 61], nozzleTempC: [200, 201, null] },
    });
  });
  it("drops the oldest beyond the bound", () => {
    expect(appendReadings(series, at(3_000), 2)).toEqual({ at: [2_000, 3_000], signals: { bedTempC: [60, 61], nozzleTempC: [201, null] } });
  });
  it("ignores a reading that is not newer", () => expect(appendReadings(series, at(2_000), 10)).toBe(series));
  it("ignores a printer never seen", () => expect(appendReadings(series, printerOf({ lastSeenAt: null }), 10)).toBe(series));
});
