/** The texts of a catalogue folder by their path inside it. What cannot be read is a problem of the catalogue, not of this program. */
import { existsSync } from "node:fs";
import { lstat, readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Problem, errorText } from "../../lib/errors.ts";
import type { SourceText } from "./yaml.ts";

export type Texts = ReadonlyMap<string, SourceText>;

/** `languages/de/03.yaml` is the deepest; no deeper, so that a wrong folder is not a walk through the whole disk. */
const MAX_DEPTH = 3;
export const READ = /\.(?:yaml|svg)$/;

/** Beside the sources a folder of the project is three up; beside the bundle in `dist/` it is one up. */
function projectFolder(name: string, witness: string): string {
  const paths = ["../../../", "../"].map((up) => fileURLToPath(new URL(`${up}${name}/`, import.meta.url)));
  return paths.find((path) => existsSync(join(path, witness))) ?? paths[0] ?? "";
}

export function catalogueFolder(): string {
  return projectFolder("catalogue", "conditions.yaml");
}

/** The packs that come with the project, each a folder. */
export async function builtInPackFolders(): Promise<readonly string[]> {
  const home = projectFolder("packs", ".");
  if (!existsSync(home)) return [];
  const found = await readdir(home, { withFileTypes: true });
  return found.flatMap((one) => (one.isDirectory() ? [join(home, one.name)] : [])).sort();
}

/** Knowledge is text of a few kilobytes a file; more is a mistake, or malice. */
const MAX_FILE_BYTES = 1_000_000;

async function listFiles(dir: string, depth = 1): Promise<readonly string[]> {
  const names: string[] = [];
  for (const one of await readdir(dir, { withFileTypes: true })) {
    if (!one.isDirectory()) names.push(one.name);
    else if (depth < MAX_DEPTH) for (const name of await listFiles(join(dir, one.name), depth + 1)) names.push(`${one.name}/${name}`);
  }
  return names.filter((name) => READ.test(name)).sort();
}

/** A folder from elsewhere may point with a link at any file of this machine, so it is read without `links`. */
async function readOne(file: string, links: boolean): Promise<string> {
  const found = await (links ? stat(file) : lstat(file));
  if (found.isSymbolicLink()) throw new Error("it is a link; a pack has plain files only");
  // a pipe would be waited for without end
  if (!found.isFile()) throw new Error("it is no plain file");
  if (found.size > MAX_FILE_BYTES) throw new Error(`it has ${found.size} bytes, at most ${MAX_FILE_BYTES}`);
  return readFile(file, "utf8");
}

export async function readTexts(
  dir: string,
  { links }: { readonly links: boolean } = { links: true },
): Promise<{ readonly texts: Texts; readonly problems: readonly Problem[] }> {
  const texts = new Map<string, SourceText>();
  const problems: Problem[] = [];
  const attempt = async <T>(file: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      problems.push({ file, path: "", message: `cannot be read (${errorText(error)})` });
      return undefined;
    }
  };
  for (const name of (await attempt(dir, () => listFiles(dir))) ?? []) {
    const label = join(dir, name);
    const text = await attempt(label, () => readOne(label, links));
    if (text !== undefined) texts.set(name, { label, text });
  }
  return { texts, problems };
}
