/**
 * The computer that drives the printer and its link to the controller board. What the host says itself when it has stopped comes by its
 * own codes; here is what it does not say, or says late. Readings of a host that is not "ready" stand still for good reason.
 */
import { leak, NO_SPREAD, type Spread, spread } from "../lib/statistics.ts";
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { type Answer, isFresh, NOT_TESTED, PASS, watch, watchedS } from "./detector.ts";

/** Counters at the start of the span that is looked at. */
interface Span {
  readonly sent: number;
  readonly again: number;
  readonly invalid: number;
}

interface Link {
  readonly span?: Span;
  /** Bytes sent again as last told, and how often they were seen to grow within the span. */
  readonly again?: number;
  readonly bursts?: number;
  /** Spans in a row with too many bytes sent again. */
  readonly badSpans: number;
  readonly failedAt?: Timestamp;
  readonly says?: string;
}

const FRESH_LINK: Link = { badSpans: 0 };
/** A link this much worse than the limit, again and again, needs no whole span: a host that was busy once repeats much, but once. */
const MUCH_WORSE = 10;
const MANY_BURSTS = 8;
const LEAST_BYTES = 10_000;

export const mcuLink = watch({
  id: "mcu-link",
  about: "Bytes between host and controller board arrive broken or must be sent again: a bad cable, plug or disturbance.",
  parts: [{ name: "mcu" }],
  reads: () => "mcuBytesSent",
  code: () => "E100-0200-0003-E001" as HmsCode,
  params: {
    againPct: { default: 0.1, min: 0.001, max: 10, unit: "%", about: "bytes sent again, of all; one lost block now and then is usual" },
    spanBytes: { default: 200_000, min: 10_000, max: 100_000_000, unit: "B", about: "bytes over which that is counted, twice in a row" },
    clearS: { default: 3_600, min: 60, max: 86_400, unit: "s", about: "without a new error the alert is over" },
  },
  start: FRESH_LINK,
  test: (state, _part, snapshot, params, now) => {
    const { mcuBytesSent: sent, mcuBytesRetransmit: again = 0, mcuBytesInvalid: invalid = 0, hostState } = snapshot;
    if (sent === undefined || hostState !== "ready" || !snapshot.connected) return { state, answer: NOT_TESTED };
    const { span } = state;
    const begin = { sent, again, invalid };
    // counters start over with the host
    if (span === undefined || sent < span.sent || again < span.again || invalid < span.invalid) {
      return told({ ...state, span: begin, again, bursts: 0 });
    }
    const says = invalid > span.invalid ? `${invalid - span.invalid} bytes came broken from the board` : undefined;
    if (says !== undefined) return told({ ...state, span: begin, again, bursts: 0, failedAt: now, says });
    const isOver = state.failedAt !== undefined && Math.abs(now - state.failedAt) > params.clearS * 1_000;
    if (isOver) return { state: { span, badSpans: 0 }, answer: PASS };
    const total = sent - span.sent;
    const pct = (100 * (again - span.again)) / total;
    const grown = again > (state.again ?? again) ? 1 : 0;
    const bursts = (state.bursts ?? 0) + grown;
    const isMuchWorse = grown > 0 && bursts >= MANY_BURSTS && total >= LEAST_BYTES && pct > MUCH_WORSE * params.againPct;
    if (total < params.spanBytes && !isMuchWorse) return told(again === state.again ? state : { ...state, again, bursts });
    const badSpans = pct > params.againPct ? state.badSpans + 1 : 0;
    const next = { ...state, span: begin, again, bursts: 0, badSpans };
    if (badSpans < 2 && !isMuchWorse) return told(next);
    return told({ ...next, failedAt: now, says: `${pct.toFixed(2)} % of the bytes to the board had to be sent again` });
  },
});

function told(state: Link): { readonly state: Link; readonly answer: Answer } {
  return { state, answer: linkAnswer(state) };
}

function linkAnswer({ failedAt, says = "" }: Link): Answer {
  return failedAt === undefined ? PASS : { status: "fail", confidence: 0.9, evidence: { says } };
}

interface Beat {
  readonly bytes?: number;
  /** Whether the counter was seen to move since the host is ready: before that nothing need come. */
  readonly moved: boolean;
  readonly hostTimeS?: number;
  /** How long it stands still, by the host's own clock. */
  readonly stillS: number;
  /** How far the host's clock goes from word to word, nearly at the least. */
  readonly usualStepS?: number;
}

const NO_BEAT: Beat = { moved: false, stillS: 0 };
/** A longer step of the host's clock is a host that stood still itself. */
const MAX_HOST_STEP_S = 2.5;
/** A step so much longer than usual is one or more words that did not arrive: the counter may have moved in them. */
const MISSED = 1.6;

/** Falls at once, rises slowly. */
function usualStep(before: number | undefined, stepS: number): number | undefined {
  if (!(stepS > 0 && stepS <= MAX_HOST_STEP_S)) return before;
  return before === undefined || stepS < before ? stepS : before + 0.05 * (stepS - before);
}

export const mcuSilent = watch({
  id: "mcu-silent",
  about: "Not a byte passes to the controller board any more, while the host goes on: the board or its cable is gone.",
  parts: [{ name: "mcu" }],
  reads: () => "mcuBytesSent",
  code: () => "E100-0200-0001-E006" as HmsCode,
  params: {
    // the host asks its board for the time every second, and gives up after some five
    stillS: { default: 2.9, min: 1.5, max: 60, unit: "s", about: "how long the counter must stand still" },
  },
  start: NO_BEAT,
  restore: () => NO_BEAT,
  test: (state, _part, { mcuBytesSent: bytes, hostTimeS, hostState, connected }, { stillS: limit }) => {
    if (bytes === undefined || hostTimeS === undefined || hostState !== "ready" || !connected)
      return { state: NO_BEAT, answer: NOT_TESTED };
    const stepS = hostTimeS - (state.hostTimeS ?? hostTimeS);
    const usualStepS = usualStep(state.usualStepS, stepS);
    const beat = { bytes, hostTimeS, ...(usualStepS !== undefined && { usualStepS }) };
    if (bytes !== state.bytes) return { state: { ...beat, moved: state.bytes !== undefined, stillS: 0 }, answer: PASS };
    if (stepS === 0 || !state.moved) return { state, answer: silentAnswer(state.stillS, limit) };
    const isWhole = stepS > 0 && stepS <= MAX_HOST_STEP_S && stepS <= MISSED * (state.usualStepS ?? stepS);
    const stillS = isWhole ? state.stillS + stepS : 0;
    return { state: { ...beat, moved: true, stillS }, answer: silentAnswer(stillS, limit) };
  },
});

function silentAnswer(stillS: number, limit: number): Answer {
  if (stillS < limit) return PASS;
  const says = `not a byte went to the controller board for ${stillS.toFixed(1)} s, and the host goes on as if it were there`;
  return { status: "fail", value: stillS, limit, unit: "s", confidence: 0.95, evidence: { says } };
}

interface Clock {
  readonly hostTimeS?: number;
  readonly moved: boolean;
  /** The latest sample, and how long it has stood still while samples came. */
  readonly sampleAt?: Timestamp;
  readonly stillS: number;
}

const NO_CLOCK: Clock = { moved: false, stillS: 0 };
/** A longer silence is that of the way to the printer: what comes after it may still be old. */
const MAX_GAP_S = 2.5;

export const hostFrozen = watch({
  id: "host-frozen",
  about: "The host program is called ready, but its clock stands still: it hangs, and heaters and motors are without their master.",
  parts: [{ name: "host" }],
  reads: () => "hostTimeS",
  code: () => "E100-0100-0001-E121" as HmsCode,
  params: {
    stillS: { default: 5, min: 2, max: 300, unit: "s", about: "how long its clock must stand still while other news arrive" },
  },
  start: NO_CLOCK,
  restore: () => NO_CLOCK,
  test: (state, _part, snapshot, { stillS: limit }) => {
    const { hostTimeS, hostState, at } = snapshot;
    if (hostTimeS === undefined || at === undefined || hostState !== "ready" || !snapshot.connected)
      return { state: NO_CLOCK, answer: NOT_TESTED };
    if (hostTimeS !== state.hostTimeS) {
      return { state: { hostTimeS, moved: state.hostTimeS !== undefined, sampleAt: at, stillS: 0 }, answer: PASS };
    }
    // after a start the clock moves when somebody asks
    if (!state.moved || at === state.sampleAt) return { state, answer: clockAnswer(state.stillS, limit) };
    const gapS = watchedS(state.sampleAt, at);
    const stillS = gapS > MAX_GAP_S ? 0 : state.stillS + gapS;
    return { state: { ...state, sampleAt: at, stillS }, answer: clockAnswer(stillS, limit) };
  },
});

function clockAnswer(stillS: number, limit: number): Answer {
  if (stillS <= limit) return PASS;
  const says = `the clock of the host program has stood still for ${stillS.toFixed(0)} s, while its computer still answers: the program hangs`;
  return { status: "fail", value: stillS, limit, unit: "s", confidence: 0.95, evidence: { says } };
}

/** How the host's own clock goes from one update of its readings to the next. */
interface Pace {
  readonly usual: Spread;
  readonly hostTimeS?: number;
  /** When the latest update came, and whether other news came since: then the way to the printer is sound, and nothing is lost on it. */
  readonly sampleAt?: Timestamp;
  readonly hasNews: boolean;
  /** Watched without a break. */
  readonly watchedS: number;
  /** Late updates, of which one is forgotten every `FORGOTTEN_S`. */
  readonly late: number;
  readonly worstS: number;
  /** Since the last late one. */
  readonly calmS: number;
  readonly isBusy: boolean;
}

const NO_PACE: Pace = { usual: NO_SPREAD, hasNews: false, watchedS: 0, late: 0, worstS: 0, calmS: 0, isBusy: false };
const KNOWN_STEPS = 10;
const MEMORY_STEPS = 100;
/** A host that has just started has much to do. */
const SETTLED_S = 5;
const FORGOTTEN_S = 20;
/** A late step counts as so many usual ones in what is usual: a site that asks less often from now on is learned too, in minutes. */
const LESSON = 1.25;

export const hostBusy = watch({
  id: "host-busy",
  about:
    "The host program comes too late, again and again: its computer is too busy. Load says little, for a healthy one may stand at 100 %.",
  parts: [{ name: "host" }],
  reads: () => "hostTimeS",
  code: () => "E100-0600-0003-E007" as HmsCode,
  params: {
    // of ten recordings at full load none went further than 0.28 s, where 0.25 s is usual
    lateS: { default: 0.9, min: 0.3, max: 30, unit: "s", about: "an update that takes longer, by the host's own clock, is late" },
    times: { default: 3.5, min: 2, max: 50, unit: "", about: "and longer than so many usual ones" },
    lateSteps: { default: 4, min: 1, max: 100, unit: "", about: "so many late ones, less one for every 20 s" },
    clearS: { default: 300, min: 10, max: 86_400, unit: "s", about: "without a late one the alert is over" },
  },
  start: NO_PACE,
  restore: ({ usual }) => ({ ...NO_PACE, usual }),
  test: (state, _part, { hostTimeS, at, hostState, connected }, params) => {
    if (hostTimeS === undefined || at === undefined || hostState !== "ready" || !connected) {
      return { state: state.hostTimeS === undefined ? state : paused(state), answer: NOT_TESTED };
    }
    const { usual, late, sampleAt, hasNews } = state;
    const stepS = hostTimeS - (state.hostTimeS ?? Number.NaN);
    if (stepS === 0) return { state: at === sampleAt || hasNews ? state : { ...state, hasNews: true }, answer: paceAnswer(state, params) };
    if (!(stepS > 0)) return { state: { ...paused(state), hostTimeS, sampleAt: at }, answer: NOT_TESTED };
    const limitS = Math.max(params.lateS, params.times * usual.mean);
    const isLate = hasNews && stepS > limitS && isPaceKnown(state);
    const level = leak(late, stepS, 1 / FORGOTTEN_S) + (isLate ? 1 : 0);
    const calmS = isLate ? 0 : state.calmS + stepS;
    const next: Pace = {
      usual: spread(usual, isLate ? LESSON * usual.mean : stepS, MEMORY_STEPS),
      hostTimeS,
      sampleAt: at,
      hasNews: false,
      watchedS: state.watchedS + stepS,
      late: level,
      worstS: isLate ? Math.max(stepS, state.worstS) : level === 0 && !state.isBusy ? 0 : state.worstS,
      calmS,
      isBusy: level >= params.lateSteps || (state.isBusy && calmS <= params.clearS),
    };
    return { state: next, answer: paceAnswer(next, params) };
  },
});

const isPaceKnown = ({ usual, watchedS: forS }: Pace): boolean => usual.n >= KNOWN_STEPS && forS >= SETTLED_S;

function paused({ usual, isBusy, worstS }: Pace): Pace {
  return { ...NO_PACE, usual, isBusy, worstS };
}

function paceAnswer(state: Pace, { lateSteps }: { readonly lateSteps: number }): Answer {
  const { isBusy, worstS, usual, late } = state;
  if (!isBusy) return isPaceKnown(state) ? PASS : NOT_TESTED;
  const says = `by its own clock the host came too late again and again, ${worstS.toFixed(1)} s at the worst where ${usual.mean.toFixed(2)} s is usual, while its computer went on answering`;
  return { status: "fail", value: Number(late.toFixed(1)), limit: lateSteps, confidence: 0.85, evidence: { says, worstS } };
}

interface Heat {
  readonly at?: Timestamp;
  /** How long it has been on the other side of its limit. */
  readonly forS: number;
  readonly isHot: boolean;
}

const NO_HEAT: Heat = { forS: 0, isHot: false };
/** Sensors that are not there read 0, broken ones anything. */
const COOLEST_HOST_C = 5;
const HOTTEST_HOST_C = 125;

export const hostHot = watch({
  id: "host-hot",
  about: "The host's processor is so hot that it soon runs slower to protect itself.",
  parts: [{ name: "host" }],
  reads: () => "hostTempC",
  code: () => "E100-0600-0003-E003" as HmsCode,
  params: {
    // where a Raspberry Pi begins to slow down
    onC: { default: 80, min: 50, max: 110, unit: "°C", about: "hotter than this is too hot" },
    offC: { default: 75, min: 40, max: 105, unit: "°C", about: "cooler than this is well again" },
    delayS: { default: 60, min: 5, max: 3_600, unit: "s", about: "how long, for both" },
  },
  start: NO_HEAT,
  restore: ({ isHot }) => ({ forS: 0, isHot }),
  test: (state, _part, snapshot, { onC, offC, delayS }, now) => {
    const { hostTempC } = snapshot;
    const isRead = hostTempC !== undefined && hostTempC > COOLEST_HOST_C && hostTempC < HOTTEST_HOST_C;
    if (!isRead || !isFresh(snapshot, now)) return { state, answer: NOT_TESTED };
    const { isHot } = state;
    const isOther = isHot ? hostTempC < offC : hostTempC >= onC;
    if (!isOther) return { state: state.at === undefined ? state : { forS: 0, isHot }, answer: heatAnswer(isHot, hostTempC, onC) };
    const forS = state.forS + watchedS(state.at, now);
    const isTurned = forS >= delayS;
    const next: Heat = isTurned ? { forS: 0, isHot: !isHot } : { at: now, forS, isHot };
    return { state: next, answer: heatAnswer(next.isHot, hostTempC, onC) };
  },
});

function heatAnswer(isHot: boolean, tempC: number, limit: number): Answer {
  if (!isHot) return PASS;
  const says = `the host's processor stands at ${tempC.toFixed(0)} °C`;
  return { status: "fail", value: tempC, limit, unit: "°C", confidence: 0.9, evidence: { says } };
}

export const jobError = watch({
  id: "job-error",
  about: "The host ended the job with an error whose words nobody has a code for.",
  parts: [{ name: "job" }],
  reads: () => "jobError",
  code: () => "E100-0500-0003-E00F" as HmsCode,
  params: {},
  start: null,
  test: (state, _part, { state: printer, jobError: words = "" }) => {
    if (printer !== "failed") return { state, answer: PASS };
    if (words === "") return { state, answer: NOT_TESTED };
    return { state, answer: { status: "fail", confidence: 0.9, evidence: { says: `the host ended the job: "${words}"` } } };
  },
});
