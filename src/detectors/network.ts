/** The way between the printer and us: a weak radio, a connected printer that says nothing more, clocks that differ. */
import type { HmsCode } from "../model/code.ts";
import { ewma, median, NO_SPREAD, phi, sigma, type Spread, spread } from "../lib/statistics.ts";
import type { Timestamp } from "../lib/time.ts";
import { type Answer, isFresh, NOT_TESTED, PASS, watch, watchedS } from "./detector.ts";

interface Radio {
  readonly meanDbm?: number;
  readonly at?: Timestamp;
  /** How long it has been weak. */
  readonly weakS: number;
  readonly isWeak: boolean;
}

const NO_RADIO: Radio = { weakS: 0, isWeak: false };
/** Some printers tell their signal only now and then. */
const RADIO_MAX_AGE_S = 60;

export const wifiWeak = watch({
  id: "wifi-weak",
  about: "The printer's Wi-Fi signal is so weak that messages will be lost.",
  parts: [{ name: "wifi" }],
  reads: () => "wifiDbm",
  code: () => "0500-0200-0003-E119" as HmsCode,
  params: {
    onDbm: { default: -75, min: -100, max: -40, unit: "dBm", about: "weaker than this, smoothed, is weak" },
    offDbm: { default: -70, min: -100, max: -40, unit: "dBm", about: "stronger than this is well again" },
    onDelayS: { default: 60, min: 0, max: 3_600, unit: "s", about: "how long it must be weak" },
    weight: { default: 0.1, min: 0.01, max: 1, unit: "", about: "of a new second in the smoothed signal" },
  },
  start: NO_RADIO,
  restore: ({ isWeak }) => ({ weakS: 0, isWeak }),
  test: (state, _part, snapshot, params, now) => {
    const { wifiDbm, wired } = snapshot;
    // 0 is how some printers say "none"
    const isKnown = wifiDbm !== undefined && wifiDbm < 0 && wifiDbm > -120 && wired !== true;
    if (!isKnown || !isFresh(snapshot, now, RADIO_MAX_AGE_S)) return { state, answer: NOT_TESTED };
    const isSettled = state.meanDbm === wifiDbm && wifiDbm > params.onDbm && state.weakS === 0 && !state.isWeak;
    const isYoung = state.at !== undefined && now >= state.at && now - state.at < 1_000;
    if (isSettled || isYoung) return { state, answer: radioAnswer(state, params.onDbm) };
    const mean = ewma(state.meanDbm, wifiDbm, params.weight);
    const meanDbm = Math.abs(mean - wifiDbm) < 0.05 ? wifiDbm : mean;
    const weakS = meanDbm < params.onDbm ? state.weakS + watchedS(state.at, now) : 0;
    const next = { meanDbm, at: now, weakS, isWeak: state.isWeak ? meanDbm <= params.offDbm : weakS >= params.onDelayS && weakS > 0 };
    return { state: next, answer: radioAnswer(next, params.onDbm) };
  },
});

function radioAnswer({ isWeak, meanDbm = 0, weakS }: Radio, limit: number): Answer {
  if (!isWeak) return PASS;
  const says = `the Wi-Fi signal has been at ${meanDbm.toFixed(0)} dBm for ${weakS.toFixed(0)} s`;
  return { status: "fail", value: meanDbm, limit, unit: "dBm", confidence: 0.9, evidence: { says } };
}

/** How a printer speaks while it works, or while it rests. */
interface Rhythm {
  readonly gaps: Spread;
  /** The longest gap; fades. */
  readonly longestS: number;
}

interface Silence {
  readonly busy: Rhythm;
  readonly resting: Rhythm;
  /** The sample that came last, our last step, and the silence since that we watched through. */
  readonly sampleAt?: Timestamp;
  readonly steppedAt?: Timestamp;
  readonly quietS: number;
  /** We looked away within this gap: nothing can be learned from it. */
  readonly isTorn: boolean;
}

const UNHEARD: Rhythm = { gaps: NO_SPREAD, longestS: 0 };
const NOTHING_HEARD: Silence = { busy: UNHEARD, resting: UNHEARD, quietS: 0, isTorn: true };

/** Between our own steps; more, and it was us who slept. */
const MAX_STEP_S = 5;
const LEARNED_GAPS = 30;
const MEMORY_GAPS = 300;
const FADING = 0.9995;

export const linkSilence = watch({
  id: "link-silence",
  about: "The connection stands, but the printer says nothing more, for much longer than its own rhythm explains.",
  parts: [{ name: "link" }],
  code: () => "F000-0100-0003-0002" as HmsCode,
  params: {
    phi: { default: 8, min: 2, max: 20, unit: "", about: "suspicion: minus the logarithm of the chance that the next word is only late" },
    times: { default: 3, min: 1.5, max: 20, unit: "", about: "so many times the longest gap there was" },
    minS: { default: 20, min: 3, max: 3_600, unit: "s", about: "a shorter silence is none" },
  },
  start: NOTHING_HEARD,
  restore: onlyLearned,
  test: (state, _part, snapshot, params, now) => {
    if (!snapshot.connected || snapshot.at === undefined) {
      return { state: state.steppedAt === undefined ? state : onlyLearned(state), answer: NOT_TESTED };
    }
    const stepS = state.steppedAt === undefined ? Number.NaN : (now - state.steppedAt) / 1_000;
    const isTorn = !(stepS >= 0 && stepS <= MAX_STEP_S);
    const which = snapshot.state === "printing" || snapshot.state === "preparing" ? "busy" : "resting";
    const rhythm = state[which];
    if (snapshot.at !== state.sampleAt) {
      const learned = isTorn || state.isTorn ? rhythm : hear(rhythm, state.quietS + stepS);
      return {
        state: { ...state, [which]: learned, sampleAt: snapshot.at, steppedAt: now, quietS: 0, isTorn: false },
        answer: learned.gaps.n < LEARNED_GAPS ? NOT_TESTED : PASS,
      };
    }
    const quietS = isTorn ? 0 : state.quietS + stepS;
    return {
      state: { ...state, steppedAt: now, quietS, isTorn: isTorn || state.isTorn },
      answer: judgeSilence(rhythm, quietS, params),
    };
  },
});

function onlyLearned({ busy, resting }: Silence): Silence {
  return { busy, resting, quietS: 0, isTorn: true };
}

function hear({ gaps, longestS }: Rhythm, gapS: number): Rhythm {
  return { gaps: spread(gaps, gapS, MEMORY_GAPS), longestS: Math.max(gapS, longestS * FADING) };
}

function judgeSilence(
  { gaps, longestS }: Rhythm,
  quietS: number,
  { phi: limit, times, minS }: { readonly phi: number; readonly times: number; readonly minS: number },
): Answer {
  if (gaps.n < LEARNED_GAPS) return NOT_TESTED;
  if (quietS < minS || quietS < times * longestS) return PASS;
  const suspicion = phi(quietS, gaps.mean, sigma(gaps));
  if (suspicion < limit) return PASS;
  const says = `nothing heard for ${quietS.toFixed(0)} s over a connection that stands; it spoke every ${gaps.mean.toFixed(1)} s, ${longestS.toFixed(1)} s at the longest`;
  return {
    status: "fail",
    value: quietS,
    limit: Math.max(minS, times * longestS),
    unit: "s",
    confidence: 0.9,
    evidence: { says, phi: suspicion },
  };
}

interface Clocks {
  /** What the printer's clock said when we last looked: the next sample that brings another value was made just now. */
  readonly waitsOn?: number;
  readonly lookedAt?: Timestamp;
  /** Printer minus us, s. */
  readonly skewsS: readonly number[];
  readonly answer: Answer;
}

const NO_CLOCKS: Clocks = { skewsS: [], answer: NOT_TESTED };
const LOOK_EVERY_MS = 30_000;
const KEPT_SKEWS = 11;

export const clockSkew = watch({
  id: "clock-skew",
  about: "The printer's clock differs from ours, so that its times and its timelapses are wrong; or its messages come late.",
  parts: [{ name: "clock" }],
  reads: () => "sourceTimeMs",
  code: () => "F000-0100-0003-0003" as HmsCode,
  params: {
    // a clock that nobody sets drifts by seconds within weeks; a slow network adds one or two
    limitS: { default: 5, min: 0.5, max: 3_600, unit: "s", about: "median difference over five minutes" },
  },
  start: NO_CLOCKS,
  restore: ({ answer }) => ({ skewsS: [], answer }),
  test: (state, _part, { sourceTimeMs, at, connected }, { limitS }, now) => {
    if (sourceTimeMs === undefined || at === undefined || !connected) return { state, answer: NOT_TESTED };
    const { lookedAt, waitsOn, skewsS } = state;
    if (waitsOn !== undefined) {
      if (sourceTimeMs === waitsOn) return { state, answer: state.answer };
      const skews = [...skewsS, (sourceTimeMs - at) / 1_000].slice(-KEPT_SKEWS);
      const answer = judgeClocks(skews, limitS, state.answer);
      return { state: { lookedAt: now, skewsS: skews, answer }, answer };
    }
    if (lookedAt !== undefined && now >= lookedAt && now - lookedAt < LOOK_EVERY_MS) return { state, answer: state.answer };
    return { state: { ...state, waitsOn: sourceTimeMs }, answer: state.answer };
  },
});

function judgeClocks(skews: readonly number[], limit: number, before: Answer): Answer {
  const skew = median(skews);
  if (skew === undefined || skews.length < KEPT_SKEWS) return before;
  if (Math.abs(skew) <= (before.status === "fail" ? 0.75 * limit : limit)) return PASS;
  const says = `the printer's clock is ${Math.abs(skew).toFixed(1)} s ${skew > 0 ? "ahead of" : "behind"} ours, by most of its messages of the last minutes`;
  return { status: "fail", value: skew, limit, unit: "s", confidence: 0.9, evidence: { says } };
}
