/** `openhms catalogue …`: the knowledge, from the files alone; needs no central. */
import { existsSync } from "node:fs";
import { lintCatalogue } from "../catalogue/lint.ts";
import { loadCatalogue } from "../catalogue/load.ts";
import { ConfigError, formatProblem } from "../lib/errors.ts";
import { parseCode } from "../model/code.ts";
import type { Terminal } from "./commands.ts";
import { decodeLine } from "./decode.ts";
import { table } from "./format.ts";

export async function stats(json: boolean, terminal: Terminal): Promise<void> {
  const found = (await loadCatalogue()).stats();
  if (json) return terminal.print(JSON.stringify(found));
  terminal.print(`${found.entries} entries, ${found.causes} causes, ${found.checks} checks`);
  terminal.print(
    table(found.modules, [
      { title: "MODULE", value: (row) => row.module.toString(16).toUpperCase().padStart(2, "0") },
      { title: "ENTRIES", value: (row) => String(row.entries) },
      { title: "NAME", value: (row) => row.name },
    ]),
  );
}

/** False when there is a problem. */
export async function lint(dir: string | undefined, terminal: Terminal): Promise<boolean> {
  if (dir !== undefined && !existsSync(dir))
    throw new ConfigError([{ file: dir, path: "", message: "there is no such folder; name the catalogue with --dir" }]);
  const problems = await lintCatalogue(dir);
  for (const problem of problems) terminal.print(formatProblem(problem));
  terminal.print(`catalogue: ${problems.length} problem${problems.length === 1 ? "" : "s"}`);
  return problems.length === 0;
}

export async function show(code: string, json: boolean, terminal: Terminal): Promise<void> {
  const catalogue = await loadCatalogue();
  const canonical = parseCode(code);
  terminal.print(json ? JSON.stringify(catalogue.explain(canonical)) : decodeLine(canonical, catalogue, "http://127.0.0.1:4670").text);
}

/** False when nothing was found. */
export async function search(text: string, limit: number, json: boolean, terminal: Terminal): Promise<boolean> {
  const found = (await loadCatalogue()).search(text, limit);
  if (json) for (const row of found) terminal.print(JSON.stringify(row));
  else if (found.length === 0) terminal.print(`Nothing found for ${JSON.stringify(text)}. Try a code in any form, a part, or other words.`);
  else
    terminal.print(
      table(found, [
        { title: "CODE", value: (row) => row.code },
        { title: "SEVERITY", value: (row) => row.severity },
        { title: "TITLE", value: (row) => row.title },
      ]),
    );
  return found.length > 0;
}
