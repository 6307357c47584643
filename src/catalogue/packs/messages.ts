/**
 * What makers' programs say, turned into codes. Hides how a row such as `MCU '{mcu}' shutdown: Timer too close` is matched: by its
 * literal pieces from left to right, never by a regular expression, so that no text and no pack can make it slow.
 */
import type { HmsCode } from "../../model/code.ts";
import { memberOf } from "../pattern.ts";
import type { MessageRow } from "../files/shape.ts";

/** What a message means: its code, and the named parts as they stood in it. */
export interface Meant {
  readonly code: HmsCode;
  readonly fields: Readonly<Record<string, string>>;
}

export type MessageMap = (text: string) => Meant | undefined;

/** Longer texts are cut: what names a fault stands at the front. */
const MAX_TEXT = 4_000;
const MAX_LINES = 40;
const MIN_LITERAL = 4;
const FIELD = /\{([a-z]+)\}/g;
/** What consoles put before an error or a note. */
const CONSOLE_MARK = /^(?:!!|\/\/) */;

interface Pattern {
  /** In lower case; one more than there are fields. */
  readonly literals: readonly string[];
  readonly fields: readonly string[];
}

function patternOf(says: string): Pattern {
  const parts = says.split(FIELD);
  return {
    literals: parts.filter((_, i) => i % 2 === 0).map((part) => part.toLowerCase()),
    fields: parts.filter((_, i) => i % 2 === 1),
  };
}

/** Every code a row can mean, as pattern. */
export function codesOfMessage(row: MessageRow): readonly string[] {
  return [...(row.code === undefined ? [] : [row.code]), ...Object.values(row.codes ?? {})];
}

/** Why a row cannot be used; undefined when it can. */
export function messageProblem(row: MessageRow): string | undefined {
  const { literals, fields } = patternOf(row.says);
  if (literals.some((literal) => /[{}]/.test(literal))) return "a named part is written {name}, in small letters";
  if (literals.slice(1, -1).includes("")) return "between two named parts there must be some text";
  if (literals.join("").trim().length < MIN_LITERAL) return `at least ${MIN_LITERAL} characters of the message must be fixed`;
  if (new Set(fields).size < fields.length) return "a named part has its name once";
  const named = [row.by, ...[row.below, row.above].flatMap((limits) => Object.entries(limits ?? {}).flat())];
  const unknown = named.find((name) => name !== undefined && !fields.includes(name));
  if (unknown !== undefined) return `{${unknown}} does not stand in the message`;
  if ((row.by === undefined) !== (row.codes === undefined)) return "by and codes belong together";
  if ((row.code === undefined) === (row.codes === undefined)) return "give either code, or by and codes";
  return undefined;
}

/** The named parts of a line in lower case, each as short as it can be; undefined when the line is another message. */
function matchLine({ literals, fields }: Pattern, line: string, lower: string): Record<string, string> | undefined {
  const first = literals[0] ?? "";
  if (!lower.startsWith(first)) return undefined;
  const found: Record<string, string> = {};
  let at = first.length;
  for (const [i, field] of fields.entries()) {
    const literal = literals[i + 1] ?? "";
    const isLast = i === fields.length - 1;
    const end = isLast ? (lower.endsWith(literal) ? lower.length - literal.length : -1) : lower.indexOf(literal, at + 1);
    // only what stands at the very end may be empty
    if (end < at || (end === at && !(isLast && literal === ""))) return undefined;
    found[field] = line.slice(at, end);
    at = end + literal.length;
  }
  return at === lower.length ? found : undefined;
}

/** A limit that cannot be read as a number is not kept. */
function keepsLimits({ below, above }: MessageRow, fields: Readonly<Record<string, string>>): boolean {
  const number = (name: string): number => Number(fields[name] ?? "");
  return (
    Object.entries(below ?? {}).every(([name, limit]) => number(name) < number(limit)) &&
    Object.entries(above ?? {}).every(([name, limit]) => number(name) > number(limit))
  );
}

interface Row {
  readonly row: MessageRow;
  readonly pattern: Pattern;
}

/** The code of a row; where it names one of several parts, the number at the part's end is the unit. */
function codeOf(row: MessageRow, fields: Readonly<Record<string, string>>): HmsCode | undefined {
  if (row.code !== undefined) return memberOf(row.code);
  const value = fields[row.by ?? ""] ?? "";
  const [, stem = "", digits = ""] = /^(.*?)([0-9]{0,2})$/.exec(value) ?? [];
  const codes = row.codes ?? {};
  const key = [value, `${stem}#`, "*"].find((one) => Object.hasOwn(codes, one));
  return key === undefined ? undefined : memberOf(codes[key] ?? "", key === `${stem}#` ? { unit: Number(digits) } : {});
}

/** The first row that fits any line of a text wins, so that what is special stands before what is general. */
export function createMessageMap(rows: readonly MessageRow[]): MessageMap {
  const compiled: readonly Row[] = rows.map((row) => ({ row, pattern: patternOf(row.says) }));
  return (text) => {
    const lines = text
      .slice(0, MAX_TEXT)
      .split(/\r?\n/, MAX_LINES)
      .map((line) => line.trim().replace(CONSOLE_MARK, ""))
      .filter((line) => line !== "")
      .map((line) => ({ line, lower: line.toLowerCase() }));
    for (const { row, pattern } of compiled) {
      for (const { line, lower } of lines) {
        const fields = matchLine(pattern, line, lower);
        const code = fields === undefined || !keepsLimits(row, fields) ? undefined : codeOf(row, fields);
        if (fields !== undefined && code !== undefined) return { code, fields };
      }
    }
    return undefined;
  };
}
