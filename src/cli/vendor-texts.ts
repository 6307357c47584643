/** `openhms catalogue import`: the maker's own texts into the site's data folder, listed and taken away again; needs no central. */
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { type VendorFile, parseVendorFile, type Said } from "../catalogue/vendor/parse.ts";
import { modelsOf } from "../catalogue/vendor/devices.ts";
import { type Import, keepImport, listImports, readImport, removeImport } from "../catalogue/vendor/shelf.ts";
import { MAX_BYTES } from "../catalogue/vendor/table.ts";
import { ConfigError, RefusedError, errorText, formatProblem } from "../lib/errors.ts";
import type { Terminal } from "./commands.ts";
import { ago, plain, table } from "./format.ts";

/** What the command line says. */
export interface ImportCommand extends Said {
  readonly list?: boolean;
  readonly remove?: readonly string[];
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Takes away, imports, lists, in this order; each as far as it is asked for. False when a file was refused. */
export async function importTexts(files: readonly string[], options: ImportCommand, dir: string, terminal: Terminal): Promise<boolean> {
  for (const id of options.remove ?? []) {
    await removeImport(dir, id);
    terminal.print(`${id} is removed from ${dir}`);
  }
  const isGood = files.length === 0 || (await importFiles(files, options, dir, terminal));
  if (options.list === true) listImported(dir, options.json === true, terminal);
  return isGood;
}

/** Each file whole or not at all; the others go on. False when one was refused. */
async function importFiles(files: readonly string[], options: ImportCommand, dir: string, terminal: Terminal): Promise<boolean> {
  let isGood = true;
  for (const file of files) {
    const refusals = await importFile(file, options, dir, terminal);
    for (const refusal of refusals) terminal.print(plain(refusal));
    if (refusals.length > 0) isGood = false;
  }
  terminal.print(`The maker's texts are kept in ${dir}`);
  return isGood;
}

/** The reasons for which it was refused; none when it was taken. */
async function importFile(file: string, options: ImportCommand, dir: string, terminal: Terminal): Promise<readonly string[]> {
  const print = (line: string): void => terminal.print(plain(`${file}: ${line}`));
  let read: VendorFile;
  try {
    read = parseVendorFile(await readBytes(file), file, options);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => `${formatProblem(problem)}; nothing of this file is imported`);
    throw error;
  }
  if (read.kind === "unchanged") {
    print(
      `nothing to import: the maker's server said that the texts did not change${read.version === undefined ? "" : ` since version ${read.version}`}`,
    );
    return [];
  }
  const origin = { file: basename(file), importedAt: new Date(terminal.nowMs()).toISOString(), force: options.force === true };
  const refusals: string[] = [];
  for (const vendorTable of read.tables) {
    try {
      const { kind, about, ...more } = await keepImport(dir, vendorTable, origin);
      const before =
        "before" in more
          ? `, in place of ${more.before.version === null ? "an import without a version" : `version ${more.before.version}`}`
          : "";
      print(kind === "same" ? `${about.id} is here already, the same` : `${about.id}: ${inWords(about)}${before}`);
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      refusals.push(`${file}: ${error.message}`);
    }
  }
  return refusals;
}

function inWords({ codes, internal, language, device, version }: Import): string {
  const notes = internal === 0 ? "" : `, ${internal} of them internal (the maker gives them no text)`;
  return `${codes} code${codes === 1 ? "" : "s"} in ${language}, for ${forWhom(device)}${version === null ? "" : `, version ${version}`}${notes}`;
}

const forWhom = (device: string | null): string => (device === null ? "all models" : modelsOf(device).join(", "));

/** Reads until the end or the limit, so that a device or a pipe that never ends is refused and not swallowed. */
async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const chunks: Uint8Array[] = [];
      for (let length = 0; length <= MAX_BYTES;) {
        const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(1_000_000) });
        if (bytesRead === 0) break;
        chunks.push(buffer.subarray(0, bytesRead));
        length += bytesRead;
      }
      return Buffer.concat(chunks);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new ConfigError([{ file: path, path: "", message: `cannot be read (${errorText(error)})` }]);
  }
}

function listImported(dir: string, json: boolean, terminal: Terminal): void {
  const found = listImports(dir).map((file) => ({ id: file.id, content: readImport(file) }));
  const damaged = found.flatMap(({ id, content }) => ("damage" in content ? [{ id, damage: content.damage }] : []));
  const imports = found.flatMap(({ content }) => ("damage" in content ? [] : [content.about]));
  if (json) for (const one of [...imports, ...damaged]) terminal.print(JSON.stringify(one));
  if (json) return;
  if (imports.length > 0) terminal.print(importTable(imports, terminal.nowMs()));
  for (const { id, damage } of damaged)
    terminal.print(plain(`${id} cannot be read: ${damage}. Import it again, or take it away with --remove ${id}`));
  terminal.print(found.length === 0 ? `No texts of the maker's are imported in ${dir}` : `In ${dir}`);
}

function importTable(imports: readonly Import[], nowMs: number): string {
  return table(imports, [
    { title: "ID", value: (row) => row.id },
    { title: "LANGUAGE", value: (row) => row.language },
    { title: "FOR", value: (row) => forWhom(row.device) },
    { title: "VERSION", value: (row) => String(row.version ?? "none") },
    { title: "CODES", value: (row) => String(row.codes) },
    { title: "INTERNAL", value: (row) => String(row.internal) },
    { title: "IMPORTED", value: (row) => ago(row.importedAt, nowMs) },
    { title: "FILE", value: (row) => row.file },
  ]);
}
