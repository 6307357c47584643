/**
 * Builds the catalogue in memory: one map from code patterns to entries, and what is derived from it. Hides families, lanes and
 * stand-ins; an explanation exists for every code there can be. Rendered explanations are kept in a bounded cache.
 */
import type { CodeSummary } from "../model/api.ts";
import type { AlertDefinition } from "../model/alert.ts";
import { type HmsCode, fieldsOf, severityOf } from "../model/code.ts";
import type { Lane } from "../model/priority.ts";
import { moduleName } from "../model/words.ts";
import type { Catalogue, CatalogueStats, Explanation, Override } from "./catalogue.ts";
import { readCompiled } from "./compiled.ts";
import { standInDefinition, withOverride } from "./definition.ts";
import { explainEntry, explainStandIn } from "./explain.ts";
import { type Family, consequences, createFamily, createRelated } from "./family.ts";
import { findByPattern, moduleOf } from "./pattern.ts";
import { render, wordsOf } from "./render.ts";
import { createSearch } from "./search.ts";
import type { Knowledge } from "./shape.ts";

export interface LoadOptions {
  /** The catalogue's folder; the project's own by default. */
  readonly dir?: string;
  readonly overrides?: ReadonlyMap<HmsCode, Override>;
}

const CACHE_SIZE = 2_000;
const MAX_RELATED = 8;

/** Reads the folder, or by default the compiled file beside the bundle. YAML is loaded only where it is read: it costs 100 ms. */
async function readKnowledge(dir: string | undefined): Promise<Knowledge> {
  const compiled = dir === undefined ? await readCompiled() : undefined;
  if (compiled !== undefined) return compiled;
  const { readSound } = await import("./sound.ts");
  return readSound(dir);
}

/** @throws {ConfigError} that lists every problem with file and line. */
export async function loadCatalogue(options: LoadOptions = {}): Promise<Catalogue> {
  return createCatalogue(await readKnowledge(options.dir), options.overrides ?? new Map());
}

/** A catalogue over knowledge that was checked. */
export function createCatalogue(knowledge: Knowledge, overrides: ReadonlyMap<HmsCode, Override>): Catalogue {
  const families = knowledge.entries.map(({ entry }) => createFamily(entry));
  const byPattern = new Map(families.flatMap((family) => family.entry.codes.map((pattern) => [pattern, family] as const)));
  const internal = new Set(knowledge.internal);
  const related = createRelated(families, byPattern);
  const cache = new Map<HmsCode, Explanation>();

  const lane = (code: HmsCode): Lane => {
    if (findByPattern(byPattern, code) !== undefined) return "documented";
    return internal.has(code) ? "internal" : "undocumented";
  };
  const definition = (code: HmsCode): AlertDefinition => {
    const family = findByPattern(byPattern, code);
    return withOverride(family?.definition ?? standInDefinition(code, lane(code)), overrides.get(code));
  };
  const titleOf = (code: HmsCode): string => {
    const family = findByPattern(byPattern, code);
    return family === undefined ? explain(code).title : render(family.entry.title, wordsOf(knowledge.parts, code));
  };
  function explainNew(code: HmsCode): Explanation {
    const family = findByPattern(byPattern, code);
    const { priority, latching } = definition(code);
    if (family === undefined) return explainStandIn({ code, lane: lane(code), priority, latching }, knowledge);
    const others = related(code, family).slice(0, MAX_RELATED);
    return explainEntry(
      { code, entry: family.entry, priority, latching, related: others.map((other) => ({ code: other, title: titleOf(other) })) },
      knowledge,
    );
  }
  function explain(code: HmsCode): Explanation {
    const known = cache.get(code);
    if (known !== undefined) return known;
    const fresh = explainNew(code);
    const oldest = cache.size < CACHE_SIZE ? undefined : cache.keys().next().value;
    if (oldest !== undefined) cache.delete(oldest);
    cache.set(code, fresh);
    return fresh;
  }
  const summarize = (code: HmsCode): CodeSummary => ({
    code,
    title: titleOf(code),
    severity: severityOf(code),
    priority: definition(code).priority,
    module: moduleName(fieldsOf(code).module),
    documented: findByPattern(byPattern, code) !== undefined,
  });

  return {
    explain,
    definition,
    lane,
    search: createSearch(families, knowledge, summarize),
    list: () => families.map((family) => summarize(family.first)),
    suppresses: (code) => {
      const patterns = findByPattern(byPattern, code)?.entry.suppresses ?? [];
      return patterns.flatMap((pattern) => consequences(pattern, code));
    },
    stats: () => statsOf(families, knowledge),
  };
}

function statsOf(families: readonly Family[], knowledge: Knowledge): CatalogueStats {
  const counts = new Map<number, number>();
  for (const family of families) {
    const modules = new Set(family.entry.codes.map((pattern) => Number.parseInt(moduleOf(pattern), 16)));
    for (const module of modules) counts.set(module, (counts.get(module) ?? 0) + 1);
  }
  const modules = [...counts].sort(([a], [b]) => a - b).map(([module, entries]) => ({ module, name: moduleName(module), entries }));
  return { entries: families.length, causes: Object.keys(knowledge.causes).length, checks: Object.keys(knowledge.checks).length, modules };
}
