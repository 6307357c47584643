/**
 * Every problem of the catalogue's files in one list, each with file and line: shape, then references, then wording. Later rules run
 * only over files that passed the earlier ones, so that one slip is told once.
 */
import type { Problem } from "../../lib/errors.ts";
import { drawingProblems } from "./drawing-problems.ts";
import { isPattern } from "../pattern.ts";
import { builtInPackFolders, catalogueFolder } from "../files/folder.ts";
import { mergePack } from "../packs/merge.ts";
import { readBuiltInPacks, readPack } from "../packs/pack-files.ts";
import { type PackReading, layPacks, packProblems } from "../packs/packs.ts";
import { readFolder } from "../files/read.ts";
import { coverageProblems, referenceProblems } from "./references.ts";
import { readSoundFolder } from "../files/sound.ts";
import { translationProblems } from "./translations.ts";
import { wordingProblems } from "./wording.ts";

/** A pack in full, against the project and the packs that come with it; `beside` are those it requires. */
export async function lintPack(path: string, beside: readonly string[] = []): Promise<readonly Problem[]> {
  const reading = await readPack(path);
  const isAnother = (other: PackReading): boolean => other.pack?.head.id !== reading.pack?.head.id;
  const others = [...(await readBuiltInPacks()), ...(await Promise.all(beside.map((one) => readPack(one))))];
  const { knowledge: base, sources } = await readSoundFolder();
  const laid = layPacks(base, others.filter(isAnother), sources.homeOf);
  const broken = packProblems(reading, laid);
  if (reading.pack === undefined || broken.length > 0) return broken;
  const { knowledge } = reading.pack;
  const all = mergePack(laid.knowledge, reading.pack);
  return [
    ...wordingProblems(knowledge, reading.sources, all),
    ...coverageProblems(knowledge, reading.sources, all),
    ...translationProblems(knowledge, reading.sources, all),
  ];
}

/** The project's catalogue and every pack that comes with it. */
export async function lintAll(): Promise<readonly Problem[]> {
  const problems = await lintCatalogue();
  const packs = problems.length > 0 ? [] : await builtInPackFolders();
  return [...problems, ...(await Promise.all(packs.map((path) => lintPack(path)))).flat()];
}

export async function lintCatalogue(dir: string = catalogueFolder()): Promise<readonly Problem[]> {
  const { knowledge, problems, sources } = await readFolder(dir);
  if (problems.length > 0) return problems;
  const broken = referenceProblems(knowledge, sources);
  const sound = { ...knowledge, entries: knowledge.entries.filter(({ entry }) => entry.codes.every(isPattern)) };
  return [
    ...broken,
    ...wordingProblems(sound, sources),
    ...coverageProblems(sound, sources),
    ...drawingProblems(sound, sources),
    ...translationProblems(sound, sources),
  ];
}
