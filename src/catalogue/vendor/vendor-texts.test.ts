/** Which of the maker's texts a reader gets, and that a folder that changes is seen without a restart. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { at, createFakeClock, type FakeClock } from "../../lib/time.ts";
import { MODEL_OF_SERIAL } from "../../printers/bambu/constants.ts";
import { hmsFromWire } from "../../model/code.ts";
import { chooseLanguages } from "./choose.ts";
import { isSameModel, modelsOf } from "./devices.ts";
import { keepImport, removeImport } from "./shelf.ts";
import type { VendorTable, Wording } from "./table.ts";
import { type VendorTexts, createVendorTexts } from "./vendor-texts.ts";

const BED = hmsFromWire(0x0300_0100, 0x0001_0001);
const FAN = hmsFromWire(0x0300_0300, 0x0001_0001);

let dir: string;
let clock: FakeClock;
let texts: VendorTexts;
let told: unknown[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "openhms-vendor-"));
  clock = createFakeClock(at(0));
  told = [];
  texts = createVendorTexts({ dir, clock, log: { warn: (fields) => void told.push(fields) } });
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const keep = (wordings: readonly Wording[], more: Partial<VendorTable> = {}) =>
  keepImport(
    dir,
    { kind: "answer", language: "en", device: undefined, version: undefined, texts: new Map([[BED, wordings]]), ...more },
    { file: "x.json", importedAt: "2026-11-22T06:00:00.000Z", force: true },
  );
const all = (text: string): Wording[] => [{ text, models: [] }];
const shown = (model?: string, languages = ["en"]): string[] =>
  texts.of(BED, { languages, ...(model === undefined ? {} : { model }) }).map(({ text, models }) => `${text} ${models.join("+")}`.trim());

describe("of several wordings", () => {
  beforeEach(() =>
    keep([...all("all"), { text: "H2", models: ["H2D", "H2S"] }, { text: "mini", models: ["A1MINI"] }, { text: "", models: ["P1S"] }], {
      kind: "table",
    }),
  );

  test.each([
    [undefined, ["all", "H2 H2D+H2S", "mini A1MINI"]],
    ["H2S", ["H2 H2D+H2S", "all", "mini A1MINI"]],
    ["A1 mini", ["mini A1MINI", "all", "H2 H2D+H2S"]],
    ["X1C", ["all", "H2 H2D+H2S", "mini A1MINI"]],
  ])("the one for a %s stands first", (model, expected) => {
    expect(shown(model)).toEqual(expected);
  });

  test("each stands once, whichever tables have it, for the models of all", async () => {
    await keep(all("H2"), { device: "31B", version: 5 });
    await keep(all("all"), { device: "20P", version: 6 });
    clock.advanceTo(at(1_000));
    expect(shown("H2C")).toEqual(["H2 H2C+H2D+H2S", "all", "mini A1MINI"]);
    expect(texts.of(BED, { model: "H2C" })[0]).toMatchObject({ source: "answer_en_31B", version: 5 });
  });
});

describe("of several languages", () => {
  test("the reader's and English are shown", async () => {
    for (const language of ["en", "de", "pt-br", "ja"]) await keep(all(language), { language });
    expect(shown(undefined, ["de-AT", "fr"])).toEqual(["de", "en"]);
    expect(shown(undefined, ["fr", "ja"])).toEqual(["ja", "en"]);
    expect(shown(undefined, [])).toEqual(["en"]);
    expect(texts.of(FAN)).toEqual([]);
  });

  test.each([
    [["pt-BR"], ["pt", "pt-br", "en"], ["pt-br", "en"]],
    [["pt-PT"], ["pt", "pt-br"], ["pt"]],
    [["zh"], ["zh-cn", "en"], ["zh-cn", "en"]],
    [["*"], ["de", "en"], ["en"]],
    [["en-GB", "de"], ["de", "en"], ["en"]],
    [["fr"], ["ja", "de"], ["de"]],
    [["d"], ["de"], ["de"]],
    [[], [], []],
  ])("a reader of %j, where there are %j, is shown %j", (wanted, available, expected) => {
    expect(chooseLanguages(wanted, available)).toEqual(expected);
  });
});

describe("a folder that changes", () => {
  test("is seen after a second, without a restart", async () => {
    expect(shown()).toEqual([]);
    await keep(all("one"));
    expect(shown()).toEqual([]);
    clock.advanceTo(at(1_000));
    expect(shown()).toEqual(["one"]);
    await keep(all("two"));
    clock.advanceTo(at(2_000));
    expect(shown()).toEqual(["two"]);
    await removeImport(dir, "answer_en");
    clock.advanceTo(at(3_000));
    expect(shown()).toEqual([]);
    expect(told).toEqual([]);
  });

  test("tells once of a file that cannot be read, and shows the rest", async () => {
    await keep(all("good"), { kind: "table" });
    writeFileSync(join(dir, "answer_en.json"), "{");
    expect([shown(), shown()]).toEqual([["good"], ["good"]]);
    expect(told).toHaveLength(1);
    writeFileSync(join(dir, "answer_en.json"), "{ ");
    clock.advanceTo(at(1_000));
    shown();
    expect(told).toHaveLength(2);
  });

  test("keeps few languages in memory, and finds the others again", async () => {
    const languages = ["de", "fr", "it", "ja", "ko", "nl"];
    for (const language of languages) await keep(all(language), { language });
    for (let round = 0; round < 2; round++) for (const language of languages) expect(shown(undefined, [language])).toEqual([language]);
  });
});

test("the models of a serial number are those of the printers' adapter", () => {
  for (const [prefix, model] of MODEL_OF_SERIAL)
    expect(
      modelsOf(prefix).some((one) => isSameModel(one, model)),
      prefix,
    ).toBe(true);
  expect([modelsOf(null), modelsOf("45Z"), modelsOf("constructor")]).toEqual([[], ["45Z"], ["constructor"]]);
});
