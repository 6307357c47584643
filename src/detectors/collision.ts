/**
 * The toolhead hit something. A shock alone is no proof: one large one an hour is usual, and doors are slammed. It takes a witness: the
 * encoder, a homing that shows lost steps, or shocks that come again and again, as from a nozzle that strikes the print at each pass.
 */
import type { Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { Snapshot } from "../model/telemetry.ts";
import { leak } from "../lib/statistics.ts";
import { type Answer, NOT_TESTED, PASS, watch, watchedS } from "./detector.ts";

interface Shock {
  readonly at: Timestamp;
  readonly sigma: number;
  readonly layer?: number;
}

interface Watching {
  /** The sample that was looked at last while something was going on. */
  readonly at?: Timestamp;
  /** The latest shock, for the encoder; the hardest since the last homing, for that homing. */
  readonly latest?: Shock;
  readonly hardest?: Shock;
  /** A bucket of shocks that leaks. */
  readonly strikes: number;
  /** The homing that was judged last. */
  readonly homing?: number;
  readonly failedAt?: Timestamp;
  readonly says?: string;
}

const CALM: Watching = { strikes: 0 };

const ENCODER_WINDOW_MS = 3_000;
/** Shocks older than this have nothing to do with a homing now. */
const HOMING_WINDOW_MS = 24 * 3_600_000;

interface Limits {
  readonly shockSigma: number;
  readonly hardSigma: number;
  readonly errorMm: number;
  readonly strikes: number;
  readonly clearS: number;
}

export const collision = watch({
  id: "collision",
  about: "The toolhead hit something: a shock, and a position that is wrong after it; or shock upon shock.",
  parts: [{ name: "toolhead" }],
  reads: () => "shockSigma",
  code: () => "0300-1200-0002-E112" as HmsCode,
  params: {
    shockSigma: { default: 6, min: 3, max: 50, unit: "σ", about: "a shock beyond the toolhead's own shaking" },
    hardSigma: { default: 9, min: 4, max: 100, unit: "σ", about: "a shock that a later homing with lost steps is put down to" },
    errorMm: { default: 0.2, min: 0.02, max: 10, unit: "mm", about: "encoder or homing against order" },
    strikes: { default: 4, min: 2, max: 50, unit: "", about: "so many shocks within a minute need no other witness" },
    clearS: { default: 600, min: 10, max: 86_400, unit: "s", about: "without another shock the alert is over" },
  },
  start: CALM,
  // how hard it was before the restart still explains the next homing; the rest was timed
  restore: ({ hardest, homing, failedAt }) => ({
    strikes: 0,
    ...(hardest !== undefined && { hardest }),
    ...(homing !== undefined && { homing }),
    ...(failedAt !== undefined && { failedAt }),
  }),
  test: (state, _part, snapshot, limits, now) => {
    const { at, shockSigma, homing } = snapshot;
    if (shockSigma === undefined || at === undefined || !snapshot.connected) return { state, answer: NOT_TESTED };
    const isNewHoming = homing !== undefined && homing.count !== state.homing;
    const isShock = shockSigma > limits.shockSigma;
    const isCalm = state.latest === undefined && state.failedAt === undefined && state.strikes === 0;
    if (at === state.at || (isCalm && !isShock && !isNewHoming)) return { state, answer: verdict(state, limits, now) };
    const felt = isShock ? feel(state, snapshot, at, shockSigma) : settle(state, at);
    const says = witness(felt, snapshot, limits, isNewHoming, now);
    const next: Watching = {
      ...felt,
      ...(says !== undefined && { says, failedAt: now }),
      ...(isNewHoming && { homing: homing.count }),
    };
    const { hardest: _explained, ...homed } = next;
    const after = isNewHoming ? homed : next;
    return { state: isOver(after, limits, now) ? over(after) : after, answer: verdict(after, limits, now) };
  },
});

/** One shock can fill a sample and the next: strikes count once a second. */
function feel(state: Watching, { layer }: Snapshot, at: Timestamp, sigma: number): Watching {
  const shock: Shock = { at, sigma, ...(layer !== undefined && { layer }) };
  const isSameShock = state.latest !== undefined && at - state.latest.at < 1_000;
  const strikes = leak(state.strikes, watchedS(state.at, at), 1 / 60) + (isSameShock ? 0 : 1);
  const hardest = state.hardest !== undefined && state.hardest.sigma > sigma ? state.hardest : shock;
  return { ...state, at, latest: isSameShock ? { ...shock, at: state.latest.at } : shock, hardest, strikes };
}

function settle(state: Watching, at: Timestamp): Watching {
  const strikes = leak(state.strikes, watchedS(state.at, at), 1 / 60);
  const { latest, ...rest } = state;
  return { ...rest, at, strikes, ...(latest !== undefined && at - latest.at <= ENCODER_WINDOW_MS && { latest }) };
}

/** What bears out that it was a collision, in words. */
function witness(state: Watching, snapshot: Snapshot, limits: Limits, isNewHoming: boolean, now: Timestamp): string | undefined {
  const { latest, hardest, strikes } = state;
  const errorMm = Math.max(Math.abs(snapshot.xErrorMm ?? 0), Math.abs(snapshot.yErrorMm ?? 0));
  if (latest !== undefined && errorMm > limits.errorMm) {
    return `a shock of ${latest.sigma.toFixed(0)} σ${where(latest)}, and the toolhead stands ${errorMm.toFixed(1)} mm from its place after it`;
  }
  if (strikes > limits.strikes - 0.5)
    return `${Math.round(strikes)} shocks within a minute: the nozzle strikes the print or something on the bed`;
  const { homing } = snapshot;
  if (!isNewHoming || homing === undefined || hardest === undefined || hardest.sigma < limits.hardSigma) return undefined;
  const isLost = Math.abs(homing.offMm) > Math.max(2 * limits.errorMm, 4 * homing.sigmaMm);
  if (!isLost || now - hardest.at > HOMING_WINDOW_MS) return undefined;
  return `a shock of ${hardest.sigma.toFixed(0)} σ${where(hardest)}, and since then ${homing.axis.toUpperCase()} is off by ${Math.abs(homing.offMm).toFixed(1)} mm`;
}

function where({ layer }: Shock): string {
  return layer === undefined ? "" : ` at layer ${layer}`;
}

function isOver(state: Watching, { clearS }: Limits, now: Timestamp): boolean {
  return state.failedAt !== undefined && Math.abs(now - state.failedAt) > clearS * 1_000 && state.latest === undefined;
}

function over({ failedAt: _failedAt, says: _says, ...rest }: Watching): Watching {
  return rest;
}

function verdict(state: Watching, limits: Limits, now: Timestamp): Answer {
  if (state.failedAt === undefined || isOver(state, limits, now)) return PASS;
  const shock = state.latest ?? state.hardest;
  return {
    status: "fail",
    ...(shock !== undefined && { value: shock.sigma }),
    limit: limits.shockSigma,
    unit: "σ",
    confidence: 0.85,
    evidence: { says: state.says ?? "a shock, and a position that is wrong after it" },
  };
}
