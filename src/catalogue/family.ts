/**
 * A family: an entry made ready for look-up, and how families hang together. Hides which member of another family is meant when two
 * codes are related: the one at the same unit and slot.
 */
import type { AlertDefinition } from "../model/alert.ts";
import { type HmsCode, levelOf } from "../model/code.ts";
import { entryDefinition } from "./definition.ts";
import { isBeside, isDevicePattern, memberBeside, memberOf, membersOf, moduleOf, partOf } from "./pattern.ts";
import type { Entry, PlacedEntry } from "./files/shape.ts";

export interface Family {
  readonly entry: Entry;
  readonly definition: AlertDefinition;
  /** The code that stands for the family in lists. */
  readonly first: HmsCode;
}

export function createFamily(entry: Entry): Family {
  const first = memberOf(entry.codes[0] ?? "");
  return { entry, first, definition: entryDefinition(entry, levelOf(first)) };
}

const FILAMENT_MODULES = new Set(["07", "12", "18"]);
const areOtherUnits = (module: string, other: string): boolean =>
  module !== other && FILAMENT_MODULES.has(module) && FILAMENT_MODULES.has(other);

/** What patterns share that differ in nothing but their part. Kinds of filament units are kept apart by `effectsOf`. */
function tailOf(pattern: string): string {
  if (isDevicePattern(pattern)) return pattern;
  const module = moduleOf(pattern);
  return (FILAMENT_MODULES.has(module) ? module : "") + pattern.slice(10);
}

/** The codes a cause hides. Of patterns that differ only in their part, that of its own part is meant: a nozzle never hides the bed. */
export function consequences(patterns: readonly string[], cause: HmsCode): readonly HmsCode[] {
  const isOfCause = (pattern: string): boolean => memberBeside(pattern, cause).slice(0, 7) === cause.slice(0, 7);
  const isAlone = (pattern: string): boolean => patterns.filter((other) => tailOf(other) === tailOf(pattern)).length === 1;
  return patterns.filter((pattern) => isAlone(pattern) || isOfCause(pattern)).flatMap((pattern) => effectsOf(pattern, cause));
}

/** At the cause's own unit and slot where both name one, else all members. An AMS never hides an AMS-HT's codes. */
function effectsOf(pattern: string, cause: HmsCode): readonly HmsCode[] {
  const module = moduleOf(pattern);
  const causeModule = cause.slice(0, 2);
  if (module === causeModule) return isBeside(pattern, cause) ? [memberBeside(pattern, cause)] : [];
  return areOtherUnits(module, causeModule) ? [] : membersOf(pattern);
}

/** The entries with what others say of them in `explainedBy`, as if each had said it itself. */
export function withExplained(entries: readonly PlacedEntry[]): readonly PlacedEntry[] {
  const effects = new Map<string, string[]>();
  for (const { entry } of entries)
    for (const cause of entry.explainedBy ?? []) for (const pattern of entry.codes) push(effects, cause, pattern);
  return entries.map((placed) => {
    const { entry } = placed;
    const more = entry.codes.flatMap((pattern) => effects.get(pattern) ?? []);
    return more.length === 0
      ? placed
      : { ...placed, entry: { ...entry, suppresses: [...new Set([...(entry.suppresses ?? []), ...more])] } };
  });
}

export interface Related {
  readonly code: HmsCode;
  readonly family: Family;
}

/** Related codes: what explains this, what this explains, then the neighbours of the same part; at most `most`. */
export function createRelated(
  families: readonly Family[],
  byPattern: ReadonlyMap<string, Family>,
  most: number,
): (code: HmsCode, family: Family) => readonly Related[] {
  const causesOf = new Map<Family, Family[]>();
  const neighbours = new Map<string, Family[]>();
  for (const family of families) {
    for (const pattern of family.entry.suppresses ?? []) {
      const target = byPattern.get(pattern);
      if (target !== undefined) push(causesOf, target, family);
    }
    if (groupOf(family) !== "") push(neighbours, groupOf(family), family);
  }
  const orders = new Map<Family, readonly Family[]>();

  function orderOf(family: Family): readonly Family[] {
    let order = orders.get(family);
    if (order !== undefined) return order;
    const effects = (family.entry.suppresses ?? []).flatMap((pattern) => byPattern.get(pattern) ?? []);
    const others = new Set([...(causesOf.get(family) ?? []), ...effects, ...(neighbours.get(groupOf(family)) ?? [])]);
    others.delete(family);
    orders.set(family, (order = [...others]));
    return order;
  }

  return (code, family) => {
    const found: Related[] = [];
    for (const other of orderOf(family)) {
      if (found.length === most) break;
      const pattern = patternFor(other, code);
      // an AMS has nothing to do with the external spool's codes, nor with those of an AMS Lite
      const [module, own] = [moduleOf(pattern), code.slice(0, 2)];
      if (module === own ? isBeside(pattern, code) : !areOtherUnits(module, own))
        found.push({ code: memberBeside(pattern, code), family: other });
    }
    return found;
  };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** Module and part; device errors have no part, so they have no neighbours. */
function groupOf(family: Family): string {
  const pattern = family.entry.codes[0] ?? "";
  const part = partOf(pattern);
  return part === undefined ? "" : moduleOf(pattern) + part;
}

/** The family's pattern in the code's own module, where it has one. */
function patternFor(family: Family, code: HmsCode): string {
  const sameModule = family.entry.codes.filter((pattern) => moduleOf(pattern) === code.slice(0, 2));
  const beside = sameModule.filter((pattern) => isBeside(pattern, code));
  return beside.find((pattern) => pattern.slice(5, 7) === code.slice(5, 7)) ?? beside[0] ?? sameModule[0] ?? family.first;
}
