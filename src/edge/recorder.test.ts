/** What a recording holds, how it bounds itself, and that a disk that refuses is told once and taken up again. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "../lib/log.ts";
import { at, createFakeClock } from "../lib/time.ts";
import type { PrinterId, Readings } from "../model/telemetry.ts";
import { createFileRing, type RingLimits } from "./file-ring.ts";
import { createRecorder } from "./recorder.ts";

const HOUR_MS = 3_600_000;
const DAYS: RingLimits = { keepMs: 72 * HOUR_MS, maxBytes: 200e6 };

let dir = "";
let folder = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "openhms-recorder-"));
  folder = join(dir, "p1");
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function bench(limits = DAYS) {
  const clock = createFakeClock(at(0));
  const troubles: (string | undefined)[] = [];
  const onTrouble = (reason: string | undefined): void => void troubles.push(reason);
  const recorder = createRecorder({ folder, printer: "p1" as PrinterId, limits, clock, log: silentLog, onTrouble });
  const sample = (readings: Readings): void => recorder.sample({ at: clock.now(), readings });
  return { clock, troubles, recorder, sample };
}

// the folder is made with the first file
const names = (): readonly string[] => (existsSync(folder) ? readdirSync(folder).toSorted() : []);
const rowsOf = (name: string): readonly unknown[] =>
  gunzipSync(readFileSync(join(folder, name)))
    .toString("utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);

/** Waits until something came about; the disk decides how long that takes. */
async function settle(until: () => boolean): Promise<void> {
  for (let turn = 0; turn < 5_000 && !until(); turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(until()).toBe(true);
}

const t = (ms: number): string => new Date(ms).toISOString();

describe("what is recorded", () => {
  test("samples and link changes as they come; no serial number, no address", async () => {
    const { clock, recorder, sample } = bench();
    recorder.link({ connected: true });
    sample({ nozzleTempC: 20, serial: "00M09A351100110" });
    clock.advanceTo(at(1_000));
    sample({ nozzleTempC: 21, hmsCodes: [] });
    recorder.link({ connected: false, cause: "silent", reason: "192.168.1.31 says nothing" });
    await recorder.close();
    expect(names()).toEqual(["1970-01-01T00-00-01.000Z.jsonl.gz"]);
    expect(rowsOf("1970-01-01T00-00-01.000Z.jsonl.gz")).toEqual([
      { t: t(0), recording: 1, printer: "p1", readings: {} },
      { t: t(0), link: { connected: true } },
      { t: t(0), readings: { nozzleTempC: 20 } },
      { t: t(1_000), readings: { nozzleTempC: 21, hmsCodes: [] } },
      { t: t(1_000), link: { connected: false, cause: "silent" } },
    ]);
  });

  test("it is on disk within ten seconds, and what comes later follows in the same file", async () => {
    const { clock, recorder, sample } = bench();
    sample({ bedTempC: 1 });
    clock.advanceTo(at(10_000));
    await settle(() => names().length === 1);
    const [name = ""] = names();
    await settle(() => statSync(join(folder, name)).size > 0);
    sample({ bedTempC: 2 });
    await recorder.close();
    expect(names()).toEqual([name]);
    expect(rowsOf(name).slice(1)).toEqual([
      { t: t(0), readings: { bedTempC: 1 } },
      { t: t(10_000), readings: { bedTempC: 2 } },
    ]);
  });

  test("each file begins with all that was known before it", async () => {
    const { clock, recorder, sample } = bench();
    recorder.link({ connected: true });
    sample({ nozzleTempC: 200, bedTempC: 60 });
    clock.advanceTo(at(10_000));
    await settle(() => names().length === 1 && statSync(join(folder, names()[0] ?? "")).size > 0);
    clock.advanceTo(at(HOUR_MS + 10_000));
    sample({ bedTempC: 61 });
    await recorder.close();
    expect(rowsOf(names()[1] ?? "")).toEqual([
      {
        t: t(HOUR_MS + 10_000),
        recording: 1,
        printer: "p1",
        readings: { nozzleTempC: 200, bedTempC: 60 },
        link: { connected: true },
      },
      { t: t(HOUR_MS + 10_000), readings: { bedTempC: 61 } },
    ]);
  });
});

test("a disk that refuses is told once; when it takes again that is told too, with how much is missing", async () => {
  const { clock, troubles, recorder, sample } = bench();
  // a file stands where the folder must be
  writeFileSync(folder, "");
  sample({ bedTempC: 1 });
  sample({ bedTempC: 2 });
  clock.advanceTo(at(10_000));
  await settle(() => troubles.length === 1);
  sample({ bedTempC: 3 });
  clock.advanceTo(at(70_000));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(troubles).toEqual([expect.stringContaining("EEXIST")]);
  rmSync(folder);
  sample({ bedTempC: 4 });
  clock.advanceTo(at(130_000));
  await settle(() => troubles.length === 2);
  expect(troubles[1]).toBeUndefined();
  await recorder.close();
  expect(rowsOf(names()[0] ?? "")).toEqual([
    { t: t(70_000), recording: 1, printer: "p1", readings: { bedTempC: 3 } },
    { t: t(70_000), lost: 3 },
    { t: t(70_000), readings: { bedTempC: 4 } },
  ]);
});

describe("the ring of files", () => {
  const noise = (n: number): string => `${Array.from({ length: 200 }, (_, i) => Math.sin(n * 200 + i)).join()}\n`;
  const total = (): number => names().reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

  test("never grows beyond its limit, and holds the newest", async () => {
    const limits = { keepMs: 72 * HOUR_MS, maxBytes: 50_000 };
    let largest = 0;
    for (const restart of [0, 1, 2]) {
      const ring = createFileRing(folder, limits);
      for (let n = 0; n < 40; n++) {
        await ring.add(noise(n), "{}\n", at((restart * 40 + n) * 1_000));
        largest = Math.max(largest, total());
      }
    }
    expect(largest).toBeLessThanOrEqual(50_000);
    expect(largest).toBeGreaterThan(40_000);
    expect(names().at(-1)).toMatch(/^1970-01-01T00-01-/);
  });

  test("lets go of what is older than it keeps, and leaves strangers alone", async () => {
    const ring = createFileRing(folder, { keepMs: 3 * HOUR_MS, maxBytes: 1e9 });
    await ring.add("a\n", "", at(0));
    writeFileSync(join(folder, "notes.txt"), "mine");
    for (let hour = 1; hour <= 6; hour++) await ring.add("a\n", "", at(hour * HOUR_MS));
    expect(names()).toEqual([...[3, 4, 5, 6].map((hour) => `1970-01-01T0${hour}-00-00.000Z.jsonl.gz`), "notes.txt"]);
  });

  test("a clock that is set back begins a new file", async () => {
    const ring = createFileRing(folder, DAYS);
    await ring.add("a\n", "", at(5 * HOUR_MS));
    await ring.add("b\n", "", at(4 * HOUR_MS));
    expect(names()).toHaveLength(2);
  });
});
