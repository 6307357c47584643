/** The public contract of `decode`: the keys of its JSON, in order, and a text a person can read. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { loadCatalogue } from "../catalogue/load.ts";
import { decodeLine } from "./decode.ts";

const URL_ROOT = "http://192.168.1.20:4670";
let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue();
});

const HMS_KEYS =
  "input kind code module unit part partNumber level number severity unitName slot documented title summary causes steps url".split(" ");
const DEVICE_KEYS =
  "input kind code class module unit part partNumber level number severity unitName slot documented title summary causes steps url".split(
    " ",
  );

describe("json", () => {
  test.each([
    [
      "HMS_0702_2100_0002_0001",
      {
        kind: "hms",
        code: "0702-2100-0002-0001",
        module: 7,
        unit: 2,
        part: 0x21,
        partNumber: 0,
        level: 2,
        number: 1,
        severity: "warning",
        unitName: "AMS C",
        slot: 2,
        documented: true,
      },
    ],
    [
      "50331904:65537",
      {
        kind: "hms",
        code: "0300-0100-0001-0001",
        module: 3,
        unit: 0,
        part: 1,
        partNumber: 0,
        level: 1,
        number: 1,
        severity: "error",
        unitName: null,
        slot: null,
        documented: true,
      },
    ],
    [
      "03008003",
      {
        kind: "device",
        code: "0300-8003",
        class: "warning",
        module: 3,
        unit: 0,
        part: null,
        partNumber: null,
        level: 2,
        number: 0x8003,
        severity: "warning",
        unitName: null,
        slot: null,
        documented: true,
      },
    ],
    ["0300-0002", { kind: "device", code: "0300-0002", class: "status", part: null, level: 0, severity: "invalid", documented: false }],
    [
      "FFFF-FFFF-FFFF-FFFF",
      {
        kind: "hms",
        code: "FFFF-FFFF-FFFF-FFFF",
        module: 255,
        unit: 255,
        part: 255,
        partNumber: 255,
        level: 65535,
        number: 65535,
        severity: "invalid",
        unitName: null,
        slot: null,
        documented: false,
      },
    ],
  ])("%s", (input, expected) => {
    const { json, ok } = decodeLine(input, catalogue, URL_ROOT);
    expect(ok).toBe(true);
    expect(json).toMatchObject({ input, ...expected, url: `${URL_ROOT}/codes/${expected.code}` });
    expect(Object.keys(json)).toEqual(expected.kind === "device" ? DEVICE_KEYS : HMS_KEYS);
    const { causes, steps, title } = json as { causes: unknown[]; steps: unknown[]; title: string };
    expect([...causes, ...steps].every((text) => typeof text === "string")).toBe(true);
    expect(title).not.toBe("");
  });

  test.each(["", "hello", "0300-01", "HMS_", "99999999999:1", "\u0000"])("%j is no code and says so", (input) => {
    const { json, text, ok } = decodeLine(input, catalogue, URL_ROOT);
    expect(ok).toBe(false);
    expect(Object.keys(json)).toEqual(["input", "error"]);
    expect(json).toMatchObject({ input });
    expect(text).toContain("is no HMS code");
  });

  test("a slash at the end of the address is not doubled", () => {
    expect(decodeLine("0300-8003", catalogue, `${URL_ROOT}/`).json).toMatchObject({ url: `${URL_ROOT}/codes/0300-8003` });
  });
});

describe("text", () => {
  test("says code, severity, title, place, effect, danger, numbered steps and where to read on", () => {
    const { text } = decodeLine("0300-0200-0001-0003", catalogue, URL_ROOT);
    const lines = text.split("\n");
    expect(lines[0]).toBe("0300-0200-0001-0003  ERROR  Nozzle is hotter than it may be");
    expect(lines[1]).toBe("  where    Motion controller · nozzle");
    expect(text).toMatch(/^ {2}DANGER {3}Do not touch the toolhead/m);
    expect(text).toMatch(/^ {2}steps {4}1\. /m);
    expect(text).toMatch(/^ {11}3\. .*hex key/ms);
    expect(lines.at(-1)).toBe(`  help     ${URL_ROOT}/codes/0300-0200-0001-0003`);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  test("names unit and slot once", () => {
    const { text } = decodeLine("0702-2100-0002-0001", catalogue, URL_ROOT);
    expect(text).toContain("  where    AMS · filament · AMS C slot 2\n");
  });

  test("is whole in another language where the code is translated, labels too, and else whole in English", () => {
    const { text, json } = decodeLine("0702-2100-0002-0001", catalogue, URL_ROOT, "de");
    expect(text.split("\n").slice(0, 2)).toEqual([
      "0702-2100-0002-0001  WARNUNG  AMS C Fach 2: Filament aufgebraucht",
      "  Ort      AMS · Filament · AMS C Fach 2",
    ]);
    expect(text).toMatch(/^ {2}Schritte 1\. .*vorher ausschalten, 10 min, Pinzette/ms);
    expect(text).not.toMatch(/\b(the|where|steps|likely|min of)\b/);
    expect(json).toMatchObject({ title: "AMS C Fach 2: Filament aufgebraucht", severity: "warning", unitName: "AMS C", slot: 2 });
    const unknown = "0301-7700-0002-1234";
    expect(decodeLine(unknown, catalogue, URL_ROOT, "de")).toEqual(decodeLine(unknown, catalogue, URL_ROOT));
  });

  test("tells the maker's own text after our steps, and never in the JSON", () => {
    const text = { language: "de", text: "Es klemmt.", models: ["H2D", "H2S"], source: "answer_de_094", version: 7 };
    const own = decodeLine("0702-2100-0002-0001", catalogue, URL_ROOT);
    const { text: shown, json } = decodeLine("0702-2100-0002-0001", catalogue, URL_ROOT, "en", () => [text, { ...text, models: [] }]);
    const lines = shown.split("\n");
    expect(lines.slice(-3, -1)).toEqual([
      "  maker    Es klemmt. (the maker's own text, de, H2D, H2S)",
      "           Es klemmt. (the maker's own text, de)",
    ]);
    expect([...lines.slice(0, -3), ...lines.slice(-1)].join("\n")).toBe(own.text);
    expect(json).toEqual(own.json);
  });
});
