/**
 * Builds the catalogue in memory: one map from code patterns to entries, and what is derived from it. Hides families, lanes and
 * stand-ins; an explanation exists for every code there can be. Rendered explanations are kept in a bounded cache.
 */
import type { CodeSummary } from "../model/api.ts";
import type { AlertDefinition } from "../model/alert.ts";
import { type HmsCode, severityOf } from "../model/code.ts";
import type { Lane } from "../model/priority.ts";
import type { Catalogue, Explanation, Override } from "./catalogue.ts";
import { readCompiled } from "./files/compiled.ts";
import { standInDefinition, withOverride } from "./definition.ts";
import { createDraw } from "./drawings/drawn.ts";
import { explainEntry, explainStandIn } from "./explain.ts";
import { createFacts } from "./facts.ts";
import { consequences, createFamily, createRelated, withExplained } from "./family.ts";
import { createMessageMap } from "./packs/messages.ts";
import { type PackInfo, compiledPack, layPacks } from "./packs/packs.ts";
import { findByPattern } from "./pattern.ts";
import { isFixed, nameOfModule, render, wordsOf } from "./render.ts";
import { ENGLISH, createTranslator } from "./languages.ts";
import { createSearch } from "./search.ts";
import type { Knowledge } from "./files/shape.ts";
import { statsOf } from "./stats.ts";

export interface PackOptions {
  /** Folders and zips, in the order in which they are taken in. */
  readonly paths: readonly string[];
  /** Whether the packs that come with the project are taken in before them. */
  readonly builtIn: boolean;
}

export interface LoadOptions {
  /** The catalogue's folder; the project's own by default. */
  readonly dir?: string;
  /** By default those that come with the project; none with another folder. */
  readonly packs?: PackOptions;
  readonly overrides?: ReadonlyMap<HmsCode, Override>;
}

/** All that are known, about 3 KB each. */
const CACHE_SIZE = 8_192;
const MAX_RELATED = 8;

/** Reads the folder, or by default the compiled file beside the bundle. YAML is loaded only where it is read: it costs 100 ms. */
async function readAll(dir: string | undefined, { paths, builtIn }: PackOptions) {
  const compiled = dir === undefined ? await readCompiled() : undefined;
  const base = compiled?.knowledge ?? (await (await import("./files/sound.ts")).readSound(dir));
  const files = compiled === undefined || paths.length > 0 ? await import("./packs/pack-files.ts") : undefined;
  const shipped = builtIn ? (compiled?.packs.map(compiledPack) ?? (await files?.readBuiltInPacks()) ?? []) : [];
  const given = files === undefined ? [] : await Promise.all(paths.map((path) => files.readPack(path)));
  return layPacks(base, [...shipped, ...given]);
}

/**
 * What is wrong with a pack does not keep the catalogue from loading: `packs()` tells.
 * @throws {ConfigError} that lists every problem of the project's own files, with file and line.
 */
export async function loadCatalogue(options: LoadOptions = {}): Promise<Catalogue> {
  const { knowledge, packs } = await readAll(options.dir, options.packs ?? { paths: [], builtIn: options.dir === undefined });
  return createCatalogue(knowledge, options.overrides, packs);
}

/** Remembers the latest that were made. */
function createKept<T>(size: number) {
  const made = new Map<string, T>();
  return {
    get: (key: string): T | undefined => made.get(key),
    put: (key: string, value: T): T => {
      const oldest = made.size < size ? undefined : made.keys().next().value;
      if (oldest !== undefined) made.delete(oldest);
      made.set(key, value);
      return value;
    },
  };
}

/** A catalogue over knowledge that was checked. */
export function createCatalogue(
  knowledge: Knowledge,
  overrides: ReadonlyMap<HmsCode, Override> = new Map(),
  packs: readonly PackInfo[] = [],
): Catalogue {
  const entries = withExplained(knowledge.entries);
  const families = entries.map(({ entry }) => createFamily(entry));
  const byPattern = new Map(families.flatMap((family) => family.entry.codes.map((pattern) => [pattern, family] as const)));
  const facts = createFacts(knowledge);
  const related = createRelated(families, byPattern, MAX_RELATED);
  const translator = createTranslator(knowledge);
  const draw = createDraw(knowledge);
  const kept = createKept<Explanation>(CACHE_SIZE);
  const packOf = new Map(entries.map(({ entry, pack }) => [entry, pack] as const));

  const lane = (code: HmsCode): Lane => {
    const family = findByPattern(byPattern, code);
    return family === undefined ? "undocumented" : (family.entry.lane ?? "documented");
  };
  const definition = (code: HmsCode): AlertDefinition => {
    const family = findByPattern(byPattern, code);
    return withOverride(family?.definition ?? standInDefinition(code), overrides.get(code));
  };
  const titleOf = (code: HmsCode, language: string, family = findByPattern(byPattern, code)): string => {
    if (family === undefined) return explain(code).title;
    const { tongue, entry } = translator.translate(family.entry, language);
    return isFixed(entry.title) ? entry.title : render(entry.title, wordsOf(tongue.knowledge.parts, code, tongue.say));
  };
  function explainNew(code: HmsCode, language: string): Explanation {
    const family = findByPattern(byPattern, code);
    const { priority, latching } = withOverride(family?.definition ?? standInDefinition(code), overrides.get(code));
    if (family === undefined) return explainStandIn({ code, priority, latching }, knowledge, facts);
    const { tongue, entry } = translator.translate(family.entry, language);
    const others = () =>
      related(code, family).map((other) => ({ code: other.code, title: titleOf(other.code, tongue.language, other.family) }));
    const pack = packOf.get(family.entry) ?? null;
    return explainEntry({ code, entry, pack, priority, latching, related: others }, tongue, facts);
  }
  function explain(code: HmsCode, language = ENGLISH): Explanation {
    const key = language === ENGLISH ? code : `${language} ${code}`;
    return kept.get(key) ?? kept.put(key, explainNew(code, language));
  }
  const summarize = (code: HmsCode, language = ENGLISH): CodeSummary => {
    const family = findByPattern(byPattern, code);
    const tongue = family === undefined ? undefined : translator.translate(family.entry, language).tongue;
    const module = nameOfModule(knowledge.modules, code);
    return {
      code,
      title: titleOf(code, language, family),
      severity: severityOf(code),
      priority: definition(code).priority,
      module: tongue?.say(module) ?? module,
      documented: family !== undefined,
      language: tongue?.language ?? ENGLISH,
    };
  };

  return {
    explain,
    drawing: (code, { model, language = ENGLISH } = {}) =>
      draw(code, { shows: findByPattern(byPattern, code)?.entry.shows, model, language, say: translator.say(language) }),
    definition,
    lane,
    search: createSearch(families, knowledge, summarize),
    list: () => families.map((family) => summarize(family.first)),
    known: facts.known,
    language: translator.choose,
    say: (english, language) => translator.say(language)(english),
    suppresses: (code) => consequences(findByPattern(byPattern, code)?.entry.suppresses ?? [], code),
    packs: () => packs,
    fromMessage: createMessageMap(knowledge.messages),
    stats: () => statsOf({ knowledge, families, known: facts.known(), lane, definition }),
  };
}
