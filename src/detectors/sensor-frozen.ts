/**
 * Sensors that say nothing: a temperature that does not move where heat must. Printers that tell whole degrees are told apart by never
 * having said a fraction.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { type HeaterPart, HEATERS } from "../model/machine-parts.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { isRunning, isTooEarly, type Looked, NOT_TESTED, standing, type Test, watch, watchedS } from "./detector.ts";

/** Outside, an open or shorted sensor ends. */
const COLDEST_C = -15;
const HOTTEST_C = 350;

/** Standing still takes long to be sure of. */
const STILL_EVERY_MS: Readonly<Record<HeaterPart["name"], number>> = { nozzle: 900, leftNozzle: 900, bed: 1_900, chamber: 4_900 };

interface Still extends Looked {
  readonly tempC: number;
  readonly since: Timestamp | null;
  /** Since when power or target should have moved it. */
  readonly urgedSince: Timestamp | null;
  readonly isFine: boolean;
  /** The host's clock at the last look. */
  readonly hostS: number | null;
}

const UNSEEN: Still = { status: "not_tested", tempC: 0, since: null, urgedSince: null, isFine: false, hostS: null };

/**
 * How long a reading may stand still. Fine ones move with every look when anything is warm; whole degrees only when urged, and then still
 * longer than a heater needs that has come to its end, too weak or stuck on.
 */
interface Patience {
  readonly fineS: number;
  readonly urgedFineS: number;
  readonly urgedWholeS: number;
  /** Below, a dead heater too would stand still on whole degrees. */
  readonly wholeMinC: number;
  /** Warmer than any room. */
  readonly warmC: number;
}

const NOZZLE: Patience = { fineS: 60, urgedFineS: 20, urgedWholeS: 100, wholeMinC: 70, warmC: 50 };
const PATIENCE: Readonly<Record<HeaterPart["name"], Patience>> = {
  nozzle: NOZZLE,
  leftNozzle: NOZZLE,
  bed: { fineS: 120, urgedFineS: 60, urgedWholeS: 600, wholeMinC: 50, warmC: 45 },
  chamber: { fineS: 900, urgedFineS: 900, urgedWholeS: 7_200, wholeMinC: 50, warmC: 45 },
};

/** Full power, or far from the target in either direction. */
function isUrged(part: HeaterPart, snapshot: Snapshot, tempC: number): boolean {
  const dutyPct = snapshot[part.duty];
  const targetC = snapshot[part.target];
  if (targetC === undefined) return false;
  return dutyPct !== undefined && targetC > tempC ? dutyPct >= 95 : Math.abs(targetC - tempC) >= 10;
}

export const sensorFrozen = watch({
  id: "sensor-frozen",
  about: "Tells when a temperature does not move at all while heat comes or goes: the reading is not the temperature.",
  parts: HEATERS,
  reads: ({ temp }) => temp,
  code: (part) => `${part.prefix}-0001-E106` as HmsCode,
  params: {
    patience: {
      default: 1,
      min: 0.5,
      max: 20,
      unit: "×",
      about: "stretches how long a reading may stand still (60 s for a nozzle that tells fractions)",
    },
  },
  start: UNSEEN,
  restore: ({ status, isFine }) => ({ ...UNSEEN, status, isFine }),
  test: (state, part, snapshot, { patience }, now): Test<Still> => {
    const isUp = isRunning(snapshot, now);
    if (isUp && isTooEarly(state, snapshot, STILL_EVERY_MS[part.name])) return standing(state);
    const tempC = snapshot[part.temp];
    if (!isUp || tempC === undefined || tempC < COLDEST_C || tempC > HOTTEST_C) {
      if (state.at === undefined && state.status === "not_tested") return standing(state);
      return standing({ ...UNSEEN, isFine: state.isFine });
    }
    // a host that hangs says the same of everything
    const hostS = snapshot.hostTimeS ?? null;
    if (hostS !== null && hostS === state.hostS && state.status !== "fail") return { state, answer: NOT_TESTED };
    const at = snapshot.at ?? now;
    const isFine = state.isFine || tempC % 1 !== 0;
    const { fineS, urgedFineS, urgedWholeS, wholeMinC, warmC } = PATIENCE[part.name];
    const isWarm = tempC > warmC || (part.name !== "chamber" && (snapshot[part.target] ?? 0) > warmC);
    const hasMoved = tempC !== state.tempC || watchedS(state.at, at) === 0;
    const urgedSince = isWarm && isUrged(part, snapshot, tempC) ? (state.urgedSince ?? at) : null;
    if (hasMoved || !isWarm || state.since === null)
      return standing({ at, status: isWarm ? "pass" : state.status, tempC, since: at, urgedSince, isFine, hostS });
    const { since } = state;
    const looked: Still = { at, status: state.status, tempC, since, urgedSince, isFine, hostS };
    const stillS = (at - since) / 1_000;
    const urgedS = urgedSince === null ? 0 : (at - Math.max(since, urgedSince)) / 1_000;
    // in whole degrees a temperature may come to rest: only one that never moved since it was urged is none
    const hasObeyed = urgedSince === null || since > urgedSince;
    const isFrozen = isFine
      ? stillS >= fineS * patience || urgedS >= urgedFineS * patience
      : !hasObeyed && tempC >= wholeMinC && urgedS >= urgedWholeS * patience;
    if (!isFrozen || state.status === "fail") return standing(looked);
    return {
      state: { ...looked, status: "fail" },
      answer: {
        status: "fail",
        value: Math.round(stillS),
        limit: isFine ? fineS * patience : urgedWholeS * patience,
        unit: "s",
        confidence: 0.9,
        evidence: { says: `the ${part.label} has said exactly ${tempC} °C for ${Math.round(stillS)} s, while it is heated or cools` },
      },
    };
  },
});
