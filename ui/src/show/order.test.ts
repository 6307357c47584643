/** The order people see things in, and what belongs on a display. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Alert, Printer } from "../data/contract.ts";
import { alertOf, printerOf } from "./samples.ts";
import { compareAlerts, confirmQueue, displayList, fleetView, isOpen, standingWarnings } from "./order.ts";

const error = (part: Partial<Alert>): Alert =>
  alertOf({ level: 1, severity: "error", active: true, held: true, acknowledged: false, episode: 1, ...part });

describe("confirmQueue", () => {
  it("puts the higher priority first, then the older", () => {
    const queue = confirmQueue([
      error({ id: "young", priority: "high", raisedAt: "2026-01-01T00:00:02.000Z" }),
      error({ id: "old", priority: "high", raisedAt: "2026-01-01T00:00:01.000Z" }),
      error({ id: "urgent", priority: "urgent", raisedAt: "2026-01-01T00:00:09.000Z" }),
    ]);
    expect(queue.map((alert) => alert.id)).toEqual(["urgent", "old", "young"]);
  });

  it.each<[string, Partial<Alert>, boolean]>([
    ["active and not acknowledged", {}, true],
    ["gone but latched", { active: false, held: true, latched: true }, true],
    ["acknowledged", { acknowledged: true }, false],
    ["gone and not latched", { active: false, held: false }, false],
    ["shelved", { shelvedUntil: "2026-01-01T01:00:00.000Z" }, false],
    ["suppressed", { suppressedBy: ["other"] }, false],
    ["out of service", { outOfService: true }, false],
    ["last known only", { quality: "stale" }, true],
    ["a warning", { severity: "warning", level: 2 }, false],
  ])("an error that is %s", (_name, part, asked) => {
    expect(confirmQueue([error(part)])).toHaveLength(asked ? 1 : 0);
  });
});

describe("what else a display shows", () => {
  it("keeps a warning while it stands, acknowledged or not", () => {
    const warning = alertOf({ level: 2, severity: "warning", active: true, held: true, acknowledged: true });
    expect(standingWarnings([warning])).toHaveLength(1);
    expect(standingWarnings([{ ...warning, active: false, held: false }])).toHaveLength(0);
  });

  it("lists infos, and errors only once they are confirmed", () => {
    const info = alertOf({ id: "info", level: 3, severity: "info", active: true, held: true });
    const alerts = [info, error({ id: "asked" }), error({ id: "confirmed", acknowledged: true })];
    expect(displayList(alerts).map((alert) => alert.id)).toEqual(["confirmed", "info"]);
  });
});

it("orders alerts totally, whatever the order they came in", () => {
  const any = fc.record({
    id: fc.uuid(),
    severity: fc.constantFrom<Alert["severity"]>("error", "warning", "info", "invalid"),
    priority: fc.constantFrom<Alert["priority"]>("urgent", "high", "normal", "low", "log"),
    raisedAt: fc.option(fc.integer({ min: 0, max: 5_000 }).map((ms) => new Date(ms).toISOString())),
  });
  fc.assert(
    fc.property(fc.uniqueArray(any, { selector: (one) => one.id }), (parts) => {
      const alerts = parts.map((part) => alertOf(part));
      expect([...alerts].reverse().sort(compareAlerts)).toEqual([...alerts].sort(compareAlerts));
    }),
  );
});

describe("isOpen", () => {
  it.each<[Partial<Alert>, boolean]>([
    [{ active: true, held: true }, true],
    [{ held: true, latched: true }, true],
    [{ acknowledged: false, episode: 3 }, true],
    [{ acknowledged: false, episode: 0 }, false],
    [{ acknowledged: true, episode: 3 }, false],
    [{ active: true, held: true, lane: "internal", priority: "log" }, false],
    [{ active: true, held: true, severity: "invalid", priority: "log" }, false],
    [{ active: true, held: true, lane: "internal", priority: "normal" }, true],
    [{ active: true, held: true, lane: "undocumented", priority: "log" }, true],
  ])("%j", (part, open) => expect(isOpen(alertOf(part))).toBe(open));
});

describe("fleetView", () => {
  const worst = (severity: Alert["severity"], acknowledged = false): NonNullable<Printer["worst"]> => ({
    id: "x",
    code: "0300-0100-0001-0001",
    title: "Bed too hot",
    severity,
    priority: "normal",
    acknowledged,
  });
  const fleet = [
    printerOf({ id: "c", name: "Printer 10" }),
    printerOf({ id: "b", name: "Printer 9" }),
    printerOf({ id: "info", name: "I", worst: worst("info"), counts: { error: 0, warning: 0, info: 1 } }),
    printerOf({ id: "seen", name: "S", worst: worst("error", true), counts: { error: 1, warning: 0, info: 0 } }),
    printerOf({ id: "new", name: "N", worst: worst("error"), counts: { error: 1, warning: 1, info: 0 }, state: "failed" }),
    printerOf({ id: "off", name: "O", connected: false, state: "offline" }),
  ];
  const ids = (text: string, state = "", severity = ""): string[] =>
    fleetView(fleet, { text, state, severity }).map((printer) => printer.id);

  it("is worst first, then by name as people count", () => expect(ids("")).toEqual(["new", "seen", "info", "off", "b", "c"]));
  it("needs every word", () => {
    expect(ids("bed HOT")).toEqual(["new", "seen", "info"]);
    expect(ids("bed cold")).toEqual([]);
  });
  it("filters by state and by severity, also one that is not the worst", () => {
    expect(ids("", "offline")).toEqual(["off"]);
    expect(ids("", "", "warning")).toEqual(["new"]);
    expect(ids("", "", "none")).toEqual(["off", "b", "c"]);
  });
});
