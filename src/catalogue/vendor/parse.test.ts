/**
 * The maker's texts, read: every shape whole, everything else refused with its place. The sentences are ours; the maker's own table is
 * read from outside the project, where it is at hand.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../../lib/errors.ts";
import { parseVendorFile, type Said } from "./parse.ts";
import { MAX_BYTES, MAX_CODES, MAX_MODELS, MAX_TEXT_CHARS, MAX_WORDINGS, type VendorTable } from "./table.ts";

const BED = "0300010000010001";
const DOOR = "03008005";

const bytesOf = (value: unknown): Uint8Array => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

function tablesOf(value: unknown, name = "hms_en.json", said: Said = {}): readonly VendorTable[] {
  const read = parseVendorFile(bytesOf(value), name, said);
  return read.kind === "texts" ? read.tables : [];
}

/** The message of the refusal; fails for anything but the one documented error. */
function refusal(value: unknown, name = "hms_en.json", said: Said = {}): string {
  try {
    parseVendorFile(value instanceof Uint8Array ? value : bytesOf(value), name, said);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  return "it was taken";
}

const plain = (tables: readonly VendorTable[]) => tables.map(({ texts, ...rest }) => ({ ...rest, texts: Object.fromEntries(texts) }));

const answer = {
  result: 0,
  t: 1_742_728_732,
  ver: 202503231214,
  data: {
    device_error: { ver: 202503231214, de: [{ ecode: DOOR, intro: "Die Klappe fehlt." }] },
    device_hms: {
      ver: 202503231214,
      de: [
        { ecode: BED, intro: "Das Bett ist kalt." },
        { ecode: "0300180000000000", intro: "" },
      ],
    },
  },
};

const languageTable = {
  device_error: { [DOOR]: { "The cover is off.": [], "The lid is off.": ["H2D", "H2S"] } },
  device_hms: { [BED]: { "The bed stays cold.": [] }, "0300180000000000": { "": [] } },
};

describe("an answer of the maker's server", () => {
  test("is a table of each of its languages, with version and device", () => {
    expect(plain(tablesOf(answer, "/somewhere/hms_de_094.json"))).toEqual([
      {
        kind: "answer",
        language: "de",
        device: "094",
        version: 202503231214,
        texts: {
          "0300-0100-0001-0001": [{ text: "Das Bett ist kalt.", models: [] }],
          "0300-1800-0000-0000": [{ text: "", models: [] }],
          "0300-8005": [{ text: "Die Klappe fehlt.", models: [] }],
        },
      },
    ]);
  });

  test("may hold several languages, of which one can be chosen", () => {
    const both = { ...answer, data: { device_hms: { de: [{ ecode: BED, intro: "Kalt." }], "pt-BR": [{ ecode: BED, intro: "Frio." }] } } };
    expect(tablesOf(both, "answer.json").map(({ language, device }) => [language, device])).toEqual([
      ["de", undefined],
      ["pt-br", undefined],
    ]);
    expect(tablesOf(both, "answer.json", { language: "pt_BR" }).map(({ language }) => language)).toEqual(["pt-br"]);
    expect(refusal(both, "answer.json", { language: "fr" })).toContain("holds no texts in fr");
  });

  test("keeps both texts of a code that stands twice", () => {
    const twice = { result: 0, data: { device_hms: { en: ["One.", "Two.", "One."].map((intro) => ({ ecode: BED, intro })) } } };
    expect(tablesOf(twice)[0]?.texts.get("0300-0100-0001-0001" as never)).toEqual([
      { text: "One.", models: [] },
      { text: "Two.", models: [] },
    ]);
  });

  test.each([
    ["ver", 7],
    ["version", 7],
    ["version", "7"],
  ])("has its version under %s", (key, version) => {
    const { ver: _ver, ...rest } = answer;
    expect(tablesOf({ ...rest, [key]: version })[0]?.version).toBe(7);
  });

  test("says in a word that nothing changed", () => {
    expect(parseVendorFile(bytesOf({ result: 201, t: 1, ver: 12 }), "answer.json")).toEqual({ kind: "unchanged", version: 12 });
  });
});

describe("a table of one language", () => {
  test("keeps every wording and the models it is for", () => {
    expect(plain(tablesOf(languageTable, "hms_en.json"))).toEqual([
      {
        kind: "table",
        language: "en",
        device: undefined,
        version: undefined,
        texts: {
          "0300-0100-0001-0001": [{ text: "The bed stays cold.", models: [] }],
          "0300-1800-0000-0000": [{ text: "", models: [] }],
          "0300-8005": [
            { text: "The cover is off.", models: [] },
            { text: "The lid is off.", models: ["H2D", "H2S"] },
          ],
        },
      },
    ]);
  });

  test("says a text that differs in spaces once, for the models of both", () => {
    const wordings = { "One text.": ["H2D"], "One  text.": ["H2S"], "Another.": ["P1S"], "Another. ": [] };
    expect(tablesOf({ device_hms: { [BED]: wordings } })[0]?.texts.get("0300-0100-0001-0001" as never)).toEqual([
      { text: "One text.", models: ["H2D", "H2S"] },
      { text: "Another.", models: [] },
    ]);
  });

  test("may be packed, and is known by its content, not by its name", () => {
    const packed = gzipSync(JSON.stringify(languageTable));
    for (const name of ["hms_en.json.gz", "hms_en.json"])
      expect(parseVendorFile(packed, name)).toEqual(parseVendorFile(bytesOf(languageTable), name));
  });

  test.each([
    ["hms_pt-BR.json", "pt-br", undefined],
    ["hms_zh_cn.json", "zh-cn", undefined],
    ["hms_en (1).json", "en", undefined],
    ["dir/hms_A1MINI_de.json", "de", "A1MINI"],
    ["C:\\texts\\hms_ja_20P.json.gz", "ja", "20P"],
    ["dir/the-maker-texts-en.json", "en", undefined],
    ["table_de.json.gz", "de", undefined],
    ["my.pt-BR.json", "pt-br", undefined],
  ])("%s tells its language and device", (name, language, device) => {
    expect(tablesOf({ device_hms: { [BED]: "Text." } }, name)[0]).toMatchObject({ language, device });
  });

  test("without a language in its name needs to be told", () => {
    for (const name of ["texts.json", "en.json", "texts-v2.json", "codes-new.json"])
      expect(refusal(languageTable, name)).toContain("--language");
    expect(tablesOf(languageTable, "texts.json", { language: "EN", device: "22e" })[0]).toMatchObject({ language: "en", device: "22E" });
  });

  test("keys of JavaScript's own are keys like others", () => {
    const [table] = tablesOf(`{"__proto__":{"x":1},"device_hms":{"${BED}":{"__proto__":[],"constructor":["toString"]}}}`);
    expect(table?.texts.get("0300-0100-0001-0001" as never)).toEqual([
      { text: "__proto__", models: [] },
      { text: "constructor", models: ["toString"] },
    ]);
    expect(Object.prototype).not.toHaveProperty("x");
  });
});

describe("texts", () => {
  const cleaned = (text: string): string | undefined =>
    tablesOf({ device_hms: { [BED]: text } })[0]?.texts.get("0300-0100-0001-0001" as never)?.[0]?.text;

  test.each([
    ["one\r\n  two\tthree\u2028four", "one two three four"],
    ["\ufeffa\u200bb\u00adc\u200e", "abc"],
    ["„Größe“ – 日本語 😀 नमस्ते\u200d", "„Größe“ – 日本語 😀 नमस्ते\u200d"],
    ["<b>&amp;</b>", "<b>&amp;</b>"],
  ])("%j becomes %j", (text, clean) => {
    expect(cleaned(text)).toBe(clean);
  });

  test.each(["\u0000", "\u0007", "\u001b[2J", "\u007f", "\u009b", "\u202e", "\u2066", "\ud800", "\uffff", "\u{e0041}"])(
    "with %j are refused",
    (sign) => {
      expect(refusal({ device_hms: { [BED]: `a${sign}b` } })).toMatch(
        /^hms_en\.json: device_hms\.0300010000010001: holds the character U\+/,
      );
    },
  );
});

describe("refused whole, with the place", () => {
  const row = (ecode: unknown, intro: unknown) => ({
    result: 0,
    data: {
      device_hms: {
        en: [
          { ecode: BED, intro: "Good." },
          { ecode, intro },
        ],
      },
    },
  });

  test.each<[string, unknown, RegExp]>([
    ["nothing", "", /is no JSON/],
    ["broken JSON", '{"device_hms":{},\n}', /^hms_en\.json:2: is no JSON/],
    ["half a file", JSON.stringify(answer).slice(0, -9), /is no JSON/],
    ["two files", JSON.stringify(answer).repeat(2), /is no JSON/],
    ["a web page", "<!doctype html><title>404</title>", /is no JSON/],
    ["a number", "7", /no table of the maker's texts/],
    ["a list", "[]", /no table of the maker's texts/],
    ["something else", { hello: 1 }, /no table of the maker's texts/],
    ["an error of the server", { result: 404, data: {} }, /result: the maker's server answered "404"/],
    ["a table of actions", { result: 0, data: [{ ecode: BED }] }, /data: is a list/],
    ["no data", { result: 0 }, /data: must be an object/],
    ["no texts", { result: 0, data: { device_hms: { en: [] } } }, /holds no texts/],
    ["an empty table", { device_hms: {} }, /holds no texts/],
    ["a wrong version", { ...answer, ver: -1 }, /ver: must be a whole number/],
    ["a wrong language", { result: 0, data: { device_hms: { "../en": [] } } }, /data\.device_hms: "\.\.\/en" is no language/],
    ["a language of JavaScript's own", '{"data":{"device_hms":{"__proto__":[]}}}', /"__proto__" is no language/],
    ["a language without a list", { data: { device_hms: { en: {} } } }, /data\.device_hms\.en: must be a list/],
    ["a row that is none", { data: { device_hms: { en: [null] } } }, /data\.device_hms\.en\[0\]: must be an object/],
    ["a code too short", row("0300", "x"), /data\.device_hms\.en\[1\]\.ecode: "0300" is no code of 16 hex digits/],
    ["a device error among HMS codes", row(DOOR, "x"), /is no code of 16/],
    ["a code that is no hex", row("030001000001000G", "x"), /is no code/],
    ["a written form", row("0300-0100-0001-0001", "x"), /is no code/],
    ["a code that is a number", row(300, "x"), /ecode: must be a code/],
    ["a text that is none", row(BED, null), /\[1\]\.intro: must be a text/],
    ["a text too long", row(BED, "x".repeat(MAX_TEXT_CHARS + 1)), /intro: is longer than 4000/],
    ["a code that is JavaScript's", { device_hms: JSON.parse('{"__proto__":{}}') as object }, /"__proto__" is no code/],
    ["a code without a text", { device_hms: { [BED]: {} } }, /has no text/],
    ["models that are none", { device_hms: { [BED]: { x: "H2D" } } }, /must be a list of models/],
    ["a model that is none", { device_hms: { [BED]: { x: ["\u001b"] } } }, /\[0\]: "\\u001b" is no model/],
    ["too many models", { device_hms: { [BED]: { x: Array.from({ length: MAX_MODELS + 1 }, () => "H2D") } } }, /more than 64 models/],
    [
      "too many wordings",
      { device_hms: { [BED]: Object.fromEntries(Array.from({ length: MAX_WORDINGS + 1 }, (_, i) => [`text ${i}`, []])) } },
      /more than 64 wordings/,
    ],
    ["the same key twice", `{"device_hms":{"${BED}":"a","${BED}":"b"}}`, /device_hms: "0300010000010001" stands twice/],
    ["the same key twice, once in disguise", `{"device_hms":{"${BED}":"a","\\u0030${BED.slice(1)}":"b"}}`, /stands twice/],
    ["a depth without end", "[".repeat(1_000_000), /nested more than 8 levels/],
    ["values without end", `[${"0,".repeat(2_000_001)}0]`, /more than 2000000 values/],
  ])("%s", (_, value, message) => {
    expect(refusal(value)).toMatch(message);
  });

  test("too many codes", () => {
    const codes = Array.from({ length: MAX_CODES + 1 }, (_, i) => [i.toString(16).padStart(16, "0"), "x"]);
    expect(refusal({ device_hms: Object.fromEntries(codes) })).toMatch(/more than 100000 codes/);
  });

  test("bytes that are no text, broken packing, packing that swells", () => {
    expect(refusal(Buffer.from([0x7b, 0xff, 0x7d]))).toContain("is no UTF-8 text");
    expect(refusal(Buffer.from([0x1f, 0x8b, 1, 2, 3]))).toContain("cannot be unpacked");
    expect(refusal(gzipSync(Buffer.alloc(MAX_BYTES + 1, 32)))).toContain("holds more than 64 MB once unpacked");
    expect(refusal(Buffer.alloc(MAX_BYTES + 1, 32))).toContain("holds more than 64 MB");
  });

  test("a language or device of nobody", () => {
    expect(refusal(languageTable, "x.json", { language: "../x" })).toContain('"../x" is no language');
    expect(refusal(languageTable, "x.json", { language: "en", device: "../../x" })).toContain("is neither the start of a serial number");
  });
});

/** What a table says, read in the simplest way there is, without any rule. */
function naive(text: string): unknown {
  const value = JSON.parse(text) as Record<string, Record<string, unknown>>;
  const rows: [string, string, unknown][] = [];
  if ("data" in value)
    for (const leg of ["device_hms", "device_error"])
      for (const list of Object.values(value["data"]?.[leg] ?? {}))
        if (Array.isArray(list)) for (const { ecode, intro } of list as { ecode: string; intro: string }[]) rows.push([ecode, intro, []]);
  if (!("data" in value))
    for (const leg of ["device_hms", "device_error"])
      for (const [ecode, wordings] of Object.entries(value[leg] ?? {}))
        if (typeof wordings === "string") rows.push([ecode, wordings, []]);
        else for (const [intro, models] of Object.entries(wordings as object)) rows.push([ecode, intro, models]);
  return tidy(rows);
}

const tidy = (rows: readonly [string, string, unknown][]): string[] =>
  [
    ...new Set(
      rows.map(([code, text, models]) => JSON.stringify([code.toUpperCase(), text.replaceAll(/[\s\u200b\u00ad]+/g, " ").trim(), models])),
    ),
  ].sort();

const imported = (tables: readonly VendorTable[]): string[] =>
  tidy(
    tables.flatMap(({ texts }) =>
      [...texts].flatMap(([code, wordings]) =>
        wordings.map(({ text, models }): [string, string, unknown] => [code.replaceAll("-", ""), text, models]),
      ),
    ),
  );

describe("whatever comes", () => {
  const sources = [answer, languageTable].map((value) => JSON.stringify(value));

  test("nothing but the one documented error is thrown", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), fc.json(), fc.string()), fc.string(), (content, name) => {
        refusal(content, name);
      }),
    );
  });

  test("a file in which signs were changed is refused whole or read as it stands", () => {
    const change = fc.record({
      at: fc.nat(),
      cut: fc.nat({ max: 4 }),
      put: fc.oneof(fc.string({ maxLength: 3 }), fc.constantFrom('"', "{", "]", ",", "\\", "0")),
    });
    let taken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.array(change, { minLength: 1, maxLength: 3 }), (source, changes) => {
        let text = source;
        for (const { at, cut, put } of changes) {
          const place = at % (text.length + 1);
          text = text.slice(0, place) + put + text.slice(place + cut);
        }
        const result = refusal(text);
        if (result !== "it was taken") return;
        taken++;
        expect(imported(tablesOf(text))).toEqual(naive(text));
      }),
      { numRuns: 1_000 },
    );
    expect(taken).toBeGreaterThan(0);
  });

  test("a file in which a part was replaced is refused whole or read as it stands", () => {
    fc.assert(
      fc.property(fc.constantFrom(...sources), fc.nat(), fc.jsonValue(), (source, which, put) => {
        let seen = 0;
        const count = source.split(/[:,[]/).length;
        const text = JSON.stringify(JSON.parse(source, (_, value: unknown) => (seen++ === which % count ? put : value)));
        if (refusal(text) !== "it was taken" || JSON.parse(text).result === 201) return;
        expect(imported(tablesOf(text))).toEqual(naive(text));
      }),
      { numRuns: 500 },
    );
  });
});

const REFERENCE = process.env["OPENHMS_REFERENCE"] ?? fileURLToPath(new URL("../../../../shared/reference", import.meta.url));
const official = resolve(REFERENCE, "official-texts-en.json");

describe.skipIf(!existsSync(official))("the maker's own table (skipped without OPENHMS_REFERENCE)", () => {
  test("is read to the last wording", () => {
    const text = readFileSync(official, "utf8");
    const [table] = tablesOf(text, official, { language: "en" });
    const entries = [...(table?.texts ?? [])];
    const isDevice = (code: string): boolean => code.length === 9;
    const several = entries.filter(([, wordings]) => wordings.length > 1).map(([code]) => code);
    const internal = entries.filter(([, wordings]) => wordings.some(({ text: words, models }) => words === "" && models.length === 0));
    expect(entries.filter(([code]) => !isDevice(code))).toHaveLength(4_998);
    expect(entries.filter(([code]) => isDevice(code))).toHaveLength(946);
    expect([several.filter((code) => !isDevice(code)).length, several.filter(isDevice).length]).toEqual([112, 57]);
    expect(internal).toHaveLength(99);
    expect(imported([table!])).toEqual(naive(text));
  });
});
