/**
 * The machine under random definitions and events: no invariant breaks; every seeded mutant breaks one; and the gate of a printer
 * follows its held alerts only.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, type Timestamp } from "../../lib/time.ts";
import {
  type AlertDefinition,
  type AlertEvent,
  type AlertState,
  type AlertStep,
  initialState,
  isActive,
  isHeld,
  isHidden,
  isaLetter,
  transition,
} from "../alert.ts";
import { watchAlert } from "./invariants.ts";
import { gateOf } from "../gate.ts";
import { PRIORITIES } from "../priority.ts";

type Transition = (state: AlertState, event: AlertEvent, definition: AlertDefinition, now: Timestamp) => AlertStep;

const delay = fc.constantFrom(0, 0, 1, 7, 20);
const definitions: fc.Arbitrary<AlertDefinition> = fc.record({
  level: fc.constantFrom(0, 1, 1, 2, 2, 3, 4),
  priority: fc.constantFrom(...PRIORITIES),
  latching: fc.boolean(),
  onDelayMs: delay,
  offDelayMs: delay,
  confirmTrips: fc.constantFrom(0, 1, 2),
  ageingCycles: fc.constantFrom(1, 2, 3),
  shelvable: fc.constantFrom(true, true, true, false),
  maxShelveMs: fc.constantFrom(10, 50),
  suppressible: fc.constantFrom(true, true, true, false),
  unsuppressHoldMs: fc.constantFrom(0, 5, 30),
  autoAck: fc.constantFrom(true, false, false),
});

/** An event as it will be sent: `lag` is how old the version is that the person saw; `waitMs` what passes before it. */
interface Planned {
  readonly event: AlertEvent;
  readonly lag: number;
  readonly waitMs: number;
}

const plain = <T extends AlertEvent["type"]>(type: T) => fc.constant({ type });
const by = fc.constantFrom("a", "b");
const events: fc.Arbitrary<AlertEvent> = fc.oneof(
  { weight: 8, arbitrary: plain("fail") },
  { weight: 8, arbitrary: plain("pass") },
  { weight: 6, arbitrary: plain("tick") },
  { weight: 4, arbitrary: fc.constant<AlertEvent>({ type: "ack", version: 0 }) },
  { weight: 2, arbitrary: fc.constant<AlertEvent>({ type: "reset", version: 0 }) },
  { weight: 2, arbitrary: plain("reset") },
  { weight: 2, arbitrary: fc.constantFrom<AlertEvent>({ type: "not-tested" }, { type: "heartbeat-lost" }, { type: "heartbeat-back" }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant("shelve" as const), durationMs: fc.constantFrom(-1, 4, 10, 40, 51), oneShot: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<AlertEvent>(
      { type: "unshelve" },
      { type: "out-of-service" },
      { type: "in-service" },
      { type: "in-service" },
    ),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("suppress" as const), by }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("unsuppress" as const), by }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("set-priority" as const), priority: fc.constantFrom(...PRIORITIES) }) },
  { weight: 1, arbitrary: fc.constantFrom<AlertEvent>({ type: "remind" }, { type: "ack-timeout" }, { type: "clear-history" }) },
  { weight: 2, arbitrary: plain("cycle-end") },
);
const plans: fc.Arbitrary<Planned> = fc.record({
  event: events,
  lag: fc.constantFrom(0, 0, 0, 0, 1, -1),
  // now and then a clock is set back
  waitMs: fc.constantFrom(0, 0, 1, 1, 3, 8, 25, 60, -4),
});
const EVENTS_PER_RUN = 250;
const lives = fc.tuple(definitions, fc.array(plans, { minLength: EVENTS_PER_RUN, maxLength: EVENTS_PER_RUN }));

function sent(planned: Planned, state: AlertState): AlertEvent {
  const { event } = planned;
  const hasVersion = event.type === "ack" || (event.type === "reset" && event.version !== undefined);
  return hasVersion ? { ...event, version: state.version - planned.lag } : event;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/** Lives one life and returns the first broken invariant, with the step it broke at. */
function live(machine: Transition, rules: AlertDefinition, plan: readonly Planned[], seen?: Set<string>): string | undefined {
  const watch = watchAlert(rules);
  let state = deepFreeze(initialState(rules));
  let now = 1_000;
  for (const [index, planned] of plan.entries()) {
    now += planned.waitMs;
    const event = sent(planned, state);
    const step = machine(state, event, rules, at(now));
    const broken = watch(state, event, now, step);
    if (broken !== undefined) return `${broken} (step ${index}: ${JSON.stringify(event)})`;
    if (step.ok && index % 8 === 0 && JSON.stringify(machine(state, event, rules, at(now))) !== JSON.stringify(step))
      return "the same input gives the same step";
    seen?.add(isaLetter(state) + isaLetter(step.state));
    // a restart now and then: what is stored is all there is
    state = deepFreeze(index % 50 === 49 ? (JSON.parse(JSON.stringify(step.state)) as AlertState) : step.state);
  }
  return undefined;
}

test("no invariant breaks in 125,000 random events", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(lives, ([rules, plan]) => {
      expect(live(transition, rules, plan, seen)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
  // the run means nothing where it did not get around
  expect(new Set([...seen].map((pair) => pair[0])).size).toBe(9);
  expect(seen.size).toBeGreaterThan(50);
}, 60_000);

type Accepted = Extract<AlertStep, { ok: true }>;

/** A machine in which accepted steps come out changed. */
function altered(
  change: (step: Accepted, before: AlertState, event: AlertEvent, rules: AlertDefinition, now: Timestamp) => AlertStep,
): Transition {
  return (state, event, rules, now) => {
    const step = transition(state, event, rules, now);
    return step.ok ? change(step, state, event, rules, now) : step;
  };
}

/** A machine that takes some steps under other rules. */
const misled =
  (rulesOf: (rules: AlertDefinition) => AlertDefinition): Transition =>
  (state, event, rules, now) =>
    transition(state, event, rulesOf(rules), now);

const withState = (step: Accepted, change: Partial<AlertState>): Accepted => ({ ...step, state: { ...step.state, ...change } });
const without = (step: Accepted, name: string): Accepted => ({ ...step, effects: step.effects.filter((effect) => effect.event !== name) });
const did = (step: Accepted, name: string): boolean => step.effects.some((effect) => effect.event === name);

const MUTANTS: Readonly<Record<string, Transition>> = {
  "reset while active": (state, event, rules, now) => {
    const step = transition(state, event, rules, now);
    if (step.ok || step.refusal !== "still-active") return step;
    return {
      ok: true,
      state: { ...state, condition: "ok", latched: false, version: state.version + 1 },
      effects: [{ event: "reset", episode: state.episode }],
    };
  },
  "stale clears": (state, event, rules, now) =>
    event.type === "heartbeat-lost" && isActive(state)
      ? transition(state, { type: "pass" }, { ...rules, offDelayMs: 0 }, now)
      : transition(state, event, rules, now),
  "acknowledging opens the gate": altered((step, _, event) => (event.type === "ack" ? withState(step, { latched: false }) : step)),
  "acknowledging changes the condition": altered((step, _, event) => (event.type === "ack" ? withState(step, { condition: "ok" }) : step)),
  "no version check": (state, event, rules, now) => {
    const step = transition(state, event, rules, now);
    const isStale = !step.ok && step.refusal === "stale-version" && event.type === "ack";
    return isStale ? transition(state, { type: "ack", version: state.version }, rules, now) : step;
  },
  "silent un-shelving": altered((step, before) => (before.shelf.kind === "none" ? step : without(step, "unshelve"))),
  "OFF unlatches": altered((step) => (did(step, "clear") ? withState(step, { latched: false }) : step)),
  "endless shelf": altered((step, _, event) =>
    event.type === "shelve" ? withState(step, { shelf: { kind: "timed", until: at(Number.MAX_SAFE_INTEGER) } }) : step,
  ),
  "a shelf does not end": altered((step, before, event) =>
    event.type === "tick" && did(step, "unshelve") ? withState(without(step, "unshelve"), { shelf: before.shelf }) : step,
  ),
  "episode not closed": altered((step, before) =>
    did(step, "close") ? withState(without(step, "close"), { openEpisodes: before.openEpisodes }) : step,
  ),
  "unacknowledged episode closed": altered((step) => (did(step, "clear") ? withState(step, { openEpisodes: [] }) : step)),
  "raise without episode": altered((step, before) => (did(step, "raise") ? withState(step, { episode: before.episode }) : step)),
  "refresh raises again": altered((step, before, event) =>
    event.type === "fail" && before.condition === "active"
      ? { ...step, effects: [{ event: "raise", episode: before.episode, notify: "raise" }] }
      : step,
  ),
  "un-hiding tells nobody": altered((step) => ({
    ...step,
    effects: step.effects.map(({ event, episode, notify }) =>
      notify === undefined || event === "unshelve" ? { event, episode } : { event, episode, notify },
    ),
  })),
  "hidden is told": altered((step) =>
    isHidden(step.state) && did(step, "raise")
      ? { ...step, effects: [...step.effects, { event: "ack", episode: 1, notify: "raise" }] }
      : step,
  ),
  "hold-off forgets": altered((step) => {
    if (step.state.unsuppressAt === undefined) return step;
    const { unsuppressAt: _, ...state } = step.state;
    return { ...step, state };
  }),
  "no on delay": misled((rules) => ({ ...rules, onDelayMs: 0 })),
  "no off delay": misled((rules) => ({ ...rules, offDelayMs: 0 })),
  "not tested counts as passed": (state, event, rules, now) =>
    transition(state, event.type === "not-tested" ? { type: "pass" } : event, rules, now),
  "silence does not stop delays": (state, event, rules, now) =>
    event.type === "heartbeat-lost"
      ? { ok: true, state: { ...state, quality: "stale" }, effects: [] }
      : transition(state, event, rules, now),
  "version stands still": altered((step, before) => (did(step, "clear") ? withState(step, { version: before.version }) : step)),
  "everything may be shelved": misled((rules) => ({ ...rules, shelvable: true })),
  "everything may be suppressed": misled((rules) => ({ ...rules, suppressible: true })),
  "a new cycle forgets the active fault": altered((step, _, event) =>
    event.type === "cycle-end" ? withState(step, { cycle: { ...step.state.cycle, failedThisCycle: false } }) : step,
  ),
  "ageing without test": altered((step, _, event) =>
    event.type === "cycle-end" ? withState(step, { cycle: { ...step.state.cycle, ageing: step.state.cycle.ageing + 1 } }) : step,
  ),
  "a refusal changes the state": (state, event, rules, now) => {
    const step = transition(state, event, rules, now);
    return step.ok ? step : { ...step, state: { ...state, version: state.version + 1 } };
  },
  "latching is forgotten": misled((rules) => ({ ...rules, latching: false })),
  "time acknowledges": altered((step, _, event) => (event.type === "tick" ? withState(step, { acknowledged: true }) : step)),
};

describe("every seeded mutant breaks an invariant", () => {
  test.each(Object.entries(MUTANTS))("%s", (_, mutant) => {
    let found: string | undefined;
    fc.check(
      fc.property(lives, ([rules, plan]) => {
        found ??= live(mutant, rules, plan);
        return found === undefined;
      }),
      { numRuns: 200, seed: 1, endOnFailure: true },
    );
    // found by the observer, not by a crash of the mutant
    expect(found).toBeDefined();
  });
});

describe("the gate of a printer", () => {
  const NEVER_MOVES_A_GATE = new Set<AlertEvent["type"]>([
    "ack",
    "shelve",
    "unshelve",
    "suppress",
    "unsuppress",
    "remind",
    "ack-timeout",
    "set-priority",
    "cycle-end",
    "clear-history",
    "heartbeat-lost",
    "heartbeat-back",
  ]);
  const levels = [1, 1, 2, 2, 3, 0];

  test("follows condition and latch, and nothing that people do to hide or acknowledge", () => {
    const steps = fc.array(fc.tuple(fc.nat(levels.length - 1), plans), { minLength: 150, maxLength: 150 });
    fc.assert(
      fc.property(fc.array(definitions, { minLength: levels.length, maxLength: levels.length }), steps, (drawn, plan) => {
        const rules = drawn.map((one, index) => ({ ...one, level: levels[index] ?? 0 }));
        const states = rules.map(initialState);
        const latched = rules.map(() => false);
        const active = rules.map(() => false);
        const lane = "documented";
        const gate = () =>
          gateOf(
            states.flatMap((state, index) => (isHeld(state) && !state.outOfService ? [{ level: levels[index] ?? 0, lane } as const] : [])),
          );
        let now = 0;
        const run = (index: number, event: AlertEvent): void => {
          const [state, rule] = [states[index], rules[index]];
          if (state === undefined || rule === undefined) return;
          const step = transition(state, event, rule, at(now));
          states[index] = step.state;
          for (const effect of step.ok ? step.effects : []) {
            if (effect.event === "raise") [active[index], latched[index]] = [true, (latched[index] ?? false) || rule.latching];
            if (effect.event === "clear") active[index] = false;
            if (effect.event === "reset") latched[index] = false;
          }
        };
        for (const [index, planned] of plan) {
          now += planned.waitMs;
          levels.forEach((_, each) => run(each, { type: "tick" }));
          const before = gate();
          const state = states[index];
          if (state === undefined) continue;
          run(index, sent(planned, state));
          if (NEVER_MOVES_A_GATE.has(planned.event.type)) expect(gate()).toEqual(before);
          const isHeldBy = (level: number) =>
            levels.some((each, i) => each === level && (active[i] || latched[i]) && !states[i]?.outOfService);
          expect(gate()).toEqual({ startBlocked: isHeldBy(1), resumeBlocked: isHeldBy(1) || isHeldBy(2) });
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
