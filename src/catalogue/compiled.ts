/**
 * The catalogue as one JSON file, which the build writes beside the bundle: read in a few milliseconds, where YAML takes hundreds.
 * It is made only from a folder without problems, so reading it checks no more than its version.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Knowledge } from "./shape.ts";

const FORMAT = 1;

/** Name of the file beside the bundle. */
export const COMPILED_NAME = "catalogue.json";

export function compileKnowledge(knowledge: Knowledge): string {
  return JSON.stringify({ format: FORMAT, knowledge });
}

/** Undefined when we run from the sources, or the file is of another version. */
export async function readCompiled(): Promise<Knowledge | undefined> {
  const file = new URL(COMPILED_NAME, import.meta.url);
  if (!existsSync(file)) return undefined;
  const { format, knowledge } = JSON.parse(await readFile(file, "utf8")) as { format: number; knowledge: Knowledge };
  return format === FORMAT ? knowledge : undefined;
}
