/**
 * Belts, by the resonance that the printer's own sweeps find. Tension goes with the square of it: 0.85 of the frequency is 0.72 of the
 * tension. The first sweeps say what is right for this machine; a belt that was slack from the start cannot be known.
 */
import type { HmsCode } from "../model/code.ts";
import type { Timestamp } from "../lib/time.ts";
import { median, type Slope, theilSen } from "../lib/statistics.ts";
import { type Answer, NOT_TESTED, type Param, PASS, watch } from "./detector.ts";

const BELTS = [
  { name: "x", label: "X", code: "0300-1000-0002-0001", slackening: "0300-1000-0003-E104", hz: "xBeltHz" },
  { name: "y", label: "Y", code: "0300-1100-0002-0001", slackening: "0300-1100-0003-E104", hz: "yBeltHz" },
] as const;

const FIRST_SWEEPS = 3;
const DAY_MS = 86_400_000;

/** Back above this much more than the limit, an alert is over. */
const HYSTERESIS = 0.03;

const SHARE: Param = { default: 0.85, min: 0.5, max: 0.98, unit: "", about: "share of the first frequency below which the belt is slack" };

interface Tension {
  readonly last?: number;
  /** Frequency of the belt as it should be. */
  readonly rightHz?: number;
  /** The latest sweeps: the first of them teach, later ones may show that somebody tightened the belt. */
  readonly recent: readonly number[];
  readonly answer: Answer;
}

const NEW_BELT: Tension = { recent: [], answer: NOT_TESTED };

/** Tighter than this, three sweeps long, is how the belt should be from now on. */
const TIGHTENED = 1.15;

export const beltTension = watch({
  id: "belt-tension",
  about: "A belt sounds much lower than it did: it is slack.",
  parts: BELTS,
  reads: ({ hz }) => hz,
  code: ({ code }) => code as HmsCode,
  params: {
    share: SHARE,
    sureShare: { default: 0.75, min: 0.4, max: 0.95, unit: "", about: "below this one sweep is enough, else it takes two" },
  },
  start: NEW_BELT,
  test: (state, { label, hz: reading }, snapshot, params) => {
    const hz = snapshot[reading];
    if (hz === undefined || hz === state.last || hz <= 0) return { state, answer: state.answer };
    const recent = [...state.recent, hz].slice(-FIRST_SWEEPS);
    const isTightened = recent.length === FIRST_SWEEPS && recent.every((one) => one > TIGHTENED * (state.rightHz ?? one));
    const learn = recent.length === FIRST_SWEEPS && (state.rightHz === undefined || isTightened);
    const rightHz = learn ? median(recent) : state.rightHz;
    const answer = rightHz === undefined ? NOT_TESTED : judgeTension(label, recent, rightHz, state.answer.status === "fail", params);
    return { state: { last: hz, recent, answer, ...(rightHz !== undefined && { rightHz }) }, answer };
  },
});

function judgeTension(
  label: string,
  recent: readonly number[],
  rightHz: number,
  isFailing: boolean,
  { share, sureShare }: { readonly share: number; readonly sureShare: number },
): Answer {
  const hz = recent.at(-1) ?? rightHz;
  const lowest = (isFailing ? share + HYSTERESIS : share) * rightHz;
  const isLow = hz < lowest && (isFailing || hz < sureShare * rightHz || (recent.at(-2) ?? rightHz) < lowest);
  if (!isLow) return PASS;
  const says = `the ${label} belt sounds at ${hz.toFixed(0)} Hz instead of ${rightHz.toFixed(0)} Hz: ${lostPct(hz, rightHz)} % of its tension is lost`;
  return {
    status: "fail",
    value: hz,
    limit: share * rightHz,
    unit: "Hz",
    confidence: hz < sureShare * rightHz ? 0.98 : 0.9,
    evidence: { says, rightHz, recentHz: recent },
  };
}

function lostPct(hz: number, rightHz: number): string {
  return (100 * (1 - (hz / rightHz) ** 2)).toFixed(0);
}

/** One point a day, the mean of its sweeps. */
interface Day {
  readonly x: number;
  readonly y: number;
  readonly n: number;
}

interface Slackening {
  readonly last?: number;
  readonly first: readonly number[];
  readonly days: readonly Day[];
  readonly answer: Answer;
}

const NEW_COURSE: Slackening = { first: [], days: [], answer: NOT_TESTED };
const MAX_DAYS = 32;
/** A jump upwards by this is a belt that was tightened: the course begins anew. */
const RETENSIONED = 1.08;

export const beltSlackening = watch({
  id: "belt-slackening",
  about: "A belt gets slacker from week to week; says when it will reach the limit.",
  parts: BELTS,
  reads: ({ hz }) => hz,
  code: ({ slackening }) => slackening as HmsCode,
  params: {
    share: SHARE,
    noticeDays: { default: 45, min: 1, max: 365, unit: "d", about: "told when the limit is nearer than this" },
    minDays: { default: 10, min: 3, max: 90, unit: "d", about: "a shorter course says nothing" },
    minDropPct: { default: 5, min: 1, max: 20, unit: "%", about: "a smaller loss of frequency is weather" },
  },
  start: NEW_COURSE,
  test: (state, { label, hz: reading }, snapshot, params, now) => {
    const hz = snapshot[reading];
    if (hz === undefined || hz === state.last || hz <= 0) return { state, answer: state.answer };
    const isRetensioned = hz > RETENSIONED * (state.days.at(-1)?.y ?? hz);
    const first = isRetensioned ? [hz] : state.first.length < FIRST_SWEEPS ? [...state.first, hz] : state.first;
    const days = isRetensioned ? [newDay(now, hz)] : addDay(state.days, now, hz);
    const isFailing = state.answer.status === "fail";
    const answer = isRetensioned ? PASS : judgeCourse(label, days, median(first) ?? hz, isFailing ? eased(params) : params);
    return { state: { last: hz, first, days, answer }, answer };
  },
});

function newDay(now: Timestamp, hz: number): Day {
  return { x: now / DAY_MS, y: hz, n: 1 };
}

function addDay(days: readonly Day[], now: Timestamp, hz: number): readonly Day[] {
  const today = days.at(-1);
  const sinceDays = today === undefined ? 1 : now / DAY_MS - today.x;
  if (today === undefined || sinceDays >= 1) return [...days, newDay(now, hz)].slice(-MAX_DAYS);
  // a clock that was set back makes no order in time
  if (sinceDays < 0) return [newDay(now, hz)];
  return [...days.slice(0, -1), { x: today.x, y: today.y + (hz - today.y) / (today.n + 1), n: today.n + 1 }];
}

interface CourseLimits {
  readonly share: number;
  readonly noticeDays: number;
  readonly minDays: number;
  readonly minDropPct: number;
}

/** What an alert needs to stand: less than to be raised, so that it does not come and go. */
function eased(limits: CourseLimits): CourseLimits {
  return { ...limits, noticeDays: limits.noticeDays * 1.5, minDropPct: limits.minDropPct * 0.6 };
}

function judgeCourse(label: string, days: readonly Day[], rightHz: number, limits: CourseLimits): Answer {
  const [begin, end] = [days[0], days.at(-1)];
  if (begin === undefined || end === undefined || days.length < 5 || end.x - begin.x < limits.minDays) return NOT_TESTED;
  const line = theilSen(days.map(({ x, y }) => ({ x: x - end.x, y })));
  if (line === undefined) return NOT_TESTED;
  const hz = line.intercept;
  const daysLeft = (hz - limits.share * rightHz) / -line.perX;
  const hasDropped = line.perX < 0 && rightHz - hz > (rightHz * limits.minDropPct) / 100 && isSure(days, line, end.x);
  if (!hasDropped || daysLeft > limits.noticeDays) return PASS;
  const margin = Math.max(0, hz - limits.share * rightHz);
  const [soonest, latest] = [margin / -line.low, line.high < 0 ? margin / -line.high : undefined];
  const until = `in ${Math.max(0, daysLeft).toFixed(0)} days (${soonest.toFixed(0)} to ${latest?.toFixed(0) ?? "many"})`;
  const says = `the ${label} belt has lost ${lostPct(hz, rightHz)} % of its tension and goes on losing; it will be slack ${until}`;
  return {
    status: "fail",
    value: Math.max(0, daysLeft),
    limit: limits.noticeDays,
    unit: "d",
    confidence: 0.8,
    evidence: { says, hz, rightHz, hzPerDay: line.perX, soonestDays: soonest, ...(latest !== undefined && { latestDays: latest }) },
  };
}

/** The fall over the course is well beyond what single days scatter around the line. */
function isSure(days: readonly Day[], line: Slope, endX: number): boolean {
  const scatter = 1.48 * (median(days.map(({ x, y }) => Math.abs(y - line.intercept - line.perX * (x - endX)))) ?? 0);
  return -line.perX * (endX - (days[0]?.x ?? endX)) > 2 * scatter;
}

interface Pair {
  readonly x?: number;
  readonly y?: number;
  readonly first: readonly number[];
  /** How many results in a row were uneven. */
  readonly uneven: number;
  readonly answer: Answer;
}

const NEW_PAIR: Pair = { first: [], uneven: 0, answer: NOT_TESTED };

export const beltsUneven = watch({
  id: "belts-uneven",
  about: "Two belts that were alike, as those of a CoreXY are, have come apart.",
  parts: [{ name: "belts" }],
  reads: () => "xBeltHz",
  code: () => "0300-1000-0003-E105" as HmsCode,
  params: {
    apartPct: { default: 10, min: 3, max: 50, unit: "%", about: "how far the ratio of their frequencies may move from what it was" },
    alikePct: { default: 12, min: 1, max: 20, unit: "%", about: "belts that differed more at first are no pair" },
  },
  start: NEW_PAIR,
  test: (state, _part, { xBeltHz, yBeltHz }, { apartPct, alikePct }) => {
    const isNew = xBeltHz !== undefined && yBeltHz !== undefined && xBeltHz !== state.x && yBeltHz !== state.y;
    if (!isNew || xBeltHz <= 0 || yBeltHz <= 0) return { state, answer: state.answer };
    const ratio = xBeltHz / yBeltHz;
    const seen = { ...state, x: xBeltHz, y: yBeltHz };
    if (state.first.length < FIRST_SWEEPS) return { state: { ...seen, first: [...state.first, ratio] }, answer: state.answer };
    const first = median(state.first) ?? ratio;
    if (Math.abs(first - 1) > alikePct / 100) return { state: seen, answer: NOT_TESTED };
    const apart = Math.abs(ratio / first - 1) * 100;
    const uneven = apart > (state.answer.status === "fail" ? apartPct - 100 * HYSTERESIS : apartPct) ? state.uneven + 1 : 0;
    const answer = uneven === 0 ? PASS : uneven > 1 ? comeApart(xBeltHz, yBeltHz, apart, apartPct) : state.answer;
    return { state: { ...seen, uneven, answer }, answer };
  },
});

function comeApart(xHz: number, yHz: number, apartPct: number, limit: number): Answer {
  const says = `one belt sounds at ${xHz.toFixed(0)} Hz, the other at ${yHz.toFixed(0)} Hz; they were alike before`;
  return { status: "fail", value: apartPct, limit, unit: "%", confidence: 0.85, evidence: { says, xHz, yHz } };
}
