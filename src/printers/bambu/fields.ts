/**
 * Every field of a report that is read, one by one: a message that carries five costs five, and a field that is absent leaves
 * everything as it was. Readings that follow from one field alone go straight into the draft; the rest waits for `finish`.
 */
import { deviceFromWire, hmsFromWire, isDeviceAlert, type HmsCode } from "../../model/code.ts";
import * as bambu from "./constants.ts";
import * as known from "./facts.ts";
import type { Draft, Facts, Heater } from "./facts.ts";
import { integerOf, isRecord, type Json, numberOf, tempOf, textOf, unpackTemp } from "./values.ts";

type Field = (facts: Facts, draft: Draft, value: unknown, complete: boolean) => void;

const plainTemp =
  (place: "nozzle" | "bed" | "chamber", side: keyof Heater, bit: number): Field =>
  (facts, _draft, value) => {
    const temp = tempOf(value);
    if (temp === undefined) return;
    known.setPlain(facts[place][side], temp, known.TEMP_TOLERANCE_C);
    facts.changed |= bit;
  };

const fanSteps =
  (index: 0 | 1 | 2): Field =>
  (facts, _draft, value) => {
    const steps = numberOf(value, 0, bambu.FAN_STEPS);
    if (steps === undefined) return;
    known.setPlain(facts.fans[index], Math.round((steps * 100) / bambu.FAN_STEPS), known.FAN_TOLERANCE_PCT);
    facts.changed |= known.FANS;
  };

/** The draft is written by name, see finish.ts. */
const whole =
  (max: number, write: (draft: Draft, value: number) => void): Field =>
  (_facts, draft, value) => {
    const read = integerOf(value, 0, max);
    if (read !== undefined) write(draft, read);
  };

const MANY = 1_000_000;
const layer = whole(MANY, (draft, value) => void (draft.layer = value));
const totalLayers = whole(MANY, (draft, value) => void (draft.totalLayers = value));

function readHms(facts: Facts, draft: Draft, value: unknown): void {
  if (!Array.isArray(value)) return;
  const numbers: number[] = [];
  for (const item of value.length > MAX_HMS ? value.slice(0, MAX_HMS) : value) {
    const attr = isRecord(item) ? integerOf(item["attr"], -0x8000_0000, 0xffff_ffff) : undefined;
    const code = isRecord(item) ? integerOf(item["code"], -0x8000_0000, 0xffff_ffff) : undefined;
    if (attr !== undefined && code !== undefined) numbers.push(attr, code);
  }
  // the same list again, as in nearly every message, costs no text
  if (numbers.length !== facts.hmsNumbers.length || numbers.some((number, i) => number !== facts.hmsNumbers[i])) {
    const codes = new Set<HmsCode>();
    for (let i = 0; i < numbers.length; i += 2) codes.add(hmsFromWire(numbers[i] ?? 0, numbers[i + 1] ?? 0));
    facts.hmsNumbers = numbers;
    facts.hmsCodes = [...codes];
  }
  draft.hmsCodes = facts.hmsCodes;
}

const MAX_HMS = 256;

/** 0 and status values of a running job say that no device error stands. */
function readPrintError(facts: Facts, draft: Draft, value: unknown): void {
  const error = integerOf(value, -0x8000_0000, 0xffff_ffff);
  if (error === undefined) return;
  if (error !== facts.printError) {
    facts.printError = error;
    facts.deviceCodes = isDeviceAlert(error) ? [deviceFromWire(error)] : [];
  }
  draft.deviceCodes = facts.deviceCodes;
}

/** Extruder 0 is the right or only one, 1 the left. */
function readExtruders(facts: Facts, draft: Draft, list: unknown): void {
  if (!Array.isArray(list)) return;
  for (const info of list.slice(0, 8)) {
    const pair = isRecord(info) ? unpackTemp(info["temp"]) : undefined;
    if (!isRecord(info) || pair === undefined) continue;
    const id = integerOf(info["id"], 0, 255);
    if (id === 0) {
      known.setPacked(facts.nozzle, pair);
      facts.changed |= known.NOZZLE;
    } else if (id === 1) {
      facts.twoExtruders = true;
      facts.changed |= known.NOZZLE;
      draft.leftNozzleTempC = pair.currentC;
      draft.leftNozzleTargetC = pair.targetC;
    }
  }
}

function readDevice(facts: Facts, draft: Draft, device: unknown): void {
  if (!isRecord(device)) return;
  const { extruder, bed, ctc } = device;
  if (isRecord(extruder)) readExtruders(facts, draft, extruder["info"]);
  const bedPair = unpackTemp(infoTemp(bed)) ?? unpackTemp(device["bed_temp"]);
  if (bedPair !== undefined) {
    known.setPacked(facts.bed, bedPair);
    facts.changed |= known.BED;
  }
  const chamberPair = unpackTemp(infoTemp(ctc));
  if (chamberPair !== undefined) {
    known.setPacked(facts.chamber, chamberPair);
    facts.changed |= known.CHAMBER;
  }
}

function infoTemp(part: unknown): unknown {
  const info = isRecord(part) ? part["info"] : undefined;
  return isRecord(info) ? info["temp"] : undefined;
}

function readChamber(facts: Facts, _draft: Draft, value: unknown): void {
  const plain = numberOf(value, -300, 0xffff_ffff);
  if (plain === undefined) return;
  const pair = plain > bambu.CHAMBER_PACKED_ABOVE ? unpackTemp(plain) : undefined;
  known.setPlain(facts.chamber.current, pair?.currentC ?? plain, known.TEMP_TOLERANCE_C);
  if (pair !== undefined) known.setPlain(facts.chamber.target, pair.targetC, known.TEMP_TOLERANCE_C);
  facts.changed |= known.CHAMBER;
}

function readFanGear(facts: Facts, value: unknown): void {
  const gear = integerOf(value, 0, 0xff_ffff);
  if (gear === undefined) return;
  for (const [index, fan] of facts.fans.entries()) {
    known.setFine(fan, Math.round((((gear >>> (index * 8)) & 0xff) * 100) / 255), known.FAN_TOLERANCE_PCT);
  }
  facts.changed |= known.FANS;
}

function readWifi(facts: Facts, _draft: Draft, value: unknown): void {
  const text = textOf(value, 16);
  if (text === undefined) return;
  const dbm = numberOf(text.endsWith("dBm") ? text.slice(0, -3) : text, -150, 0);
  if (dbm === undefined) return;
  facts.wifiDbm = dbm;
  facts.changed |= known.WIFI;
}

function readThree(facts: Facts, draft: Draft, value: unknown, complete: boolean): void {
  if (!isRecord(value)) return;
  layer(facts, draft, value["layer_num"], complete);
  totalLayers(facts, draft, value["total_layer_num"], complete);
}

/** The fields of a `print` object that are read, but for the packed ones. */
export const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  [
    "gcode_state",
    (facts, draft, value) => {
      if (typeof value !== "string") return;
      facts.state = draft.state = bambu.STATE_OF_GCODE.get(value) ?? "unknown";
      facts.changed |= known.STAGE;
    },
  ],
  [
    "stg_cur",
    (facts, _draft, value) => {
      facts.stageNumber = integerOf(value, -1, 0xffff) ?? facts.stageNumber;
      facts.changed |= known.STAGE;
    },
  ],
  [
    "subtask_name",
    (facts, _draft, value) => {
      facts.jobTitle = textOf(value, 256) ?? facts.jobTitle;
      facts.changed |= known.JOB;
    },
  ],
  [
    "gcode_file",
    (facts, _draft, value) => {
      facts.jobFile = textOf(value, 1_024) ?? facts.jobFile;
      facts.changed |= known.JOB;
    },
  ],
  ["mc_percent", whole(100, (draft, value) => void (draft.progressPct = value))],
  ["mc_remaining_time", whole(MANY, (draft, value) => void (draft.remainingMin = value))],
  ["layer_num", layer],
  ["total_layer_num", totalLayers],
  ["3D", readThree],
  ["spd_mag", whole(1_000, (draft, value) => void (draft.speedPct = value))],
  ["nozzle_temper", plainTemp("nozzle", "current", known.NOZZLE)],
  ["nozzle_target_temper", plainTemp("nozzle", "target", known.NOZZLE)],
  ["bed_temper", plainTemp("bed", "current", known.BED)],
  ["bed_target_temper", plainTemp("bed", "target", known.BED)],
  ["chamber_temper", readChamber],
  ["cooling_fan_speed", fanSteps(0)],
  ["big_fan1_speed", fanSteps(1)],
  ["big_fan2_speed", fanSteps(2)],
  [
    "heatbreak_fan_speed",
    (_facts, draft, value) => {
      const steps = numberOf(value, 0, bambu.FAN_STEPS);
      if (steps !== undefined) draft.hotendFanPct = Math.round((steps * 100) / bambu.FAN_STEPS);
    },
  ],
  ["wifi_signal", readWifi],
  [
    "home_flag",
    (facts, _draft, value) => {
      facts.homeFlag = integerOf(value, -0x8000_0000, 0xffff_ffff) ?? facts.homeFlag;
      facts.changed |= known.FLAGS;
    },
  ],
  [
    "stat",
    (facts, _draft, value) => {
      facts.stat = textOf(value, 32) ?? facts.stat;
      facts.changed |= known.FLAGS;
    },
  ],
  [
    "hw_switch_state",
    (_facts, draft, value) => {
      const bits = integerOf(value, 0, 255);
      if (bits !== undefined) draft.filamentAtExtruder = (bits & 1) === 1;
    },
  ],
  ["hms", readHms],
  ["print_error", readPrintError],
  [
    "ams",
    (facts, draft, value, complete) => {
      facts.filament.accept(value, complete);
      const units = facts.filament.units();
      if (units !== undefined) draft.filamentUnits = units;
    },
  ],
]);

/** Read after all others. */
export function readPacked(facts: Facts, draft: Draft, print: Json): void {
  if (print["device"] !== undefined) readDevice(facts, draft, print["device"]);
  if (print["fan_gear"] !== undefined) readFanGear(facts, print["fan_gear"]);
}
