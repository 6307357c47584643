/**
 * What is known of one Bambu printer, as far as readings follow from it. Where two fields tell the same thing in two ways, both
 * are kept here (`Twice`), so that the answer does not depend on which of them a message happens to carry.
 */
import type { HmsCode } from "../../model/code.ts";
import type { PrinterState, Readings } from "../../model/telemetry.ts";
import { createFilamentFacts, type FilamentFacts } from "./filament.ts";
import type { TempPair } from "./values.ts";

export type Draft = { -readonly [K in keyof Readings]: Readings[K] };

/** One quantity told in two ways: `fine` is preferred while both agree; whoever disagrees with it later is newer and right. */
export interface Twice {
  fine: number | undefined;
  plain: number | undefined;
}

export interface Heater {
  readonly current: Twice;
  readonly target: Twice;
}

export interface Facts {
  model: string | undefined;
  state: PrinterState | undefined;
  stageNumber: number | undefined;
  jobFile: string | undefined;
  jobTitle: string | undefined;
  jobTold: boolean;
  readonly nozzle: Heater;
  readonly bed: Heater;
  readonly chamber: Heater;
  twoExtruders: boolean;
  wifiDbm: number | undefined;
  readonly fans: readonly [part: Twice, aux: Twice, chamber: Twice];
  homeFlag: number | undefined;
  stat: string | undefined;
  hmsNumbers: number[];
  hmsCodes: readonly HmsCode[];
  printError: number | undefined;
  deviceCodes: readonly HmsCode[];
  readonly filament: FilamentFacts;
  /** What `finish` must work out anew; a set of the bits below. */
  changed: number;
}

/** Bits of `changed`. */
export const STAGE = 1;
export const NOZZLE = 2;
export const BED = 4;
export const CHAMBER = 8;
export const FANS = 16;
export const WIFI = 32;
export const FLAGS = 64;
export const JOB = 128;
const MODEL = STAGE | CHAMBER | WIFI | FLAGS;

const twice = (): Twice => ({ fine: undefined, plain: undefined });
const heater = (): Heater => ({ current: twice(), target: twice() });

export function createFacts(): Facts {
  return {
    model: undefined,
    state: undefined,
    stageNumber: undefined,
    jobFile: undefined,
    jobTitle: undefined,
    jobTold: false,
    nozzle: heater(),
    bed: heater(),
    chamber: heater(),
    twoExtruders: false,
    wifiDbm: undefined,
    fans: [twice(), twice(), twice()],
    homeFlag: undefined,
    stat: undefined,
    hmsNumbers: [],
    hmsCodes: [],
    printError: undefined,
    deviceCodes: [],
    filament: createFilamentFacts(),
    changed: 0,
  };
}

export function setModel(facts: Facts, model: string): void {
  if (facts.model === model) return;
  facts.model = model;
  facts.changed |= MODEL;
}

/** Further apart than this they do not tell the same thing. */
export const TEMP_TOLERANCE_C = 1;
/** Two of the fifteen steps: the strings jitter by one. */
export const FAN_TOLERANCE_PCT = 15;

export const settle = (value: Twice): number | undefined => value.fine ?? value.plain;

/** A plain value that moved away from the packed one is newer: some reports carry the plain field alone. */
export function setPlain(value: Twice, next: number, tolerance: number): void {
  value.plain = next;
  if (value.fine !== undefined && Math.abs(next - value.fine) > tolerance) value.fine = undefined;
}

/** Packed fields are read after the plain ones of the same message, so they win there. */
export function setFine(value: Twice, next: number, tolerance: number): void {
  value.fine = next;
  if (value.plain !== undefined && Math.abs(next - value.plain) > tolerance) value.plain = undefined;
}

export function setPacked(heat: Heater, pair: TempPair): void {
  setFine(heat.current, pair.currentC, TEMP_TOLERANCE_C);
  setFine(heat.target, pair.targetC, TEMP_TOLERANCE_C);
}
