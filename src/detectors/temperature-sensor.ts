/**
 * Sensors that are broken for all to see: an open one reads far too cold, a shorted one far too hot, one with a loose contact leaps.
 * What a heater can do within a second is the measure, so that a cold garage, a hot start and a restart of the host are no fault.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { type HeaterPart, HEATERS } from "../model/machine-parts.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { isFresh, isTooEarly, type Looked, standing, type Test, watch, watchedS } from "./detector.ts";

type HeaterName = HeaterPart["name"];

const LOOK_EVERY_MS = 450;
/** A smoothed reading that comes back from nothing needs this long to be true. */
const SETTLE_MS = 10_000;

/** No heater is quicker; `shortC` no reading of it is true, and a leap by `leapC` is no heat. */
interface Physics {
  readonly maxCS: number;
  readonly shortC: number;
  readonly leapC: number;
  /** A leap within one look that counts as a jump of the contact: at least this, and there and back at least half. */
  readonly jumpC: number;
}

const NOZZLE: Physics = { maxCS: 12, shortC: 480, leapC: 80, jumpC: 7 };
const PHYSICS: Readonly<Record<HeaterName, Physics>> = {
  nozzle: NOZZLE,
  leftNozzle: NOZZLE,
  bed: { maxCS: 6, shortC: 200, leapC: 40, jumpC: 4 },
  chamber: { maxCS: 6, shortC: 150, leapC: 40, jumpC: 5 },
};

const isHostAway = ({ hostState }: Snapshot): boolean => hostState !== undefined && hostState !== "ready" && hostState !== "shutdown";
const degrees = (tempC: number): string => `${tempC.toFixed(Math.abs(tempC) < 100 ? 1 : 0)} °C`;

// ---- thermistor-open, thermistor-short ----

interface Watching extends Looked {
  readonly tempC: number;
  /** The last reading before it began to leap, kept until it was calm for a while. */
  readonly calm: { readonly at: Timestamp; readonly tempC: number } | null;
  /** It is possible, or was come to as heat comes: a heater that is stuck on may well reach what no sound one does. */
  readonly isBelieved: boolean;
  /** Weight of the looks in a row that found it wrong. */
  readonly odd: number;
  /** Nothing is judged before. */
  readonly settledAt: Timestamp | null;
}

const UNWATCHED: Watching = { status: "not_tested", tempC: 0, calm: null, isBelieved: false, odd: 0, settledAt: null };
const LEAP_LASTS_MS = 10_000;
/** One message may be garbled, and a loose contact comes back: what is impossible counts three times what is only odd. */
const ENOUGH = 6;
const IMPOSSIBLE = 3;

/** The state after a reading, before it is judged; undefined when there is none to judge. */
function attend(state: Watching, part: HeaterPart, tempC: number, at: Timestamp): Watching {
  const seconds = watchedS(state.at, at);
  const isLeap = seconds > 0 && Math.abs(tempC - state.tempC) > PHYSICS[part.name].maxCS * Math.max(seconds, 0.5);
  const isOver = state.calm === null || at - state.calm.at > LEAP_LASTS_MS;
  const { status, odd, settledAt } = state;
  return {
    at,
    status,
    tempC,
    calm: !isOver ? state.calm : isLeap ? { at, tempC: state.tempC } : null,
    isBelieved: tempC <= PHYSICS[part.name].shortC || (state.isBelieved && seconds > 0 && !isLeap),
    odd,
    settledAt,
  };
}

/** The temperatures of the other places that are told. */
function others(part: HeaterPart, snapshot: Snapshot): readonly number[] {
  const temps = HEATERS.filter((other) => other.name !== part.name).map((other) => snapshot[other.temp]);
  return temps.filter((tempC) => tempC !== undefined);
}

/** Zero is what some firmwares make of an open sensor; in a cold garage the others say the same. */
function isFarBelowOthers(part: HeaterPart, snapshot: Snapshot, tempC: number): boolean {
  if (tempC > 0) return false;
  const around = others(part, snapshot);
  return around.length >= 2 && Math.min(...around) >= 15;
}

interface Rule {
  /** How much a reading speaks for a broken sensor; 0 for nothing. */
  readonly oddity: (state: Watching) => number;
  readonly isWell: (tempC: number) => boolean;
}

function judged(state: Watching, part: HeaterPart, snapshot: Snapshot, now: Timestamp, { oddity, isWell }: Rule): Watching {
  const tempC = snapshot[part.temp];
  if (tempC === undefined || !isFresh(snapshot, now)) return state.at === undefined ? state : UNWATCHED;
  const at = snapshot.at ?? now;
  if (isHostAway(snapshot)) return { ...UNWATCHED, settledAt: (at + SETTLE_MS) as Timestamp };
  if (isTooEarly(state, snapshot, LOOK_EVERY_MS)) return state;
  const next = attend(state, part, tempC, at);
  if (next.settledAt !== null && at < next.settledAt) return next;
  const more = oddity(next);
  if (more > 0) {
    const odd = Math.min(next.odd + more, ENOUGH);
    return { ...next, odd, status: odd >= ENOUGH ? "fail" : next.status };
  }
  const status = next.status === "fail" && !isWell(tempC) ? "fail" : "pass";
  return next.odd === 0 && status === next.status ? next : { ...next, odd: 0, status };
}

export const thermistorOpen = watch({
  id: "thermistor-open",
  about: "Tells when a temperature sensor reads colder than the place can be: its wire is broken or unplugged.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0001-0007` as HmsCode,
  params: {
    minC: { default: -15, min: -40, max: 5, unit: "°C", about: "no printer stands anywhere as cold as this" },
  },
  start: UNWATCHED,
  restore: ({ status }) => ({ ...UNWATCHED, status }),
  test: (state, part, snapshot, { minC }, now): Test<Watching> => {
    const next = judged(state, part, snapshot, now, {
      oddity: ({ tempC, calm }) => {
        if (tempC < minC) return IMPOSSIBLE;
        const isFallen = calm !== null && tempC < 10 && calm.tempC - tempC >= 15;
        return isFallen || isFarBelowOthers(part, snapshot, tempC) ? 1 : 0;
      },
      isWell: (tempC) => tempC >= 5,
    });
    if (next.status !== "fail" || state.status === "fail") return standing(next);
    const before = next.calm === null ? "" : `, ${degrees(next.calm.tempC)} just before`;
    return {
      state: next,
      answer: {
        status: "fail",
        value: next.tempC,
        limit: minC,
        unit: "°C",
        confidence: 0.97,
        evidence: { says: `the ${part.label} reads ${degrees(next.tempC)}${before}: no printer is that cold, its sensor has no contact` },
      },
    };
  },
});

export const thermistorShort = watch({
  id: "thermistor-short",
  about: "Tells when a temperature sensor reads hotter, or leaps higher, than its heater can bring it: its wires touch.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0001-0006` as HmsCode,
  params: {
    aboveC: { default: 0, min: -100, max: 300, unit: "°C", about: "moves what is impossibly hot (nozzle 480, bed 200, chamber 150 °C)" },
  },
  start: UNWATCHED,
  restore: ({ status }) => ({ ...UNWATCHED, status }),
  test: (state, part, snapshot, { aboveC }, now): Test<Watching> => {
    const { shortC, leapC } = PHYSICS[part.name];
    const targetC = snapshot[part.target] ?? 0;
    const next = judged(state, part, snapshot, now, {
      oddity: ({ tempC, calm, isBelieved }) => {
        // from 0 it only came back
        const isLeapt = calm !== null && calm.tempC > 5 && tempC - calm.tempC >= leapC && tempC > targetC + 30;
        return (tempC > shortC + aboveC && !isBelieved) || isLeapt ? IMPOSSIBLE : 0;
      },
      isWell: (tempC) => tempC < Math.max(targetC, 60) + 30,
    });
    if (next.status !== "fail" || state.status === "fail") return standing(next);
    const before = next.calm === null ? "" : `, ${degrees(next.calm.tempC)} just before`;
    return {
      state: next,
      answer: {
        status: "fail",
        value: next.tempC,
        limit: shortC + aboveC,
        unit: "°C",
        confidence: 0.95,
        evidence: { says: `the ${part.label} reads ${degrees(next.tempC)}${before}: no heater is that quick, its sensor is shorted` },
      },
    };
  },
});

// ---- thermistor-loose ----

interface Leaps extends Looked {
  /** The host's own clock: one that is late with its readings tells old ones until then. */
  readonly hostS?: number;
  readonly tempC: number;
  readonly slopeCS: number;
  /** Of the look before, against what its slope promised. */
  readonly errorC: number;
  /** When it jumped lately, whether up, and how far within the first look. */
  readonly jumps: readonly Jump[];
}

interface Jump {
  readonly at: Timestamp;
  readonly isUp: boolean;
  readonly sizeC: number;
}

const STEADY: Leaps = { status: "not_tested", tempC: 0, slopeCS: 0, errorC: 0, jumps: [] };
const JUMPS = 3;
/** A smoothed reading takes some looks for one jump. */
const ONE_JUMP_MS = 3_000;
const WELL_AFTER_MS = 600_000;
/** So many times a jump, there and back within this time, needs no third; one message that is garbled is back with the next look. */
const HUGE = 4;
const FLICKER_MS = 3_000;

const MAX_LOOK_S = 3;

/** Between two readings, not between two messages; 0 where nobody looked meanwhile. */
function secondsSince(state: Leaps, at: Timestamp, hostS: number | undefined): number {
  const seconds = hostS === undefined || state.hostS === undefined ? watchedS(state.at, at, MAX_LOOK_S) : hostS - state.hostS;
  return seconds > 0 && seconds <= MAX_LOOK_S ? seconds : 0;
}

function isJump(state: Leaps, part: HeaterPart, changeC: number, errorC: number, seconds: number): boolean {
  const { jumpC, maxCS } = PHYSICS[part.name];
  if (Math.abs(errorC) > jumpC + (maxCS / 4) * seconds) return true;
  // there and back within two looks is no heat either, and may be smaller
  return changeC * state.slopeCS < 0 && Math.min(Math.abs(errorC), Math.abs(state.errorC)) > jumpC * 0.7 && errorC * state.errorC < 0;
}

/** Far away, for more than one look, and back. */
function isFlicker(part: HeaterPart, there: Jump | undefined, back: Jump, lookedAt: Timestamp | undefined): boolean {
  if (there === undefined || there.isUp === back.isUp || there.at === lookedAt || back.at - there.at > FLICKER_MS) return false;
  return Math.min(there.sizeC, back.sizeC) >= HUGE * PHYSICS[part.name].jumpC;
}

export const thermistorLoose = watch({
  id: "thermistor-loose",
  about: "Tells when a temperature leaps to and fro faster than any heater: the contact of its sensor is loose.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0002-E104` as HmsCode,
  params: {
    withinS: { default: 60, min: 10, max: 600, unit: "s", about: "three leaps within this time count" },
  },
  start: STEADY,
  restore: ({ status }) => ({ ...STEADY, status }),
  test: (state, part, snapshot, { withinS }, now): Test<Leaps> => {
    const tempC = snapshot[part.temp];
    if (tempC === undefined || isHostAway(snapshot) || !isFresh(snapshot, now))
      return standing(state.at === undefined && state.status === "not_tested" ? state : STEADY);
    if (isTooEarly(state, snapshot, LOOK_EVERY_MS)) return standing(state);
    const at = snapshot.at ?? now;
    const { hostTimeS: hostS } = snapshot;
    if (hostS !== undefined && hostS === state.hostS) return standing(state);
    const heard: Leaps = { ...state, at, tempC, ...(hostS !== undefined && { hostS }) };
    const seconds = secondsSince(state, at, hostS);
    if (seconds === 0) return standing({ ...heard, slopeCS: 0, errorC: 0 });
    const changeC = tempC - state.tempC;
    const errorC = changeC - state.slopeCS * seconds;
    const looked: Leaps = { ...heard, slopeCS: changeC / seconds, errorC };
    const last = state.jumps.at(-1);
    const isUp = changeC > 0;
    const isNew = isJump(state, part, changeC, errorC, seconds) && (last === undefined || last.isUp !== isUp || at - last.at > ONE_JUMP_MS);
    if (!isNew) {
      const isWell = state.status !== "fail" || last === undefined || at - last.at > WELL_AFTER_MS;
      return standing({ ...looked, status: isWell ? "pass" : "fail" });
    }
    const jump: Jump = { at, isUp, sizeC: Math.abs(changeC) };
    const jumps = [...state.jumps, jump].slice(-JUMPS);
    const first = jumps[0] ?? jump;
    const isLoose = isFlicker(part, last, jump, state.at) || (jumps.length === JUMPS && at - first.at <= withinS * 1_000);
    if (!isLoose || state.status === "fail") return standing({ ...looked, jumps, slopeCS: 0 });
    return {
      state: { ...looked, jumps, slopeCS: 0, status: "fail" },
      answer: {
        status: "fail",
        value: Number(Math.abs(changeC).toFixed(1)),
        limit: PHYSICS[part.name].jumpC,
        unit: "°C",
        confidence: 0.9,
        evidence: {
          says: `the ${part.label} leapt ${jumps.length} times within ${Math.ceil((at - first.at) / 1_000)} s, last by ${changeC.toFixed(1)} °C in ${seconds.toFixed(1)} s to ${degrees(tempC)}`,
        },
      },
    };
  },
});
