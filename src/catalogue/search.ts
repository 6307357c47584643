/**
 * Search over entries: a code in any form first, then words with typos forgiven (MiniSearch). Unit and slot in the query ("AMS B slot
 * 2") choose the member that is shown. Hides the index, which is made with the first search so that loading stays fast.
 */
import MiniSearch from "minisearch";
import { CodeError } from "../lib/errors.ts";
import type { CodeSummary } from "../model/api.ts";
import { type HmsCode, parseCode } from "../model/code.ts";
import { priorityRank } from "../model/priority.ts";
import type { Family } from "./family.ts";
import { codesOfMessage, createMessageMap } from "./packs/messages.ts";
import { sayIn } from "./languages.ts";
import { memberOf, moduleOf } from "./pattern.ts";
import { nameOfModule, partName, render, wordsOf } from "./render.ts";
import type { Knowledge } from "./files/shape.ts";

type Search = (text: string, limit: number, language?: string) => readonly CodeSummary[];

/** What is indexed of a family. */
interface Indexed {
  readonly id: number;
  readonly title: string;
  readonly part: string;
  readonly condition: string;
  readonly summary: string;
  readonly causes: string;
  /** What a maker's program says when it happens. */
  readonly said: string;
  /** The same in the other languages, all together. */
  readonly otherTitles: string;
  readonly otherTexts: string;
}

const BOOST = { title: 8, part: 4, condition: 4, summary: 2, causes: 1.5, said: 4, otherTitles: 8, otherTexts: 2 } as const;
export const STOP_WORDS = new Set(
  "a an and any are as at be but by can do does for from has have how i if in is it its me my not of on or so that the this to too was what when why will with der die das den dem ein eine einen es im am ist sind und oder nicht mein meine mit von zu zum auf bei wird warum was".split(
    " ",
  ),
);
/** Words of the street for words of the catalogue; both are searched. */
export const ALSO: Readonly<Record<string, readonly string[]>> = {
  bed: ["heatbed"],
  hotbed: ["heatbed"],
  extruder: ["extruder", "toolhead"],
  printhead: ["toolhead"],
  jam: ["jammed", "clogged"],
  jammed: ["stuck", "clogged"],
  stuck: ["jammed"],
  clog: ["clogged"],
  blob: ["wrapped"],
  wifi: ["network"],
  wlan: ["network"],
  internet: ["network"],
  sd: ["card"],
  usb: ["stick"],
  burning: ["fire", "smoke"],
  smell: ["smoke", "fire"],
  empty: ["ran"],
  runout: ["ran"],
  knife: ["cutter"],
  adhesion: ["layer", "greasy"],
  detached: ["loose", "spaghetti"],
  fell: ["fallen", "spaghetti"],
  loose: ["spaghetti"],
  shift: ["position", "shifted"],
  shifted: ["position"],
  home: ["homing"],
  greasing: ["grease"],
  heating: ["heat", "heats", "heater"],
  bett: ["heizbett"],
  druckbett: ["heizbett"],
  druckkopf: ["werkzeugkopf"],
  verstopft: ["verstopfung"],
  klemmt: ["steckt", "blockiert"],
  fadensalat: ["spaghetti"],
  leer: ["aufgebraucht"],
  netzwerk: ["network"],
};
/** "constructor" is a word like any other, and none of the table. */
const alsoOf = (word: string): readonly string[] => (Object.hasOwn(ALSO, word) ? (ALSO[word] ?? []) : []);
/** Most readers have none of a pack's machines. */
const PACK_BOOST = 0.7;
const MAX_QUERY = 200;
const MIN_CODE_PREFIX = 4;

function wordsIn(text: string): string[] {
  // "Lüfter" is found as "lufter" too, and "luefter" is one slip away
  const plain = text.toLowerCase().normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("ß", "ss");
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).filter((word) => !STOP_WORDS.has(word));
}

/** One form for singular and plural. */
const stem = (word: string): string => (word.length > 4 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word);

function documentOf(family: Family, id: number, knowledge: Knowledge, said: ReadonlyMap<string, string>): Indexed {
  const { entry, first } = family;
  const words = wordsOf(knowledge.parts, first);
  const filled = (texts: readonly (string | undefined)[]) => texts.map((text) => render(text ?? "", words)).join(" ");
  return {
    id,
    title: filled([entry.title]),
    part: entry.codes
      .map((pattern) => `${partName(knowledge.parts, memberOf(pattern)) ?? ""} ${nameOfModule(knowledge.modules, pattern)}`)
      .concat(knowledge.entries[id]?.pack ?? "")
      .join(" "),
    condition: knowledge.conditions[entry.condition] ?? "",
    summary: filled([entry.summary, entry.effect, entry.danger]),
    causes: filled(Object.keys(entry.causes).map((cause) => knowledge.causes[cause]?.text)),
    said: entry.codes.map((pattern) => said.get(pattern) ?? "").join(" "),
    ...otherLanguages(family, knowledge),
  };
}

/** The fixed words of every message, by the code it means. */
function wordsSaid({ messages }: Knowledge): ReadonlyMap<string, string> {
  const said = new Map<string, string>();
  for (const row of messages)
    for (const code of codesOfMessage(row)) said.set(code, `${said.get(code) ?? ""} ${row.says.replaceAll(/\{[a-z]+\}/g, " ")}`);
  return said;
}

function otherLanguages({ entry, first }: Family, { parts, languages }: Knowledge): Pick<Indexed, "otherTitles" | "otherTexts"> {
  const told = Object.values(languages).flatMap((language) => {
    const own = language.entries[entry.codes[0] ?? ""];
    if (own === undefined) return [];
    const words = wordsOf(parts, first, sayIn(language));
    const texts = [own.summary, own.effect ?? "", own.danger ?? "", language.conditions[entry.condition] ?? "", words("part")];
    return [{ title: render(own.title, words), text: texts.map((text) => render(text, words)).join(" ") }];
  });
  return { otherTitles: told.map(({ title }) => title).join(" "), otherTexts: told.map(({ text }) => text).join(" ") };
}

function createIndex(families: readonly Family[], knowledge: Knowledge): MiniSearch<Indexed> {
  const index = new MiniSearch<Indexed>({
    fields: Object.keys(BOOST),
    tokenize: wordsIn,
    processTerm: stem,
    searchOptions: {
      boost: BOOST,
      prefix: (term) => term.length >= 3,
      // one slip in a short word, two in a long one
      fuzzy: (term) => (term.length < 4 || /\d/.test(term) ? false : term.length < 7 ? 1 : 2),
      weights: { fuzzy: 0.3, prefix: 0.5 },
      // of two that fit alike, what a person must see to comes first, and the project's own before a pack's
      boostDocument: (id) =>
        (knowledge.entries[id as number]?.pack === undefined ? 1 : PACK_BOOST) *
        (1.4 - 0.1 * priorityRank(families[id as number]?.definition.priority ?? "log")),
    },
  });
  const said = wordsSaid(knowledge);
  index.addAll(families.map((family, id) => documentOf(family, id, knowledge, said)));
  return index;
}

interface Wanted {
  readonly module?: string;
  readonly unit?: number;
  readonly slotIndex?: number;
}

const UNIT = /\b(ams(?:[ -]?(?:ht|lite|2 pro))?)[ -]([a-h]|[1-8])\b/i;
const SLOT = /\b(?:slot|fach) ?([1-4])\b/i;

/** "AMS C slot 2", "ams lite 3": the member a person means. */
function wantedMember(text: string): Wanted {
  const unit = UNIT.exec(text)?.[2]?.toLowerCase();
  const slot = SLOT.exec(text)?.[1];
  const product = /\bams[ -]?(ht|lite)\b/i.exec(text)?.[1]?.toLowerCase();
  return {
    ...(product === undefined ? {} : { module: product === "ht" ? "18" : "12" }),
    ...(unit === undefined ? {} : { unit: unit <= "9" ? Number(unit) - 1 : unit.charCodeAt(0) - 97 }),
    ...(slot === undefined ? {} : { slotIndex: Number(slot) - 1 }),
  };
}

function exactCode(text: string): HmsCode | undefined {
  try {
    return parseCode(text);
  } catch (error) {
    if (error instanceof CodeError) return undefined;
    throw error;
  }
}

/** The hex digits of the beginning of a code, or undefined. */
function codePrefix(text: string): string | undefined {
  const digits = text
    .trim()
    .replace(/^hms[ _:-]*/i, "")
    .replaceAll(/[ _-]/g, "")
    .toUpperCase();
  return digits.length >= MIN_CODE_PREFIX && digits.length < 16 && /^[0-9A-F]+$/.test(digits) ? digits : undefined;
}

/** Whether a pattern has a member that begins with these digits. */
function beginsWith(pattern: string, digits: string): boolean {
  const plain = pattern.replaceAll("-", "");
  for (let i = 0; i < digits.length; i++) {
    const wild = plain[i] === "u" || plain[i] === "e" || plain[i] === "s";
    if (!wild && plain[i] !== digits[i]) return false;
  }
  return true;
}

/** The words to look for, without those that only name the unit and slot. */
function soughtWords(text: string): string[] {
  return wordsIn(text.replace(UNIT, "$1").replace(SLOT, " "));
}

export function createSearch(
  families: readonly Family[],
  knowledge: Knowledge,
  summarize: (code: HmsCode, language?: string) => CodeSummary,
): Search {
  let made: MiniSearch<Indexed> | undefined;
  const fromMessage = createMessageMap(knowledge.messages);

  function byWords(text: string): HmsCode[] {
    const words = soughtWords(text);
    if (words.length === 0) return [];
    const index = (made ??= createIndex(families, knowledge));
    const queries = words.flatMap((word) => [word, ...alsoOf(word)]);
    const wanted = wantedMember(text);
    const needed = Math.ceil(words.length / 2);
    // who names a slot means a code that has one
    const isSlots = (pattern: string): number => Number(wanted.slotIndex !== undefined && pattern.includes("s"));
    return index
      .search({ queries, combineWith: "OR" })
      .map((hit) => ({ hit, met: words.filter((word) => meets(word, hit.queryTerms)).length }))
      .filter(({ met }) => met >= needed)
      .map(({ hit, met }) => ({ hit, met, pattern: bestPattern(families[hit.id as number], wanted, queries) }))
      .sort((a, b) => b.met - a.met || isSlots(b.pattern) - isSlots(a.pattern) || b.hit.score - a.hit.score)
      .map(({ pattern }) => memberOf(pattern, wanted));
  }

  /** The pattern in the product that the query names ("AMS Lite"), else that of the part it names ("nozzle"), else the family's first. */
  function bestPattern(family: Family | undefined, { module }: Wanted, words: readonly string[]): string {
    const codes = family?.entry.codes ?? [];
    const inProduct = codes.find((pattern) => module !== undefined && moduleOf(pattern) === module);
    if (inProduct !== undefined || codes.length < 2) return inProduct ?? codes[0] ?? "";
    const named = (pattern: string): number =>
      wordsIn(partName(knowledge.parts, memberOf(pattern)) ?? "").filter((word) => words.includes(word)).length;
    return codes.reduce((best, pattern) => (named(pattern) > named(best) ? pattern : best));
  }

  function byPrefix(text: string): HmsCode[] {
    const digits = codePrefix(text);
    if (digits === undefined) return [];
    const patterns = families.flatMap(({ entry }) => entry.codes.find((pattern) => beginsWith(pattern, digits)) ?? []);
    return patterns.map((pattern) => memberOf(pattern));
  }

  return (query, limit, language) => {
    const inLanguage = (code: HmsCode): CodeSummary => summarize(code, language);
    if (limit <= 0) return [];
    const text = query.slice(0, MAX_QUERY);
    const exact = exactCode(text);
    const meant = fromMessage(text);
    const others = [...new Set([...(meant === undefined ? [] : [meant.code]), ...byPrefix(text), ...byWords(text)])].filter(
      (code) => code !== exact,
    );
    if (exact === undefined) return others.slice(0, limit).map(inLanguage);
    // "0300-0100" is the beginning of many codes before it is a device error nobody knows
    const first = inLanguage(exact);
    const rest = others.slice(0, limit - 1).map(inLanguage);
    return first.documented ? [first, ...rest] : [...rest, first];
  };
}

const meets = (word: string, queryTerms: readonly string[]): boolean =>
  [word, ...alsoOf(word)].some((one) => queryTerms.includes(stem(one)));
