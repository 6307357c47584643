/** Codes: every written form over the whole 64 (and 32) bits, the fields, and what hostile text may do (throw CodeError, no more). */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CodeError } from "../lib/errors.ts";
import {
  deviceFromWire,
  fieldsOf,
  type HmsCode,
  hmsFromWire,
  isCanonical,
  isDeviceAlert,
  kindOf,
  levelOf,
  parseCode,
  severityOf,
  severityOfLevel,
  shortForm,
  toWire,
} from "./code.ts";

const word = fc.oneof(
  fc.integer({ min: 0, max: 0xffff_ffff }),
  // the corners, where signs and paddings go wrong
  fc.constantFrom(0, 1, 9, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1234_5678, 12_345_678),
);
const signed = (value: number): number => value | 0;

/** Every way to write an HMS code. `attr` and `code` are its two wire numbers, `text` the canonical one. */
const FORMS: Readonly<Record<string, (text: string, attr: number, code: number) => string>> = {
  canonical: (text) => text,
  underscores: (text) => text.replaceAll("-", "_"),
  "no separators": (text) => text.replaceAll("-", ""),
  spaces: (text) => text.replaceAll("-", " "),
  "lower case": (text) => text.toLowerCase(),
  "HMS_ in front": (text) => `HMS_${text.replaceAll("-", "_")}`,
  "hms and a space in front": (text) => `hms ${text}`,
  "HMS: in front": (text) => `HMS:${text}`,
  "in brackets": (text) => `[${text}]`,
  "in brackets with HMS_": (text) => ` [HMS_${text}] `,
  "in round brackets": (text) => `(${text.replaceAll("-", " ")})`,
  "padded with space": (text) => `\t ${text}\r\n`,
  "dashes of a word processor": (text) => text.replaceAll("-", "–"),
  "two halves in hex": (text) => `${text.slice(0, 9).replace("-", "")}-${text.slice(10).replace("-", "")}`,
  "attr:code": (_, attr, code) => `${attr}:${code}`,
  "attr:code signed": (_, attr, code) => `${signed(attr)}:${signed(code)}`,
  "attr : code with space": (_, attr, code) => `${attr} : ${code}`,
};

describe("an HMS code", () => {
  test.each(Object.entries(FORMS))("parse ∘ format is identity: %s", (_, write) => {
    fc.assert(
      fc.property(word, word, (attr, code) => {
        const text = hmsFromWire(attr, code);
        expect(parseCode(write(text, attr, code))).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ["unsigned", (value: number) => value],
    ["signed", signed],
  ])("`attr code` in decimal, %s; two groups of four are a device error instead", (_, write) => {
    fc.assert(
      fc.property(word, word, (attr, code) => {
        const text = `${write(attr)} ${write(code)}`;
        fc.pre(!/^\d{4} \d{4}$/.test(text));
        expect(parseCode(text)).toBe(hmsFromWire(attr, code));
      }),
      { numRuns: 2_000 },
    );
    expect(parseCode("1200 8003")).toBe("1200-8003");
  });

  test("14 digits, where the level is under 256", () => {
    fc.assert(
      fc.property(word, fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0, max: 0xffff }), (attr, level, number) => {
        const text = hmsFromWire(attr, level * 0x10000 + number);
        const short = shortForm(text);
        expect(short).toHaveLength(14);
        expect(parseCode(short ?? "")).toBe(text);
      }),
    );
    expect(shortForm(hmsFromWire(0x0300_0100, 0x0100_0001))).toBeUndefined();
    expect(shortForm(deviceFromWire(0x0300_8003))).toBeUndefined();
  });

  test("fields and wire numbers give the code back, all bits of it", () => {
    fc.assert(
      fc.property(word, word, (attr, code) => {
        const text = hmsFromWire(attr, code);
        expect(toWire(text)).toEqual({ attr, code });
        expect(hmsFromWire(signed(attr), signed(code))).toBe(text);
        expect(isCanonical(text)).toBe(true);
        const fields = fieldsOf(text);
        if (fields.kind !== "hms") throw new Error("an HMS code was read as a device error");
        expect(fields.module * 2 ** 24 + fields.unit * 2 ** 16 + fields.part * 2 ** 8 + fields.partNumber).toBe(attr);
        expect(fields.level * 2 ** 16 + fields.number).toBe(code);
      }),
    );
  });

  test.each([
    ["0300-0100-0001-0001", { module: 3, unit: 0, part: 1, partNumber: 0, level: 1, number: 1 }],
    ["0C00-0300-0003-0007", { module: 12, unit: 0, part: 3, partNumber: 0, level: 3, number: 7 }],
    ["1880-2000-0002-0058", { module: 24, unit: 128, part: 32, partNumber: 0, level: 2, number: 88 }],
    ["F000-0102-FFFF-E001", { module: 240, unit: 0, part: 1, partNumber: 2, level: 65_535, number: 57_345 }],
  ])("%s", (text, fields) => {
    expect(fieldsOf(parseCode(text))).toEqual({ kind: "hms", code: text, ...fields });
  });

  test.each([
    [0, "invalid"],
    [1, "error"],
    [2, "warning"],
    [3, "info"],
    [4, "info"],
    [5, "invalid"],
    [0x100, "invalid"],
    [0xffff, "invalid"],
  ] as const)("level %i is %s", (level, severity) => {
    expect(severityOfLevel(level)).toBe(severity);
    const code = hmsFromWire(0x0300_0100, level * 0x10000);
    expect([levelOf(code), severityOf(code)]).toEqual([level, severity]);
  });
});

describe("a device error", () => {
  const DEVICE_FORMS: Readonly<Record<string, (text: string) => string>> = {
    canonical: (text) => text,
    underscore: (text) => text.replace("-", "_"),
    "no separator": (text) => text.replace("-", ""),
    space: (text) => text.replace("-", " "),
    "lower case": (text) => text.toLowerCase(),
    brackets: (text) => `[${text}]`,
    "HMS_ in front": (text) => `HMS_${text}`,
    "with the clock of the screen": (text) => `[${text} 131522]`,
  };
  test.each(Object.entries(DEVICE_FORMS))("parse ∘ format is identity over 32 bits: %s", (_, write) => {
    fc.assert(
      fc.property(word, (value) => {
        const text = deviceFromWire(value);
        expect(parseCode(write(text))).toBe(text);
        expect(toWire(text)).toEqual({ attr: value });
        expect([isCanonical(text), kindOf(text)]).toEqual([true, "device"]);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ["0300-8003", "warning", 2, true],
    ["0300-4000", "error", 1, true],
    ["0500-C010", "info", 3, true],
    ["0300-7FFF", "error", 1, true],
    ["0300-3FFF", "status", 0, false],
    ["0300-0001", "status", 0, false],
    ["FFFF-FFFF", "info", 3, true],
  ] as const)("%s: class %s, level %i, an alert: %s", (text, kind, level, isAlert) => {
    const fields = fieldsOf(parseCode(text));
    expect(fields).toMatchObject({ kind: "device", class: kind, level, number: Number.parseInt(text.slice(5), 16) });
    expect(isDeviceAlert(toWire(text as HmsCode).attr)).toBe(isAlert);
  });
});

describe("what is no code", () => {
  const NOT_CODES = [
    "",
    "   ",
    "HMS",
    "HMS_",
    "[]",
    "0300-0100-0001-000",
    "0300-0100-0001-00011",
    "0300-0100-0001-000G",
    "0300-01",
    "0x03000100",
    "4294967296:0",
    "-2147483649:0",
    "1:",
    ":1",
    "1:2:3",
    "-:-",
    "1.5:2",
    "٠٣٠٠-٠١٠٠-٠٠٠١-٠٠٠١",
    "０３００-０１００-０００１-０００１",
    "0300\u00000100\u00000001\u00000001",
    "0300-0100-0001-0001".padEnd(129),
    "F".repeat(100_000),
    "🛠".repeat(16),
    "\ud800\udfff\ud800",
  ];
  test.each(NOT_CODES.map((text) => [text.slice(0, 40), text]))("%j is refused", (_, text) => {
    expect(() => parseCode(text)).toThrow(CodeError);
    expect(isCanonical(text)).toBe(false);
  });

  const alphabet = "0123456789abcdefABCDEFxHMS -_:,;.[](){}<>\t\n\u00a0–".split("");
  test.each([
    ["any unicode", fc.string({ unit: "binary", maxLength: 200 })],
    ["graphemes", fc.string({ unit: "grapheme", maxLength: 60 })],
    ["nearly a code", fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 40 })],
  ])("%s: a canonical code or CodeError, nothing else", (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          const code = parseCode(text);
          expect(isCanonical(code)).toBe(true);
          expect(parseCode(code)).toBe(code);
        } catch (error) {
          if (!(error instanceof CodeError)) throw error;
          expect(error.message.length).toBeLessThan(700);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
