/**
 * What is wrong with a configuration file, in words and with the line where it stands. Hides what the schema library calls its
 * errors; a pattern is told by the description beside it.
 */
import type { TSchema } from "typebox";
import { type Document, type LineCounter, isMap, isNode, isPair, isScalar, isSeq } from "yaml";
import type { Redactor } from "../lib/log.ts";

export type Path = readonly (string | number)[];

/** What the parts below share: where problems go, and how a path becomes a line. */
export interface Reading {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redactor: Redactor;
  readonly add: (path: Path, message: string, atKey?: string) => void;
  /** Secrets that could not be had: what their schema says of the text that stands there is no news. */
  readonly unresolved: Set<string>;
}

interface SchemaError {
  readonly keyword: string;
  readonly schemaPath: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: object;
}

export function reportErrors(
  errors: readonly SchemaError[],
  schema: TSchema,
  base: Path,
  reading: Pick<Reading, "add" | "unresolved">,
): void {
  for (const error of errors) {
    const path = [
      ...base,
      ...error.instancePath
        .split("/")
        .slice(1)
        .map((part) => (/^\d+$/.test(part) ? Number(part) : unescapePointer(part))),
    ];
    if (reading.unresolved.has(path.join("."))) continue;
    if (error.keyword === "additionalProperties") {
      const extra = (error.params as { additionalProperties?: readonly string[] }).additionalProperties ?? [];
      for (const key of extra) reading.add(path, `unknown key ${JSON.stringify(key)}`, key);
    } else if (error.keyword === "required") {
      const missing = (error.params as { requiredProperties?: readonly string[] }).requiredProperties ?? [];
      reading.add(path, `needs ${missing.join(", ")}`);
    } else if (error.keyword === "enum") {
      const allowed = (error.params as { allowedValues?: readonly unknown[] }).allowedValues ?? [];
      reading.add(path, `must be one of ${allowed.join(", ")}`);
    } else if (error.keyword === "type" && error.message === "must be string") {
      // an access code of digits alone is a number to YAML, and would lose its leading zeros
      reading.add(path, "must be a text; put it in quotes");
    } else if (error.keyword === "anyOf" || error.keyword === "const" || error.keyword === "boolean") {
      // a union says itself which values it takes; its branches would only repeat it
      if (error.keyword === "anyOf") reading.add(path, "is none of the allowed values");
    } else if (error.keyword === "pattern") {
      const words = descriptionAt(schema, error.schemaPath);
      reading.add(path, words === undefined ? error.message : `write ${words}`);
    } else reading.add(path, error.message);
  }
}

/** What a person is to write, in the words of the schema: a pattern says nothing to most. */
function descriptionAt(schema: TSchema, schemaPath: string): string | undefined {
  let found: unknown = schema;
  for (const part of schemaPath.split("/").slice(1)) {
    if (typeof found !== "object" || found === null) return undefined;
    found = Reflect.get(found, unescapePointer(part));
  }
  const words: unknown = typeof found === "object" && found !== null ? Reflect.get(found, "description") : undefined;
  return typeof words === "string" ? words : undefined;
}

function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The 1-based line of a path, or of its nearest parent that exists. */
export function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined = isNode(node) ? node.range?.[0] : undefined;
  for (const part of path) {
    if (isMap(node)) {
      // of a key that stands twice the last one counts
      const pair = node.items.findLast((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === String(part));
      if (pair === undefined) break;
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    } else break;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}
