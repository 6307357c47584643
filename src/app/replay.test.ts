/** Recordings of every shape through the whole way, on own fixtures; the real ones where they are at hand. */
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Catalogue, Explanation } from "../catalogue/catalogue.ts";
import { NO_STATS } from "../catalogue/stats.ts";
import { defineDetector, type Detector } from "../detectors/detector.ts";
import { ConfigError } from "../lib/errors.ts";
import { type HmsCode, levelOf } from "../model/code.ts";
import { replay } from "./replay.ts";

/** Treats every code by its level alone. */
const catalogue: Catalogue = {
  explain: (code) => ({ code, title: `Title of ${code}` }) as unknown as Explanation,
  drawing: () => undefined,
  say: (english) => english,
  definition: (code) => ({
    level: levelOf(code),
    priority: "normal",
    latching: false,
    onDelayMs: 0,
    offDelayMs: 30_000,
    confirmTrips: 1,
    ageingCycles: 40,
    shelvable: true,
    maxShelveMs: 1,
    suppressible: false,
    unsuppressHoldMs: 0,
    autoAck: levelOf(code) === 3,
  }),
  lane: () => "documented",
  search: () => [],
  list: () => [],
  known: () => [],
  language: () => "en",
  suppresses: () => [],
  stats: () => NO_STATS,
  packs: () => [],
  fromMessage: () => undefined,
};

interface Summary {
  files: number;
  messages: number;
  badLines: number;
  ignored: number;
  wireChanges: number;
  reports: number;
  transitions: number;
  alerts: number;
  episodes: number;
  notifications: number;
  active: string[];
  expected: { matched: number; missed: string[] };
}

async function run(
  files: readonly string[],
  printer?: string,
  how: { readonly params?: string; readonly detectors?: readonly Detector<unknown>[]; readonly catalogue?: Catalogue } = {},
): Promise<{ failed: boolean; rows: string[]; complaints: Record<string, unknown>[]; summary: Summary }> {
  const lines: Record<string, string>[] = [];
  const complaints: Record<string, unknown>[] = [];
  const { params, ...deps } = how;
  const { failed } = await replay(
    files,
    { ...(printer !== undefined && { printer }), ...(params !== undefined && { params }) },
    {
      catalogue,
      ...deps,
      print: (line) => void lines.push(JSON.parse(line) as Record<string, string>),
      complain: (line) => void complaints.push(JSON.parse(line) as Record<string, unknown>),
    },
  );
  const last = lines.pop() as unknown as { summary: Summary };
  return {
    failed,
    rows: lines
      .filter((line) => "t" in line)
      .map(({ t, printer: id, code, event, isa }) => [t?.slice(11, 19), id, code, event, isa].join(" ")),
    complaints,
    summary: last.summary,
  };
}

const folder = mkdtempSync(join(tmpdir(), "openhms-replay-"));
function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const FAN = { attr: 0x0300_0300, code: 0x0001_0001 };
const NOTICE = { attr: 0x0300_a700, code: 0x0003_0001 };
const version = { info: { command: "get_version", module: [{ name: "ota", product_name: "Bambu Lab X1C", sn: "00M00A000000001" }] } };

describe("replay", () => {
  it("takes a full report with its version list", async () => {
    const { rows, summary, failed } = await run([
      file("shop floor.json", { pushall: { print: { msg: 0, hms: [FAN], print_error: 0x0700_8011 } }, get_version: version }),
    ]);
    expect(rows).toEqual(["00:00:00 shop-floor 0300-0300-0001-0001 raise B", "00:00:00 shop-floor 0700-8011 raise B"]);
    expect(summary).toMatchObject({
      files: 1,
      messages: 2,
      wireChanges: 2,
      alerts: 2,
      episodes: 2,
      active: ["0300-0300-0001-0001", "0700-8011"],
    });
    expect(failed).toBe(false);
  });

  it("takes a report without its envelope, under a given id", async () => {
    const { rows } = await run([file("bare.json", { push_all: { hms: [FAN] }, get_version: version.info })], "p7");
    expect(rows).toEqual(["00:00:00 p7 0300-0300-0001-0001 raise B"]);
  });

  it("makes one alert of a flapping code and says little about it", async () => {
    const on = [NOTICE];
    const times = [
      ["23:59:40", on],
      ["23:59:41", []],
      ["23:59:50", on],
      ["23:59:55", []],
      ["00:00:10", on],
      ["00:00:12", []],
      ["00:02:00", on],
      ["00:02:05", []],
    ] as const;
    const { rows, summary } = await run([file("flapping.json", { timeline: times.map(([t, hms]) => ({ t, hms })) })]);
    expect(rows).toEqual([
      "23:59:40 flapping 0300-A700-0003-0001 raise C",
      "00:00:42 flapping 0300-A700-0003-0001 clear A",
      "00:00:42 flapping 0300-A700-0003-0001 close A",
      "00:02:00 flapping 0300-A700-0003-0001 raise C",
      "00:02:35 flapping 0300-A700-0003-0001 clear A",
      "00:02:35 flapping 0300-A700-0003-0001 close A",
    ]);
    expect(summary).toMatchObject({ wireChanges: 8, alerts: 1, episodes: 2, active: [] });
    expect(summary.notifications).toBeLessThan(summary.wireChanges / 2);
  });

  it("checks known values against the codes they are said to be", async () => {
    const known = [
      { value: { hms: [FAN] }, ecode: "0300030000010001" },
      { value: { print_error: 0x0300_8003, hms: [] }, ecode: "03008003" },
      { value: { print_error: 0x0300_0002 }, ecode: "03000002" },
    ];
    expect(await run([file("known.json", known)])).toMatchObject({
      failed: false,
      summary: { alerts: 2, expected: { matched: 3, missed: [] } },
    });
    const wrong = [{ value: { hms: [FAN] }, ecode: "0300030000010002" }];
    expect(await run([file("wrong.json", wrong)])).toMatchObject({
      failed: true,
      summary: { expected: { matched: 0, missed: ["0300-0300-0001-0002"] } },
    });
  });

  it("takes JSON lines: times as seconds or ISO, payloads as objects or texts, several printers, a torn end", async () => {
    const report = (serial: string, t: unknown, payload: unknown): string =>
      JSON.stringify({ t, topic: `device/${serial}/report`, payload });
    const lines = [
      report("00MA", 1_800_000_000, { print: { hms: [FAN] } }),
      report("00MB", "2027-01-15T08:00:05Z", JSON.stringify({ print: { hms: [NOTICE] } })),
      JSON.stringify({ t: 1_800_000_006, topic: "device/00MA/request", payload: { pushing: { command: "pushall" } } }),
      report("00MA", 1_800_000_007, "garbage {"),
      report("00MA", 1_800_000_008.5, { print: { hms: [] } }),
      '{"t":18000',
    ];
    const path = file("two.jsonl", lines.join("\n"));
    const { rows, summary, complaints, failed } = await run([path]);
    expect({ complaints, failed }).toEqual({
      complaints: [{ file: path, line: 6, warning: "line 6 is no JSON object; it was left out" }],
      failed: false,
    });
    expect(rows).toEqual([
      "08:00:00 00MA 0300-0300-0001-0001 raise B",
      "08:00:05 00MB 0300-A700-0003-0001 raise C",
      "08:00:38 00MA 0300-0300-0001-0001 clear D",
    ]);
    expect(summary).toMatchObject({ messages: 4, badLines: 1, ignored: 1, active: ["0300-A700-0003-0001"] });
  });

  it("names a file it cannot read and goes on with the others", async () => {
    const good = file("good.json", { push_all: { hms: [FAN] } });
    const bad = [
      file("prose.json", "It rained."),
      file("other.json", { hello: 1 }),
      file("foreign.jsonl", '{"topic":"zigbee/x","payload":{}}\n{{\n{}'),
      join(folder, "none.json"),
      file("bad.json", [{ ecode: "x" }]),
    ];
    const { failed, rows, complaints, summary } = await run([...bad, good]);
    expect(failed).toBe(true);
    expect(rows).toHaveLength(1);
    expect(summary.files).toBe(1);
    expect(complaints.map((one) => one["file"])).toEqual(bad);
    expect(complaints.map((one) => one["error"])).toEqual([
      expect.stringMatching(/^neither JSON nor JSON lines/),
      expect.stringMatching(/^no message of a printer/),
      expect.stringMatching(/^no message of a printer/),
      "no such file or directory",
      expect.stringMatching(/^\[0\] is not /),
    ]);
  });

  it("leaves out lines that are no JSON objects, wherever they are, and says which", async () => {
    const row = (t: number, hms: unknown): string => JSON.stringify({ t, topic: "device/00MA/report", payload: { print: { hms } } });
    const noise = Array.from({ length: 30 }, () => "\u0000\u0000");
    const path = file("torn.jsonl", ["{{", row(100, [FAN]), '{"t":1', row(1e300, [FAN]), row(200, []), "17", ...noise].join("\n"));
    const { failed, rows, complaints, summary } = await run([path]);
    expect(failed).toBe(false);
    expect(rows.map((one) => one.split(" ")[3])).toEqual(["raise", "clear"]);
    expect(summary).toMatchObject({ files: 1, messages: 3, badLines: 33 });
    expect(complaints.slice(0, 3).map((one) => one["line"])).toEqual([1, 3, 6]);
    expect(complaints).toHaveLength(21);
    expect(complaints.at(-1)).toEqual({ file: path, warning: "13 more lines are no JSON objects; they were left out" });
  });

  /** Frames of a Moonraker websocket, as a recorder writes them. */
  const rx = (t: number, msg: unknown): string => JSON.stringify({ t, dir: "rx", msg });
  const note = (t: number, dir: string): string => JSON.stringify({ t, dir, msg: "G28" });
  const moonrakerReady = { jsonrpc: "2.0", result: { state: "ready", state_message: "Printer is ready" }, id: 3 };
  const clock = { method: "notify_proc_stat_update", params: [{ moonraker_stats: { time: 1_795_328_202.5 } }] };
  const words: Catalogue = {
    ...catalogue,
    fromMessage: (text) => (text.includes("not heating") ? { code: "0300-0200-0001-E001" as HmsCode, fields: {} } : undefined),
  };

  it("takes frames of Moonraker, dated by the clock in them, packed or not", async () => {
    const shutdown = {
      method: "notify_status_update",
      params: [{ webhooks: { state: "shutdown", state_message: "Heater not heating" } }, 1],
    };
    const lines = [rx(0.1, moonrakerReady), note(0.2, "tx"), rx(1.5, clock), note(2, "note"), rx(3, shutdown), rx(4, "?")].join("\n");
    const plain = file("voron.jsonl", lines);
    const packed = join(folder, "voron2.jsonl.gz");
    writeFileSync(packed, gzipSync(lines));
    const { rows, summary, failed } = await run([plain, packed], undefined, { catalogue: words });
    expect(rows).toEqual(["06:16:44 voron 0300-0200-0001-E001 raise B", "06:16:44 voron2 0300-0200-0001-E001 raise B"]);
    expect(summary).toMatchObject({ files: 2, messages: 8, ignored: 2 });
    expect(failed).toBe(false);
  });

  it("takes what an edge recorded, the link too, and a torn end of a packed file", async () => {
    const line = (second: number, what: object): string =>
      `${JSON.stringify({ t: new Date(1e12 + second * 1_000).toISOString(), ...what })}\n`;
    const lines = [
      line(0, { recording: 1, printer: "p1", readings: {} }),
      line(1, { readings: { hmsCodes: ["0300-0300-0001-0001"] } }),
      line(2, { link: { connected: false, cause: "silent" } }),
      ...Array.from({ length: 90 }, (_, i) => line(3 + i, { link: { connected: false, cause: "silent" } })),
    ];
    const packed = gzipSync(lines.join(""));
    const path = join(folder, "p1-2026.jsonl.gz");
    writeFileSync(path, packed.subarray(0, packed.length - 9));
    const { rows } = await run([path]);
    expect(rows).toEqual(["01:46:41 p1 0300-0300-0001-0001 raise B", "01:47:42 p1 F000-0100-0003-0001 raise C"]);
  });

  /** Says the code of the nozzle when it saw more steps without a new sample than `limit`. */
  const patience = defineDetector({
    id: "patience",
    about: "Counts steps without news.",
    codes: ["0300-0200-0001-0008" as HmsCode],
    params: { limit: { default: 5, min: 1, max: 100, unit: "steps", about: "how many are too many" } },
    initial: { at: 0, count: 0 },
    step: (state, { at = 0 }, { limit }) => {
      const count = at === state.at ? state.count + 1 : 0;
      return { state: { at, count }, findings: count === limit ? [{ code: "0300-0200-0001-0008" as HmsCode, status: "fail" }] : [] };
    },
  }) as Detector<unknown>;
  const silence = (seconds: number): string => file(`silence${seconds}.jsonl`, [rx(0, moonrakerReady), rx(seconds, clock)].join("\n"));

  it("steps every second of a silence", async () => {
    const detectors = [patience];
    expect((await run([silence(4)], undefined, { detectors })).rows).toEqual([]);
    expect((await run([silence(6)], undefined, { detectors })).rows).toHaveLength(1);
    const weeks = [
      { t: 0, hms: [] },
      { t: 5_000_000, hms: [] },
    ];
    expect((await run([file("condensed.json", { timeline: weeks })], undefined, { detectors })).rows).toEqual([]);
  });

  it("takes parameters of detectors, and none that cannot stand", async () => {
    const detectors = [patience];
    const params = file("params.yaml", "patience: { limit: 3 }");
    expect((await run([silence(4)], undefined, { detectors, params })).rows).toHaveLength(1);
    const wrong = file("wrong.yaml", "patience: { limit: 101, speed: 1 }\nhope: {}");
    const refused = run([silence(4)], undefined, { detectors, params: wrong });
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(
      /wrong\.yaml.*must be a number from 1 to 100 steps[\s\S]*no parameter "speed"[\s\S]*no detector "hope"/,
    );
  });

  it("tells of a detector that throws, and runs the others", async () => {
    const broken: Detector<unknown> = {
      ...patience,
      id: "broken",
      step: () => {
        throw new Error("out of order");
      },
    };
    const path = silence(6);
    const { rows, complaints, failed } = await run([path], undefined, { detectors: [broken, patience] });
    expect(failed).toBe(true);
    expect(complaints).toEqual([{ file: path, detector: "broken", error: "out of order" }]);
    expect(rows.map((row) => row.split(" ")[2])).toContain("0300-0200-0001-0008");
  });

  it("refuses an id that is none", async () => {
    expect(await run([file("x.json", { push_all: {} })], "a b")).toMatchObject({ failed: true, summary: { files: 0 } });
  });
});

const captures = join(process.env["OPENHMS_CAPTURES"] ?? join(import.meta.dirname, "../../../shared/captures"), "bambu");

describe.skipIf(!existsSync(captures))("recordings (skipped where there are none: set OPENHMS_CAPTURES)", () => {
  const one = (part: string): string[] =>
    readdirSync(captures)
      .filter((name) => name.includes(part))
      .map((name) => join(captures, name));

  it("reads every one", async () => {
    const all = one(".json");
    expect(await run(all)).toMatchObject({ failed: false, complaints: [], summary: { files: all.length, ignored: 0 } });
  });

  it("finds the first-layer notice", async () => {
    expect((await run(one("misc"))).summary.active).toEqual(["0C00-0300-0003-0007"]);
  });

  it("keeps a flapping notice one alert", async () => {
    const { summary } = await run(one("flapping"));
    expect(summary).toMatchObject({ wireChanges: 5, alerts: 1, active: ["0300-A700-0003-0001"] });
    expect(summary.notifications).toBeLessThanOrEqual(2);
  });

  it("raises the known values as they are said to be", async () => {
    expect((await run(one("known"))).summary).toMatchObject({ alerts: 9, expected: { matched: 10, missed: [] } });
  });
});
