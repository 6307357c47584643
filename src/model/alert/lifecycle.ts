/**
 * The alert machine as tables: which move each event makes in each condition (debounce) and under each ISA letter (the rest).
 * Time comes first: whatever is due at `now` happens before the event. A refused event returns the state it was given.
 */
import { at, type Timestamp } from "../../lib/time.ts";
import type { AlertDefinition, AlertEvent, AlertState, AlertStep, Condition } from "./state.ts";
import { BLANK_CYCLE } from "./cycle.ts";
import { type BaseLetter, baseLetter, type Due, nextDue } from "./derive.ts";
import * as move from "./moves.ts";
import { chain, type Context, type Move, type Outcome, refuse, type Stepped, type SureMove } from "./moves.ts";
import { priorityRank } from "../priority.ts";
import { hear } from "./witnesses.ts";

export function initialState(definition: AlertDefinition): AlertState {
  return {
    version: 0,
    condition: "ok",
    quality: "good",
    acknowledged: true,
    latched: false,
    shelf: { kind: "none" },
    suppressedBy: [],
    outOfService: false,
    priority: definition.priority,
    episode: 0,
    openEpisodes: [],
    occurrences: 0,
    cycle: BLANK_CYCLE,
  };
}

/** What a detector's report does to the debounced condition. Delays that are 0 mature at once. */
const DEBOUNCE: Readonly<Record<"fail" | "pass" | "not-tested", Readonly<Record<Condition, SureMove>>>> = {
  fail: { ok: startFailing, pre: move.resumeDelay, active: move.keep, post: move.backToActive },
  pass: { ok: move.notePassed, pre: move.dropFleeting, active: startPassing, post: move.resumeDelay },
  "not-tested": { ok: move.keep, pre: move.freezeUntested, active: move.keep, post: move.freezeUntested },
};

/** What becomes of a delay that has run out. */
const MATURED: Readonly<Record<Condition, SureMove>> = { ok: move.impossible, pre: on, active: move.impossible, post: off };

type Matured = "on" | "off";
/** A is normal, B active, C active and acknowledged, D over, E latched, F latched and acknowledged; B, D and E want acknowledging. */
const MATURED_BY_LETTER: Readonly<Record<Matured, Readonly<Record<BaseLetter, SureMove>>>> = {
  on: { A: move.raise, B: move.impossible, C: move.impossible, D: move.raise, E: move.raise, F: move.raise },
  off: { A: move.impossible, B: move.clear, C: move.clear, D: move.impossible, E: move.impossible, F: move.impossible },
};

type Acted = "ack" | "reset" | "remind" | "ack-timeout" | "priority-up" | "priority-down" | "cycle-end" | "clear-history";
const stillActive = refuse("still-active");
const notQuiet = refuse("not-quiet");
const { keep, notePriority, remind, rollCycle } = move;
/** What people, reminders and the end of a job do. */
const ACTED: Readonly<Record<Acted, Readonly<Record<BaseLetter, Move>>>> = {
  ack: { A: refuse("nothing-to-acknowledge"), B: move.acknowledge, C: keep, D: move.acknowledge, E: move.acknowledge, F: keep },
  reset: { A: keep, B: stillActive, C: stillActive, D: keep, E: move.acknowledgeAndRelease, F: move.release },
  // under F it is for the caller to ask only while a job waits at the gate
  remind: { A: keep, B: remind, C: keep, D: move.remindOnce, E: remind, F: remind },
  "ack-timeout": { A: keep, B: keep, C: move.expireAcknowledgement, D: keep, E: keep, F: keep },
  "priority-up": { A: notePriority, B: move.raisePriority, C: move.raisePriority, D: notePriority, E: notePriority, F: notePriority },
  "priority-down": { A: notePriority, B: move.updatePriority, C: move.updatePriority, D: notePriority, E: notePriority, F: notePriority },
  "cycle-end": { A: move.ageCycle, B: move.carryCycle, C: move.carryCycle, D: rollCycle, E: rollCycle, F: rollCycle },
  "clear-history": { A: move.wipe, B: notQuiet, C: notQuiet, D: notQuiet, E: notQuiet, F: notQuiet },
};

/** One event. The same state, event, definition and time always give the same step. */
export function transition(state: AlertState, event: AlertEvent, definition: AlertDefinition, now: Timestamp): AlertStep {
  const context: Context = { definition, now };
  const timed = passTime(state, context);
  const outcome = apply(timed.state, event, context);
  if (typeof outcome === "string") return { ok: false, state, refusal: outcome };
  const effects = timed.effects.length === 0 ? outcome.effects : [...timed.effects, ...outcome.effects];
  return { ok: true, state: counted(timed.state, outcome), effects };
}

function apply(state: AlertState, event: AlertEvent, context: Context): Outcome {
  switch (event.type) {
    case "fail":
    case "pass":
    case "not-tested": {
      const heard = hear(state, event);
      // a report is a sign of life
      const fresh = move.turnFresh(heard.state, context);
      return heard.isOutvoted ? fresh : chain(fresh, (alive) => DEBOUNCE[event.type][alive.condition](alive, context), context);
    }
    case "tick":
      return keep(state, context);
    case "heartbeat-lost":
      return move.turnStale(state, context);
    case "heartbeat-back":
      return move.turnFresh(state, context);
    case "ack":
    case "reset":
      if (event.version !== undefined && event.version !== state.version) return "stale-version";
      return act(state, event.type, context);
    case "remind":
    case "ack-timeout":
    case "cycle-end":
    case "clear-history":
      return act(state, event.type, context);
    case "set-priority": {
      if (event.priority === state.priority) return keep(state, context);
      const isMoreUrgent = priorityRank(event.priority) < priorityRank(state.priority);
      return act({ ...state, priority: event.priority }, isMoreUrgent ? "priority-up" : "priority-down", context);
    }
    case "shelve":
      return move.shelve(state, context, event.durationMs, event.oneShot);
    case "unshelve":
      return state.shelf.kind === "none" ? "not-shelved" : move.endShelf(state, context);
    case "suppress":
      return move.suppress(state, context, event.by);
    case "unsuppress":
      return move.unsuppress(state, context, event.by);
    case "out-of-service":
      return move.takeOutOfService(state, context);
    case "in-service":
      return move.returnToService(state, context);
  }
}

function act(state: AlertState, event: Acted, context: Context): Outcome {
  return ACTED[event][baseLetter(state)](state, context);
}

function on(state: AlertState, context: Context): Stepped {
  return MATURED_BY_LETTER.on[baseLetter(state)](state, context);
}

function off(state: AlertState, context: Context): Stepped {
  return MATURED_BY_LETTER.off[baseLetter(state)](state, context);
}

function startFailing(state: AlertState, context: Context): Stepped {
  return context.definition.onDelayMs > 0 ? move.startDelay(state, "pre", context.now) : on(state, context);
}

function startPassing(state: AlertState, context: Context): Stepped {
  return context.definition.offDelayMs > 0 ? move.startDelay(state, "post", context.now) : off(state, context);
}

/** Does everything that is due, oldest first. Each thing that is done is due no more, so this ends. */
function passTime(state: AlertState, context: Context): Stepped {
  let step: Stepped = { state: withSaneTimes(state, context), effects: [] };
  for (;;) {
    const due = nextDue(step.state, context.definition);
    if (due === undefined || due.at > context.now) return step;
    step = chain(step, (before) => happen(before, due, context), context);
  }
}

function happen(state: AlertState, due: Due, context: Context): Stepped {
  const happening = { delay: MATURED[state.condition], shelf: move.endShelf, "hold-off": move.endHoldOff }[due.kind];
  const step = happening(state, context);
  return { state: counted(state, step), effects: step.effects };
}

/** A clock that was set back must neither stop a delay nor prolong a shelf. */
function withSaneTimes(state: AlertState, { definition, now }: Context): AlertState {
  let sane = state;
  if (sane.pendingSince !== undefined && sane.pendingSince > now) sane = { ...sane, pendingSince: now };
  if (sane.shelf.kind !== "none" && sane.shelf.until > now + definition.maxShelveMs)
    sane = { ...sane, shelf: { kind: sane.shelf.kind, until: at(now + definition.maxShelveMs) } };
  if (sane.unsuppressAt !== undefined && sane.unsuppressAt > now + definition.unsuppressHoldMs)
    sane = { ...sane, unsuppressAt: at(now + definition.unsuppressHoldMs) };
  return sane;
}

/** The state after a step, its version grown when something happened that a person could have seen. */
function counted(before: AlertState, step: Stepped): AlertState {
  return step.state !== before && step.effects.length > 0 ? { ...step.state, version: before.version + 1 } : step.state;
}
