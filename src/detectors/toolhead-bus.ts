/**
 * The toolhead's CAN bus, by its own counters. A sound bus counts nothing. They start over with the host: a counter that fell is a new
 * start, and never a fault.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { type Answer, isFresh, NOT_TESTED, PASS, watch, watchedS } from "./detector.ts";

const BUS = [{ name: "can" }] as const;
const WINDOW_MS = 10_000;

/** Errors and repeats together; undefined for a printer without such a bus. */
function troubles({ canErrors, canRetries }: Snapshot): number | undefined {
  return canErrors === undefined ? canRetries : canErrors + (canRetries ?? 0);
}

interface Rate {
  readonly count?: number;
  readonly lookedAt?: Timestamp;
  /** Growth in each of the last minute's windows, the newest last. */
  readonly windows: readonly number[];
  readonly isFailing: boolean;
  readonly cleanS: number;
}

const CLEAN: Rate = { windows: [], isFailing: false, cleanS: 0 };
const WINDOWS = 6;

export const canErrors = watch({
  id: "can-errors",
  about: "The toolhead's bus repeats messages, and goes on doing so.",
  parts: BUS,
  code: () => "E100-0300-0003-E001" as HmsCode,
  params: {
    windows: { default: 4, min: 1, max: WINDOWS, unit: "", about: "of the last six spans of ten seconds must have errors" },
    clearS: { default: 300, min: 10, max: 86_400, unit: "s", about: "without an error the alert is over" },
  },
  start: CLEAN,
  restore: ({ isFailing }) => ({ ...CLEAN, isFailing }),
  test: (state, _part, snapshot, { windows: needed, clearS }, now) => {
    const count = troubles(snapshot);
    if (count === undefined || snapshot.canState === "off" || !isFresh(snapshot, now)) return { state, answer: NOT_TESTED };
    const { lookedAt } = state;
    if (lookedAt !== undefined && now >= lookedAt && now - lookedAt < WINDOW_MS) return { state, answer: rateAnswer(state) };
    const isStart = state.count === undefined || count < state.count || watchedS(lookedAt, now, 60) === 0;
    const grown = isStart ? 0 : count - (state.count ?? count);
    const growth = grown === 0 && snapshot.canState === "passive" ? 1 : grown;
    const windows = isStart ? [] : [...state.windows, growth].slice(-WINDOWS);
    const cleanS = growth > 0 ? 0 : state.cleanS + watchedS(lookedAt, now, 60);
    const bad = windows.filter((one) => one > 0).length;
    const isFailing = state.isFailing ? cleanS < clearS : bad >= needed;
    const next = { count, lookedAt: now, windows, isFailing, cleanS: Math.min(cleanS, clearS) };
    return { state: next, answer: rateAnswer(next) };
  },
});

function rateAnswer({ isFailing, windows }: Rate): Answer {
  if (!isFailing) return PASS;
  const errors = windows.reduce((sum, one) => sum + one, 0);
  return {
    status: "fail",
    value: errors,
    limit: 0,
    unit: "1/min",
    confidence: 0.9,
    evidence: { says: `${errors} errors and repeats on the bus within a minute` },
  };
}

interface Off {
  readonly at?: Timestamp;
  readonly offS: number;
}

const ON: Off = { offS: 0 };

export const canOff = watch({
  id: "can-off",
  about: "The toolhead's bus switched itself off.",
  parts: BUS,
  reads: () => "canState",
  code: () => "E100-0300-0002-E001" as HmsCode,
  params: { onDelayS: { default: 1, min: 0, max: 60, unit: "s", about: "a bus that recovers at once is none" } },
  start: ON,
  restore: () => ON,
  test: (state, _part, { canState, connected }, { onDelayS }, now) => {
    if (canState === undefined || !connected) return { state, answer: NOT_TESTED };
    if (canState !== "off") return { state: ON, answer: PASS };
    const offS = Math.min(state.offS + watchedS(state.at, now), onDelayS);
    const next = offS === state.offS && offS >= onDelayS ? state : { at: now, offS };
    const says = "the bus controller is off: no board on it can be heard";
    return { state: next, answer: offS < onDelayS ? PASS : { status: "fail", confidence: 0.98, evidence: { says } } };
  },
});

interface Burst {
  readonly at: Timestamp;
  readonly errors: number;
  readonly inMotion: boolean;
}

interface Cable {
  readonly count?: number;
  readonly lookedAt?: Timestamp;
  /** Where the toolhead was at the last look. */
  readonly xMm?: number;
  readonly yMm?: number;
  readonly bursts: readonly Burst[];
  readonly isFailing: boolean;
}

const NO_BURSTS: Cable = { bursts: [], isFailing: false };
const KEPT_BURSTS = 24;
const HOUR_MS = 3_600_000;
/** Errors within this time are one burst; where they never end, the bursts kept still span two hours. */
const BURST_MS = 300_000;

export const cableFailing = watch({
  id: "cable-failing",
  about: "The toolhead's bus has bursts of errors while it moves, and they grow: a cable is breaking.",
  parts: BUS,
  code: () => "E100-0300-0002-E120" as HmsCode,
  params: {
    burstErrors: { default: 3, min: 1, max: 1_000, unit: "", about: "errors within five minutes that are a burst" },
    bursts: { default: 6, min: 3, max: KEPT_BURSTS, unit: "", about: "so many bursts within the time" },
    hours: { default: 24, min: 1, max: 720, unit: "h", about: "older bursts are forgotten; without one for half of this it is over" },
    motionShare: { default: 0.8, min: 0.5, max: 1, unit: "", about: "share of the bursts that must come in motion" },
  },
  start: NO_BURSTS,
  restore: ({ bursts, isFailing }) => ({ bursts, isFailing }),
  test: (state, _part, snapshot, params, now) => {
    const count = troubles(snapshot);
    if (count === undefined || !isFresh(snapshot, now)) return { state, answer: NOT_TESTED };
    const { lookedAt } = state;
    if (lookedAt !== undefined && now >= lookedAt && now - lookedAt < WINDOW_MS) return { state, answer: cableAnswer(state) };
    const isStart = state.count === undefined || count < state.count || watchedS(lookedAt, now, 60) === 0;
    const { xMm, yMm } = snapshot;
    const inMotion = xMm !== state.xMm || yMm !== state.yMm;
    const growth = isStart ? 0 : count - (state.count ?? count);
    const recent = state.bursts.filter(({ at }) => now - at < params.hours * HOUR_MS && at <= now);
    const bursts = growth > 0 ? addBurst(recent, { at: now, errors: growth, inMotion }) : recent;
    const isFailing = judgeBursts(bursts, params, state.isFailing, now);
    const next = { count, lookedAt: now, bursts, isFailing, ...(xMm !== undefined && { xMm }), ...(yMm !== undefined && { yMm }) };
    return { state: next, answer: cableAnswer(next) };
  },
});

function addBurst(bursts: readonly Burst[], burst: Burst): readonly Burst[] {
  const last = bursts.at(-1);
  if (last === undefined || burst.at - last.at >= BURST_MS) return [...bursts, burst].slice(-KEPT_BURSTS);
  return [...bursts.slice(0, -1), { at: last.at, errors: last.errors + burst.errors, inMotion: last.inMotion || burst.inMotion }];
}

interface CableLimits {
  readonly burstErrors: number;
  readonly bursts: number;
  readonly hours: number;
  readonly motionShare: number;
}

function judgeBursts(all: readonly Burst[], limits: CableLimits, wasFailing: boolean, now: Timestamp): boolean {
  const bursts = all.filter(({ errors }) => errors >= limits.burstErrors);
  const [begin, end] = [bursts[0], bursts.at(-1)];
  if (begin === undefined || end === undefined) return false;
  if (wasFailing) return now - end.at < (limits.hours / 2) * HOUR_MS;
  if (bursts.length < limits.bursts || end.at - begin.at < HOUR_MS) return false;
  const half = bursts.length >> 1;
  const inMotion = bursts.filter((burst) => burst.inMotion).length / bursts.length;
  return inMotion >= limits.motionShare && perHour(bursts.slice(-half)) > 1.2 * perHour(bursts.slice(0, half));
}

/** Errors an hour over these bursts: more of them in less time is growth as larger ones are. */
function perHour(bursts: readonly Burst[]): number {
  const hours = ((bursts.at(-1)?.at ?? 0) - (bursts[0]?.at ?? 0) + BURST_MS) / HOUR_MS;
  return bursts.reduce((sum, { errors }) => sum + errors, 0) / hours;
}

function cableAnswer({ isFailing, bursts }: Cable): Answer {
  if (!isFailing) return PASS;
  const hours = ((bursts.at(-1)?.at ?? 0) - (bursts[0]?.at ?? 0)) / HOUR_MS;
  const says = `${bursts.length} bursts of bus errors within ${hours.toFixed(1)} h, while the toolhead moved, and they grow: its cable is breaking`;
  return {
    status: "fail",
    value: bursts.length,
    unit: "bursts",
    confidence: 0.8,
    evidence: { says, errors: bursts.map(({ errors }) => errors) },
  };
}
