/** The drawing of a code, out of the real catalogue: the printer's model, the entry's own word, the caption. */
import { beforeAll, expect, test } from "vitest";
import { parseCode } from "../../model/code.ts";
import type { Catalogue } from "../catalogue.ts";
import { loadCatalogue } from "../load.ts";
import { svgProblems } from "./svg.ts";

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue();
});

test.each([
  ["0300-0100-0001-0001", undefined, "Heatbed", "heatbed"],
  ["0300-0100-0001-0001", "A1 mini", "Heatbed", "heatbed"],
  ["0702-2100-0002-0001", undefined, "AMS C: slot 2", "slot-2"],
  ["1807-2300-0002-0001", undefined, "AMS-HT H: spool", "slot-1"],
  ["07FF-2000-0002-0001", undefined, "Spool holder", "spool-holder"],
  ["0702-8011", undefined, "AMS C", "ams"],
])("%s on %s shows %s", (text, model, caption, part) => {
  const drawing = catalogue.drawing(parseCode(text), { model });
  expect(drawing?.caption).toBe(caption);
  expect(drawing?.svg).toMatch(new RegExp(`data-part="${part}"[^>]* class="lit"`));
  expect(drawing?.svg).toContain(`aria-label="${caption}"`);
});

test("a model of its own gets a drawing of its own", () => {
  const code = parseCode("0300-0100-0001-0001");
  expect(catalogue.drawing(code, { model: "A1" })?.svg).not.toBe(catalogue.drawing(code)?.svg);
});

test("every known code has a drawing with something lit, and all of it is safe", () => {
  const drawn = catalogue.known().map((code) => catalogue.drawing(code)?.svg ?? "");
  for (const svg of new Set(drawn)) {
    expect(svg).toContain('class="lit"');
    for (const [, path = ""] of svg.matchAll(/ d="([^"]+)"/g)) expect(path).not.toMatch(/\d\.(?!\d)/);
    expect(svgProblems(svg).filter((problem) => !problem.includes("attribute class"))).toEqual([]);
  }
});

test("every lit part has its German name", () => {
  const english = catalogue.known().flatMap((code) => {
    const drawing = catalogue.drawing(code, { language: "de" });
    return drawing?.language === "en" ? [drawing.caption.replace(/^AMS[^:]*: /, "")] : [];
  });
  // the same in both languages
  const same = /^(?:AMS(?:-HT|\sLite)?(?: [A-Z])?|Lidar|Filament|Motor [ABZ]|RFID.*)$/;
  expect([...new Set(english)].filter((name) => !same.test(name))).toEqual([]);
});

test("a module that nobody knows has none", () => {
  expect(catalogue.drawing(parseCode("7700-0100-0001-0001"))).toBeUndefined();
});
