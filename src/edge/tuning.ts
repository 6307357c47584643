/**
 * What a site sets of its detectors: numbers within the bounds that a detector gives, and whether it watches at all. Pure; what comes
 * in was checked where it was read.
 */
import type { Detector } from "../detectors/detector.ts";

export interface Setting {
  readonly enabled?: boolean;
  /** Parameters by name; the others keep their defaults. */
  readonly values: Readonly<Record<string, number>>;
}

/** By the id of the detector. */
export type Settings = ReadonlyMap<string, Setting>;

/** A detector that watches, with every parameter. */
export interface Tuned {
  readonly detector: Detector<unknown>;
  readonly values: Readonly<Record<string, number>>;
}

/** `special` over `general`, number by number. */
export function mergeSettings(general: Settings, special: Settings): Settings {
  const merged = new Map(general);
  for (const [id, setting] of special) {
    const before = general.get(id);
    merged.set(id, { ...before, ...setting, values: { ...before?.values, ...setting.values } });
  }
  return merged;
}

export function tune(detectors: readonly Detector<unknown>[], settings: Settings = new Map()): readonly Tuned[] {
  return detectors.flatMap((detector) => {
    const setting = settings.get(detector.id);
    if (setting?.enabled === false) return [];
    const defaults = Object.fromEntries(Object.entries(detector.params).map(([name, param]) => [name, param.default]));
    return [{ detector, values: { ...defaults, ...setting?.values } }];
  });
}
