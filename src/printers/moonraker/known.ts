/**
 * What is known of one Klipper printer, and what of it changed with the frame being read. Klipper sends only what changed, and after
 * each subscription everything: what comes again as it was is no news, so that a reading in a sample always says something.
 */
import type { Readings } from "../../model/telemetry.ts";
import type { Json } from "../bambu/values.ts";

export type Draft = { -readonly [K in keyof Readings]: Readings[K] };

/** Takes what a frame says of one status object. */
export type ObjectReader = (fields: Json) => void;

export interface Known {
  readonly readings: Readings;
  /** Takes a value; undefined says nothing. */
  set<K extends keyof Readings>(name: K, value: Readings[K]): void;
  /** What changed since it was taken last; undefined when nothing did. */
  take(): Readings | undefined;
}

export function createKnown(): Known {
  const known: Draft = {};
  let changed: Draft | undefined;
  return {
    readings: known,
    set: (name, value) => {
      if (value === undefined || known[name] === value) return;
      known[name] = value;
      changed ??= {};
      changed[name] = value;
    },
    take: () => {
      const taken = changed;
      changed = undefined;
      return taken;
    },
  };
}
