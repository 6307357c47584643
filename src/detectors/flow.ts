/**
 * How much of the ordered filament a sensor sees pass, by stretches of filament rather than of time: retracts cancel out within a
 * stretch. Far too little or too much is told at once; a slow fall, as a nozzle clogs, is summed up at like speeds.
 */
import { cusum, NO_SPREAD, sigma, type Spread, spread } from "../lib/statistics.ts";
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { type Answer, isFresh, NOT_TESTED, PASS, type Test, watch } from "./detector.ts";

const EXTRUDER = [{ name: "extruder" }] as const;

/** Where the stretch under way began, and what was seen last: printers tell that less often than what they order. */
interface Stretch {
  readonly at: Timestamp;
  readonly mm: number;
  readonly seenMm: number;
  readonly latestMm: number;
}

interface Passed {
  readonly stretch: Stretch;
  /** Of a stretch that ended now. */
  readonly ratio?: number;
  readonly mmS?: number;
  readonly hasJumped?: true;
  /** Nothing new was seen all the time. */
  readonly isStill?: boolean;
}

/** More than any retract. */
const JUMP_MM = 20;
/** A stretch ends when something new is seen; after so long without, nothing moves. */
const STILL_MS = 6_000;

/** The stretch goes on, ends or, when a counter starts over, begins anew; undefined where nothing is measured or printed. */
function passed(before: Stretch | undefined, snapshot: Snapshot, lengthMm: number, now: Timestamp): Passed | undefined {
  const { extrudedMm: mm, filamentSeenMm: seenMm } = snapshot;
  if (mm === undefined || seenMm === undefined || snapshot.state !== "printing" || !isFresh(snapshot, now)) return undefined;
  const begin: Stretch = { at: now, mm, seenMm, latestMm: seenMm };
  if (before === undefined || mm < before.mm - JUMP_MM || seenMm < before.seenMm - JUMP_MM) return { stretch: begin, hasJumped: true };
  const orderedMm = mm - before.mm;
  const isNews = seenMm !== before.latestMm;
  if (orderedMm < lengthMm || (!isNews && now - before.at < STILL_MS))
    return { stretch: isNews ? { ...before, latestMm: seenMm } : before };
  const seconds = Math.max(0.001, (now - before.at) / 1_000);
  const ratio = Math.max(0, seenMm - before.seenMm) / orderedMm;
  return { stretch: begin, ratio, mmS: orderedMm / seconds, isStill: seenMm === before.seenMm };
}

interface FlowState {
  readonly stretch?: Stretch;
  /** Ordered since the filament began to move: slack and empty nozzles come first. */
  readonly movedMm: number;
  /** What the sensor sees of a whole millimetre, from stretches that were right. */
  readonly scale: Spread;
  /** Stretches in a row that say otherwise than what stands. */
  readonly against: number;
  readonly isOff?: true;
  readonly lastRatio?: number;
}

const NO_FLOW: FlowState = { movedMm: 0, scale: NO_SPREAD, against: 0 };
const SETTLE_MM = 10;
const SCALE_STRETCHES = 50;
const SCALE_NEEDS = 3;
const WELL_TIMES = 5;

function restored({ scale, isOff, lastRatio }: FlowState): FlowState {
  return { movedMm: 0, scale, against: 0, ...(isOff === true && { isOff }), ...(lastRatio !== undefined && { lastRatio }) };
}

interface FlowParams {
  readonly ratio: number;
  readonly lengthMm: number;
  readonly stretches: number;
}

function flowAnswer({ isOff, lastRatio, movedMm }: FlowState, { ratio, lengthMm, stretches }: FlowParams): Answer {
  if (isOff !== true) return movedMm < SETTLE_MM ? NOT_TESTED : PASS;
  const pct = Math.round((lastRatio ?? 0) * 100);
  return {
    status: "fail",
    value: lastRatio ?? 0,
    limit: ratio,
    unit: "",
    confidence: 0.9,
    evidence: { says: `${pct} % of the ordered filament passed, over the last ${(lengthMm * stretches).toFixed(0)} mm` },
  };
}

function flowTest(
  before: FlowState,
  snapshot: Snapshot,
  params: FlowParams,
  isWrong: (ratio: number) => boolean,
  now: Timestamp,
): Test<FlowState> {
  const step = passed(before.stretch, snapshot, params.lengthMm, now);
  if (step === undefined) return { state: before.stretch === undefined ? before : restored(before), answer: NOT_TESTED };
  const { stretch, ratio } = step;
  if (step.hasJumped === true) return { state: { ...before, stretch }, answer: flowAnswer(before, params) };
  if (ratio === undefined)
    return { state: stretch === before.stretch ? before : { ...before, stretch }, answer: flowAnswer(before, params) };
  const movedMm = Math.min(1e6, before.movedMm + stretch.mm - (before.stretch?.mm ?? stretch.mm));
  const moved: FlowState = { ...before, stretch, movedMm };
  if (movedMm <= SETTLE_MM) return { state: moved, answer: flowAnswer(before, params) };
  const share = ratio / (before.scale.n >= SCALE_NEEDS ? before.scale.mean : 1);
  const isAgainst = isWrong(share) !== (before.isOff === true);
  const against = isAgainst ? before.against + (step.isStill === true ? params.stretches : 1) : 0;
  // what slips and holds by turns is not well yet
  const needed = before.isOff === true ? params.stretches * WELL_TIMES : params.stretches;
  const isRight = Math.abs(ratio - 1) < 0.25 && before.scale.n < SCALE_STRETCHES;
  const counted: FlowState = { ...moved, against, lastRatio: share, ...(isRight && { scale: spread(before.scale, ratio) }) };
  if (against < needed) return { state: counted, answer: flowAnswer(counted, params) };
  const { isOff: _was, ...rest } = counted;
  const next: FlowState = before.isOff === true ? { ...rest, against: 0 } : { ...rest, against: 0, isOff: true };
  return { state: next, answer: flowAnswer(next, params) };
}

const LENGTH = { default: 3, min: 1, max: 50, unit: "mm", about: "ordered filament per measurement" } as const;
const STRETCHES = {
  default: 3,
  min: 1,
  max: 20,
  unit: "",
  about: "how many measurements in a row; coarse sensors see some in steps",
} as const;

export const flowLow = watch({
  id: "flow-low",
  about: "Much less filament passes than was ordered: a clog, a tangle, or ground filament.",
  parts: EXTRUDER,
  reads: () => "filamentSeenMm",
  code: () => "0300-0900-0002-0003" as HmsCode,
  params: {
    ratio: { default: 0.6, min: 0.2, max: 0.95, unit: "", about: "share of the ordered filament below which it is too little" },
    lengthMm: LENGTH,
    stretches: STRETCHES,
  },
  start: NO_FLOW,
  restore: restored,
  test: (state, _part, snapshot, params, now) => flowTest(state, snapshot, params, (share) => share < params.ratio, now),
});

export const flowHigh = watch({
  id: "flow-high",
  about: "Much more filament passes than was ordered: wrong steps per millimetre, or filament that is pulled through.",
  parts: EXTRUDER,
  reads: () => "filamentSeenMm",
  code: () => "0300-0900-0002-E113" as HmsCode,
  params: {
    ratio: { default: 1.4, min: 1.05, max: 5, unit: "", about: "multiple of the ordered filament above which it is too much" },
    lengthMm: LENGTH,
    stretches: STRETCHES,
  },
  start: NO_FLOW,
  restore: restored,
  test: (state, _part, snapshot, params, now) => flowTest(state, snapshot, params, (share) => share > params.ratio, now),
});

/** One range of speed: slow extrusion gets through where fast does not. */
interface Range {
  /** Over the machine's life, and in this job; filaments differ by some percent. */
  readonly life: Spread;
  readonly job: Spread;
}

interface ClogState {
  readonly stretch?: Stretch;
  readonly ranges: readonly Range[];
  readonly jobSum: number;
  readonly lifeSum: number;
  readonly isPrinting: boolean;
  readonly movedMm: number;
  readonly last?: { readonly ratio: number; readonly usual: number };
  readonly isClogging?: true;
}

const NEW_RANGE: Range = { life: NO_SPREAD, job: NO_SPREAD };
const NO_CLOG: ClogState = { ranges: [], jobSum: 0, lifeSum: 0, isPrinting: false, movedMm: 0 };
const FAST_FROM_MM_S = [1.5, 4] as const;
const STRETCH_MM = 10;
const SETTLE_CLOG_MM = 50;
const JOB_STRETCHES = 20;
const LIFE_STRETCHES = 60;
const NEEDED = 10;
/** Filaments differ by as much. */
const LIFE_SLACK = 0.06;
/** No single stretch decides. */
const MOST_PER_STRETCH = 0.1;

const rangeOf = (mmS: number): number => FAST_FROM_MM_S.filter((from) => mmS >= from).length;

function lost(base: Spread, ratio: number, slack: number): number {
  if (base.n < NEEDED) return 0;
  return Math.min(MOST_PER_STRETCH, base.mean - ratio - Math.max(slack, sigma(base) / 2));
}

/** One stretch of ten millimetres more. */
function summed(state: ClogState, ratio: number, mmS: number, slack: number, limit: number): ClogState {
  const index = rangeOf(mmS);
  const range = state.ranges[index] ?? NEW_RANGE;
  const jobSum = Math.min(1.5 * limit, cusum(state.jobSum, lost(range.job, ratio, slack), 0));
  const lifeSum = Math.min(1.5 * limit, cusum(state.lifeSum, lost(range.life, ratio, LIFE_SLACK), 0));
  const usual = range.life.n >= NEEDED ? range.life.mean : range.job.mean;
  const isCalm = jobSum < limit / 2 && lifeSum < limit / 2 && ratio > 0.5;
  const next: Range = {
    job: isCalm && range.job.n < JOB_STRETCHES ? spread(range.job, ratio) : range.job,
    life: isCalm && range.life.n < LIFE_STRETCHES ? spread(range.life, ratio) : range.life,
  };
  const ranges = Array.from({ length: FAST_FROM_MM_S.length + 1 }, (_, i) => (i === index ? next : (state.ranges[i] ?? NEW_RANGE)));
  return { ...state, ranges, jobSum, lifeSum, last: { ratio, usual } };
}

/** A coarse sensor scatters: what is a lot for a fine one is chance for it. */
function limitFor(ranges: readonly Range[], limit: number): number {
  return Math.max(limit, ...ranges.map(({ life }) => (life.n < NEEDED ? 0 : 8 * sigma(life))));
}

function clogAnswer({ isClogging, last, ranges }: ClogState): Answer {
  if (isClogging !== true) return ranges.some(({ job, life }) => job.n >= NEEDED || life.n >= NEEDED) ? PASS : NOT_TESTED;
  const pct = (share: number): string => `${Math.round(share * 100)} %`;
  return {
    status: "fail",
    ...(last !== undefined && { value: last.ratio, limit: last.usual }),
    unit: "",
    confidence: 0.8,
    evidence: {
      says: `${pct(last?.ratio ?? 0)} of the ordered filament passed, usually ${pct(last?.usual ?? 1)} at this speed; less and less by now`,
    },
  };
}

function forgetJob({ ranges, lifeSum, isClogging, last }: ClogState): ClogState {
  return {
    ...NO_CLOG,
    ranges: ranges.map(({ life }) => ({ life, job: NO_SPREAD })),
    lifeSum,
    ...(isClogging === true && { isClogging }),
    ...(last !== undefined && { last }),
  };
}

export const clogTrend = watch({
  id: "clog-trend",
  about: "Slowly less filament passes than was ordered, at the same speed: the nozzle begins to clog.",
  parts: EXTRUDER,
  reads: () => "filamentSeenMm",
  code: () => "0300-0900-0003-E114" as HmsCode,
  params: {
    slack: { default: 0.02, min: 0.005, max: 0.2, unit: "", about: "share of the flow that may be missing within a job" },
    limit: { default: 0.2, min: 0.05, max: 2, unit: "", about: "how much must be missing in all, in shares of ten millimetres" },
  },
  start: NO_CLOG,
  restore: forgetJob,
  test: (before, _part, snapshot, params, now): Test<ClogState> => {
    const step = passed(before.stretch, snapshot, STRETCH_MM, now);
    if (step === undefined) {
      if (snapshot.state === "paused" || !before.isPrinting) return { state: without(before), answer: NOT_TESTED };
      return { state: forgetJob(before), answer: NOT_TESTED };
    }
    const { stretch, ratio, mmS } = step;
    if (ratio === undefined || mmS === undefined) {
      return { state: stretch === before.stretch ? before : { ...before, stretch, isPrinting: true }, answer: clogAnswer(before) };
    }
    const moved: ClogState = { ...before, stretch, movedMm: Math.min(1e6, before.movedMm + STRETCH_MM) };
    if (moved.movedMm < SETTLE_CLOG_MM) return { state: moved, answer: clogAnswer(moved) };
    const limit = limitFor(moved.ranges, params.limit);
    const next = summed(moved, ratio, mmS, params.slack, limit);
    const { isClogging: wasClogging, ...rest } = next;
    const sum = Math.max(next.jobSum, next.lifeSum);
    const state: ClogState = sum >= limit || (wasClogging === true && sum > 0) ? { ...rest, isClogging: true } : rest;
    return { state, answer: clogAnswer(state) };
  },
});

/** Between stretches: a pause breaks the one under way. */
function without(state: ClogState): ClogState {
  if (state.stretch === undefined) return state;
  const { stretch: _stretch, ...rest } = state;
  return rest;
}
