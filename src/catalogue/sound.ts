/** A catalogue folder that can be looked up in: read and checked, or refused with every problem. */
import { ConfigError } from "../lib/errors.ts";
import { catalogueFolder, readFolder } from "./read.ts";
import { referenceProblems } from "./references.ts";
import type { Knowledge } from "./shape.ts";

/** @throws {ConfigError} */
export async function readSound(dir: string = catalogueFolder()): Promise<Knowledge> {
  const { knowledge, problems, sources } = await readFolder(dir);
  const all = problems.length > 0 ? problems : referenceProblems(knowledge, sources);
  if (all.length > 0) throw new ConfigError(all);
  return knowledge;
}
