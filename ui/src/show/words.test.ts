/** The words and numbers people read. */
import { describe, expect, it } from "vitest";
import { alertOf, printerOf } from "./samples.ts";
import {
  alertGateWords,
  finders,
  isUnnoticed,
  duration,
  fromSlug,
  gateShortWords,
  gateWords,
  levelWords,
  noteWords,
  prioritySetWords,
  reading,
  stageWords,
} from "./words.ts";

describe("duration", () => {
  it.each([
    [0, "0 s"],
    [-5, "0 s"],
    [999, "1 s"],
    [59_000, "59 s"],
    [60_000, "1 min"],
    [61_000, "1 min 1 s"],
    [3_600_000, "1 h"],
    [3_601_000, "1 h"],
    [90_061_000, "1 d 1 h"],
  ])("%d ms is %s", (ms, text) => expect(duration(ms)).toBe(text));
});

describe("reading", () => {
  it.each([
    [219.84, "°C", "219.8 °C"],
    [0, "%", "0 %"],
    [-54, "dBm", "−54 dBm"],
    [undefined, "°C", "–"],
    [null, "%", "–"],
  ])("%s %s", (value, unit, text) => expect(reading(value, unit)).toBe(text));
});

describe("a priority that was set", () => {
  it.each([
    ["normal", "normal", "Priority normal, from now on and on every printer. It counts, stands in the lists, and is told."],
    ["log", "log", "Priority log, from now on and on every printer. It is recorded; nobody is told."],
    ["low", null, "As in the catalogue again: low. It counts, stands in the lists, and is told."],
    ["log", null, "As in the catalogue again: log. It is recorded; nobody is told."],
  ] as const)("%s, own %s", (priority, ownPriority, text) => expect(prioritySetWords({ priority, ownPriority })).toBe(text));
});

describe("the gate in words", () => {
  const worst = { id: "x", code: "c", title: "Fan stopped", severity: "error", priority: "high", acknowledged: false } as const;
  it("names the alert where it is the one that blocks", () => {
    const gate = { startBlocked: true, resumeBlocked: true };
    expect(gateWords(printerOf({ gate, worst }))).toBe("Cannot start until “Fan stopped” is eliminated");
    expect(gateShortWords(gate)).toBe("Cannot start until it is fixed");
  });
  it("does not name an alert that does not block", () => {
    const gate = { startBlocked: true, resumeBlocked: true };
    expect(gateWords(printerOf({ gate, worst: { ...worst, severity: "warning" } }))).toBe("Cannot start until the error is eliminated");
  });
  it("asks for the reset once nothing is left but that, and for the fault as long as one stands", () => {
    const gate = { startBlocked: true, resumeBlocked: true };
    const gone = alertOf({ id: "a", title: "Fan stopped", held: true, latched: true });
    const stands = alertOf({ id: "b", title: "Bed too hot", held: true, active: true });
    const warning = alertOf({ id: "c", title: "Cover off", severity: "warning", level: 2, held: true, active: true });
    const words = (...alerts: (typeof gone)[]) => [gateShortWords(gate, alerts), gateWords(printerOf({ gate, worst }), alerts)];
    expect(words(gone, warning)).toEqual(["Cannot start until you reset it", "Cannot start until you reset it: “Fan stopped” is gone"]);
    expect(words(gone, stands)).toEqual(["Cannot start until it is fixed", "Cannot start until “Bed too hot” is eliminated"]);
    expect(words({ ...gone, outOfService: true })).toEqual([
      "Cannot start until it is fixed",
      "Cannot start until “Fan stopped” is eliminated",
    ]);
  });
  it("is silent when nothing blocks", () => expect(gateWords(printerOf({}))).toBeUndefined());

  it.each([
    [{ level: 1, active: true, held: true }, "The printer cannot start until this is eliminated."],
    [{ level: 2, active: true, held: true }, "The printer cannot resume until this is eliminated."],
    [{ level: 1, active: false, held: true, latched: true }, "The fault is gone. The printer cannot start until you reset it."],
    [{ level: 1 }, "Blocks nothing now. While it stands, the printer cannot start."],
    [{ level: 1, active: true, held: true, outOfService: true }, "Blocks nothing now. While it stands, the printer cannot start."],
    [{ level: 3, active: true, held: true }, "Blocks nothing: the job goes on."],
  ])("%j", (part, text) => expect(alertGateWords(alertOf(part))).toBe(text));
});

it.each([
  [{ detector: "native", seenBy: ["native"] }, "the printer itself"],
  [{ detector: "fan-stalled", seenBy: ["camera", "fan-stalled", "native"] }, "fan-stalled, camera, the printer itself"],
  [{ detector: "fan-stalled", seenBy: [] }, "fan-stalled"],
])("%j: found by %s", (alert, words) => expect(finders(alert)).toBe(words));

it.each([
  [{ severity: "error", active: true, detector: "heater-stuck-on", seenBy: ["heater-stuck-on"] }, true],
  [{ severity: "error", active: true, detector: "heater-stuck-on", seenBy: ["heater-stuck-on", "native"] }, false],
  [{ severity: "error", active: true, detector: "native", seenBy: [] }, false],
  [{ severity: "error", active: false, detector: "heater-stuck-on", seenBy: [] }, false],
  [{ severity: "warning", active: true, detector: "flow-low", seenBy: ["flow-low"] }, false],
] as const)("%j: the printer may not have noticed: %s", (alert, is) => expect(isUnnoticed(alert)).toBe(is));

it.each([
  ["printing", "printing", undefined],
  ["failed", "Failed", undefined],
  ["printing", null, undefined],
  ["preparing", "heating the bed", "heating the bed"],
] as const)("state %s, stage %s: %s", (state, stage, words) => expect(stageWords({ state, stage })).toBe(words));

it.each([
  ["comment", "real: no label", "“real: no label”"],
  ["ack", null, null],
  ["label", "real", "it was real"],
  ["label", "false: dust: “much”\nof it", "it was a false alert: “dust: “much”\nof it”"],
  ["label", "none", "taken back"],
  ["label", "constructor: x", "“constructor: x”"],
  ["label", "of a later version", "“of a later version”"],
] as const)("the note of %s %j", (event, note, words) => expect(noteWords({ event, note })).toBe(words));

it("has words for a level outside the standard", () => expect(levelWords(16)).toContain("16"));
it("reads a slug", () => expect(fromSlug("hotend-fan-stall")).toBe("Hotend fan stall"));
