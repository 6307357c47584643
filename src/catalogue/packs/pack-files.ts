/** Reads packs from where they lie: a folder or a zip. Never throws; what is wrong with a pack is told by file and line. */
import { stat } from "node:fs/promises";
import { errorText } from "../../lib/errors.ts";
import { builtInPackFolders, readTexts } from "../files/folder.ts";
import { readZipTexts } from "./pack-zip.ts";
import type { PackReading } from "./packs.ts";
import { readKnowledge } from "../files/read.ts";

async function textsOf(path: string) {
  try {
    return (await stat(path)).isDirectory() ? await readTexts(path, { links: false }) : await readZipTexts(path);
  } catch (error) {
    return { texts: new Map(), problems: [{ file: path, path: "", message: `cannot be read (${errorText(error)})` }] };
  }
}

export async function readPack(path: string, builtIn = false): Promise<PackReading> {
  const { texts, problems } = await textsOf(path);
  const { knowledge, head, problems: found, sources } = readKnowledge(texts);
  const all = [...problems, ...found];
  const isHeadless = head === undefined && all.length === 0;
  if (isHeadless) all.push({ file: path, path: "", message: "there is no pack.yaml; it says what the pack is" });
  return { path, builtIn, pack: head === undefined ? undefined : { head, knowledge }, problems: all, sources };
}

export async function readBuiltInPacks(): Promise<readonly PackReading[]> {
  return Promise.all((await builtInPackFolders()).map((path) => readPack(path, true)));
}
