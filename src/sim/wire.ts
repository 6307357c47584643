/**
 * A machine as Bambu messages: the whole report, or what changed since the last one, with the habits of each model. Hides field names
 * and packings. What must hold: full plus deltas gives the machine as it is.
 */
import { toWire } from "../model/code.ts";
import type { Body } from "./physics.ts";
import type { Machine } from "./machine.ts";
import { progressPct, remainingMin, type JobState } from "./job.ts";

type Fields = Record<string, unknown>;

export interface Wire {
  /** Everything, with `msg` 0. */
  full(): Fields;
  /** What the machine sends by itself this second; undefined when nothing changed. */
  push(): Fields | undefined;
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
/** Current temperature in the low half, target in the high one. */
const packed = (body: Body): number =>
  ((Math.max(0, Math.round(body.targetC)) << 16) | (Math.max(0, Math.round(body.readC)) & 0xffff)) >>> 0;
/** Fans are told in fifteenths, as text. */
const fifteenths = (pct: number): string => String(Math.round((pct * 15) / 100));
const byte = (pct: number): number => Math.round((pct * 255) / 100);

const MATERIALS = [
  { type: "PLA", color: "F2F2F2FF", min: 190, max: 230 },
  { type: "PETG", color: "1F5FBFFF", min: 230, max: 260 },
  { type: "ABS", color: "2B2B2BFF", min: 240, max: 280 },
  { type: "PLA", color: "D9480FFF", min: 190, max: 230 },
] as const;

function tray(slot: number, used: number, isEmpty: boolean): Fields {
  const material = MATERIALS[slot] ?? MATERIALS[0];
  if (isEmpty) return { id: String(slot) };
  return {
    id: String(slot),
    tray_type: material.type,
    tray_color: material.color,
    remain: Math.max(1, 90 - slot * 20 - used),
    nozzle_temp_min: String(material.min),
    nozzle_temp_max: String(material.max),
    tray_diameter: "1.75",
    state: 11,
  };
}

function filament(machine: Machine): Fields {
  const used = Math.floor(machine.elapsedS() / 900) % 20;
  const isSlot2Empty = machine.standing().includes("ams-runout");
  const units = machine.facts.filamentUnits.map((id) => {
    const slots = id >= 128 ? [0] : [0, 1, 2, 3];
    return {
      id: String(id),
      humidity: "4",
      humidity_raw: id >= 128 ? "18" : "27",
      temp: id >= 128 ? "31.0" : "26.5",
      tray: slots.map((slot) => tray(slot, slot === 0 ? used : 0, id === 0 && slot === 1 && isSlot2Empty)),
    };
  });
  const slots = isSlot2Empty ? 0b1101 : 0b1111;
  return {
    ams: units,
    ams_exist_bits: machine.facts.filamentUnits.length > 1 ? "11" : "1",
    tray_exist_bits: (machine.facts.filamentUnits.length > 1 ? 0x10000 | slots : slots).toString(16),
    tray_now: machine.job.state === "printing" ? "0" : "255",
    tray_tar: "255",
    version: 3,
  };
}

function device(machine: Machine): Fields {
  const { nozzles, bed, chamber, fans } = machine.physics;
  return {
    type: 1,
    bed: { info: { temp: packed(bed) }, state: bed.targetC > 0 ? 2 : 0 },
    bed_temp: packed(bed),
    ctc: { info: { temp: Math.round(chamber.readC) }, state: 0 },
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
        { id: 16, state: Math.round(fans.partPct) },
        { id: 32, state: Math.round(fans.auxPct) },
        { id: 48, state: Math.round(fans.chamberPct) },
      ],
    },
  };
}

function temperatures(machine: Machine): Fields {
  const { nozzles, bed, chamber } = machine.physics;
  const [nozzle] = nozzles;
  if (nozzle === undefined) return {};
  // clients take the nozzle from `device` where there is one: both must say the same
  const digits = machine.facts.hasDevice ? 0 : 2;
  return {
    nozzle_temper: round(Math.max(0, nozzle.readC), digits),
    nozzle_target_temper: nozzle.targetC,
    bed_temper: round(bed.readC, digits),
    bed_target_temper: bed.targetC,
    // a machine without the sensor says 5
    chamber_temper: machine.facts.hasChamberSensor ? Math.round(chamber.readC) : 5,
  };
}

function fanFields(machine: Machine): Fields {
  const { fans } = machine.physics;
  const gear = (byte(fans.chamberPct) << 16) | (byte(fans.auxPct) << 8) | byte(fans.partPct);
  return {
    heatbreak_fan_speed: fifteenths(fans.hotendPct),
    cooling_fan_speed: fifteenths(fans.partPct),
    big_fan1_speed: fifteenths(fans.auxPct),
    big_fan2_speed: fifteenths(fans.chamberPct),
    fan_gear: gear,
  };
}

function jobFields(machine: Machine): Fields {
  const { job, facts } = machine;
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

/** X1: signed, every axis homed, card in; the others carry the door in `stat`. */
const HOME_FLAG_X1 = -1_067_070_313;
const HOME_FLAG_OTHERS = 0x0d61_4107;

function steadyFields(machine: Machine): Fields {
  return {
    home_flag: machine.model === "X1C" ? HOME_FLAG_X1 : HOME_FLAG_OTHERS,
    stat: machine.facts.hasDevice ? "1638218170" : "46258008",
    fun: "3EC1AFFF9CFF",
    sdcard: true,
    hw_switch_state: 1,
    spd_lvl: 2,
    spd_mag: 100,
    nozzle_diameter: "0.4",
    nozzle_type: "hardened_steel",
    lights_report: [{ node: "chamber_light", mode: "on" }],
    ipcam: { ipcam_dev: "1", ipcam_record: "enable", timelapse: "disable", resolution: "1080p", rtsp_url: "disable" },
    xcam: { printing_monitor: true, spaghetti_detector: true, first_layer_inspector: machine.facts.hasLidar, print_halt: true },
    upgrade_state: { status: "IDLE", progress: "0", new_version_state: 2, err_code: 0 },
    online: { ahb: true, rfid: true, version: 7 },
    net: { conf: 16, info: [{ ip: 0x0100007f, mask: 0xff }] },
    ams_status: machine.job.state === "printing" ? 768 : 0,
    queue_number: 0,
    err: "0",
  };
}

function fields(machine: Machine): Fields {
  return {
    ...steadyFields(machine),
    ...temperatures(machine),
    ...fanFields(machine),
    ...jobFields(machine),
    wifi_signal: `${machine.wifiDbm()}dBm`,
    print_error: machine.printError(),
    hms: machine.hms().map(toWire),
    ams: filament(machine),
    ...(machine.facts.hasDevice ? { device: device(machine) } : {}),
  };
}

function changed(before: Fields, after: Fields): Fields {
  const delta: Fields = {};
  for (const [name, value] of Object.entries(after)) {
    const old = before[name];
    if (value === old) continue;
    if (typeof value === "object" && JSON.stringify(value) === JSON.stringify(old)) continue;
    delta[name] = value;
  }
  return delta;
}

function version(machine: Machine, sequenceId: string): Fields {
  const { facts, serial } = machine;
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
  const units = facts.filamentUnits.map((id) =>
    id >= 128 ? module(`n3s/${id}`, "N3S05", "02.00.19.47", "AMS HT (1)") : module(`ams/${id}`, "AMS08", "00.00.06.49", `AMS (${id + 1})`),
  );
  const modules = [
    module("ota", facts.hardware, facts.firmware, facts.productName),
    module("mc", "MC09", "00.00.29.75"),
    module("th", "TH09", "00.00.09.95"),
  ];
  return { info: { command: "get_version", sequence_id: sequenceId, module: [...modules, ...units], result: "success", reason: "" } };
}

export function createWire(machine: Machine): Wire {
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
      if (machine.facts.pushes === "full" || last === undefined) return full();
      const now = fields(machine);
      const delta = changed(last, now);
      last = now;
      return Object.keys(delta).length === 0 ? undefined : message(1, delta);
    },
    version: (sequenceId) => version(machine, sequenceId),
  };
}
