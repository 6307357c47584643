/**
 * The frames of a Moonraker websocket merged into readings: answers and notifications as they come, in any order. A sample holds
 * only what changed. Whatever comes, nothing is thrown: what says nothing of the printer is answered with a reason.
 */
import type { HomingResult, Readings } from "../../model/telemetry.ts";
import { isRecord, type Json, numberOf, textOf } from "../bambu/values.ts";
import { type Computer, createComputer } from "./computer.ts";
import { type Complaints, createComplaints, isProbedPoint, probeOf } from "./console.ts";
import { createEndstopPhases, type EndstopPhases, type Places } from "./endstop-phase.ts";
import { type CodeOf, createHost, type Host } from "./host.ts";
import { createKnown, type Known, type ObjectReader } from "./known.ts";
import { createMotion, type Motion } from "./motion.ts";
import { createObjects } from "./objects.ts";
import { toldReadings } from "./told-readings.ts";

export type FrameResult =
  | { readonly kind: "sample"; readonly readings: Readings }
  /** A frame of the printer in which nothing is new. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "ignored"; readonly reason: string };

export interface MoonrakerReader {
  /** One frame, JSON already, and when it came. */
  accept(message: unknown, nowMs: number): FrameResult;
  /** What the time alone changes; about once a second. */
  tick(nowMs: number): FrameResult;
}

interface Parts {
  readonly known: Known;
  readonly host: Host;
  readonly complaints: Complaints;
  readonly computer: Computer;
  readonly motion: Motion;
  readonly phases: EndstopPhases;
  readonly objectOf: (name: string) => ObjectReader | undefined;
  readonly codeOf: CodeOf;
}

const MAX_OBJECTS_A_FRAME = 500;
const MAX_TEXT = 4_000;
const MAX_SECONDS = 1e12;
const MAX_JOB_ERROR = 300;
const NOT_CONNECTED = 503;

const UNCHANGED: FrameResult = { kind: "unchanged" };
const ignored = (reason: string): FrameResult => ({ kind: "ignored", reason });

export function createMoonrakerReader({ codeOf }: { readonly codeOf: CodeOf }): MoonrakerReader {
  const known = createKnown();
  const computer = createComputer(known, codeOf);
  const parts: Parts = {
    known,
    host: createHost(codeOf),
    complaints: createComplaints(),
    computer,
    motion: createMotion(),
    phases: createEndstopPhases(),
    objectOf: createObjects(known, (load) => computer.load(load)),
    codeOf,
  };

  function tick(nowMs: number): void {
    parts.host.tick(nowMs);
    parts.complaints.tick(nowMs);
  }

  return {
    accept: (message, nowMs) => {
      if (!isRecord(message)) return ignored("not a JSON object");
      tick(nowMs);
      return read(parts, message, nowMs) ?? result(parts);
    },
    tick: (nowMs) => {
      tick(nowMs);
      return result(parts);
    },
  };
}

/** Codes are told from the first word of the host on, so that an empty list says that all is well. */
function result({ known, host, complaints, computer }: Parts): FrameResult {
  known.set("hostState", host.state());
  known.set("hostMessage", host.message());
  const codes = [...new Set([...host.standing(), ...complaints.standing(), ...computer.standing()])];
  const before = known.readings.hmsCodes;
  const isTold = host.state() !== undefined || codes.length > 0;
  if (isTold && (before?.length !== codes.length || codes.some((code, i) => code !== before[i]))) known.set("hmsCodes", codes);
  const readings = known.take();
  return readings === undefined ? UNCHANGED : { kind: "sample", readings };
}

/** Undefined when the frame was of the printer. */
function read(parts: Parts, { method, params, result: answer, error }: Json, nowMs: number): FrameResult | undefined {
  if (typeof method === "string") return readNotice(parts, method, Array.isArray(params) ? params : [], nowMs);
  if (isRecord(answer)) return readAnswer(parts, answer, nowMs);
  // what a command was refused for stands on the console too
  if (!isRecord(error) || error["code"] !== NOT_CONNECTED) return ignored("nothing of the printer");
  parts.host.gone(nowMs, true);
  return undefined;
}

/** `printer.info`, `printer.objects.subscribe` or `query`, `server.info`, `machine.proc_stats`: told apart by what is in them. */
function readAnswer(parts: Parts, answer: Json, nowMs: number): FrameResult | undefined {
  const { status, eventtime, state_message: message } = answer;
  if (isRecord(status)) readStatus(parts, status, eventtime, nowMs);
  else if (typeof message === "string") {
    readState(parts, answer, nowMs);
    parts.computer.about(answer);
  } else if (answer["klippy_connected"] === false) parts.host.gone(nowMs, true);
  else if (answer["moonraker_stats"] !== undefined) parts.computer.process(answer);
  else return ignored("an answer that says nothing of the printer");
  return undefined;
}

function readNotice(parts: Parts, method: string, params: readonly unknown[], nowMs: number): FrameResult | undefined {
  const [first, second] = params;
  const object = isRecord(first) ? first : {};
  switch (method) {
    case "notify_status_update":
      readStatus(parts, object, second, nowMs);
      return undefined;
    case "notify_gcode_response":
      if (typeof first === "string") readLine(parts, first, nowMs);
      return undefined;
    case "notify_klippy_ready":
      readState(parts, { state: "ready" }, nowMs);
      return undefined;
    case "notify_klippy_shutdown":
      parts.host.is("shutdown", undefined, nowMs);
      return undefined;
    case "notify_klippy_disconnected":
      parts.host.gone(nowMs, false);
      forgetPlaces(parts);
      return undefined;
    case "notify_proc_stat_update":
      parts.computer.process(object);
      return undefined;
    case "notify_cpu_throttled":
      parts.computer.throttled(object);
      return undefined;
    default:
      return ignored("a notification of something else");
  }
}

function forgetPlaces({ motion, phases }: Parts): void {
  motion.forget();
  phases.forget();
}

function readState(parts: Parts, { state, state_message: message }: Json, nowMs: number): void {
  const { host, complaints } = parts;
  const hasRestarted = host.is(state, textOf(message, MAX_TEXT)?.trim(), nowMs);
  if (!hasRestarted) return;
  // what its console said before is over, and where it stands is not known
  complaints.clear();
  forgetPlaces(parts);
}

/** By the motor's own count where that is told, else by the time it took. */
function homingOf({ known, motion, phases }: Parts, status: Json, before: Places["before"]): HomingResult | undefined {
  const timed = motion.accept(status);
  const { xMm: x, yMm: y, zMm: z, homedAxes = "", homing } = known.readings;
  const counted = phases.accept(status, { before, now: { x, y, z }, homedAxes });
  const found = counted ?? (timed !== undefined && !phases.covers(timed.axis) ? timed : undefined);
  return found === undefined ? undefined : { ...found, count: (homing?.count ?? 0) + 1 };
}

function readStatus(parts: Parts, status: Json, eventTime: unknown, nowMs: number): void {
  const { known, host, complaints, objectOf } = parts;
  const { state: stateBefore, homedAxes: homedBefore, xMm: x, yMm: y, zMm: z } = known.readings;
  host.speaks(nowMs);
  known.set("hostTimeS", numberOf(eventTime, 0, MAX_SECONDS));
  let count = 0;
  for (const name in status) {
    if (++count > MAX_OBJECTS_A_FRAME) break;
    const fields = status[name];
    if (!isRecord(fields)) continue;
    if (name === "webhooks") readState(parts, fields, nowMs);
    else objectOf(name)?.(fields);
  }
  known.set("homing", homingOf(parts, status, { x, y, z }));
  const { state, homedAxes } = known.readings;
  if (homedAxes !== homedBefore && homedAxes !== undefined) complaints.homed(homedAxes, nowMs);
  if (state === stateBefore) return;
  if (state === "failed" && stateBefore !== undefined) known.set("jobError", jobErrorOf(parts, status["print_stats"]));
  if (stateBefore === "paused") complaints.wentOn();
  else if (state === "printing" && stateBefore !== undefined) complaints.clear();
}

/** Its words where they are unknown; a host that has stopped says why in another place. */
function jobErrorOf({ known, host, codeOf }: Parts, stats: unknown): string | undefined {
  const words = isRecord(stats) ? (textOf(stats["message"], MAX_TEXT)?.trim() ?? "") : "";
  const isUnknown = words !== "" && codeOf(words) === undefined && (host.state() ?? "ready") === "ready";
  // what ended an earlier job is over
  return isUnknown ? words.slice(0, MAX_JOB_ERROR) : known.readings.jobError === undefined ? undefined : "";
}

function readLine({ known, host, complaints, codeOf }: Parts, line: string, nowMs: number): void {
  for (const [name, value] of toldReadings(line)) known.set(name, value);
  if (isProbedPoint(line)) complaints.probed();
  known.set("probe", probeOf(line, (known.readings.probe?.count ?? 0) + 1));
  // a host that has stopped repeats its reason at every command
  if (!/^!!|^\/\/ Unknown command/.test(line) || (host.state() ?? "ready") !== "ready") return;
  const code = codeOf(line.slice(0, MAX_TEXT));
  if (code !== undefined) complaints.add(code, nowMs, known.readings.homedAxes ?? "");
}
