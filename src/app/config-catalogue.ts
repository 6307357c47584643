/**
 * The section `catalogue` of the configuration: which packs are taken in. Paths are relative to the file; one that is not there is a
 * problem of the configuration, what is wrong inside a pack is not.
 */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Type, type Static } from "typebox";
import { Compile } from "typebox/compile";
import { LineCounter, parseDocument } from "yaml";
import type { PackOptions } from "../catalogue/load.ts";
import { ConfigError, type Problem, errorText } from "../lib/errors.ts";
import { type Reading, lineOf, reportErrors } from "./config-problems.ts";
import { hideBraces, readText } from "./config-secrets.ts";

export const CatalogueShape = Type.Object(
  {
    /** Folders or zips. */
    packs: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    /** Whether the packs that come with OpenHMS are used; they are. */
    builtIn: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** Of a section that its schema has checked. */
export function packsOf(section: Static<typeof CatalogueShape> | undefined, { add }: Pick<Reading, "add">, folder: string): PackOptions {
  const paths = (section?.packs ?? []).map((path) => resolve(folder, path));
  paths.forEach((path, i) => {
    if (!existsSync(path)) add(["catalogue", "packs", i], `there is no folder or file ${path}`);
  });
  return { paths, builtIn: section?.builtIn ?? true };
}

/** Of a file of which the rest does not matter: whoever looks up a code needs no access code of a printer. @throws {ConfigError} */
export function loadPackOptions(file: string): PackOptions {
  const problems: Problem[] = [];
  const lines = new LineCounter();
  const document = parseDocument(hideBraces(textOf(file)), { lineCounter: lines, prettyErrors: false });
  const add: Reading["add"] = (path, message, atKey) => {
    const line = lineOf(document, lines, atKey === undefined ? path : [...path, atKey]);
    problems.push({ file, ...(line === undefined ? {} : { line }), path: path.join("."), message });
  };
  const reading = { add, unresolved: new Set<string>() };
  for (const error of document.errors) problems.push({ file, line: lines.linePos(error.pos[0]).line, path: "", message: error.message });
  const section: unknown =
    problems.length > 0 ? undefined : (document.toJS({ maxAliasCount: 100 }) as { catalogue?: unknown } | null)?.catalogue;
  const check = Compile(CatalogueShape);
  const isSound = section === undefined || check.Check(section);
  if (!isSound) reportErrors(check.Errors(section), CatalogueShape, ["catalogue"], reading);
  const options = packsOf(isSound ? section : undefined, reading, dirname(resolve(file)));
  if (problems.length > 0) throw new ConfigError(problems);
  return options;
}

function textOf(file: string): string {
  try {
    return readText(file);
  } catch (error) {
    throw new ConfigError([{ file, path: "", message: `cannot be read (${errorText(error)}); name another file with --config` }]);
  }
}
