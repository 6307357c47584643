/**
 * Air that does not cool though its fan turns. The board: warmer at work than it ever levelled off at. The hotend: heat that creeps up
 * its heatsink, told by how far the heatsink stands between air and nozzle, which no temperature of either changes in a sound machine.
 */
import { ewma, NO_SPREAD, type Spread, spread } from "../lib/statistics.ts";
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { type Answer, isFresh, NOT_TESTED, PASS, type Test, watch, watchedS } from "./detector.ts";

interface Timed {
  /** Seconds for which it has been true; only while it is. */
  readonly forS?: number;
  readonly at?: Timestamp;
}

function timed(before: Timed, isTrue: boolean, now: Timestamp): Timed {
  if (isTrue) return { forS: (before.forS ?? 0) + watchedS(before.at, now), at: now };
  return before.at === undefined ? before : NO_TIME;
}
const NO_TIME: Timed = {};

/** How warm the board is by itself and against the host: weather moves the first, an idle host the second, bad cooling both. */
type Warmth = readonly [boardC: number, overHostC: number | null];

interface BoardState {
  /** Where it levelled off at work, with a cool and with a hot bed under or beside it. */
  readonly levels: readonly [Warmth | null, Warmth | null];
  /** Where the current stretch of ten minutes began. */
  readonly mark?: { readonly at: Timestamp; readonly tempC: number };
  readonly hot: Timed;
}

const NEW_BOARD: BoardState = { levels: [null, null], hot: NO_TIME };
const STRETCH_S = 600;
const LEVEL_WITHIN_C = 1;
/** So slowly the level follows what gets cooler. */
const LEVEL_WEIGHT = 0.05;
const HOT_BED_C = 85;
const HOT_FOR_S = 120;
const WEATHER_C = 6;

function warmthOf(boardC: number, { hostTempC }: Snapshot): Warmth {
  return [boardC, hostTempC === undefined ? null : boardC - hostTempC];
}

/** How far above its level the board is; without a host to compare with, what weather does is taken off. */
function excessOf([boardC, overHostC]: Warmth, [levelC, levelOverHostC]: Warmth): number {
  if (overHostC === null || levelOverHostC === null) return boardC - levelC - WEATHER_C;
  return Math.min(boardC - levelC, overHostC - levelOverHostC);
}

/** Up at once, down slowly: what was normal once is normal. */
function raised(level: number | null, value: number | null): number | null {
  if (level === null || value === null) return value ?? level;
  return value > level ? value : ewma(level, value, LEVEL_WEIGHT);
}

/** A stretch without a rise or fall ends in a level; one that is far above the known level is none to learn from. */
function atStretchEnd(state: BoardState, warmth: Warmth, bay: 0 | 1, tooMuchC: number, now: Timestamp): BoardState {
  const { mark } = state;
  const [tempC] = warmth;
  const seconds = mark === undefined ? Number.POSITIVE_INFINITY : (now - mark.at) / 1_000;
  if (mark !== undefined && seconds >= 0 && seconds < STRETCH_S) return state;
  const next = { ...state, mark: { at: now, tempC } };
  // a longer stretch is one in which nobody looked
  if (mark === undefined || seconds > STRETCH_S + 60 || Math.abs(tempC - mark.tempC) > LEVEL_WITHIN_C) return next;
  const known = state.levels[bay];
  if (known !== null && excessOf(warmth, known) > tooMuchC) return next;
  const level: Warmth = known === null ? warmth : [raised(known[0], tempC) ?? tempC, raised(known[1], warmth[1])];
  return { ...next, levels: bay === 0 ? [level, state.levels[1]] : [state.levels[0], level] };
}

function boardAnswer({ hot }: BoardState, tempC: number, level: Warmth | null, limitC: number): Answer {
  if ((hot.forS ?? 0) < HOT_FOR_S) return level === null ? NOT_TESTED : PASS;
  const usual = level === null ? "" : `, usually ${level[0].toFixed(0)} °C at work`;
  return {
    status: "fail",
    value: tempC,
    limit: limitC,
    unit: "°C",
    confidence: level === null ? 0.7 : 0.85,
    evidence: { says: `the board has ${tempC.toFixed(1)} °C with its fan on${usual}`, ...(level !== null && { usualC: level[0] }) },
  };
}

export const coolingWeak = watch({
  id: "cooling-weak",
  about: "The controller board gets hotter than it used to at work though its fan runs.",
  parts: [{ name: "controller" }],
  reads: () => "boardTempC",
  code: () => "0300-3500-0002-E103" as HmsCode,
  params: {
    dutyPct: { default: 80, min: 10, max: 100, unit: "%", about: "duty of the fan from which it must cool" },
    riseC: {
      default: 5,
      min: 2,
      max: 30,
      unit: "°C",
      about: "rise within ten minutes that counts when the usual level is passed by as much",
    },
    overC: { default: 8, min: 4, max: 40, unit: "°C", about: "how far above its usual level the board may get" },
    maxC: { default: 85, min: 50, max: 120, unit: "°C", about: "what no board may reach with its fan on" },
  },
  start: NEW_BOARD,
  restore: ({ levels }) => ({ levels, hot: NO_TIME }),
  test: (state, _part, snapshot, params, now): Test<BoardState> => {
    const { boardTempC: tempC, controllerFanPct: dutyPct } = snapshot;
    if (tempC === undefined || dutyPct === undefined) return { state, answer: NOT_TESTED };
    const isAtWork = snapshot.state === "printing" && dutyPct >= params.dutyPct && isFresh(snapshot, now);
    if (!isAtWork) {
      const isAtRest = state.mark === undefined && state.hot.at === undefined;
      return { state: isAtRest ? state : { levels: state.levels, hot: NO_TIME }, answer: NOT_TESTED };
    }
    const bay = (snapshot.bedTargetC ?? 0) >= HOT_BED_C ? 1 : 0;
    const warmth = warmthOf(tempC, snapshot);
    let next = atStretchEnd(state, warmth, bay, params.riseC, now);
    const level = next.levels[bay];
    const excessC = level === null ? Number.NEGATIVE_INFINITY : excessOf(warmth, level);
    const isOver = excessC >= params.overC || tempC >= params.maxC;
    const isRising = excessC >= params.riseC && tempC - (next.mark?.tempC ?? tempC) >= params.riseC;
    // once hot, it is so until it is clearly below
    const isStillHot = next.hot.at !== undefined && (excessC >= params.riseC || tempC >= params.maxC - params.riseC);
    const hot = timed(next.hot, isOver || isRising || isStillHot, now);
    if (hot !== next.hot) next = { ...next, hot };
    return {
      state: next,
      answer: boardAnswer(next, tempC, level, level === null ? params.maxC : Math.min(params.maxC, level[0] + params.overC)),
    };
  },
});

interface CreepState {
  /** Heatsink over air, against nozzle over heatsink, in the machine's first hours. */
  readonly share: Spread;
  readonly sampledAt?: Timestamp;
  readonly fullRpm: Spread;
  readonly flow: Flow;
  /** Since when the nozzle is hot: a heatsink is slow. */
  readonly hotAt?: Timestamp;
  readonly creeping: Timed;
}

/** Seen against ordered filament, by stretches. */
interface Flow {
  readonly startMm?: number;
  readonly startSeenMm?: number;
  readonly base: Spread;
  readonly ratio?: number;
}

const NEW_CREEP: CreepState = { share: NO_SPREAD, fullRpm: NO_SPREAD, flow: { base: NO_SPREAD }, creeping: NO_TIME };
const NOZZLE_HOT_C = 150;
const SETTLE_S = 300;
const SAMPLE_EVERY_S = 10;
const ENOUGH_SAMPLES = 12;
const MAX_SAMPLES = 360;
const ROOM_C = 25;
const STRETCH_MM = 20;
const BASE_STRETCHES = 5;
const FLOW_SHARE = 0.93;
const FAN_SHARE = 0.8;
const UNLEARNED_SHARE = 0.28;

function flowed(before: Flow, { extrudedMm: mm, filamentSeenMm: seenMm }: Snapshot): Flow {
  if (mm === undefined || seenMm === undefined) return before;
  const { startMm, startSeenMm, base } = before;
  if (startMm === undefined || startSeenMm === undefined || mm < startMm - STRETCH_MM || seenMm < startSeenMm - STRETCH_MM) {
    return { ...before, startMm: mm, startSeenMm: seenMm };
  }
  if (mm - startMm < STRETCH_MM) return before;
  const ratio = (seenMm - startSeenMm) / (mm - startMm);
  return { startMm: mm, startSeenMm: seenMm, ratio, base: base.n < BASE_STRETCHES ? spread(base, ratio) : base };
}

/** Learns share and speed now and then, while the heatsink is where its heat flows balance; a hot one teaches nothing. */
function learned(state: CreepState, share: number | undefined, isHot: boolean, rpm: number | undefined, now: Timestamp): CreepState {
  if (isHot || (state.sampledAt !== undefined && now - state.sampledAt < SAMPLE_EVERY_S * 1_000 && now >= state.sampledAt)) return state;
  const isLearningShare = share !== undefined && state.share.n < MAX_SAMPLES;
  const isLearningFan = rpm !== undefined && rpm > 0 && state.fullRpm.n < MAX_SAMPLES;
  if (!isLearningShare && !isLearningFan) return state;
  return {
    ...state,
    sampledAt: now,
    ...(isLearningShare && { share: spread(state.share, share) }),
    ...(isLearningFan && { fullRpm: spread(state.fullRpm, rpm) }),
  };
}

interface Signs {
  readonly heatsinkC: number | undefined;
  readonly isHot: boolean;
  readonly isFanWeak: boolean;
  readonly isFlowFalling: boolean;
}

function signsOf(state: CreepState, snapshot: Snapshot, share: number | undefined, minC: number, factor: number): Signs {
  const { heatsinkTempC: heatsinkC, hotendFanRpm: rpm } = snapshot;
  const { fullRpm, flow } = state;
  const limit = state.share.n < ENOUGH_SAMPLES ? UNLEARNED_SHARE : factor * state.share.mean;
  return {
    heatsinkC,
    isHot: share !== undefined && heatsinkC !== undefined && heatsinkC >= minC && share > limit,
    isFanWeak: rpm !== undefined && fullRpm.n >= ENOUGH_SAMPLES && rpm < FAN_SHARE * fullRpm.mean,
    isFlowFalling: flow.ratio !== undefined && flow.base.n >= BASE_STRETCHES && flow.ratio < FLOW_SHARE * flow.base.mean,
  };
}

function tellCreep({ heatsinkC, isHot, isFanWeak, isFlowFalling }: Signs, minC: number): Answer {
  const signs = [
    ...(isHot && heatsinkC !== undefined ? [`the heatsink has ${heatsinkC.toFixed(0)} °C`] : []),
    ...(isFanWeak ? ["the hotend fan is slow"] : []),
    ...(isFlowFalling ? ["less filament flows than was ordered"] : []),
  ];
  const confidence = isHot && isFlowFalling ? 0.95 : 0.75;
  return {
    status: "fail",
    ...(heatsinkC !== undefined && { value: heatsinkC, limit: minC, unit: "°C" }),
    confidence,
    evidence: { says: `${signs.join(", ")}, while the nozzle is hot`, isHot, isFanWeak, isFlowFalling },
  };
}

/** No air of a printer is colder: its sensor is broken. */
const COLDEST_C = -15;

/** Undefined while the air is as warm as the nozzle, or nobody measures. */
function shareOf({ heatsinkTempC, nozzleTempC, chamberTempC }: Snapshot): number | undefined {
  if (heatsinkTempC === undefined || nozzleTempC === undefined || nozzleTempC - heatsinkTempC < 20) return undefined;
  if (chamberTempC !== undefined && chamberTempC < COLDEST_C) return undefined;
  return Math.max(0, heatsinkTempC - (chamberTempC ?? ROOM_C)) / (nozzleTempC - heatsinkTempC);
}

export const heatCreep = watch({
  id: "heat-creep",
  about: "Heat creeps up the hotend: its heatsink is hotter than air and nozzle explain, or its fan is slow while the flow falls.",
  parts: [{ name: "nozzle" }],
  code: () => "0300-0200-0003-E115" as HmsCode,
  params: {
    minC: { default: 50, min: 35, max: 120, unit: "°C", about: "below this temperature of the heatsink no filament softens" },
    factor: {
      default: 2,
      min: 1.2,
      max: 6,
      unit: "",
      about: "how many times its learned share of the nozzle's heat the heatsink may keep",
    },
    holdS: { default: 60, min: 5, max: 1_800, unit: "s", about: "how long it must last" },
  },
  start: NEW_CREEP,
  restore: ({ share, fullRpm, flow }) => ({ share, fullRpm, flow: { base: flow.base }, creeping: NO_TIME }),
  test: (before, _part, snapshot, params, now): Test<CreepState> => {
    const { heatsinkTempC, hotendFanRpm, nozzleTempC } = snapshot;
    const canBeTested = heatsinkTempC !== undefined || (hotendFanRpm !== undefined && snapshot.filamentSeenMm !== undefined);
    if (!canBeTested || nozzleTempC === undefined || nozzleTempC < NOZZLE_HOT_C || !isFresh(snapshot, now)) {
      return { state: before.hotAt === undefined ? before : cooled(before), answer: NOT_TESTED };
    }
    if (before.hotAt === undefined || before.hotAt > now) return { state: { ...before, hotAt: now }, answer: NOT_TESTED };
    const flow = flowed(before.flow, snapshot);
    let state = flow === before.flow ? before : { ...before, flow };
    const share = shareOf(snapshot);
    // once found it stands until things are clearly better
    const ease = (state.creeping.forS ?? 0) >= params.holdS ? 0.85 : 1;
    const signs = signsOf(state, snapshot, share, params.minC * ease, params.factor * ease);
    const isCreeping = signs.isHot || (signs.isFanWeak && signs.isFlowFalling);
    if (now - before.hotAt > SETTLE_S * 1_000) state = learned(state, share, isCreeping || signs.isFanWeak, hotendFanRpm, now);
    const creeping = timed(state.creeping, isCreeping, now);
    if (creeping !== state.creeping) state = { ...state, creeping };
    if ((creeping.forS ?? 0) >= params.holdS) return { state, answer: tellCreep(signs, params.minC) };
    const isKnown = state.share.n >= ENOUGH_SAMPLES || state.flow.base.n >= BASE_STRETCHES;
    return { state, answer: isKnown ? PASS : NOT_TESTED };
  },
});

/** A cold nozzle proves nothing; what was learned stays. */
function cooled({ share, fullRpm, flow }: CreepState): CreepState {
  return { share, fullRpm, flow: { base: flow.base }, creeping: NO_TIME };
}
