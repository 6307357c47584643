/** Where in the machine a code points, in words: facts of the field. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { deviceFromWire, hmsFromWire, parseCode } from "./code.ts";
import { moduleName, placeOf } from "./words.ts";

test.each<readonly [string, string | undefined, number | undefined]>([
  // filament systems: the unit is a letter, the slot the low nibble of the part
  ["0700-2000-0002-0001", "AMS A", 1],
  ["0702-2100-0002-0001", "AMS C", 2],
  ["0707-1300-0001-0001", "AMS H", 4],
  ["0701-6200-0002-0001", "AMS B", 3],
  ["0700-7000-0002-0003", "AMS A", 1],
  ["1803-2000-0002-0001", "AMS-HT D", 1],
  ["1202-8100-0002-0001", "AMS Lite C", 2],
  // the RFID boards of a classic AMS are no slots
  ["0700-3100-0001-0001", "AMS A", undefined],
  // parts that are no slot family
  ["0700-0100-0001-0001", "AMS A", undefined],
  ["0700-5500-0001-0001", "AMS A", undefined],
  ["0700-8000-0001-0001", "AMS A", undefined],
  // external spools
  ["07FF-2000-0002-0001", "external spool", undefined],
  ["0701-7000-0002-0006", "AMS B", undefined],
  ["1801-7000-0002-0008", "AMS-HT B", undefined],
  ["1800-7000-0002-0001", "AMS-HT A", 1],
  ["1200-3000-0001-0004", "AMS Lite A", undefined],
  ["07FE-2000-0002-0001", "external spool (left)", undefined],
  ["18FE-8010", "external spool (left)", undefined],
  ["12FF-2000-0002-0001", "external spool", undefined],
  // the AMS-HT by the number it has in MQTT
  ["1880-2000-0002-0058", "AMS-HT A", 1],
  ["1887-2000-0002-0058", "AMS-HT H", 1],
  // the main board complains of filament units
  ["0501-0400-0001-0044", "AMS B", undefined],
  ["0500-0400-0001-0044", "AMS A", undefined],
  ["0510-0500-0001-0010", "AMS Lite", undefined],
  ["0581-0400-0001-0044", "AMS-HT B", undefined],
  ["0500-0400-0002-0017", "AMS B", 4],
  // and there the unit byte is no unit
  ["0501-0400-0003-0002", undefined, undefined],
  ["0500-0400-0001-0001", undefined, undefined],
  ["0501-0200-0001-0001", undefined, undefined],
  ["05FE-8053", "left hotend", undefined],
  ["05FF-8053", "right hotend", undefined],
  ["0500-4002", undefined, undefined],
  // the hotend rack
  ["1A00-0300-0002-0010", "rack position 3", undefined],
  ["1A00-2600-0002-0010", "rack position 6", undefined],
  ["1A00-0700-0002-0010", undefined, undefined],
  // no units in the rest
  ["0300-0100-0001-0001", undefined, undefined],
  ["0C00-0300-0003-0007", undefined, undefined],
  ["0300-8003", undefined, undefined],
  ["0702-8010", "AMS C", undefined],
])("%s → %s, slot %s", (text, unitName, slot) => {
  expect(placeOf(parseCode(text))).toEqual({ unitName, slot });
});

test("any code has a place, and a slot is 1 to 4", () => {
  const word = fc.integer({ min: 0, max: 0xffff_ffff });
  const module = fc.constantFrom(0x03, 0x05, 0x07, 0x12, 0x18, 0x1a, 0x99);
  fc.assert(
    fc.property(module, word, word, (high, attr, code) => {
      const value = high * 2 ** 24 + (attr & 0xff_ffff);
      for (const { unitName, slot } of [placeOf(hmsFromWire(value, code)), placeOf(deviceFromWire(value))]) {
        expect(slot === undefined || (slot >= 1 && slot <= 4)).toBe(true);
        expect(slot === undefined || unitName !== undefined).toBe(true);
        expect(unitName).not.toBe("");
      }
    }),
  );
});

test.each([
  [0x03, "Motion controller"],
  [0x12, "AMS Lite"],
  [0x18, "AMS-HT"],
  [0xf0, "OpenHMS"],
  [0x04, "Module 04"],
  [0xee, "Module EE"],
])("module %i is %s", (module, name) => {
  expect(moduleName(module)).toBe(name);
});
