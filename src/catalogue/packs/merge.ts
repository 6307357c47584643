/**
 * A pack laid over the knowledge that is there: what it adds, and what it may not take. Pure. Hides how a pattern of the project is
 * found to be taken over by a wider or narrower one of a pack.
 */
import type { Problem } from "../../lib/errors.ts";
import { moduleName } from "../../model/words.ts";
import { findByPattern, isPattern, membersOf, moduleOf, partOf } from "../pattern.ts";
import type { Sources } from "../files/read.ts";
import { OWN_MODULE, isOwnNumber } from "../lint/references.ts";
import type { Knowledge, Language, PackHead, PlacedEntry } from "../files/shape.ts";
import type { Path } from "../files/yaml.ts";

/** A pack as it was read. */
export interface ReadPack {
  readonly head: PackHead;
  readonly knowledge: Knowledge;
}

type Table = Readonly<Record<string, unknown>>;

const joined = <T extends Table>(a: T, b: T): T => ({ ...a, ...b });

function joinedTables<T extends Table>(a: Readonly<Record<string, T>>, b: Readonly<Record<string, T>>): Record<string, T> {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...keys].map((key) => [key, { ...a[key], ...b[key] } as T]));
}

/** Every section of a language is a table, so the languages join as tables of tables. */
const joinedLanguage = (a: Language | undefined, b: Language | undefined): Language =>
  joinedTables({ ...a }, { ...b }) as unknown as Language;

const patternsOf = (entries: readonly PlacedEntry[]): Map<string, PlacedEntry> =>
  new Map(entries.flatMap((placed) => placed.entry.codes.map((pattern) => [pattern, placed] as const)));

/** Without the codes that a pack explains; an entry that has none left is gone. */
function withoutCodes(entries: readonly PlacedEntry[], taken: ReadonlyMap<string, PlacedEntry>): readonly PlacedEntry[] {
  const isTaken = (pattern: string): boolean => membersOf(pattern).every((code) => findByPattern(taken, code) !== undefined);
  return entries.flatMap((placed) => {
    const codes = placed.entry.codes.filter((pattern) => !isTaken(pattern));
    if (codes.length === placed.entry.codes.length) return [placed];
    return codes.length === 0 ? [] : [{ ...placed, entry: { ...placed.entry, codes } }];
  });
}

/** Translations go by an entry's first code: one that lost it keeps them under its next, and those of an entry that is gone are gone. */
function rekeyed(languages: Knowledge["languages"], before: readonly PlacedEntry[], after: readonly PlacedEntry[]): Knowledge["languages"] {
  const firsts = new Set(after.map(({ entry }) => entry.codes[0] ?? ""));
  const next = new Map(
    before.flatMap(({ entry: { codes } }) => {
      const first = codes[0] ?? "";
      return firsts.has(first) ? [] : [[first, codes.find((code) => firsts.has(code))] as const];
    }),
  );
  if (next.size === 0) return languages;
  const rekey = (entries: Language["entries"]): Language["entries"] =>
    Object.fromEntries(
      Object.entries(entries).flatMap(([first, words]) => {
        const key = next.has(first) ? next.get(first) : first;
        return key === undefined ? [] : [[key, words]];
      }),
    );
  return Object.fromEntries(Object.entries(languages).map(([tag, language]) => [tag, { ...language, entries: rekey(language.entries) }]));
}

/** `all` without what a pack replaces. */
function yielding(all: Knowledge, { head, knowledge: own }: ReadPack): Knowledge {
  if (head.overrides !== true) return all;
  const entries = withoutCodes(all.entries, patternsOf(own.entries));
  return { ...all, entries, languages: rekeyed(all.languages, all.entries, entries) };
}

/** A pack that was found sound, laid over what is there. */
export function mergePack(there: Knowledge, pack: ReadPack): Knowledge {
  const all = yielding(there, pack);
  const own = pack.knowledge;
  const tags = new Set([...Object.keys(all.languages), ...Object.keys(own.languages)]);
  const { table, svgs } = all.drawings;
  return {
    causes: joined(all.causes, own.causes),
    checks: joined(all.checks, own.checks),
    conditions: joined(all.conditions, own.conditions),
    parts: joinedTables(all.parts, own.parts),
    entries: [...all.entries, ...own.entries],
    ownNumbers: joined(all.ownNumbers, own.ownNumbers),
    known: { codes: [...all.known.codes, ...own.known.codes] },
    actions: { words: joined(all.actions.words, own.actions.words), offers: [...all.actions.offers, ...own.actions.offers] },
    pages: all.pages,
    drawings: {
      table: {
        parts: joinedTables(table.parts, own.drawings.table.parts),
        modules: joined(table.modules, own.drawings.table.modules),
        drawings: [...table.drawings, ...own.drawings.table.drawings],
      },
      svgs: joined(svgs, own.drawings.svgs),
    },
    languages: Object.fromEntries([...tags].map((tag) => [tag, joinedLanguage(all.languages[tag], own.languages[tag])])),
    modules: joined(all.modules, own.modules),
    messages: [...all.messages, ...own.messages],
  };
}

/** Patterns of a pack whose codes somebody else explains too. */
export function replaced(all: Knowledge, { knowledge: own }: ReadPack): readonly string[] {
  const there = patternsOf(all.entries);
  return [...patternsOf(own.entries).keys()].filter((pattern) =>
    membersOf(pattern).some((code) => findByPattern(there, code) !== undefined),
  );
}

/** What a collision needs to name both files. */
export interface Homes {
  /** The file of an entry. */
  ofEntry(placed: PlacedEntry): string;
  /** Where a shared id stands that is there already. */
  of(kind: string, id: string): string;
}

type Tell = (file: string, path: Path, message: string) => void;

/** Two files of one knowledge that both say something of `id`, where only one may. */
function sharedCollisions(all: Knowledge, own: Knowledge, sources: Sources, homes: Homes): readonly Problem[] {
  const problems: Problem[] = [];
  for (const kind of ["causes", "checks"] as const)
    for (const id of Object.keys(own[kind]))
      if (Object.hasOwn(all[kind], id)) problems.push(sources.sharedProblem(kind, id, `${id} stands already in ${homes.of(kind, id)}`));
  const single = [
    ["conditions.yaml", all.conditions, own.conditions],
    ["own-numbers.yaml", all.ownNumbers, own.ownNumbers],
  ] as const;
  for (const [file, there, mine] of single)
    for (const id of Object.keys(mine))
      if (Object.hasOwn(there, id)) problems.push(sources.problem(file, [id], `${id} stands already in ${homes.of(file, id)}`));
  for (const [module, parts] of Object.entries(own.parts))
    for (const [part, name] of Object.entries(parts)) {
      const there = all.parts[module]?.[part];
      if (there !== undefined && there !== name)
        problems.push(sources.problem("parts.yaml", [module, part], `this part is called ${there} in ${homes.of("parts.yaml", module)}`));
    }
  for (const file of Object.keys(own.drawings.svgs))
    if (Object.hasOwn(all.drawings.svgs, file))
      problems.push(sources.problem(`drawings/${file}`, [], `a drawing of this name stands already in ${homes.of("drawings", file)}`));
  return [...problems, ...drawnCollisions(all, own, sources)];
}

/** What a code of somebody else lights up is not for a pack to say. */
function drawnCollisions(all: Knowledge, own: Knowledge, sources: Sources): readonly Problem[] {
  const [there, mine] = [all.drawings.table, own.drawings.table];
  const parts = Object.entries(mine.parts).flatMap(([module, byPart]) =>
    Object.keys(byPart).map((part) => ({ path: ["parts", module, part], taken: there.parts[module]?.[part] !== undefined })),
  );
  const modules = Object.keys(mine.modules).map((module) => ({ path: ["modules", module], taken: there.modules[module] !== undefined }));
  return [...parts, ...modules].flatMap(({ path, taken }) =>
    taken ? [sources.problem("drawings.yaml", path, "this is drawn already")] : [],
  );
}

const TRANSLATED = ["words", "conditions", "causes", "checks", "entries"] as const;

/** What is translated already stays as it is. */
function translationCollisions(all: Knowledge, own: Knowledge, sources: Sources): readonly Problem[] {
  return Object.entries(own.languages).flatMap(([tag, language]) =>
    TRANSLATED.flatMap((section) =>
      Object.entries(language[section])
        .filter(([id, text]) => Object.hasOwn(all.languages[tag]?.[section] ?? {}, id) && all.languages[tag]?.[section][id] !== text)
        .map(([id]) => sources.translationProblem(tag, section, id, [], `${id} is translated already`)),
    ),
  );
}

/** Each code of a pack has a right to its number, and explains what nobody explains yet. */
function checkCodes(
  placed: PlacedEntry,
  head: PackHead,
  all: Knowledge,
  there: ReadonlyMap<string, PlacedEntry>,
  homes: Homes,
  tell: Tell,
) {
  const mayOverride = ({ pack }: PlacedEntry): boolean =>
    head.overrides === true && (pack === undefined || (head.requires ?? []).includes(pack));
  placed.entry.codes.forEach((pattern, i) => {
    if (!isPattern(pattern)) return;
    const path: Path = ["entries", placed.index, "codes", i];
    const module = moduleOf(pattern);
    if (module === OWN_MODULE) return tell(placed.file, path, "module F0 is OpenHMS itself");
    const earlier = membersOf(pattern)
      .map((code) => findByPattern(there, code))
      .find((found) => found !== undefined);
    if (earlier !== undefined && mayOverride(earlier)) return undefined;
    if (earlier !== undefined) {
      const way = earlier.pack === undefined ? "; with overrides: true in pack.yaml this entry wins" : "";
      return tell(placed.file, path, `${pattern} is explained already in ${homes.ofEntry(earlier)}${way}`);
    }
    if (!isNamed(module)) {
      const isDeclared = Object.hasOwn(head.modules ?? {}, module) || Object.hasOwn(all.modules, module);
      return isDeclared ? undefined : tell(placed.file, path, `module ${module} has no name; give it one under modules in pack.yaml`);
    }
    if (partOf(pattern) === undefined)
      return tell(placed.file, path, "device errors of this module are its maker's; use a number of E000 or above");
    if (!isOwnNumber(pattern)) return tell(placed.file, path, "in a module of a printer's maker, a pack's numbers are E000 or above");
    return undefined;
  });
}

/** Whether a printer's maker has this module. */
const isNamed = (module: string): boolean => !moduleName(Number.parseInt(module, 16)).startsWith("Module ");

/** What keeps a pack from being laid over `all`. */
export function collisions(all: Knowledge, pack: ReadPack, sources: Sources, homes: Homes): readonly Problem[] {
  const { head, knowledge: own } = pack;
  const problems = [...sharedCollisions(all, own, sources, homes), ...translationCollisions(yielding(all, pack), own, sources)];
  const tell: Tell = (file, path, message) => void problems.push(sources.problem(file, path, message));
  for (const [module, name] of Object.entries(head.modules ?? {})) {
    const there = isNamed(module) ? moduleName(Number.parseInt(module, 16)) : all.modules[module];
    if (there !== undefined && there !== name) tell("pack.yaml", ["modules", module], `module ${module} is ${there} already`);
  }
  if (own.pages.own.length + own.pages.shared.length > 0) tell("facts/pages.yaml", [], "a pack cannot bring pages of a maker yet");
  const there = patternsOf(all.entries);
  for (const placed of own.entries) checkCodes(placed, head, all, there, homes, tell);
  return problems;
}
