/** The toolhead's state put together from deltas, one frame at a time, for the eye on homing. */
import type { HomingResult } from "../../model/telemetry.ts";
import { isRecord, type Json, numberOf, textOf } from "../bambu/values.ts";
import { createHomingEye, type MotionFrame } from "./homing.ts";

export interface Motion {
  /** The objects of a frame. */
  accept(status: Json): HomingResult | undefined;
  forget(): void;
}

type Partial = { -readonly [K in keyof MotionFrame]?: MotionFrame[K] };

const MANY = 1e9;

/** The first three of a position. */
function placeOf(raw: unknown): readonly number[] | undefined {
  if (!Array.isArray(raw)) return undefined;
  const place = raw.slice(0, 3).map((mm) => numberOf(mm, -MANY, MANY));
  return place.length === 3 && place.every((mm) => mm !== undefined) ? place : undefined;
}

function isWhole(motion: Partial): motion is MotionFrame {
  const { nowS, printTimeS, ordered, live, velocityMmS, homedAxes, axisMin, axisMax, accelMmS2 } = motion;
  return ![nowS, printTimeS, ordered, live, velocityMmS, homedAxes, axisMin, axisMax, accelMmS2].includes(undefined);
}

export function createMotion(): Motion {
  let motion: Partial = {};
  const eye = createHomingEye();

  function set<K extends keyof MotionFrame>(name: K, value: MotionFrame[K] | undefined): void {
    if (value !== undefined) motion[name] = value;
  }

  return {
    accept: ({ toolhead, motion_report: report }) => {
      if (isRecord(toolhead)) {
        set("nowS", numberOf(toolhead["estimated_print_time"], 0, MANY));
        set("printTimeS", numberOf(toolhead["print_time"], 0, MANY));
        set("homedAxes", textOf(toolhead["homed_axes"], 8)?.toLowerCase());
        set("accelMmS2", numberOf(toolhead["max_accel"], 1, MANY));
        set("ordered", placeOf(toolhead["position"]));
        set("axisMin", placeOf(toolhead["axis_minimum"]));
        set("axisMax", placeOf(toolhead["axis_maximum"]));
      }
      if (isRecord(report)) {
        set("live", placeOf(report["live_position"]));
        set("velocityMmS", numberOf(report["live_velocity"], 0, MANY));
      }
      return isRecord(toolhead) && isWhole(motion) ? eye.accept({ ...motion }) : undefined;
    },
    forget: () => {
      motion = {};
      eye.forget();
    },
  };
}
