/** Wear of guides and belts: the load of the printer's own test move against what it was, and the way that the toolhead has gone. */
import type { HmsCode } from "../model/code.ts";
import type { Timestamp } from "../lib/time.ts";
import { ewma, median } from "../lib/statistics.ts";
import { type Answer, NOT_TESTED, PASS, watch, watchedS } from "./detector.ts";

const LOADS = [
  { name: "x", label: "X", code: "0300-1000-0003-E108", load: "xLoadPct" },
  { name: "y", label: "Y", code: "0300-1100-0003-E108", load: "yLoadPct" },
] as const;

interface Load {
  readonly last?: number;
  /** The first results, which are taken as those of a healthy axis. */
  readonly first: readonly number[];
  readonly meanPct?: number;
  readonly answer: Answer;
}

const NEW_LOAD: Load = { first: [], answer: NOT_TESTED };
const FIRST_LOADS = 5;

export const axisLoad = watch({
  id: "axis-load",
  about: "An axis needs more force for the same test move than when it was new here: dry or dirty guides, a tight belt.",
  parts: LOADS,
  reads: ({ load }) => load,
  code: ({ code }) => code as HmsCode,
  params: {
    risePct: { default: 25, min: 5, max: 200, unit: "%", about: "rise of the smoothed load over the first results" },
    weight: { default: 0.3, min: 0.02, max: 1, unit: "", about: "of a new result in the smoothed load; 1 does not smooth" },
  },
  start: NEW_LOAD,
  test: (state, { label, load }, snapshot, params) => {
    const loadPct = snapshot[load];
    if (loadPct === undefined || loadPct === state.last || loadPct <= 0) return { state, answer: state.answer };
    if (state.first.length < FIRST_LOADS)
      return { state: { ...state, last: loadPct, first: [...state.first, loadPct] }, answer: state.answer };
    const firstPct = median(state.first) ?? loadPct;
    const meanPct = ewma(state.meanPct ?? firstPct, loadPct, params.weight);
    const rise = meanPct / firstPct - 1;
    const limit = params.risePct / 100;
    const isHigh = rise > (state.answer.status === "fail" ? limit / 2 : limit);
    const says = `${label} needs ${loadPct.toFixed(0)} % of the stall load for its test move, ${(rise * 100).toFixed(0)} % more than at first`;
    const answer: Answer = isHigh
      ? { status: "fail", value: meanPct, limit: firstPct * (1 + limit), unit: "%", confidence: 0.8, evidence: { says, firstPct, loadPct } }
      : PASS;
    return { state: { ...state, last: loadPct, meanPct, answer }, answer };
  },
});

const ODOMETERS = [
  { name: "x", label: "X", code: "0300-1000-0003-E109", position: "xMm" },
  { name: "y", label: "Y", code: "0300-1100-0003-E109", position: "yMm" },
] as const;

interface Odometer {
  readonly km: number;
  readonly lastMm?: number;
  readonly at?: Timestamp;
}

const NEW_AXIS: Odometer = { km: 0 };
const MM_PER_KM = 1_000_000;
/** The notice stands for this share of the plan, then waits for the next time. */
const NOTICE_SHARE = 0.02;

export const axisOdometer = watch({
  id: "axis-odometer",
  about: "The way an axis has gone, for the care that its guides and belts need now and then. Seen at the sample rate, so a lower bound.",
  parts: ODOMETERS,
  reads: ({ position }) => position,
  code: ({ code }) => code as HmsCode,
  params: {
    serviceKm: { default: 1_000, min: 10, max: 100_000, unit: "km", about: "way between two services, as the samples see it" },
  },
  start: NEW_AXIS,
  restore: ({ km }) => ({ km }),
  test: (state, { label, position }, snapshot, { serviceKm }) => {
    const positionMm = snapshot[position];
    if (positionMm === undefined) return { state, answer: NOT_TESTED };
    const answer = due(label, state.km, serviceKm);
    if (positionMm === state.lastMm || snapshot.at === undefined) return { state, answer };
    const wayMm = state.lastMm === undefined || watchedS(state.at, snapshot.at) === 0 ? 0 : Math.abs(positionMm - state.lastMm);
    return { state: { km: state.km + wayMm / MM_PER_KM, lastMm: positionMm, at: snapshot.at }, answer };
  },
});

function due(label: string, km: number, serviceKm: number): Answer {
  if (km < serviceKm || km % serviceKm > serviceKm * NOTICE_SHARE) return PASS;
  const says = `${label} has gone at least ${Math.floor(km)} km: time to clean and grease its guides and to look at its belt`;
  return { status: "fail", value: km, limit: Math.floor(km / serviceKm) * serviceKm, unit: "km", confidence: 1, evidence: { says } };
}
