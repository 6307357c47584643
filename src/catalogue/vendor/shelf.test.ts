/** Imports kept, replaced, listed, taken away; and a folder that somebody else wrote in. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RefusedError } from "../../lib/errors.ts";
import { hmsFromWire } from "../../model/code.ts";
import { pack } from "./packed.ts";
import { idOf, keepImport, listImports, readImport, removeImport } from "./shelf.ts";
import type { VendorTable, Wording } from "./table.ts";

const BED = hmsFromWire(0x0300_0100, 0x0001_0001);
const FAN = hmsFromWire(0x0300_0300, 0x0001_0001);

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), "openhms-shelf-")), "vendor-texts");
});
afterEach(() => rmSync(join(dir, ".."), { recursive: true, force: true }));

const tableOf = (version: number | undefined, text = `Version ${version}.`, more: Partial<VendorTable> = {}): VendorTable => ({
  kind: "answer",
  language: "de",
  device: "094",
  version,
  texts: new Map([[BED, [{ text, models: [] }]]]),
  ...more,
});
const origin = { file: "hms_de_094.json", importedAt: "2026-11-22T06:00:00.000Z", force: false };
const textOf = (): string | undefined => {
  const found = readImport({ id: "answer_de_094", path: join(dir, "answer_de_094.json") });
  return "damage" in found ? found.damage : found.texts.get(BED)?.[0]?.text;
};

describe("an import", () => {
  test("is kept whole, with where it is from", async () => {
    const texts = new Map<typeof BED, Wording[]>([
      [FAN, [{ text: "", models: [] }]],
      [
        BED,
        [
          { text: 'A "quoted"\ttext – größer', models: [] },
          { text: "Other.", models: ["H2D", "H2S"] },
        ],
      ],
    ]);
    const kept = await keepImport(dir, tableOf(7, "", { texts }), origin);
    const about = { id: "answer_de_094", kind: "answer", language: "de", device: "094", version: 7, codes: 2, internal: 1 };
    expect(kept).toEqual({ kind: "new", about: { ...about, importedAt: origin.importedAt, file: origin.file } });
    const [file] = listImports(dir);
    expect(file).toMatchObject({ id: "answer_de_094", language: "de" });
    const found = readImport(file!);
    expect("damage" in found ? found : { about: found.about, texts: found.texts }).toEqual({
      about: kept.about,
      texts,
    });
    expect(readFileSync(file!.path, "utf8").split("\n")[1]).toMatch(/^"0300-0100-0001-0001":/);
    expect(readdirSync(dir)).toEqual(["answer_de_094.json"]);
  });

  test.each<[string, number | undefined, number | undefined, string]>([
    ["newer", 1, 2, "replaced"],
    ["the same version with other texts", 2, 2, "replaced"],
    ["older", 2, 1, "refused"],
    ["without a version", 2, undefined, "refused"],
    ["with a version, in place of one without", undefined, 1, "replaced"],
    ["again without a version", undefined, undefined, "replaced"],
  ])("%s: %s, then %s, is %s", async (_, first, second, expected) => {
    await keepImport(dir, tableOf(first, "before"), origin);
    const kept = await keepImport(dir, tableOf(second, "after"), origin).catch((error: unknown) => {
      expect(error).toBeInstanceOf(RefusedError);
      return { kind: "refused" };
    });
    expect(kept.kind).toBe(expected);
    expect(textOf()).toBe(expected === "refused" ? "before" : "after");
    if (expected !== "refused") return;
    expect((await keepImport(dir, tableOf(second, "after"), { ...origin, force: true })).kind).toBe("replaced");
    expect(textOf()).toBe("after");
  });

  test("that is here already is left as it is", async () => {
    await keepImport(dir, tableOf(1), origin);
    const [before] = listImports(dir);
    expect(await keepImport(dir, tableOf(1), { ...origin, importedAt: "2027-01-01T00:00:00.000Z" })).toMatchObject({
      kind: "same",
      about: { importedAt: origin.importedAt },
    });
    expect(listImports(dir)).toEqual([before]);
  });

  test("and another at the same time leave one of the two, whole", async () => {
    await Promise.all(["one", "two", "three"].map((text) => keepImport(dir, tableOf(1, text.repeat(50_000)), origin)));
    expect(["one", "two", "three"].map((text) => text.repeat(50_000))).toContain(textOf());
    expect(readdirSync(dir)).toEqual(["answer_de_094.json"]);
  });

  test("takes away what a killed one left long ago, and leaves what one may be writing", async () => {
    mkdirSync(dir);
    for (const name of ["old.new", "young.new"]) writeFileSync(join(dir, name), "{");
    utimesSync(join(dir, "old.new"), 0, 0);
    await keepImport(dir, tableOf(1), origin);
    expect(readdirSync(dir)).toEqual(["answer_de_094.json", "young.new"]);
  });

  test("is one for each kind, language and device", () => {
    expect(idOf(tableOf(1))).toBe("answer_de_094");
    expect(idOf({ kind: "table", language: "pt-br", device: undefined })).toBe("table_pt-br");
    expect(idOf({ kind: "table", language: "de", device: "A1 MINI" })).toBe("table_de_A1-MINI");
  });

  test("can be taken away", async () => {
    await keepImport(dir, tableOf(1), origin);
    await removeImport(dir, "answer_de_094");
    expect(listImports(dir)).toEqual([]);
    for (const id of ["answer_de_094", "../answer_de_094", ""]) await expect(removeImport(dir, id)).rejects.toBeInstanceOf(RefusedError);
  });
});

describe("a folder that somebody else wrote in", () => {
  test.each<[string, unknown]>([
    ["format", 2],
    ["kind", "other"],
    ["device", 7],
    ["version", "7"],
    ["codes", null],
    ["file", null],
    ["texts", []],
    ["texts", { x: [["text"]] }],
    ["texts", { [BED]: [[]] }],
    ["texts", { [BED]: [["text", 7]] }],
    ["texts", { [BED]: "text" }],
  ])("a file whose %s is %j is damaged", async (key, value) => {
    await keepImport(dir, tableOf(1), origin);
    const [file] = listImports(dir);
    writeFileSync(file!.path, JSON.stringify({ ...(JSON.parse(readFileSync(file!.path, "utf8")) as object), [key]: value }));
    expect(readImport(file!)).toEqual({ damage: "it has another form than this version writes" });
  });

  test("is read as far as it is ours", () => {
    expect(listImports(dir)).toEqual([]);
    mkdirSync(dir);
    for (const name of ["notes.txt", "answer_de_094.json.new", "table_../x.json".replace("/", ""), "other_de.json", "table_de.json"])
      writeFileSync(join(dir, name), "{");
    expect(listImports(dir).map(({ id }) => id)).toEqual(["table_de"]);
  });

  test("what is no file is damaged, and hides no other", async () => {
    await keepImport(dir, tableOf(1), origin);
    execFileSync("mkfifo", [join(dir, "table_fr.json")]);
    mkdirSync(join(dir, "table_it.json"));
    symlinkSync("table_nl.json", join(dir, "table_nl.json"));
    symlinkSync("nowhere", join(dir, "table_pt.json"));
    const found = listImports(dir).map((file) => {
      const content = readImport(file);
      return [file.id, "damage" in content ? content.damage : "whole"];
    });
    expect(found).toEqual([
      ["answer_de_094", "whole"],
      ["table_fr", "it is no plain file"],
      ["table_it", "it is no plain file"],
      ["table_nl", expect.stringContaining("ELOOP")],
    ]);
  });

  test.each(["", "{", "[]", '{"format":2}', '{"format":1,"texts":{"x":1}}'])(
    "a damaged file (%j) says so and can be written over",
    async (content) => {
      mkdirSync(dir);
      writeFileSync(join(dir, "answer_de_094.json"), content);
      expect(readImport(listImports(dir)[0]!)).toEqual({ damage: expect.any(String) as string });
      expect((await keepImport(dir, tableOf(1, "whole"), origin)).kind).toBe("new");
      expect(textOf()).toBe("whole");
    },
  );
});

test("packed texts are the texts", () => {
  const code = fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 0xffff_ffff })).map(([attr, low]) => hmsFromWire(attr, low));
  const wording = fc.record({ text: fc.string({ unit: "grapheme" }), models: fc.array(fc.string({ maxLength: 5 }), { maxLength: 2 }) });
  fc.assert(
    fc.property(fc.array(fc.tuple(code, fc.array(wording, { minLength: 1, maxLength: 3 })), { maxLength: 40 }), code, (rows, other) => {
      const texts = new Map(rows);
      const packed = pack(texts);
      for (const [one, wordings] of texts) expect(packed.get(one)).toEqual(wordings);
      expect(packed.get(other)).toEqual(texts.get(other) ?? []);
    }),
  );
});
