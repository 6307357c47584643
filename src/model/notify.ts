/**
 * Whether one channel is told of one thing that happened to one alert, when, and why (or why not). Pure; every answer carries a
 * named reason, which the Delivery keeps. Asked again after the wait, with what is true then.
 */
import type { NotificationKind } from "./alert.ts";
import { type Priority, priorityRank } from "./priority.ts";

export interface NotifyInput {
  readonly kind: NotificationKind;
  readonly level: number;
  readonly priority: Priority;
  /** Shelved, suppressed or out of service now. */
  readonly hidden: boolean;
  /** The least urgent priority this channel takes. */
  readonly minPriority: Priority;
  /** Raises of this alert that this channel was told in the hour before now. */
  readonly raisesToldLastHour: number;
  /** A raise of this alert's current trouble was told on this channel and no told clear has followed it. */
  readonly raiseWasTold: boolean;
}

export type SendReason = "first" | "again" | "cleared" | "acknowledged" | "reminder" | "update";
export type HoldReason = "hidden" | "below-threshold" | "chattering" | "raise-not-told";

export type NotifyDecision =
  | { readonly action: "send"; readonly waitMs: number; readonly reason: SendReason }
  | { readonly action: "hold"; readonly reason: HoldReason };

export const MAX_RAISES_PER_HOUR = 3;

/** How long a notification waits for its fellows, or for the end of a fleeting fault. All kinds of a level wait alike, so order holds. */
const GROUP_WAIT_MS: Readonly<Record<number, number>> = { 1: 0, 2: 5_000, 3: 60_000 };
const LONGEST_WAIT_MS = 60_000;

export function groupWaitMs(level: number): number {
  return GROUP_WAIT_MS[level] ?? LONGEST_WAIT_MS;
}

export function decideNotification(input: NotifyInput): NotifyDecision {
  // The one thing said of a hidden alert is the update that it is the consequence of another: its raise was told while it was seen.
  if (input.hidden && input.kind !== "update") return hold("hidden");
  // "log" is a record and never a message, not even to end one.
  if (input.priority === "log") return hold("below-threshold");
  switch (input.kind) {
    case "raise":
      return decideRaise(input, input.raiseWasTold ? "again" : "first");
    case "remind":
      // Trouble that began unseen (shelved, held back) is news to this channel, so it is told by the rules of a raise.
      return input.raiseWasTold ? send(input, "reminder") : decideRaise(input, "first");
    case "clear":
      return followUp(input, "cleared");
    case "acked":
      return followUp(input, "acknowledged");
    case "update":
      return followUp(input, "update");
  }
}

function decideRaise(input: NotifyInput, reason: SendReason): NotifyDecision {
  if (priorityRank(input.priority) > priorityRank(input.minPriority)) return hold("below-threshold");
  // Level 1 stops the job and bars the next: someone must come each time, so it is never held for chatter.
  if (input.level !== 1 && input.raisesToldLastHour >= MAX_RAISES_PER_HOUR) return hold("chattering");
  return send(input, reason);
}

/** Whoever was told of the trouble is told how it goes on, even where the priority has sunk under the threshold since. */
function followUp(input: NotifyInput, reason: SendReason): NotifyDecision {
  return input.raiseWasTold ? send(input, reason) : hold("raise-not-told");
}

function send(input: NotifyInput, reason: SendReason): NotifyDecision {
  return { action: "send", waitMs: groupWaitMs(input.level), reason };
}

function hold(reason: HoldReason): NotifyDecision {
  return { action: "hold", reason };
}
