/** The spool over crashes: its journal cut at every byte, damaged in the middle, full, and refused by the disk. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { silentLog } from "../lib/log.ts";
import type { ReportMessage } from "../model/report.ts";
import { openSpool, readJournal, type SpoolEntry } from "./spool.ts";
import { thin } from "./waiting.ts";

const report = (seq: number, code = "0300-0300-0001-0001", printer = "p1"): ReportMessage => ({
  v: 1,
  printer,
  detector: "native",
  boot: "b1",
  seq,
  at: "2026-11-22T06:00:00.000Z",
  code,
  status: seq % 2 === 0 ? "fail" : "pass",
  evidence: { text: "größer" },
});
const entry = (seq: number, printer = "p1"): SpoolEntry => ({
  printer,
  reports: [report(seq, undefined, printer)],
  states: { native: { failing: [seq] } },
});
const seqs = (reports: readonly ReportMessage[]): readonly number[] => reports.map((one) => one.seq);

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "openhms-spool-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe("a spool on disk", () => {
  test("keeps what was appended and not acknowledged, with the states that belong to it", async () => {
    const first = await openSpool(dir, silentLog);
    await first.spool.append([entry(0), entry(1)]);
    await first.spool.append([entry(2)]);
    // no close: this is a kill
    const second = await openSpool(dir, silentLog);
    expect(seqs(second.spool.next(10))).toEqual([0, 1, 2]);
    expect(second.states.get("p1")).toEqual({ native: { failing: [2] } });
    await Promise.all([first.spool.close(), second.spool.close()]);
  });

  test("is empty once all is acknowledged, and the states stay", async () => {
    const first = await openSpool(dir, silentLog);
    await first.spool.append([entry(0), entry(1)]);
    expect(seqs(first.spool.next(1))).toEqual([0]);
    await first.spool.acknowledge(1);
    expect(seqs(first.spool.next(5))).toEqual([1]);
    await first.spool.acknowledge(1);
    await first.spool.close();
    expect(await readFile(join(dir, "edge-spool.jsonl"), "utf8")).toBe("");
    const second = await openSpool(dir, silentLog);
    expect(second.spool.size()).toBe(0);
    expect(second.states.get("p1")).toEqual({ native: { failing: [1] } });
    await second.spool.close();
  });

  test("says with one short line that central holds all, and is emptied when states are saved", async () => {
    const path = join(dir, "edge-spool.jsonl");
    const first = await openSpool(dir, silentLog);
    await first.spool.append([entry(0), entry(1)]);
    first.spool.next(2);
    await first.spool.acknowledge(2);
    await first.spool.append([entry(2)]);
    // no close: this is a kill
    const second = await openSpool(dir, silentLog);
    expect(seqs(second.spool.next(10))).toEqual([2]);
    expect(second.states.get("p1")).toEqual(entry(2).states);
    await second.spool.checkpoint(new Map([["p2", { native: { failing: [8] } }]]));
    expect(await readFile(path, "utf8")).not.toBe("");
    await second.spool.acknowledge(1);
    await second.spool.checkpoint(new Map([["p2", { native: { failing: [9] } }]]));
    expect(await readFile(path, "utf8")).toBe("");
    const third = await openSpool(dir, silentLog);
    expect(third.spool.size()).toBe(0);
    expect(third.states).toEqual(
      new Map([
        ["p1", entry(2).states],
        ["p2", { native: { failing: [9] } }],
      ]),
    );
    for (const { spool } of [first, second, third]) await spool.close();
  });

  test("while reports wait, states that were saved are newer than those beside the reports, until the next", async () => {
    const first = await openSpool(dir, silentLog);
    await first.spool.append([entry(0), entry(1, "p2")]);
    await first.spool.checkpoint(new Map(["p1", "p2"].map((printer) => [printer, { native: { failing: [7] } }])));
    await first.spool.append([entry(2)]);
    const expected = new Map<string, unknown>([
      ["p1", entry(2).states],
      ["p2", { native: { failing: [7] } }],
    ]);
    const second = await openSpool(dir, silentLog);
    expect(second.states).toEqual(expected);
    await writeFile(join(dir, "edge-spool.jsonl"), "torn", { flag: "a" });
    // it writes the whole ones anew
    const third = await openSpool(dir, silentLog);
    expect(third.states).toEqual(expected);
    expect(seqs(third.spool.next(9)).toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
    const fourth = await openSpool(dir, silentLog);
    expect(fourth.states).toEqual(expected);
    for (const { spool } of [first, second, third, fourth]) await spool.close();
  });

  test("is emptied before it grows large, though nobody saves states", async () => {
    const { spool } = await openSpool(dir, silentLog);
    const text = "x".repeat(500_000);
    for (let seq = 0; seq < 20; seq++) {
      await spool.append([{ ...entry(seq), states: { native: { text, seq } } }]);
      spool.next(1);
      await spool.acknowledge(1);
      expect((await stat(join(dir, "edge-spool.jsonl"))).size).toBeLessThan(9_000_000);
    }
    const again = await openSpool(dir, silentLog);
    expect([again.spool.size(), again.states.get("p1")]).toEqual([0, { native: { text, seq: 19 } }]);
    await again.spool.close();
    await spool.close();
  });

  test("many states come back from their file as they were", async () => {
    const states = new Map(Array.from({ length: 300 }, (_, n) => [`p${n}`, { native: { text: "größer\n".repeat(n) } }]));
    const { spool } = await openSpool(dir, silentLog);
    await spool.checkpoint(states);
    await spool.close();
    const again = await openSpool(dir, silentLog);
    expect(again.states).toEqual(states);
    await again.spool.close();
  });

  test("cut at any byte gives whole lines, in order, and goes on", async () => {
    const path = join(dir, "edge-spool.jsonl");
    const first = await openSpool(dir, silentLog);
    await first.spool.append([entry(0), entry(1, "p2"), entry(2)]);
    await first.spool.close();
    const whole = await readFile(path);
    const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([index]) => index + 1);
    for (let cut = 0; cut <= whole.length; cut++) {
      await writeFile(path, whole.subarray(0, cut));
      const opened = await openSpool(dir, silentLog);
      const survivors = ends.filter((end) => end <= cut).length;
      expect(seqs(opened.spool.next(10)), `cut at ${cut}`).toEqual([0, 1, 2].slice(0, survivors));
      // a report and the state that says it was made live or die together
      expect(opened.states.get("p1"), `cut at ${cut}`).toEqual([undefined, entry(0).states, entry(0).states, entry(2).states][survivors]);
      if (cut % 37 === 0) {
        // what is written after a torn line must not be glued to it
        await opened.spool.append([entry(9)]);
        expect(readJournal(await readFile(path, "utf8"))).toMatchObject({ damaged: 0, torn: false });
      }
      await opened.spool.close();
    }
  });

  test("leaves out a damaged line in the middle and keeps the others", () => {
    const lines = [entry(0), entry(1), entry(2)].map((one) => JSON.stringify({ p: one.printer, r: one.reports, s: one.states }));
    lines[1] = "\u0000".repeat(40);
    const read = readJournal(`${lines.join("\n")}\n`);
    expect(read.damaged).toBe(1);
    expect(read.entries.flatMap((one) => seqs(one.reports))).toEqual([0, 2]);
  });

  test("a disk that refuses costs no report, and is written whole again once it takes", async () => {
    const { spool } = await openSpool(dir, silentLog);
    await spool.append([entry(0)]);
    await spool.close();
    expect((await spool.append([entry(1)])).diskTrouble).toEqual(expect.any(String));
    expect(seqs(spool.next(10))).toEqual([0, 1]);
    expect((await spool.append([entry(2)])).diskTrouble).toBeUndefined();
    const again = await openSpool(dir, silentLog);
    expect(seqs(again.spool.next(10))).toEqual([0, 1, 2]);
    await Promise.all([spool.close(), again.spool.close()]);
  });

  test("a data folder that cannot be used is told with the fix", async () => {
    await writeFile(join(dir, "file"), "");
    await expect(openSpool(join(dir, "file"), silentLog)).rejects.toThrow(/make it writable/);
  });
});

describe("a full spool", () => {
  test("keeps the newest report of each code and counts the rest", async () => {
    const { spool } = await openSpool(dir, silentLog, { maxReports: 10, maxBytes: 1_000_000 });
    for (let seq = 0; seq < 10; seq++)
      await spool.append([{ printer: "p1", reports: [report(seq, `0300-0300-0001-000${seq % 2}`)], states: {} }]);
    const { dropped } = await spool.append([{ printer: "p1", reports: [report(10, "0300-0300-0001-0000")], states: {} }]);
    expect(dropped).toEqual(new Map([["p1", 9]]));
    expect(seqs(spool.next(100))).toEqual([9, 10]);
    expect(spool.lost()).toBe(9);
    await spool.close();
    const again = await openSpool(dir, silentLog);
    expect(seqs(again.spool.next(100))).toEqual([9, 10]);
    await again.spool.close();
  });

  test("never drops what is on its way", async () => {
    const { spool } = await openSpool(undefined, silentLog, { maxReports: 4, maxBytes: 1_000_000 });
    await spool.append([0, 1, 2, 3].map((seq) => entry(seq)));
    expect(seqs(spool.next(2))).toEqual([0, 1]);
    await spool.append([entry(4)]);
    await spool.acknowledge(2);
    expect(seqs(spool.next(9))).toEqual([4]);
  });

  test("thinning respects both limits and the order", () => {
    const waiting = [0, 1, 2, 3, 4, 5].map((seq) => ({ report: report(seq, `0300-0300-0001-000${seq % 3}`), bytes: 10 }));
    expect(thin(waiting, { maxReports: 9, maxBytes: 900 }).map((one) => one.report.seq)).toEqual([3, 4, 5]);
    expect(thin(waiting, { maxReports: 2, maxBytes: 900 }).map((one) => one.report.seq)).toEqual([4, 5]);
    expect(thin(waiting, { maxReports: 9, maxBytes: 15 }).map((one) => one.report.seq)).toEqual([5]);
  });
});
