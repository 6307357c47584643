/**
 * Where imported texts are kept: a file for each import in a folder of the site's data. Hides names, the form on disk, and when a
 * table may replace another. Files are replaced whole; whoever reads at the same time finds the old or the new one.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile, syncFolder } from "../../lib/durable-file.ts";
import { RefusedError, errorText } from "../../lib/errors.ts";
import { type HmsCode, isCanonical } from "../../model/code.ts";
import { MAX_BYTES, type TableKind, type VendorTable, type Wording } from "./table.ts";

export const SHELF_FOLDER = "vendor-texts";

/** What is said of an import without reading its texts aloud. */
export interface Import {
  readonly id: string;
  readonly kind: TableKind;
  readonly language: string;
  readonly device: string | null;
  readonly version: number | null;
  readonly importedAt: string;
  readonly file: string;
  readonly codes: number;
  readonly internal: number;
}

/** The form on disk; of a wording the text stands first, then its models. */
interface KeptFile extends Omit<Import, "id"> {
  readonly format: 1;
  readonly texts: Readonly<Record<string, readonly (readonly [string, ...string[]])[]>>;
}

export interface ImportFile {
  readonly id: string;
  readonly language: string;
  readonly path: string;
  /** Changes whenever the file does. */
  readonly stamp: string;
}

export interface KeptTable {
  readonly about: Import;
  readonly texts: ReadonlyMap<HmsCode, readonly Wording[]>;
}

export interface Damaged {
  readonly damage: string;
}

export type Kept =
  | { readonly kind: "new" | "same"; readonly about: Import }
  | { readonly kind: "replaced"; readonly about: Import; readonly before: Import };

const FILE = /^((?:answer|table)_([a-z]{2,3}(?:-[a-z0-9]{2,8}){0,2})(?:_[0-9A-Z-]{2,16})?)\.json$/;

/** `answer_de_094`, `table_pt-br`: one import for each kind, language and device. */
export function idOf({ kind, language, device }: Pick<VendorTable, "kind" | "language" | "device">): string {
  return [kind, language, ...(device === undefined ? [] : [device.replaceAll(" ", "-")])].join("_");
}

/** The files of the folder, by id; none where there is no folder. */
export function listImports(dir: string): readonly ImportFile[] {
  const names = orNone(() => readdirSync(dir)) ?? [];
  return names.sort().flatMap((name) => {
    const [, id, language] = FILE.exec(name) ?? [];
    const path = join(dir, name);
    const stamp = id === undefined ? undefined : stampOf(path);
    return id === undefined || language === undefined || stamp === undefined ? [] : [{ id, language, path, stamp }];
  });
}

/** Undefined where another process has taken the file away since. What else is wrong with it is told when it is read. */
function stampOf(path: string): string | undefined {
  try {
    const { ino, size, mtimeMs } = statSync(path);
    return `${ino} ${size} ${mtimeMs}`;
  } catch (error) {
    return isGone(error) ? undefined : errorText(error);
  }
}

/** What a kept file holds, or why it cannot be used: somebody's hand, or another version, was in it. */
export function readImport(file: Pick<ImportFile, "id" | "path">): KeptTable | Damaged {
  try {
    return readKept(file);
  } catch (error) {
    return { damage: errorText(error) };
  }
}

function readKept({ id, path }: Pick<ImportFile, "id" | "path">): KeptTable | Damaged {
  const stat = statSync(path);
  // a pipe would be waited for without end
  if (!stat.isFile()) return { damage: "it is no plain file" };
  // the form on disk may be a little larger than the file it is from
  if (stat.size > 2 * MAX_BYTES) return { damage: "it is too large" };
  const value: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!isKept(value)) return { damage: "it has another form than this version writes" };
  const { texts, format: _format, ...about } = value;
  const wordings = Object.entries(texts).map(
    ([code, rows]) => [code as HmsCode, rows.map(([text, ...models]) => ({ text, models }))] as const,
  );
  return { about: { ...about, id }, texts: new Map(wordings) };
}

/** By hand, because a schema's compiler costs every command that explains a code a tenth of a second. */
function isKept(value: unknown): value is KeptFile {
  if (!isRecord(value) || value["format"] !== 1) return false;
  const { kind, device, version, texts } = value;
  const isWhole = ["codes", "internal"].every((key) => Number.isSafeInteger(value[key]));
  const isNamed = ["language", "importedAt", "file"].every((key) => typeof value[key] === "string");
  const isFor = (device === null || typeof device === "string") && (version === null || Number.isSafeInteger(version));
  return isWhole && isNamed && isFor && (kind === "answer" || kind === "table") && isRecord(texts) && Object.entries(texts).every(isRow);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

function isRow([code, wordings]: readonly [string, unknown]): boolean {
  const isWording = (row: unknown): boolean => Array.isArray(row) && row.length > 0 && row.every((text) => typeof text === "string");
  return isCanonical(code) && Array.isArray(wordings) && wordings.every(isWording);
}

export interface Origin {
  readonly file: string;
  readonly importedAt: string;
  /** Takes an older version, too. */
  readonly force: boolean;
}

/** Keeps a table, durably. @throws {RefusedError} when a newer version is here already. */
export async function keepImport(dir: string, table: VendorTable, origin: Origin): Promise<Kept> {
  const id = idOf(table);
  const path = join(dir, `${id}.json`);
  const found = listImports(dir).some((file) => file.id === id) ? readImport({ id, path }) : undefined;
  // nothing is lost by writing over what nobody can read
  const before = found === undefined || "damage" in found ? undefined : found;
  const about: Import = {
    id,
    kind: table.kind,
    language: table.language,
    device: table.device ?? null,
    version: table.version ?? null,
    importedAt: origin.importedAt,
    file: origin.file,
    codes: table.texts.size,
    internal: [...table.texts.values()].filter(isInternal).length,
  };
  const body = bodyOf(table.texts);
  if (before !== undefined) {
    if (before.about.version === about.version && bodyOf(before.texts) === body) return { kind: "same", about: before.about };
    if (!origin.force) refuseOlder(before.about, about);
  }
  mkdirSync(dir, { recursive: true });
  const { id: _id, ...header } = about;
  clearLeftovers(dir);
  const content = `${JSON.stringify({ format: 1, ...header }).slice(0, -1)},"texts":{\n${body}\n}}\n`;
  // somebody else may be importing the same
  await replaceFile(path, content, `${path}.${randomUUID()}.new`);
  return before === undefined ? { kind: "new", about } : { kind: "replaced", about, before: before.about };
}

/** No import takes an hour. */
const LEFT_AFTER_MS = 3_600_000;

/** Takes away what imports that were killed have left half written. */
function clearLeftovers(dir: string): void {
  for (const name of readdirSync(dir).filter((one) => one.endsWith(".new"))) {
    const path = join(dir, name);
    const stat = orNone(() => statSync(path));
    if (stat !== undefined && Date.now() - stat.mtimeMs > LEFT_AFTER_MS) rmSync(path, { force: true });
  }
}

/** A line for each code, so that two versions can be compared by eye. */
function bodyOf(texts: KeptTable["texts"]): string {
  const rows = [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
  return rows
    .map(([code, wordings]) => `${JSON.stringify(code)}:${JSON.stringify(wordings.map(({ text, models }) => [text, ...models]))}`)
    .join(",\n");
}

/** The maker calls a code internal by giving it no text. */
const isInternal = (wordings: readonly Wording[]): boolean => wordings.some(({ text, models }) => text === "" && models.length === 0);

function refuseOlder(before: Import, about: Import): void {
  if (before.version === null || (about.version !== null && about.version >= before.version)) return;
  const which = about.version === null ? "it has no version" : `its version ${about.version} is older`;
  throw new RefusedError("conflict", `${about.id}: ${which}, and version ${before.version} is here already; --force takes it all the same`);
}

/** @throws {RefusedError} when there is no such import. */
export async function removeImport(dir: string, id: string): Promise<void> {
  const file = listImports(dir).find((one) => one.id === id);
  if (file === undefined) throw new RefusedError("not-found", `there is no import ${JSON.stringify(id)}; --list shows those there are`);
  await rm(file.path);
  await syncFolder(dir);
}

function orNone<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

const isGone = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";
