/**
 * What makes one machine different from the next of its model: true parameters that nobody outside can read. Drawn once from `random`,
 * spread as production and rooms spread them.
 */
import { noise } from "../random.ts";
import type { FanName } from "./world.ts";

/** What physics must know of a model. */
export interface WorldFacts {
  readonly nozzles: 1 | 2;
  readonly kinematics: "corexy" | "bedslinger";
  readonly sizeMm: { readonly x: number; readonly y: number; readonly z: number };
  readonly isEnclosed: boolean;
  readonly nozzlePowerW: number;
  readonly bedPowerW: number;
  /** 0 for a machine without a chamber heater. */
  readonly chamberPowerW: number;
  readonly supplyV: number;
  /** Fans with a tachometer. */
  readonly tachs: readonly FanName[];
  /** Filament passes an encoder. */
  readonly hasEncoder: boolean;
  /** The toolhead hangs on a CAN bus. */
  readonly hasCan: boolean;
  readonly hasAccelerometer: boolean;
  /** Slots of each filament unit: [4, 1] is a unit of four and one of the single kind. */
  readonly filamentUnits: readonly number[];
}

/** Two bodies, block and outer, their heater, and where their heat goes. W, J/K, W/K. */
export interface HeaterTraits {
  readonly powerW: number;
  readonly blockJPerK: number;
  readonly outerJPerK: number;
  /** Between block and outer body. */
  readonly coupleWPerK: number;
  readonly blockLossWPerK: number;
  readonly outerLossWPerK: number;
  readonly elementTauS: number;
  readonly sensorTauS: number;
  readonly sensorSigmaC: number;
  readonly sensorOffsetC: number;
  /** The controller's gains, tuned to this heater: duty per °C, per °C·s, per °C/s. */
  readonly kp: number;
  readonly ki: number;
  readonly kd: number;
}

export interface FanTraits {
  readonly maxRpm: number;
  readonly upTauS: number;
  readonly downTauS: number;
  /** Below this duty it does not turn. */
  readonly startDuty: number;
  /** rpm follows duty to this power. */
  readonly bend: number;
}

export interface AxisTraits {
  readonly loadPct: number;
  readonly beltHz: number;
  readonly homingSigmaMm: number;
}

export interface Traits {
  readonly facts: WorldFacts;
  readonly ambientC: number;
  /** The room over the day: how much, and where in the day the machine was switched on, in turns. */
  readonly daySwingC: number;
  readonly dayPhase: number;
  readonly nozzles: readonly HeaterTraits[];
  readonly bed: HeaterTraits;
  readonly chamber: HeaterTraits;
  readonly fans: Readonly<Record<FanName, FanTraits>>;
  readonly axes: { readonly x: AxisTraits; readonly y: AxisTraits; readonly z: AxisTraits };
  /** Own shape of the bed, mm: tilt in x and y, bend, twist. */
  readonly bedShape: readonly [number, number, number, number];
  readonly probeSigmaMm: number;
  readonly extruderStiffness: number;
  readonly encoderGain: number;
  readonly widthMm: number;
  /** What dry and wet rooms and used desiccant make of a closed unit, and how long a load takes. */
  readonly units: readonly { readonly dryPct: number; readonly loadS: number }[];
  readonly roomHumidityPct: number;
  readonly rssiDbm: number;
  readonly latencyMs: number;
  readonly clockOffsetMs: number;
  readonly clockDriftMsPerH: number;
  readonly hostLoad: number;
  readonly supplyV: number;
}

/** Around 1, `share` to either side at one standard deviation. */
function around(value: number, share: number, random: () => number): number {
  return value * (1 + share * noise(random));
}

function between(low: number, high: number, random: () => number): number {
  return low + (high - low) * random();
}

/** Gains as an automatic tuning finds them: right to some percent. */
function tuned(kp: number, ki: number, kd: number, random: () => number): Pick<HeaterTraits, "kp" | "ki" | "kd"> {
  return { kp: around(kp, 0.06, random), ki: around(ki, 0.06, random), kd: around(kd, 0.06, random) };
}

function nozzleTraits(powerW: number, random: () => number): HeaterTraits {
  const strength = 50 / powerW;
  return {
    powerW: around(powerW, 0.03, random),
    blockJPerK: around(9, 0.05, random),
    outerJPerK: around(2.6, 0.05, random),
    coupleWPerK: around(0.9, 0.08, random),
    blockLossWPerK: around(0.062, 0.06, random),
    outerLossWPerK: around(0.016, 0.06, random),
    elementTauS: between(1.2, 2.2, random),
    sensorTauS: between(1, 1.8, random),
    sensorSigmaC: between(0.03, 0.06, random),
    sensorOffsetC: noise(random) * 0.7,
    ...tuned(0.085 * strength, 0.0018 * strength, 0.45 * strength, random),
  };
}

function bedTraits({ bedPowerW, sizeMm }: WorldFacts, random: () => number): HeaterTraits {
  const areaM2 = (sizeMm.x * sizeMm.y) / 1e6;
  const blockJPerK = around(areaM2 * 7300, 0.05, random);
  const outerJPerK = around(areaM2 * 2000, 0.05, random);
  // gains that fit a plate of so much heat for so much power
  const strength = (blockJPerK + outerJPerK) / bedPowerW;
  return {
    powerW: around(bedPowerW, 0.03, random),
    blockJPerK,
    outerJPerK,
    coupleWPerK: around(areaM2 * 250, 0.1, random),
    blockLossWPerK: around(areaM2 * 9, 0.08, random),
    outerLossWPerK: around(areaM2 * 13, 0.08, random),
    elementTauS: between(2, 4, random),
    sensorTauS: between(2, 4, random),
    sensorSigmaC: between(0.015, 0.03, random),
    sensorOffsetC: noise(random) * 0.6,
    ...tuned(0.11 * strength, 0.0005 * strength, 1.4 * strength, random),
  };
}

/** An open machine's "chamber" is the air around it. */
function chamberTraits({ isEnclosed, chamberPowerW }: WorldFacts, random: () => number): HeaterTraits {
  return {
    powerW: chamberPowerW,
    blockJPerK: around(300, 0.1, random),
    outerJPerK: around(6000, 0.1, random),
    coupleWPerK: isEnclosed ? around(10, 0.08, random) : 0.5,
    blockLossWPerK: isEnclosed ? around(1, 0.1, random) : 45,
    outerLossWPerK: around(5, 0.08, random),
    elementTauS: 10,
    sensorTauS: between(6, 12, random),
    sensorSigmaC: between(0.02, 0.04, random),
    sensorOffsetC: noise(random) * 0.5,
    ...tuned(0.12, 0.0005, 0.3, random),
  };
}

const FAN_RPM: Readonly<Record<FanName, number>> = { hotend: 9000, part: 6000, aux: 4200, chamber: 3600, controller: 5200 };

function fanTraits(name: FanName, random: () => number): FanTraits {
  return {
    maxRpm: around(FAN_RPM[name], 0.03, random),
    upTauS: between(0.5, 0.9, random),
    downTauS: between(1, 1.8, random),
    startDuty: between(0.09, 0.13, random),
    bend: between(0.85, 1, random),
  };
}

function axisTraits(beltHz: number, random: () => number): AxisTraits {
  return { loadPct: between(28, 38, random), beltHz: around(beltHz, 0.03, random), homingSigmaMm: between(0.008, 0.02, random) };
}

export function drawTraits(facts: WorldFacts, random: () => number): Traits {
  const isCoreXy = facts.kinematics === "corexy";
  const nozzles = [nozzleTraits(facts.nozzlePowerW, random)];
  if (facts.nozzles === 2) nozzles.push(nozzleTraits(facts.nozzlePowerW, random));
  // both belts of a CoreXY are tensioned to the same tone; the bed's belt of a bedslinger is shorter
  const beltHz = between(98, 118, random);
  return {
    facts,
    ambientC: between(19, 26, random),
    daySwingC: between(0.3, 1.8, random),
    dayPhase: random(),
    nozzles,
    bed: bedTraits(facts, random),
    chamber: chamberTraits(facts, random),
    fans: {
      hotend: fanTraits("hotend", random),
      part: fanTraits("part", random),
      aux: fanTraits("aux", random),
      chamber: fanTraits("chamber", random),
      controller: fanTraits("controller", random),
    },
    axes: {
      x: axisTraits(beltHz, random),
      y: axisTraits(isCoreXy ? beltHz : beltHz * 0.8, random),
      z: axisTraits(0, random),
    },
    bedShape: [noise(random) * 0.015, noise(random) * 0.015, noise(random) * 0.012, noise(random) * 0.008],
    probeSigmaMm: between(0.0015, 0.004, random),
    extruderStiffness: around(1, 0.08, random),
    encoderGain: around(1, 0.008, random),
    widthMm: 1.75 + noise(random) * 0.008,
    units: facts.filamentUnits.map(() => ({ dryPct: between(12, 24, random), loadS: between(13, 18, random) })),
    roomHumidityPct: between(40, 58, random),
    rssiDbm: between(-60, -46, random),
    latencyMs: between(4, 25, random),
    clockOffsetMs: noise(random) * 60,
    clockDriftMsPerH: noise(random) * 8,
    hostLoad: between(0.08, 0.35, random),
    supplyV: around(facts.supplyV, 0.004, random),
  };
}
