/** The pack for Klipper: every text reads well, every message reaches its code, and the recordings say what they should. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { parseCode } from "../../model/code.ts";
import { formatProblem } from "../../lib/errors.ts";
import type { Catalogue } from "../catalogue.ts";
import { builtInPackFolders } from "../files/folder.ts";
import { lintPack } from "../lint/lint.ts";
import { createCatalogue } from "../load.ts";
import { codesOfMessage } from "./messages.ts";
import { readBuiltInPacks } from "./pack-files.ts";
import { layPacks } from "./packs.ts";
import { membersOf } from "../pattern.ts";
import type { Knowledge, MessageRow } from "../files/shape.ts";
import { readSound } from "../files/sound.ts";

let catalogue: Catalogue;
let knowledge: Knowledge;

beforeAll(async () => {
  const laid = layPacks(await readSound(), await readBuiltInPacks());
  knowledge = laid.knowledge;
  catalogue = createCatalogue(knowledge, new Map(), laid.packs);
});

test("it comes with the project", () => {
  expect(catalogue.packs()).toMatchObject([{ id: "klipper", builtIn: true, loaded: true, problems: [], replaces: [] }]);
  expect(catalogue.packs()[0]?.entries).toBeGreaterThanOrEqual(90);
  expect(catalogue.stats().modules.find(({ module }) => module === 0xe1)?.name).toBe("Klipper");
});

test("it passes lint", async () => {
  const problems = await Promise.all((await builtInPackFolders()).map((path) => lintPack(path)));
  expect(problems.flat().map(formatProblem)).toEqual([]);
});

test("every text is whole for every unit", () => {
  for (const { entry, pack } of knowledge.entries) {
    if (pack === undefined) continue;
    for (const code of entry.codes.flatMap(membersOf)) {
      const found = catalogue.explain(code);
      const texts = [found.title, found.summary, found.effect, ...found.causes.map((c) => c.text), ...found.steps.map((s) => s.text)];
      for (const text of texts) expect(text, code).not.toMatch(/[{}]|undefined|this part/);
      expect(found.title.length, code).toBeLessThanOrEqual(60);
      expect(found).toMatchObject({ pack: "klipper", documented: true });
    }
  }
});

/** Values that keep the limits of a row: what is to be below is 0, what is to be above is 100, and each limit is 50. */
function sampleOf({ below, above }: MessageRow, field: string): string {
  const limits = [...Object.values(below ?? {}), ...Object.values(above ?? {})];
  if (limits.includes(field)) return "50";
  return field in { ...below } ? "0" : field in { ...above } ? "100" : "10";
}

test("every message reaches a code of its own row: none stands in the shadow of an earlier one", () => {
  for (const row of knowledge.messages) {
    const keys = row.by === undefined ? [""] : Object.keys(row.codes ?? {});
    for (const key of keys) {
      const name = key === "*" ? "other thing" : key.replace("#", "2");
      const text = row.says.replaceAll(/\{([a-z]+)\}/g, (_, field: string) => (field === row.by ? name : sampleOf(row, field)));
      const found = catalogue.fromMessage(text);
      const own = codesOfMessage(row).flatMap(membersOf);
      expect(own, text).toContain(found?.code);
      expect(catalogue.lane(found?.code ?? parseCode("0300-0002")), text).toBe("documented");
    }
  }
});

test.each([
  // said in the pack of a code of the project
  ["0300-0200-0001-0008", "0300-0200-0001-E001", true],
  ["0300-0100-0001-0005", "0300-0100-0001-E003", true],
  ["0300-9100-0001-0008", "0300-9000-0001-E001", true],
  ["0300-0200-0001-E002", "0300-0200-0001-0007", true],
  ["0300-0200-0001-E001", "0300-0200-0001-0008", false],
  // the same fault of another heater is another fault
  ["0300-0200-0001-0008", "0300-0100-0001-E001", false],
  ["0300-0100-0001-E002", "0300-0200-0001-0007", false],
  ["0301-0200-0001-E002", "0300-0200-0001-0007", false],
  ["0300-0200-0001-0008", "E100-0B00-0001-E001", false],
  ["E100-0B00-0001-E002", "0300-0200-0001-0007", false],
])("%s hides %s: %s", (cause, effect, isHidden) => {
  const hidden = catalogue.suppresses(parseCode(cause));
  expect(hidden.includes(parseCode(effect)) && catalogue.definition(parseCode(effect)).suppressible).toBe(isHidden);
});

test("a user finds a fault by the words of the message", () => {
  expect(catalogue.search("Timer too close", 3)[0]?.code).toBe("E100-0200-0001-E001");
  expect(catalogue.search("klipper nozzle hotter than allowed", 3)[0]?.code).toBe("0300-0200-0001-E003");
  expect(catalogue.search("!! No trigger on stepper_y after full movement", 3)[0]?.code).toBe("0300-1100-0002-E001");
  // who has none of these machines is not led to them
  expect(catalogue.search("bed not heating", 3).map(({ code }) => catalogue.explain(parseCode(code)).pack)).toEqual([null, null, null]);
  expect(catalogue.search("probe triggered prior to movement", 3)[0]?.code).toBe("0300-2D00-0002-E002");
});

/** What each recording has to say, by the kind of message; recordings that are not named say nothing. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  adc_open_hotend: ["0300-0200-0001-E002"],
  bad_config: ["E100-0400-0001-E001"],
  estop: ["E100-0100-0002-E001"],
  gcode_errors: ["E100-0500-0003-E001", "E100-0500-0003-E002", "E100-0500-0003-E003", "E100-0500-0003-E006", "E100-0500-0003-E007"],
  home_no_trigger: ["0300-1000-0002-E001"],
  hotend_no_heat: ["0300-0200-0001-E001"],
  klippy_killed: ["E100-0100-0001-E001"],
  mcu_killed: ["E100-0100-0003-E001", "E100-0200-0001-E006"],
  runout: ["E100-0E00-0002-E001"],
  thermal_runaway: ["0300-0200-0001-E003"],
};

interface Received {
  readonly method?: string;
  readonly params?: readonly unknown[];
}

/** Every text that Klipper or Moonraker says to a person: console lines, state messages and refusals. */
function textsOf(message: Received): readonly string[] {
  if (message.method === "notify_gcode_response") return (message.params ?? []).filter((one) => typeof one === "string");
  const found: string[] = [];
  const walk = (value: unknown, key: string): void => {
    if (typeof value === "string") {
      if (key === "message" || key === "state_message") found.push(value);
    } else if (typeof value === "object" && value !== null) for (const [name, one] of Object.entries(value)) walk(one, name);
  };
  walk(message, "");
  return found;
}

const captures = join(process.env["OPENHMS_CAPTURES"] ?? join(import.meta.dirname, "../../../shared/captures"), "moonraker");
const recordings = existsSync(captures) ? readdirSync(captures).filter((name) => name.endsWith(".jsonl")) : [];

describe.skipIf(recordings.length === 0)("recordings (skipped where there are none: set OPENHMS_CAPTURES)", () => {
  test.each(recordings)("%s", (name) => {
    const codes = new Set<string>();
    for (const line of readFileSync(join(captures, name), "utf8").split("\n")) {
      if (line === "") continue;
      const { dir, msg } = JSON.parse(line) as { dir: string; msg: Received };
      if (dir !== "rx") continue;
      for (const text of textsOf(msg)) {
        const meant = catalogue.fromMessage(text);
        if (meant !== undefined) codes.add(meant.code);
        // an error that nobody understands would be a hole
        else if (!text.startsWith("// Klipper state:")) expect(text).not.toMatch(/^!!|shutdown|halted/i);
      }
    }
    expect([...codes].sort()).toEqual(EXPECTED[name.replace(".jsonl", "")] ?? []);
  });
});
