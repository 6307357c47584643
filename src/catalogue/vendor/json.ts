/**
 * Bytes of a stranger's file to a JSON value. Hides packing, encoding and the bounds that keep a hostile file from costing more than
 * its size: unpacked bytes, depth, number of values. A key that stands twice in one object is refused, for one of the two would be lost.
 */
import { gunzipSync } from "node:zlib";
import { errorText } from "../../lib/errors.ts";
import { MAX_BYTES, type Place, quoted, refuse } from "./table.ts";

const MAX_DEPTH = 8;
const MAX_VALUES = 2_000_000;
const TOO_LARGE = `holds more than ${MAX_BYTES / 1e6} MB`;

/** @throws {ConfigError} with the place of what is wrong. */
export function readJson(bytes: Uint8Array, file: string): unknown {
  const text = decode(unpack(bytes, file), file);
  scan(text, file);
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(file, [], `is no JSON: ${reasonOf(error)}`, lineOf(error, text));
  }
}

function unpack(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes.length > MAX_BYTES) refuse(file, [], TOO_LARGE);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (error) {
    const isTooLarge = error instanceof RangeError;
    return refuse(file, [], isTooLarge ? `${TOO_LARGE} once unpacked` : `cannot be unpacked: ${errorText(error)}`);
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuse(file, [], "is no UTF-8 text");
  }
}

interface Frame {
  /** Of an object; an array has none. */
  readonly keys: Set<string> | undefined;
  /** The key or the index that is being read. */
  step: string | number;
  awaitsKey: boolean;
}

/** Walks over the text before anything is built of it. What is no JSON may pass here; the parser refuses it. */
function scan(text: string, file: string): void {
  const frames: Frame[] = [];
  let values = 0;
  const placeOf = (): Place => frames.map(({ step }) => step);

  function open(keys: Set<string> | undefined): void {
    if (frames.length === MAX_DEPTH) refuse(file, placeOf(), `is nested more than ${MAX_DEPTH} levels deep`);
    frames.push({ keys, step: keys === undefined ? 0 : "", awaitsKey: keys !== undefined });
  }
  function next(): void {
    const frame = frames.at(-1);
    if (++values > MAX_VALUES) refuse(file, placeOf(), `holds more than ${MAX_VALUES} values`);
    if (frame === undefined) return;
    if (typeof frame.step === "number") frame.step++;
    else frame.awaitsKey = true;
  }
  function name(raw: string): void {
    const frame = frames.at(-1);
    if (frame?.keys === undefined || !frame.awaitsKey) return;
    const key = keyOf(raw, file);
    if (frame.keys.has(key)) refuse(file, placeOf().slice(0, -1), `${quoted(key)} stands twice`);
    frame.keys.add(key);
    frame.step = key;
    frame.awaitsKey = false;
  }

  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === '"') {
      const end = endOfString(text, i + 1);
      name(text.slice(i + 1, end));
      i = end;
    } else if (sign === "{") open(new Set());
    else if (sign === "[") open(undefined);
    else if (sign === ",") next();
    else if (sign === "}" || sign === "]") frames.pop();
  }
}

/** Where the closing quote stands; the end of the text where there is none. */
function endOfString(text: string, start: number): number {
  for (let i = start; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

/** `"\u0030"` and `"0"` are one key. */
function keyOf(raw: string, file: string): string {
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return refuse(file, [], `is no JSON: ${quoted(raw)} is no key`);
  }
}

/** The parser's words, without the piece of the file that it repeats. */
function reasonOf(error: unknown): string {
  const [reason = ""] = errorText(error).split(/,? (?:"|\.\.\.|in JSON at position)/, 1);
  return reason === "" ? "it cannot be read" : reason;
}

function lineOf(error: unknown, text: string): number | undefined {
  const [, position] = /at position (\d+)/.exec(errorText(error)) ?? [];
  return position === undefined ? undefined : text.slice(0, Number(position)).split("\n").length;
}
