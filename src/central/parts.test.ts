/** The small parts of central by themselves: order at the door, the ring of readings, the agenda. */
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { at, createFakeClock } from "../lib/time.ts";
import { SIGNALS } from "../model/telemetry.ts";
import type { Report } from "../model/report.ts";
import type { DetectorRow } from "../store/store.ts";
import { createAgenda } from "./agenda.ts";
import { createRing, RING_MS } from "./ring.ts";
import { judge } from "./sequence.ts";

const report = (boot: string, seq: number): Report =>
  ({ printer: "p1", detector: "d", boot, seq, at: at(0), code: "0300-0100-0001-0001", status: "fail" }) as Report;

describe("judge", () => {
  const verdicts = (arrivals: readonly [string, number][]): string[] => {
    let row: DetectorRow | undefined;
    return arrivals.map(([boot, seq]) => {
      const judged = judge(row, report(boot, seq));
      row = judged.row;
      return judged.verdict;
    });
  };

  it.each<[string, readonly [string, number][], readonly string[]]>([
    [
      "in order",
      [
        ["a", 0],
        ["a", 1],
        ["a", 7],
      ],
      ["fresh", "fresh", "fresh"],
    ],
    [
      "repeats, near and far",
      [
        ["a", 1],
        ["a", 2],
        ["a", 9],
        ["a", 9],
        ["a", 2],
        ["a", 1],
      ],
      ["fresh", "fresh", "fresh", "duplicate", "duplicate", "duplicate"],
    ],
    [
      "late ones",
      [
        ["a", 5],
        ["a", 3],
        ["a", 3],
      ],
      ["fresh", "late", "late"],
    ],
    [
      "the edge of memory",
      [
        ["a", 0],
        ["a", 31],
        ["a", 0],
        ["a", 32],
        ["a", 0],
      ],
      ["fresh", "fresh", "duplicate", "fresh", "late"],
    ],
    [
      "a far leap",
      [
        ["a", 0],
        ["a", 1_000_000_000_000],
        ["a", 0],
      ],
      ["fresh", "fresh", "late"],
    ],
    [
      "a new boot, and the old one after it",
      [
        ["a", 5],
        ["b", 0],
        ["a", 6],
        ["b", 0],
        ["b", 1],
      ],
      ["fresh", "fresh", "late", "duplicate", "fresh"],
    ],
  ])("%s", (_name, arrivals, expected) => {
    expect(verdicts(arrivals)).toEqual(expected);
  });

  it("accepts each number once, and only what is newer than all before", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(80), { maxLength: 100 }), (seqs) => {
        const seen = new Set<number>();
        let newest = -1;
        const expected = seqs.map((seq) => {
          const verdict = seq > newest ? "fresh" : seen.has(seq) && newest - seq <= 31 ? "duplicate" : "late";
          if (verdict === "fresh") seen.add(seq);
          newest = Math.max(newest, seq);
          return verdict;
        });
        expect(verdicts(seqs.map((seq) => ["a", seq]))).toEqual(expected);
      }),
    );
  });
});

describe("the ring", () => {
  it("holds five minutes at one reading a second, and null where nothing was known", () => {
    const ring = createRing();
    for (let second = 0; second < 1_000; second++) {
      ring.push(at(1_000_000 + second * 1_000), { nozzleTempC: second, ...(second === 990 && { bedTempC: 60.55 }) });
    }
    const { at: times, signals } = ring.series(at(1_999_000));
    expect(times).toHaveLength(300);
    expect([times[0], times.at(-1)]).toEqual([1_700_000, 1_999_000]);
    expect(signals["nozzleTempC"]?.[0]).toBe(700);
    expect(signals["bedTempC"]?.filter((value) => value !== null)).toEqual([60.55]);
    expect(signals["bedTempC"]?.[times.indexOf(1_990_000)]).toBe(60.55);
    expect(Object.keys(signals)).toEqual(["nozzleTempC", "bedTempC"]);
  });

  it("merges readings of the same second, and forgets what is old though nothing came since", () => {
    const ring = createRing();
    ring.push(at(5_000), { nozzleTempC: 1 });
    ring.push(at(5_200), { nozzleTempC: 2, bedTempC: 3 });
    expect(ring.series(at(6_000))).toEqual({ at: [5_000], signals: { nozzleTempC: [2], bedTempC: [3] } });
    expect(ring.series(at(5_000 + RING_MS)).at).toEqual([]);
  });

  it("has nothing before the first reading", () => {
    expect(createRing().series(at(0))).toEqual({ at: [], signals: {} });
    expect(createRing().frame(at(0))).toEqual({ at: [], signals: {} });
  });

  it("makes a frame with the last minute whole, five seconds apart before, and no more digits than were measured", () => {
    const ring = createRing();
    const end = 1_795_000_000_000;
    for (let ago = 400; ago >= 0; ago--) {
      const isLong = ago > 200;
      const readings = Object.fromEntries(SIGNALS.map(({ name, unit }) => [name, unit === "°C" ? 200.123 + ago / 7 : 57.4]));
      ring.push(at(end - ago * 1_000), isLong ? { ...readings, chamberTempC: 41.26 } : { ...readings, wifiDbm: undefined as never });
    }
    const { at: times, signals } = ring.frame(at(end));
    const ages = times.map((time) => (end - time) / 1_000);
    expect(ages.filter((age) => age < 60)).toEqual(Array.from({ length: 60 }, (_, index) => 59 - index));
    expect(ages.filter((age) => age >= 60)).toEqual(Array.from({ length: 48 }, (_, index) => 299 - index * 5));
    expect(signals["nozzleTempC"]?.at(-1)).toBe(200.1);
    expect(signals["chamberTempC"]?.[0]).toBe(41.3);
    expect(signals["partFanPct"]?.at(-1)).toBe(57);
    expect(signals["wifiDbm"]?.at(-1)).toBeNull();
    for (const points of Object.values(signals)) expect(points).toHaveLength(times.length);
    expect(Buffer.byteLength(JSON.stringify(ring.frame(at(end))))).toBeLessThan(10_000);
    // the minutes go by: what a signal was not heard of in them is left out
    for (let second = 1; second <= 300; second++) ring.push(at(end + second * 1_000), { nozzleTempC: 1 });
    expect(Object.keys(ring.frame(at(end + 300_000)).signals)).toEqual(["nozzleTempC"]);
  });
});

describe("the agenda", () => {
  it("runs what is due in order, at its time, once, by its latest plan", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.option(fc.integer({ min: 1, max: 50 }), { nil: undefined })), {
          maxLength: 40,
        }),
        (plans) => {
          const clock = createFakeClock(at(0));
          const ran: [string, number][] = [];
          const agenda = createAgenda(clock, (keys) => {
            for (const key of keys) ran.push([key, clock.now()]);
          });
          const wanted = new Map<string, number>();
          for (const [key, due] of plans) {
            agenda.plan(key, due === undefined ? undefined : at(due));
            if (due === undefined) wanted.delete(key);
            else wanted.set(key, due);
          }
          clock.advanceTo(at(100));
          const byTime = (a: readonly [string, number], b: readonly [string, number]): number => a[1] - b[1] || (a[0] < b[0] ? -1 : 1);
          expect(ran.map(([, time]) => time)).toEqual(ran.map(([, time]) => time).toSorted((a, b) => a - b));
          expect(ran.toSorted(byTime)).toEqual([...wanted].sort(byTime));
        },
      ),
    );
  });

  it("waits longer than a timer of the platform can, and runs at once what is overdue", () => {
    const clock = createFakeClock(at(1_000));
    const ran: number[] = [];
    const agenda = createAgenda(clock, () => void ran.push(clock.now()));
    agenda.plan("late", at(5));
    clock.advanceTo(at(1_000));
    const month = 30 * 86_400_000;
    agenda.plan("shelf", at(month));
    clock.advanceTo(at(month - 1));
    expect(ran).toEqual([1_000]);
    clock.advanceTo(at(month));
    expect(ran).toEqual([1_000, month]);
  });
});
