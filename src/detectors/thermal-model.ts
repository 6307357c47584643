/**
 * A heater against its own model: C·Ṫ = P·u − (T − Ta)/R, where the fan and the filament that is melted add to the loss. The model is
 * learned in its first hours (recursive least squares), and asked only where it knows the answer; what it cannot explain, as a share of
 * full power, is summed up. So a fallen sock, plastic around the block, a slipped sensor or a switch that leaks show within seconds.
 */
import { ewma } from "../lib/statistics.ts";
import { at as instant, type Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { type HeaterPart, HEATERS } from "../model/machine-parts.ts";
import type { Finding } from "../model/report.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { defineDetector, isFresh, type Step, watchedS } from "./detector.ts";

/** What moves the temperature: power, loss, loss by the fan, loss to filament. */
type Causes = readonly [power: number, loss: number, byFan: number, toFilament: number];
const CAUSES = 4;

interface Model {
  /** °C/s for one unit of each cause. */
  readonly gains: readonly number[];
  /** How little is known yet of each pair of causes, row by row. */
  readonly doubt: readonly number[];
  /** Mean square of what it did not explain, as a share of full power. */
  readonly restSquare: number;
  /** Windows that went into it. */
  readonly taught: number;
}

const UNKNOWN: Model = {
  gains: [0, 0, 0, 0],
  doubt: Array.from({ length: CAUSES * CAUSES }, (_, i) => (i % (CAUSES + 1) === 0 ? 100 : 0)),
  restSquare: 0.0036,
  taught: 0,
};

type Level = "unknown" | "well" | "warning" | "error";

/** Flat, because it is made anew with every look. */
interface Modelled {
  readonly at: Timestamp | null;
  /** The host's own clock then: while it stands still, so do its readings. */
  readonly hostS: number | null;
  readonly level: Level;
  readonly model: Model;
  /** Power as it arrives, 0 to 1. */
  readonly arriving: number;
  /** When the window began, and at which temperature; no window after a gap. */
  readonly since: Timestamp | null;
  readonly sinceC: number;
  /** Looks since then, and the sums of what they saw. */
  readonly looks: number;
  readonly power: number;
  readonly loss: number;
  readonly byFan: number;
  readonly toFilament: number;
  /** It began or ended with power that had not arrived yet. */
  readonly isUnsettled: boolean;
  /** Share of full power × seconds that is too much, and too little. */
  readonly tooHotS: number;
  readonly tooColdS: number;
  readonly warningS: number;
  /** When the sum was last beyond its limit. */
  readonly badAt: Timestamp | null;
}

const FRESH: Modelled = {
  at: null,
  hostS: null,
  level: "unknown",
  model: UNKNOWN,
  arriving: 0,
  since: null,
  sinceC: 0,
  looks: 0,
  power: 0,
  loss: 0,
  byFan: 0,
  toFilament: 0,
  isUnsettled: false,
  tooHotS: 0,
  tooColdS: 0,
  warningS: 0,
  badAt: null,
};

/** State by the name of the heater. */
export type ThermalState = Readonly<Record<string, Modelled>>;

/**
 * How slowly a heater of this kind answers, the window over which a slope can be told from noise, and how many of them teach. Nothing heats
 * more slowly at full power than `leastCS`: a model that says so has only seen one temperature held, which does not tell power from noise.
 */
interface Slowness {
  readonly lagS: number;
  readonly windowS: number;
  readonly lessons: number;
  readonly leastCS: number;
}

const NOZZLE: Slowness = { lagS: 2.5, windowS: 2, lessons: 900, leastCS: 0.5 };
const SLOWNESS: Readonly<Record<HeaterPart["name"], Slowness>> = {
  nozzle: NOZZLE,
  leftNozzle: NOZZLE,
  bed: { lagS: 8, windowS: 6, lessons: 450, leastCS: 0.05 },
  chamber: { lagS: 60, windowS: 60, lessons: 120, leastCS: 0.02 },
};
const LOOK_EVERY_MS = 900;
const ROOM_C = 25;
/** Beyond these a sensor is broken. */
const COLDEST_C = -15;
const HOTTEST_C = 400;
const HOTTEST_AIR_C = 90;
/** Once told it stands for so long after the last that was too much. */
const WELL_AFTER_MS = 300_000;
/** Power that still has so far to go makes a window useless. */
const UNSETTLED = 0.25;
/** As much as none, of full power. */
const NO_POWER = 0.03;
/** The model knows an answer when its doubt of it is below this. */
const KNOWN = 0.02;
/** No model is better than this share of full power, nor so bad that it must be allowed more. */
const LEAST_SLACK = 0.04;
const MOST_SLACK = 0.3;

const dot = (gains: readonly number[], [power, loss, byFan, toFilament]: Causes, from = 0): number =>
  (gains[from] ?? 0) * power + (gains[from + 1] ?? 0) * loss + (gains[from + 2] ?? 0) * byFan + (gains[from + 3] ?? 0) * toFilament;

/** Each row of the doubt against the causes. */
const doubted = ({ doubt }: Model, causes: Causes): Causes => [
  dot(doubt, causes),
  dot(doubt, causes, CAUSES),
  dot(doubt, causes, 2 * CAUSES),
  dot(doubt, causes, 3 * CAUSES),
];

const doubtOf = (model: Model, causes: Causes): number => dot(doubted(model, causes), causes);

/** Recursive least squares, one observation. */
function learn(model: Model, causes: Causes, slopeCS: number): Model {
  const rows = doubted(model, causes);
  const scale = 1 + dot(rows, causes);
  const error = slopeCS - dot(model.gains, causes);
  return {
    gains: model.gains.map((gain, i) => gain + ((rows[i] ?? 0) * error) / scale),
    doubt: model.doubt.map((value, i) => value - ((rows[Math.floor(i / CAUSES)] ?? 0) * (rows[i % CAUSES] ?? 0)) / scale),
    restSquare: model.restSquare,
    taught: model.taught + 1,
  };
}

interface Limits {
  readonly slackPct: number;
  readonly lossPct: number;
  readonly warnS: number;
  readonly errorAfterS: number;
  readonly relearnH: number;
}

/** Share of full power that may stay unexplained: what models and noise leave, and on the cold side moving air besides. */
function slackOf({ gains, restSquare }: Model, causes: Causes, isTooCold: boolean, { slackPct, lossPct }: Limits): number {
  const rest = Math.min(MOST_SLACK, 3 * Math.sqrt(restSquare));
  if (!isTooCold) return Math.max(slackPct / 100, rest);
  const [power] = causes;
  const fullCS = gains[0] ?? 1;
  const usualLoss = power - dot(gains, causes) / fullCS;
  return Math.max(LEAST_SLACK, rest, (power * slackPct) / 100, (usualLoss * lossPct) / 100);
}

/** Learned while there is no complaint, and then left alone: a model that goes on learning follows a sensor that slips. */
function taught(model: Model, causes: Causes, slopeCS: number, share: number, slack: number, lessons: number): Model {
  if (model.taught >= lessons) return model;
  const learned = Math.abs(share) < slack ? learn(model, causes, slopeCS) : model;
  return { ...learned, restSquare: ewma(model.restSquare, Math.min(share * share, slack * slack), 0.01) };
}

/** What the window showed against what the model expects. */
function weigh(
  state: Modelled,
  causes: Causes,
  slopeCS: number,
  until: Timestamp,
  seconds: number,
  { lessons, leastCS }: Slowness,
  limits: Limits,
): Modelled {
  const { model, level } = state;
  const fullCS = model.gains[0] ?? 0;
  // what is learned while something is wrong would hide it; then a model that only nearly knows must do
  const isBad = state.badAt !== null && until - state.badAt <= WELL_AFTER_MS;
  const isDoubted = state.tooHotS > 0 || state.tooColdS > 0 || isBad;
  const isKnown = fullCS > leastCS && doubtOf(model, causes) < (isDoubted ? 10 * KNOWN : KNOWN);
  if (!isKnown) {
    // a heater that nobody asks for heat teaches nothing true, nor did it before
    if (causes[0] < NO_POWER && slopeCS > leastCS) return { ...state, model: UNKNOWN, badAt: until };
    return isDoubted ? state : { ...state, model: learn(model, causes, slopeCS) };
  }
  const share = (slopeCS - dot(model.gains, causes)) / fullCS;
  const hotSlack = slackOf(model, causes, false, limits);
  const coldSlack = slackOf(model, causes, true, limits);
  const most = 2 * limits.warnS;
  const tooHotS = Math.min(most, Math.max(0, state.tooHotS + (share - hotSlack) * seconds));
  const tooColdS = Math.min(most, Math.max(0, state.tooColdS + (-share - coldSlack) * seconds));
  const slack = share > 0 ? hotSlack : coldSlack;
  const badAt = Math.max(tooHotS, tooColdS) >= limits.warnS ? until : state.badAt;
  if (badAt === null || until - badAt > WELL_AFTER_MS) {
    const next = taught(model, causes, slopeCS, share, slack, lessons);
    return { ...state, level: "well", model: next, tooHotS, tooColdS, warningS: 0, badAt: null };
  }
  const warningS = state.warningS + seconds;
  // a new nozzle or hotend is another heater: after hours it is learned anew
  if (warningS > limits.relearnH * 3_600) return { ...FRESH, level };
  const isGrave = Math.abs(share) > 2 * slack && warningS >= limits.errorAfterS;
  return { ...state, level: isGrave || level === "error" ? "error" : "warning", tooHotS, tooColdS, warningS, badAt };
}

/** How far the air is below the heater, in hundreds of °C. */
function lossOf(part: HeaterPart, { chamberTempC: airC }: Snapshot, tempC: number): number {
  const isAirKnown = part.name !== "chamber" && airC !== undefined && airC > COLDEST_C && airC < HOTTEST_AIR_C;
  return -(tempC - (isAirKnown ? airC : ROOM_C)) / 100;
}

/** The state after one look. */
function look(state: Modelled, part: HeaterPart, snapshot: Snapshot, at: Timestamp, limits: Limits): Modelled {
  const tempC = snapshot[part.temp] ?? 0;
  const duty = (snapshot[part.duty] ?? 0) / 100;
  const slowness = SLOWNESS[part.name];
  const { lagS, windowS } = slowness;
  const seconds = state.at === null ? 0 : watchedS(state.at, at, 5);
  const hostS = snapshot.hostTimeS ?? null;
  if (seconds === 0) return { ...state, at, hostS, arriving: duty, since: null };
  const arriving = state.arriving + (duty - state.arriving) * (1 - Math.exp(-seconds / lagS));
  const isUnsettled = Math.abs(duty - arriving) > UNSETTLED;
  if (state.since === null) return begun({ ...state, hostS }, at, tempC, arriving, isUnsettled);
  const isNozzle = part.name === "nozzle" || part.name === "leftNozzle";
  const loss = lossOf(part, snapshot, tempC);
  const looks = state.looks + 1;
  const power = state.power + arriving;
  const lossSum = state.loss + loss;
  const byFan = isNozzle ? state.byFan + (loss * (snapshot.partFanPct ?? 0)) / 100 : 0;
  const toFilament = isNozzle ? state.toFilament + (loss * Math.max(0, snapshot.extrusionMmS ?? 0)) / 10 : 0;
  const lengthS = (at - state.since) / 1_000;
  if (lengthS < windowS) {
    return { ...state, at, hostS, arriving, looks, power, loss: lossSum, byFan, toFilament, isUnsettled: state.isUnsettled || isUnsettled };
  }
  const next = begun({ ...state, hostS }, at, tempC, arriving, isUnsettled);
  if (state.isUnsettled || isUnsettled) return next;
  const causes: Causes = [power / looks, lossSum / looks, byFan / looks, toFilament / looks];
  return weigh(next, causes, (tempC - state.sinceC) / lengthS, at, lengthS, slowness, limits);
}

function begun(state: Modelled, at: Timestamp, tempC: number, arriving: number, isUnsettled: boolean): Modelled {
  return { ...state, at, arriving, since: at, sinceC: tempC, looks: 0, power: 0, loss: 0, byFan: 0, toFilament: 0, isUnsettled };
}

const warningOf = (part: HeaterPart): HmsCode => `${part.prefix}-0002-E103` as HmsCode;
const errorOf = (part: HeaterPart): HmsCode => `${part.prefix}-0001-E103` as HmsCode;

/** The reports that lead from one level to the next. */
function changes(before: Modelled, after: Modelled, part: HeaterPart, limitPct: number): readonly Finding[] {
  if (before.level === after.level || after.level === "unknown") return [];
  if (after.level === "well") {
    return [warningOf(part), errorOf(part)].map((code) => ({ code, status: "pass" }));
  }
  const isHot = after.tooHotS > after.tooColdS;
  const what = isHot ? "hotter than its power explains" : "colder than its power explains";
  const finding: Omit<Finding, "code"> = {
    status: "fail",
    value: Number(Math.max(after.tooHotS, after.tooColdS).toFixed(2)),
    limit: limitPct,
    unit: "s",
    confidence: after.level === "error" ? 0.95 : 0.85,
    evidence: {
      says: `the ${part.label} is ${what}; what it does differs from what it learned of itself (${(after.model.gains[0] ?? 0).toFixed(2)} °C/s at full power)`,
      unit: "share of full power × s",
    },
  };
  const warning = { ...finding, code: warningOf(part) };
  return after.level === "error" && before.level !== "error"
    ? [...(before.level === "warning" ? [] : [warning]), { ...finding, code: errorOf(part) }]
    : [warning];
}

const nothing: readonly Finding[] = [];
const NOTHING_KNOWN: ThermalState = {};

export const thermalAnomaly = defineDetector({
  id: "thermal-anomaly",
  about: "Tells when a heater behaves differently from what it learned of itself: warns at once, and calls it an error when it lasts.",
  codes: HEATERS.flatMap((part) => [warningOf(part), errorOf(part)]),
  params: {
    slackPct: { default: 18, min: 5, max: 60, unit: "%", about: "share of full power that may stay unexplained (flow, a wrong model)" },
    lossPct: {
      default: 60,
      min: 10,
      max: 200,
      unit: "%",
      about: "how much more than usual it may lose to the air before it is too cold: a draught takes up to 40 % more",
    },
    warnS: { default: 2, min: 0.5, max: 60, unit: "s", about: "full power × seconds beyond that before it warns" },
    errorAfterS: { default: 12, min: 2, max: 600, unit: "s", about: "how long a large deviation lasts before it is an error" },
    relearnH: { default: 6, min: 0.5, max: 100, unit: "h", about: "after so long the new behaviour is taken as normal" },
  },
  initial: NOTHING_KNOWN,
  restore: (saved) => Object.fromEntries(Object.entries(saved).map(([name, { level, model }]) => [name, { ...FRESH, level, model }])),
  step: (state, snapshot, params, now): Step<ThermalState> => {
    let next: Record<string, Modelled> | undefined;
    let findings = nothing;
    let answer: Step<ThermalState>["answer"] = "not_tested";
    const at = snapshot.at ?? instant(0);
    const isRunning = isFresh(snapshot, now) && (snapshot.hostState ?? "ready") === "ready";
    for (const part of HEATERS) {
      const tempC = snapshot[part.temp];
      if (tempC === undefined || snapshot[part.duty] === undefined) continue;
      const before = state[part.name] ?? FRESH;
      const isReading = tempC > COLDEST_C && tempC < HOTTEST_C;
      const isEarly = before.at !== null && at >= before.at && at - before.at < LOOK_EVERY_MS;
      const isOld = before.hostS !== null && snapshot.hostTimeS === before.hostS;
      const after = isRunning && isReading && !isEarly && !isOld ? look(before, part, snapshot, at, params) : before;
      if (after.level === "warning" || after.level === "error") answer = "fail";
      else if (after.level === "well" && answer === "not_tested") answer = "pass";
      if (after === before) continue;
      next ??= { ...state };
      next[part.name] = after;
      if (after.level !== before.level) findings = [...findings, ...changes(before, after, part, params.warnS)];
    }
    return { state: next ?? state, findings, answer };
  },
});
