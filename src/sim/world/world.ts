/**
 * The physical truth of one machine, as a mutable record that physics moves and firmware acts on. Sensors are part of it: what is true
 * and what a sensor says are kept apart, because most faults live between the two. Units in names; duties 0 to 1.
 */
import type { HomingResult, ProbeResult } from "../../model/telemetry.ts";
import type { Motion } from "./orders.ts";
import type { Traits } from "./traits.ts";

export interface Heater {
  /** The heated block (the bed's plate, the chamber's air). */
  tempC: number;
  /** The body behind it: nozzle and melt, the sheet on the bed, the chamber's walls. */
  outerC: number;
  /** At the place of the sensor, which lags behind. */
  sensorC: number;
  /** What the electronics make of the sensor: noise, steps and damage included. */
  readC: number;
  /** What the controller asks for, 0 for off. */
  targetC: number;
  /** Power the controller gives. */
  duty: number;
  /** Heat that arrives in the block: the element warms and cools first. */
  heatW: number;
  readonly control: ControllerState;
  readonly noise: SensorState;
}

/** What a controller keeps from one reading to the next. */
export interface ControllerState {
  lastC: number;
  slopeCPerS: number;
  integralCS: number;
}

/** What a sensor keeps: noises in standard deviations, and a contact that has jumped. */
export interface SensorState {
  usual: number;
  added: number;
  jumpC: number;
}

export interface Fan {
  /** What the controller asks for. */
  duty: number;
  rpm: number;
  /** What the tachometer says; undefined for a fan without one. */
  tachRpm: number | undefined;
  /** A tachometer counts for a second before it says anything new. */
  countedS: number;
  /** A stuttering fan stands still now. */
  isStuck: boolean;
}

export type FanName = "hotend" | "part" | "aux" | "chamber" | "controller";

export type AxisName = "x" | "y" | "z";

export interface Axis {
  /** Where the firmware thinks it is. */
  orderedMm: number;
  /** Where it is; differs by lost steps. */
  actualMm: number;
  isHomed: boolean;
  /** Mean motor load while it moves, % of stall. */
  loadPct: number;
  /** Resonance of its belt, as a sweep would find it. */
  beltHz: number;
  travelledM: number;
  /** Lost steps that were counted already, of what damage says. */
  slippedMm: number;
}

/** Where a motion stands: how long it lasts, and on a print the way it takes. */
export interface MotionState {
  motion: Motion;
  lastsS: number;
  /** The next corner, and the box of the part. */
  cornerXMm: number;
  cornerYMm: number;
  centreXMm: number;
  centreYMm: number;
  halfMm: number;
  homings: number;
  probings: number;
  /** Wandering of the loads and of the shaking, in standard deviations. */
  xLoadNoise: number;
  yLoadNoise: number;
  shaking: number;
}

export interface Extruder {
  orderedMm: number;
  /** Through the extruder's gears, and so past an encoder. */
  fedMm: number;
  /** What the encoder counted. */
  seenMm: number;
  /** What left the nozzle. */
  extrudedMm: number;
  orderedMmS: number;
  pressureBar: number;
  loadPct: number;
  widthMm: number;
  /** Filament lies in the runout switch, as the switch says. */
  isFilamentSeen: boolean;
  /** Fed since the filament's end left the spool; 0 while there is more. */
  tailMm: number;
  /** How tight a tangled spool has pulled, 0 to 1. */
  tangle: number;
  /** Wanderings in standard deviations: speed by the path, encoder, width, load. */
  readonly noise: { speed: number; encoder: number; width: number; load: number };
}

export interface UnitSlot {
  isLoaded: boolean;
  remainPct: number;
  isTagRead: boolean;
}

export interface FilamentUnitState {
  humidityPct: number;
  tempC: number;
  readonly slots: UnitSlot[];
  loads: number;
  loadS: number;
  loadRetries: number;
  /** The load that runs: how long it has lasted and will last; undefined between loads. */
  loading: { lastsS: number; readonly takesS: number; readonly retries: number } | undefined;
}

export interface DriverState {
  isHot: boolean;
  isTooHot: boolean;
  isShorted: boolean;
  hasReset: boolean;
}

export interface World {
  /** What is this machine's own; drawn once. */
  readonly traits: Traits;
  elapsedS: number;
  readonly ambientC: { value: number };
  /** Right or only nozzle first. */
  readonly nozzles: readonly Heater[];
  readonly bed: Heater;
  readonly chamber: Heater;
  heatsinkC: number;
  boardC: number;
  hostC: number;
  readonly fans: Readonly<Record<FanName, Fan>>;
  readonly axes: Readonly<Record<AxisName, Axis>>;
  readonly motion: MotionState;
  readonly extruder: Extruder;
  readonly units: readonly FilamentUnitState[];
  readonly drivers: Readonly<Record<AxisName | "e", DriverState>>;
  isDoorOpen: boolean;
  /** Results of the machine's own tests; a new object with every test. */
  homing: HomingResult | undefined;
  probe: ProbeResult | undefined;
  mesh: readonly (readonly number[])[] | undefined;
  /** Results of the fixed test move: a new value with each. */
  loadTest: { readonly count: number; readonly xPct: number; readonly yPct: number } | undefined;
  beltTest: { readonly count: number; readonly xHz: number; readonly yHz: number } | undefined;
  /** Largest shock since it was last read. */
  shockSigma: number;
  readonly network: { rssiDbm: number; latencyMs: number; lossPct: number; isUp: boolean; fading: number };
  /** How far the printer's wall clock is from the true one; `clockDriftMs` is what a fault has added up. */
  clockOffsetMs: number;
  clockDriftMs: number;
  /** Since everything was last at work: fans run on after it. */
  idleS: number;
  readonly can: { errors: number; retries: number; state: "active" | "warn" | "passive" | "off" };
  readonly mcu: { bytesSent: number; bytesRetransmit: number; bytesInvalid: number; isAlive: boolean; timeS: number };
  readonly host: {
    state: "ready" | "startup" | "shutdown" | "error" | "disconnected";
    message: string;
    timeS: number;
    load: number;
    loadNoise: number;
    /** How long it still has no time to tell anything; below 0 since it had none. */
    stalledS: number;
  };
  readonly power: { supplyV: number; isUnderVoltage: boolean; brownouts: number; countedBrownouts: number; ripple: number };
}
