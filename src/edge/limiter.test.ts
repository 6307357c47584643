/** What a flood becomes: a table of one code's changes, and properties of any flood, restarts and clock jumps included. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { ReportStatus } from "../model/report.ts";
import { createLimiter, type HeldBack, LIMITS, type Limiter, type Limits, type Outcome } from "./limiter.ts";

const codeOf = (n: number): HmsCode => `0300-0100-000${(n % 3) + 1}-${n.toString(16).toUpperCase().padStart(4, "0")}` as HmsCode;
const outcome = (n: number, status: ReportStatus): Outcome => ({ detector: "native", finding: { code: codeOf(n), status } });
const told = (outcomes: readonly Outcome[]): readonly string[] =>
  outcomes.map(
    ({ finding }) =>
      `${finding.code} ${finding.status}${finding.evidence === undefined ? "" : ` +${String(finding.evidence["coalesced"])}`}`,
  );
const flip = (n: number): ReportStatus => (n % 2 === 0 ? "fail" : "pass");

/** Steps once a second with nothing new, and gathers what comes out. */
function wait(limiter: Limiter, fromMs: number, seconds: number): Outcome[] {
  return Array.from({ length: seconds }, (_, n) => limiter.step([], at(fromMs + (n + 1) * 1_000))).flat();
}

describe("one code", () => {
  test("ten changes a minute go out one by one, then the latest state every five seconds with the changes it stands for", () => {
    const limiter = createLimiter(LIMITS, []);
    // ten changes a second for 20 s
    const out = Array.from({ length: 200 }, (_, n) => limiter.step([outcome(1, flip(n))], at(n * 100)).map((one) => ({ one, n }))).flat();
    expect(told(out.slice(0, 10).map(({ one }) => one))).toEqual(Array.from({ length: 10 }, (_, n) => `${codeOf(1)} ${flip(n)}`));
    expect(out.slice(10).map(({ n }) => n)).toEqual([59, 109, 159]);
    expect(out[10]?.one.finding.evidence).toEqual({ coalesced: 48 });
    expect(told(wait(limiter, 19_900, 10))).toEqual([`${codeOf(1)} pass +40`]);
    expect(limiter.heldBack()).toEqual([]);
  });

  test("slow changes are never held back", () => {
    const limiter = createLimiter(LIMITS, []);
    const out = Array.from({ length: 100 }, (_, n) => limiter.step([outcome(1, flip(n))], at(n * 6_000))).flat();
    expect(out).toHaveLength(100);
    expect(out.every(({ finding }) => finding.evidence === undefined)).toBe(true);
  });

  test("of what stood before anything was heard here, neither the second fail nor the pass after it is lost", () => {
    // another code has used up what may go out at once
    const limiter = createLimiter({ ...LIMITS, burst: 1, perSecond: 1 }, []);
    limiter.step([outcome(2, "fail"), { ...outcome(1, "fail"), stood: true }], at(0));
    limiter.step([{ ...outcome(1, "pass"), stood: true }], at(10));
    expect(told(wait(limiter, 10, 10))).toEqual([`${codeOf(1)} pass +1`]);
  });

  test("the words of two detectors do not stand for each other", () => {
    const limiter = createLimiter({ ...LIMITS, burst: 1, perSecond: 1 }, []);
    limiter.step([outcome(2, "fail")], at(0));
    limiter.step(
      [outcome(1, "fail"), { ...outcome(1, "fail"), detector: "another" }, { ...outcome(1, "pass"), detector: "another" }],
      at(10),
    );
    expect(wait(limiter, 10, 10).map(({ detector, finding }) => `${detector} ${finding.status}`)).toEqual(["native fail"]);
  });

  test("a clock that is set back by a day holds nothing up", () => {
    const limiter = createLimiter(LIMITS, []);
    const day = 86_400_000;
    for (let n = 0; n < 20; n++) limiter.step([outcome(1, flip(n))], at(day + n));
    expect(told(wait(limiter, 0, 6))).toEqual([`${codeOf(1)} pass +9`]);
  });
});

describe("many codes", () => {
  test("a burst goes out at once; the rest follows steadily, the worst level first, and before what flaps", () => {
    const limiter = createLimiter({ ...LIMITS, burst: 4, perSecond: 1 }, []);
    const first = limiter.step(
      [0, 1, 2, 3, 4, 5, 6].map((n) => outcome(n, "fail")),
      at(0),
    );
    expect(told(first)).toEqual([0, 1, 2, 3].map((n) => `${codeOf(n)} fail`));
    limiter.step([outcome(0, "pass")], at(100));
    expect(told(wait(limiter, 100, 4))).toEqual([`${codeOf(6)} fail`, `${codeOf(4)} fail`, `${codeOf(5)} fail`, `${codeOf(0)} pass`]);
  });

  test("codes beyond the hour's number wait, are told of, and come when there is room; what stands may always pass", () => {
    const limiter = createLimiter({ ...LIMITS, codesPerHour: 2 }, []);
    const first = limiter.step(
      [1, 2, 3, 4].map((n) => outcome(n, "fail")),
      at(0),
    );
    expect(told(first)).toEqual([`${codeOf(1)} fail`, `${codeOf(2)} fail`]);
    expect(limiter.isOverrun()).toBe(true);
    // 4 is gone before it was told: nothing to tell
    expect(told(limiter.step([outcome(4, "pass"), outcome(1, "pass")], at(1_000)))).toEqual([`${codeOf(1)} pass`]);
    expect(told(wait(limiter, 1_000, 3_590))).toEqual([]);
    expect(limiter.isOverrun()).toBe(true);
    expect(told(wait(limiter, 3_591_000, 20))).toEqual([`${codeOf(3)} fail`]);
    wait(limiter, 3_611_000, 600);
    expect(limiter.isOverrun()).toBe(false);
  });

  test("a flood of ever new codes stays one overrun", () => {
    const limiter = createLimiter({ ...LIMITS, codesPerHour: 50 }, []);
    const flags = new Set<boolean>();
    for (let n = 0; n < 2_000; n++) {
      limiter.step([outcome(n, "fail"), ...(n > 0 ? [outcome(n - 1, "pass")] : [])], at(n * 100));
      if (n > 60) flags.add(limiter.isOverrun());
    }
    expect([...flags]).toEqual([true]);
    expect(limiter.heldBack().length).toBeLessThan(10);
  });
});

const SMALL: Limits = { singlesPerMinute: 2, everyMs: 5_000, burst: 3, perSecond: 2, codesPerHour: 3 };
type Deed = { readonly waitMs: number } & ({ readonly code: number } | { readonly restart: true });
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ waitMs: fc.constantFrom(0, 10, 300, 4_000), code: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ waitMs: fc.constantFrom(10, 3_700_000), code: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.record({ waitMs: fc.constant(10), restart: fc.constant(true as const) }) },
);

test("whatever a printer does, in the end central has the latest state of every code, over restarts too", () => {
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 150 }), (deeds) => {
      let limiter = createLimiter(SMALL, []);
      const standing = new Set<HmsCode>();
      const central = new Set<HmsCode>();
      const hear = (outcomes: readonly Outcome[]): void => {
        for (const { finding } of outcomes) central[finding.status === "fail" ? "add" : "delete"](finding.code);
      };
      let nowMs = 0;
      for (const one of deeds) {
        nowMs += one.waitMs;
        if ("restart" in one) limiter = createLimiter(SMALL, JSON.parse(JSON.stringify(limiter.heldBack())) as HeldBack[]);
        else {
          const code = codeOf(one.code);
          const status = standing.delete(code) ? "pass" : "fail";
          if (status === "fail") standing.add(code);
          hear(limiter.step([outcome(one.code, status)], at(nowMs)));
        }
      }
      // seven codes at three an hour; a step a minute is enough
      for (let minute = 1; minute <= 240; minute++) hear(limiter.step([], at(nowMs + minute * 60_000)));
      expect([...central].sort()).toEqual([...standing].sort());
      expect(limiter.heldBack()).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});

test("whatever a printer does, no more goes out than the budget allows", () => {
  fc.assert(
    fc.property(fc.array(fc.record({ waitMs: fc.nat(500), code: fc.nat(2_000) }), { maxLength: 400 }), (changes) => {
      const limiter = createLimiter({ ...SMALL, codesPerHour: 1_000 }, []);
      let nowMs = 0;
      let out = 0;
      for (const { waitMs, code } of changes) {
        nowMs += waitMs;
        out += limiter.step([outcome(code, flip(out))], at(nowMs)).length;
      }
      expect(out).toBeLessThanOrEqual(SMALL.burst + (nowMs / 1_000) * SMALL.perSecond);
    }),
    { numRuns: 300 },
  );
});
