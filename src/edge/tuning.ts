/**
 * What a site sets of its detectors: numbers within the bounds that a detector gives, and whether it watches at all. Pure; what comes
 * in was checked where it was read.
 */
import type { Detector, Params, Values } from "../detectors/detector.ts";

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

const defaults = new WeakMap<Detector<unknown>, Values<Params>>();

/** One object of a detector for all printers: of thousands nearly all keep to it. */
export function defaultsOf(detector: Detector<unknown>): Values<Params> {
  const before = defaults.get(detector);
  if (before !== undefined) return before;
  const values = Object.fromEntries(Object.entries(detector.params).map(([name, param]) => [name, param.default]));
  defaults.set(detector, values);
  return values;
}

export function tune(detectors: readonly Detector<unknown>[], settings: Settings = new Map()): readonly Tuned[] {
  return detectors.flatMap((detector) => {
    const setting = settings.get(detector.id);
    if (setting?.enabled === false) return [];
    const values = defaultsOf(detector);
    return [{ detector, values: setting === undefined ? values : { ...values, ...setting.values } }];
  });
}
