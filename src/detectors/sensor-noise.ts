/**
 * Sensors that say too much: a temperature zigzags where heat is smooth. Printers that tell whole degrees are told apart by never having
 * said a fraction.
 */
import { ewma } from "../lib/statistics.ts";
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { type HeaterPart, HEATERS } from "../model/machine-parts.ts";
import { isRunning, type Looked, PASS, standing, type Test, watch } from "./detector.ts";

const LOOK_EVERY_MS = 450;

/** Outside, an open or shorted sensor ends, or its steps are coarse. */
const COLDEST_C = -15;
const HOTTEST_C = 350;

interface Zigzag extends Looked {
  /** The reading's own clock at the last look, s. */
  readonly clockS: number;
  readonly tempC: number;
  readonly changeC: number;
  /** Mean size of turns, °C, and which share of looks is one. */
  readonly zigzagC: number;
  readonly turns: number;
  /** Looks that went into it, counted no further than needed. */
  readonly n: number;
  readonly isFine: boolean;
  /** When it was last beyond its limit. */
  readonly badAt?: Timestamp;
  readonly track?: Track | undefined;
}

const QUIET: Zigzag = { status: "not_tested", clockS: 0, tempC: 0, changeC: 0, zigzagC: 0, turns: 0, n: 0, isFine: false };
const WEIGHT = 1 / 16;
const ENOUGH = 16;
/** Cold, or this hot, a degree changes a thermistor's divider little: the converter's steps are coarse, and the limit is twice as wide. */
const COARSE_BELOW_C = 45;
const COARSE_ABOVE_C = 240;
const coarseness = (tempC: number): number => (tempC < COARSE_BELOW_C || tempC > COARSE_ABOVE_C ? 2 : 1);
/** A cable that moves is quiet now and then: once told it stands for so long. */
const WELL_AFTER_MS = 300_000;
/** Between two looks of this distance limits hold; slower looks see more of the controller's own swing. */
const NORMAL_S = 0.5;
/** On whole degrees a turn by one is where rounding ends; turns by more are noise. */
const WHOLE_TURN_C = 2;
const WHOLE_LIMIT_C = 0.1;

/** Noise turns at every other look; a temperature that swings goes on for some before it turns. */
const NOISY_TURNS = 0.4;

/** How far it turned back: heat cannot do so within seconds, noise does half of the time. */
function turn(beforeC: number, changeC: number): number {
  return beforeC * changeC < 0 ? Math.min(Math.abs(beforeC), Math.abs(changeC)) : 0;
}

/** One look more into the running mean, which finds little noise that goes on. */
function look(state: Zigzag, tempC: number, seconds: number, limitC: number): Zigzag {
  const changeC = tempC - state.tempC;
  const slowness = state.isFine ? Math.max(1, seconds / NORMAL_S) : 1;
  // one leap is a loose contact, not noise
  const turnedC = turn(state.changeC, changeC);
  const turnC = !state.isFine && turnedC < WHOLE_TURN_C ? 0 : Math.min(turnedC / slowness, 8 * limitC);
  return {
    ...state,
    tempC,
    changeC: changeC === 0 ? state.changeC : changeC,
    zigzagC: ewma(state.zigzagC, turnC, WEIGHT),
    turns: ewma(state.turns, turnC > 0 ? 1 : 0, WEIGHT),
    n: Math.min(state.n + 1, ENOUGH),
  };
}

/** From one new reading to the next. */
interface Stride {
  readonly riseC: number;
  readonly seconds: number;
  /** No reading of the sensor was missed in between. */
  readonly isNext: boolean;
}

/**
 * The last new readings. A bend is how far one leaves the line through the two before it: heat bends one way for seconds, noise to either
 * side in turn, on ramps as well. `doubt` sums such kinks by their size, less what is usual.
 */
interface Track {
  readonly seenS: number;
  /** When it last changed. */
  readonly newS: number;
  readonly tempC: number;
  readonly last?: Stride;
  readonly oneBefore?: Stride;
  readonly bendC: number;
  /** The size of the last kink, °C. */
  readonly kinkC: number;
  readonly doubt: number;
  /** It has told hundredths: bends are no rounding. */
  readonly isHundredths: boolean;
}

/** The time from one reading of the sensor to the next in Klipper; looks that are as fast miss none. */
const SAMPLE_S = 0.3;
const MISSES_NONE_S = 0.31;
/** Looks that are rarer, and readings that stand still for so long, tell nothing of it. */
const TOO_SLOW_S = 1.6;
/** By so many seconds of the ramp a reading may be older or newer than it seems: clocks jitter, slow looks miss readings. */
const JITTER_S = 0.05;
const MISSED_S = 1.7 * SAMPLE_S;
const TENTHS_C = 0.25;
/** A big kink counts for more, yet one leap and back, which is two of the biggest, is no noise. */
const USUAL = 0.6;
const BIGGEST = 4;
const CLEAR = 7.5;

const isTenths = (tempC: number): boolean => Math.abs(tempC * 10 - Math.round(tempC * 10)) < 1e-6;

function startTrack(tempC: number, clockS: number, isHundredths: boolean): Track {
  return { seenS: clockS, newS: clockS, tempC, bendC: 0, kinkC: 0, doubt: 0, isHundredths };
}

/** How many times its limit a kink of this size has at this heat and between these looks. */
function weigh(kinkC: number, limitC: number, tempC: number, seconds: number): number {
  // cold, no controller swings; a zigzag bends by twice its height
  const slowness = tempC < COARSE_BELOW_C ? 1 : Math.max(1, seconds / NORMAL_S);
  return Math.min(kinkC / (2 * limitC * slowness), BIGGEST);
}

/** One reading more, by the host's clock; `limitC` as for the mean. */
function follow(track: Track | undefined, tempC: number, clockS: number, limitC: number): Track {
  const isHundredths = track?.isHundredths === true || !isTenths(tempC);
  if (track === undefined || clockS < track.seenS || clockS - track.newS > TOO_SLOW_S) return startTrack(tempC, clockS, isHundredths);
  const doubt = Math.max(0, track.doubt - USUAL);
  if (tempC === track.tempC) return { ...track, seenS: clockS, doubt };
  const isNext = clockS - track.seenS <= MISSES_NONE_S;
  const stride: Stride = { riseC: tempC - track.tempC, seconds: isNext ? SAMPLE_S : clockS - track.newS, isNext };
  const { last, oneBefore } = track;
  const seen = { seenS: clockS, newS: clockS, tempC, last: stride, isHundredths };
  if (last === undefined) return { ...seen, bendC: 0, kinkC: 0, doubt };
  const bendC = (stride.riseC / stride.seconds - last.riseC / last.seconds) * Math.min(stride.seconds, last.seconds);
  const leastC = turn(track.bendC, bendC);
  if (oneBefore === undefined || leastC === 0) return { ...seen, oneBefore: last, bendC, kinkC: 0, doubt };
  const rampCS = Math.abs(stride.riseC + last.riseC + oneBefore.riseC) / (stride.seconds + last.seconds + oneBefore.seconds);
  const missesNone = isNext && last.isNext && oneBefore.isNext;
  const staleS = missesNone ? JITTER_S : MISSED_S;
  const isKink = leastC > Math.max(rampCS * staleS, isHundredths ? 0 : TENTHS_C);
  // between slow looks a controller's own swing bends so too: there the smaller of the two bends is all that counts
  const isSure = missesNone || tempC < COARSE_BELOW_C;
  const kinkC = isSure ? Math.min(2 * leastC, (Math.abs(track.bendC) + Math.abs(bendC)) / 2) : leastC;
  const weight = isKink ? weigh(kinkC, limitC, tempC, stride.seconds) : 0;
  return { ...seen, oneBefore: last, bendC, kinkC, doubt: Math.min(CLEAR, Math.max(0, track.doubt + weight - USUAL)) };
}

/** What was found, told once; it stands while it was bad not long ago. */
function judge(state: Zigzag, part: HeaterPart, at: Timestamp, limitC: number): Test<Zigzag> {
  const { track, zigzagC, n, tempC } = state;
  const isClear = state.isFine && track !== undefined && track.doubt >= CLEAR;
  const isNoisy = isClear || (n >= ENOUGH && zigzagC > limitC && (state.turns > NOISY_TURNS || !state.isFine));
  const badAt = isNoisy ? at : state.badAt;
  if (badAt === undefined && n < ENOUGH) return standing(state);
  if (badAt === undefined || at - badAt > WELL_AFTER_MS) return { state: { ...state, status: "pass" }, answer: PASS };
  if (state.status === "fail") return standing({ ...state, badAt });
  const foundC = isClear ? Math.max(zigzagC, track.kinkC / 2) : zigzagC;
  const often = isClear ? "again and again" : "on average";
  return {
    state: { ...state, status: "fail", badAt },
    answer: {
      status: "fail",
      value: Number(foundC.toFixed(3)),
      limit: limitC,
      unit: "°C",
      confidence: 0.9,
      evidence: {
        says: `the ${part.label} jitters: from look to look it turns back by ${foundC.toFixed(2)} °C ${often}, at ${tempC.toFixed(1)} °C`,
      },
    },
  };
}

export const sensorNoise = watch({
  id: "sensor-noise",
  about: "Tells when a temperature jitters more than heat can: a bad contact, or a cable beside a motor's.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0002-E105` as HmsCode,
  params: {
    limitC: {
      default: 0.045,
      min: 0.01,
      max: 2,
      unit: "°C",
      about: "mean zigzag between two looks, half a second apart, of a nozzle or a bed",
    },
    chamberC: { default: 0.12, min: 0.01, max: 2, unit: "°C", about: "the same of a chamber" },
  },
  start: QUIET,
  restore: ({ status, isFine }) => ({ ...QUIET, status, isFine }),
  test: (state, part, snapshot, params, now): Test<Zigzag> => {
    const tempC = snapshot[part.temp];
    if (!isRunning(snapshot, now) || tempC === undefined || tempC < COLDEST_C || tempC > HOTTEST_C) {
      if (state.at === undefined && state.status === "not_tested") return standing(state);
      return standing({ ...QUIET, isFine: state.isFine });
    }
    const at = snapshot.at ?? now;
    // readings that come in bursts are as old as the host says; one that hangs says nothing new
    const hostS = snapshot.hostTimeS;
    const clockS = hostS ?? at / 1_000;
    if (clockS === (state.track?.seenS ?? state.clockS) && state.at !== undefined) return standing(state);
    const limitC = (part.name === "chamber" ? params.chamberC : params.limitC) * coarseness(tempC);
    // when a reading was taken that only came over a network nobody knows: nothing is a line then
    const track = hostS === undefined ? undefined : follow(state.track, tempC, hostS, limitC);
    const isFine = state.isFine || tempC % 1 !== 0;
    const seconds = clockS - state.clockS;
    const isClear = isFine && track !== undefined && track.doubt >= CLEAR;
    if (seconds >= 0 && seconds * 1_000 < LOOK_EVERY_MS && (!isClear || state.status === "fail"))
      return standing(track === undefined ? state : { ...state, isFine, track });
    const isFirst = state.at === undefined || seconds <= 0 || seconds > 3;
    if (isFirst) return standing({ ...state, at, clockS, tempC, changeC: 0, isFine, track });
    const wideC = isFine ? limitC : Math.max(limitC, WHOLE_LIMIT_C);
    return judge({ ...look({ ...state, isFine }, tempC, seconds, wideC), at, clockS, track }, part, at, wideC);
  },
});
