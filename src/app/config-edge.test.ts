/** What a site sets of its detectors and recordings: read for each printer, with every problem and its line. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Type } from "typebox";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../lib/errors.ts";
import { createRedactor } from "../lib/log.ts";
import { defineDetector, type Detector } from "../detectors/detector.ts";
import { detectors as everyDetector } from "../detectors/index.ts";
import { defineAdapter } from "../printers/adapter.ts";
import { parseConfig } from "./config.ts";
import { loadSettings } from "./params.ts";

const adapter = defineAdapter({
  kind: "hand",
  config: Type.Object({}, { additionalProperties: false }),
  connect: () => ({ close: () => Promise.resolve() }),
});
const warm = defineDetector({
  id: "warm",
  about: "",
  codes: [],
  params: {
    limitC: { default: 50, min: 20, max: 90, unit: "°C", about: "how warm it may get" },
    delayS: { default: 5, min: 0, max: 60, unit: "s", about: "for how long" },
  },
  initial: null,
  step: (state) => ({ state, findings: [] }),
});
const still = defineDetector({ id: "still", about: "", codes: [], params: {}, initial: null, step: (state) => ({ state, findings: [] }) });
const detectors = [warm, still] as readonly Detector<unknown>[];

const parse = (text: string) =>
  parseConfig(text, "openhms.yaml", { role: "run", adapters: [adapter], channels: [], detectors, env: {}, redactor: createRedactor() });

function problemsOf(load: () => unknown): string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ line, path, message }) => `${line ?? "-"} ${path}: ${message}`);
    throw error;
  }
  return [];
}

const LIMIT_BOUNDS = "must be a number from 20 to 90 °C: how warm it may get";

describe("detectors", () => {
  test("each printer has the site's settings with its own over them", () => {
    const { printers } = parse(
      [
        "detectors:",
        "  warm: { limitC: 60, delayS: 1.5 }",
        "  still: { enabled: false }",
        "printers:",
        "  - { id: a, kind: hand }",
        "  - { id: b, kind: hand, detectors: { warm: { limitC: 70 }, still: { enabled: true } } }",
      ].join("\n"),
    );
    expect(printers.map(({ settings }) => Object.fromEntries(settings))).toEqual([
      { warm: { values: { limitC: 60, delayS: 1.5 } }, still: { enabled: false, values: {} } },
      { warm: { values: { limitC: 70, delayS: 1.5 } }, still: { enabled: true, values: {} } },
    ]);
  });

  test("nothing set is nothing changed", () => {
    expect(parse("printers:\n  - { id: a, kind: hand }").printers[0]?.settings.size).toBe(0);
    expect(parse("detectors:\nprinters:\n  - { id: a, kind: hand, detectors: }").printers[0]?.settings.size).toBe(0);
  });

  test("every problem is told with its line, whether a printer has it or the site", () => {
    const text = [
      "detectors:",
      "  wram: { limitC: 60 }",
      "  warm:",
      "    limitC: 200",
      "    delayS: soon",
      "    limit: 3",
      "    enabled: no way",
      "  still: off",
      "printers:",
      "  - id: a",
      "    kind: hand",
      "    detectors:",
      "      still: { a: 1 }",
      "      warm: { limitC: .nan }",
      "  - { id: b, kind: hand, detectors: [warm] }",
    ].join("\n");
    expect(problemsOf(() => parse(text))).toEqual([
      '2 detectors: there is no detector "wram"; openhms detectors list names them',
      `4 detectors.warm.limitC: ${LIMIT_BOUNDS}`,
      "5 detectors.warm.delayS: must be a number from 0 to 60 s: for how long",
      '6 detectors.warm: warm has no parameter "limit"; it has limitC, delayS',
      "7 detectors.warm.enabled: must be true or false",
      "8 detectors.still: must be a map, like { enabled: false } or { parameter: 5 }",
      '13 printers.0.detectors.still: still has no parameter "a"; it has none',
      `14 printers.0.detectors.warm.limitC: ${LIMIT_BOUNDS}`,
      "15 printers.1.detectors: must be a map of detectors, like link: { onDelayS: 120 }",
    ]);
  });

  test("what every object has is no parameter", () => {
    expect(problemsOf(() => parse("detectors: { warm: { toString: 1 } }"))).toEqual([
      '1 detectors.warm: warm has no parameter "toString"; it has limitC, delayS',
    ]);
  });

  test("no detector calls a parameter by the word that switches it off", () => {
    expect(everyDetector.filter(({ params }) => Object.hasOwn(params, "enabled")).map(({ id }) => id)).toEqual([]);
  });
});

describe("a file of settings alone", () => {
  const file = join(mkdtempSync(join(tmpdir(), "openhms-params-")), "params");
  const load = (text: string) => {
    writeFileSync(file, text);
    return loadSettings(file, detectors);
  };

  test.each([
    ["JSON", '{ "warm": { "limitC": 60 } }'],
    ["YAML", "warm:\n  limitC: 60"],
  ])("is %s", (_name, text) => {
    expect([...load(text)]).toEqual([["warm", { values: { limitC: 60 } }]]);
  });

  test("says what is wrong and where", () => {
    expect(problemsOf(() => load('{\n "warm": { "limitC": 19 },\n "cold": {}\n}'))).toEqual([
      `2 warm.limitC: ${LIMIT_BOUNDS}`,
      '3 : there is no detector "cold"; openhms detectors list names them',
    ]);
    expect(problemsOf(() => load("{"))).toEqual([expect.stringMatching(/^\d+ : /)]);
    expect(problemsOf(() => loadSettings(`${file}-gone`, detectors))).toEqual([
      expect.stringMatching(/cannot be read \(ENOENT.*--params$/),
    ]);
  });
});

describe("record", () => {
  test.each<[string, unknown]>([
    ["true", { keepMs: 3 * 86_400_000, maxBytes: 200e6 }],
    ["{ days: 7 }", { keepMs: 7 * 86_400_000, maxBytes: 200e6 }],
    ["{ days: 0.5, maxMb: 20 }", { keepMs: 43_200_000, maxBytes: 20e6 }],
    ["false", undefined],
  ])("%s", (written, expected) => {
    expect(parse(`printers:\n  - { id: a, kind: hand, record: ${written} }`).printers[0]?.record).toEqual(expected);
  });

  test.each([
    ["yes please", "2 printers.0.record: must be true, false or limits, like { days: 3, maxMb: 200 }"],
    ["{ days: 0 }", "2 printers.0.record.days: must be >= 0.05"],
    ["{ mb: 5 }", '2 printers.0.record: unknown key "mb"'],
  ])("%s is a problem", (written, expected) => {
    expect(problemsOf(() => parse(`printers:\n  - { id: a, kind: hand, record: ${written} }`))).toEqual([expected]);
  });
});
