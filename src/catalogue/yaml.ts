/**
 * YAML as the catalogue uses it: text stays text, problems carry file and line. Lines are looked up only where there is a problem,
 * since that costs a second parse.
 */
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { type Document, LineCounter, type Node, YAMLParseError, isMap, isNode, isPair, parse, parseDocument } from "yaml";
import type { Problem } from "../lib/errors.ts";

export type Path = readonly (string | number)[];

/** A file's text and the name under which its problems are told. */
export interface SourceText {
  readonly label: string;
  readonly text: string;
}

/** A place inside a file as a problem with its line. */
export function problemAt(source: SourceText, path: Path, message: string): Problem {
  const line = lineOf(source, path);
  const shown = path.map((step, i) => (typeof step === "number" ? `[${step}]` : i === 0 ? step : `.${step}`)).join("");
  return { file: source.label, ...(line === undefined ? {} : { line }), path: shown, message };
}

interface Located {
  readonly document: Document;
  readonly lines: LineCounter;
}

/** Parsed for the first problem and kept for the others: a file may have thousands. */
const located = new WeakMap<SourceText, Located>();

function locate(source: SourceText): Located {
  let found = located.get(source);
  if (found === undefined) {
    const lines = new LineCounter();
    located.set(source, (found = { document: parseDocument(source.text, { lineCounter: lines }), lines }));
  }
  return found;
}

function keyNode(parent: unknown, key: string | number): Node | undefined {
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === String(key));
  return pair !== undefined && isNode(pair.key) ? pair.key : undefined;
}

/** The line of the deepest step of `path` that exists. */
function lineOf(source: SourceText, path: Path): number | undefined {
  const { document, lines } = locate(source);
  for (let depth = path.length; depth > 0; depth--) {
    const last = path[depth - 1] as string | number;
    const parent = depth === 1 ? document.contents : document.getIn(path.slice(0, depth - 1), true);
    const value = document.getIn(path.slice(0, depth), true);
    const node = keyNode(parent, last) ?? (isNode(value) ? value : undefined);
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return path.length === 0 ? 1 : undefined;
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

function parseText({ label, text }: SourceText): { readonly value: unknown; readonly problem?: Problem } {
  try {
    return { value: parse(text, { schema: "failsafe", merge: true, maxAliasCount: 100, customTags: [boolTag, intTag] }) as unknown };
  } catch (error) {
    if (error instanceof ReferenceError) return { value: undefined, problem: { file: label, path: "", message: error.message } };
    if (!(error instanceof YAMLParseError)) throw error;
    const line = error.linePos?.[0].line;
    const message = (error.message.split("\n")[0] ?? "").replace(/ at line .*$/, "");
    return { value: undefined, problem: { file: label, ...(line === undefined ? {} : { line }), path: "", message } };
  }
}

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

export interface Checker {
  Check(value: unknown): boolean;
  Errors(
    value: unknown,
  ): readonly { readonly keyword: string; readonly instancePath: string; readonly params: object; readonly message: string }[];
}

export function compileSchema(schema: TSchema): Checker {
  return Compile(schema);
}

/** One readable problem per place; a union's many complaints become one. */
function shapeProblems(checker: Checker, value: unknown, source: SourceText): Problem[] {
  const told = new Set<string>();
  const problems: Problem[] = [];
  for (const error of checker.Errors(value)) {
    if (error.keyword === "boolean" || error.keyword === "const") continue;
    const place = pointerPath(error.instancePath, value);
    const extra = "additionalProperties" in error.params ? (error.params.additionalProperties as readonly string[]) : undefined;
    const paths = extra === undefined ? [place] : extra.map((key) => [...place, key]);
    for (const path of paths) {
      const key = path.join("/");
      if (told.has(key)) continue;
      told.add(key);
      const message = extra !== undefined ? "unknown key" : error.keyword === "anyOf" ? "not one of the allowed words" : error.message;
      problems.push(problemAt(source, path, message));
    }
  }
  return problems;
}

/** The value of a file, or the problems that keep it from being read. */
export function readValue(source: SourceText, checker: Checker): { readonly value?: unknown; readonly problems: readonly Problem[] } {
  const { value, problem } = parseText(source);
  if (problem !== undefined) return { problems: [problem] };
  return checker.Check(value) ? { value, problems: [] } : { problems: shapeProblems(checker, value, source) };
}
