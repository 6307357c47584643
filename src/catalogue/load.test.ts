/** The real catalogue: what printers are known to send is explained, families read well everywhere, and no code makes it fail. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { type HmsCode, deviceFromWire, hmsFromWire, isDeviceAlert, levelOf, parseCode } from "../model/code.ts";
import type { Catalogue } from "./catalogue.ts";
import { createCatalogue, loadCatalogue } from "./load.ts";
import { compileKnowledge } from "./files/compiled.ts";
import { membersOf } from "./pattern.ts";
import { readSound } from "./files/sound.ts";
import type { Knowledge } from "./files/shape.ts";

let catalogue: Catalogue;
let knowledge: Knowledge;
const code = (text: string): HmsCode => parseCode(text);

beforeAll(async () => {
  // packs have tests of their own
  catalogue = await loadCatalogue({ packs: { paths: [], builtIn: false } });
  knowledge = await readSound();
});

describe("every entry", () => {
  test("renders for every unit and slot, with nothing left open", () => {
    for (const { entry } of knowledge.entries) {
      for (const member of entry.codes.flatMap(membersOf)) {
        const found = catalogue.explain(member);
        const texts = [
          found.title,
          found.summary,
          found.effect,
          found.danger ?? "",
          ...found.causes.map((c) => c.text),
          ...found.steps.flatMap((s) => [s.text, s.risk ?? ""]),
        ];
        for (const text of texts) expect(text, member).not.toMatch(/[{}]|undefined|null|NaN|this part/);
        expect(found.title.length, member).toBeLessThanOrEqual(60);
        expect(found.title[0], member).toBe(found.title[0]?.toUpperCase());
        expect(found.steps.length, member).toBeGreaterThan(0);
        expect(found.documented, member).toBe(true);
        expect(catalogue.definition(member).level, member).toBe(levelOf(member));
        for (const other of catalogue.suppresses(member)) expect(catalogue.lane(other), `${member} suppresses ${other}`).toBe("documented");
      }
    }
  });

  test("covers all modules and the size that was asked for", () => {
    const stats = catalogue.stats();
    expect(stats.entries).toBeGreaterThanOrEqual(60);
    expect(stats.modules.map((row) => row.module)).toEqual([0x03, 0x05, 0x07, 0x0c, 0x10, 0x12, 0x18, 0x1a, 0xf0]);
    expect(catalogue.list()).toHaveLength(stats.entries);
  });

  test("no code is hidden by its own consequence", () => {
    for (const { first, effects } of catalogue
      .list()
      .map((row) => ({ first: code(row.code), effects: catalogue.suppresses(code(row.code)) })))
      for (const effect of effects) expect(catalogue.suppresses(effect)).not.toContain(first);
  });
});

describe("codes seen in the field", () => {
  test.each([
    ["0300-0100-0001-0007", "Heatbed temperature sensor is disconnected"],
    ["0C00-0300-0003-0007", "First layer seems to have defects"],
    ["0300-A700-0003-0001", "Exhaust fan was sped up"],
    ["0500-0500-0001-0007", "Printer refused a command it could not verify"],
    ["0300-400C", "Job cancelled"],
    ["0700-8006", "AMS A: filament does not enter the extruder"],
    ["0700-8004", "AMS A cannot pull filament back, job paused"],
    ["0702-2100-0002-0001", "AMS C slot 2: filament ran out"],
    ["1807-2300-0002-0001", "AMS-HT H slot 4: filament ran out"],
    ["1203-2000-0002-0001", "AMS Lite D slot 1: filament ran out"],
    ["07FE-2000-0002-0001", "External spool (left) ran out"],
    ["0300-1E00-0001-0003", "Left nozzle is hotter than it may be"],
    ["0501-0400-0001-0044", "AMS B: firmware does not match the printer"],
    ["0501-0400-0003-0002", "Lead screws need grease"],
    ["F000-0100-0003-0001", "Printer cannot be reached"],
  ])("%s: %s", (text, title) => {
    expect(catalogue.explain(code(text))).toMatchObject({ title, lane: "documented", documented: true });
  });

  test.each(["0500-0600-0002-0070", "0500-0700-0002-0001", "0300-1800-0000-0000", "0500-0600-0002-0054"])(
    "%s is internal and quiet",
    (text) => {
      expect(catalogue.lane(code(text))).toBe("internal");
      expect(catalogue.definition(code(text))).toMatchObject({ priority: "log", autoAck: true });
      expect(catalogue.explain(code(text))).toMatchObject({ documented: true, causes: [] });
    },
  );

  const folder = process.env["OPENHMS_CAPTURES"] ?? "../shared/captures";
  const captures = resolve(
    fileURLToPath(new URL("../../", import.meta.url)),
    folder,
    "bambu/snippets__known_hms_and_print_error_values.json",
  );
  test.skipIf(!existsSync(captures))("the recorded values are documented or internal (skipped where the recordings are absent)", () => {
    const rows = JSON.parse(readFileSync(captures, "utf8")) as {
      value: { hms?: { attr: number; code: number }[]; print_error?: number };
    }[];
    const seen = rows.flatMap(({ value }) => [
      ...(value.hms ?? []).map((item) => hmsFromWire(item.attr, item.code)),
      ...(value.print_error !== undefined && isDeviceAlert(value.print_error) ? [deviceFromWire(value.print_error)] : []),
    ]);
    expect(seen.length).toBeGreaterThan(8);
    for (const one of seen) expect(catalogue.lane(one), one).not.toBe("undocumented");
  });
});

describe("definitions", () => {
  test.each([
    [
      "0300-0200-0001-0005",
      { level: 1, priority: "urgent", latching: true, shelvable: false, offDelayMs: 5_000, autoAck: false, suppressible: false },
    ],
    ["0300-0300-0001-0001", { level: 1, latching: false, onDelayMs: 0 }],
    ["0300-0400-0002-0001", { level: 2, priority: "normal", offDelayMs: 10_000, autoAck: false, suppressible: true, shelvable: true }],
    ["0C00-0300-0003-0006", { level: 3, offDelayMs: 30_000, autoAck: true, latching: false }],
    ["0300-A700-0003-0001", { level: 3, offDelayMs: 120_000, priority: "log" }],
    ["0300-400C", { level: 1, priority: "log", autoAck: true }],
    ["0500-400E", { level: 1, priority: "log", autoAck: true }],
    ["0300-8044", { level: 2, priority: "urgent", shelvable: false, suppressible: false }],
    ["03EE-7700-0001-1234", { level: 1, priority: "normal", latching: false, confirmTrips: 1, ageingCycles: 40, unsuppressHoldMs: 30_000 }],
    ["03EE-7700-0002-1234", { level: 2, priority: "log" }],
    ["0300-0002", { level: 0, priority: "log", autoAck: true }],
  ])("%s", (text, expected) => {
    expect(catalogue.definition(code(text))).toMatchObject(expected);
  });

  test("a site's override wins, and shows", async () => {
    const promoted = code("03EE-7700-0002-1234");
    const site = await loadCatalogue({ overrides: new Map([[promoted, { priority: "high", latching: true, onDelayMs: 7_000 }]]) });
    expect(site.definition(promoted)).toMatchObject({ priority: "high", latching: true, onDelayMs: 7_000, level: 2 });
    expect(site.explain(promoted)).toMatchObject({ priority: "high", latching: true, lane: "undocumented" });
  });
});

describe("suppression", () => {
  test.each([
    ["0702-2100-0002-0001", ["0702-8011", "0300-8004"]],
    ["1801-2000-0002-0001", ["1801-8011", "0300-8004"]],
    ["0300-0100-0001-0001", ["0300-8009"]],
    // of codes that differ only in their part, that of its own part
    ["0300-1E00-0001-E103", ["0300-1E00-0002-E103"]],
    ["0300-1100-0002-0001", ["0300-1100-0003-E104", "0300-1000-0003-E105"]],
    ["0300-3600-0001-0001", ["0300-3600-0002-0002"]],
    ["0300-8003", ["0C00-0300-0003-0008"]],
    ["0300-400C", []],
  ])("%s explains %j", (text, expected) => {
    expect(catalogue.suppresses(code(text))).toEqual(expected);
  });
});

describe("any code", () => {
  test("stand-ins name what the numbers say and claim no more", () => {
    const found = catalogue.explain(code("0701-2100-0001-7777"));
    expect(found).toMatchObject({
      title: "Undocumented error of the filament (AMS B slot 2)",
      unitName: "AMS B",
      slot: 2,
      partName: "filament",
      causes: [],
      documented: false,
    });
    expect(catalogue.explain(code("0300-0100-0002-7777")).title).toBe("Undocumented warning of the heatbed");
    expect(catalogue.explain(code("05FE-8777")).title).toBe("Undocumented warning of the left hotend");
    expect(catalogue.explain(code("1200-FE00-0002-7777")).title).toBe("Undocumented warning of AMS Lite A");
    expect(catalogue.explain(code("0300-C777")).title).toBe("Undocumented notice of the motion controller");
    expect(catalogue.explain(code("07FE-8100-0001-7777")).partName).toBe("extruder switch motor");
    expect(catalogue.explain(code("0700-8100-0001-7777")).partName).toBe("heater 2");
    expect(catalogue.explain(code("1A00-2100-0002-0003")).title).toBe("Undocumented warning of the hotend in position 1");
    expect(catalogue.explain(code("7F00-0100-0001-0001")).title).toBe("Undocumented error of the module 7F");
  });

  test("written forms", () => {
    expect(catalogue.explain(code("0300-0100-0001-0007"))).toMatchObject({
      attr: 50331904,
      codeNumber: 65543,
      forms: ["0300_0100_0001_0007", "HMS_0300_0100_0001_0007", "0300010000010007", "03000100010007", "50331904:65543"],
    });
    expect(catalogue.explain(code("0300-8003"))).toMatchObject({
      class: "warning",
      part: null,
      partNumber: null,
      codeNumber: null,
      forms: ["0300_8003", "03008003", "50364419"],
    });
  });

  const word = fc.integer({ min: 0, max: 0xffff_ffff });
  test("explains all 64 bits without a throw, and every form leads back", () => {
    fc.assert(
      fc.property(word, word, (attr, low) => {
        const one = hmsFromWire(attr, low);
        const found = catalogue.explain(one);
        const back = found.forms.map((form) => parseCode(form));
        const device = catalogue.explain(deviceFromWire(attr));
        return (
          found.code === one &&
          !/[{}]/.test(found.title) &&
          device.kind === "device" &&
          back.every((other) => other === one) &&
          catalogue.definition(one).level === found.level
        );
      }),
      { numRuns: 3_000 },
    );
  });

  test("the compiled catalogue is the same one", () => {
    const { knowledge: compiled } = JSON.parse(compileKnowledge(knowledge)) as { knowledge: Knowledge };
    const other = createCatalogue(compiled, new Map());
    for (const { code: one } of catalogue.list()) expect(other.explain(code(one))).toEqual(catalogue.explain(code(one)));
  });
});

describe("search", () => {
  test.each([
    ["0300010000010007", "0300-0100-0001-0007"],
    ["hms_0300_0100_0001_0007", "0300-0100-0001-0007"],
    ["0300-8003", "0300-8003"],
    ["03EE-7700-0001-1234", "03EE-7700-0001-1234"],
    ["filament ran out AMS C slot 2", "0702-2100-0002-0001"],
    ["lead screw grease", "0501-0400-0003-0002"],
    ["smoke", "0C00-0300-0001-001E"],
    ["printer unreachable cannot be reached", "F000-0100-0003-0001"],
  ])("%s finds %s first", (text, first) => {
    expect(catalogue.search(text, 5)[0]?.code).toBe(first);
  });

  test.each([
    ["spaghetti", "0300-8003"],
    ["spagetti", "0300-8003"],
    ["bed not heating", "0300-0100-0001-0008"],
    ["filament stuck in AMS 2", "0701-8010"],
    ["nozle cloged", "0300-1A00-0002-0002"],
    ["no internet wifi", "0500-0200-0002-0001"],
    ["front door open", "0300-9600-0001-0001"],
    ["fillament runout", "0700-2000-0002-0001"],
    ["print detached from plate", "0300-8003"],
    ["layer shift", "0300-800C"],
    ["printer does not home", "0300-4000"],
    ["smell of burning", "0C00-0300-0001-001E"],
    ["AMS H slot 4", "0707-2300-0002-0001"],
  ])("%s finds %s among the first", (text, wanted) => {
    expect(catalogue.search(text, 8).map((row) => row.code)).toContain(wanted);
  });

  test.each(["constructor", "__proto__", "bed constructor"])("%s is a word like any other", (text) => {
    expect(() => catalogue.search(text, 8)).not.toThrow();
  });

  test("a code's beginning lists what begins so; nonsense finds nothing; the limit holds", () => {
    expect(catalogue.search("0300-0100", 20).filter((row) => row.code.startsWith("0300-0100-")).length).toBeGreaterThan(5);
    expect(catalogue.search("xyzzyx qqqqvv", 5)).toEqual([]);
    expect(catalogue.search("", 5)).toEqual([]);
    expect(catalogue.search("filament", 3)).toHaveLength(3);
    expect(catalogue.search("0300-8003", 0)).toEqual([]);
  });
});
