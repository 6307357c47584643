/**
 * A machine as Bambu messages: the whole report, or what changed since the last one, with the habits of each model. Hides field names
 * and packings. What must hold: full plus deltas gives the machine as it is.
 */
import { toWire } from "../model/code.ts";
import { type JobState, progressPct, remainingMin } from "./job/job.ts";
import type { Machine } from "./machine.ts";
import type { BambuFacts } from "./models.ts";
import type { FilamentUnitState, Heater } from "./world/world.ts";

type Fields = Record<string, unknown>;

export interface Wire {
  /** Everything, with `msg` 0. */
  full(): Fields;
  /** What the machine sends by itself this second: when nothing changed, its signal alone. */
  push(): Fields;
  version(sequenceId: string): Fields;
}

const GCODE_STATES: Readonly<Record<JobState, string>> = {
  idle: "IDLE",
  preparing: "PREPARE",
  printing: "RUNNING",
  paused: "PAUSE",
  finished: "FINISH",
  failed: "FAILED",
};

const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
/** A sensor that reads below zero says 0. */
const told = (heater: Heater, digits: number): number => round(Math.max(0, heater.readC), digits);
/** Current temperature in the low half, target in the high one. */
const packed = (heater: Heater): number => ((Math.max(0, Math.round(heater.targetC)) << 16) | told(heater, 0)) >>> 0;
/** Fans are told as they are ordered, in fifteenths, as text. */
const fifteenths = (duty: number): string => String(Math.round(duty * 15));
const byte = (duty: number): number => Math.round(duty * 255);
const percent = (duty: number): number => Math.round(duty * 100);

/** @throws {RangeError} for a machine of another kind. */
function bambuFacts({ model, facts }: Machine): BambuFacts {
  if (facts.firmware === "bambu") return facts;
  throw new RangeError(`a virtual ${model} does not speak as Bambu printers do`);
}

const MATERIALS = [
  { type: "PLA", color: "F2F2F2FF", min: 190, max: 230 },
  { type: "PETG", color: "1F5FBFFF", min: 230, max: 260 },
  { type: "ABS", color: "2B2B2BFF", min: 240, max: 280 },
  { type: "PLA", color: "D9480FFF", min: 190, max: 230 },
] as const;

function tray(slot: number, remainPct: number, isEmpty: boolean): Fields {
  const material = MATERIALS[slot] ?? MATERIALS[0];
  if (isEmpty) return { id: String(slot) };
  return {
    id: String(slot),
    tray_type: material.type,
    tray_color: material.color,
    remain: Math.max(1, Math.round(remainPct)),
    nozzle_temp_min: String(material.min),
    nozzle_temp_max: String(material.max),
    tray_diameter: "1.75",
    state: 11,
  };
}

/** Steps of half a degree: units speak of their climate now and then, not all the time. */
function unit(id: number, { humidityPct, tempC, slots }: FilamentUnitState, emptySlot: number | undefined): Fields {
  return {
    id: String(id),
    humidity: String(Math.max(1, Math.min(5, 6 - Math.ceil(humidityPct / 16)))),
    humidity_raw: String(Math.round(humidityPct)),
    temp: (Math.round(tempC * 2) / 2).toFixed(1),
    tray: slots.map(({ remainPct, isLoaded }, slot) => tray(slot, remainPct, !isLoaded || slot === emptySlot)),
  };
}

function filament(machine: Machine, { unitIds }: BambuFacts): Fields {
  const isSlot2Empty = machine.standing().includes("ams-runout");
  const slots = isSlot2Empty ? 0b1101 : 0b1111;
  return {
    ams: machine.world.units.map((state, index) => unit(unitIds[index] ?? index, state, index === 0 && isSlot2Empty ? 1 : undefined)),
    ams_exist_bits: unitIds.length > 1 ? "11" : "1",
    tray_exist_bits: (unitIds.length > 1 ? 0x10000 | slots : slots).toString(16),
    tray_now: machine.job.state === "printing" ? "0" : "255",
    tray_tar: "255",
    version: 3,
  };
}

function device(machine: Machine): Fields {
  const { nozzles, bed, chamber, fans } = machine.world;
  return {
    type: 1,
    bed: { info: { temp: packed(bed) }, state: bed.targetC > 0 ? 2 : 0 },
    bed_temp: packed(bed),
    ctc: { info: { temp: packed(chamber) }, state: chamber.targetC > 0 ? 2 : 0 },
    extruder: {
      state: nozzles.length,
      info: nozzles.map((nozzle, id) => ({
        id,
        temp: packed(nozzle),
        info: id === 0 ? 0x4f : 8,
        hnow: id,
        stat: 0,
        snow: id === 0 ? 0 : 0xffff,
      })),
    },
    nozzle: { exist: nozzles.length === 2 ? 3 : 1, info: nozzles.map((_nozzle, id) => ({ id, type: "HS01", diameter: 0.4, wear: 0 })) },
    airduct: {
      modeCur: 0,
      parts: [
        { id: 16, state: percent(fans.part.duty) },
        { id: 32, state: percent(fans.aux.duty) },
        { id: 48, state: percent(fans.chamber.duty) },
      ],
    },
  };
}

function temperatures({ world }: Machine, facts: BambuFacts): Fields {
  const { nozzles, bed, chamber } = world;
  const [nozzle] = nozzles;
  if (nozzle === undefined) return {};
  // clients take the nozzle from `device` where there is one: both must say the same
  const digits = facts.hasDevice ? 0 : 2;
  return {
    nozzle_temper: told(nozzle, digits),
    nozzle_target_temper: nozzle.targetC,
    bed_temper: told(bed, digits),
    bed_target_temper: bed.targetC,
    // a machine without the sensor says 5
    chamber_temper: facts.hasChamberSensor ? told(chamber, 0) : 5,
  };
}

function fanFields({ world: { fans } }: Machine): Fields {
  const gear = (byte(fans.chamber.duty) << 16) | (byte(fans.aux.duty) << 8) | byte(fans.part.duty);
  return {
    heatbreak_fan_speed: fifteenths(fans.hotend.duty),
    cooling_fan_speed: fifteenths(fans.part.duty),
    big_fan1_speed: fifteenths(fans.aux.duty),
    big_fan2_speed: fifteenths(fans.chamber.duty),
    fan_gear: gear,
  };
}

function jobFields({ job }: Machine, facts: BambuFacts): Fields {
  const isIdle = job.state === "idle" || job.state === "finished" || job.state === "failed";
  const layers: Fields = { layer_num: job.layer, total_layer_num: job.plan.layers };
  return {
    gcode_state: GCODE_STATES[job.state],
    stg_cur: isIdle ? facts.idleStage : job.stage,
    print_type: isIdle ? "idle" : "local",
    mc_percent: progressPct(job),
    mc_remaining_time: remainingMin(job),
    ...layers,
    ...(facts.hasDevice ? { "3D": layers } : {}),
    subtask_name: job.plan.name,
    gcode_file: `/data/Metadata/plate_1.gcode`,
    job_id: String(job.number),
    task_id: String(job.number),
    subtask_id: String(job.number),
  };
}

/** X1: signed, every axis homed, card in; it carries the door itself, the others carry theirs in `stat`. */
const HOME_FLAG_X1 = -1_067_070_313;
const HOME_FLAG_OTHERS = 0x0d61_4107;
const STAT_H2 = 0x16_3821_8170n;
const STAT_OTHERS = 0x4625_8008n;
const DOOR_BIT = 23;
const FAST_PCT = 150;

function flags({ model, world }: Machine, { hasDevice }: BambuFacts): Fields {
  const door = world.isDoorOpen ? 1 : 0;
  const stat = hasDevice ? STAT_H2 : STAT_OTHERS;
  return {
    home_flag: model === "X1C" ? HOME_FLAG_X1 | (door << DOOR_BIT) : HOME_FLAG_OTHERS,
    stat: (stat | BigInt(door << DOOR_BIT)).toString(16),
  };
}

/** The same objects in every message: what is the same object has not changed. */
const UNCHANGING: Fields = {
  fun: "3EC1AFFF9CFF",
  sdcard: true,
  nozzle_diameter: "0.4",
  nozzle_type: "hardened_steel",
  lights_report: [{ node: "chamber_light", mode: "on" }],
  ipcam: { ipcam_dev: "1", ipcam_record: "enable", timelapse: "disable", resolution: "1080p", rtsp_url: "disable" },
  upgrade_state: { status: "IDLE", progress: "0", new_version_state: 2, err_code: 0 },
  online: { ahb: true, rfid: true, version: 7 },
  net: { conf: 16, info: [{ ip: 0x0100007f, mask: 0xff }] },
  queue_number: 0,
  err: "0",
};
const XCAM: Fields = { printing_monitor: true, spaghetti_detector: true, first_layer_inspector: false, print_halt: true };
const XCAM_WITH_LIDAR: Fields = { ...XCAM, first_layer_inspector: true };

function steadyFields(machine: Machine, facts: BambuFacts): Fields {
  const { job, world } = machine;
  return {
    ...flags(machine, facts),
    ...UNCHANGING,
    xcam: facts.hasLidar ? XCAM_WITH_LIDAR : XCAM,
    hw_switch_state: world.extruder.isFilamentSeen ? 1 : 0,
    spd_lvl: job.speedPct > FAST_PCT ? 4 : 2,
    spd_mag: job.speedPct,
    ams_status: job.state === "printing" ? 768 : 0,
  };
}

function fields(machine: Machine): Fields {
  const facts = bambuFacts(machine);
  return {
    ...steadyFields(machine, facts),
    ...temperatures(machine, facts),
    ...fanFields(machine),
    ...jobFields(machine, facts),
    wifi_signal: `${Math.round(machine.world.network.rssiDbm)}dBm`,
    print_error: machine.printError(),
    hms: machine.hms().map(toWire),
    ams: filament(machine, facts),
    ...(facts.hasDevice ? { device: device(machine) } : {}),
  };
}

function changed(before: Fields, after: Fields): Fields {
  const delta: Fields = {};
  for (const name in after) {
    const [value, old] = [after[name], before[name]];
    if (value === old) continue;
    if (typeof value === "object" && JSON.stringify(value) === JSON.stringify(old)) continue;
    delta[name] = value;
  }
  return delta;
}

function version(machine: Machine, sequenceId: string): Fields {
  const { serial } = machine;
  const facts = bambuFacts(machine);
  const module = (name: string, hardware: string, firmware: string, product = ""): Fields => ({
    name,
    project_name: facts.projectName,
    product_name: product,
    sw_ver: firmware,
    hw_ver: hardware,
    loader_ver: "00.00.00.00",
    sn: name === "ota" ? serial : `${serial.slice(0, 3)}${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "")}${serial.slice(6)}`,
    flag: 0,
  });
  const units = facts.unitIds.map((id) =>
    id >= 128 ? module(`n3s/${id}`, "N3S05", "02.00.19.47", "AMS HT (1)") : module(`ams/${id}`, "AMS08", "00.00.06.49", `AMS (${id + 1})`),
  );
  const modules = [
    module("ota", facts.hardware, facts.version, facts.productName),
    module("mc", "MC09", "00.00.29.75"),
    module("th", "TH09", "00.00.09.95"),
  ];
  return { info: { command: "get_version", sequence_id: sequenceId, module: [...modules, ...units], result: "success", reason: "" } };
}

export function createWire(machine: Machine): Wire {
  const { pushes } = bambuFacts(machine);
  let last: Fields | undefined;
  let sequence = 0;
  const message = (kind: 0 | 1, content: Fields): Fields => ({
    print: { ...content, command: "push_status", msg: kind, sequence_id: String(++sequence) },
  });
  function full(): Fields {
    last = fields(machine);
    return message(0, last);
  }
  return {
    full,
    push: () => {
      if (pushes === "full" || last === undefined) return full();
      const now = fields(machine);
      const delta = changed(last, now);
      last = now;
      return message(1, Object.keys(delta).length === 0 ? { wifi_signal: now["wifi_signal"] } : delta);
    },
    version: (sequenceId) => version(machine, sequenceId),
  };
}
