/** Alerts for tests: a definition to vary, a state under each ISA letter (reached by events only), and rows of the tables. */
import { expect, test } from "vitest";
import { at } from "../../lib/time.ts";
import {
  type AlertDefinition,
  type AlertEvent,
  type AlertState,
  type AlertStep,
  type IsaLetter,
  initialState,
  isaLetter,
  transition,
} from "../alert.ts";

export function definition(overrides: Partial<AlertDefinition> = {}): AlertDefinition {
  return {
    level: 1,
    priority: "high",
    latching: false,
    onDelayMs: 0,
    offDelayMs: 0,
    confirmTrips: 1,
    ageingCycles: 3,
    shelvable: true,
    maxShelveMs: 3_600_000,
    suppressible: true,
    unsuppressHoldMs: 30_000,
    autoAck: false,
    ...overrides,
  };
}

/** An event, "ack" standing for one with the current version. */
export type Act = AlertEvent | "fail" | "pass" | "tick" | "ack" | "reset" | "cycle-end";

/** Runs events at one instant; every one of them must be accepted. */
export function after(state: AlertState, acts: readonly Act[], rules: AlertDefinition, nowMs: number): AlertState {
  return acts.reduce((current, act) => {
    const event: AlertEvent = act === "ack" ? { type: "ack", version: current.version } : typeof act === "string" ? { type: act } : act;
    const step = transition(current, event, rules, at(nowMs));
    if (!step.ok) throw new Error(`${event.type} was refused: ${step.refusal}`);
    return step.state;
  }, state);
}

const SHELVE: Act = { type: "shelve", durationMs: 60_000, oneShot: false };

const WAYS: Readonly<Record<IsaLetter, readonly Act[]>> = {
  A: [],
  B: ["fail"],
  C: ["fail", "ack"],
  D: ["fail", "pass"],
  E: ["fail", "pass"],
  F: ["fail", "ack", "pass"],
  G: ["fail", SHELVE],
  H: ["fail", { type: "suppress", by: "cause" }],
  I: ["fail", { type: "out-of-service" }],
};

/** E and F need a latching definition. */
export function stateIn(letter: IsaLetter, rules: AlertDefinition, nowMs = 1_000): AlertState {
  return after(initialState(rules), WAYS[letter], rules, nowMs);
}

/**
 * The effects of a step as one word each: "clear/clear" is the effect "clear" that notifies "clear"; a number after "#" is another
 * episode than the current one; "!" is a refusal.
 */
export function told(step: AlertStep): string {
  if (!step.ok) return `!${step.refusal}`;
  return step.effects
    .map((effect) => {
      const other = effect.episode === step.state.episode ? "" : `#${effect.episode}`;
      return `${effect.event}${other}${effect.notify === undefined ? "" : `/${effect.notify}`}`;
    })
    .join(" ");
}

export function eventOf(act: Act, state: AlertState): AlertEvent {
  if (act === "ack") return { type: "ack", version: state.version };
  return typeof act === "string" ? { type: act } : act;
}

export type Row = readonly [from: IsaLetter, act: Act, to: IsaLetter, effects: string];

/** Start letter, event, resulting letter, effects. */
export function checkRows(rows: readonly Row[], rulesOf: (letter: IsaLetter) => AlertDefinition): void {
  test.each(rows)("%s, %j → %s: %s", (from, act, to, effects) => {
    const rules = rulesOf(from);
    const state = stateIn(from, rules);
    expect(isaLetter(state)).toBe(from);
    const step = transition(state, eventOf(act, state), rules, at(2_000));
    expect(told(step)).toBe(effects);
    expect(isaLetter(step.state)).toBe(to);
    if (!step.ok) expect(step.state).toBe(state);
  });
}

export const LATCHING_WHERE_NEEDED = (letter: IsaLetter): AlertDefinition => definition({ latching: letter === "E" || letter === "F" });
