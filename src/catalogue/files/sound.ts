/** Catalogue folders that can be looked up in: read and checked, or refused with every problem. */
import { ConfigError } from "../../lib/errors.ts";
import type { Compiled } from "./compiled.ts";
import { catalogueFolder } from "./folder.ts";
import { readBuiltInPacks } from "../packs/pack-files.ts";
import { layPacks } from "../packs/packs.ts";
import { type ReadResult, readFolder } from "./read.ts";
import { referenceProblems } from "../lint/references.ts";
import type { Knowledge } from "./shape.ts";

/** With the places where things stand. @throws {ConfigError} */
export async function readSoundFolder(dir: string = catalogueFolder()): Promise<ReadResult> {
  const result = await readFolder(dir);
  const all = result.problems.length > 0 ? result.problems : referenceProblems(result.knowledge, result.sources);
  if (all.length > 0) throw new ConfigError(all);
  return result;
}

/** @throws {ConfigError} */
export async function readSound(dir?: string): Promise<Knowledge> {
  return (await readSoundFolder(dir)).knowledge;
}

/** The same for the project with the packs that come with it: here one of those may not be left out. @throws {ConfigError} */
export async function readSoundWithPacks(): Promise<Compiled> {
  const knowledge = await readSound();
  const readings = await readBuiltInPacks();
  const problems = layPacks(knowledge, readings).packs.flatMap((pack) => pack.problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return { knowledge, packs: readings.flatMap(({ pack }) => (pack === undefined ? [] : [pack])) };
}
