/**
 * Words for one code out of a family's text: fills `{unit}`, `{slot}`, `{place}` and `{part}` so that the sentence reads naturally
 * for every unit and slot, those never seen too. Nothing is ever left unfilled.
 */
import { type HmsCode, fieldsOf } from "../model/code.ts";
import { moduleName, placeOf } from "../model/words.ts";
import type { Knowledge } from "./shape.ts";

export const PLACEHOLDERS = ["unit", "slot", "place", "part"] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** What each placeholder becomes for one code. */
export type Words = Readonly<Record<Placeholder, string>>;

/** The part's name: at the external spool's units first, then an exact part, then the name for all slots. */
export function partName(parts: Knowledge["parts"], code: HmsCode): string | undefined {
  if (code.length === 9) return undefined;
  const part = code.slice(5, 7);
  const isExternal = code[2] === "F" && (code[3] === "E" || code[3] === "F");
  const external = isExternal ? parts[`${code.slice(0, 2)}ee`]?.[part] : undefined;
  const byPart = parts[code.slice(0, 2)];
  return external ?? byPart?.[part] ?? byPart?.[`${code[5]}s`];
}

export function wordsOf(parts: Knowledge["parts"], code: HmsCode): Words {
  const { unitName, slot } = placeOf(code);
  const unit = unitName ?? unnamedUnit(fieldsOf(code).module);
  const slotWords = slot === undefined ? undefined : `slot ${slot}`;
  return {
    unit,
    slot: slotWords ?? "the slot",
    place: slotWords === undefined ? unit : `${unit} ${slotWords}`,
    part: partName(parts, code) ?? "this part",
  };
}

function unnamedUnit(module: number): string {
  return module === 0x05 ? "the filament unit" : `the ${moduleName(module)}`;
}

/** Fills the placeholders of a text; one that opens a sentence gets a capital letter. */
export function render(text: string, words: Words): string {
  let open = text.indexOf("{");
  if (open < 0) return text;
  let filled = "";
  let from = 0;
  while (open >= 0) {
    const close = text.indexOf("}", open);
    if (close < 0) break;
    filled += text.slice(from, open);
    const word = words[text.slice(open + 1, close) as Placeholder];
    filled += opensSentence(filled) ? word.charAt(0).toUpperCase() + word.slice(1) : word;
    from = close + 1;
    open = text.indexOf("{", from);
  }
  return filled + text.slice(from);
}

function opensSentence(before: string): boolean {
  return before === "" || before.endsWith(". ") || before.endsWith("! ");
}
