/**
 * Klipper's status objects as readings, one reader per object, chosen once by the object's name. People name their sensors and fans
 * themselves: a name that tells what it is gives a reading, any other is left out rather than guessed at.
 */
import type { PrinterState, Readings } from "../../model/telemetry.ts";
import type { NumericReading } from "../../model/machine-parts.ts";
import { integerOf, isRecord, type Json, numberOf, tempOf, textOf } from "../bambu/values.ts";
import { type Counters, createCounters } from "./counters.ts";
import type { Known, ObjectReader } from "./known.ts";

const MANY = 1e9;
const MAX_RPM = 1e6;
const MAX_MM = 1e5;

const pctOf = (value: unknown): number | undefined => {
  const part = numberOf(value, 0, 1);
  return part === undefined ? undefined : part * 100;
};

/** Undefined when Klipper knows none: an object at work says null. */
const STATE_OF_PRINT: ReadonlyMap<unknown, PrinterState> = new Map([
  ["standby", "idle"],
  ["printing", "printing"],
  ["paused", "paused"],
  ["complete", "finished"],
  // a person's choice is no failure
  ["cancelled", "idle"],
  ["error", "failed"],
]);

type NumericName = NumericReading & keyof Readings;

const heater =
  (known: Known, temp: NumericName, target: NumericName, duty: NumericName): ObjectReader =>
  (fields) => {
    known.set(temp, tempOf(fields["temperature"]));
    known.set(target, tempOf(fields["target"]));
    known.set(duty, pctOf(fields["power"]));
  };

const fan =
  (known: Known, duty: NumericName, rpm: NumericName): ObjectReader =>
  (fields) => {
    known.set(duty, pctOf(fields["speed"]));
    known.set(rpm, numberOf(fields["rpm"], 0, MAX_RPM));
  };

/** What a sensor measures, by the name that its owner gave it. */
const SENSORS: readonly (readonly [RegExp, NumericName])[] = [
  [/chamber|enclosure/i, "chamberTempC"],
  [/heat_?sink|heat_?break|cold_?end/i, "heatsinkTempC"],
  [/raspberry|\brpi\b|host|\bpi\b|\bcpu\b|\bsbc\b/i, "hostTempC"],
  [/mcu|board|octopus|skr|spider|manta/i, "boardTempC"],
];

const sensorOf = (name: string): NumericName | undefined =>
  SENSORS.find(([words]) => words.test(name.replaceAll("_", " ")) || words.test(name))?.[1];

interface FanReadings {
  readonly duty: NumericName;
  readonly rpm: NumericName;
}

const PART_FAN: FanReadings = { duty: "partFanPct", rpm: "partFanRpm" };
const HOTEND_FAN: FanReadings = { duty: "hotendFanPct", rpm: "hotendFanRpm" };
const CONTROLLER_FAN: FanReadings = { duty: "controllerFanPct", rpm: "controllerFanRpm" };
const AUX_FAN: FanReadings = { duty: "auxFanPct", rpm: "auxFanRpm" };
const CHAMBER_FAN: FanReadings = { duty: "chamberFanPct", rpm: "chamberFanRpm" };

function namedFan(name: string): FanReadings | undefined {
  if (/chamber|exhaust|enclosure/i.test(name)) return CHAMBER_FAN;
  if (/aux|side/i.test(name)) return AUX_FAN;
  if (/controller|mcu|board|electronic|host|pi\b/i.test(name)) return CONTROLLER_FAN;
  return undefined;
}

function readPrintStats(known: Known, fields: Json): void {
  const { state, filename, info } = fields;
  if (typeof state === "string") known.set("state", STATE_OF_PRINT.get(state) ?? "unknown");
  const file = textOf(filename, 1_024);
  const job = file?.slice(file.lastIndexOf("/") + 1).slice(0, 256);
  // an empty name takes back a real one
  if (job !== undefined && (job !== "" || known.readings.jobName !== undefined)) known.set("jobName", job);
  if (!isRecord(info)) return;
  known.set("layer", integerOf(info["current_layer"], 0, MANY));
  known.set("totalLayers", integerOf(info["total_layer"], 0, MANY));
}

function readToolhead(known: Known, fields: Json): void {
  known.set("mcuTimeS", numberOf(fields["estimated_print_time"], 0, MANY));
  const homed = textOf(fields["homed_axes"], 8);
  if (homed !== undefined) known.set("homedAxes", homed.toLowerCase());
  const { position } = fields;
  if (!Array.isArray(position)) return;
  known.set("xMm", numberOf(position[0], -MAX_MM, MAX_MM));
  known.set("yMm", numberOf(position[1], -MAX_MM, MAX_MM));
  known.set("zMm", numberOf(position[2], -MAX_MM, MAX_MM));
}

function readMotion(known: Known, fields: Json): void {
  const { live_position: live } = fields;
  if (Array.isArray(live)) known.set("extrudedMm", numberOf(live[3], -MANY, MANY));
  known.set("extrusionMmS", numberOf(fields["live_extruder_velocity"], -1e4, 1e4));
}

const MAX_MESH = 256;

/** Undefined for what is no mesh; Klipper writes none as [[]]. */
function meshOf(raw: unknown): readonly (readonly number[])[] | undefined {
  if (!Array.isArray(raw) || raw.length === 0 || raw.length > MAX_MESH) return undefined;
  const rows: number[][] = [];
  for (const row of raw as readonly unknown[]) {
    if (!Array.isArray(row) || row.length === 0 || row.length > MAX_MESH) return undefined;
    const heights = row.map((height: unknown) => (typeof height === "number" ? numberOf(height, -100, 100) : undefined));
    if (heights.includes(undefined) || heights.length !== (rows[0]?.length ?? heights.length)) return undefined;
    rows.push(heights as number[]);
  }
  return rows;
}

const sameMesh = (a: readonly (readonly number[])[] | undefined, b: readonly (readonly number[])[]): boolean =>
  a?.length === b.length && b.every((row, i) => row.every((height, j) => height === a[i]?.[j]));

function readMesh(known: Known, fields: Json): void {
  const mesh = fields["probed_matrix"] === undefined ? undefined : meshOf(fields["probed_matrix"]);
  if (mesh !== undefined && !sameMesh(known.readings.bedMesh, mesh)) known.set("bedMesh", mesh);
}

/** Several switches guard one path: filament is there when all that are in use see it. */
function filamentSwitches(known: Known): (name: string) => ObjectReader {
  const switches = new Map<string, { enabled?: boolean; detected?: boolean }>();
  return (name) => {
    const one: { enabled?: boolean; detected?: boolean } = {};
    switches.set(name, one);
    return (fields) => {
      noteSensor(one, fields);
      const inUse = [...switches.values()].filter(({ enabled, detected }) => enabled !== false && detected !== undefined);
      if (inUse.length > 0)
        known.set(
          "filamentAtExtruder",
          inUse.every(({ detected }) => detected === true),
        );
    };
  };
}

function filamentMotion(known: Known): ObjectReader {
  const sensor: { enabled?: boolean; detected?: boolean } = {};
  return (fields) => {
    noteSensor(sensor, fields);
    if (sensor.enabled !== false) known.set("filamentMoving", sensor.detected);
  };
}

function noteSensor(sensor: { enabled?: boolean; detected?: boolean }, { enabled, filament_detected: detected }: Json): void {
  if (typeof enabled === "boolean") sensor.enabled = enabled;
  if (typeof detected === "boolean") sensor.detected = detected;
}

/** Numbers in `drv_status` that are measurements or modes, not complaints. */
const NO_COMPLAINTS: ReadonlySet<string> = new Set([
  "cs_actual",
  "sg_result",
  "stst",
  "stealth",
  "fsactive",
  "t120",
  "t143",
  "t150",
  "t157",
]);

/** Flags of all drivers in one list; a driver that is switched off says null. */
function drivers(known: Known): (name: string) => ObjectReader {
  const flags = new Map<string, readonly string[]>();
  return (name) => {
    const motor = name.replace("stepper_", "").replace("extruder", "e");
    return ({ drv_status: status }) => {
      if (status === undefined) return;
      const set = isRecord(status) ? Object.keys(status).filter((flag) => status[flag] === 1 && !NO_COMPLAINTS.has(flag)) : [];
      flags.set(
        name,
        set.slice(0, 32).map((flag) => `${motor} ${flag.slice(0, 16)}`),
      );
      const all = [...flags.values()].flat();
      const before = known.readings.driverFlags;
      if (before?.length !== all.length || all.some((flag, i) => flag !== before[i])) known.set("driverFlags", all);
    };
  };
}

function display(known: Known): ObjectReader {
  return ({ progress }) => {
    const pct = pctOf(progress);
    if (pct !== undefined) known.set("progressPct", Math.round(pct * 10) / 10);
  };
}

/** Objects with fixed names. */
function fixedReaders(known: Known, counters: Counters, onLoad: (load: number) => void): ReadonlyMap<string, ObjectReader> {
  return new Map<string, ObjectReader>([
    ["extruder", heater(known, "nozzleTempC", "nozzleTargetC", "nozzleDutyPct")],
    ["extruder1", heater(known, "leftNozzleTempC", "leftNozzleTargetC", "leftNozzleDutyPct")],
    ["heater_bed", heater(known, "bedTempC", "bedTargetC", "bedDutyPct")],
    ["fan", fan(known, PART_FAN.duty, PART_FAN.rpm)],
    ["print_stats", (fields) => readPrintStats(known, fields)],
    ["display_status", display(known)],
    ["toolhead", (fields) => readToolhead(known, fields)],
    ["motion_report", (fields) => readMotion(known, fields)],
    ["bed_mesh", (fields) => readMesh(known, fields)],
    ["hall_filament_width_sensor", (fields) => known.set("filamentWidthMm", numberOf(fields["Diameter"], 0.1, 10))],
    ["mcu", counters.mcu()],
    [
      "gcode_move",
      ({ speed_factor: factor }) => {
        const pct = numberOf(factor, 0, 100);
        if (pct !== undefined) known.set("speedPct", Math.round(pct * 100));
      },
    ],
    [
      "system_stats",
      ({ sysload }) => {
        const load = numberOf(sysload, 0, 1e4);
        if (load !== undefined) onLoad(load);
      },
    ],
  ]);
}

/** Finds the reader of an object; undefined for those that are of no interest. */
export function createObjects(known: Known, onLoad: (load: number) => void): (object: string) => ObjectReader | undefined {
  const counters = createCounters(known);
  const fixed = fixedReaders(known, counters, onLoad);
  const switchOf = filamentSwitches(known);
  const driverOf = drivers(known);
  const found = new Map<string, ObjectReader | undefined>();
  /** Of two objects that would tell the same reading one has it: they must not take turns. */
  const owners = new Map<string, string>();

  /** The first that asks gets it; one that knows better takes it over. */
  function owns(object: string, reading: string, better = false): boolean {
    if (better || !owners.has(reading)) owners.set(reading, object);
    return owners.get(reading) === object;
  }

  function fanReader(object: string, one: FanReadings | undefined): ObjectReader | undefined {
    return one !== undefined && owns(object, one.duty) ? fan(known, one.duty, one.rpm) : undefined;
  }

  function thermometer(object: string, name: string): ObjectReader | undefined {
    const temp = sensorOf(name);
    if (temp === undefined) return undefined;
    return ({ temperature }) => {
      if (owns(object, temp)) known.set(temp, tempOf(temperature));
    };
  }

  function temperatureFan(object: string, name: string): ObjectReader | undefined {
    const turns = fanReader(object, namedFan(name));
    // its target is for cooling: no heater ever reaches for it
    const feels = thermometer(object, name);
    if (turns === undefined || feels === undefined) return turns ?? feels;
    return (fields) => {
      turns(fields);
      feels(fields);
    };
  }

  function special(object: string, kind: string, name: string): ObjectReader | undefined {
    if (kind.startsWith("tmc")) return driverOf(name);
    switch (kind) {
      case "heater_generic":
        if (sensorOf(name) !== "chamberTempC") return undefined;
        owns(object, "chamberTempC", true);
        return heater(known, "chamberTempC", "chamberTargetC", "chamberDutyPct");
      case "temperature_sensor":
        return thermometer(object, name);
      case "temperature_fan":
        return temperatureFan(object, name);
      case "heater_fan":
        return fanReader(object, namedFan(name) ?? HOTEND_FAN);
      case "controller_fan":
        return fanReader(object, CONTROLLER_FAN);
      case "fan_generic":
        return fanReader(object, namedFan(name));
      case "filament_switch_sensor":
        return switchOf(name);
      case "filament_motion_sensor":
        return owns(object, "filamentMoving") ? filamentMotion(known) : undefined;
      case "mcu":
        return counters.mcu();
      case "canbus_stats":
        return counters.can();
      default:
        return undefined;
    }
  }

  return (object) => {
    if (found.has(object)) return found.get(object);
    const [kind = "", ...rest] = object.split(" ");
    const reader = fixed.get(object) ?? (rest.length > 0 ? special(object, kind, rest.join(" ")) : undefined);
    // a hostile stream of names must not fill the memory
    if (found.size < MAX_OBJECTS) found.set(object, reader);
    else if (reader !== undefined) return undefined;
    return reader;
  };
}

const MAX_OBJECTS = 2_000;
