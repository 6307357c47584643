/**
 * Reads the texts of a catalogue into `Knowledge`. Hides which file holds what; a file with a wrong shape is left out and its
 * problems are listed.
 */
import type { TSchema } from "typebox";
import type { Problem } from "../../lib/errors.ts";
import { type Texts, readTexts } from "./folder.ts";
import {
  type Entry,
  EntryFile,
  JOINED_FOLDERS,
  type Knowledge,
  LANGUAGE_FILES,
  type Language,
  MODULE_FOLDER,
  PACK_FILES,
  type PackHead,
  type PlacedEntry,
  SINGLE_FILES,
  TranslatedEntryFile,
} from "./shape.ts";
import { svgProblems } from "../drawings/svg.ts";
import { type Checker, type Path, compileSchema, problemAt, readValue } from "./yaml.ts";

type Joined = keyof typeof JOINED_FOLDERS;

/** Turns a place inside a file into a problem with its line. */
export interface Sources {
  problem(file: string, path: Path, message: string): Problem;
  /** The same for a shared cause or check, whichever file it stands in. */
  sharedProblem(kind: Joined, id: string, message: string): Problem;
  /** The file in which an id of `causes` or `checks` stands; any other kind is a file itself. */
  homeOf(kind: string, id: string): string;
  /** The same for a translation. */
  translationProblem(language: string, section: keyof Language, id: string, path: Path, message: string): Problem;
}

export interface ReadResult {
  readonly knowledge: Knowledge;
  /** Only where the folder is a pack. */
  readonly head: PackHead | undefined;
  readonly problems: readonly Problem[];
  readonly sources: Sources;
}

/** A map, since a pack may name its folders `constructor`. */
const compileAll = (schemas: Record<string, TSchema>): ReadonlyMap<string, Checker> =>
  new Map(Object.entries(schemas).map(([name, schema]) => [name, compileSchema(schema)]));
const SINGLE_CHECKS = compileAll({ ...SINGLE_FILES, ...PACK_FILES });
const JOINED_CHECKS = compileAll(JOINED_FOLDERS);
const ENTRY_CHECK = compileSchema(EntryFile);

const LANGUAGE_CHECKS = compileAll(LANGUAGE_FILES);
const TRANSLATION_CHECK = compileSchema(TranslatedEntryFile);

type Place =
  | { readonly kind: "single"; readonly checker: Checker }
  | { readonly kind: "joined"; readonly checker: Checker; readonly folder: Joined }
  | { readonly kind: "entries"; readonly checker: Checker }
  | { readonly kind: "language"; readonly checker: Checker; readonly language: string; readonly section: keyof Language };

const DRAWING = /^drawings\/([^/]+\.svg)$/;
const LANGUAGE_FILE = /^languages\/([a-z]{2,3}(?:-[A-Z]{2})?)\/([^/]+\.yaml)$/;

function placeOf(name: string): Place | undefined {
  if (!name.endsWith(".yaml")) return undefined;
  const single = SINGLE_CHECKS.get(name);
  if (single !== undefined) return { kind: "single", checker: single };
  const [, language, file = ""] = LANGUAGE_FILE.exec(name) ?? [];
  if (language !== undefined) {
    const checker = LANGUAGE_CHECKS.get(file);
    // names of drawn parts are phrases like others, in a file of their own because they are many
    const section = checker === undefined ? "entries" : file === "drawings.yaml" ? "words" : (file.replace(".yaml", "") as keyof Language);
    return { kind: "language", checker: checker ?? TRANSLATION_CHECK, language, section };
  }
  const folder = name.split("/", 1)[0] ?? "";
  const joined = JOINED_CHECKS.get(folder);
  if (joined !== undefined) return { kind: "joined", checker: joined, folder: folder as Joined };
  return MODULE_FOLDER.test(folder) ? { kind: "entries", checker: ENTRY_CHECK } : undefined;
}

export async function readFolder(dir: string): Promise<ReadResult> {
  const { texts, problems } = await readTexts(dir);
  const missing = Object.keys(SINGLE_FILES).filter((name) => !texts.has(name));
  const read = readKnowledge(texts);
  const absent = missing.map((name) => ({ file: `${dir.replace(/\/$/, "")}/${name}`, path: "", message: "this file is missing" }));
  return { ...read, problems: [...problems, ...read.problems, ...absent] };
}

export function readKnowledge(texts: Texts): ReadResult {
  const homes = createHomes();
  const sources: Sources = {
    problem: (file, path, message) => problemAt(texts.get(file) ?? { label: file, text: "" }, path, message),
    sharedProblem: (kind, id, message) => sources.problem(homes.of(kind, id), [id], message),
    homeOf: (kind, id) => texts.get(homes.of(kind, id))?.label ?? kind,
    translationProblem: (language, section, id, path, message) =>
      sources.problem(homes.of(`${language}/${section}`, id), [id, ...path], message),
  };
  const problems: Problem[] = [];
  const single: Record<string, unknown> = {};
  const joined: Record<Joined, Record<string, unknown>> = { causes: {}, checks: {} };
  const languages: Record<string, Record<keyof Language, Record<string, unknown>>> = {};
  const entries: PlacedEntry[] = [];
  const svgs: Record<string, string> = {};

  /** Adds what a file holds to what its neighbours hold; an id has one home. */
  function join(into: Record<string, unknown>, kind: string, file: string, value: Record<string, unknown>): void {
    for (const [id, one] of Object.entries(value)) {
      const home = homes.take(kind, id, file);
      if (home === undefined) into[id] = one;
      else problems.push(sources.problem(file, [id], `${id} stands already in ${home}`));
    }
  }

  for (const [name, source] of texts) {
    const [, svg] = DRAWING.exec(name) ?? [];
    if (svg !== undefined) {
      const found = svgProblems(source.text);
      problems.push(...found.map((message) => sources.problem(name, [], message)));
      if (found.length === 0) svgs[svg] = source.text;
      continue;
    }
    const place = placeOf(name);
    if (place === undefined) {
      problems.push(sources.problem(name, [], "no file of this name belongs here"));
      continue;
    }
    const { value, problems: found } = readValue(source, place.checker);
    problems.push(...found);
    if (found.length > 0) continue;
    if (place.kind === "single") single[name] = value;
    else if (place.kind === "entries")
      (value as { entries: Entry[] }).entries.forEach((entry, index) => entries.push({ entry, file: name, index }));
    else if (place.kind === "joined") join(joined[place.folder], place.folder, name, value as Record<string, unknown>);
    else {
      const language = (languages[place.language] ??= { words: {}, conditions: {}, causes: {}, checks: {}, entries: {} });
      join(language[place.section], `${place.language}/${place.section}`, name, value as Record<string, unknown>);
    }
  }
  const head = single["pack.yaml"] as PackHead | undefined;
  const placed = head === undefined ? entries : entries.map((entry) => ({ ...entry, pack: head.id }));
  const knowledge = assemble({ single, joined, svgs }, placed, languages as unknown as Knowledge["languages"]);
  return { knowledge: { ...knowledge, modules: head?.modules ?? {} }, head, problems, sources };
}

/** Which file an id stands in. */
function createHomes() {
  const files = new Map<string, string>();
  return {
    /** Undefined when the id is new; else the file that has it. */
    take: (kind: string, id: string, file: string): string | undefined => {
      const key = `${kind}#${id}`;
      const home = files.get(key);
      if (home === undefined) files.set(key, file);
      return home;
    },
    of: (kind: string, id: string): string => files.get(`${kind}#${id}`) ?? kind,
  };
}

/** What stands in files that all entries share. */
interface Shared {
  readonly single: Record<string, unknown>;
  readonly joined: Record<Joined, Record<string, unknown>>;
  readonly svgs: Record<string, string>;
}

function assemble({ single, joined, svgs }: Shared, entries: readonly PlacedEntry[], languages: Knowledge["languages"]): Knowledge {
  return {
    causes: joined.causes as Knowledge["causes"],
    checks: joined.checks as Knowledge["checks"],
    conditions: (single["conditions.yaml"] ?? {}) as Knowledge["conditions"],
    parts: (single["parts.yaml"] ?? {}) as Knowledge["parts"],
    ownNumbers: (single["own-numbers.yaml"] ?? {}) as Knowledge["ownNumbers"],
    known: (single["facts/known.yaml"] ?? { codes: [] }) as Knowledge["known"],
    actions: (single["facts/actions.yaml"] ?? { words: {}, offers: [] }) as Knowledge["actions"],
    pages: (single["facts/pages.yaml"] ?? { host: "", own: [], shared: [] }) as Knowledge["pages"],
    drawings: { table: (single["drawings.yaml"] ?? { parts: {}, modules: {}, drawings: [] }) as Knowledge["drawings"]["table"], svgs },
    entries,
    languages,
    modules: {},
    messages: (single["messages.yaml"] as { messages: Knowledge["messages"] } | undefined)?.messages ?? [],
  };
}
