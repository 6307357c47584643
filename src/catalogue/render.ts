/**
 * Words for one code out of a family's text: fills `{unit}`, `{slot}`, `{place}`, `{part}`, `{side}` and `{axis}` so that the
 * sentence reads naturally for every unit and slot, those never seen too. Nothing is ever left unfilled.
 */
import { type HmsCode, fieldsOf } from "../model/code.ts";
import { moduleName, placeOf } from "../model/words.ts";
import type { Knowledge } from "./files/shape.ts";

export const PLACEHOLDERS = ["unit", "slot", "place", "part", "side", "axis"] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** What each placeholder becomes for one code. */
export type Words = (placeholder: Placeholder) => string;

/** The module's name: a pack's own, else the field's. */
export const nameOfModule = (modules: Knowledge["modules"], code: string): string =>
  modules[code.slice(0, 2)] ?? moduleName(Number.parseInt(code.slice(0, 2), 16));

/** The part's name: that of its unit first (`0301`, `07ee` for the external spools), then an exact part, then the name for all slots. */
export function partName(parts: Knowledge["parts"], code: HmsCode): string | undefined {
  if (code.length === 9) return undefined;
  const part = code.slice(5, 7);
  const isExternal = code[2] === "F" && (code[3] === "E" || code[3] === "F");
  const external = isExternal ? parts[`${code.slice(0, 2)}ee`]?.[part] : undefined;
  const byPart = parts[code.slice(0, 2)];
  return parts[code.slice(0, 4)]?.[part] ?? external ?? byPart?.[part] ?? byPart?.[`${code[5]}s`];
}

/** "left" or "right": the unit byte of two-nozzle machines says it, else the part's name. */
export function sideOf(parts: Knowledge["parts"], code: HmsCode): string | undefined {
  if (code[2] === "F" && code[3] === "E") return "left";
  if (code[2] === "F" && code[3] === "F") return "right";
  return /\b(left|right)\b/.exec(partName(parts, code) ?? "")?.[1];
}

/** The letter of the axis or motor in the part's name. */
export function axisOf(parts: Knowledge["parts"], code: HmsCode): string | undefined {
  const named = /\b([XYZ]) axis\b|\bmotor ([ABZ])\b/.exec(partName(parts, code) ?? "");
  return named?.[1] ?? named?.[2];
}

/** An English phrase of the program in the reader's language; itself where that language has none. */
export type Say = (english: string) => string;

export const inEnglish: Say = (english) => english;

/** Each word is made when a text asks for it: most texts ask for none. */
export function wordsOf(parts: Knowledge["parts"], code: HmsCode, say: Say = inEnglish): Words {
  const words: Words = (placeholder) => {
    const { unitName, slot } = placeOf(code);
    switch (placeholder) {
      case "unit":
        return say(unitName ?? unnamedUnit(fieldsOf(code).module));
      case "slot":
        return say(slot === undefined ? "the slot" : `slot ${slot}`);
      case "place":
        return slot === undefined ? words("unit") : `${words("unit")} ${words("slot")}`;
      case "part":
        return say(partName(parts, code) ?? "this part");
      case "side":
        return say(sideOf(parts, code) ?? "one side");
      case "axis":
        return axisOf(parts, code) ?? say("one axis");
    }
  };
  return words;
}

function unnamedUnit(module: number): string {
  return module === 0x05 ? "the filament unit" : `the ${moduleName(module)}`;
}

/** Whether a text reads the same for every code. */
export const isFixed = (text: string): boolean => !text.includes("{");

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
    const word = words(text.slice(open + 1, close) as Placeholder);
    filled += opensSentence(filled) ? word.charAt(0).toUpperCase() + word.slice(1) : word;
    from = close + 1;
    open = text.indexOf("{", from);
  }
  return filled + text.slice(from);
}

function opensSentence(before: string): boolean {
  return before === "" || before.endsWith(". ") || before.endsWith("! ");
}
