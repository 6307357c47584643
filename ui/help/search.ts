/** Search over all codes of the static site, without a server: codes in any form, and words with typos forgiven. */
import MiniSearch from "minisearch";
import type { CodeGroup, CodeList } from "../../src/model/code-list.ts";

declare global {
  interface Window {
    /** Set by `codes.js`. */
    readonly openhmsCodes?: CodeList;
  }
}

const MAX_RESULTS = 60;
const MIN_DIGITS = 4;

const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** The hex digits of a code or of its beginning, from any written form. */
function digitsOf(query: string): string | undefined {
  const pair = /^\s*(-?\d+)\s*[:, ]\s*(-?\d+)\s*$/.exec(query);
  const hex = (word: string): string => (Number(word) >>> 0).toString(16).toUpperCase().padStart(8, "0");
  if (pair !== null) return hex(pair[1] ?? "") + hex(pair[2] ?? "");
  const digits = query.replace(/^[\s[]*hms[\s_:-]*/i, "").replaceAll(/[\s_[\]-]/g, "");
  return digits.length >= MIN_DIGITS && /^[0-9a-f]+$/i.test(digits) ? digits.toUpperCase() : undefined;
}

/** What a code begins with: the 14-digit form leaves out a byte that is always zero, the part number or the high byte of the level. */
const startsOf = (digits: string): readonly string[] =>
  digits.length === 14 ? [digits, ...[6, 8].map((at) => `${digits.slice(0, at)}00${digits.slice(at)}`)] : [digits];

/** "AMS 2" is AMS B. */
const withLetters = (query: string): string =>
  query.replace(
    /\b(ams(?:[ -](?:ht|lite))?)[ -]([1-8])\b(?! *pro)/gi,
    (_, unit: string, number: string) => `${unit} ${"abcdefgh"[Number(number) - 1]}`,
  );

/** The member that names most of what was asked for: "AMS C slot 2". */
function bestMember(group: CodeGroup | undefined, asked: ReadonlySet<string>): CodeGroup["members"] {
  const score = (title: string): number => wordsIn(title).filter((word) => asked.has(word)).length;
  const best = group?.members.reduce((best, member) => (score(member[1]) > score(best[1]) ? member : best));
  return best === undefined ? [] : [best];
}

function createSearch({ groups, ignored }: CodeList): (query: string) => CodeGroup["members"] {
  const isIgnored = new Set(ignored);
  const index = new MiniSearch({
    fields: ["title", "also", "words"],
    processTerm: (word) => (isIgnored.has(word) ? undefined : word),
    tokenize: wordsIn,
    searchOptions: {
      boost: { title: 6, also: 5 },
      prefix: (term) => term.length > 2,
      fuzzy: (term) => (term.length < 4 || /\d/.test(term) ? false : term.length < 7 ? 1 : 2),
      weights: { fuzzy: 0.3, prefix: 0.5 },
    },
  });
  index.addAll(groups.map(({ also, words, members }, id) => ({ id, title: members[0]?.[1] ?? "", also, words })));
  return (query) => {
    const digits = digitsOf(query);
    const starts = digits === undefined ? [] : startsOf(digits);
    const isMeant = (code: string): boolean => starts.some((start) => code.replaceAll("-", "").startsWith(start));
    const byCode = starts.length === 0 ? [] : groups.flatMap(({ members }) => members.filter(([code]) => isMeant(code)));
    if (byCode.length > 0) return byCode;
    const text = withLetters(query);
    const asked = new Set(wordsIn(text));
    // what meets more of the words comes first, however rare one of them is
    return index
      .search(text)
      .sort((a, b) => b.queryTerms.length - a.queryTerms.length || b.score - a.score)
      .flatMap(({ id }) => bestMember(groups[id as number], asked));
  };
}

function resultItem([code, title]: CodeGroup["members"][number]): HTMLElement {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const shown = document.createElement("span");
  link.href = `codes/${code}/index.html`;
  link.textContent = title;
  shown.className = "code quiet";
  shown.textContent = code;
  item.append(link, " ", shown);
  return item;
}

function start(list: CodeList): void {
  const field = document.querySelector<HTMLInputElement>("#q");
  const results = document.querySelector<HTMLElement>("#results");
  const contents = document.querySelector<HTMLElement>("#contents");
  if (field === null || results === null || contents === null) return;
  const search = createSearch(list);
  const show = (): void => {
    const query = field.value.trim();
    const found = query === "" ? [] : search(query);
    const count = document.createElement("p");
    count.className = "quiet";
    count.textContent = found.length === 0 ? list.none : `${found.length} ${list.found}`;
    const items = document.createElement("ul");
    items.append(...found.slice(0, MAX_RESULTS).map(resultItem));
    results.replaceChildren(...(query === "" ? [] : [count, items]));
    contents.hidden = query !== "";
  };
  field.value = new URLSearchParams(location.search).get("q") ?? "";
  field.addEventListener("input", show);
  field.form?.addEventListener("submit", (event) => {
    event.preventDefault();
    results.querySelector("a")?.focus();
  });
  show();
}

if (window.openhmsCodes !== undefined) start(window.openhmsCodes);
