/** Codes that read alike but for unit and slot, put together: 87 of 100 codes are such members, and a list of them all helps nobody. */
import type { CodeGroup } from "../../model/code-list.ts";
import type { Explanation } from "../catalogue.ts";
import { ALSO } from "../search.ts";
import { wordsFor } from "./words.ts";

export interface Group extends CodeGroup {
  readonly first: Explanation;
}

/** A text without what makes it one unit's or slot's own. */
function common(text: string, { unitName, slot }: Explanation, slotWords: (slot: number) => string): string {
  const plain = unitName === null ? text : text.replaceAll(unitName, "…");
  return slot === null ? plain : plain.replaceAll(slotWords(slot), "…");
}

const wordsIn = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Each word once. */
const keywords = (text: string): string => [...new Set(wordsIn(text).filter((word) => word.length > 2))].join(" ");

/** The words of the street for those of a text. */
function streetWords(text: string): string {
  const words = new Set(wordsIn(text));
  return Object.entries(ALSO)
    .flatMap(([word, others]) => (others.some((other) => words.has(other)) ? [word] : []))
    .join(" ");
}

export function groupCodes(infos: readonly Explanation[], language: string): readonly Group[] {
  const { words } = wordsFor(language);
  const groups = new Map<string, { first: Explanation; also: string; words: string; members: [string, string][] }>();
  for (const info of infos) {
    const { code, title, summary, module, moduleName, partName, condition, causes } = info;
    const key = [module, common(`${title}|${summary}`, info, words.slot)].join("|");
    const group = groups.get(key);
    if (group !== undefined) {
      group.members.push([code, title]);
      continue;
    }
    const text = [common(summary, info, words.slot), moduleName, partName, condition, ...causes.map((cause) => cause.text)].join(" ");
    groups.set(key, { first: info, also: streetWords(title), words: keywords(text), members: [[code, title]] });
  }
  return [...groups.values()];
}
