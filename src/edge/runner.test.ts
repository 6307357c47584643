/** One printer's detectors together: several of one code, those that a site switched off or tuned, over restarts. */
import { expect, test } from "vitest";
import { defineDetector, type Detector, type Param } from "../detectors/detector.ts";
import { silentLog } from "../lib/log.ts";
import { at } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { PrinterId, Readings } from "../model/telemetry.ts";
import { createRunner, type DetectorStates, type Runner } from "./runner.ts";
import type { Settings } from "./tuning.ts";

const FAN = "0300-0300-0001-0001" as HmsCode;

interface Said {
  readonly isSlow?: boolean;
}

/** The fan is slow below a limit that a site may set. */
const fanDetector = (id: string, codes: readonly HmsCode[], minPct: number) =>
  defineDetector<Said, { readonly minPct: Param }>({
    id,
    about: "",
    codes,
    params: { minPct: { default: minPct, min: 0, max: 100, unit: "%", about: "" } },
    initial: {},
    step: (state, { hotendFanPct }, params) => {
      if (hotendFanPct === undefined) return { state, findings: [] };
      const isSlow = hotendFanPct < params.minPct;
      return { state: { isSlow }, findings: isSlow === state.isSlow ? [] : [{ code: FAN, status: isSlow ? "fail" : "pass" }] };
    },
  });

const all = [fanDetector("stalled", [FAN], 10), fanDetector("slow", [FAN], 50)] as readonly Detector<unknown>[];
const OFF: Settings = new Map([["slow", { enabled: false, values: {} }]]);

function runnerOf(saved: DetectorStates = {}, settings: Settings = new Map(), detectors = all): Runner {
  return createRunner({ printer: "p1" as PrinterId, detectors, settings, saved, log: silentLog });
}

function hear(runner: Runner, readings: Readings): readonly string[] {
  runner.sample({ at: at(0), readings });
  return runner.step(at(0)).map(({ detector, finding }) => `${detector} ${finding.status}`);
}

const saved = (runner: Runner): DetectorStates => JSON.parse(JSON.stringify(runner.states())) as DetectorStates;

test("each says its own word, once, over restarts too", () => {
  const first = runnerOf();
  expect(hear(first, { hotendFanPct: 0 })).toEqual(["stalled fail", "slow fail"]);
  const second = runnerOf(saved(first));
  expect(hear(second, { hotendFanPct: 30 })).toEqual(["stalled pass"]);
  expect(hear(runnerOf(saved(second)), { hotendFanPct: 100 })).toEqual(["slow pass"]);
});

test("what one said alone that was switched off is taken back, once, even by an edge that ended before its first step", () => {
  const first = runnerOf();
  expect(hear(first, { hotendFanPct: 30 })).toEqual(["stalled pass", "slow fail"]);
  const second = runnerOf(saved(runnerOf(saved(first), OFF)), OFF);
  expect(hear(second, {})).toEqual(["slow pass"]);
  expect(hear(runnerOf(saved(second), OFF), {})).toEqual([]);
});

test("so is what a detector said that has no such code any more", () => {
  const first = runnerOf();
  hear(first, { hotendFanPct: 30 });
  const changed = [all[0], fanDetector("slow", ["0300-0300-0002-0002" as HmsCode], 50)] as readonly Detector<unknown>[];
  expect(hear(runnerOf(saved(first), new Map(), changed), {})).toEqual(["slow pass"]);
});

test("what the printer reports itself is taken back by the printer alone: a detector without a list of codes speaks of any", () => {
  const detectors = [fanDetector("native", [], 10)] as readonly Detector<unknown>[];
  const first = runnerOf({}, new Map(), detectors);
  expect(hear(first, { hotendFanPct: 0 })).toEqual(["native fail"]);
  expect(hear(runnerOf(saved(first), new Map(), detectors), {})).toEqual([]);
});

test("a detector runs with the numbers of its site, and with its defaults for the others", () => {
  const settings: Settings = new Map([["stalled", { values: { minPct: 40 } }]]);
  expect(hear(runnerOf({}, settings), { hotendFanPct: 30 })).toEqual(["stalled fail", "slow fail"]);
  expect(hear(runnerOf({}, settings), { hotendFanPct: 45 })).toEqual(["stalled pass", "slow fail"]);
});
