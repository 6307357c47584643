/**
 * What makers publish as numbers: which codes exist, what the printer's dialog offers for a code, which page of the maker treats it.
 * Hides the compact lines they are kept in; they are spread out when first asked for, so that loading stays fast.
 */
import type { HmsCode } from "../model/code.ts";
import type { Knowledge } from "./files/shape.ts";

export interface VendorPage {
  /** Path on the maker's host, from the first slash. */
  readonly path: string;
  readonly url: string;
  /** Empty: for every model that has no page of its own. */
  readonly models: readonly string[];
}

export interface Action {
  readonly id: string;
  readonly text: string;
}

export interface Facts {
  /** Every known code, in the order of the file. */
  known(): readonly HmsCode[];
  isKnown(code: HmsCode): boolean;
  actions(code: HmsCode): readonly Action[];
  /** The page for all models first. */
  pages(code: HmsCode): readonly VendorPage[];
}

const hex = (value: number, width: number): string => value.toString(16).toUpperCase().padStart(width, "0");

/** `00-07,FE` as texts of one width. */
function spread(ranges: string): string[] {
  return ranges.split(",").flatMap((range) => {
    const [first = "0", last = first] = range.split("-");
    const from = Number.parseInt(first, 16);
    const count = Number.parseInt(last, 16) - from + 1;
    return Array.from({ length: Math.max(0, count) }, (_, i) => hex(from + i, first.length));
  });
}

/** How many texts `spread` makes. */
function spreadSize(ranges: string): number {
  return ranges.split(",").reduce((sum, range) => {
    const [first = "0", last = first] = range.split("-");
    return sum + Math.max(0, Number.parseInt(last, 16) - Number.parseInt(first, 16) + 1);
  }, 0);
}

/** How many codes a line stands for, without making them: a few letters can stand for billions. */
export function countCodes(line: string): number {
  const [, units = "", ...rest] = line.split(" ");
  const parts = rest.length === 1 ? 1 : spreadSize(rest[0] ?? "");
  return spreadSize(units) * parts * spreadSize(rest.at(-1) ?? "");
}

/** Every code of a line: `07 00-07 20-23 0002 0001` or, for device errors, `03 00 4000-4014`. */
export function expandCodes(line: string): readonly HmsCode[] {
  const [module = "", units = "", ...rest] = line.split(" ");
  const [parts = "", level = "", numbers = ""] = rest.length === 1 ? ["", "", rest[0]] : rest;
  const tails = parts === "" ? [""] : spread(parts).map((part) => `${part}00-${level}-`);
  return spread(units).flatMap((unit) =>
    tails.flatMap((tail) => spread(numbers).map((number) => `${module}${unit}-${tail}${number}` as HmsCode)),
  );
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

export function createFacts({ known, actions, pages }: Pick<Knowledge, "known" | "actions" | "pages">): Facts {
  const codes = once(() => known.codes.flatMap(expandCodes));
  const codeSet = once(() => new Set(codes()));
  const offers = once(() => {
    const byCode = new Map<HmsCode, readonly Action[]>();
    for (const offer of actions.offers) {
      const list = offer.actions.map((id) => ({ id, text: actions.words[id] ?? id }));
      for (const code of offer.codes.flatMap(expandCodes)) byCode.set(code, list);
    }
    return byCode;
  });
  const pagesByCode = once(() => {
    const byCode = new Map<HmsCode, VendorPage[]>();
    const add = (code: HmsCode, page: string, models: readonly string[] = []): void => {
      const [section, name] = page.split("/");
      const path = `/en/${section}/troubleshooting/hmscode/${name}`;
      const found = byCode.get(code) ?? [];
      byCode.set(
        code,
        [...found, { path, url: pages.host + path, models }].sort((a, b) => a.models.length - b.models.length),
      );
    };
    for (const { section, models, codes: sets } of pages.own)
      for (const code of sets.flatMap(expandCodes)) add(code, `${section}/${code.replaceAll("-", "_")}`, models);
    for (const { page, models, codes: sets } of pages.shared) for (const code of sets.flatMap(expandCodes)) add(code, page, models);
    return byCode;
  });
  return {
    known: codes,
    isKnown: (code) => codeSet().has(code),
    actions: (code) => offers().get(code) ?? [],
    pages: (code) => pagesByCode().get(code) ?? [],
  };
}
