/**
 * How long a heat-up takes against the same heater's first ones, band of temperature by band, at full power and without a fan. A heater that
 * fades, a bad crimp or a sagging supply makes every one slower; the baseline does not follow.
 */
import { ewma } from "../lib/statistics.ts";
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { type HeaterPart, HEATERS } from "../model/machine-parts.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { isFresh, isTooEarly, type Looked, standing, type Test, watch, watchedS } from "./detector.ts";

/** Mean time through one band, of the first runs. */
interface Band {
  readonly n: number;
  readonly meanS: number;
}

interface HeatUp extends Looked {
  /** By the number of the band. */
  readonly bands: Readonly<Record<string, Band>>;
  /** Time of late heat-ups by the baseline's, averaged. */
  readonly slowness: number;
  /** Heat-ups that went into it. */
  readonly runs: number;
  /** When the band was entered; absent where it was not entered at its foot. */
  readonly entered?: { readonly band: number; readonly at: Timestamp };
  readonly tempC: number;
  /** Sums of the heat-up under way, over bands with a baseline. */
  readonly tookS: number;
  readonly usualS: number;
}

const FIRST: HeatUp = { status: "not_tested", bands: {}, slowness: 1, runs: 0, tempC: 0, tookS: 0, usualS: 0 };
const LOOK_EVERY_MS = 900;
/** Heat-ups that make the baseline of a band. */
const LEARN_RUNS = 3;
/** Bands that a heat-up must have passed in all to be judged, in their usual time. */
const MIN_USUAL_S: Readonly<Record<HeaterPart["name"], number>> = { nozzle: 8, leftNozzle: 8, bed: 25, chamber: 300 };
const BAND_C: Readonly<Record<HeaterPart["name"], number>> = { nozzle: 20, leftNozzle: 20, bed: 8, chamber: 4 };
/** Bands between this and this are kept: no more state than that. */
const MAX_BANDS = 20;
const FAN_PCT = 5;

/** Full power, as told; or so far below its target that every controller gives it. */
function isFullPower(part: HeaterPart, snapshot: Snapshot, tempC: number, targetC: number): boolean {
  const dutyPct = snapshot[part.duty];
  if (dutyPct !== undefined) return dutyPct >= 95;
  return targetC - tempC >= (part.name === "bed" ? 10 : 15);
}

/** The heat-up went through a whole band: into the baseline, or against it. */
function passed(state: HeatUp, band: number, seconds: number): HeatUp {
  const known = state.bands[band];
  if (known !== undefined && known.n >= LEARN_RUNS) return { ...state, tookS: state.tookS + seconds, usualS: state.usualS + known.meanS };
  const n = (known?.n ?? 0) + 1;
  const meanS = (known?.meanS ?? 0) + (seconds - (known?.meanS ?? 0)) / n;
  return { ...state, bands: { ...state.bands, [band]: { n, meanS } } };
}

function between({ entered: _left, ...state }: HeatUp): HeatUp {
  return { ...state, tookS: 0, usualS: 0 };
}

export const slowHeatUp = watch({
  id: "slow-heat-up",
  about: "Tells when a heater takes longer to heat up than it did when its baseline was learned.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0003-E109` as HmsCode,
  params: {
    slowerPct: { default: 25, min: 5, max: 200, unit: "%", about: "how much longer the average heat-up may take" },
    minRuns: { default: 2, min: 1, max: 20, unit: "", about: "heat-ups after the baseline before one can be judged" },
  },
  start: FIRST,
  restore: (saved) => ({ ...between(saved), status: saved.status }),
  test: (state, part, snapshot, params, now): Test<HeatUp> => {
    const tempC = snapshot[part.temp];
    const targetC = snapshot[part.target];
    if (tempC === undefined || targetC === undefined) return standing(state);
    if (isTooEarly(state, snapshot, LOOK_EVERY_MS)) return standing(state);
    const at = snapshot.at ?? now;
    const isHeating =
      targetC > 0 &&
      isFresh(snapshot, now) &&
      (snapshot.hostState ?? "ready") === "ready" &&
      (snapshot.partFanPct ?? 0) <= FAN_PCT &&
      isFullPower(part, snapshot, tempC, targetC);
    if (isHeating) return standing(climbed(state, part, tempC, at));
    if (state.entered === undefined && state.usualS === 0) return standing(state);
    return judged(state, part, tempC, params);
  },
});

/** One look on the way up. */
function climbed(state: HeatUp, part: HeaterPart, tempC: number, at: Timestamp): HeatUp {
  const bandC = BAND_C[part.name];
  const band = Math.floor(tempC / bandC);
  const isOn = state.entered !== undefined && watchedS(state.at, at, 3) > 0;
  const looked: HeatUp = { ...state, at, tempC };
  if (!isOn) return { ...looked, entered: { band: -1, at } };
  const { entered } = state;
  if (entered === undefined || band === entered.band || band < 0 || band >= MAX_BANDS) return looked;
  if (entered.band === -1 && band === Math.floor(state.tempC / bandC)) return looked;
  // where within the last second the foot of the band was passed
  const share = (band * bandC - state.tempC) / Math.max(tempC - state.tempC, 1e-6);
  const footAt = (at - (1 - Math.min(1, Math.max(0, share))) * (at - (state.at ?? at))) as Timestamp;
  const next: HeatUp = { ...looked, entered: { band, at: footAt } };
  return band === entered.band + 1 && entered.band >= 0 ? passed(next, entered.band, (footAt - entered.at) / 1_000) : next;
}

/** The heat-up is over. */
function judged(
  state: HeatUp,
  part: HeaterPart,
  tempC: number,
  params: { readonly slowerPct: number; readonly minRuns: number },
): Test<HeatUp> {
  const over = between(state);
  if (state.usualS < MIN_USUAL_S[part.name]) return standing(over);
  const slowness = ewma(state.slowness, state.tookS / state.usualS, 0.5);
  const next: HeatUp = { ...over, slowness, runs: state.runs + 1 };
  const isSlow = slowness > 1 + params.slowerPct / 100 && next.runs >= params.minRuns;
  if (!isSlow) return standing({ ...next, status: "pass" });
  return {
    state: { ...next, status: "fail" },
    answer: {
      status: "fail",
      value: Math.round((slowness - 1) * 100),
      limit: params.slowerPct,
      unit: "%",
      confidence: 0.85,
      evidence: {
        says: `the ${part.label} heats up ${Math.round((slowness - 1) * 100)} % slower than it used to: the last time ${Math.round(state.tookS)} s instead of ${Math.round(state.usualS)} s, up to ${Math.round(tempC)} °C`,
      },
    },
  };
}
