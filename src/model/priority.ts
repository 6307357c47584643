/**
 * Priority is how soon a person must act; it is rationalised per catalogue entry and a site may override it. It decides who is
 * told and when. The level belongs to the code and decides what the display does and what the gate blocks.
 */
import { type HmsCode, severityOf } from "./code.ts";

export const PRIORITIES = ["urgent", "high", "normal", "low", "log"] as const;
export type Priority = (typeof PRIORITIES)[number];

/** 0 is the most urgent. */
export function priorityRank(priority: Priority): number {
  return PRIORITIES.indexOf(priority);
}

/** documented: in the catalogue · undocumented: not in it · internal: the vendor gives it no text and hides it. */
export type Lane = "documented" | "undocumented" | "internal";

/**
 * The priority of a code without a catalogue entry: an undocumented error is always shown; all else is recorded and counted
 * quietly until someone promotes it. Nothing is dropped.
 */
export function defaultPriority(code: HmsCode): Priority {
  return severityOf(code) === "error" ? "normal" : "log";
}

/**
 * Quiet codes are recorded, counted and found by who asks, but stand in nobody's way: the maker's internal ones and those of a level
 * that does not exist. A site that gives one a priority has promoted it, and it is shown like any other.
 */
export function isQuiet(code: HmsCode, lane: Lane, priority: Priority): boolean {
  return priority === "log" && (lane === "internal" || severityOf(code) === "invalid");
}
