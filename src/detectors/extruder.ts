/**
 * The extruder's motor by the force it needs: near what makes it skip it loses steps. Single peaks are usual, so they fill a bucket
 * that leaks; a motor that pushes nothing cannot stall.
 */
import type { HmsCode } from "../model/code.ts";
import { leak } from "../lib/statistics.ts";
import type { Timestamp } from "../lib/time.ts";
import { type Answer, isFresh, NOT_TESTED, PASS, type Test, watch, watchedS } from "./detector.ts";

interface StallState {
  readonly level: number;
  /** The sample that was counted last: one sample is one event, however often it is looked at. */
  readonly at?: Timestamp;
  readonly calmS?: number;
  /** The highest load since it began to stall; only while it does. */
  readonly stallPct?: number;
}

const FREE: StallState = { level: 0 };
const MOST = 6;
/** A motor that skips at every corner rests between them. */
const CALM_S = 120;

function tellLoad(loadPct: number, limitPct: number): Answer {
  return {
    status: "fail",
    value: loadPct,
    limit: limitPct,
    unit: "%",
    confidence: 0.9,
    evidence: { says: `the extruder motor needs ${Math.round(loadPct)} % of the force that makes it skip, again and again` },
  };
}

export const extruderStall = watch({
  id: "extruder-stall",
  about: "The extruder's motor is loaded so much that it skips.",
  parts: [{ name: "extruder" }],
  reads: () => "extruderLoadPct",
  code: () => "0300-0900-0002-0001" as HmsCode,
  params: {
    loadPct: { default: 95, min: 40, max: 200, unit: "%", about: "load from which the motor is about to skip" },
    events: { default: 2, min: 1, max: 6, unit: "", about: "how full the bucket must be, in samples" },
    leakPerS: { default: 0.4, min: 0.05, max: 5, unit: "/s", about: "how fast the bucket leaks" },
  },
  start: FREE,
  restore: ({ stallPct }) => (stallPct === undefined ? FREE : { level: 0, stallPct }),
  test: (state, _part, snapshot, params, now): Test<StallState> => {
    const { extruderLoadPct: loadPct, extrusionMmS: speedMmS, at } = snapshot;
    if (loadPct === undefined || at === undefined || !isFresh(snapshot, now)) return { state, answer: NOT_TESTED };
    const { stallPct } = state;
    // it stands where the motor rests
    if (speedMmS !== undefined && speedMmS <= 0)
      return { state, answer: stallPct === undefined ? NOT_TESTED : tellLoad(stallPct, params.loadPct) };
    const isHigh = loadPct >= params.loadPct;
    const standing = stallPct === undefined ? PASS : tellLoad(stallPct, params.loadPct);
    if (state.at === at || (!isHigh && state.level === 0 && stallPct === undefined)) return { state, answer: standing };
    const seconds = watchedS(state.at, at);
    const level = Math.min(MOST, leak(state.level, seconds, params.leakPerS) + (isHigh ? 1 : 0));
    if (stallPct !== undefined) {
      const calmS = isHigh ? 0 : (state.calmS ?? 0) + seconds;
      if (calmS >= CALM_S) return { state: FREE, answer: PASS };
      return { state: { level, at, calmS, stallPct: Math.max(stallPct, loadPct) }, answer: standing };
    }
    if (level < params.events) return { state: level === 0 ? FREE : { level, at }, answer: standing };
    return { state: { level, at, stallPct: loadPct }, answer: tellLoad(loadPct, params.loadPct) };
  },
});
