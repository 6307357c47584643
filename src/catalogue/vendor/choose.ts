/**
 * Which of the maker's texts a reader is shown: those in the reader's language and in English, the one for the reader's printer first.
 * Pure.
 */
import type { VendorText } from "../../model/api.ts";
import type { HmsCode } from "../../model/code.ts";
import { isSameModel, modelsOf } from "./devices.ts";
import type { Packed } from "./packed.ts";
import type { Import } from "./shelf.ts";

/** Who reads: languages like `de-AT`, best first, and the printer's model where it is known. */
export interface Reader {
  readonly languages?: readonly string[];
  readonly model?: string;
}

export interface LoadedTable {
  readonly about: Import;
  readonly texts: Packed;
}

const ENGLISH = "en";
/** A page must stay a page; the nearest come first. */
const MAX_TEXTS = 8;

/**
 * The languages to show, out of those there are: the reader's best and English. Where there is neither, the first there is: whoever
 * imported it wants to see it.
 */
export function chooseLanguages(wanted: readonly string[], available: readonly string[]): readonly string[] {
  const best = wanted.map((tag) => bestFor(tag, available)).find((language) => language !== undefined);
  const found = [best, bestFor(ENGLISH, available)].filter((language) => language !== undefined);
  return [...new Set(found.length > 0 ? found : available.toSorted().slice(0, 1))];
}

/** `pt-BR` finds pt-br, else pt, else another kind of it. */
function bestFor(tag: string, available: readonly string[]): string | undefined {
  const exact = tag.toLowerCase().replaceAll("_", "-");
  const [base = ""] = exact.split("-", 1);
  return [exact, base].find((one) => available.includes(one)) ?? available.toSorted().find((one) => one.startsWith(`${base}-`));
}

/** The texts of one language, near ones first; each text once. */
export function chooseTexts(tables: readonly LoadedTable[], code: HmsCode, model: string | undefined): VendorText[] {
  const newestFirst = tables.toSorted((a, b) => (b.about.version ?? 0) - (a.about.version ?? 0) || (a.about.id < b.about.id ? -1 : 1));
  const found = new Map<string, VendorText>();
  for (const { about, texts } of newestFirst)
    for (const wording of texts.get(code)) {
      if (wording.text === "") continue;
      const models = wording.models.length > 0 ? wording.models : modelsOf(about.device);
      const known = found.get(wording.text);
      if (known === undefined) {
        const { language, id: source, version } = about;
        found.set(wording.text, { language, text: wording.text, models: [...models], source, version });
      } else if (models.length === 0) known.models = [];
      else if (known.models.length > 0) known.models = [...new Set([...known.models, ...models])];
    }
  return [...found.values()].sort((a, b) => distance(a, model) - distance(b, model)).slice(0, MAX_TEXTS);
}

/** 0 for this printer, 1 for all, 2 for others. */
function distance({ models }: VendorText, model: string | undefined): number {
  if (models.length === 0) return 1;
  return model !== undefined && models.some((one) => isSameModel(one, model)) ? 0 : 2;
}
