/**
 * Reads the catalogue's folder of YAML files into `Knowledge`. Hides YAML and where the folder lies; problems carry file and line.
 * Lines are looked up only where there is a problem, since that costs a second parse.
 */
import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { LineCounter, type Node, YAMLParseError, isMap, isNode, isPair, parse, parseDocument } from "yaml";
import { type Problem, errorText } from "../lib/errors.ts";
import { type Check, type Entry, EntryFile, type Knowledge, type PlacedEntry, SHARED_FILES } from "./shape.ts";

export type Path = readonly (string | number)[];

/** Turns a place inside a file into a problem with its line. */
export interface Sources {
  problem(file: string, path: Path, message: string): Problem;
}

export interface ReadResult {
  readonly knowledge: Knowledge;
  readonly problems: readonly Problem[];
  readonly sources: Sources;
}

/** Beside the sources the folder is two up; beside the bundle in `dist/` it is one up. */
export function catalogueFolder(): string {
  const found = ["../../catalogue/", "../catalogue/"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(join(path, "conditions.yaml")));
  return found ?? fileURLToPath(new URL("../../catalogue/", import.meta.url));
}

const SharedChecks = Object.fromEntries(Object.entries(SHARED_FILES).map(([name, schema]) => [name, Compile(schema as TSchema)]));
const EntryFileCheck = Compile(EntryFile);

/** The files of the folder and of its sub-folders; not deeper, so that a wrong folder is not a walk through the whole disk. */
async function listFiles(dir: string): Promise<readonly string[]> {
  const names: string[] = [];
  for (const one of await readdir(dir, { withFileTypes: true })) {
    if (!one.isDirectory()) names.push(one.name);
    else for (const name of await readdir(join(dir, one.name))) names.push(`${one.name}/${name}`);
  }
  return names.filter((name) => name.endsWith(".yaml")).sort();
}

/** The texts by name. What cannot be read is a problem of the catalogue, not a defect of this program. */
async function readTexts(dir: string): Promise<{ readonly texts: ReadonlyMap<string, string>; readonly unreadable: readonly Problem[] }> {
  const texts = new Map<string, string>();
  const unreadable: Problem[] = [];
  const attempt = async <T>(file: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      unreadable.push({ file, path: "", message: `cannot be read (${errorText(error)})` });
      return undefined;
    }
  };
  for (const name of (await attempt(dir, () => listFiles(dir))) ?? []) {
    const file = join(dir, name);
    const text = await attempt(file, () => readFile(file, "utf8"));
    if (text !== undefined) texts.set(name, text);
  }
  return { texts, unreadable };
}

function createSources(texts: ReadonlyMap<string, string>, dir: string): Sources {
  return {
    problem: (file, path, message) => {
      const line = lineOf(texts.get(file) ?? "", path);
      const shown = path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
      return { file: join(dir, file), ...(line === undefined ? {} : { line }), path: shown, message };
    },
  };
}

function keyNode(parent: unknown, key: string | number): Node | undefined {
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === String(key));
  return pair !== undefined && isNode(pair.key) ? pair.key : undefined;
}

/** The line of the deepest step of `path` that exists. */
function lineOf(text: string, path: Path): number | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  for (let depth = path.length; depth > 0; depth--) {
    const last = path[depth - 1] as string | number;
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const value = document.getIn(path.slice(0, depth), true);
    const node = keyNode(parent, last) ?? (isNode(value) ? value : undefined);
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return path.length === 0 ? 1 : undefined;
}

interface Parsed {
  readonly value: unknown;
  readonly problem?: Problem;
}

function parseFile(text: string, file: string): Parsed {
  try {
    return { value: parse(text, { schema: "failsafe", merge: true, customTags: [boolTag, intTag] }) as unknown };
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos?.[0].line;
    const message = (error.message.split("\n")[0] ?? "").replace(/ at line .*$/, "");
    return { value: undefined, problem: { file, ...(line === undefined ? {} : { line }), path: "", message } };
  }
}

// Codes and part numbers must stay text (10, 03 and 1E1 would be numbers in plain YAML), so only these words are typed.
const boolTag = {
  identify: (value: unknown) => typeof value === "boolean",
  default: true,
  tag: "tag:yaml.org,2002:bool",
  test: /^(?:true|false)$/,
  resolve: (text: string) => text === "true",
};
const intTag = {
  identify: (value: unknown) => typeof value === "number",
  default: true,
  tag: "tag:yaml.org,2002:int",
  test: /^[1-9][0-9]{0,2}$/,
  resolve: (text: string) => Number(text),
};

function pointerPath(pointer: string, value: unknown): Path {
  let here = value;
  return pointer
    .split("/")
    .slice(1)
    .map((raw) => {
      const step = raw.replaceAll("~1", "/").replaceAll("~0", "~");
      const key = Array.isArray(here) ? Number(step) : step;
      here = here === null || typeof here !== "object" ? undefined : (here as Record<string | number, unknown>)[key];
      return key;
    });
}

interface ShapeError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

/** One readable problem per place; a union's many complaints become one. */
function shapeProblems(errors: readonly ShapeError[], value: unknown, file: string, sources: Sources): Problem[] {
  const told = new Set<string>();
  const problems: Problem[] = [];
  for (const error of errors) {
    if (error.keyword === "boolean" || error.keyword === "const") continue;
    const place = pointerPath(error.instancePath, value);
    const extra = "additionalProperties" in error.params ? (error.params.additionalProperties as readonly string[]) : undefined;
    const paths = extra === undefined ? [place] : extra.map((key) => [...place, key]);
    for (const path of paths) {
      const key = path.join("/");
      if (told.has(key)) continue;
      told.add(key);
      const message = extra !== undefined ? "unknown key" : error.keyword === "anyOf" ? "not one of the allowed words" : error.message;
      problems.push(sources.problem(file, path, message));
    }
  }
  return problems;
}

/** Reads every file of a catalogue folder. A file with a wrong shape is left out and its problems are listed. */
export async function readFolder(dir: string): Promise<ReadResult> {
  const { texts, unreadable } = await readTexts(dir);
  const sources = createSources(texts, dir);
  const problems: Problem[] = [...unreadable];
  const shared: Record<string, unknown> = {};
  const entries: PlacedEntry[] = [];
  for (const [name, text] of texts) {
    const parsed = parseFile(text, join(dir, name));
    if (parsed.problem !== undefined) {
      problems.push(parsed.problem);
      continue;
    }
    const check = name.includes("/") ? EntryFileCheck : SharedChecks[name];
    if (check === undefined) problems.push(sources.problem(name, [], "no file of this name belongs here"));
    else if (!check.Check(parsed.value)) problems.push(...shapeProblems(check.Errors(parsed.value), parsed.value, name, sources));
    else if (name.includes("/"))
      (parsed.value as { entries: Entry[] }).entries.forEach((entry, index) => entries.push({ entry, file: name, index }));
    else shared[name] = parsed.value;
  }
  for (const name of Object.keys(SHARED_FILES)) {
    if (!texts.has(name)) problems.push({ file: join(dir, name), path: "", message: "this file is missing" });
  }
  return { knowledge: assemble(shared, entries), problems, sources };
}

function assemble(shared: Record<string, unknown>, entries: readonly PlacedEntry[]): Knowledge {
  return {
    causes: (shared["causes.yaml"] ?? {}) as Record<string, string>,
    checks: (shared["checks.yaml"] ?? {}) as Record<string, Check>,
    conditions: (shared["conditions.yaml"] ?? {}) as Record<string, string>,
    parts: (shared["parts.yaml"] ?? {}) as Record<string, Record<string, string>>,
    internal: ((shared["internal.yaml"] ?? { codes: [] }) as { codes: string[] }).codes,
    entries,
  };
}
