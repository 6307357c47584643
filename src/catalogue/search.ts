/**
 * Search over entries: a code in any form first, then words over title, part, condition, causes and summary, by prefix. Unit and
 * slot in the query ("AMS B slot 2") choose the member that is shown. One function, so that a search library can take its place.
 */
import { CodeError } from "../lib/errors.ts";
import type { CodeSummary } from "../model/api.ts";
import { type HmsCode, parseCode } from "../model/code.ts";
import { moduleName } from "../model/words.ts";
import type { Family } from "./family.ts";
import { memberOf, moduleOf } from "./pattern.ts";
import { partName, render, wordsOf } from "./render.ts";
import type { Knowledge } from "./shape.ts";

type Search = (text: string, limit: number) => readonly CodeSummary[];

const STOP_WORDS = new Set(["a", "an", "and", "at", "by", "for", "in", "is", "it", "of", "on", "or", "the", "to", "was", "with", "my"]);
const WEIGHT = { title: 8, part: 4, condition: 4, cause: 2, summary: 1 } as const;
const MAX_WORDS = 12;
const MIN_CODE_PREFIX = 4;

function wordsIn(text: string): string[] {
  return (text.toLowerCase().match(/[a-z0-9]+/g) ?? []).filter((word) => !STOP_WORDS.has(word));
}

/** Word to weight for one family. */
function weigh(family: Family, knowledge: Knowledge): ReadonlyMap<string, number> {
  const { entry, first } = family;
  const words = wordsOf(knowledge.parts, first);
  const weights = new Map<string, number>();
  const add = (text: string, weight: number) => {
    for (const word of wordsIn(render(text, words))) weights.set(word, Math.max(weights.get(word) ?? 0, weight));
  };
  add(entry.title, WEIGHT.title);
  for (const pattern of entry.codes) {
    add(partName(knowledge.parts, memberOf(pattern)) ?? "", WEIGHT.part);
    add(moduleName(Number.parseInt(moduleOf(pattern), 16)), WEIGHT.part);
  }
  add(knowledge.conditions[entry.condition] ?? "", WEIGHT.condition);
  for (const id of Object.keys(entry.causes)) add(knowledge.causes[id] ?? "", WEIGHT.cause);
  add(entry.summary, WEIGHT.summary);
  return weights;
}

/** A whole word counts double; a prefix of three letters or more counts once. */
function wordScore(word: string, weights: ReadonlyMap<string, number>): number {
  const whole = weights.get(word);
  if (whole !== undefined) return whole * 2;
  if (word.length < 3) return 0;
  let best = 0;
  for (const [known, weight] of weights) if (weight > best && known.startsWith(word)) best = weight;
  return best;
}

interface Wanted {
  readonly unit?: number;
  readonly slotIndex?: number;
}

/** "AMS C slot 2", "ams 3": the member a person means. */
function wantedMember(text: string): Wanted {
  const unit = /\bams(?:[ -](?:ht|lite|2 pro))? ([a-h]|[1-8])\b/i.exec(text)?.[1]?.toLowerCase();
  const slot = /\bslot ([1-4])\b/i.exec(text)?.[1];
  return {
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

export function createSearch(families: readonly Family[], knowledge: Knowledge, summarize: (code: HmsCode) => CodeSummary): Search {
  let weighed: readonly ReadonlyMap<string, number>[] | undefined;

  function byWords(text: string): HmsCode[] {
    const words = wordsIn(text).slice(0, MAX_WORDS);
    if (words.length === 0) return [];
    // made with the first search, so that loading stays fast
    weighed ??= families.map((family) => weigh(family, knowledge));
    const wanted = wantedMember(text);
    const scored = families.map((family, i) => {
      const scores = words.map((word) => wordScore(word, weighed?.[i] ?? new Map()));
      const hits = scores.filter((score) => score > 0).length;
      return { family, hits, score: scores.reduce((sum, score) => sum + score, 0) };
    });
    return scored
      .filter(({ hits }) => hits > 0 && hits >= words.length / 2)
      .sort((a, b) => b.hits - a.hits || b.score - a.score)
      .map(({ family }) => memberOf(family.entry.codes[0] ?? "", wanted));
  }

  function byPrefix(text: string): HmsCode[] {
    const digits = codePrefix(text);
    if (digits === undefined) return [];
    const patterns = families.flatMap(({ entry }) => entry.codes.find((pattern) => beginsWith(pattern, digits)) ?? []);
    return patterns.map((pattern) => memberOf(pattern));
  }

  return (text, limit) => {
    if (limit <= 0) return [];
    const exact = exactCode(text);
    const others = [...new Set([...byPrefix(text), ...byWords(text)])].filter((code) => code !== exact);
    if (exact === undefined) return others.slice(0, limit).map(summarize);
    // "0300-0100" is the beginning of many codes before it is a device error nobody knows
    const first = summarize(exact);
    const rest = others.slice(0, limit - 1).map(summarize);
    return first.documented ? [first, ...rest] : [...rest, first];
  };
}
