/**
 * The catalogue and the packs that come with it as one JSON file, which the build writes beside the bundle: read in a few
 * milliseconds, where YAML takes hundreds. It is made only from folders without problems, so reading it checks no more than its version.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { ReadPack } from "../packs/merge.ts";
import type { Knowledge } from "./shape.ts";

const FORMAT = 2;

/** Name of the file beside the bundle. */
export const COMPILED_NAME = "catalogue.json";

export interface Compiled {
  readonly knowledge: Knowledge;
  readonly packs: readonly ReadPack[];
}

export function compileKnowledge(knowledge: Knowledge, packs: readonly ReadPack[] = []): string {
  return JSON.stringify({ format: FORMAT, knowledge, packs });
}

/** Undefined when we run from the sources, or the file is of another version. */
export async function readCompiled(): Promise<Compiled | undefined> {
  const file = new URL(COMPILED_NAME, import.meta.url);
  if (!existsSync(file)) return undefined;
  const { format, ...compiled } = JSON.parse(await readFile(file, "utf8")) as Compiled & { readonly format: number };
  return format === FORMAT ? compiled : undefined;
}
