/**
 * Every code that printers are known to send, rendered: an entry exists, nothing is left open, unit and slot are the code's own,
 * level and class agree, and whatever is referred to exists. What is expected of the bits is worked out here anew, not asked of the code under test.
 */
import { beforeAll, describe, expect, test } from "vitest";
import type { HmsCode } from "../model/code.ts";
import type { Catalogue, Explanation } from "./catalogue.ts";
import { expandCodes } from "./facts.ts";
import { loadCatalogue } from "./load.ts";

let catalogue: Catalogue;
let known: readonly HmsCode[];
beforeAll(async () => {
  catalogue = await loadCatalogue();
  known = catalogue.known();
});

const PRODUCTS: Readonly<Record<string, string>> = { "07": "AMS", "12": "AMS Lite", "18": "AMS-HT" };

function textsOf(found: Explanation): readonly string[] {
  return [
    found.title,
    found.summary,
    found.effect,
    found.danger ?? "-",
    ...found.causes.map(({ text }) => text),
    ...found.steps.flatMap(({ text, risk }) => [text, risk ?? "-"]),
    ...found.actions.map(({ text }) => text),
    ...found.related.map(({ title }) => title),
  ];
}

/** "AMS C" by the bytes: the product from the module, the letter from the unit. */
function unitByBytes(code: HmsCode): string | undefined {
  const product = PRODUCTS[code.slice(0, 2)];
  const unit = Number.parseInt(code.slice(2, 4), 16);
  if (product === undefined || unit >= 0xfe) return undefined;
  return `${product} ${String.fromCharCode(65 + (unit & 0x1f))}`;
}

describe("the known codes", () => {
  test("are as many as were published, each once", () => {
    expect(known.filter((code) => code.length === 19)).toHaveLength(4_998);
    expect(known.filter((code) => code.length === 9)).toHaveLength(946);
    expect(new Set(known).size).toBe(5_944);
    expect(catalogue.stats()).toMatchObject({ known: 5_944, explained: 5_944, internal: 98 });
  });

  test("have an entry, and nothing in it is left open", () => {
    for (const code of known) {
      const found = catalogue.explain(code);
      expect(found.documented, code).toBe(true);
      expect(found.lane, code).not.toBe("undocumented");
      for (const text of textsOf(found)) {
        expect(text, code).not.toMatch(/[{}]|undefined|null|NaN|this part|one side|one axis/);
        expect(text.trim(), code).not.toBe("");
      }
      expect(found.title.length, code).toBeLessThanOrEqual(60);
      expect(found.steps.length, code).toBeGreaterThan(0);
      if (found.lane === "documented") expect(found.causes.length, code).toBeGreaterThan(0);
    }
  });

  test("name their own unit and slot, never another's", () => {
    for (const code of known) {
      const own = unitByBytes(code);
      if (own === undefined) continue;
      const found = catalogue.explain(code);
      expect(found.unitName, code).toBe(own);
      const isSlotPart = code.length === 19 && /^[12367]|^8/.test(code.slice(5)) && (code[5] !== "8" || code.startsWith("12"));
      if (found.slot !== null) expect(isSlotPart && found.slot === Number(code[6]) + 1, code).toBe(true);
      for (const text of [found.title, found.summary, found.effect]) {
        for (const [, unit] of text.matchAll(/\b(AMS(?:-HT| Lite)? [A-Z])\b(?! slot \{)/g)) expect(unit, `${code}: ${text}`).toBe(own);
        for (const [, slot] of text.matchAll(/\bslot ([1-4])\b/g)) expect(Number(slot), `${code}: ${text}`).toBe(found.slot);
      }
    }
  });

  test("weigh what their level or class says", () => {
    const severities: Readonly<Record<string, string>> = {
      "0": "invalid",
      "1": "error",
      "2": "warning",
      "3": "info",
      "4": "error",
      "8": "warning",
      C: "info",
    };
    for (const code of known) {
      const found = catalogue.explain(code);
      const digit = code.length === 9 ? code[5] : code[13];
      expect(found.severity, code).toBe(severities[digit ?? ""]);
      expect(catalogue.definition(code).level, code).toBe(found.level);
      expect(found.priority, code).toBe(catalogue.definition(code).priority);
      if (found.severity === "info") expect(["urgent", "high"], code).not.toContain(found.priority);
    }
  });

  test("refer only to codes that are explained", () => {
    for (const code of known) {
      for (const other of catalogue.suppresses(code)) expect(catalogue.lane(other), `${code} explains ${other}`).not.toBe("undocumented");
      for (const { code: other } of catalogue.explain(code).related)
        expect(catalogue.lane(other as HmsCode), other).not.toBe("undocumented");
    }
  });

  test("of one kind of filament unit are not related to those of another", () => {
    const unit = (code: string): string | undefined => /^(?:07|12|18)/.exec(code)?.[0];
    for (const code of known.filter(unit))
      for (const { code: other } of catalogue.explain(code).related)
        expect([undefined, unit(code)], `${code} and ${other}`).toContain(unit(other));
  });

  test("a unit that was never seen reads as well as one that was", () => {
    const seen = catalogue.explain("1807-2300-0002-0001" as HmsCode);
    const unseen = catalogue.explain("1819-2300-0002-0001" as HmsCode);
    expect(seen.title).toContain("AMS-HT H slot 4");
    expect(unseen.title).toBe(seen.title.replace("AMS-HT H", "AMS-HT Z"));
  });
});

test.each([
  ["03 00 01 0001 0001-0003", ["0300-0100-0001-0001", "0300-0100-0001-0002", "0300-0100-0001-0003"]],
  [
    "07 00-01,FE 20 0002 000F-0010",
    [
      "0700-2000-0002-000F",
      "0700-2000-0002-0010",
      "0701-2000-0002-000F",
      "0701-2000-0002-0010",
      "07FE-2000-0002-000F",
      "07FE-2000-0002-0010",
    ],
  ],
  ["05 FE-FF 8001,C00A", ["05FE-8001", "05FE-C00A", "05FF-8001", "05FF-C00A"]],
])("the line %s stands for its codes", (line, codes) => {
  expect(expandCodes(line)).toEqual(codes);
});

test("a code's pages: the one for all models first, then those of single ones", () => {
  const [first, ...others] = catalogue.explain("0300-0100-0001-0007" as HmsCode).pages;
  expect(first).toEqual({
    path: "/en/x1/troubleshooting/hmscode/0300_0100_0001_0007",
    url: "https://wiki.bambulab.com/en/x1/troubleshooting/hmscode/0300_0100_0001_0007",
    models: [],
  });
  expect(others.map(({ models }) => models.length > 0)).toEqual(others.map(() => true));
  expect(catalogue.explain("03EE-7700-0001-1234" as HmsCode).pages).toEqual([]);
});
