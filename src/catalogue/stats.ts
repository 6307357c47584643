/** What the catalogue covers, by module and by priority: counted over codes, since that is what a user meets. */
import type { AlertDefinition } from "../model/alert.ts";
import { type HmsCode, fieldsOf } from "../model/code.ts";
import { type Lane, PRIORITIES, type Priority } from "../model/priority.ts";
import type { CatalogueStats } from "./catalogue.ts";
import type { Family } from "./family.ts";
import { moduleOf } from "./pattern.ts";
import { nameOfModule } from "./render.ts";
import type { Knowledge } from "./files/shape.ts";

interface Counted {
  readonly knowledge: Knowledge;
  readonly families: readonly Family[];
  readonly known: readonly HmsCode[];
  readonly lane: (code: HmsCode) => Lane;
  readonly definition: (code: HmsCode) => AlertDefinition;
}

const hexByte = (value: number): string => value.toString(16).toUpperCase().padStart(2, "0");

export function statsOf({ knowledge, families, known, lane, definition }: Counted): CatalogueStats {
  const rows = new Map<number, { entries: number; known: number; explained: number }>();
  const row = (module: number) => {
    let found = rows.get(module);
    if (found === undefined) rows.set(module, (found = { entries: 0, known: 0, explained: 0 }));
    return found;
  };
  for (const { entry } of families)
    for (const module of new Set(entry.codes.map((pattern) => Number.parseInt(moduleOf(pattern), 16)))) row(module).entries++;
  const priorities = Object.fromEntries(PRIORITIES.map((priority) => [priority, 0])) as Record<Priority, number>;
  let internal = 0;
  for (const code of known) {
    const counted = row(fieldsOf(code).module);
    counted.known++;
    if (lane(code) !== "undocumented") counted.explained++;
    if (lane(code) === "internal") internal++;
    priorities[definition(code).priority]++;
  }
  const modules = [...rows]
    .sort(([a], [b]) => a - b)
    .map(([module, counts]) => ({ module, name: nameOfModule(knowledge.modules, hexByte(module)), ...counts }));
  return {
    entries: families.length,
    causes: Object.keys(knowledge.causes).length,
    checks: Object.keys(knowledge.checks).length,
    known: known.length,
    explained: modules.reduce((sum, { explained }) => sum + explained, 0),
    internal,
    priorities,
    modules,
  };
}

/** Of a catalogue that holds nothing. */
export const NO_STATS: CatalogueStats = {
  entries: 0,
  causes: 0,
  checks: 0,
  known: 0,
  explained: 0,
  internal: 0,
  priorities: { urgent: 0, high: 0, normal: 0, low: 0, log: 0 },
  modules: [],
};
