/**
 * Telemetry, messages a second on one core: wire bytes → merged snapshot → detectors → findings, beside plain JSON.parse of the
 * same bytes. Both take turns in short rounds, timed by what this thread used of the processor, so that a busy machine is busy for
 * both; what counts is the ratio.
 * Run: npm run bench telemetry -- [--rounds 15] [--ms 150]
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Detector } from "../src/detectors/detector.ts";
import { detectors } from "../src/detectors/index.ts";
import { at } from "../src/lib/time.ts";
import { applySample, emptySnapshot, type PrinterId, type Snapshot } from "../src/model/telemetry.ts";
import { createBambuWire } from "../src/printers/bambu/wire.ts";
import { range, spreadOf, tellAll } from "./measure.ts";

const { values } = parseArgs({ options: { rounds: { type: "string", default: "15" }, ms: { type: "string", default: "150" } } });
const ROUNDS = Math.max(5, Number(values.rounds));
const SLICE_MS = Number(values.ms);

interface Case {
  readonly name: string;
  readonly payloads: readonly Buffer[];
}

interface Figures {
  readonly name: string;
  readonly bytes: number;
  readonly pipelinePerS: readonly number[];
  readonly parsePerS: readonly number[];
  /** Of pipeline to parse, round by round. */
  readonly ratio: readonly number[];
}

/** A full report of about `bytes`, for machines without recordings: the same shape, invented values. */
function madeUp(bytes: number): unknown {
  const tray = (id: number): unknown => ({
    id: String(id),
    tray_type: "PLA",
    tray_color: "FF6A13FF",
    remain: 80 - id,
    tag_uid: "0000000000000000",
    tray_uuid: "0".repeat(32),
    tray_id_name: "X00-K0",
    tray_info_idx: "GFX00",
    tray_sub_brands: "PLA Plain",
    cols: ["FF6A13FF"],
    nozzle_temp_max: "230",
    nozzle_temp_min: "190",
    tray_weight: "1000",
    tray_diameter: "1.75",
    bed_temp: "0",
    state: 11,
  });
  const print: Record<string, unknown> = {
    command: "push_status",
    msg: 0,
    gcode_state: "RUNNING",
    stg_cur: 0,
    mc_percent: 41,
    mc_remaining_time: 90,
    layer_num: 12,
    total_layer_num: 200,
    nozzle_temper: 219.5,
    nozzle_target_temper: 220,
    bed_temper: 60,
    bed_target_temper: 60,
    cooling_fan_speed: "15",
    heatbreak_fan_speed: "15",
    fan_gear: 255,
    wifi_signal: "-53dBm",
    home_flag: 224477464,
    hms: [],
    print_error: 0,
    hw_switch_state: 1,
    spd_mag: 100,
    subtask_name: "bracket",
  };
  const units: unknown[] = [];
  print["ams"] = { tray_exist_bits: "ffff", ams: units };
  while (JSON.stringify({ print }).length < bytes && units.length < 4)
    units.push({ id: String(units.length), humidity: "4", humidity_raw: "20", temp: "25.1", tray: [0, 1, 2, 3].map(tray) });
  for (let i = 0; JSON.stringify({ print }).length < bytes; i++) print[`other_${i}`] = i % 2 === 0 ? i : `text ${i}`;
  return { print };
}

const folder = join(process.env["OPENHMS_CAPTURES"] ?? join(import.meta.dirname, "../../shared/captures"), "bambu");

/** 64 reports of one kind whose temperatures move, as those of a real printer do. */
function fullReports(name: string, bytes: number): Case {
  const file = join(folder, `${name}.json`);
  const isRecorded = existsSync(file);
  const recorded = isRecorded ? JSON.parse(readFileSync(file, "utf8")) : undefined;
  const message = recorded === undefined ? madeUp(bytes) : (recorded.pushall ?? { print: recorded.push_all });
  const payloads = Array.from({ length: 64 }, (_, i) =>
    Buffer.from(JSON.stringify({ print: { ...message.print, bed_temper: 60 + (i % 8) / 4, sequence_id: String(2_000 + i) } })),
  );
  return { name: `full ${name}${isRecorded ? "" : " (made up: no recording found)"}`, payloads };
}

function deltas(): Case {
  const payloads = Array.from({ length: 64 }, (_, i) =>
    Buffer.from(
      JSON.stringify({
        print: {
          nozzle_temper: 219.5 + (i % 5) / 8,
          bed_temper: 60 + (i % 3) / 8,
          command: "push_status",
          msg: 1,
          sequence_id: String(3_000 + i),
        },
      }),
    ),
  );
  return { name: "delta", payloads };
}

/** A whole edge for one printer without its sockets: what happens to each payload, and how many findings came. */
function createPipeline(): (payload: Buffer, now: number) => number {
  const wire = createBambuWire({ serial: "00M00A000000001" });
  const states = detectors.map((detector) => detector.initial);
  const params = detectors.map((detector: Detector<unknown>) =>
    Object.fromEntries(Object.entries(detector.params).map(([name, param]) => [name, param.default])),
  );
  let snapshot: Snapshot = { ...emptySnapshot("p1" as PrinterId), connected: true };
  return (payload, now) => {
    const result = wire.accept(payload);
    if (result.kind !== "sample") return 0;
    snapshot = applySample(snapshot, { at: at(now), readings: result.readings });
    let findings = 0;
    for (let i = 0; i < detectors.length; i++) {
      const detector = detectors[i];
      if (detector === undefined) continue;
      const step = detector.step(states[i], snapshot, params[i] ?? {}, at(now));
      states[i] = step.state;
      findings += step.findings.length;
    }
    return findings;
  };
}

let sink = 0;

/** What this thread has used of the processor, in µs. */
function usedUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** Calls a second of one core, measured over one slice. */
function rate(payloads: readonly Buffer[], run: (payload: Buffer, index: number) => number): number {
  const start = usedUs();
  const end = start + SLICE_MS * 1_000;
  let calls = 0;
  let now = start;
  while (now < end) {
    for (const payload of payloads) sink += run(payload, calls++);
    now = usedUs();
  }
  return (calls * 1e6) / (now - start);
}

function measure({ name, payloads }: Case): Figures {
  const pipeline = createPipeline();
  const parse = (payload: Buffer): number => (JSON.parse(payload.toString("utf8")) === null ? 1 : 0);
  rate(payloads, pipeline);
  rate(payloads, parse);
  const rounds = Array.from({ length: ROUNDS }, (_, i) => {
    // who goes first changes, so that neither always meets the other's garbage
    if (i % 2 === 0) return { pipeline: rate(payloads, pipeline), parse: rate(payloads, parse) };
    const parsed = rate(payloads, parse);
    return { pipeline: rate(payloads, pipeline), parse: parsed };
  });
  return {
    name,
    bytes: Math.round(payloads.reduce((sum, payload) => sum + payload.length, 0) / payloads.length),
    pipelinePerS: rounds.map((round) => round.pipeline),
    parsePerS: rounds.map((round) => round.parse),
    ratio: rounds.map((round) => round.pipeline / round.parse),
  };
}

const cases = [fullReports("x1cmultiams", 11_300), fullReports("h2d", 10_700), fullReports("p1p", 2_400), deltas()];
const results = cases.map(measure);
for (const { name, bytes, pipelinePerS, parsePerS, ratio } of results) {
  const [pipeline, parse] = [pipelinePerS, parsePerS].map((rates) => `${range(spreadOf(rates))}/s`);
  console.log(
    `${name.padEnd(18)} ${String(bytes).padStart(6)} B  pipeline ${pipeline}  JSON.parse ${parse}  ratio ${range(spreadOf(ratio))}`,
  );
}
const figures = results.flatMap(({ name, pipelinePerS, parsePerS, ratio }) => [
  { name: `${name}, pipeline`, unit: "per s", rounds: pipelinePerS },
  { name: `${name}, JSON.parse`, unit: "per s", rounds: parsePerS },
  { name: `${name}, ratio`, unit: "", rounds: ratio },
]);
tellAll("telemetry", figures, { sliceMs: SLICE_MS, detectors: detectors.length, sink });
