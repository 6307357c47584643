/**
 * YAML as the catalogue uses it: text stays text, problems carry file and line. Lines are looked up only where there is a problem,
 * since that costs a second parse.
 */
import type { TSchema } from "typebox";
import { Compile } from "typebox/compile";
import { type Document, LineCounter, type Node, type Scalar, isMap, isNode, isPair, isScalar, parseDocument, visit } from "yaml";
import type { Problem } from "../../lib/errors.ts";

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

/** The file asked for last, parsed: one file may have thousands of problems. No more than one, since a stranger's may be large. */
let latest = new WeakMap<SourceText, Located>();

function locate(source: SourceText): Located {
  let found = latest.get(source);
  if (found === undefined) {
    const lines = new LineCounter();
    found = { document: parseDocument(source.text, { ...IN_LINE_WITH_SIZE, lineCounter: lines }), lines };
    latest = new WeakMap([[source, found]]);
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

/** The library compares every key with every other, and tells each mistake at length: a stranger's file could keep it busy for minutes. */
const IN_LINE_WITH_SIZE = { uniqueKeys: false, prettyErrors: false } as const;

/** A key that its map has already. */
function repeatedKey(document: Document): Scalar | undefined {
  let found: Scalar | undefined;
  visit(document, {
    Map: (_, { items }) => {
      const seen = new Set<unknown>();
      found = items
        .map(({ key }) => key)
        .filter((key) => isScalar(key) && key.value !== "<<")
        .find((key) => seen.size === seen.add((key as Scalar).value).size) as Scalar | undefined;
      return found === undefined ? undefined : visit.BREAK;
    },
  });
  return found;
}

function parseText({ label, text }: SourceText): { readonly value: unknown; readonly problem?: Problem } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    schema: "failsafe",
    merge: true,
    customTags: [boolTag, intTag],
    lineCounter: lines,
    ...IN_LINE_WITH_SIZE,
  });
  const problem = (at: number, message: string) => ({
    value: undefined,
    problem: { file: label, line: lines.linePos(at).line, path: "", message },
  });
  const [error] = document.errors;
  if (error !== undefined) return problem(error.pos[0], error.message);
  const repeated = repeatedKey(document);
  if (repeated !== undefined) return problem(repeated.range?.[0] ?? 0, `the key ${String(repeated.value)} stands twice`);
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (error) {
    // more aliases than an honest file has
    if (error instanceof ReferenceError) return { value: undefined, problem: { file: label, path: "", message: error.message } };
    throw error;
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
