/**
 * Heat that nobody asked for. A temperature that climbs without power is measured as the rise that past power does not explain, so that
 * the lag of a sensor and the overshoot of a bed do not count; a switch that conducts for good does.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { type HeaterPart, HEATERS } from "../model/machine-parts.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { isFresh, isTooEarly, type Looked, PASS, standing, type Test, watch, watchedS } from "./detector.ts";

type HeaterName = HeaterPart["name"];

/** Twice a second is enough for the quickest nozzle; what is slower needs to be looked at less often. */
const LOOK_EVERY_MS: Readonly<Record<HeaterName, number>> = { nozzle: 450, leftNozzle: 450, bed: 1_900, chamber: 4_900 };

/** While the host starts or is away, what is left of its readings is old, or climbs from 0 as they are smoothed. */
const isHostAway = ({ hostState }: Snapshot): boolean => hostState !== undefined && hostState !== "ready" && hostState !== "shutdown";
const degrees = (tempC: number): string => `${tempC.toFixed(tempC < 100 ? 1 : 0)} °C`;

/** How long heat goes on arriving after the power, how fast full power is at most until learned, and what rises by itself. */
interface Inertia {
  readonly tailS: number;
  readonly fullCS: number;
  readonly driftCS: number;
  readonly limitC: number;
  /** Nothing heats this quickly: a sensor that came back, not heat. */
  readonly maxCS: number;
}

const INERTIA: Readonly<Record<HeaterName, Inertia>> = {
  nozzle: { tailS: 3, fullCS: 6, driftCS: 0.15, limitC: 5, maxCS: 15 },
  leftNozzle: { tailS: 3, fullCS: 6, driftCS: 0.15, limitC: 5, maxCS: 15 },
  bed: { tailS: 20, fullCS: 0.8, driftCS: 0.05, limitC: 4, maxCS: 4 },
  // a door that is shut over a hot bed warms the air by some degrees a minute
  chamber: { tailS: 60, fullCS: 0.2, driftCS: 0.06, limitC: 8, maxCS: 2 },
};

// ---- heater-stuck-on ----

interface Climb extends Looked {
  readonly tempC: number;
  /** Power as it still arrives, 0 to 1. */
  readonly arriving: number;
  /** °C risen that this power does not explain. */
  readonly unexplainedC: number;
  /** Time that it was beyond the limit. */
  readonly aboveS: number;
  /** The highest reading lately; it fades. What only returns to it does not climb. */
  readonly peakC: number;
  /** When the rise was last beyond the limit. */
  readonly badAt: Timestamp | null;
  /** When its sensor leapt last. */
  readonly leaptAt: Timestamp | null;
  /** The fastest climb at full power that was seen; learned, kept over restarts. */
  readonly fullCS: number | null;
}

const UNSEEN: Climb = {
  status: "not_tested",
  tempC: 0,
  arriving: 1,
  unexplainedC: 0,
  aboveS: 0,
  peakC: 0,
  badAt: null,
  leaptAt: null,
  fullCS: null,
};

/** Above this share of power a climb is the heater's work. */
const IDLE_POWER = 0.2;
/** Whole degrees, noise and a loose contact may jump over a limit for a moment. */
const SURE_S = 2;
/** Once told it stands until it did not climb for so long. */
const WELL_AFTER_MS = 300_000;

/** Power as far as it can be known: full for a controller that does not tell it and is below its target. */
function powerOf(part: HeaterPart, snapshot: Snapshot, tempC: number): number | undefined {
  const dutyPct = snapshot[part.duty];
  if (dutyPct !== undefined) return dutyPct / 100;
  const targetC = snapshot[part.target];
  // without power and heater of its own, a chamber is warmed by the bed
  if (targetC === undefined || part.name === "chamber") return undefined;
  return targetC > 0 && tempC < targetC + 2 ? 1 : 0;
}

/** Keeps the fastest climb at full power; a factor of two of what is usual at most, so that a bad sensor teaches nothing. */
function learnFull(before: number | null, arriving: number, slopeCS: number, usualCS: number): number | null {
  if (arriving < 0.95 || slopeCS < 0) return before;
  const seen = Math.min(slopeCS, 2 * usualCS);
  return before === null ? seen : before + (seen > before ? 0.2 : 0.002) * (seen - before);
}

/** A smoothed reading follows a leap for so long. */
const LEAP_ENDS_MS = 5_000;

/** Quicker than any heat: the contact of a sensor that opens, shorts or comes back. */
const isLeap = (changeC: number, { maxCS }: Inertia, seconds: number): boolean => Math.abs(changeC) > maxCS * seconds + 1;

function climb(state: Climb, part: HeaterPart, tempC: number, power: number, at: Timestamp, seconds: number): Climb {
  const inertia = INERTIA[part.name];
  const changeC = tempC - state.tempC;
  const leaptAt = isLeap(changeC, inertia, seconds) ? at : state.leaptAt;
  const arriving = state.arriving + (power - state.arriving) * (1 - Math.exp(-seconds / inertia.tailS));
  // a peak fades a quarter as fast as full power climbs
  const peakC = Math.max(state.tempC, state.peakC - (inertia.fullCS / 4) * seconds);
  const riseC = changeC < 0 ? changeC : Math.max(0, tempC - peakC);
  const fullCS = learnFull(state.fullCS, arriving, changeC / seconds, inertia.fullCS);
  // a slow heater is still allowed what is usual: the whole answer to power is not known after one climb
  const explainedC = (Math.max(fullCS ?? 0, inertia.fullCS) * arriving + inertia.driftCS) * seconds;
  const counts = power <= IDLE_POWER && (leaptAt === null || at - leaptAt >= LEAP_ENDS_MS);
  const unexplainedC = counts ? Math.max(0, state.unexplainedC + riseC - explainedC) : 0;
  const aboveS = unexplainedC >= inertia.limitC ? state.aboveS + seconds : 0;
  return {
    at,
    status: "pass",
    tempC,
    arriving,
    unexplainedC,
    aboveS,
    peakC: Math.max(peakC, tempC),
    badAt: null,
    leaptAt,
    fullCS,
  };
}

export const heaterStuckOn = watch({
  id: "heater-stuck-on",
  about: "Tells when a temperature climbs though its heater is given no power: the switch conducts for good.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0001-0005` as HmsCode,
  params: {
    times: {
      default: 1,
      min: 0.5,
      max: 5,
      unit: "×",
      about: "stretches how much unexplained rise is tolerated (5 °C for a nozzle, 4 °C for a bed)",
    },
  },
  start: UNSEEN,
  restore: ({ status, fullCS }) => ({ ...UNSEEN, fullCS, status }),
  test: (state, part, snapshot, { times }, now): Test<Climb> => {
    const isUp = !isHostAway(snapshot) && isFresh(snapshot, now);
    if (isUp && isTooEarly(state, snapshot, LOOK_EVERY_MS[part.name])) return standing(state);
    const tempC = snapshot[part.temp];
    const power = tempC === undefined ? undefined : powerOf(part, snapshot, tempC);
    if (!isUp || tempC === undefined || power === undefined)
      return standing(state.at === undefined ? state : { ...UNSEEN, fullCS: state.fullCS });
    const at = snapshot.at ?? now;
    const seconds = watchedS(state.at, at);
    // what happened before is unknown: full power may still be arriving
    if (seconds === 0) return standing({ ...state, at, tempC, arriving: 1, unexplainedC: 0, aboveS: 0, peakC: tempC });
    const next = climb(state, part, tempC, power, at, seconds);
    const limitC = INERTIA[part.name].limitC * times;
    const isStuck = next.aboveS >= SURE_S && next.unexplainedC >= limitC;
    const badAt = isStuck ? at : state.badAt;
    if (badAt === null || at - badAt > WELL_AFTER_MS) return { state: next, answer: PASS };
    if (!isStuck || state.status === "fail") return standing({ ...next, status: "fail", badAt });
    return {
      state: { ...next, status: "fail", badAt },
      answer: {
        status: "fail",
        value: Number(next.unexplainedC.toFixed(1)),
        limit: limitC,
        unit: "°C",
        confidence: snapshot[part.duty] === undefined ? 0.85 : 0.97,
        evidence: {
          says: `the ${part.label} climbed ${next.unexplainedC.toFixed(1)} °C to ${degrees(tempC)} that its ${Math.round(power * 100)} % power does not explain`,
        },
      },
    };
  },
});

// ---- heater-over-target ----

interface Over extends Looked {
  readonly targetC: number;
  /** It had come to its target since that was set; before, it may still be cooling. */
  readonly isReached: boolean;
  readonly overS: number;
}

const UNTESTED_OVER: Over = { status: "not_tested", targetC: 0, isReached: false, overS: 0 };

export const heaterOverTarget = watch({
  id: "heater-over-target",
  about: "Tells when a heater that had reached its target goes far above it and stays there.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0001-0003` as HmsCode,
  params: {
    nozzleC: { default: 15, min: 5, max: 60, unit: "°C", about: "how far a nozzle may be above its target" },
    bedC: { default: 12, min: 5, max: 60, unit: "°C", about: "how far a bed or a chamber may be above its target" },
    forS: { default: 10, min: 2, max: 300, unit: "s", about: "for how long" },
  },
  start: UNTESTED_OVER,
  restore: ({ status }) => ({ ...UNTESTED_OVER, status }),
  test: (state, part, snapshot, params, now): Test<Over> => {
    const isUp = isFresh(snapshot, now) && (snapshot.hostState ?? "ready") === "ready";
    if (isUp && isTooEarly(state, snapshot, LOOK_EVERY_MS[part.name])) return standing(state);
    const tempC = snapshot[part.temp];
    const targetC = snapshot[part.target];
    const isTestable = isUp && tempC !== undefined && targetC !== undefined && targetC > 0;
    if (!isTestable) return standing(state.targetC === 0 && state.status === "not_tested" ? state : UNTESTED_OVER);
    const at = snapshot.at ?? now;
    const isSame = state.targetC === targetC;
    const overC = tempC - targetC;
    const limitC = part.name === "bed" || part.name === "chamber" ? params.bedC : params.nozzleC;
    if (overC <= limitC / 3) return standing({ status: "pass", at, targetC, isReached: true, overS: 0 });
    if (!isSame || !state.isReached) return standing({ status: state.status, at, targetC, isReached: false, overS: 0 });
    const overS = overC > limitC ? state.overS + watchedS(state.at, at) : 0;
    if (overS < params.forS) return standing({ ...state, at, overS });
    return {
      state: { ...state, at, overS: params.forS, status: "fail" },
      answer: {
        status: "fail",
        value: Number(overC.toFixed(1)),
        limit: limitC,
        unit: "°C",
        confidence: 0.97,
        evidence: {
          says: `the ${part.label} is at ${degrees(tempC)}, ${overC.toFixed(0)} °C above its target, for ${Math.round(overS)} s`,
        },
      },
    };
  },
});

// ---- heating-after-shutdown ----

interface After extends Looked {
  /** When power was last asked for, while the host was up; or a sensor leapt, which settles as slowly. */
  readonly poweredAt?: Timestamp;
  readonly tempC?: number;
  /** Where the wait for the fall began. */
  readonly from?: { readonly at: Timestamp; readonly tempC: number };
}

const HOST_UP: After = { status: "not_tested" };

/** The rise after the power that is only lag is over after `tailS`; then `riseC` within `withinS` is none. */
const AFTERGLOW: Readonly<Record<HeaterName, { readonly tailS: number; readonly riseC: number; readonly withinS: number }>> = {
  nozzle: { tailS: 8, riseC: 1.5, withinS: 15 },
  leftNozzle: { tailS: 8, riseC: 1.5, withinS: 15 },
  bed: { tailS: 90, riseC: 2, withinS: 60 },
  chamber: { tailS: 300, riseC: 5, withinS: 120 },
};

const SURE_MS = 2_000;

export const heatingAfterShutdown = watch({
  id: "heating-after-shutdown",
  about: "Tells when a heater gets hotter after the host shut down and took the power from it: only the mains switch helps.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0001-E102` as HmsCode,
  params: {
    minC: { default: 35, min: 25, max: 200, unit: "°C", about: "cooler parts are not looked at: a room warms them too" },
  },
  start: HOST_UP,
  restore: ({ status }) => ({ status }),
  test: (state, part, snapshot, { minC }, now): Test<After> => {
    const isUp = !isHostAway(snapshot) && isFresh(snapshot, now);
    if (isUp && isTooEarly(state, snapshot, LOOK_EVERY_MS[part.name])) return standing(state);
    const tempC = snapshot[part.temp];
    // a chamber without a heater is warmed by a bed that is still hot
    const isHeated = part.name !== "chamber" || snapshot[part.target] !== undefined;
    if (!isUp || tempC === undefined || !isHeated) return standing(state.at === undefined ? state : HOST_UP);
    const at = snapshot.at ?? now;
    if (snapshot.hostState !== "shutdown") {
      // where the power is not told, it may have been on until the end
      const isPowered = (snapshot[part.duty] ?? 100) > 0;
      // nor is it known of the time before watching began
      return standing({ at, status: "pass", poweredAt: isPowered ? at : (state.poweredAt ?? at), tempC });
    }
    const seconds = watchedS(state.at, at);
    const hasLeapt = state.tempC !== undefined && seconds > 0 && isLeap(tempC - state.tempC, INERTIA[part.name], seconds);
    // watching began after the shutdown: the power may have been on until now
    const poweredAt = hasLeapt ? at : (state.poweredAt ?? at);
    const { tailS, riseC, withinS } = AFTERGLOW[part.name];
    const { from } = state;
    const waiting: After = { at, status: state.status, poweredAt, tempC };
    if (at - poweredAt < tailS * 1_000) return standing(waiting);
    if (from === undefined || tempC < from.tempC || at - from.at > withinS * 1_000)
      return standing({ ...waiting, status: from !== undefined && tempC < from.tempC ? "pass" : state.status, from: { at, tempC } });
    const roseC = tempC - from.tempC;
    if (roseC < riseC || tempC < minC || at - from.at < SURE_MS) return standing({ ...waiting, from });
    return {
      state: { ...waiting, status: "fail", from },
      answer: {
        status: "fail",
        value: Number(roseC.toFixed(1)),
        limit: riseC,
        unit: "°C",
        confidence: 0.98,
        evidence: {
          says: `the ${part.label} rose ${roseC.toFixed(1)} °C to ${degrees(tempC)} within ${((at - from.at) / 1_000).toFixed(0)} s, though the host took its power ${Math.round((at - poweredAt) / 1_000)} s ago or earlier`,
        },
      },
    };
  },
});
