/** Real recordings of Klipper through the whole way: what each one must raise and when, and that it raises nothing else. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { loadCatalogue } from "../catalogue/load.ts";
import { readRecording } from "./recording.ts";
import { replay } from "./replay.ts";

interface Expected {
  /** Code → the second of the recording by which it must be raised. */
  readonly must: Readonly<Record<string, number>>;
  /** Other words for the same trouble. */
  readonly may?: readonly string[];
  /** What is over at the end. */
  readonly over?: readonly string[];
}

const NOTHING: Expected = { must: {} };
/** A person's mistakes: told, but as no more than information. */
const MISTAKES = ["E100-0500-0003-E001", "E100-0500-0003-E002", "E100-0500-0003-E003", "E100-0500-0003-E006", "E100-0500-0003-E007"];

/** The host itself stops at 22.0 s without heat, and at 78.5 s with a heater that is stuck on. */
const EXPECTED: Readonly<Record<string, Expected>> = {
  idle: NOTHING,
  heat_ok: NOTHING,
  home: NOTHING,
  print_ok: NOTHING,
  print_cancel: NOTHING,
  mesh_flat: NOTHING,
  firmware_restart: NOTHING,
  gcode_errors: { must: {}, may: MISTAKES },
  adc_open_hotend: { must: { "0300-0200-0001-0007": 3, "0300-0200-0001-E002": 2 } },
  bad_config: { must: { "E100-0400-0001-E001": 7 }, over: ["E100-0400-0001-E001"] },
  estop: { must: { "E100-0100-0002-E001": 1 } },
  home_no_trigger: { must: { "0300-1000-0002-E001": 8 } },
  hotend_no_heat: { must: { "0300-0200-0001-0008": 21.9, "0300-0200-0001-E001": 22 }, may: ["0300-0200-0001-0002", "0300-0200-0001-E103"] },
  klippy_killed: { must: { "E100-0100-0001-E001": 6 }, over: ["E100-0100-0001-E001"] },
  // a bent bed had been measured before
  layer_shift: { must: { "0300-1000-0002-E106": 17, "0300-2D00-0002-E111": 2 } },
  mcu_killed: { must: { "E100-0200-0001-E006": 5 } },
  part_fan_stall: { must: { "0300-0400-0002-0001": 15 }, may: ["0300-3100-0002-0002"] },
  runout: { must: { "E100-0E00-0002-E001": 194 }, over: ["E100-0E00-0002-E001"] },
  thermal_runaway: {
    must: { "0300-0200-0001-0005": 60, "0300-0200-0001-E003": 79, "0300-0200-0001-E102": 83 },
    may: ["0300-0200-0001-0003", "0300-0200-0001-E103", "0300-0200-0002-E103"],
  },
  thermistor_noise: { must: { "0300-0200-0002-E105": 20 } },
};

const captures = join(process.env["OPENHMS_CAPTURES"] ?? join(import.meta.dirname, "../../../shared/captures"), "moonraker");
const recordings = existsSync(captures) ? readdirSync(captures).filter((name) => name.endsWith(".jsonl")) : [];

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await loadCatalogue({ packs: { paths: [], builtIn: true } });
});

interface Replayed {
  readonly failed: boolean;
  /** Code → the second when it was raised first. */
  readonly raised: ReadonlyMap<string, number>;
  readonly severities: ReadonlySet<string>;
  readonly active: readonly string[];
}

/** Seconds count from the first frame, which came within 0.1 s of the start. */
async function run(name: string): Promise<Replayed> {
  const raised = new Map<string, number>();
  const severities = new Set<string>();
  let active: readonly string[] = [];
  const file = join(captures, name);
  const startMs = readRecording(file, readFileSync(file, "utf8")).messages[0]?.at ?? Number.NaN;
  const { failed } = await replay(
    [file],
    {},
    {
      catalogue,
      complain: (line) => expect(line).toBe(""),
      print: (line) => {
        const row = JSON.parse(line) as { t: string; code: string; event: string; severity: string; summary?: { active: string[] } };
        if (row.summary !== undefined) active = row.summary.active;
        else if (row.event === "raise") {
          severities.add(row.severity);
          if (!raised.has(row.code)) raised.set(row.code, (Date.parse(row.t) - startMs) / 1_000);
        }
      },
    },
  );
  return { failed, raised, severities, active };
}

describe.skipIf(recordings.length === 0)("recordings (skipped where there are none: set OPENHMS_CAPTURES)", () => {
  it.each(recordings)("%s", async (name) => {
    const { failed, raised, severities, active } = await run(name);
    expect(failed).toBe(false);
    const expected = EXPECTED[name.replace(".jsonl", "")];
    if (expected === undefined) return;
    const { must, may = [], over = [] } = expected;
    expect([...raised.keys()].filter((code) => !(code in must) && !may.includes(code))).toEqual([]);
    for (const [code, second] of Object.entries(must)) {
      expect(raised.get(code), code).toBeDefined();
      expect(raised.get(code), code).toBeLessThanOrEqual(second);
    }
    expect(active.filter((code) => over.includes(code))).toEqual([]);
    if (name === "gcode_errors.jsonl") expect([...severities]).toEqual(["info"]);
  });
});
