/**
 * Heaters that are asked for heat and bring none, too little to hold, or nothing at all. Full power that does not move the temperature
 * is told within seconds; where a printer does not tell its power, the wait is longer. Nothing is tested while the host is not ready,
 * and nothing is learned from a host that hangs.
 */
import { ewma } from "../lib/statistics.ts";
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { type HeaterPart, HEATERS } from "../model/machine-parts.ts";
import type { ReportStatus } from "../model/report.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { isRunning, isTooEarly, type Looked, PASS, standing, type Test, watch, watchedS } from "./detector.ts";

type HeaterName = HeaterPart["name"];

/** Heat is slow: more looks would tell no more, and cost. */
const LOOK_EVERY_MS: Readonly<Record<HeaterName, number>> = { nozzle: 900, leftNozzle: 900, bed: 1_900, chamber: 4_900 };

/** What a host that hangs says is old, however often it comes. */
interface Heard extends Looked {
  /** The host's clock at the last look, where it is told. */
  readonly hostS?: number | undefined;
}

/** Nothing to see: the last look was a moment ago, or the host has said nothing since. */
function isNoNews(state: Heard, part: HeaterPart, snapshot: Snapshot): boolean {
  const isSame = snapshot.hostTimeS !== undefined && snapshot.hostTimeS === state.hostS;
  return isSame || isTooEarly(state, snapshot, LOOK_EVERY_MS[part.name]);
}

/** Colder is no temperature but an open sensor, which is another fault. */
const COLDEST_C = -15;

const degrees = (tempC: number): string => `${tempC.toFixed(tempC < 100 ? 1 : 0)} °C`;

// ---- heater-not-heating ----

/** How a heater of this kind answers to power; times in seconds. */
interface Pace {
  /** From power to the first rise at the sensor. */
  readonly lagS: number;
  /** Full power must bring `gainC` within `flatS`. */
  readonly flatS: number;
  readonly gainC: number;
  /** That much lower, though asked for heat, needs no longer wait. */
  readonly fallC: number;
  /** Nearer to its target than this, a controller gives less power. */
  readonly nearC: number;
  readonly weak?: Weakness;
}

/** A weak heater gains something all the time: less than `gainC` within `withinS` is too little where the target is `farC` away. */
interface Weakness {
  readonly withinS: number;
  readonly gainC: number;
  readonly farC: number;
}

/** Klipper's own guard stops the printer for less than 2 °C in 20 s (a bed: in 60 s): hardly stricter, but sooner. */
const WEAK_NOZZLE = { withinS: 20, gainC: 1.9, farC: 7 };
const WEAK_BED = { withinS: 40, gainC: 1.32, farC: 8 };

const FULL_POWER: Readonly<Record<HeaterName, Pace>> = {
  nozzle: { lagS: 3, flatS: 8, gainC: 1, fallC: 2, nearC: 3, weak: WEAK_NOZZLE },
  leftNozzle: { lagS: 3, flatS: 8, gainC: 1, fallC: 2, nearC: 3, weak: WEAK_NOZZLE },
  bed: { lagS: 10, flatS: 30, gainC: 0.5, fallC: 0.6, nearC: 3, weak: WEAK_BED },
  chamber: { lagS: 60, flatS: 900, gainC: 0.5, fallC: 20, nearC: 3 },
};

/** The power is not known, or less than full: readings may be whole degrees, and the wait is that of firmwares' own guards. */
const UNSURE_POWER: Readonly<Record<HeaterName, Pace>> = {
  nozzle: { lagS: 8, flatS: 20, gainC: 2, fallC: 4, nearC: 10 },
  leftNozzle: { lagS: 8, flatS: 20, gainC: 2, fallC: 4, nearC: 10 },
  bed: { lagS: 20, flatS: 90, gainC: 2, fallC: 3, nearC: 8 },
  chamber: { lagS: 120, flatS: 1800, gainC: 1, fallC: 20, nearC: 5 },
};

const FULL_PCT = 95;
/** Less power than this may be meant to let it cool. */
const SOME_PCT = 40;

type Demand = "full" | "unsure" | "none";

interface Mark {
  readonly at: Timestamp;
  readonly tempC: number;
}

interface Progress extends Heard {
  readonly demand: Demand;
  readonly targetC?: number;
  readonly since?: Timestamp;
  /** The highest point so far since the heat must show. */
  readonly mark?: Mark;
  /** Where it was on the way, over as long as a weak heater is given. */
  readonly trail?: readonly Mark[];
  /** What full power usually brings, °C/s; learned, kept over restarts. */
  readonly usualCS?: number;
}

const UNTESTED_PROGRESS: Progress = { status: "not_tested", demand: "none" };

function demandOf(part: HeaterPart, tempC: number, targetC: number, dutyPct: number | undefined): Demand {
  if (targetC <= 0 || tempC < COLDEST_C) return "none";
  const gapC = targetC - tempC;
  if (dutyPct !== undefined && dutyPct >= FULL_PCT) return gapC >= FULL_POWER[part.name].nearC ? "full" : "none";
  return (dutyPct ?? FULL_PCT) >= SOME_PCT && gapC >= UNSURE_POWER[part.name].nearC ? "unsure" : "none";
}

function stopped(state: Progress, status: ReportStatus): Test<Progress> {
  if (state.demand === "none" && state.status === status) return standing(state);
  const { usualCS } = state;
  return standing({ status, demand: "none", ...(usualCS !== undefined && { usualCS }) });
}

/** The trail with this point, no longer than needed: its first mark is `withinS` old, where it goes back so far. */
function extend(trail: readonly Mark[], here: Mark, withinS: number): readonly Mark[] {
  const last = trail.at(-1);
  const isNew = last === undefined || here.at - last.at >= withinS * 125;
  const kept = trail.length > 1 && here.at - (trail[1]?.at ?? here.at) >= withinS * 1_000 ? trail.slice(1) : trail;
  return isNew ? [...kept, here] : kept;
}

/** Since when it has gained too little; absent while it gains enough. */
function weakSince(trail: readonly Mark[], here: Mark, gapC: number, weak: Weakness, withinS: number, isTold: boolean): Mark | undefined {
  const [from] = trail;
  if (from === undefined || gapC < weak.farC) return undefined;
  const share = (here.at - from.at) / (withinS * 1_000);
  return share >= 1 && here.tempC - from.tempC < weak.gainC * share * (isTold ? 1.5 : 1) ? from : undefined;
}

/** Told with the way it went, and how far it should have come. */
function tellFlat(state: Progress, part: HeaterPart, from: Mark, here: Mark, limitCS: number): Test<Progress> {
  const seconds = (here.at - from.at) / 1_000;
  const power = state.demand === "full" ? "at full power" : "though asked for heat";
  const usual = state.usualCS === undefined ? "" : `; at full power it usually gains ${state.usualCS.toFixed(2)} °C/s`;
  return {
    state: { ...state, status: "fail" },
    answer: {
      status: "fail",
      value: Number(((here.tempC - from.tempC) / seconds).toFixed(3)),
      limit: Number(limitCS.toFixed(3)),
      unit: "°C/s",
      confidence: state.demand === "full" ? 0.98 : 0.9,
      evidence: {
        says: `the ${part.label} went from ${degrees(from.tempC)} to ${degrees(here.tempC)} in ${Math.round(seconds)} s ${power}, on the way to ${state.targetC ?? 0} °C${usual}`,
      },
    },
  };
}

/** One look while heat is asked for. */
function follow(before: Progress, part: HeaterPart, tempC: number, patience: number, now: Timestamp): Test<Progress> {
  const pace = (before.demand === "full" ? FULL_POWER : UNSURE_POWER)[part.name];
  const { mark, targetC = 0 } = before;
  if ((now - (before.since ?? now)) / 1_000 < pace.lagS * patience) return standing({ ...before, at: now });
  const here: Mark = { at: now, tempC };
  const { weak } = pace;
  const withinS = (weak?.withinS ?? 0) * patience;
  const trail = weak === undefined ? undefined : extend(before.trail ?? [], here, withinS);
  const state: Progress = { ...before, at: now, ...(trail !== undefined && { trail }) };
  if (mark === undefined) return standing({ ...state, mark: here });
  if (weak !== undefined && trail !== undefined) {
    const from = weakSince(trail, here, targetC - tempC, weak, withinS, state.status === "fail");
    if (from !== undefined) return tellFlat(state, part, from, here, weak.gainC / withinS);
  }
  const flatS = (now - mark.at) / 1_000;
  const gainC = tempC - mark.tempC;
  // once told, a little up and down is no recovery
  if (gainC >= pace.gainC * (state.status === "fail" ? 3 : 1)) {
    const isFarOff = targetC - tempC > 0.2 * targetC;
    const usualCS = state.demand === "full" && isFarOff ? ewma(state.usualCS, gainC / flatS, 0.05) : state.usualCS;
    return { state: { ...state, status: "pass", mark: here, ...(usualCS !== undefined && { usualCS }) }, answer: PASS };
  }
  // near the target a weak heater in a draught only just fails to get there; one that is dead falls
  const isNear = targetC - tempC < UNSURE_POWER[part.name].nearC;
  const isFlat = !isNear && flatS >= pace.flatS * patience;
  if (!isFlat && gainC > -pace.fallC * (isNear ? 1.5 : 1)) return standing(state);
  return tellFlat(state, part, mark, here, pace.gainC / pace.flatS);
}

export const heaterNotHeating = watch({
  id: "heater-not-heating",
  about: "Tells when a heater gets power, or is asked for heat, and its temperature does not rise.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0001-0008` as HmsCode,
  params: {
    patience: { default: 1, min: 0.7, max: 10, unit: "×", about: "stretches all waits, for heaters that are slower than usual" },
  },
  start: UNTESTED_PROGRESS,
  restore: ({ status, usualCS }): Progress => ({ status, demand: "none", ...(usualCS !== undefined && { usualCS }) }),
  test: (state, part, snapshot, { patience }, now): Test<Progress> => {
    if (!isRunning(snapshot, now)) return stopped(state, "not_tested");
    if (isNoNews(state, part, snapshot)) return standing(state);
    const tempC = snapshot[part.temp];
    const targetC = snapshot[part.target];
    if (tempC === undefined || targetC === undefined) return stopped(state, "not_tested");
    if (targetC <= 0) return stopped(state, "not_tested");
    const demand = demandOf(part, tempC, targetC, snapshot[part.duty]);
    // it came near its target, or is meant to cool; what was found before stands until it came near
    if (demand === "none") return stopped(state, Math.abs(targetC - tempC) <= UNSURE_POWER[part.name].nearC ? "pass" : state.status);
    const isGoingOn = demand === state.demand && targetC === state.targetC && watchedS(state.at, now) > 0;
    const hostS = snapshot.hostTimeS;
    if (isGoingOn) return follow({ ...state, hostS }, part, tempC, patience, snapshot.at ?? now);
    const { status, usualCS } = state;
    const at = snapshot.at ?? now;
    return standing({ status, demand, targetC, at, since: at, hostS, ...(usualCS !== undefined && { usualCS }) });
  },
});

// ---- heater-cannot-hold ----

interface Hold extends Heard {
  readonly targetC: number;
  /** Seconds in a row near the target. */
  readonly nearS: number;
  readonly isReached: boolean;
  /** °C·s below the tolerated gap. */
  readonly lack: number;
}

const UNTESTED_HOLD: Hold = { status: "not_tested", targetC: 0, nearS: 0, isReached: false, lack: 0 };
const REACHED_WITHIN_C = 3;
/** Cooling down to a lower target it passes that one at speed, and a healthy controller may catch it late. */
const REACHED_S = 5;
/** Some printers call an open sensor 0 °C; a heater that sinks is told long before. */
const OPEN_READS_C = 1;

export const heaterCannotHold = watch({
  id: "heater-cannot-hold",
  about: "Tells when a heater that had reached its target falls away from it.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0001-0008` as HmsCode,
  params: {
    gapC: { default: 5, min: 2, max: 30, unit: "°C", about: "how far below its target a heater may sag" },
    nozzleLack: { default: 60, min: 20, max: 1_000, unit: "°C·s", about: "sum of what is missing beyond that, for a nozzle" },
    bedLack: { default: 120, min: 20, max: 5_000, unit: "°C·s", about: "the same for a bed" },
    chamberLack: { default: 6_000, min: 100, max: 100_000, unit: "°C·s", about: "the same for a chamber" },
  },
  start: UNTESTED_HOLD,
  restore: (saved) => ({ ...UNTESTED_HOLD, status: saved.status }),
  test: (state, part, snapshot, params, now): Test<Hold> => {
    const isUp = isRunning(snapshot, now);
    if (isUp && isNoNews(state, part, snapshot)) return standing(state);
    const tempC = snapshot[part.temp];
    const targetC = snapshot[part.target];
    const isTestable = isUp && tempC !== undefined && tempC > OPEN_READS_C && targetC !== undefined && targetC > 0;
    if (!isTestable) return standing(state.targetC === 0 && state.status === "not_tested" ? state : UNTESTED_HOLD);
    const at = snapshot.at ?? now;
    const hostS = snapshot.hostTimeS;
    const isSame = state.targetC === targetC;
    if (Math.abs(targetC - tempC) <= REACHED_WITHIN_C) {
      const nearS = isSame ? state.nearS + watchedS(state.at, at) : 0;
      const isReached = nearS >= REACHED_S || (isSame && state.isReached);
      return standing({ status: isReached ? "pass" : state.status, at, hostS, targetC, nearS, isReached, lack: 0 });
    }
    if (!isSame || !state.isReached) return standing({ status: state.status, at, hostS, targetC, nearS: 0, isReached: false, lack: 0 });
    // an open door cools a chamber at once, and is no fault of its heater
    const isExcused = part.name === "chamber" && snapshot.doorOpen === true;
    const missingC = isExcused ? 0 : targetC - params.gapC - tempC;
    const lack = Math.max(0, state.lack + missingC * watchedS(state.at, at));
    const limit = part.name === "bed" ? params.bedLack : part.name === "chamber" ? params.chamberLack : params.nozzleLack;
    if (lack < limit) return standing({ ...state, at, hostS, nearS: 0, lack });
    return {
      state: { ...state, at, hostS, nearS: 0, lack: limit, status: "fail" },
      answer: {
        status: "fail",
        value: Number((targetC - tempC).toFixed(1)),
        limit: params.gapC,
        unit: "°C",
        confidence: 0.97,
        evidence: { says: `the ${part.label} had reached ${targetC} °C and sank to ${degrees(tempC)}`, lackCs: Math.round(lack) },
      },
    };
  },
});

// ---- heater-open ----

interface Powered extends Heard {
  readonly since?: Timestamp;
  /** When the heat had to show. */
  readonly from?: { readonly at: Timestamp; readonly tempC: number };
}

const UNPOWERED: Powered = { status: "not_tested" };

/** `coolS`: even a well insulated one cools by its distance to the room within this time. */
const COOLING: Readonly<Record<HeaterName, { readonly lagS: number; readonly proveS: number; readonly coolS: number }>> = {
  nozzle: { lagS: 4, proveS: 15, coolS: 250 },
  leftNozzle: { lagS: 4, proveS: 15, coolS: 250 },
  bed: { lagS: 15, proveS: 75, coolS: 2_000 },
  chamber: { lagS: 60, proveS: 1_200, coolS: 20_000 },
};
const WARM_C = 10;
/** A rise that only a heater brings. */
const ALIVE_C = 2;

/** It cools as if switched off, or stays at room temperature. */
function bringsNothing(part: HeaterPart, fromC: number, tempC: number, roomC: number, seconds: number): boolean {
  if (fromC - roomC < WARM_C) return Math.abs(tempC - fromC) <= 0.5;
  return fromC - tempC >= ((fromC - roomC) * seconds) / COOLING[part.name].coolS;
}

export const heaterOpen = watch({
  id: "heater-open",
  about: "Tells when a heater is given power and takes none: its element, wire, switch or thermal fuse is open.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0001-0002` as HmsCode,
  params: {
    dutyPct: { default: 90, min: 50, max: 100, unit: "%", about: "power that must be asked for before it counts" },
    roomC: { default: 25, min: -20, max: 60, unit: "°C", about: "room temperature, where no chamber sensor tells it" },
  },
  start: UNPOWERED,
  restore: ({ status }) => ({ status }),
  test: (state, part, snapshot, params, now): Test<Powered> => {
    const isUp = isRunning(snapshot, now);
    if (isUp && isNoNews(state, part, snapshot)) return standing(state);
    const tempC = snapshot[part.temp];
    const dutyPct = snapshot[part.duty];
    if (!isUp || tempC === undefined || tempC < COLDEST_C || dutyPct === undefined)
      return standing(state.status === "not_tested" && state.since === undefined ? state : UNPOWERED);
    const at = snapshot.at ?? now;
    const hostS = snapshot.hostTimeS;
    const isAsked = dutyPct >= params.dutyPct;
    if (!isAsked) return standing(state.since === undefined ? state : { status: state.status });
    if (state.since === undefined || watchedS(state.at, at) === 0) return standing({ status: state.status, at, hostS, since: at });
    const { lagS, proveS } = COOLING[part.name];
    if (at - state.since < lagS * 1_000) return standing({ ...state, at, hostS });
    if (state.from === undefined) return standing({ ...state, at, hostS, from: { at, tempC } });
    // told, it stands until heat arrives
    if (state.status === "fail" && tempC - state.from.tempC < ALIVE_C)
      return standing(tempC < state.from.tempC ? { ...state, at, hostS, from: { at, tempC } } : { ...state, at, hostS });
    const seconds = (at - state.from.at) / 1_000;
    if (seconds < proveS) return standing({ ...state, at, hostS });
    const roomC = part.name === "chamber" ? params.roomC : (snapshot.chamberTempC ?? params.roomC);
    if (!bringsNothing(part, state.from.tempC, tempC, roomC, seconds))
      return { state: { ...state, at, hostS, status: "pass", from: { at, tempC } }, answer: PASS };
    return {
      state: { ...state, at, hostS, status: "fail" },
      answer: {
        status: "fail",
        value: Number((tempC - state.from.tempC).toFixed(1)),
        unit: "°C",
        confidence: 0.95,
        evidence: {
          says: `${Math.round(dutyPct)} % power for ${Math.round((at - state.since) / 1_000)} s changed the ${part.label} from ${degrees(state.from.tempC)} to ${degrees(tempC)}: it takes no power at all`,
        },
      },
    };
  },
});
