/**
 * Code patterns: how one entry names many codes. `07uu-2s00-0002-0001` is every AMS unit (`uu`: A to Z) and every slot (`s`: 1 to
 * 4); `ee` is the two external spools (FE, FF). Hides how a code finds its pattern: a few map look-ups, no regular expression.
 * An exact code wins over `ee` and `uu`, those win over `s`.
 */
import { placeOf } from "../model/words.ts";
import { type HmsCode, fieldsOf } from "../model/code.ts";

const PATTERN = /^[0-9A-F]{2}(?:[0-9A-F]{2}|uu|ee)-(?:[0-9A-F][0-9A-Fs]00-[0-9A-F]{4}-[0-9A-F]{4}|[4-9A-F][0-9A-F]{3})$/;

/** Position of the slot's digit: the low half of the part. */
const SLOT_AT = 6;
const UNITS_SEEN = 8;
const SLOTS = 4;

export function isPattern(text: string): boolean {
  return PATTERN.test(text);
}

export function isDevicePattern(pattern: string): boolean {
  return pattern.length === 9;
}

export function moduleOf(pattern: string): string {
  return pattern.slice(0, 2);
}

/** The part's two digits (`01`, `2s`); undefined for a device error. */
export function partOf(pattern: string): string | undefined {
  return isDevicePattern(pattern) ? undefined : pattern.slice(5, 7);
}

function hexDigit(text: string, index: number): number {
  const char = text.charCodeAt(index);
  return char <= 57 ? char - 48 : char - 55;
}

/** The wildcard that stands for a unit byte; undefined for bytes that are no unit. 80 to 99 name an AMS-HT by its MQTT number. */
function unitMark(code: string): "uu" | "ee" | undefined {
  const unit = hexDigit(code, 2) * 16 + hexDigit(code, 3);
  if (unit >= 0xfe) return "ee";
  return unit < 26 || (unit >= 0x80 && unit < 0x80 + 26) ? "uu" : undefined;
}

/** What stands in `index` under the most exact pattern that covers `code`. */
export function findByPattern<T>(index: ReadonlyMap<string, T>, code: HmsCode): T | undefined {
  const exact = index.get(code);
  if (exact !== undefined) return exact;
  const mark = unitMark(code);
  const tail = code.slice(4);
  const byUnit = mark === undefined ? undefined : code.slice(0, 2) + mark + tail;
  const unitHit = byUnit === undefined ? undefined : index.get(byUnit);
  if (unitHit !== undefined || code.length === 9 || hexDigit(code, SLOT_AT) >= SLOTS) return unitHit;
  const slotHit = index.get(withSlot(code, "s"));
  if (slotHit !== undefined) return slotHit;
  return byUnit === undefined ? undefined : index.get(withSlot(byUnit, "s"));
}

function withSlot(text: string, digit: string): string {
  return text.slice(0, SLOT_AT) + digit + text.slice(SLOT_AT + 1);
}

export interface Member {
  /** The unit byte; A when absent. */
  readonly unit?: number;
  /** 0 to 3; the first when absent. */
  readonly slotIndex?: number;
}

/** One code of a pattern. */
export function memberOf(pattern: string, member: Member = {}): HmsCode {
  let text = pattern;
  if (text.startsWith("uu", 2)) text = `${text.slice(0, 2)}${hexByte(member.unit ?? 0)}${text.slice(4)}`;
  if (text.startsWith("ee", 2)) text = `${text.slice(0, 2)}${member.unit === 0xfe ? "FE" : "FF"}${text.slice(4)}`;
  if (text[SLOT_AT] === "s") text = withSlot(text, String(member.slotIndex ?? 0));
  return text as HmsCode;
}

function hexByte(value: number): string {
  return value.toString(16).toUpperCase().padStart(2, "0");
}

/** The member of `pattern` that stands at the same unit and slot as `code`, where both name them. */
export function memberBeside(pattern: string, code: HmsCode): HmsCode {
  const fields = fieldsOf(code);
  const { slot } = placeOf(code);
  return memberOf(pattern, {
    ...(unitMark(code) === "uu" || unitMark(code) === "ee" ? { unit: fields.unit } : {}),
    ...(slot === undefined ? {} : { slotIndex: slot - 1 }),
  });
}

/** Whether `code`'s unit is of the kind that the pattern's wildcard stands for; true where the pattern names a unit itself. */
export function isBeside(pattern: string, code: HmsCode): boolean {
  const mark = pattern.slice(2, 4);
  return (mark !== "uu" && mark !== "ee") || mark === unitMark(code);
}

/** Every code of a pattern over the units A to H and slots 1 to 4; both external spools for `ee`. */
export function membersOf(pattern: string): readonly HmsCode[] {
  const units = pattern.startsWith("uu", 2)
    ? Array.from({ length: UNITS_SEEN }, (_, unit) => unit)
    : pattern.startsWith("ee", 2)
      ? [0xfe, 0xff]
      : [0];
  const slots = pattern[SLOT_AT] === "s" ? Array.from({ length: SLOTS }, (_, slotIndex) => slotIndex) : [0];
  return units.flatMap((unit) => slots.map((slotIndex) => memberOf(pattern, { unit, slotIndex })));
}
