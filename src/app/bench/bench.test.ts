/** The bench: what it plays, how it counts, and that one fault goes all the way through threads, wire, reader and detectors. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { detectors } from "../../detectors/index.ts";
import { parseCode } from "../../model/code.ts";
import { FAULTS, faultNamed } from "../../sim/faults/index.ts";
import { runBench } from "./bench.ts";
import { report, span } from "./report.ts";
import { pointsOf, variantsOf } from "./roc.ts";
import { type Extent, faultRuns, healthyRuns, type Run, seedOf } from "./runs.ts";
import { checkScenario } from "./scenario.ts";
import { falseAlerts, type Outcome, quantile, scoreDetector, scoreFault } from "./score.ts";
import type { Said } from "./watch.ts";

const EXTENT: Extent = { seeds: "test", seedsPerFault: 2, sizes: [1, 0.5], models: ["X1C", "VORON"], slow: true, healthyHours: 10 };
const FAN = parseCode("0300-0300-0001-0001");

describe("what is played", () => {
  it("never uses a seed of one set in the other", () => {
    const all = Array.from({ length: 5_000 }, (_, index) => index);
    const tuning = new Set(all.map((index) => seedOf("tuning", index)));
    expect(all.some((index) => tuning.has(seedOf("test", index)))).toBe(false);
  });
  it("plays a fault on every machine where it can be seen, at every size", () => {
    const stall = faultNamed("hotend-fan-stall");
    const runs = stall === undefined ? [] : faultRuns(stall, EXTENT);
    expect(new Set(runs.map(({ model }) => model))).toContain("VORON");
    expect(new Set(runs.map(({ fault }) => fault?.size))).toEqual(new Set([1, 0.5]));
    expect(runs.every(({ fault, hours }) => fault !== undefined && hours * 3_600 > fault.atS)).toBe(true);
  });
  it("leaves wear over weeks out when told to", () => {
    const hours = (slow: boolean): number =>
      Math.max(...FAULTS.flatMap((fault) => faultRuns(fault, { ...EXTENT, slow })).map((run) => run.hours));
    expect(hours(true)).toBeGreaterThan(200);
    expect(hours(false)).toBeLessThan(100);
  });
  it("runs healthy machines of each model, and every condition that must not alert", () => {
    const conditions = FAULTS.filter(({ mustNotAlert }) => mustNotAlert === true);
    const runs = healthyRuns(conditions, EXTENT);
    // two seeds each, and the Klipper machine at its own pace too
    expect(runs.filter(({ fault }) => fault === undefined)).toHaveLength(6);
    expect(new Set(runs.flatMap(({ fault }) => fault?.name ?? []))).toEqual(new Set(conditions.map(({ name }) => name)));
  });
});

const said = (atS: number, more: Partial<Said> = {}): Said => ({
  detector: "fan-stalled",
  code: FAN,
  status: "fail",
  atS,
  says: undefined,
  ...more,
});
const run = (atS?: number): Run => ({
  model: "VORON",
  seed: 1,
  hours: 2,
  stepS: 1,
  ...(atS !== undefined && { fault: { name: "hotend-fan-stall", size: 1, atS } }),
});
const outcome = (at: number | undefined, fails: readonly Said[], vendorAtS?: number): Outcome => ({
  run: run(at),
  played: { printHours: 2, samples: 7_200, vendorAtS },
  fails,
  tests: [{ detector: "fan-stalled", steps: 100, untested: 25 }],
});

describe("how it counts", () => {
  it.each<[string, readonly Outcome[], number, number | undefined, number | undefined]>([
    ["the first word after the onset counts", [outcome(100, [said(103), said(110)])], 1, 3, undefined],
    ["a word before the onset finds nothing", [outcome(100, [said(90)])], 0, undefined, undefined],
    ["another code finds nothing", [outcome(100, [said(103, { code: parseCode("0300-0300-0002-0002") })])], 0, undefined, undefined],
    ["the printer's own word is timed beside it", [outcome(100, [said(103)], 108), outcome(100, [said(105)], 110)], 2, 3, 8],
  ])("%s", (_name, outcomes, hits, p50, vendorP50) => {
    const score = scoreFault({ fault: "f", firmware: "klipper", size: 1, visibleS: undefined }, outcomes, [FAN]);
    expect([score.found.hits, score.delay.p50, score.vendorDelay.p50]).toEqual([hits, p50, vendorP50]);
  });
  it("calls false what a healthy machine or one before its fault raised, but not what the printer said itself", () => {
    const outcomes = [outcome(undefined, [said(5), said(6, { detector: "native" })]), outcome(100, [said(50), said(120)])];
    expect(falseAlerts(outcomes, ({ fault }) => fault === undefined).map((one) => one.said.atS)).toEqual([5, 50]);
  });
  it("gives false alerts per thousand hours and the share of time without a test", () => {
    const healthy = [outcome(undefined, [said(5)]), outcome(undefined, [])];
    const score = scoreDetector({ detector: "fan-stalled", codes: [FAN] }, [], healthy, ({ fault }) => fault === undefined);
    expect([score.falsePer1000h, score.untestedPct]).toEqual([250, 25]);
  });
  it.each([
    [[], 0.5, undefined],
    [[4], 0.95, 4],
    [[1, 2, 3, 4], 0.5, 2],
    [[1, 2, 3, 4], 0.95, 4],
  ])("quantile of %j at %d", (values, share, expected) => expect(quantile(values, share)).toBe(expected));
});

describe("other settings", () => {
  it("stay within the bounds of each parameter, the default among them", () => {
    for (const detector of detectors) {
      for (const { param, value, values } of variantsOf(detector)) {
        const bounds = detector.params[param];
        expect(value >= (bounds?.min ?? Number.NaN) && value <= (bounds?.max ?? Number.NaN), `${detector.id} ${param}`).toBe(true);
        expect(values[param]).toBe(value);
      }
      const defaults = variantsOf(detector).filter(({ isDefault }) => isDefault);
      expect(defaults).toHaveLength(Object.keys(detector.params).length);
    }
  });
  it("become points: found among faulty runs, false among healthy hours", () => {
    const trial = { detector: "d", param: "p", value: 1, isDefault: true, falseAlerts: 0 };
    const points = pointsOf(
      [
        { ...trial, isFound: true },
        { ...trial, isFound: false },
        { ...trial, falseAlerts: 2 },
      ],
      500,
    );
    expect(points).toEqual([{ detector: "d", param: "p", value: 1, isDefault: true, foundPct: 50, falsePer1000h: 4 }]);
  });
});

describe("the page", () => {
  it.each([
    [undefined, "–"],
    [3.24, "3.2 s"],
    [600, "10 min"],
    [86_400, "24 h"],
    [864_000, "10 days"],
  ])("says %s seconds as %s", (seconds, text) => expect(span(seconds)).toBe(text));
  it("names what was missed and what was false, and says so when nothing was", () => {
    const figures = {
      seeds: "test",
      runs: 2,
      simulatedHours: 4,
      healthyPrintHours: 2,
      falsePer1000h: 500,
      fullSize: { hits: 1, of: 2 },
      detectors: [],
      faults: [],
      missed: ["belt-loose on VORON, seed 7"],
      falseAlerts: ["`wifi-weak` at 3 s"],
      roc: [],
      field: undefined,
    };
    const { markdown, charts } = report(figures);
    expect(markdown).toContain("belt-loose on VORON, seed 7");
    expect(markdown).toContain("500.00 (1 in 2 h)");
    expect([...charts.keys()].toSorted()).toEqual(["delay-bambu.svg", "delay-klipper.svg"]);
    expect(report({ ...figures, missed: [], falseAlerts: [] }).markdown).toContain("Nothing of full size was missed.");
  });
});

describe("a run of it", () => {
  let out = "";
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), "openhms-bench-"));
  });
  afterEach(() => rmSync(out, { recursive: true, force: true }));

  it("finds a stalled fan through threads, wire, reader and detectors, and writes its page, figures and charts", async () => {
    const lines: string[] = [];
    const steps: number[] = [];
    const deps = { print: (line: string) => void lines.push(line), progress: (done: number) => void steps.push(done) };
    const options = { seeds: "tuning", seedsPerFault: 1, sizes: [1], models: ["VORON"], healthyHours: 1, roc: true, slow: false } as const;
    await runBench({ ...options, only: "hotend-fan-stall", out }, deps);
    const figures = JSON.parse(readFileSync(join(out, "detectors.json"), "utf8")) as { faults: { found: unknown }[]; roc: unknown[] };
    expect(figures.faults[0]?.found).toEqual({ hits: 1, of: 1 });
    expect(figures.roc.length).toBeGreaterThan(5);
    expect(readFileSync(join(out, "detectors.md"), "utf8")).toContain("| hotend-fan-stall | klipper | 100.0 % of 1");
    expect(readFileSync(join(out, "charts", "delay-klipper.svg"), "utf8")).toMatch(/^<svg /);
    expect(steps.at(-1)).toBe(steps.length);
    expect(lines.at(-1)).toMatch(/^\{"summary":/);
  }, 60_000);
});

describe("a scenario", () => {
  const printer = { name: "Ender", model: "ENDER", seed: 22, start: "printing" } as const;
  const stall = { index: 0, fault: "part-fan-stall", atS: 20, lastsS: 60 };
  const expected = { index: 0, code: parseCode("0300-0400-0002-0001"), withinS: 40 };

  it("is held against what it expects", () => {
    const lines: string[] = [];
    const story = { visits: [stall], later: "nothing" } as const;
    const scenario = { printers: [printer], story, expects: [expected, { ...expected, withinS: 10 }] };
    const result = checkScenario(
      scenario,
      () => undefined,
      (line) => void lines.push(line),
    );
    expect(result).toEqual({ met: 1, missed: ["0300-0400-0002-0001 on Ender within 10 s"], falseAlerts: [] });
    expect(lines.join("\n")).toContain('"code":"0300-0400-0002-0001","status":"fail","detector":"fan-stalled"');
  });
  it("of healthy conditions must be silent", () => {
    const story = { visits: [{ index: 0, fault: "door-open", atS: 20, lastsS: 60 }], later: "nothing" } as const;
    expect(
      checkScenario(
        { printers: [printer], story, expects: [] },
        () => undefined,
        () => undefined,
      ).falseAlerts,
    ).toEqual([]);
  });
});
