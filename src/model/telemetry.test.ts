/** Telemetry, priority and topics: the small rules of the model. */
import { describe, expect, test } from "vitest";
import { at } from "../lib/time.ts";
import { parseCode } from "./code.ts";
import { defaultPriority, isQuiet, PRIORITIES, priorityRank } from "./priority.ts";
import { applySample, emptySnapshot, isPrinterId, type PrinterId } from "./telemetry.ts";
import { alertTopic, reportTopic } from "./topics.ts";

const printer = "p1" as PrinterId;

describe("a snapshot", () => {
  test("keeps what a sample does not carry, and its link", () => {
    const first = applySample({ ...emptySnapshot(printer), connected: true }, { at: at(1), readings: { nozzleTempC: 0, bedTempC: 60 } });
    const second = applySample(first, { at: at(2), readings: { bedTempC: 61 } });
    expect(second).toEqual({ printer, connected: true, at: 2, nozzleTempC: 0, bedTempC: 61 });
    expect(first.bedTempC).toBe(60);
  });
  test("replaces lists whole, so that an empty one says there are none", () => {
    const codes = [parseCode("0300-0100-0001-0001")];
    const first = applySample(emptySnapshot(printer), { at: at(1), readings: { hmsCodes: codes } });
    expect(applySample(first, { at: at(2), readings: {} }).hmsCodes).toEqual(codes);
    expect(applySample(first, { at: at(2), readings: { hmsCodes: [] } }).hmsCodes).toEqual([]);
  });
  test("of a printer nobody has heard of says nothing", () => {
    expect(emptySnapshot(printer)).toEqual({ printer, connected: false });
  });
});

test.each([
  ["p1", true],
  ["X1C.left_2", true],
  ["a".repeat(64), true],
  ["a".repeat(65), false],
  ["", false],
  ["-p", false],
  ["..", false],
  ["a/b", false],
  ["a+", false],
  ["a#", false],
  ["a b", false],
  ["é", false],
  ["p1\n", false],
])("%j is a printer id: %s", (text, isOne) => {
  expect(isPrinterId(text)).toBe(isOne);
});

test("topics are levels of their own", () => {
  expect(reportTopic(printer, "hotend-fan")).toBe("hms/v1/p1/report/hotend-fan");
  expect(alertTopic(printer, parseCode("0300_8003"))).toBe("hms/v1/p1/alert/0300-8003");
});

describe("priority", () => {
  test("runs from urgent to log", () => {
    expect(PRIORITIES.map(priorityRank)).toEqual([0, 1, 2, 3, 4]);
    expect(priorityRank("urgent")).toBeLessThan(priorityRank("log"));
  });
  test.each([
    ["0300-0100-0001-0001", "normal"],
    ["0300-4005", "normal"],
    ["0300-0100-0002-0001", "log"],
    ["0300-0100-0000-0001", "log"],
    ["0300-8005", "log"],
  ] as const)("%s: %s", (code, priority) => {
    expect(defaultPriority(parseCode(code))).toBe(priority);
  });
  test.each([
    ["0300-0100-0001-0001", "internal", "log", true],
    ["0300-8005", "internal", "log", true],
    ["0300-0100-0000-0001", "undocumented", "log", true],
    ["0300-0100-0005-0001", "undocumented", "log", true],
    ["0300-0100-0002-0001", "undocumented", "log", false],
    ["0300-0100-0003-0001", "documented", "log", false],
    ["0300-0100-0001-0001", "internal", "normal", false],
  ] as const)("%s, %s, %s: quiet %s", (code, lane, priority, quiet) => {
    expect(isQuiet(parseCode(code), lane, priority)).toBe(quiet);
  });
});
