/**
 * A controller that swings: the temperature goes over and under its target again and again, further than a good one lets it. Half swings
 * are judged by their mean distance (Hägglund); those that a fan or a new target caused do not count.
 */
import { leak } from "../lib/statistics.ts";
import type { HmsCode } from "../model/code.ts";
import { type HeaterPart, HEATERS } from "../model/machine-parts.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { isFresh, isTooEarly, type Looked, standing, type Test, watch, watchedS } from "./detector.ts";

/** Of their swings; more looks would tell no more. */
const LOOK_EVERY_MS: Readonly<Record<HeaterPart["name"], number>> = { nozzle: 900, leftNozzle: 900, bed: 1_900, chamber: 4_900 };

interface Swing extends Looked {
  readonly targetC: number;
  readonly isReached: boolean;
  /** Over or under the target, once it was beyond the dead band. */
  readonly side: -1 | 0 | 1;
  readonly areaCs: number;
  readonly halfS: number;
  /** Something else moved it during this half swing. */
  readonly isExcused: boolean;
  readonly partFanPct: number;
  /** Bad half swings that are remembered; they leak away. */
  readonly swings: number;
}

const STILL: Swing = {
  status: "not_tested",
  targetC: 0,
  isReached: false,
  side: 0,
  areaCs: 0,
  halfS: 0,
  isExcused: false,
  partFanPct: 0,
  swings: 0,
};

/** Nearer to the target than this is on no side: noise, and whole degrees. */
const DEAD_BAND_C = 0.6;
/** Longer ones are drift, not a swing. */
const LONGEST_HALF_S: Readonly<Record<HeaterPart["name"], number>> = { nozzle: 90, leftNozzle: 90, bed: 400, chamber: 1_800 };
const FAN_STEP_PCT = 15;

function sideOf(errorC: number, before: Swing["side"]): Swing["side"] {
  if (errorC > DEAD_BAND_C) return 1;
  return errorC < -DEAD_BAND_C ? -1 : before;
}

/** One look while the target stands and was reached. */
function follow(state: Swing, part: HeaterPart, snapshot: Snapshot, errorC: number, seconds: number, limitC: number): Swing {
  const partFanPct = snapshot.partFanPct ?? 0;
  const isDisturbed = Math.abs(partFanPct - state.partFanPct) > FAN_STEP_PCT || snapshot.doorOpen === true;
  const side = sideOf(errorC, state.side);
  const longestS = LONGEST_HALF_S[part.name];
  const swings = leak(state.swings, seconds, 1 / longestS);
  const moving = { ...state, partFanPct };
  if (side === state.side || state.side === 0) {
    const isExcused = state.isExcused || isDisturbed;
    return { ...moving, side, areaCs: state.areaCs + Math.abs(errorC) * seconds, halfS: state.halfS + seconds, isExcused, swings };
  }
  const isBad = !state.isExcused && state.halfS >= 2 && state.halfS <= longestS && state.areaCs / state.halfS > limitC;
  return {
    ...moving,
    side,
    areaCs: Math.abs(errorC) * seconds,
    halfS: seconds,
    isExcused: isDisturbed,
    swings: isBad ? swings + 1 : swings,
  };
}

export const pidOscillation = watch({
  id: "pid-oscillation",
  about: "Tells when a temperature swings around its target again and again: the controller needs tuning.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0003-E107` as HmsCode,
  params: {
    nozzleC: { default: 1.5, min: 0.5, max: 20, unit: "°C", about: "mean distance from the target in a half swing of a nozzle" },
    bedC: {
      default: 2.2,
      min: 0.5,
      max: 20,
      unit: "°C",
      about: "the same of a bed or a chamber; a plain switch swings by 2 °C and is meant to",
    },
    halves: { default: 6, min: 4, max: 40, unit: "", about: "so many half swings count" },
  },
  start: STILL,
  restore: ({ status }) => ({ ...STILL, status }),
  test: (state, part, snapshot, params, now): Test<Swing> => {
    const isRunning = isFresh(snapshot, now) && (snapshot.hostState ?? "ready") === "ready";
    if (isRunning && isTooEarly(state, snapshot, LOOK_EVERY_MS[part.name])) return standing(state);
    const tempC = snapshot[part.temp];
    const targetC = snapshot[part.target];
    if (!isRunning || tempC === undefined || targetC === undefined || targetC <= 0)
      return standing(state.targetC === 0 && state.status === "not_tested" ? state : STILL);
    const at = snapshot.at ?? now;
    const errorC = tempC - targetC;
    const seconds = watchedS(state.at, at);
    const isSame = state.targetC === targetC && seconds > 0;
    if (!isSame || !state.isReached) {
      const isReached = isSame && Math.abs(errorC) <= DEAD_BAND_C;
      // the overshoot of a heat-up is no half swing to count
      const partFanPct = snapshot.partFanPct ?? 0;
      return standing({
        ...STILL,
        status: state.status,
        at,
        targetC,
        isReached,
        isExcused: true,
        partFanPct,
        swings: isSame ? state.swings : 0,
      });
    }
    const limitC = part.name === "bed" || part.name === "chamber" ? params.bedC : params.nozzleC;
    const next: Swing = { ...follow(state, part, snapshot, errorC, seconds, limitC), at };
    if (next.swings < params.halves - 1) {
      return standing({ ...next, status: state.status === "fail" && next.swings > 0 ? "fail" : "pass" });
    }
    if (state.status === "fail") return standing({ ...next, swings: Math.min(next.swings, params.halves) });
    return {
      state: { ...next, status: "fail", swings: params.halves },
      answer: {
        status: "fail",
        value: Number((state.areaCs / Math.max(1, state.halfS)).toFixed(1)),
        limit: limitC,
        unit: "°C",
        confidence: 0.9,
        evidence: {
          says: `the ${part.label} swings around ${targetC} °C: half swings of ${Math.round(state.halfS)} s, ${(state.areaCs / Math.max(1, state.halfS)).toFixed(1)} °C off on average`,
        },
      },
    };
  },
});
