/**
 * Several detectors may speak of one code, near the printer and far from it: the alert stands while any of them says fail. Whoever can
 * no longer test has nothing to say against one who can. A report without a name is central's own, and counts for all.
 */
import type { AlertState, ReportEvent } from "./state.ts";

export interface Heard {
  readonly state: AlertState;
  /** Another still says fail: this word changes nothing but who does. */
  readonly isOutvoted: boolean;
}

const NOBODY: readonly string[] = [];

function withFailing(state: AlertState, failing: readonly string[]): AlertState {
  if (failing.length > 0) return { ...state, failing };
  if (state.failing === undefined) return state;
  const { failing: _gone, ...rest } = state;
  return rest;
}

export function hear(state: AlertState, { type, by }: ReportEvent): Heard {
  const failing = state.failing ?? NOBODY;
  if (by === undefined) return { state: type === "pass" ? withFailing(state, NOBODY) : state, isOutvoted: false };
  if (type === "fail") return { state: failing.includes(by) ? state : withFailing(state, [...failing, by].toSorted()), isOutvoted: false };
  const others = failing.includes(by) ? failing.filter((one) => one !== by) : failing;
  return { state: others === failing ? state : withFailing(state, others), isOutvoted: others.length > 0 };
}
