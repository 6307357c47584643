/**
 * Lost steps by Klipper's own count: `endstop_phase` tells where a motor's step counter stood when its endstop triggered. That is the
 * same at each homing unless steps were lost between. What must hold: where the geometry or the length of a step is not known, or
 * another axis could have moved the counter unseen, nothing is said.
 */
import type { HomingResult } from "../../model/telemetry.ts";
import { isRecord, type Json, numberOf } from "../bambu/values.ts";

type Axis = HomingResult["axis"];
export type Found = Omit<HomingResult, "count">;

type Place = { readonly [A in Axis]: number | undefined };

/** The toolhead's orders, before a frame and with it. */
export interface Places {
  readonly before: Place;
  readonly now: Place;
  /** Axes that know where they are. */
  readonly homedAxes: string;
}

export interface EndstopPhases {
  /** The objects of a frame; the result that says most, where two axes were homed in it. */
  accept(status: Json, places: Places): Found | undefined;
  /** Whether homings of this axis are judged by its counter. */
  covers(axis: Axis): boolean;
  /** The host or its board started anew: counters begin at 0. */
  forget(): void;
}

const AXES = ["x", "y", "z"] as const;
const MANY = 1e12;
/** The axis was on its way to its end when the frame before was made: nothing else can have moved since. */
const AT_END_MM = 1;
/** Half of what a motor slips at least: four full steps. */
const NOTHING_LOST_MM = 0.4;
/** They move the motors of Z against each other. */
const TILTS = ["quad_gantry_level", "z_tilt"] as const;

/** Motors that belong to one axis each, or X and Y moved by two motors together. */
type Geometry = "cartesian" | "corexy";

interface Settings {
  readonly geometry: Geometry;
  readonly hasTilt: boolean;
  readonly stepMm: Readonly<Partial<Record<Axis, number>>>;
  readonly sigmaMm: Readonly<Partial<Record<Axis, number>>>;
}

/** A homing of one axis. */
interface Homed {
  readonly position: number;
  /** Where the other axis of the pair was ordered to, and what it has lost since; undefined where nobody knows. */
  readonly otherMm: number;
  otherLostMm: number | undefined;
}

/** Turns of the motor for one of what it drives: pairs of teeth, [[80, 16], [2, 1]]. */
function gearOf(raw: unknown): number | undefined {
  if (raw === undefined || raw === null) return 1;
  if (!Array.isArray(raw) || raw.length > 8) return undefined;
  let ratio = 1;
  for (const pair of raw as readonly unknown[]) {
    const [motor, driven] = Array.isArray(pair) ? pair.map((teeth) => numberOf(teeth, 0.01, 1e4)) : [];
    if (motor === undefined || driven === undefined) return undefined;
    ratio *= motor / driven;
  }
  return ratio;
}

/** Length of a microstep and of a full one; undefined where a number is missing: Klipper tells its defaults too. */
function stepsOf(stepper: unknown): { readonly stepMm: number; readonly fullMm: number } | undefined {
  if (!isRecord(stepper)) return undefined;
  const turnMm = numberOf(stepper["rotation_distance"], 0.01, 1e4);
  const microsteps = numberOf(stepper["microsteps"], 1, 1_024);
  const fullSteps = numberOf(stepper["full_steps_per_rotation"], 4, 1_000);
  const gear = gearOf(stepper["gear_ratio"]);
  if (turnMm === undefined || microsteps === undefined || fullSteps === undefined || gear === undefined) return undefined;
  const fullMm = turnMm / fullSteps / gear;
  return { stepMm: fullMm / microsteps, fullMm };
}

function settingsOf(raw: Json): Settings | undefined {
  const { printer } = raw;
  const kinematics = isRecord(printer) ? printer["kinematics"] : undefined;
  if (kinematics !== "cartesian" && kinematics !== "corexy") return undefined;
  const steps = AXES.map((axis) => [axis, stepsOf(raw[`stepper_${axis}`])] as const);
  return {
    geometry: kinematics,
    hasTilt: TILTS.some((name) => raw[name] !== undefined),
    stepMm: Object.fromEntries(steps.flatMap(([axis, one]) => (one === undefined ? [] : [[axis, one.stepMm]]))),
    // a motor that lost nothing is found within half a full step of where it was
    sigmaMm: Object.fromEntries(steps.flatMap(([axis, one]) => (one === undefined ? [] : [[axis, one.fullMm / 2]]))),
  };
}

export function createEndstopPhases(): EndstopPhases {
  let settings: Settings | undefined;
  let isTold = false;
  let homed: Partial<Record<Axis, Homed>> = {};
  /** Counters as they were told last: Klipper tells all axes when one was homed. */
  let told: Partial<Record<Axis, number>> = {};

  const covers = (axis: Axis): boolean => isTold && settings?.stepMm[axis] !== undefined && !(axis === "z" && settings.hasTilt);

  /** On a CoreXY the counters are those of x + y and x - y: what the other axis was ordered to and lost belongs to them. */
  function judgePair(axis: "x" | "y", position: number, stepMm: number, { before, now, homedAxes }: Places): number | undefined {
    const other = axis === "x" ? "y" : "x";
    const last = homed[axis];
    const otherMm = before[other];
    const others = homed[other];
    const isOnItsWay = Math.abs((before[axis] ?? Number.NaN) - (now[axis] ?? Number.NaN)) <= AT_END_MM;
    if (otherMm === undefined || !isOnItsWay || !homedAxes.includes(other)) {
      delete homed[axis];
      if (others !== undefined) others.otherLostMm = undefined;
      return undefined;
    }
    homed[axis] = { position, otherMm, otherLostMm: 0 };
    if (last === undefined) {
      if (others !== undefined) others.otherLostMm = undefined;
      return undefined;
    }
    const movedMm = (position - last.position) * stepMm;
    const byOtherMm = otherMm - last.otherMm + (last.otherLostMm ?? 0);
    const lostMm = axis === "x" ? movedMm - byOtherMm : byOtherMm - movedMm;
    if (last.otherLostMm === undefined) {
      // one of the two lost steps, and nobody knows which; where it shows nothing, both may have lost as much
      if (Math.abs(lostMm) > NOTHING_LOST_MM) delete homed[other];
      return undefined;
    }
    if (others?.otherLostMm !== undefined) others.otherLostMm += lostMm;
    return lostMm;
  }

  function judge(axis: Axis, position: number, places: Places): number | undefined {
    const stepMm = settings?.stepMm[axis];
    const last = homed[axis];
    const isSame = told[axis] === position;
    told[axis] = position;
    if (stepMm === undefined || !covers(axis) || isSame) return undefined;
    if (settings?.geometry === "corexy" && axis !== "z") return judgePair(axis, position, stepMm, places);
    homed[axis] = { position, otherMm: 0, otherLostMm: 0 };
    return last === undefined ? undefined : (position - last.position) * stepMm;
  }

  function readPhases(all: Json, places: Places): Found | undefined {
    const found = AXES.flatMap((axis): Found[] => {
      const one = all[`stepper_${axis}`];
      const position = isRecord(one) ? numberOf(one["mcu_position"], -MANY, MANY) : undefined;
      const offMm = position === undefined ? undefined : judge(axis, position, places);
      const sigmaMm = settings?.sigmaMm[axis];
      return offMm === undefined || sigmaMm === undefined ? [] : [{ axis, offMm, sigmaMm }];
    });
    return found.sort((a, b) => Math.abs(b.offMm) - Math.abs(a.offMm))[0];
  }

  return {
    accept: ({ configfile, endstop_phase: phases }, places) => {
      if (isRecord(configfile) && isRecord(configfile["settings"])) settings = settingsOf(configfile["settings"]);
      // somebody may have pushed it
      for (const axis of AXES) if (!places.homedAxes.includes(axis)) delete homed[axis];
      if (!isRecord(phases) || !isRecord(phases["last_home"])) return undefined;
      isTold = true;
      return readPhases(phases["last_home"], places);
    },
    covers,
    forget: () => {
      homed = {};
      told = {};
    },
  };
}
