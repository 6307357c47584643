/**
 * Wear of a fan's bearing, long before it fails: at the same duty it turns slower than in its first hours, and when it is switched off it
 * comes to rest sooner. Both are summed up against the first measurements of the same fan, so that only a lasting change counts.
 */
import { cusum, NO_SPREAD, sigma, type Spread, spread, theilSen } from "../lib/statistics.ts";
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { FANS } from "../model/machine-parts.ts";
import { type Answer, isFresh, type Looked, NOT_TESTED, PASS, standing, type Test, watch, watchedS } from "./detector.ts";

/** Readings at one duty under way to one measurement of a minute. */
interface Minute {
  readonly dutyPct: number;
  readonly nextAt: Timestamp;
  readonly n: number;
  readonly totalRpm: number;
}

/** A fan that was switched off and still turns. */
interface Coast {
  readonly at: Timestamp;
  /** Speed by time, rpm·s. */
  readonly sum: number;
}

interface Measured {
  readonly base: Spread;
  /** Summed-up change for the worse since. */
  readonly sum: number;
  readonly last: number;
}

interface WearState extends Looked {
  /** By duty, whole percent. */
  readonly speeds: Readonly<Record<string, Measured>>;
  readonly coasted?: Measured;
  /** Speeds as shares of those of the first hours. */
  readonly days: readonly { readonly day: number; readonly share: number; readonly n: number }[];
  readonly minute?: Minute;
  /** The latest reading at full duty. */
  readonly fullRpm?: number;
  readonly coast?: Coast;
}

const NEW: WearState = { status: "not_tested", speeds: {}, days: [] };
/** From here on it is full: nobody hears the difference. */
const FULL_PCT = 95;
/** Near the duty at which a fan just turns, its speed is luck. */
const LEAST_PCT = 15;
const MAX_DUTIES = 6;
const SETTLE_S = 15;
const READ_EVERY_S = 10;
const READINGS = 6;
const BASE_SPEEDS = 10;
const BASE_COASTS = 8;
const MAX_DAYS = 40;
const DAY_MS = 86_400_000;
const MAX_COAST_S = 60;
const MIN_RPM = 200;
/** Below this share it sticks, which is no matter of wear. */
const MIN_SHARE = 0.4;
/** In shares of the first speed: larger than voltage and weather make it, and how much of it in all. */
const SPEED_SLACK = 0.05;
/** Below this duty, weather and grease make more of a difference. */
const WEAK_PCT = 50;
const WEAK_SLACK = 0.12;
const SPEED_LIMIT = 0.3;
const MOST_A_MINUTE = 0.06;
/** In standard deviations of the first coasts; there are few, so the limit is high. */
const COAST_SLACK = 0.75;
const COAST_LIMIT = 12;
/** Below this share of a limit an alert is over, so that a fan at the limit is one alert. */
const EASED = 0.3;
/** A speed that other detectors tell as a fault of its own. */
const END_SHARE = 0.7;

function restored({ minute: _minute, coast: _coast, fullRpm: _fullRpm, ...kept }: WearState): WearState {
  return kept;
}

/** The first `needed` values are the baseline; those after it are summed up by what `badness` makes of them. */
function measured(before: Measured | undefined, value: number, needed: number, limit: number, badness: (base: Spread) => number): Measured {
  const { base, sum } = before ?? { base: NO_SPREAD, sum: 0 };
  if (base.n < needed) return { base: spread(base, value), sum: 0, last: value };
  // not far beyond the limit, so that a new fan is believed soon
  return { base, sum: Math.min(1.5 * limit, cusum(sum, badness(base), 0)), last: value };
}

const slackAt = (dutyPct: number): number => (dutyPct < WEAK_PCT ? WEAK_SLACK : SPEED_SLACK);

function withSpeed(state: WearState, dutyPct: number, rpm: number, now: Timestamp): WearState {
  const before = state.speeds[dutyPct];
  if (before === undefined && Object.keys(state.speeds).length >= MAX_DUTIES) return state;
  const isKnown = before !== undefined && before.base.n >= BASE_SPEEDS;
  if (rpm < (isKnown ? MIN_SHARE * before.base.mean : MIN_RPM)) return state;
  const slack = slackAt(dutyPct);
  const speed = measured(before, rpm, BASE_SPEEDS, SPEED_LIMIT, ({ mean }) => Math.min(MOST_A_MINUTE, 1 - rpm / mean - slack));
  return { ...state, speeds: { ...state.speeds, [dutyPct]: speed }, days: withDay(state, rpm / speed.base.mean, now) };
}

function withDay({ days }: WearState, share: number, now: Timestamp): WearState["days"] {
  const day = Math.floor(now / DAY_MS);
  const last = days.at(-1);
  const today = last?.day === day ? last : { day, share: 0, n: 0 };
  const earlier = last?.day === day ? days.slice(0, -1) : days;
  const n = Math.min(today.n + 1, 1_000);
  return [...earlier, { day, share: today.share + (share - today.share) / n, n }].slice(-MAX_DAYS);
}

function withCoast(state: WearState, coastS: number): WearState {
  const badness = (base: Spread): number => (base.mean - coastS) / Math.max(sigma(base), base.mean * 0.1) - COAST_SLACK;
  return { ...state, coasted: measured(state.coasted, coastS, BASE_COASTS, COAST_LIMIT, badness) };
}

function turning(state: WearState, dutyPct: number, rpm: number, now: Timestamp): WearState {
  const { minute } = state;
  const settledAt = (now + SETTLE_S * 1_000) as Timestamp;
  if (minute === undefined) return { ...restored(state), minute: { dutyPct, nextAt: settledAt, n: 0, totalRpm: 0 } };
  if (minute.dutyPct !== dutyPct) return { ...state, minute: { dutyPct, nextAt: settledAt, n: 0, totalRpm: 0 } };
  // switched on again while it still turned, or a reading long overdue: nobody knows what was between
  if (state.coast !== undefined || now - minute.nextAt > READ_EVERY_S * 1_000 || minute.nextAt - now > SETTLE_S * 1_000)
    return restored(state);
  if (now < minute.nextAt) return state;
  const n = minute.n + 1;
  const totalRpm = minute.totalRpm + rpm;
  const nextAt = (now + READ_EVERY_S * 1_000) as Timestamp;
  const full = dutyPct === 100 ? { fullRpm: rpm } : {};
  if (n < READINGS) return { ...state, ...full, minute: { dutyPct, nextAt, n, totalRpm } };
  return { ...withSpeed(state, dutyPct, totalRpm / n, now), ...full, minute: { dutyPct, nextAt, n: 0, totalRpm: 0 } };
}

function coasting(state: WearState, fullRpm: number, rpm: number, now: Timestamp): WearState {
  const { coast } = state;
  if (coast === undefined) return { ...state, coast: { at: now, sum: 0 } };
  const seconds = watchedS(coast.at, now, 3);
  const sum = coast.sum + rpm * seconds;
  if (seconds === 0 || sum > fullRpm * MAX_COAST_S) return restored(state);
  if (rpm > 0.05 * fullRpm) return { ...state, coast: { at: now, sum } };
  return restored(withCoast(state, sum / fullRpm));
}

function daysToLimit({ days }: WearState): number | undefined {
  const last = days.at(-1);
  const slope = days.length < 4 ? undefined : theilSen(days.map(({ day, share }) => ({ x: day, y: share })));
  if (last === undefined || slope === undefined || slope.perX >= 0) return undefined;
  return Math.max(0, Math.round((last.share - END_SHARE) / -slope.perX));
}

const thousands = (rpm: number): string => Math.round(rpm).toLocaleString("en");

function tellSpeed(state: WearState, dutyPct: number, { base, last }: Measured): Answer {
  const limit = base.mean * (1 - slackAt(dutyPct));
  const days = daysToLimit(state);
  const rest = days === undefined ? "" : `; about ${days} days until it is too slow`;
  const duty = dutyPct === 100 ? "full" : `${dutyPct} %`;
  return {
    status: "fail",
    value: Math.round(last),
    limit: Math.round(limit),
    unit: "rpm",
    confidence: 0.9,
    evidence: {
      says: `${thousands(last)} rpm at ${duty} duty, ${thousands(base.mean)} rpm in its first hours${rest}`,
      ...(days !== undefined && { daysToLimit: days }),
    },
  };
}

function tellCoast({ base, last }: Measured): Answer {
  return {
    status: "fail",
    value: last,
    limit: base.mean,
    unit: "s",
    confidence: 0.8,
    evidence: { says: `comes to rest in ${last.toFixed(1)} s after it is switched off, ${base.mean.toFixed(1)} s in its first hours` },
  };
}

function judge(state: WearState): Answer {
  const { speeds, coasted, status } = state;
  const share = status === "fail" ? EASED : 1;
  let isKnown = coasted !== undefined && coasted.base.n >= BASE_COASTS;
  for (const dutyPct in speeds) {
    const speed = speeds[dutyPct];
    if (speed === undefined || speed.base.n < BASE_SPEEDS) continue;
    if (speed.sum >= share * SPEED_LIMIT) return tellSpeed(state, Number(dutyPct), speed);
    isKnown = true;
  }
  if (coasted !== undefined && coasted.sum >= share * COAST_LIMIT) return tellCoast(coasted);
  return isKnown ? PASS : NOT_TESTED;
}

function judged(state: WearState): Test<WearState> {
  const answer = judge(state);
  return { state: answer.status === state.status ? state : { ...state, status: answer.status }, answer };
}

export const fanWear = watch({
  id: "fan-wear",
  about: "The bearing of a fan wears: slower at the same duty, sooner at rest than in its first hours, by its tachometer.",
  parts: FANS,
  reads: ({ rpm }) => rpm,
  code: ({ prefix }) => `${prefix}-0003-E102` as HmsCode,
  params: {},
  start: NEW,
  restore: restored,
  test: (state, part, snapshot, _params, now): Test<WearState> => {
    const rpm = snapshot[part.rpm];
    const dutyPct = snapshot[part.duty];
    if (rpm === undefined || dutyPct === undefined) return { state, answer: NOT_TESTED };
    let next = state;
    if (!isFresh(snapshot, now)) next = state.minute === undefined && state.coast === undefined ? state : restored(state);
    else if (dutyPct >= LEAST_PCT) next = turning(state, dutyPct >= FULL_PCT ? 100 : Math.round(dutyPct), rpm, now);
    else if (dutyPct === 0 && state.fullRpm !== undefined && state.fullRpm > MIN_RPM) next = coasting(state, state.fullRpm, rpm, now);
    else if (state.minute !== undefined) next = restored(state);
    return next.speeds === state.speeds && next.coasted === state.coasted ? standing(next) : judged(next);
  },
});
