/**
 * Steps that a motor was ordered to make and did not. Without an encoder this shows when an axis that knew where it was finds its end
 * anew: too early or too late. With one it shows at once. A verdict stands until the next measurement of that axis.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { HomingResult, Snapshot } from "../model/telemetry.ts";
import { type Answer, NOT_TESTED, PASS, watch } from "./detector.ts";

interface HomedAxis {
  readonly name: HomingResult["axis"];
  readonly label: string;
  readonly code: string;
}

const AXES: readonly HomedAxis[] = [
  { name: "x", label: "X", code: "0300-1000-0002-E106" },
  { name: "y", label: "Y", code: "0300-1100-0002-E106" },
  { name: "z", label: "Z", code: "0300-0800-0002-E106" },
];

interface Homed {
  readonly count?: number;
  readonly offMm?: number;
  readonly answer: Answer;
}

const UNKNOWN: Homed = { answer: NOT_TESTED };

const round = (value: number, digits = 1): string => value.toFixed(digits);

export const lostSteps = watch({
  id: "lost-steps",
  about: "An axis that knew where it was finds its end too early or too late: steps were lost on the way.",
  parts: AXES,
  reads: () => "homing",
  code: ({ code }) => code as HmsCode,
  params: {
    // a stepper slips by a whole electrical turn: four full steps, 0.8 mm with the usual belts
    limitMm: { default: 0.4, min: 0.05, max: 10, unit: "mm", about: "X and Y: a smaller difference is the endstop's own spread" },
    zLimitMm: {
      default: 0.3,
      min: 0.02,
      max: 10,
      unit: "mm",
      about: "the same for Z, whose steps are finer but whose probe feels the heat",
    },
    sigmas: { default: 4, min: 2, max: 10, unit: "σ", about: "how far beyond the measurement's own uncertainty it must lie" },
  },
  start: UNKNOWN,
  test: (state, axis, snapshot, params) => {
    const { homing } = snapshot;
    if (homing?.axis !== axis.name || (homing.count === state.count && homing.offMm === state.offMm))
      return { state, answer: state.answer };
    const limit = Math.max(axis.name === "z" ? params.zLimitMm : params.limitMm, params.sigmas * homing.sigmaMm);
    const answer = Math.abs(homing.offMm) > limit ? lost(axis, homing, limit, snapshot) : PASS;
    return { state: { count: homing.count, offMm: homing.offMm, answer }, answer };
  },
});

function lost({ label }: HomedAxis, { offMm, sigmaMm }: HomingResult, limit: number, { state, layer }: Snapshot): Answer {
  const found = `${label} found its end ${round(Math.abs(offMm))} mm ${offMm > 0 ? "late" : "early"} (±${round(sigmaMm)})`;
  const isPrinting = state === "printing" || state === "paused";
  const layers = isPrinting && layer !== undefined ? `layers up to ${layer}` : "what was printed since then";
  return {
    status: "fail",
    value: Math.abs(offMm),
    limit,
    unit: "mm",
    confidence: Math.abs(offMm) > 2 * limit ? 0.99 : 0.9,
    evidence: { says: `${found}: steps were lost since the last homing; ${layers} may be shifted`, offMm, sigmaMm },
  };
}

const CLOSED_LOOP = [
  { name: "x", label: "X", code: "0300-1000-0001-E107", error: "xErrorMm" },
  { name: "y", label: "Y", code: "0300-1100-0001-E107", error: "yErrorMm" },
] as const;

interface Following {
  /** The sample that was counted last, and how many in a row say the same against the present verdict. */
  readonly at?: Timestamp;
  readonly count: number;
  readonly answer: Answer;
}

const FOLLOWS: Following = { count: 0, answer: PASS };

export const closedLoopError = watch({
  id: "closed-loop-error",
  about: "The encoder of an axis says that it is not where it was ordered to.",
  parts: CLOSED_LOOP,
  reads: ({ error }) => error,
  code: ({ code }) => code as HmsCode,
  params: {
    limitMm: { default: 0.2, min: 0.02, max: 10, unit: "mm", about: "a larger error is no lag of the motor any more" },
    samples: { default: 3, min: 1, max: 100, unit: "samples", about: "so many in a row must say the same" },
  },
  start: FOLLOWS,
  restore: ({ answer }) => ({ count: 0, answer }),
  test: (state, { label, error }, snapshot, params) => {
    const errorMm = snapshot[error];
    if (errorMm === undefined || !snapshot.connected) return { state, answer: NOT_TESTED };
    const isFailing = state.answer.status === "fail";
    // half the limit to go back, so that an error at the limit is one alert
    const isAgainst = isFailing ? Math.abs(errorMm) < params.limitMm / 2 : Math.abs(errorMm) > params.limitMm;
    if (!isAgainst) return { state: state.count === 0 ? state : { count: 0, answer: state.answer }, answer: state.answer };
    if (snapshot.at === undefined || snapshot.at === state.at) return { state, answer: state.answer };
    const count = state.count + 1;
    if (count < params.samples) return { state: { at: snapshot.at, count, answer: state.answer }, answer: state.answer };
    const answer = isFailing ? PASS : away(label, errorMm, params.limitMm);
    return { state: { count: 0, answer }, answer };
  },
});

function away(label: string, errorMm: number, limit: number): Answer {
  return {
    status: "fail",
    value: Math.abs(errorMm),
    limit,
    unit: "mm",
    confidence: 0.95,
    evidence: { says: `${label} stands ${round(Math.abs(errorMm), 2)} mm from where it was ordered to, by its own encoder`, errorMm },
  };
}
