/**
 * The catalogue in other languages: which language a reader gets, that an entry is shown whole in one language, and that the German
 * entries read well for every unit and slot, with no English left in them.
 */
import { beforeAll, describe, expect, test } from "vitest";
import type { HmsCode } from "../model/code.ts";
import type { Catalogue, Explanation } from "./catalogue.ts";
import { createTranslator } from "./languages.ts";
import { loadCatalogue } from "./load.ts";
import { findByPattern, membersOf } from "./pattern.ts";
import { partName } from "./render.ts";
import type { Entry, Knowledge, Language } from "./files/shape.ts";
import { readSound } from "./files/sound.ts";

let catalogue: Catalogue;
let knowledge: Knowledge;
let german: Language;
/** What is translated, with its entry. */
let families: readonly Entry[];

beforeAll(async () => {
  catalogue = await loadCatalogue({ packs: { paths: [], builtIn: false } });
  knowledge = await readSound();
  german = knowledge.languages["de"] as Language;
  families = knowledge.entries.map(({ entry }) => entry).filter((entry) => (entry.codes[0] ?? "") in german.entries);
});

const textsOf = (found: Explanation): readonly string[] => [
  found.title,
  found.summary,
  found.effect,
  found.danger ?? "-",
  found.partName ?? "-",
  found.moduleName,
  found.unitName ?? "-",
  ...found.causes.map(({ text }) => text),
  ...found.steps.flatMap(({ text, risk, tools }) => [text, risk ?? "-", ...(tools ?? [])]),
  ...found.actions.map(({ text }) => text),
];

describe("the language of a reader", () => {
  test.each([
    [["de-AT", "en"], "de"],
    [["DE"], "de"],
    [["en-US", "de"], "en"],
    [["fr", "nl", "de;q=1"], "en"],
    [["fr", "de"], "de"],
    [["*"], "en"],
    [["constructor", "__proto__"], "en"],
    [[], "en"],
  ] as const)("%j gets %s", (tags, expected) => expect(catalogue.language(tags)).toBe(expected));

  test.each(["constructor", "__proto__", ""])("%j as a language is English", (language) => {
    expect(catalogue.explain("0300-0100-0001-0001" as HmsCode, language).language).toBe("en");
  });
});

describe("an entry", () => {
  /** One entry is translated, one is not. */
  const small = (): Knowledge => {
    const [first, second] = families as readonly [Entry, Entry];
    const code = first.codes[0] as string;
    return {
      ...knowledge,
      entries: [first, second].map((entry) => ({ entry, file: "", index: 0 })),
      languages: { de: { ...german, entries: { [code]: german.entries[code] as Language["entries"][string] } } },
    };
  };

  test("is whole in its language, or whole in English, and says which", async () => {
    const { createCatalogue } = await import("./load.ts");
    const few = createCatalogue(small(), new Map());
    const [first, second] = families as readonly [Entry, Entry];
    const translated = few.explain(membersOf(first.codes[0] as string)[0] as HmsCode, "de");
    expect([translated.language, translated.title]).toEqual(["de", expect.stringContaining("Heizbett")]);
    const code = membersOf(second.codes[0] as string)[0] as HmsCode;
    // its causes, its part and its steps have German words; alone they would make half a page
    expect(few.explain(code, "de")).toEqual(few.explain(code));
    expect(few.explain(code, "de").language).toBe("en");
  });

  test("is English as long as one of its causes or steps is", async () => {
    const { createCatalogue } = await import("./load.ts");
    const [first] = families as readonly [Entry];
    const code = membersOf(first.codes[0] as string)[0] as HmsCode;
    const without = (ids: Readonly<Record<string, unknown>>, id: string) =>
      Object.fromEntries(Object.entries(ids).filter(([other]) => other !== id));
    const lacking = [
      { ...german, causes: without(german.causes, Object.keys(first.causes)[0] as string) as Language["causes"] },
      { ...german, checks: without(german.checks, first.steps.at(-1) as string) as Language["checks"] },
    ];
    for (const de of lacking) {
      const found = createCatalogue({ ...small(), languages: { de } }, new Map()).explain(code, "de");
      expect([found.language, found.title]).toEqual(["en", first.title]);
    }
  });

  test("that nobody wrote is English in every language", () => {
    const unknown = "0301-7700-0002-1234" as HmsCode;
    expect(catalogue.explain(unknown, "de")).toEqual(catalogue.explain(unknown));
  });

  test("is the same in a language that there is not", () => {
    const code = "0300-0100-0001-0001" as HmsCode;
    expect(catalogue.explain(code, "xx")).toEqual(catalogue.explain(code));
    expect(createTranslator(knowledge).say("xx")("slot 1")).toBe("slot 1");
    // what a printer says of itself is looked up too
    expect(["constructor", "__proto__", "homing"].map(createTranslator(knowledge).say("de"))).toEqual([
      "constructor",
      "__proto__",
      "Referenzfahrt",
    ]);
  });

  test("keeps code, severity, priority, ids and minutes", () => {
    const bits = ({ code, severity, priority, causes, steps, slot }: Explanation) => ({
      code,
      severity,
      priority,
      slot,
      causes: causes.map(({ id, likelihood }) => [id, likelihood]),
      steps: steps.map(({ id, minutes, powerOff }) => [id, minutes, powerOff]),
    });
    for (const entry of families)
      for (const code of entry.codes.flatMap(membersOf)) expect(bits(catalogue.explain(code, "de"))).toEqual(bits(catalogue.explain(code)));
  });
});

describe("the German entries", () => {
  test("are the most common families, and those that every owner meets", () => {
    expect(families.length).toBeGreaterThanOrEqual(100);
    const counts = new Map<Entry, number>();
    const byPattern = new Map(knowledge.entries.flatMap(({ entry }) => entry.codes.map((pattern) => [pattern, entry] as const)));
    for (const code of catalogue.known()) {
      const entry = findByPattern(byPattern, code);
      if (entry !== undefined && entry.lane !== "internal") counts.set(entry, (counts.get(entry) ?? 0) + 1);
    }
    const common = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 100);
    // of families with as many codes it is a matter of taste which are the hundred
    const last = common.at(-1)?.[1] ?? 0;
    expect(common.filter(([entry, count]) => count > last && !families.includes(entry)).map(([entry]) => entry.title)).toEqual([]);
    for (const code of ["0300-8003", "0300-8004", "0C00-0300-0003-0007", "0500-402B", "0300-1A00-0002-0002", "0300-2000-0001-0001"])
      expect(catalogue.explain(code as HmsCode, "de").language, code).toBe("de");
  });

  /** Words of English that German does not share; a text of ours has one of them in every sentence or two. */
  const ENGLISH =
    /\b(the|of|and|is|are|not|no|or|it|its|with|from|to|too|on|off|at|by|for|this|that|which|until|slot|side|axis|bed|nozzle|fan|heater|spool|heatbed|belt|plug|cable|job|left|right|cannot|does|open|close|switch|pull|push|clean|replace|check|wait|look)\b/i;

  test("read well for every unit and slot: nothing open, no English left", () => {
    for (const entry of families) {
      for (const code of entry.codes.flatMap(membersOf)) {
        const found = catalogue.explain(code, "de");
        expect(found.language, code).toBe("de");
        expect(found.title.length, `${code} ${found.title}`).toBeLessThanOrEqual(60);
        expect(found.title.charAt(0), code).toBe(found.title.charAt(0).toUpperCase());
        for (const text of textsOf(found)) {
          expect(text, code).not.toMatch(/[{}]|undefined|null\b|NaN|dieses Teil/);
          // names of products and files, and the one word that both languages write alike
          expect(text.replaceAll(/Cold Pull|openhms\.yaml|G-Code|unter overrides/g, ""), code).not.toMatch(ENGLISH);
          expect(text.trim(), code).toBe(text);
        }
      }
    }
  });

  test("name unit and slot where the English does", () => {
    for (const entry of families) {
      for (const code of entry.codes.flatMap(membersOf)) {
        const [own, other] = [catalogue.explain(code, "de"), catalogue.explain(code)];
        if (other.slot !== null && other.title.includes(`slot ${other.slot}`)) expect(own.title, code).toContain(`Fach ${other.slot}`);
        if (other.unitName?.startsWith("AMS") === true && other.title.includes(other.unitName))
          expect(own.title, code).toContain(other.unitName);
      }
    }
  });

  test("have every phrase of the program that they can show", () => {
    const { words } = german;
    const same = new Set(["Studio", "App", "OpenHMS"]);
    const missing = (phrases: Iterable<string>) =>
      [...new Set(phrases)].filter((phrase) => !(phrase in words) && !same.has(phrase) && !phrase.startsWith("AMS"));
    const codes = families.flatMap((entry) => entry.codes.flatMap(membersOf));
    expect(missing(codes.flatMap((code) => partName(knowledge.parts, code) ?? []))).toEqual([]);
    expect(missing(codes.flatMap((code) => catalogue.explain(code).unitName ?? []))).toEqual([]);
    expect(missing(codes.map((code) => catalogue.explain(code).moduleName))).toEqual([]);
    expect(missing(Object.values(knowledge.actions.words))).toEqual([]);
    expect(missing(Object.keys(german.checks).flatMap((id) => knowledge.checks[id]?.tools ?? []))).toEqual([]);
    expect(Object.keys(german.conditions).sort()).toEqual(Object.keys(knowledge.conditions).sort());
  });
});

describe("search in German", () => {
  test.each([
    ["Heizbett heizt nicht", "0300-0100-0001-0008"],
    ["düse verstopft", "0300-1A00-0002-0002"],
    ["Duese verstopft", "0300-1A00-0002-0002"],
    ["wlan passwort falsch", "0500-402B"],
    ["Filament aufgebraucht AMS B Fach 2", "0701-2100-0002-0001"],
    ["Hotend-Lüfter langsam", "0300-0300-0002-0002"],
    ["Drucker nicht erreichbar", "F000-0100-0003-0001"],
  ])("%s finds %s first", (text, first) => {
    const [found] = catalogue.search(text, 3, "de");
    expect(found?.code).toBe(first);
    expect(found?.title).toBe(catalogue.explain(first as HmsCode, "de").title);
  });

  test("answers in English unless asked otherwise, and finds the same", () => {
    const codes = (language?: string) => catalogue.search("spaghetti", 5, language).map(({ code }) => code);
    expect(codes("de")).toEqual(codes());
    expect(catalogue.search("düse verstopft", 1)[0]?.title).toBe("Nozzle is clogged");
  });
});
