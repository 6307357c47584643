/**
 * The power that holding a temperature costs, over days. It is compared like with like: same fan, same kind of target, printing or not. What
 * a day shows is the median of its quarter hours, so that an open window for an evening is not an old heater.
 */
import { median, theilSen } from "../lib/statistics.ts";
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { type HeaterPart, HEATERS } from "../model/machine-parts.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { isFresh, isTooEarly, type Looked, standing, type Test, watch, watchedS } from "./detector.ts";

interface Baseline {
  readonly n: number;
  readonly mean: number;
}

interface Holding extends Looked {
  /** Power per degree above the room, by circumstances. */
  readonly baselines: Readonly<Record<string, Baseline>>;
  /** Time at one target without a change of circumstances. */
  readonly heldS: number;
  readonly circumstances: string;
  readonly sum: number;
  readonly sumS: number;
  readonly day: number;
  /** Blocks of this day against their baseline, and medians of the days before. */
  readonly blocks: readonly number[];
  readonly days: readonly { readonly x: number; readonly y: number }[];
  /** What the last block took of its full power. */
  readonly holdPct?: number;
}

const FIRST: Holding = {
  status: "not_tested",
  baselines: {},
  heldS: 0,
  circumstances: "",
  sum: 0,
  sumS: 0,
  day: 0,
  blocks: [],
  days: [],
};
const LOOK_EVERY_MS = 5_000;
const DAY_MS = 86_400_000;
/** After a change heat flows for a while before power means holding. */
const SETTLE_S = 180;
const BLOCK_S = 900;
const LEARN_BLOCKS = 6;
const MAX_BLOCKS = 32;
const MAX_DAYS = 30;
const MAX_CIRCUMSTANCES = 24;
/** Days that are looked at together. */
const RECENT_DAYS = 3;
const MAX_FORECAST_DAYS = 365;
const ROOM_C = 25;
const NEAR_C = 3;

/** What power may be compared with: the fan in thirds, targets in steps, printing or not. */
function circumstancesOf(part: HeaterPart, snapshot: Snapshot, targetC: number): string {
  const fan = part.name === "bed" ? 0 : Math.round((snapshot.partFanPct ?? 0) / 33);
  return `${Math.round(targetC / 20)}/${fan}/${snapshot.state === "printing" ? "printing" : "still"}`;
}

/** A block of steady holding is over: into the baseline, or against it. */
function blockDone(state: Holding): Holding {
  const cost = state.sum / state.sumS;
  const next: Holding = { ...state, sum: 0, sumS: 0 };
  const known = state.baselines[state.circumstances];
  if (known !== undefined && known.n >= LEARN_BLOCKS) return { ...next, blocks: [...state.blocks, cost / known.mean].slice(-MAX_BLOCKS) };
  if (known === undefined && Object.keys(state.baselines).length >= MAX_CIRCUMSTANCES) return next;
  const n = (known?.n ?? 0) + 1;
  const mean = (known?.mean ?? 0) + (cost - (known?.mean ?? 0)) / n;
  return { ...next, baselines: { ...state.baselines, [state.circumstances]: { n, mean } } };
}

function dayDone(state: Holding, day: number): Holding {
  const middle = median(state.blocks);
  if (middle === undefined) return { ...state, day };
  return { ...state, day, blocks: [], days: [...state.days, { x: state.day, y: middle }].slice(-MAX_DAYS) };
}

/** Until holding takes full power, if it goes on like this; undefined where that is nowhere near. */
function daysToLimit({ holdPct = 0 }: Holding, middle: number, perDay: number): number | undefined {
  if (holdPct <= 0 || perDay <= 0) return undefined;
  const days = Math.max(0, Math.round((middle * (100 / holdPct - 1)) / perDay));
  return days > MAX_FORECAST_DAYS ? undefined : days;
}

function judged(state: Holding, part: HeaterPart, limitPct: number): Test<Holding> {
  const recent = state.days.slice(-RECENT_DAYS).map(({ y }) => y);
  const middle = median(recent);
  if (middle === undefined || recent.length < RECENT_DAYS) return standing(state);
  const morePct = (middle - 1) * 100;
  if (morePct <= limitPct) return standing({ ...state, status: "pass" });
  const trend = theilSen(state.days);
  const perWeek = trend === undefined ? "" : `, changing by ${(trend.perX * 700).toFixed(1)} % a week`;
  const days = daysToLimit(state, middle, trend?.perX ?? 0);
  const rest = days === undefined ? "" : `; about ${days} days until it takes all its power`;
  return {
    state: { ...state, status: "fail" },
    answer: {
      status: "fail",
      value: Math.round(morePct),
      limit: limitPct,
      unit: "%",
      confidence: 0.85,
      evidence: {
        says: `holding a temperature costs the ${part.label} ${Math.round(morePct)} % more power than when it was learned${perWeek}${rest}`,
        ...(days !== undefined && { daysToLimit: days }),
      },
    },
  };
}

function interrupted(state: Holding): Holding {
  return state.heldS === 0 && state.sumS === 0 ? state : { ...state, heldS: 0, sum: 0, sumS: 0 };
}

export const heaterAgeing = watch({
  id: "heater-ageing",
  about: "Tells when holding a temperature has come to cost more power, day after day: the heater or its insulation wears.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0003-E108` as HmsCode,
  params: {
    morePct: { default: 15, min: 5, max: 100, unit: "%", about: "how much more power the median of three days may take" },
  },
  start: FIRST,
  restore: (saved) => {
    const { at: _old, ...kept } = interrupted(saved);
    return kept;
  },
  test: (state, part, snapshot, { morePct }, now): Test<Holding> => {
    if (isTooEarly(state, snapshot, LOOK_EVERY_MS)) return standing(state);
    const tempC = snapshot[part.temp];
    const targetC = snapshot[part.target];
    const dutyPct = snapshot[part.duty];
    if (tempC === undefined || targetC === undefined || dutyPct === undefined) return standing(state);
    const at = snapshot.at ?? now;
    const isHolding =
      targetC > 0 && Math.abs(tempC - targetC) <= NEAR_C && isFresh(snapshot, now) && (snapshot.hostState ?? "ready") === "ready";
    const seconds = watchedS(state.at, at);
    if (!isHolding || seconds === 0) return standing(isHolding ? { ...interrupted(state), at } : interrupted(state));
    return held(state, part, snapshot, { at, seconds, targetC, dutyPct, morePct });
  },
});

interface Hold {
  readonly at: Timestamp;
  readonly seconds: number;
  readonly targetC: number;
  readonly dutyPct: number;
  readonly morePct: number;
}

/** One look while the target is held. */
function held(state: Holding, part: HeaterPart, snapshot: Snapshot, { at, seconds, targetC, dutyPct, morePct }: Hold): Test<Holding> {
  const circumstances = circumstancesOf(part, snapshot, targetC);
  if (circumstances !== state.circumstances) return standing({ ...interrupted(state), at, circumstances });
  const heldS = Math.min(state.heldS + seconds, SETTLE_S);
  if (heldS < SETTLE_S) return standing({ ...state, at, heldS });
  const roomC = part.name === "chamber" ? ROOM_C : (snapshot.chamberTempC ?? ROOM_C);
  const aboveC = Math.max(10, targetC - roomC);
  const sum = state.sum + (dutyPct / aboveC) * seconds;
  const sumS = state.sumS + seconds;
  const steady: Holding = { ...state, at, heldS, sum, sumS, ...(sumS >= BLOCK_S && { holdPct: (sum / sumS) * aboveC }) };
  if (steady.sumS < BLOCK_S) return standing(steady);
  const day = Math.floor(at / DAY_MS);
  return judged(blockDone(state.day === day ? steady : dayDone(steady, day)), part, morePct);
}
