/**
 * How the alert core treats a code: the entry's own words over defaults by level. The defaults are the project's policy: an error
 * needs five quiet seconds to be over, an info thirty, so that flapping merges; what burns is never shelved.
 */
import type { AlertDefinition } from "../model/alert.ts";
import { type HmsCode, levelOf } from "../model/code.ts";
import { defaultPriority } from "../model/priority.ts";
import type { Override } from "./catalogue.ts";
import type { Entry } from "./files/shape.ts";

const SECOND_MS = 1000;
const DAY_MS = 24 * 3600 * SECOND_MS;
const UNIT_MS: Readonly<Record<string, number>> = { s: SECOND_MS, m: 60 * SECOND_MS, h: 3600 * SECOND_MS };
const OFF_DELAY_MS: Readonly<Record<number, number>> = { 1: 5 * SECOND_MS, 2: 10 * SECOND_MS };
const INFO_OFF_DELAY_MS = 30 * SECOND_MS;

/** Milliseconds of `30s`, `5m`, `2h`. */
export function durationMs(text: string): number {
  return Number.parseInt(text, 10) * (UNIT_MS[text.at(-1) ?? "s"] ?? SECOND_MS);
}

function defaults(level: number): Omit<AlertDefinition, "priority"> {
  return {
    level,
    latching: false,
    onDelayMs: 0,
    offDelayMs: OFF_DELAY_MS[level] ?? INFO_OFF_DELAY_MS,
    confirmTrips: 1,
    ageingCycles: 40,
    shelvable: true,
    maxShelveMs: 7 * DAY_MS,
    suppressible: level !== 1,
    unsuppressHoldMs: 30 * SECOND_MS,
    autoAck: level !== 1 && level !== 2,
  };
}

/** The definition of every code of an entry; one entry has one level. */
export function entryDefinition(entry: Entry, level: number): AlertDefinition {
  const base = defaults(level);
  return {
    ...base,
    priority: entry.priority,
    latching: entry.latching ?? base.latching,
    shelvable: entry.shelvable ?? base.shelvable,
    suppressible: entry.suppressible ?? base.suppressible,
    // an internal code asks nobody for anything
    autoAck: entry.autoAck ?? (base.autoAck || entry.lane === "internal"),
    onDelayMs: entry.onDelay === undefined ? base.onDelayMs : durationMs(entry.onDelay),
    offDelayMs: entry.offDelay === undefined ? base.offDelayMs : durationMs(entry.offDelay),
  };
}

/** The definition of a code without an entry. */
export function standInDefinition(code: HmsCode): AlertDefinition {
  return { ...defaults(levelOf(code)), priority: defaultPriority(code) };
}

export function withOverride(definition: AlertDefinition, override: Override | undefined): AlertDefinition {
  return override === undefined ? definition : { ...definition, ...override };
}
