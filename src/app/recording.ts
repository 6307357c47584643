/**
 * Recordings of printers, in the shapes people have them: a full report with its version list, a timeline of hms lists, known
 * values with the codes they stand for, JSON lines with time, topic and payload, and the frames of a Moonraker websocket. All become
 * messages in time; so does what an edge recorded itself.
 */
import { parse } from "node:path";
import { at, fromIso, type Timestamp } from "../lib/time.ts";
import { parseCode, type HmsCode } from "../model/code.ts";
import { isRecord, type Json } from "../printers/bambu/values.ts";
import { isSamples, readSamples } from "./recorded-samples.ts";

export interface RecordedMessage {
  readonly at: Timestamp;
  /** The serial number in the topic, the printer's id at an edge; undefined where the recording names none. */
  readonly serial: string | undefined;
  /** A message that is JSON already, or the bytes as text; a `RecordedEvent` of an edge. */
  readonly message: unknown;
}

/** Who speaks in a recording: a printer in its own words, or an edge that had understood one. */
export type Maker = "bambu" | "moonraker" | "edge";

export interface Recording {
  readonly name: string;
  readonly maker: Maker;
  /** Every message is there, at the time when it came: silence in it is silence of the printer. */
  readonly isContinuous: boolean;
  readonly messages: readonly RecordedMessage[];
  /** Codes that the recording itself says it holds. */
  readonly expected: readonly HmsCode[];
  /** 1-based lines that could not be read; the others were. */
  readonly badLines: readonly number[];
}

/** Messages without a time come one a second, from the beginning of time. */
const STEP_MS = 1_000;
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
/** Numbers above this are milliseconds: as seconds they would lie beyond the year 5138. */
const MAX_SECONDS = 1e11;
/** Beyond this there are no dates. */
const MAX_DATE_MS = 8.64e15;

const SHAPES =
  'expected {"pushall":{"print":…}}, {"push_all":{…}}, {"timeline":[{"t","hms"}]}, [{"value","ecode"}], JSON lines {"t","topic","payload"} or {"t","dir","msg"}';
const CONDENSED = { maker: "bambu", isContinuous: false, expected: [], badLines: [] } as const;

/** @throws {Error} that says what is wrong; the caller names the file. */
export function readRecording(file: string, text: string): Recording {
  const name = parse(file.replace(/\.gz$/i, "")).name;
  if (isSamples(text)) return edgeRecording(name, text);
  const whole = tryParse(text);
  if (Array.isArray(whole)) return knownValues(name, whole);
  if (isRecord(whole)) {
    if (isRecord(whole["pushall"]) || isRecord(whole["push_all"])) return fullReport(name, whole);
    if (Array.isArray(whole["timeline"])) return timeline(name, whole["timeline"]);
  }
  return jsonLines(name, text);
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // several JSON values in one file are JSON lines; their reader has the better words for what is broken
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const untimed = (messages: readonly unknown[]): RecordedMessage[] =>
  messages.map((message, i) => ({ at: at(i * STEP_MS), serial: undefined, message }));

/** `push_all` is what stands inside `print`; the version list may come without its envelope too. */
function fullReport(name: string, file: Json): Recording {
  const { pushall, push_all: bare, get_version: version } = file;
  const report = pushall ?? (isRecord(bare) && isRecord(bare["print"]) ? bare : { print: bare });
  const versions = isRecord(version) ? [isRecord(version["info"]) ? version : { info: version }] : [];
  return { ...CONDENSED, name, messages: untimed([report, ...versions]) };
}

function edgeRecording(name: string, text: string): Recording {
  const { printer, events, badLines } = readSamples(text);
  const messages = events.map((event): RecordedMessage => ({ at: event.at, serial: printer, message: event }));
  return { name, maker: "edge", isContinuous: true, messages, expected: [], badLines };
}

function timeline(name: string, rows: readonly unknown[]): Recording {
  let day = 0;
  let before = 0;
  const messages = rows.map((row, i): RecordedMessage => {
    if (!isRecord(row)) throw new Error(`timeline[${i}] is no object`);
    const { t, ...print } = row;
    const clock = typeof t === "string" ? /^(\d{2}):(\d{2}):(\d{2})$/.exec(t) : null;
    let time: number;
    if (clock === null) time = timeOf(t) ?? before + STEP_MS;
    else {
      time = day + (Number(clock[1]) * 3_600 + Number(clock[2]) * 60 + Number(clock[3])) * 1_000;
      // past midnight
      if (time < before) {
        day += DAY_MS;
        time += DAY_MS;
      }
    }
    before = time;
    return { at: at(time), serial: undefined, message: { print } };
  });
  return { ...CONDENSED, name, messages };
}

function knownValues(name: string, rows: readonly unknown[]): Recording {
  const expected: HmsCode[] = [];
  const prints = rows.map((row, i) => {
    if (!isRecord(row) || !isRecord(row["value"]) || typeof row["ecode"] !== "string")
      throw new Error(`[${i}] is not {"value":{…},"ecode":"…"}; ${SHAPES}`);
    expected.push(parseCode(row["ecode"]));
    return { print: row["value"] };
  });
  return { ...CONDENSED, name, messages: untimed(prints), expected };
}

/** A line that is torn or garbled, as a recorder that was killed leaves one, costs itself and no other. */
function jsonLines(name: string, text: string): Recording {
  const rows: Json[] = [];
  const badLines: number[] = [];
  for (const [i, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    if (line === "") continue;
    const row = tryParse(line);
    if (isRecord(row)) rows.push(row);
    else badLines.push(i + 1);
  }
  if (rows.length === 0) throw new Error(`neither JSON nor JSON lines; ${SHAPES}`);
  const maker: Maker = rows.some((row) => row["dir"] === "rx" && isRecord(row["msg"])) ? "moonraker" : "bambu";
  const messages = maker === "bambu" ? reportsOf(rows) : framesOf(rows);
  if (messages.length === 0) throw new Error(`no message of a printer in it; ${SHAPES}`);
  return { name, maker, isContinuous: true, messages, expected: [], badLines };
}

function reportsOf(rows: readonly Json[]): RecordedMessage[] {
  const messages: RecordedMessage[] = [];
  for (const row of rows) {
    const message = recordedLine(row, at((messages.at(-1)?.at ?? -STEP_MS) + STEP_MS));
    if (message !== undefined) messages.push(message);
  }
  return messages;
}

/** What was received; its times count from the start, and the first clock that a frame tells says when that was. */
function framesOf(rows: readonly Json[]): RecordedMessage[] {
  const frames: { readonly ms: number; readonly message: unknown }[] = [];
  let startMs: number | undefined;
  for (const { t, dir, msg } of rows) {
    if (dir !== "rx") continue;
    const ms = typeof t === "number" && Math.abs(t) <= MAX_SECONDS ? Math.round(t * 1_000) : (frames.at(-1)?.ms ?? 0);
    const clockMs = clockOf(msg);
    if (startMs === undefined && clockMs !== undefined) startMs = Math.round(clockMs) - ms;
    frames.push({ ms, message: msg });
  }
  // times that are dates already need no start
  const isSinceStart = (frames[0]?.ms ?? 0) < YEAR_MS;
  return frames.map(({ ms, message }) => ({ at: at(isSinceStart ? (startMs ?? 0) + ms : ms), serial: undefined, message }));
}

/** The wall clock in Moonraker's word on itself. */
function clockOf(frame: unknown): number | undefined {
  const params = isRecord(frame) && frame["method"] === "notify_proc_stat_update" ? frame["params"] : undefined;
  const first: unknown = Array.isArray(params) ? params[0] : undefined;
  const own = isRecord(first) ? first["moonraker_stats"] : undefined;
  const seconds = isRecord(own) ? own["time"] : undefined;
  return typeof seconds === "number" && seconds > 0 && seconds <= MAX_SECONDS ? seconds * 1_000 : undefined;
}

/** Undefined for lines of other topics: requests, other devices. */
function recordedLine(row: Json, next: Timestamp): RecordedMessage | undefined {
  if (row["payload"] === undefined) return undefined;
  const topic = row["topic"];
  const serial = typeof topic === "string" ? /^device\/([^/]+)\/report$/.exec(topic)?.[1] : undefined;
  if (topic !== undefined && serial === undefined) return undefined;
  return { at: timeOf(row["t"]) ?? next, serial, message: row["payload"] };
}

/** Seconds or milliseconds since 1970, or ISO 8601. */
function timeOf(t: unknown): Timestamp | undefined {
  if (typeof t === "number" && Math.abs(t) <= MAX_DATE_MS) return at(Math.round(Math.abs(t) > MAX_SECONDS ? t : t * 1_000));
  return typeof t === "string" ? fromIso(t) : undefined;
}
