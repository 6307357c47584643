/**
 * Every problem of the catalogue's files in one list, each with file and line: shape, then references, then wording. Later rules run
 * only over files that passed the earlier ones, so that one slip is told once.
 */
import type { Problem } from "../lib/errors.ts";
import { isPattern } from "./pattern.ts";
import { catalogueFolder, readFolder } from "./read.ts";
import { referenceProblems } from "./references.ts";
import { wordingProblems } from "./wording.ts";

export async function lintCatalogue(dir: string = catalogueFolder()): Promise<readonly Problem[]> {
  const { knowledge, problems, sources } = await readFolder(dir);
  if (problems.length > 0) return problems;
  const broken = referenceProblems(knowledge, sources);
  const sound = { ...knowledge, entries: knowledge.entries.filter(({ entry }) => entry.codes.every(isPattern)) };
  return [...broken, ...wordingProblems(sound, sources)];
}
