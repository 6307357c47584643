/**
 * What each move of the alert machine does to the state and which effects it has. Pure; a move that changes nothing returns the very
 * object it was given. Who moves when stands in the tables of lifecycle.ts; no move decides that.
 */
import { at, type Timestamp } from "../../lib/time.ts";
import type { AlertDefinition, AlertState, Condition, Effect, NotificationKind, OpenEpisode, Refusal, TransitionEvent } from "./state.ts";
import { BLANK_CYCLE, cycleAged, cycleCarriedOver, cycleFailed, cyclePassed, cycleRolled } from "./cycle.ts";
import { isActive, isHeld, isHidden, isListed } from "./derive.ts";

export interface Context {
  readonly definition: AlertDefinition;
  readonly now: Timestamp;
}

export interface Stepped {
  readonly state: AlertState;
  readonly effects: readonly Effect[];
}

/** A step, or the reason why there is none. */
export type Outcome = Stepped | Refusal;
export type Move = (state: AlertState, context: Context) => Outcome;
export type SureMove = (state: AlertState, context: Context) => Stepped;

type Draft = { -readonly [K in keyof AlertState]: AlertState[K] };

const NO_EFFECTS: readonly Effect[] = [];

function quietly(state: AlertState): Stepped {
  return { state, effects: NO_EFFECTS };
}

/** One after the other; effects add up. */
export function chain(first: Stepped, second: SureMove, context: Context): Stepped {
  const next = second(first.state, context);
  return { state: next.state, effects: first.effects.length === 0 ? next.effects : [...first.effects, ...next.effects] };
}

/** An effect on the current episode. Nobody is notified of a hidden alert. */
function effect(event: TransitionEvent, state: AlertState, notify?: NotificationKind): Effect {
  const base = { event, episode: state.episode };
  return notify === undefined || isHidden(state) ? base : { ...base, notify };
}

export const keep: SureMove = (state) => quietly(state);

export function refuse(refusal: Refusal): Move {
  return () => refusal;
}

/** A combination that the tables rule out; reaching it is a fault of this program. */
export function impossible(state: AlertState): never {
  throw new Error(`the alert machine reached an impossible move in condition ${state.condition}`);
}

// --- debounce ---

/** Another condition, with no delay running. */
function entered(state: AlertState, condition: Condition): Draft {
  const next: Draft = { ...state, condition };
  delete next.pendingSince;
  delete next.pendingRanMs;
  delete next.untested;
  return next;
}

export function startDelay(state: AlertState, condition: "pre" | "post", now: Timestamp): Stepped {
  return quietly({ ...entered(state, condition), pendingSince: now });
}

/** It failed for less than its delay: a passed test, no fault. */
export const dropFleeting: SureMove = (state) => quietly({ ...entered(state, "ok"), cycle: cyclePassed(state.cycle) });

export const notePassed: SureMove = (state) => {
  const cycle = cyclePassed(state.cycle);
  return quietly(cycle === state.cycle ? state : { ...state, cycle });
};

export const backToActive: SureMove = (state) => quietly(entered(state, "active"));

/** How much of the delay has run. A clock that was set back gives nothing away. */
function ranMs(state: AlertState, now: Timestamp): number {
  return state.pendingRanMs ?? Math.max(0, now - (state.pendingSince ?? now));
}

function frozen(state: AlertState, now: Timestamp): Draft {
  const next: Draft = { ...state, pendingRanMs: ranMs(state, now) };
  delete next.pendingSince;
  return next;
}

/** The detector cannot test now: the delay stands still. */
export const freezeUntested: SureMove = (state, { now }) => quietly(state.untested ? state : { ...frozen(state, now), untested: true });

/** The detector tests again: a delay that stood still goes on. */
export const resumeDelay: SureMove = (state, { now }) => {
  if (state.pendingRanMs === undefined) return quietly(state);
  const next: Draft = { ...state, pendingSince: at(now - state.pendingRanMs) };
  delete next.pendingRanMs;
  delete next.untested;
  return quietly(next);
};

/** Silence is no news: the condition stays and the delays stand still. */
export const turnStale: SureMove = (state, { now }) => {
  if (state.quality === "stale") return quietly(state);
  const still = state.pendingSince === undefined ? state : frozen(state, now);
  const next: AlertState = { ...still, quality: "stale" };
  // The history of a fault that is not there needs no row for it.
  return { state: next, effects: isListed(state) ? [effect("stale", next)] : NO_EFFECTS };
};

export const turnFresh: SureMove = (state, context) => {
  if (state.quality === "good") return quietly(state);
  const running = state.untested ? state : resumeDelay(state, context).state;
  const next: AlertState = { ...running, quality: "good" };
  return { state: next, effects: isListed(state) ? [effect("fresh", next)] : NO_EFFECTS };
};

// --- activation and episodes ---

/** A fault that chatters unseen keeps no more open activations than this; the oldest are closed and stand in the history. */
export const MAX_OPEN_EPISODES = 100;

/** ON: a new episode, whatever hides it. Older ones that nobody acknowledged stay open as branches. */
export const raise: SureMove = (state, { definition, now }) => {
  const n = state.episode + 1;
  const keepsOpen = state.openEpisodes.slice(-(MAX_OPEN_EPISODES - 1));
  const displaced = state.openEpisodes.slice(0, state.openEpisodes.length - keepsOpen.length);
  const next: Draft = {
    ...entered(state, "active"),
    acknowledged: definition.autoAck,
    latched: state.latched || definition.latching,
    episode: n,
    openEpisodes: [...keepsOpen, { n, raisedAt: now }],
    occurrences: state.occurrences + 1,
    cycle: cycleFailed(state.cycle),
  };
  delete next.unsuppressAt;
  return closeSettled({ state: next, effects: [...displaced.map(closing), effect("raise", next, "raise")] });
};

/** OFF: the fault is over; the latch and the acknowledgement are not. */
export const clear: SureMove = (state, context) => {
  const { definition, now } = context;
  const cleared: AlertState = {
    ...entered(state, "ok"),
    acknowledged: state.acknowledged || definition.autoAck,
    openEpisodes: withCurrent(state, (episode) => ({ ...episode, clearedAt: notBefore(now, episode.raisedAt) })),
    cycle: cyclePassed(state.cycle),
  };
  const step: Stepped = { state: cleared, effects: [effect("clear", cleared, "clear")] };
  return closeSettled(cleared.shelf.kind === "one-shot" ? chain(step, endShelf, context) : step);
};

/** Server time, never before the raise even when the clock was set back. */
function notBefore(now: Timestamp, raisedAt: Timestamp): Timestamp {
  return now < raisedAt ? raisedAt : now;
}

function withCurrent(state: AlertState, change: (episode: OpenEpisode) => OpenEpisode): readonly OpenEpisode[] {
  return state.openEpisodes.map((episode) => (episode.n === state.episode ? change(episode) : episode));
}

const closing = (episode: OpenEpisode): Effect => ({ event: "close", episode: episode.n });

/** Closes the episodes that are over, released and acknowledged. */
function closeSettled(step: Stepped): Stepped {
  const { state } = step;
  if (!state.acknowledged || state.latched) return step;
  const over = state.openEpisodes.filter((episode) => episode.clearedAt !== undefined);
  if (over.length === 0) return step;
  const open = state.openEpisodes.filter((episode) => episode.clearedAt === undefined);
  return { state: { ...state, openEpisodes: open }, effects: [...step.effects, ...over.map(closing)] };
}

// --- people ---

/** Takes in every open episode: a person acknowledges what the version showed, and that was all of them. */
export const acknowledge: SureMove = (state, { now }) => {
  const next: Draft = {
    ...state,
    acknowledged: true,
    openEpisodes: state.openEpisodes.map((episode) => ({ ...episode, ackedAt: episode.ackedAt ?? notBefore(now, episode.raisedAt) })),
  };
  // who acknowledges during the hold-off has seen it
  delete next.unsuppressAt;
  return closeSettled({ state: next, effects: [effect("ack", next, "acked")] });
};

/** Opens the latch, and with it the gate. */
export const release: SureMove = (state) => {
  const next: AlertState = { ...state, latched: false };
  return closeSettled({ state: next, effects: [effect("reset", next)] });
};

export const acknowledgeAndRelease: SureMove = (state, context) => chain(acknowledge(state, context), release, context);

function unacknowledged(state: AlertState): AlertState {
  const openEpisodes = withCurrent(state, (episode) => {
    const open: { -readonly [K in keyof OpenEpisode]: OpenEpisode[K] } = { ...episode };
    delete open.ackedAt;
    return open;
  });
  return { ...state, acknowledged: false, openEpisodes };
}

/** The acknowledgement has run out while the fault stands. Level 3 needs no one to come back to it. */
export const expireAcknowledgement: SureMove = (state, { definition }) => {
  const matters = definition.level === 1 || definition.level === 2;
  if (!matters || definition.autoAck || isHidden(state)) return quietly(state);
  const next = unacknowledged(state);
  return { state: next, effects: [effect("unack", next, "remind")] };
};

/** Tells again and changes nothing. */
export const remind: SureMove = (state) => (isHidden(state) ? quietly(state) : { state, effects: [effect("remind", state, "remind")] });

/** An error that came and went unseen is told once more, not for ever. */
export const remindOnce: SureMove = (state, { definition, now }) => {
  const isReminded = state.openEpisodes.some((episode) => episode.n === state.episode && episode.remindedAt !== undefined);
  if (definition.level !== 1 || isHidden(state) || isReminded) return quietly(state);
  const next = { ...state, openEpisodes: withCurrent(state, (episode) => ({ ...episode, remindedAt: notBefore(now, episode.raisedAt) })) };
  return { state: next, effects: [effect("remind", next, "remind")] };
};

/** `state` carries the new priority already. */
export const notePriority: SureMove = (state) => ({ state, effects: [effect("priority", state)] });
export const updatePriority: SureMove = (state) => ({ state, effects: [effect("priority", state, "update")] });
export const raisePriority: SureMove = (state, { definition }) => {
  const next: Draft = { ...(state.acknowledged && !definition.autoAck ? unacknowledged(state) : state) };
  // told now, it need not be told again when a hold-off ends
  delete next.unsuppressAt;
  return { state: next, effects: [effect("priority", next, "raise")] };
};

// --- operation cycle ---

export const rollCycle: SureMove = (state) => withCycle(state, cycleRolled(state.cycle));
export const carryCycle: SureMove = (state) => withCycle(state, cycleCarriedOver(state.cycle));
export const ageCycle: SureMove = (state, { definition }) => withCycle(state, cycleAged(state.cycle, definition));

function withCycle(state: AlertState, cycle: AlertState["cycle"]): Stepped {
  return quietly(cycle === state.cycle ? state : { ...state, cycle });
}

/** Episode numbers go on, so that no number ever means two activations. */
export const wipe: SureMove = (state) => ({
  state: { ...state, cycle: BLANK_CYCLE, occurrences: 0 },
  effects: [effect("clear-history", state)],
});

// --- overlays: they hide, and never touch condition or latch ---

export function shelve(state: AlertState, { definition, now }: Context, durationMs: number, oneShot: boolean): Outcome {
  if (!definition.shelvable) return "not-shelvable";
  // written so that NaN is refused too
  if (!(durationMs > 0 && durationMs <= definition.maxShelveMs)) return "shelf-too-long";
  const next: AlertState = { ...state, shelf: { kind: oneShot ? "one-shot" : "timed", until: at(now + durationMs) } };
  return { state: next, effects: [effect("shelve", next)] };
}

export const endShelf: SureMove = (state, context) => revealed({ ...state, shelf: { kind: "none" } }, "unshelve", context);

/** A told alert that turns out to be a consequence is told as such; that is the last word while it is hidden. */
export function suppress(state: AlertState, { definition }: Context, by: string): Outcome {
  if (!definition.suppressible) return "not-suppressible";
  if (state.suppressedBy.includes(by)) return "already";
  const next: Draft = { ...state, suppressedBy: [...state.suppressedBy, by].toSorted() };
  delete next.unsuppressAt;
  const wasSeen = isHeld(state) && !isHidden(state);
  return { state: next, effects: [wasSeen ? { ...effect("suppress", next), notify: "update" } : effect("suppress", next)] };
}

/** The last suppressor gone, the alert waits a while before it is told anew: consequences often end a little after their cause. */
export function unsuppress(state: AlertState, context: Context, by: string): Outcome {
  if (!state.suppressedBy.includes(by)) return "not-suppressed-by";
  const next: AlertState = { ...state, suppressedBy: state.suppressedBy.filter((other) => other !== by) };
  if (context.definition.unsuppressHoldMs <= 0) return revealed(next, "unsuppress", context);
  const mustTell = !isHidden(next) && (isActive(next) || !next.acknowledged);
  const waiting = mustTell ? { ...next, unsuppressAt: at(context.now + context.definition.unsuppressHoldMs) } : next;
  return { state: waiting, effects: [effect("unsuppress", waiting)] };
}

/** The hold-off is over. Hidden again by something else, it is told when that ends. */
export const endHoldOff: SureMove = (state, context) => {
  if (!isHidden(state)) return revealed(state, "unsuppress", context);
  const next: Draft = { ...state };
  delete next.unsuppressAt;
  return quietly(next);
};

export const takeOutOfService: Move = (state) => {
  if (state.outOfService) return "already";
  const next: AlertState = { ...state, outOfService: true };
  return { state: next, effects: [effect("out-of-service", next)] };
};

export const returnToService: Move = (state, context) =>
  state.outOfService ? revealed({ ...state, outOfService: false }, "in-service", context) : "already";

/** One overlay is gone. Seen again while active, it is told anew and wants acknowledging; over but never acknowledged, it is recalled. */
function revealed(state: AlertState, event: TransitionEvent, { definition }: Context): Stepped {
  if (isHidden(state)) return { state, effects: [effect(event, state)] };
  const seen: Draft = { ...state };
  delete seen.unsuppressAt;
  if (isActive(seen)) {
    const next = seen.acknowledged && !definition.autoAck ? unacknowledged(seen) : seen;
    return { state: next, effects: [effect(event, next, "raise")] };
  }
  return { state: seen, effects: [seen.acknowledged ? effect(event, seen) : effect(event, seen, "remind")] };
}
