/** The checks a Klipper host runs by itself, each as a running state: does a heater heat, is a sensor in range, does filament move. */
import type { ModelFacts } from "../models.ts";
import type { StandingFaults } from "../standing.ts";
import type { Heater, World } from "../world/world.ts";

export type HeaterName = "extruder" | "heater_bed";

/** `verify_heater`: defaults for extruders and beds. */
const HYSTERESIS_C = 5;
const MAX_ERROR_CS = 120;
const HEATING_GAIN_C = 2;
const GAIN_TIME_S: Readonly<Record<HeaterName, number>> = { extruder: 20, heater_bed: 60 };
/** Four reports of 0.3 s. */
const ADC_S = 1.2;
const LIMITS_C: Readonly<Record<HeaterName, { readonly min: number; readonly max: number }>> = {
  extruder: { min: 0, max: 300 },
  heater_bed: { min: 0, max: 130 },
};
const VERIFY_ADVICE = "See the 'verify_heater' section in docs/Config_Reference.md\nfor the parameters that control this check.\n";
const RANGE_ADVICE = "This generally occurs when a heater temperature exceeds\nits configured min_temp or max_temp.";
/** Its boards stop when orders come too late. */
export const TOO_LATE =
  "MCU 'mcu' shutdown: Timer too close\nThis often indicates the host computer is overloaded. Check\nfor other processes consuming excessive CPU time, high swap\nusage, disk errors, overheating, unstable voltage, or\nsimilar system problems on the host computer.";
const MCU_SILENT_S = 5;
const MOTION_LENGTH_MM = 7;
/** A pulse of a usual sensor. */
const PULSE_MM = 2.88;

/** Why the host must stop now; undefined while all is well. */
export type Check = (seconds: number) => string | undefined;

/** Klipper's own `verify_heater`: gains two degrees in time while it approaches, else the error below the target is summed up. */
export function verifyHeater(name: HeaterName, heater: Heater): Check {
  let errorCs = 0;
  let isApproaching = false;
  /** Nothing was gained yet: a fall at first moves the goal. */
  let isStarting = false;
  let lastTargetC = 0;
  let goalC = 0;
  let goalInS = 0;
  const aim = (): void => {
    goalC = heater.readC + HEATING_GAIN_C;
    goalInS = GAIN_TIME_S[name];
  };
  return (seconds) => {
    const { readC, targetC } = heater;
    const isNewTarget = targetC !== lastTargetC;
    lastTargetC = targetC;
    if (readC >= targetC - HYSTERESIS_C || targetC <= 0) {
      isApproaching = isStarting = false;
      if (readC <= targetC + HYSTERESIS_C) errorCs = 0;
      return undefined;
    }
    errorCs += (targetC - HYSTERESIS_C - readC) * seconds;
    goalInS -= seconds;
    if (!isApproaching) {
      if (!isNewTarget) return errorCs >= MAX_ERROR_CS ? `Heater ${name} not heating at expected rate\n${VERIFY_ADVICE}` : undefined;
      isApproaching = isStarting = true;
      aim();
    } else if (readC >= goalC) {
      errorCs = 0;
      isStarting = false;
      aim();
    } else if (goalInS <= 0) isApproaching = false;
    else if (isStarting) goalC = Math.min(goalC, readC + HEATING_GAIN_C);
    return undefined;
  };
}

/** The board's own range check of a sensor. */
export function checkRange(name: HeaterName, heater: Heater): Check {
  const { min, max } = LIMITS_C[name];
  let outsideS = 0;
  return (seconds) => {
    outsideS = heater.readC < min || heater.readC > max ? outsideS + seconds : 0;
    if (outsideS < ADC_S) return undefined;
    const range = `${min.toFixed(3)}:${max.toFixed(3)}`;
    return `MCU 'mcu' shutdown: ADC out of range\n\nSensor '${name}' temperature ${heater.readC.toFixed(3)} not in range ${range}\n\n${RANGE_ADVICE}`;
  };
}

/** The motion sensor: false once the extruder pushed its length without a pulse. */
export function motionSensor({ extruder }: World): () => boolean {
  let { seenMm, orderedMm } = extruder;
  return () => {
    if (Math.abs(extruder.seenMm - seenMm) > PULSE_MM || extruder.orderedMm < orderedMm) {
      seenMm = extruder.seenMm;
      orderedMm = extruder.orderedMm;
    }
    return extruder.orderedMm - orderedMm < MOTION_LENGTH_MM;
  };
}

/** What only some drivers tell, each second. */
export function checkDrivers({ drivers }: World): Check {
  return () => {
    for (const axis of ["x", "y", "z", "e"] as const) {
      const name = axis === "e" ? "extruder" : `stepper_${axis}`;
      if (drivers[axis].isShorted) return `TMC '${name}' reports error: DRV_STATUS: 00001004 s2ga=1(ShortToGND_A!)`;
      if (drivers[axis].hasReset) return `TMC '${name}' reports error: GSTAT: 00000001 reset=1(Reset)`;
      if (drivers[axis].isTooHot) return `TMC '${name}' reports error: DRV_STATUS: 00000003 ot=1(OvertempError!) otpw=1(OvertempWarning!)`;
    }
    return undefined;
  };
}

/** Boards that do not answer any more, and orders that come too late for them. */
export function checkLinks({ body }: ModelFacts, faults: StandingFaults): Check {
  let silentS = 0;
  return (seconds) => {
    const { isMcuDead, isCanOff, isHostLate } = faults.damage();
    silentS = isMcuDead || (isCanOff && body.hasCan) ? silentS + seconds : 0;
    if (silentS >= MCU_SILENT_S) return `Lost communication with MCU '${isMcuDead ? "mcu" : "toolhead"}'`;
    return isHostLate ? TOO_LATE : undefined;
  };
}
