/**
 * A family: an entry made ready for look-up, and how families hang together. Hides which member of another family is meant when two
 * codes are related: the one at the same unit and slot.
 */
import type { AlertDefinition } from "../model/alert.ts";
import { type HmsCode, levelOf } from "../model/code.ts";
import { entryDefinition } from "./definition.ts";
import { memberBeside, memberOf, membersOf, moduleOf, partOf } from "./pattern.ts";
import type { Entry } from "./shape.ts";

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

/** The codes a cause hides: at its own unit and slot where both name one, else all members. An AMS never hides an AMS-HT's codes. */
export function consequences(pattern: string, cause: HmsCode): readonly HmsCode[] {
  const module = moduleOf(pattern);
  const causeModule = cause.slice(0, 2);
  if (module === causeModule) return [memberBeside(pattern, cause)];
  return FILAMENT_MODULES.has(module) && FILAMENT_MODULES.has(causeModule) ? [] : membersOf(pattern);
}

/** Related codes: what this explains, what explains it, then the neighbours of the same part. */
export function createRelated(
  families: readonly Family[],
  byPattern: ReadonlyMap<string, Family>,
): (code: HmsCode, family: Family) => readonly HmsCode[] {
  const causesOf = new Map<Family, Family[]>();
  const neighbours = new Map<string, Family[]>();
  for (const family of families) {
    for (const pattern of family.entry.suppresses ?? []) {
      const target = byPattern.get(pattern);
      if (target !== undefined) causesOf.set(target, [...(causesOf.get(target) ?? []), family]);
    }
    const group = groupOf(family);
    neighbours.set(group, [...(neighbours.get(group) ?? []), family]);
  }
  return (code, family) => {
    const effects = (family.entry.suppresses ?? []).flatMap((pattern) => byPattern.get(pattern) ?? []);
    const beside = groupOf(family) === "" ? [] : (neighbours.get(groupOf(family)) ?? []);
    const others = new Set([...(causesOf.get(family) ?? []), ...effects, ...beside]);
    others.delete(family);
    return [...others].map((other) => memberBeside(patternFor(other, code), code));
  };
}

/** Module and part; device errors have no part, so they have no neighbours. */
function groupOf(family: Family): string {
  const pattern = family.entry.codes[0] ?? "";
  const part = partOf(pattern);
  return part === undefined ? "" : moduleOf(pattern) + part;
}

/** The family's pattern in the code's own module, where it has one. */
function patternFor(family: Family, code: HmsCode): string {
  return family.entry.codes.find((pattern) => moduleOf(pattern) === code.slice(0, 2)) ?? family.first;
}
