/**
 * Codes, to the bit. An HMS code has 64 bits: module(8) unit(8) part(8) partNumber(8) level(16) number(16); on the wire
 * `attr` holds the first 32 and `code` the last 32. A device error (`print_error`) has 32: module(8) unit(8) number(16).
 * Identity is all bits: the canonical text (`0300-0100-0001-0001`, `0300-8003`) is the only key anywhere.
 */
import { CodeError } from "../lib/errors.ts";

declare const hmsCode: unique symbol;
/** Canonical text of a code, either kind. */
export type HmsCode = string & { readonly [hmsCode]: "HmsCode" };

export type CodeKind = "hms" | "device";
export type Severity = "error" | "warning" | "info" | "invalid";
export type DeviceClass = "error" | "warning" | "info" | "status";

export interface HmsFields {
  readonly kind: "hms";
  readonly code: HmsCode;
  readonly module: number;
  readonly unit: number;
  readonly part: number;
  readonly partNumber: number;
  readonly level: number;
  readonly number: number;
}

export interface DeviceFields {
  readonly kind: "device";
  readonly code: HmsCode;
  readonly module: number;
  readonly unit: number;
  readonly class: DeviceClass;
  /** The level that has the same effect: error 1, warning 2, info 3, status 0. */
  readonly level: number;
  readonly number: number;
}

export type CodeFields = HmsFields | DeviceFields;

const HEX = "0123456789ABCDEF";

function hex(value: number, digits: number): string {
  let text = "";
  for (let shift = (digits - 1) * 4; shift >= 0; shift -= 4) text += HEX[(value >>> shift) & 15];
  return text;
}

/** The canonical text of an HMS code from its two wire numbers, taken modulo 2^32 (so signed ones work). */
export function hmsFromWire(attr: number, code: number): HmsCode {
  const high = attr >>> 0;
  const low = code >>> 0;
  return `${hex(high >>> 16, 4)}-${hex(high & 0xffff, 4)}-${hex(low >>> 16, 4)}-${hex(low & 0xffff, 4)}` as HmsCode;
}

/** The canonical text of a `print_error` value, status values too; see `isDeviceAlert`. */
export function deviceFromWire(printError: number): HmsCode {
  const value = printError >>> 0;
  return `${hex(value >>> 16, 4)}-${hex(value & 0xffff, 4)}` as HmsCode;
}

/** A low half under 0x4000 is a status of the running job, no error. */
export function isDeviceAlert(printError: number): boolean {
  return (printError & 0xffff) >= 0x4000;
}

/** The two wire numbers of an HMS code, or `attr` = the 32-bit value and no `code` for a device error. */
export function toWire(code: HmsCode): { attr: number; code?: number } {
  const high = wordAt(code, 0);
  return code.length === 9 ? { attr: high } : { attr: high, code: wordAt(code, 10) };
}

/** The 32 bits of eight canonical digits with a dash in the middle. */
function wordAt(code: string, start: number): number {
  let value = 0;
  for (let i = start; i < start + 9; i++) {
    const char = code.charCodeAt(i);
    if (char !== 45) value = (value << 4) | (char <= 57 ? char - 48 : char - 55);
  }
  return value >>> 0;
}

/** The class of a device error is its top nibble (4, 8, C); the nibbles between follow their upper two bits, so that none is lost. */
function deviceClass(low: number): DeviceClass {
  return (["status", "error", "warning", "info"] as const)[(low >>> 14) & 3] ?? "status";
}

const LEVEL_OF_CLASS = { status: 0, error: 1, warning: 2, info: 3 } as const;

/** The fields of a canonical code. */
export function fieldsOf(code: HmsCode): CodeFields {
  const { attr, code: low } = toWire(code);
  const module = attr >>> 24;
  const unit = (attr >>> 16) & 0xff;
  if (low === undefined) {
    const number = attr & 0xffff;
    const kind = deviceClass(number);
    return { kind: "device", code, module, unit, class: kind, level: LEVEL_OF_CLASS[kind], number };
  }
  return {
    kind: "hms",
    code,
    module,
    unit,
    part: (attr >>> 8) & 0xff,
    partNumber: attr & 0xff,
    level: low >>> 16,
    number: low & 0xffff,
  };
}

export function kindOf(code: HmsCode): CodeKind {
  return code.length === 9 ? "device" : "hms";
}

export function levelOf(code: HmsCode): number {
  return fieldsOf(code).level;
}

/** Level 4 exists in the vendor's software as a weaker info; 0 and everything above is invalid. */
export function severityOfLevel(level: number): Severity {
  if (level === 1) return "error";
  if (level === 2) return "warning";
  return level === 3 || level === 4 ? "info" : "invalid";
}

export function severityOf(code: HmsCode): Severity {
  return severityOfLevel(levelOf(code));
}

/** Whether a text already is a canonical code: the cheap test for keys that come back from our own borders. */
export function isCanonical(text: string): text is HmsCode {
  if (text.length !== 9 && text.length !== 19) return false;
  for (let i = 0; i < text.length; i++) {
    const wanted = i % 5 === 4;
    if (wanted ? text[i] !== "-" : hexValue(text.charCodeAt(i)) < 0 || text.charCodeAt(i) > 70) return false;
  }
  return true;
}

function hexValue(char: number): number {
  if (char >= 48 && char <= 57) return char - 48;
  if (char >= 65 && char <= 70) return char - 55;
  if (char >= 97 && char <= 102) return char - 87;
  return -1;
}

function isSeparator(char: number): boolean {
  // space, tab, newline, carriage return, no-break space, -, _, the dashes that word processors make
  return (
    char === 32 ||
    char === 45 ||
    char === 95 ||
    char === 9 ||
    char === 10 ||
    char === 13 ||
    char === 160 ||
    (char >= 0x2010 && char <= 0x2014)
  );
}

const MAX_INPUT = 128;
const FORMS = "expected 16 hex digits (0300-0100-0001-0001), 8 (0300-8003), 14 without separators, or attr:code in decimal";

/**
 * Reads any written form of a code and returns its canonical text. Accepts `0300-0100-0001-0001`, `_` or spaces for `-`, none
 * at all, `HMS_` in front, brackets around, lower case, 14 digits (one always-zero byte left out), `attr:code` or `attr code` in
 * decimal (signed too), and device errors with the clock tail that screens append (`[0300-8003 131522]`).
 * @throws {CodeError} for everything else, and nothing but that.
 */
export function parseCode(input: string): HmsCode {
  if (input.length > MAX_INPUT) throw new CodeError(input, "too long");
  const text = strip(input);
  return parseDecimalPair(text) ?? parseHex(text) ?? fail(input);
}

function fail(input: string): never {
  throw new CodeError(input, input.trim() === "" ? "it is empty" : FORMS);
}

/** Without surrounding space, one pair of brackets, and `HMS` in front. */
function strip(input: string): string {
  let text = input.trim();
  const close = { "[": "]", "(": ")", "{": "}", "<": ">" }[text[0] ?? ""];
  if (close !== undefined && text.endsWith(close) && text.length > 2) text = text.slice(1, -1).trim();
  if (text.slice(0, 3).toUpperCase() === "HMS") {
    text = text.slice(3);
    while (text !== "" && (isSeparator(text.charCodeAt(0)) || text[0] === ":")) text = text.slice(1);
  }
  return text;
}

/** Reads hex digits grouped by single separators. Group lengths tell the forms apart. */
function parseHex(text: string): HmsCode | undefined {
  let digits = "";
  let group = 0;
  const groups: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    const value = hexValue(char);
    if (value >= 0) {
      digits += HEX[value];
      group++;
    } else if (isSeparator(char)) {
      if (group > 0) groups.push(group);
      group = 0;
    } else return undefined;
    if (digits.length > 16) return undefined;
  }
  if (group > 0) groups.push(group);
  if (digits.length === 16) return grouped(digits);
  if (digits.length === 8) return grouped(digits);
  if (digits.length !== 14) return undefined;
  // 0300-8003 131522: a device error and the hour, minute and day of the screen
  if (groups.length === 3 && groups[0] === 4 && groups[1] === 4) return grouped(digits.slice(0, 8));
  if (groups.length === 2 && groups[0] === 8) return grouped(digits.slice(0, 8));
  // Levels above 00FF do not exist, so the byte left out is the level's high one; where the part number is 00 both readings agree.
  return groups.length === 1 ? grouped(`${digits.slice(0, 8)}00${digits.slice(8)}`) : undefined;
}

function grouped(digits: string): HmsCode {
  let text = digits.slice(0, 4);
  for (let i = 4; i < digits.length; i += 4) text += `-${digits.slice(i, i + 4)}`;
  return text as HmsCode;
}

/** `50331904:65537` or `50331904 65537`; each number from -2^31 to 2^32-1. Undefined when the text has another shape. */
function parseDecimalPair(text: string): HmsCode | undefined {
  const colon = text.indexOf(":");
  const cut = colon >= 0 ? colon : text.search(/[\s,;]/);
  if (cut <= 0) return undefined;
  const left = text.slice(0, cut).trim();
  const right = text.slice(cut + 1).trim();
  // "0300 8003" and "03000100 00010001" are hex in groups, not numbers: a decimal number never starts with a zero
  const padded = left.length === right.length && (left[0] === "0" || right[0] === "0") && left.length >= 4;
  const deviceGroups = colon < 0 && left.length === 4 && right.length === 4;
  if (padded || deviceGroups) return colon >= 0 ? parseHex(left + right) : undefined;
  const attr = decimal(left);
  const code = decimal(right);
  return attr === undefined || code === undefined ? undefined : hmsFromWire(attr, code);
}

function decimal(text: string): number | undefined {
  if (text.length === 0 || text.length > 11) return undefined;
  let value = 0;
  const negative = text[0] === "-";
  for (let i = negative ? 1 : 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  if (negative && text.length === 1) return undefined;
  if (negative) value = -value;
  return value >= -0x8000_0000 && value <= 0xffff_ffff ? value : undefined;
}

/** The 14-digit form of a code whose level is under 256, as the vendor's introduction page writes it; undefined where there is none. */
export function shortForm(code: HmsCode): string | undefined {
  const fields = fieldsOf(code);
  if (fields.kind === "device" || fields.level > 0xff) return undefined;
  return code.slice(0, 4) + code.slice(5, 9) + code.slice(12, 14) + code.slice(15);
}
