/**
 * Fans by their tachometer: one that stands still though it is asked to turn, and one that turns far slower than it used to. A fan takes
 * time to follow its duty, so its speed is held against the lowest duty of the last seconds, and the level learned there or below it.
 * A tachometer that does not follow the duty proves nothing: it never gives a pass.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { FANS, type FanPart } from "../model/machine-parts.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { type Answer, isFresh, NOT_TESTED, PASS, type Test, watch, watchedS } from "./detector.ts";

/** Lower than anything, and plain JSON. */
const UNSEEN = -1e9;

/** The lowest of the last seconds: falls at once, rises when everything since was higher. */
interface Floor {
  readonly level: number;
  readonly risingAt?: Timestamp;
  readonly risingTo?: number;
}

function floorOf(before: Floor | undefined, value: number, now: Timestamp, lagS: number): Floor {
  if (before === undefined) return { level: UNSEEN, risingAt: now, risingTo: value };
  if (value <= before.level) return value === before.level && before.risingAt === undefined ? before : { level: value };
  const { risingAt, risingTo = value } = before;
  if (risingAt === undefined || risingAt > now) return { level: before.level, risingAt: now, risingTo: value };
  const lowest = Math.min(risingTo, value);
  if (now - risingAt < lagS * 1_000) return lowest === risingTo ? before : { ...before, risingTo: lowest };
  return value > lowest ? { level: lowest, risingAt: now, risingTo: value } : { level: lowest };
}

/** What is known of the speed at about one duty. */
interface Learned {
  /** The highest duty that went into it: a higher one must be at least as fast. */
  readonly dutyPct: number;
  readonly rpm: number;
  readonly n: number;
}

interface FanState {
  /** By tens of percent of duty. */
  readonly learned: readonly (Learned | null)[];
  /** What the tachometer says of the fan when it is off. */
  readonly idleRpm?: number;
  /** The duty that the fan has had time to reach. */
  readonly reached?: Floor;
  /** The negative of the duty that it may still be coasting down from. */
  readonly coasting?: Floor;
  readonly learnedAt?: Timestamp;
  readonly lastRpm?: number;
  /** Seconds of doubt; only while there is some. */
  readonly lowS?: number;
  readonly at?: Timestamp;
  readonly isLow?: boolean;
}

const UNKNOWN: FanState = { learned: [] };
const STEPS = 10;
const ENOUGH = 3;
/** Near the duty at which a fan just turns, a fan that coasts must not be taken for one that runs. */
const LOW_DUTY_PCT = 25;
const ENOUGH_LOW = 15;
const SURE = 30;
/** Then the level stands for good: a baseline that follows the fan would follow its decay. */
const FINAL = 300;
const LEARN_EVERY_S = 2;
const COAST_S = 15;
const TURNING_RPM = 200;
/** A tachometer picks up noise; no fan of a printer turns faster. */
const MAX_RPM = 30_000;

function restored({ learned, idleRpm, isLow }: FanState): FanState {
  return { learned, ...(idleRpm !== undefined && { idleRpm }), ...(isLow === true && { isLow }) };
}

function isKnown(one: Learned | null | undefined): one is Learned {
  return one !== null && one !== undefined && one.n >= (one.dutyPct < LOW_DUTY_PCT ? ENOUGH_LOW : ENOUGH);
}

/** The speed that is the least to expect: that of the nearest duty below, and never more than was seen at any duty above. */
function expectedRpm(learned: FanState["learned"], dutyPct: number): number | undefined {
  let least: number | undefined;
  for (let i = Math.min(STEPS, Math.floor(dutyPct / STEPS)); i >= 0 && least === undefined; i--) {
    const one = learned[i];
    if (isKnown(one) && one.dutyPct <= dutyPct + 0.5) least = one.rpm;
  }
  if (least === undefined) return undefined;
  for (const one of learned) if (isKnown(one) && one.dutyPct > dutyPct && one.rpm < least) least = one.rpm;
  return least;
}

/** Learns from a fan that has settled; keeps the state as it is when there is nothing to learn. */
function learn(state: FanState, dutyPct: number, rpm: number, now: Timestamp): FanState {
  const { learned, reached, coasting, learnedAt } = state;
  const hasReached = dutyPct - (reached?.level ?? UNSEEN) <= 1;
  // at full duty there is nothing to coast down from
  if (!hasReached || (dutyPct < 99 && -(coasting?.level ?? UNSEEN) - dutyPct > 1)) return state;
  if (dutyPct === 0) return state.idleRpm === rpm ? state : { ...state, idleRpm: rpm };
  const step = Math.floor(dutyPct / STEPS);
  const before = learned[step] ?? undefined;
  if (rpm < TURNING_RPM || rpm > MAX_RPM || (before && before.n >= FINAL)) return state;
  const isNew = rpm !== state.lastRpm || learnedAt === undefined || now - learnedAt >= LEARN_EVERY_S * 1_000;
  const share = before === undefined ? 1 : rpm / before.rpm;
  if (!isNew || (share < 0.75 && before && before.n >= ENOUGH)) return state;
  // two that differ so much were not of a fan at its speed; one that can do more later was still speeding up
  const kept = before && share >= 0.75 && (share <= 1.25 || before.n >= SURE) ? before : { dutyPct, rpm, n: 0 };
  if (rpm > 1.25 * kept.rpm) return state;
  const n = kept.n + 1;
  const next = Array.from({ length: STEPS + 1 }, (_, i) => learned[i] ?? null);
  next[step] = { dutyPct: Math.max(dutyPct, kept.dutyPct), rpm: kept.rpm + (rpm - kept.rpm) / n, n };
  return { ...state, learned: next, learnedAt: now, lastRpm: rpm };
}

/** A tachometer that says much the same of a fan that is off, or that never said so much before, is not believed when it says all is well. */
function isBelieved(state: FanState, dutyPct: number, rpm: number): boolean {
  if (state.idleRpm !== undefined && state.idleRpm > TURNING_RPM && state.idleRpm > 0.7 * rpm) return false;
  const here = state.learned[Math.floor(dutyPct / STEPS)];
  return !isKnown(here) || state.reached?.level !== dutyPct || rpm < 1.5 * here.rpm;
}

function followed(state: FanState, dutyPct: number, now: Timestamp, spinUpS: number): FanState {
  const reached = floorOf(state.reached, dutyPct, now, spinUpS);
  const coasting = floorOf(state.coasting, -dutyPct, now, COAST_S);
  return reached === state.reached && coasting === state.coasting ? state : { ...state, reached, coasting };
}

interface Doubt {
  readonly isLow: boolean;
  readonly isWell: boolean;
  readonly holdS: number;
  /** Longer than a fan that sticks now and then turns between. */
  readonly clearS: number;
  /** The answer when it is low for long enough. */
  readonly fail: (forS: number) => Answer;
}

/** Of the seconds in doubt so many are taken back for each that is well: a fan that sticks again and again adds up to a slow one. */
const LEAK = 0.25;

/**
 * Counts the seconds for which it is low, and while it has failed those for which it is well again without a break. In doubt it says
 * nothing.
 */
function judged(state: FanState, { isLow, isWell, holdS, clearS, fail }: Doubt, now: Timestamp, pass: Answer): Test<FanState> {
  const wasLow = state.isLow === true;
  const isAgainst = wasLow ? isWell : isLow;
  if (!isAgainst) {
    const answer = wasLow ? fail(holdS) : pass;
    const doubtS = wasLow ? 0 : (state.lowS ?? 0) - LEAK * watchedS(state.at, now);
    return { state: doubtS > 0 ? { ...state, lowS: doubtS, at: now } : calmed(state), answer };
  }
  const forS = (state.lowS ?? 0) + watchedS(state.at, now);
  if (forS < (wasLow ? clearS : holdS)) return { state: { ...state, lowS: forS, at: now }, answer: wasLow ? fail(holdS) : NOT_TESTED };
  const { at: _at, lowS: _lowS, isLow: _isLow, ...rest } = state;
  return wasLow ? { state: rest, answer: pass } : { state: { ...rest, isLow: true }, answer: fail(forS) };
}

function untested(state: FanState): Test<FanState> {
  const isAtRest = state.reached === undefined && state.at === undefined;
  return { state: isAtRest ? state : restored(state), answer: NOT_TESTED };
}

const rounded = (rpm: number): string => Math.round(rpm).toLocaleString("en");

function tellRpm(rpm: number, limitRpm: number, forS: number, dutyPct: number, learnedRpm: number | undefined): Answer {
  const learned = learnedRpm === undefined ? "" : `, learned ${rounded(learnedRpm)} rpm`;
  return {
    status: "fail",
    value: Math.round(rpm),
    limit: Math.round(limitRpm),
    unit: "rpm",
    confidence: learnedRpm === undefined ? 0.9 : 0.98,
    evidence: {
      says: `tach ${rounded(rpm)} rpm for ${forS.toFixed(1)} s at duty ${Math.round(dutyPct)} %${learned}`,
      dutyPct,
      ...(learnedRpm !== undefined && { learnedRpm: Math.round(learnedRpm) }),
    },
  };
}

/** What both questions start with: the state that has followed and learned, and the speeds to compare; undefined without a question. */
interface Seen {
  readonly state: FanState;
  /** Of the sample: silence counts for nothing. */
  readonly at: Timestamp;
  readonly rpm: number;
  readonly dutyPct: number;
  readonly reachedPct: number;
  readonly learnedRpm: number | undefined;
}

interface SeenParams {
  readonly spinUpS: number;
  readonly minDutyPct: number;
}

function seen(before: FanState, part: FanPart, snapshot: Snapshot, now: Timestamp, { spinUpS, minDutyPct }: SeenParams): Seen | undefined {
  const rpm = snapshot[part.rpm];
  const dutyPct = snapshot[part.duty];
  const { at } = snapshot;
  if (rpm === undefined || dutyPct === undefined || at === undefined || !isFresh(snapshot, now)) return undefined;
  const state = learn(followed(before, dutyPct, at, spinUpS), dutyPct, rpm, at);
  const reachedPct = state.reached?.level ?? 0;
  return {
    state,
    at,
    rpm,
    dutyPct,
    reachedPct,
    learnedRpm: reachedPct < minDutyPct ? undefined : expectedRpm(state.learned, reachedPct),
  };
}

const STALL_CODES: Readonly<Record<FanPart["name"], string>> = {
  hotend: "0300-0300-0001-0001",
  part: "0300-0400-0002-0001",
  aux: "0300-3200-0001-0001",
  chamber: "0300-3300-0001-0001",
  controller: "0300-3500-0001-0001",
};

export const fanStalled = watch({
  id: "fan-stalled",
  about: "A fan does not turn though it is asked to, by its tachometer.",
  parts: FANS,
  reads: ({ rpm }) => rpm,
  code: ({ name }) => STALL_CODES[name] as HmsCode,
  params: {
    share: { default: 0.15, min: 0.02, max: 0.5, unit: "", about: "a fan below this share of its learned speed stands still" },
    stallS: { default: 1.25, min: 0.5, max: 30, unit: "s", about: "how long it must stand still; more than one reading of a tachometer" },
    clearS: { default: 10, min: 1, max: 600, unit: "s", about: "how long it must turn well again" },
    spinUpS: { default: 3, min: 1, max: 30, unit: "s", about: "time to start turning after the duty rose" },
    minDutyPct: { default: 15, min: 5, max: 100, unit: "%", about: "lowest duty at which a fan that was seen to turn there must turn" },
    unlearnedDutyPct: { default: 50, min: 20, max: 100, unit: "%", about: "duty from which a fan must turn that nobody has seen turn yet" },
  },
  start: UNKNOWN,
  restore: restored,
  test: (before, part, snapshot, params, now) => {
    const look = seen(before, part, snapshot, now, params);
    if (look === undefined) return untested(before);
    const { state, at, rpm, dutyPct, reachedPct, learnedRpm } = look;
    if (learnedRpm === undefined && reachedPct < params.unlearnedDutyPct) return { state: calmed(state), answer: NOT_TESTED };
    const limitRpm = learnedRpm === undefined ? TURNING_RPM : learnedRpm * params.share;
    return judged(
      state,
      {
        isLow: rpm < limitRpm,
        isWell: rpm >= 1.5 * limitRpm,
        holdS: params.stallS,
        clearS: params.clearS,
        fail: (forS) => tellRpm(rpm, limitRpm, forS, dutyPct, learnedRpm),
      },
      at,
      isBelieved(state, dutyPct, rpm) ? PASS : NOT_TESTED,
    );
  },
});

/** A question that cannot be asked now forgets its seconds of doubt, not what it found. */
function calmed(state: FanState): FanState {
  if (state.at === undefined) return state;
  const { at: _at, lowS: _lowS, ...calm } = state;
  return calm;
}

const SLOW_CODES: Readonly<Record<FanPart["name"], string>> = {
  hotend: "0300-0300-0002-0002",
  part: "0300-3100-0002-0002",
  aux: "0300-3200-0002-0002",
  chamber: "0300-3300-0002-0002",
  controller: "0300-3500-0002-0002",
};

export const fanSlow = watch({
  id: "fan-slow",
  about: "A fan turns far slower than it was learned to at the same duty.",
  parts: FANS,
  reads: ({ rpm }) => rpm,
  code: ({ name }) => SLOW_CODES[name] as HmsCode,
  params: {
    share: { default: 0.75, min: 0.3, max: 0.95, unit: "", about: "share of the learned speed below which a fan is slow" },
    stalledShare: { default: 0.15, min: 0.02, max: 0.5, unit: "", about: "below this share it stands still, which another detector tells" },
    minDutyPct: { default: 30, min: 5, max: 100, unit: "%", about: "lowest duty at which speeds are compared; below, little changes much" },
    slowS: { default: 3, min: 1, max: 60, unit: "s", about: "how long it must be slow" },
    clearS: { default: 10, min: 1, max: 600, unit: "s", about: "how long it must turn well again" },
    spinUpS: { default: 3, min: 1, max: 60, unit: "s", about: "time to come near its speed after the duty rose" },
  },
  start: UNKNOWN,
  restore: restored,
  test: (before, part, snapshot, params, now) => {
    const look = seen(before, part, snapshot, now, params);
    if (look === undefined) return untested(before);
    const { state, at, rpm, dutyPct, learnedRpm } = look;
    if (learnedRpm === undefined) return { state: calmed(state), answer: NOT_TESTED };
    // one that stands still is not turning slowly, nor well
    if (rpm < learnedRpm * params.stalledShare && state.isLow !== true)
      return { state: state.at === undefined ? state : { ...state, at }, answer: NOT_TESTED };
    const limitRpm = learnedRpm * params.share;
    return judged(
      state,
      {
        isLow: rpm < limitRpm,
        isWell: rpm >= Math.min(0.97, params.share + 0.1) * learnedRpm,
        holdS: params.slowS,
        clearS: params.clearS,
        fail: (forS) => tellRpm(rpm, limitRpm, forS, dutyPct, learnedRpm),
      },
      at,
      isBelieved(state, dutyPct, rpm) ? PASS : NOT_TESTED,
    );
  },
});
