/** Messages to codes: how a row matches, what it takes out of the text, and that no text can make it throw or linger. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMessageMap, messageProblem } from "./messages.ts";

const CODE = "E100-0200-0001-E001";
const map = createMessageMap([
  { says: "Sensor '{name}' reads {value}, allowed {low}:{high}", below: { value: "low" }, code: "E100-0200-0001-E010" },
  { says: "Sensor '{name}' reads {value}, allowed {low}:{high}", above: { value: "high" }, code: "E100-0200-0001-E011" },
  { says: "Heater {heater} fails", by: "heater", codes: { "extruder#": "03uu-0200-0001-E001", bed: "0300-0100-0001-E001" } },
  { says: "Motor {motor} fails", by: "motor", codes: { "z#": "03uu-0800-0001-E001", "*": "E100-0C00-0001-E001" } },
  { says: "Board '{mcu}' stopped: Timer too close", code: CODE },
  { says: "Board '{mcu}' stopped: {reason}", code: "E100-0200-0001-E013" },
  { says: "Runout{more}", code: "E100-0E00-0002-E001" },
]);

describe("a message", () => {
  test.each([
    ["Board 'mcu' stopped: Timer too close", CODE, { mcu: "mcu" }],
    ["!! board 'EBB 36' STOPPED: timer too close", CODE, { mcu: "EBB 36" }],
    ["first line\r\n  // Board 'a' stopped: Timer too close  \nhint", CODE, { mcu: "a" }],
    // what is special wins over what is general, in whichever line it stands
    ["Board 'a' stopped: something\nBoard 'b' stopped: Timer too close", CODE, { mcu: "b" }],
    ["Board 'a' stopped: no more", "E100-0200-0001-E013", { mcu: "a", reason: "no more" }],
    ["Sensor 'x' reads -91.5, allowed 0.000:300.000", "E100-0200-0001-E010", { name: "x", value: "-91.5", low: "0.000", high: "300.000" }],
    ["Sensor 'x' reads 301.7, allowed 0:300", "E100-0200-0001-E011", { name: "x", value: "301.7", low: "0", high: "300" }],
    ["Heater bed fails", "0300-0100-0001-E001", { heater: "bed" }],
    ["Heater extruder fails", "0300-0200-0001-E001", { heater: "extruder" }],
    ["Heater extruder2 fails", "0302-0200-0001-E001", { heater: "extruder2" }],
    ["Motor z3 fails", "0303-0800-0001-E001", { motor: "z3" }],
    ["Motor feeder fails", "E100-0C00-0001-E001", { motor: "feeder" }],
    ["runout", "E100-0E00-0002-E001", { more: "" }],
  ])("%j", (text, code, fields) => {
    expect(map(text)).toEqual({ code, fields });
  });

  test.each([
    "",
    "Board '' stopped: Timer too close",
    "a Board 'mcu' is fine",
    "Sensor 'x' reads 20, allowed 0:300",
    "Sensor 'x' reads hot, allowed 0:300",
    "Heater chamber fails",
    "Heater constructor fails",
    "Heater extruder fails again",
  ])("%j is none", (text) => {
    expect(map(text)).toBeUndefined();
  });

  test("no text makes it throw, and what it takes out stood there", () => {
    const pieces = fc.constantFrom("Board '", "' stopped: ", "Timer too close", "Heater ", " fails", "\n", "!! ", "{", "İ", "z1");
    fc.assert(
      fc.property(fc.array(fc.oneof(pieces, fc.string({ unit: "binary" })), { maxLength: 12 }), (parts) => {
        const found = map(parts.join(""));
        for (const value of Object.values(found?.fields ?? {})) expect(parts.join("")).toContain(value);
      }),
    );
  });

  test("a text of a megabyte is cut, not searched through", () => {
    expect(map(`Board '${"' stopped: ".repeat(100_000)}`)).toBeDefined();
    expect(map(`${"x\n".repeat(500_000)}Board 'a' stopped: Timer too close`)).toBeUndefined();
  });
});

describe("a row that cannot be used says why", () => {
  test.each([
    [{ says: "a {Name} is bad", code: CODE }, "written {name}"],
    [{ says: "all {a}{b} of it", code: CODE }, "some text"],
    [{ says: "{a}:", code: CODE }, "must be fixed"],
    [{ says: "this {a} that {a}", code: CODE }, "its name once"],
    [{ says: "this {a} that", by: "b", codes: { "*": CODE } }, "{b} does not stand in the message"],
    [{ says: "this {a} that", code: CODE, below: { a: "c" } }, "{c} does not stand in the message"],
    [{ says: "this {a} that", by: "a" }, "belong together"],
    [{ says: "this {a} that" }, "give either code, or by and codes"],
    [{ says: "this {a} that", by: "a", codes: { "*": CODE }, code: CODE }, "give either code, or by and codes"],
  ])("%j", (row, reason) => {
    expect(messageProblem(row)).toContain(reason);
  });
});
