/**
 * A Klipper machine as the status objects of its host: names, units and roundings as Klipper has them. What must hold: only what a
 * sensor says is told, never the physical truth behind it.
 */
import { progressPct, type JobState } from "./job/job.ts";
import type { Machine } from "./machine.ts";
import { HOMES } from "./world/motion.ts";
import type { AxisName, Fan, Heater, World } from "./world/world.ts";

export type Fields = Readonly<Record<string, unknown>>;

export const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;

const AXES = ["x", "y", "z"] as const;
/** Cores of the host computer: its load is told for all of them together. */
export const CORES = 4;

const FULL_STEPS = 200;
const MICROSTEPS = 16;
const TURN_MM: Readonly<Record<AxisName, number>> = { x: 40, y: 40, z: 8 };
export const stepMm = (axis: AxisName): number => TURN_MM[axis] / FULL_STEPS / MICROSTEPS;

/** The part of the configuration that a client needs. */
export function settingsOf({ facts }: Machine): Fields {
  const steppers = AXES.map((axis) => [
    `stepper_${axis}`,
    { rotation_distance: TURN_MM[axis], microsteps: MICROSTEPS, full_steps_per_rotation: FULL_STEPS, gear_ratio: [] },
  ]);
  const kinematics = facts.body.kinematics === "corexy" ? "corexy" : "cartesian";
  return { settings: { printer: { kinematics }, ...(Object.fromEntries(steppers) as Fields) } };
}

const heater = ({ readC, targetC, duty }: Heater): Fields => ({ temperature: round(readC, 2), target: targetC, power: round(duty, 4) });
const fan = ({ duty, tachRpm }: Fan): Fields => ({ speed: round(duty, 3), rpm: tachRpm === undefined ? null : round(tachRpm, 2) });

/** An axis that homes is ordered to its end from the start, wherever it is on its way. */
function orderedMm({ axes, motion }: World, axis: AxisName): number {
  const { fromS, untilS } = HOMES[axis];
  const isHoming = motion.motion === "homing" && motion.lastsS > fromS && motion.lastsS <= untilS;
  return isHoming ? 0 : round(axes[axis].orderedMm, 3);
}

export function motionOf(world: World): Fields {
  const { axes, extruder, mcu } = world;
  const pushedMm = round(extruder.orderedMm, 4);
  return {
    toolhead: {
      homed_axes: AXES.filter((name) => axes[name].isHomed).join(""),
      estimated_print_time: round(mcu.timeS, 3),
      extruder: "extruder",
      position: [...AXES.map((axis) => orderedMm(world, axis)), pushedMm],
    },
    motion_report: {
      live_position: [...AXES.map((axis) => round(axes[axis].orderedMm, 3)), pushedMm],
      live_extruder_velocity: round(extruder.orderedMmS, 4),
    },
  };
}

export function filamentOf({ facts, world: { extruder }, isFilamentMoving }: Machine): Fields {
  return {
    ...(facts.hasRunoutSwitch && { "filament_switch_sensor runout": { filament_detected: extruder.isFilamentSeen, enabled: true } }),
    ...(facts.body.hasEncoder && { "filament_motion_sensor encoder": { filament_detected: isFilamentMoving(), enabled: true } }),
    ...(facts.hasWidthSensor && { hall_filament_width_sensor: { Diameter: round(extruder.widthMm, 3), Raw: 0, is_active: true } }),
  };
}

const PRINT_STATES: Readonly<Record<JobState, string>> = {
  idle: "standby",
  preparing: "printing",
  printing: "printing",
  paused: "paused",
  finished: "complete",
  failed: "error",
};

export function jobOf({ job, world }: Machine): Fields {
  const progress = progressPct(job) / 100;
  return {
    print_stats: {
      filename: job.state === "idle" ? "" : `${job.plan.name}.gcode`,
      state: PRINT_STATES[job.state],
      filament_used: round(world.extruder.orderedMm, 2),
      message: job.failure,
      info: { total_layer: job.plan.layers, current_layer: job.layer },
    },
    virtual_sdcard: { progress, is_active: job.state === "printing" || job.state === "preparing" },
    display_status: { progress, message: null },
    pause_resume: { is_paused: job.state === "paused" },
  };
}

export function temperaturesOf({ facts, world }: Machine): Fields {
  const { nozzles, bed, chamber, heatsinkC, boardC } = world;
  const [nozzle] = nozzles;
  return {
    ...(nozzle !== undefined && { extruder: heater(nozzle) }),
    heater_bed: heater(bed),
    ...(facts.hasChamberSensor && { "temperature_sensor chamber": { temperature: round(chamber.readC, 2) } }),
    "temperature_sensor heatsink": { temperature: round(heatsinkC, 2) },
    "temperature_sensor mcu_temp": { temperature: round(boardC, 2) },
  };
}

export function meshOf({ mesh }: World): Fields {
  return { bed_mesh: { profile_name: mesh === undefined ? "" : "default", probed_matrix: mesh ?? [[]] } };
}

function driver({ drivers }: World, name: AxisName | "e"): Fields {
  const { isHot, isTooHot, isShorted, hasReset } = drivers[name];
  return {
    drv_status: { ...(isHot && { otpw: 1 }), ...(isTooHot && { ot: 1 }), ...(isShorted && { s2ga: 1 }), ...(hasReset && { reset: 1 }) },
  };
}

/** What Klipper itself looks at once a second. */
export function slowOf({ facts: { body, fans: has }, world }: Machine): Fields {
  const { fans, mcu, can, host } = world;
  return {
    ...(has.includes("part") && { fan: fan(fans.part) }),
    ...(has.includes("hotend") && { "heater_fan hotend_fan": fan(fans.hotend) }),
    ...(has.includes("controller") && { "controller_fan board": fan(fans.controller) }),
    ...(has.includes("chamber") && { "fan_generic chamber": fan(fans.chamber) }),
    mcu: {
      last_stats: {
        bytes_write: Math.round(mcu.bytesSent),
        bytes_retransmit: Math.round(mcu.bytesRetransmit),
        bytes_invalid: Math.round(mcu.bytesInvalid),
      },
    },
    ...(body.hasCan && {
      "canbus_stats toolhead": { rx_error: Math.round(can.errors), tx_error: 0, tx_retries: Math.round(can.retries), bus_state: can.state },
    }),
    "tmc2209 stepper_x": driver(world, "x"),
    "tmc2209 stepper_y": driver(world, "y"),
    "tmc2209 stepper_z": driver(world, "z"),
    "tmc2209 extruder": driver(world, "e"),
    system_stats: { sysload: round(host.load * CORES, 2) },
  };
}

/** Only what differs. */
export function changed(before: Fields, after: Fields): Fields {
  const delta: Record<string, Fields> = {};
  for (const [name, object] of Object.entries(after)) {
    const old = before[name] as Fields | undefined;
    const fields = Object.entries(object as Fields).filter(([field, value]) => !isSame(value, old?.[field]));
    if (fields.length > 0) delta[name] = Object.fromEntries(fields);
  }
  return delta;
}

const isSame = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));
