/** `openhms catalogue …`: the knowledge, from the files alone; needs no central. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { lintAll, lintCatalogue, lintPack } from "../catalogue/lint/lint.ts";
import { ConfigError, type Problem, formatProblem } from "../lib/errors.ts";
import type { Catalogue, Explanation } from "../catalogue/catalogue.ts";
import type { VendorTexts } from "../catalogue/vendor/vendor-texts.ts";
import { type HmsCode, parseCode } from "../model/code.ts";
import { PRIORITIES } from "../model/priority.ts";
import type { Terminal } from "./commands.ts";
import { decodeLine, spokenStep } from "./decode.ts";
import { jsonLine, plain, plainLines, table } from "./format.ts";

export function stats(catalogue: Catalogue, json: boolean, terminal: Terminal): void {
  const found = catalogue.stats();
  if (json) return terminal.print(JSON.stringify(found));
  terminal.print(`${found.entries} entries, ${found.causes} causes, ${found.checks} checks`);
  terminal.print(
    `${found.explained} of ${found.known} known codes explained (${found.internal} internal: the maker gives them no meaning)`,
  );
  const share = (count: number): string => `${((100 * count) / Math.max(1, found.known)).toFixed(1)} %`;
  terminal.print(
    PRIORITIES.map((priority) => `${priority} ${found.priorities[priority]} (${share(found.priorities[priority])})`).join(", "),
  );
  for (const pack of catalogue.packs().filter(({ loaded }) => loaded)) {
    const wins =
      pack.replaces.length === 0
        ? ""
        : `; replaces ${pack.replaces.length} code${pack.replaces.length === 1 ? "" : "s"} of others: ${pack.replaces.join(" ")}`;
    terminal.print(`of these, pack ${pack.id} ${pack.version}: ${pack.entries} entries${wins}`);
  }
  terminal.print(
    table(found.modules, [
      { title: "MODULE", value: (row) => row.module.toString(16).toUpperCase().padStart(2, "0") },
      { title: "ENTRIES", value: (row) => String(row.entries) },
      { title: "KNOWN", value: (row) => String(row.known) },
      { title: "EXPLAINED", value: (row) => String(row.explained) },
      { title: "NAME", value: (row) => row.name },
    ]),
  );
}

/** The packs in use and those left out, with what is wrong with them; false when one is. */
export function packs(catalogue: Catalogue, json: boolean, terminal: Terminal): boolean {
  const found = catalogue.packs();
  if (json) for (const pack of found) terminal.print(jsonLine(pack));
  else if (found.length === 0) terminal.print("No packs. Name some under catalogue.packs in openhms.yaml, or with --pack.");
  else
    terminal.print(
      table(found, [
        { title: "PACK", value: (pack) => pack.id },
        { title: "VERSION", value: (pack) => pack.version ?? "" },
        { title: "STATE", value: (pack) => (pack.loaded ? (pack.builtIn ? "built in" : "loaded") : "left out") },
        { title: "ENTRIES", value: (pack) => String(pack.entries) },
        { title: "REPLACES", value: (pack) => String(pack.replaces.length) },
        { title: "MESSAGES", value: (pack) => String(pack.messages) },
        { title: "NAME", value: (pack) => pack.name },
        { title: "FROM", value: (pack) => pack.path },
      ]),
    );
  const problems = found.flatMap((pack) => pack.problems);
  if (!json) for (const problem of problems) terminal.print(plain(formatProblem(problem)));
  return problems.length === 0;
}

/** Every known code, one a line, in the order of the numbers; with `own`, the codes of OpenHMS itself after them. */
export function dump(catalogue: Catalogue, options: { readonly json: boolean; readonly own: boolean }, terminal: Terminal): void {
  const known = catalogue.known();
  const isKnown = new Set(known);
  const own = options.own ? catalogue.list().flatMap(({ code }) => (isKnown.has(code as HmsCode) ? [] : [code as HmsCode])) : [];
  for (const code of [...known, ...own]) {
    const found = catalogue.explain(code);
    terminal.print(options.json ? jsonLine(dumped(found)) : plain(`${found.code}  ${found.severity.padEnd(7)}  ${found.title}`));
  }
}

function dumped(found: Explanation): object {
  const { code, kind, level, lane, title, summary, effect, danger, condition, priority, latching, models } = found;
  return {
    code,
    kind,
    level,
    lane,
    title,
    summary,
    effect,
    danger,
    condition,
    priority,
    latching,
    causes: found.causes.map(({ text }) => text),
    steps: found.steps.map((step) => spokenStep(step, (english) => english)),
    models,
    actions: found.actions.map(({ text }) => text),
    wiki: found.pages[0]?.path ?? null,
  };
}

async function problemsOf(dir: string | undefined, beside: readonly string[]): Promise<readonly Problem[]> {
  if (dir === undefined) return lintAll();
  if (!existsSync(dir)) throw new ConfigError([{ file: dir, path: "", message: "there is no such folder or zip; name it with --dir" }]);
  const isPack = !statSync(dir).isDirectory() || existsSync(join(dir, "pack.yaml"));
  return isPack ? lintPack(dir, beside) : lintCatalogue(dir);
}

/** Of a catalogue, or of a pack with those `beside` it that it requires. False when there is a problem. */
export async function lint(dir: string | undefined, beside: readonly string[], terminal: Terminal): Promise<boolean> {
  const problems = await problemsOf(dir, beside);
  for (const problem of problems) terminal.print(plain(formatProblem(problem)));
  terminal.print(`catalogue: ${problems.length} problem${problems.length === 1 ? "" : "s"}`);
  return problems.length === 0;
}

/** `language`: a tag as a person types it. */
export function show(
  { catalogue, vendorTexts }: { readonly catalogue: Catalogue; readonly vendorTexts: VendorTexts },
  code: string,
  { json, language }: { readonly json: boolean; readonly language: string },
  terminal: Terminal,
): void {
  const canonical = parseCode(code);
  const spoken = catalogue.language([language]);
  const makersTexts = (found: HmsCode) => vendorTexts.of(found, { languages: [language] });
  if (json) return terminal.print(jsonLine({ ...catalogue.explain(canonical, spoken), vendorTexts: makersTexts(canonical) }));
  terminal.print(plainLines(decodeLine(canonical, catalogue, "http://127.0.0.1:4670", spoken, makersTexts).text));
}

/** False when nothing was found. */
export function search(
  catalogue: Catalogue,
  text: string,
  { limit, json, language }: { readonly limit: number; readonly json: boolean; readonly language: string },
  terminal: Terminal,
): boolean {
  const found = catalogue.search(text, limit, catalogue.language([language]));
  if (json) for (const row of found) terminal.print(jsonLine(row));
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
