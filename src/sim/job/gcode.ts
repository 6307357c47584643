/**
 * A plan from a real G-code file as PrusaSlicer and OrcaSlicer write it: layer by layer how long, how fast, how hot. Reads what decides
 * those and skips the rest; whatever text comes, nothing is thrown.
 */
import type { Interlude, JobPlan, LayerPlan } from "./plan.ts";

/** What the machine does while lines go by. */
interface Reading {
  x: number;
  y: number;
  z: number;
  feedMmS: number;
  isRelativeE: boolean;
  lastE: number;
  nozzleC: number;
  bedC: number;
  chamberC: number;
  partFanPct: number;
  layer: Sum;
  /** Before the first layer begins nothing counts. */
  readonly layers: Sum[];
  readonly interludes: Interlude[];
}

interface Sum {
  seconds: number;
  movedMm: number;
  extrudedMm: number;
  nozzleC: number;
  bedC: number;
  partFanPct: number;
}

/** Accelerating and turning corners: real prints take this much longer than speed alone says. */
const SLOWER_THAN_FEED = 1.25;
const MIN_LAYER_S = 2;
const FULL_FAN = 255;

const newLayer = (): Sum => ({ seconds: 0, movedMm: 0, extrudedMm: 0, nozzleC: 0, bedC: 0, partFanPct: 0 });

/** Undefined when the text has no layers. */
export function planFromGcode(name: string, text: string): JobPlan | undefined {
  const reading: Reading = {
    x: 0,
    y: 0,
    z: 0,
    feedMmS: 50,
    isRelativeE: false,
    lastE: 0,
    nozzleC: 0,
    bedC: 0,
    chamberC: 0,
    partFanPct: 0,
    layer: newLayer(),
    layers: [],
    interludes: [],
  };
  for (const line of text.split("\n")) readLine(reading, line.trim());
  const plans = reading.layers.map(planOfLayer);
  const [first] = plans;
  if (first === undefined) return undefined;
  return {
    name,
    nozzleC: first.nozzleC,
    bedC: first.bedC,
    chamberC: reading.chamberC,
    layers: plans.length,
    layer: (number) => plans[number - 1] ?? first,
    interludes: reading.interludes,
  };
}

function planOfLayer({ seconds, movedMm, extrudedMm, nozzleC, bedC, partFanPct }: Sum): LayerPlan {
  const realS = Math.max(MIN_LAYER_S, seconds * SLOWER_THAN_FEED);
  const rest = { nozzleC, bedC, partFanPct, auxFanPct: 0, chamberFanPct: 0 };
  return { seconds: realS, speedMmS: movedMm / realS, extrudeMmS: Math.max(0, extrudedMm) / realS, ...rest };
}

function readLine(reading: Reading, line: string): void {
  if (line === ";LAYER_CHANGE" || line === "; CHANGE_LAYER") {
    reading.layer = newLayer();
    reading.layers.push(reading.layer);
    settle(reading);
    return;
  }
  const [words = ""] = line.split(";", 1);
  const [command = "", ...args] = words.trim().toUpperCase().split(/\s+/);
  if (command === "") return;
  readCommand(reading, command, numbersOf(args));
}

function numbersOf(args: readonly string[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const arg of args) {
    const value = Number(arg.slice(1));
    if (arg.length > 1 && Number.isFinite(value)) numbers.set(arg.charAt(0), value);
  }
  return numbers;
}

function readCommand(reading: Reading, command: string, numbers: ReadonlyMap<string, number>): void {
  const s = numbers.get("S");
  if (["G0", "G1", "G2", "G3"].includes(command)) return move(reading, numbers);
  if (command === "G4") reading.layer.seconds += (s ?? (numbers.get("P") ?? 0) / 1_000) / SLOWER_THAN_FEED;
  else if (command === "G92") reading.lastE = numbers.get("E") ?? reading.lastE;
  else if (command === "M82" || command === "M83") reading.isRelativeE = command === "M83";
  else if (command === "M104" || command === "M109") reading.nozzleC = s ?? reading.nozzleC;
  else if (command === "M140" || command === "M190") reading.bedC = s ?? reading.bedC;
  else if (command === "M141" || command === "M191") reading.chamberC = Math.max(reading.chamberC, s ?? 0);
  else if (command === "M106" && (numbers.get("P") ?? 0) <= 1) reading.partFanPct = ((s ?? FULL_FAN) * 100) / FULL_FAN;
  else if (command === "M107") reading.partFanPct = 0;
  else if (command === "M600") reading.interludes.push({ kind: "filament-change", layer: reading.layers.length });
  settle(reading);
}

/** The last setting of a layer stands for it; heat that goes off at the end of the file does not. */
function settle({ layer, nozzleC, bedC, partFanPct }: Reading): void {
  if (nozzleC > 0) layer.nozzleC = nozzleC;
  if (bedC > 0) layer.bedC = bedC;
  layer.partFanPct = partFanPct;
}

function move(reading: Reading, numbers: ReadonlyMap<string, number>): void {
  const feed = numbers.get("F");
  if (feed !== undefined && feed > 0) reading.feedMmS = feed / 60;
  const { x, y, z } = reading;
  reading.x = numbers.get("X") ?? x;
  reading.y = numbers.get("Y") ?? y;
  reading.z = numbers.get("Z") ?? z;
  const e = numbers.get("E");
  const pushedMm = e === undefined ? 0 : reading.isRelativeE ? e : e - reading.lastE;
  if (e !== undefined && !reading.isRelativeE) reading.lastE = e;
  const movedMm = Math.hypot(reading.x - x, reading.y - y, reading.z - z);
  reading.layer.movedMm += movedMm;
  reading.layer.extrudedMm += pushedMm;
  reading.layer.seconds += (movedMm > 0 ? movedMm : Math.abs(pushedMm)) / reading.feedMmS;
}
