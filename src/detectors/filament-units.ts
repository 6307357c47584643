/**
 * Filament units beside the printer: damp air in them, and loads that take longer or more tries than they used to. Humidity counts as the
 * unit's own sensor says it, in whole percent; coarse levels of old units never get here. A unit that dries is hot and says nothing.
 */
import { ewma, NO_SPREAD, type Spread, spread } from "../lib/statistics.ts";
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { FilamentUnit, Snapshot } from "../model/telemetry.ts";
import { type Answer, isFresh, NOT_TESTED, PASS, type Test, watch } from "./detector.ts";

interface UnitPart {
  readonly name: string;
  /** Module and unit of its codes: "0701". */
  readonly prefix: string;
  readonly isHeated: boolean;
  /** Character code of A to D. */
  readonly letter: number;
}

const LETTERS = ["A", "B", "C", "D"];

/** Four plain units and four heated ones of a single slot; modules 07 and 18, counted alike. */
const UNITS: readonly UnitPart[] = [false, true].flatMap((isHeated) =>
  LETTERS.map((letter, index) => ({
    name: `${isHeated ? "AMS-HT" : "AMS"} ${letter}`,
    prefix: `${isHeated ? "18" : "07"}0${index}`,
    isHeated,
    letter: letter.charCodeAt(0),
  })),
);

/** By its last letter, because products have names of their own ("AMS 2 Pro A"). */
function unitOf({ filamentUnits }: Snapshot, { letter, isHeated }: UnitPart): FilamentUnit | undefined {
  if (filamentUnits === undefined) return undefined;
  for (const unit of filamentUnits) {
    const { name } = unit;
    if (name.charCodeAt(name.length - 1) === letter && name.startsWith("AMS-HT") === isHeated) return unit;
  }
  return undefined;
}

interface HumidityState {
  /** Since when it has been too damp without getting drier, and how damp it was then. */
  readonly dampAt?: Timestamp;
  readonly dampPct?: number;
  /** When it was last seen so; a long gap proves nothing. */
  readonly seenAt?: Timestamp;
  readonly isDamp?: true;
}

const DRY: HumidityState = {};
const DRYING_C = 40;
/** Drier by as much while we wait: the desiccant works. */
const FALLING_PCT = 3;
const HYSTERESIS_PCT = 4;
const LOOK_EVERY_S = 60;
const MAX_GAP_S = 300;

/** Water in the air, g/m³, by the Magnus formula. */
function waterGM3(humidityPct: number, tempC: number): number {
  const saturatedHpa = 6.112 * Math.exp((17.62 * tempC) / (243.12 + tempC));
  return (216.7 * ((humidityPct / 100) * saturatedHpa)) / (273.15 + tempC);
}

function tellDamp({ name, tempC }: FilamentUnit, humidityPct: number, limitPct: number, minutes: number): Answer {
  const water = tempC === undefined ? undefined : Math.round(waterGM3(humidityPct, tempC) * 10) / 10;
  const grams = water === undefined ? "" : ` (${water} g/m³)`;
  return {
    status: "fail",
    value: humidityPct,
    limit: limitPct,
    unit: "%",
    confidence: 0.9,
    evidence: {
      says: `humidity in ${name} ${humidityPct} %${grams} for ${minutes} min and not falling`,
      ...(water !== undefined && { waterGM3: water }),
    },
  };
}

/** The wait goes on, starts anew, or is over. */
function waited(before: HumidityState, humidityPct: number, holdS: number, now: Timestamp): HumidityState {
  const { dampAt, dampPct = humidityPct, seenAt = now } = before;
  const hasGap = now < seenAt || now - seenAt > MAX_GAP_S * 1_000;
  if (dampAt === undefined || hasGap || humidityPct <= dampPct - FALLING_PCT) return { dampAt: now, dampPct: humidityPct, seenAt: now };
  if (now - dampAt >= holdS * 1_000) return { isDamp: true };
  return now - seenAt < LOOK_EVERY_S * 1_000 ? before : { ...before, seenAt: now };
}

export const unitHumidity = watch({
  id: "unit-humidity",
  about: "The air in a filament unit stays damp: its lid is open or its desiccant is used up.",
  parts: UNITS,
  reads: () => "filamentUnits",
  code: ({ prefix }) => `${prefix}-3500-0003-E117` as HmsCode,
  params: {
    limitPct: { default: 40, min: 15, max: 90, unit: "%", about: "relative humidity from which filament takes up water" },
    holdMin: { default: 30, min: 1, max: 1_440, unit: "min", about: "how long it must stay so damp" },
  },
  start: DRY,
  restore: ({ isDamp }) => (isDamp === true ? { isDamp } : DRY),
  test: (state, part, snapshot, params, now): Test<HumidityState> => {
    const unit = unitOf(snapshot, part);
    const { humidityPct, tempC } = unit ?? {};
    if (unit === undefined || humidityPct === undefined || !isFresh(snapshot, now)) return { state, answer: NOT_TESTED };
    if (tempC !== undefined && tempC >= DRYING_C) return { state: state.isDamp === true ? state : DRY, answer: NOT_TESTED };
    if (state.isDamp === true) {
      const isDry = humidityPct < params.limitPct - HYSTERESIS_PCT;
      return isDry ? { state: DRY, answer: PASS } : { state, answer: tellDamp(unit, humidityPct, params.limitPct, params.holdMin) };
    }
    if (humidityPct < params.limitPct) return { state: state.dampAt === undefined ? state : DRY, answer: PASS };
    const next = waited(state, humidityPct, params.holdMin * 60, now);
    return { state: next, answer: next.isDamp === true ? tellDamp(unit, humidityPct, params.limitPct, params.holdMin) : PASS };
  },
});

interface FeedState {
  readonly loads?: number;
  /** Of the first loads. */
  readonly usualS: Spread;
  readonly meanS?: number;
  readonly retries?: number;
  readonly isWeak?: true;
}

const NO_LOADS: FeedState = { usualS: NO_SPREAD };
const FIRST_LOADS = 5;
const WEIGHT = 0.3;

function tellFeed({ usualS, meanS, retries = 0 }: FeedState, { name }: FilamentUnit, limitS: number): Answer {
  const took = meanS === undefined ? "" : `, loads take ${meanS.toFixed(0)} s, ${usualS.mean.toFixed(0)} s at first`;
  return {
    status: "fail",
    ...(meanS !== undefined && { value: meanS, limit: limitS, unit: "s" }),
    confidence: 0.8,
    evidence: { says: `${name}: ${retries.toFixed(1)} more tries per load${took}`, retries },
  };
}

export const unitFeed = watch({
  id: "unit-feed",
  about: "A filament unit needs longer or more tries to load than it used to.",
  parts: UNITS,
  reads: () => "filamentUnits",
  code: ({ prefix }) => `${prefix}-0100-0003-E118` as HmsCode,
  params: {
    factor: { default: 1.5, min: 1.1, max: 10, unit: "", about: "how many times as long as the first loads the latest may take" },
    retries: { default: 0.8, min: 0.1, max: 10, unit: "", about: "further tries per load, as a running mean" },
  },
  start: NO_LOADS,
  test: (state, part, snapshot, params): Test<FeedState> => {
    const unit = unitOf(snapshot, part);
    if (unit?.loads === undefined || !snapshot.connected) return { state, answer: NOT_TESTED };
    const { loads, loadS, loadRetries = 0 } = unit;
    const limitS = state.usualS.mean * params.factor;
    const isKnown = state.usualS.n >= FIRST_LOADS;
    const standing = state.isWeak === true ? tellFeed(state, unit, limitS) : isKnown ? PASS : NOT_TESTED;
    if (loads === state.loads) return { state, answer: standing };
    // a count that is seen for the first time, or that started over, says nothing of a load now
    if (state.loads === undefined || loads < state.loads) return { state: { ...state, loads }, answer: standing };
    // loads with new tries are slow for that reason
    const isClean = loadS !== undefined && loadRetries === 0;
    const { isWeak: wasWeak, ...rest } = state;
    const next: FeedState = {
      ...rest,
      loads,
      retries: ewma(state.retries ?? 0, loadRetries, WEIGHT),
      ...(loadS !== undefined && { meanS: ewma(state.meanS, loadS, WEIGHT) }),
      ...(isClean && !isKnown && { usualS: spread(state.usualS, loadS) }),
    };
    const isWeak = (next.retries ?? 0) >= params.retries || (isKnown && next.meanS !== undefined && next.meanS > limitS);
    const isStillWeak = wasWeak === true && ((next.retries ?? 0) >= params.retries / 2 || (isKnown && (next.meanS ?? 0) > 0.9 * limitS));
    if (!isWeak && !isStillWeak) return { state: next, answer: next.usualS.n >= FIRST_LOADS ? PASS : NOT_TESTED };
    return { state: { ...next, isWeak: true }, answer: tellFeed(next, unit, limitS) };
  },
});
