/** Supply of the printer and of its host computer. Whether the printer runs on 12 V, 24 V or more is learned from what it says. */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { median } from "../lib/statistics.ts";
import { type Answer, NOT_TESTED, PASS, watch, watchedS } from "./detector.ts";

const LEVELS = [
  { name: "warning", code: "0300-4100-0002-E123", share: "warnShare" },
  { name: "error", code: "0300-4100-0001-E123", share: "errorShare" },
] as const;

const NOMINAL_V = [12, 24, 36, 48] as const;
const FIRST_READINGS = 10;
/** Far below any sag: the supply is switched off, and the board lives on the host's power. */
const OFF_SHARE = 0.3;

interface Supply {
  /** The first readings, until the nominal voltage is known by them. */
  readonly first: readonly number[];
  readonly nominalV?: number;
  readonly at?: Timestamp;
  /** Samples in a row against the present verdict. */
  readonly count: number;
  readonly isLow: boolean;
}

const NO_SUPPLY: Supply = { first: [], count: 0, isLow: false };

export const supplyVoltage = watch({
  id: "supply-voltage",
  about: "The power supply sags below what the printer needs.",
  parts: LEVELS,
  reads: () => "supplyV",
  code: ({ code }) => code as HmsCode,
  params: {
    warnShare: { default: 0.95, min: 0.8, max: 0.99, unit: "", about: "of the nominal voltage: 22.8 V of 24 V" },
    errorShare: { default: 0.9, min: 0.7, max: 0.98, unit: "", about: "of the nominal voltage: 21.6 V of 24 V" },
    samples: { default: 3, min: 1, max: 100, unit: "samples", about: "so many in a row must be low" },
    clearSamples: { default: 20, min: 1, max: 10_000, unit: "samples", about: "so many in a row must be well again" },
  },
  start: NO_SUPPLY,
  restore: ({ first, nominalV, isLow }) => ({ first, count: 0, isLow, ...(nominalV !== undefined && { nominalV }) }),
  test: (state, { share }, { supplyV, at, connected }, params) => {
    if (supplyV === undefined || at === undefined || !connected) return { state, answer: NOT_TESTED };
    const { nominalV } = state;
    if (nominalV === undefined)
      return at === state.at ? { state, answer: NOT_TESTED } : { state: learn(state, supplyV, at), answer: NOT_TESTED };
    if (supplyV < nominalV * OFF_SHARE) return { state: state.count === 0 ? state : { ...state, count: 0 }, answer: NOT_TESTED };
    const limit = nominalV * params[share];
    // a little above the limit to be well again
    const isAgainst = state.isLow ? supplyV > limit * 1.005 : supplyV < limit;
    const answer = state.isLow ? low(supplyV, limit, nominalV) : PASS;
    if (!isAgainst) return { state: state.count === 0 ? state : { ...state, count: 0 }, answer };
    if (at === state.at) return { state, answer };
    const count = state.count + 1;
    if (count < (state.isLow ? params.clearSamples : params.samples)) return { state: { ...state, at, count }, answer };
    return { state: { ...state, at, count: 0, isLow: !state.isLow }, answer: state.isLow ? PASS : low(supplyV, limit, nominalV) };
  },
});

function learn(state: Supply, supplyV: number, at: Timestamp): Supply {
  // a supply that is switched off teaches nothing
  if (supplyV < 6) return state;
  const first = [...state.first, supplyV];
  if (first.length < FIRST_READINGS) return { ...state, at, first };
  const usual = median(first) ?? supplyV;
  const nominalV = NOMINAL_V.reduce((best, one) => (Math.abs(one - usual) < Math.abs(best - usual) ? one : best));
  return { ...state, at, first: [], nominalV };
}

function low(supplyV: number, limit: number, nominalV: number): Answer {
  const says = `the supply gives ${supplyV.toFixed(1)} V instead of ${nominalV} V`;
  return { status: "fail", value: supplyV, limit, unit: "V", confidence: 0.95, evidence: { says } };
}

interface Weak {
  readonly at?: Timestamp;
  /** How long the flag has said the opposite of the verdict. */
  readonly forS: number;
  readonly isFailing: boolean;
}

const STRONG: Weak = { forS: 0, isFailing: false };
const WEAK: Weak = { forS: 0, isFailing: true };
const TOO_LITTLE: Answer = {
  status: "fail",
  confidence: 0.95,
  evidence: { says: "the host computer says that it gets too little voltage" },
};

export const underVoltage = watch({
  id: "under-voltage",
  about: "The host computer gets too little voltage.",
  parts: [{ name: "host" }],
  reads: () => "underVoltage",
  code: () => "E100-0600-0003-E001" as HmsCode,
  params: {
    onDelayS: { default: 2, min: 0, max: 600, unit: "s", about: "a shorter dip is the start of a motor" },
    clearS: { default: 120, min: 1, max: 86_400, unit: "s", about: "so long it must be well" },
  },
  start: STRONG,
  restore: ({ isFailing }) => (isFailing ? WEAK : STRONG),
  test: (state, _part, { underVoltage: isUnder, connected }, { onDelayS, clearS }, now) => {
    if (isUnder === undefined || !connected) return { state, answer: NOT_TESTED };
    const { isFailing } = state;
    const answer = isFailing ? TOO_LITTLE : PASS;
    if (isUnder === isFailing) return { state: isFailing ? WEAK : STRONG, answer };
    const forS = state.forS + watchedS(state.at, now);
    if (forS < (isFailing ? clearS : onDelayS)) return { state: { at: now, forS, isFailing }, answer };
    return isFailing ? { state: STRONG, answer: PASS } : { state: WEAK, answer: TOO_LITTLE };
  },
});

interface Breaks {
  readonly count?: number;
  readonly at?: Timestamp;
  /** How many of them the alert is about, and how long there was none. */
  readonly seen: number;
  readonly wellS: number;
}

const NO_BREAKS: Breaks = { seen: 0, wellS: 0 };

export const brownouts = watch({
  id: "brownouts",
  about: "The supply breaks down for moments, as the board's own counter says.",
  parts: [{ name: "supply" }],
  reads: () => "brownouts",
  code: () => "0300-4100-0002-E123" as HmsCode,
  params: { clearS: { default: 1_800, min: 10, max: 86_400, unit: "s", about: "without another breakdown the alert is over" } },
  start: NO_BREAKS,
  restore: ({ at: _at, ...rest }) => rest,
  test: (state, _part, { brownouts: count, connected }, { clearS }, now) => {
    if (count === undefined || !connected) return { state, answer: NOT_TESTED };
    if (count !== state.count) {
      // the first look, and a counter that starts over, tell nothing
      const more = state.count === undefined ? 0 : Math.max(0, count - state.count);
      const next = { count, at: now, seen: state.seen + more, wellS: more > 0 ? 0 : state.wellS };
      return { state: next, answer: breaksAnswer(next) };
    }
    if (state.seen === 0) return { state, answer: PASS };
    const wellS = state.wellS + watchedS(state.at, now);
    const next = wellS < clearS ? { ...state, at: now, wellS } : { count, seen: 0, wellS: 0 };
    return { state: next, answer: breaksAnswer(next) };
  },
});

function breaksAnswer({ seen }: Breaks): Answer {
  if (seen === 0) return PASS;
  const says = `the supply broke down ${seen === 1 ? "once" : `${seen} times`}: a loose plug, or more load than it can carry`;
  return { status: "fail", value: seen, limit: 0, confidence: 0.9, evidence: { says } };
}
