/**
 * What is derived from an alert's state and never stored beside it: the ISA-18.2 letter, the UDS status byte, membership of the
 * open list, and the next instant at which time alone changes something.
 */
import { at, type Timestamp } from "../../lib/time.ts";
import type { AlertDefinition, AlertState, IsaLetter } from "./state.ts";
import { cycleBits } from "./cycle.ts";

/** The letters under the overlays G, H and I. */
export type BaseLetter = Exclude<IsaLetter, "G" | "H" | "I">;

/** The fault counts as present: matured and not yet over. */
export function isActive(state: AlertState): boolean {
  return state.condition === "active" || state.condition === "post";
}

/** Active or latched: what the gate follows, and nothing else. */
export function isHeld(state: AlertState): boolean {
  return isActive(state) || state.latched;
}

/** Hidden by a person, by logic or by maintenance; it goes on underneath. */
export function isHidden(state: AlertState): boolean {
  return state.outOfService || state.suppressedBy.length > 0 || state.shelf.kind !== "none";
}

/** What the letter would be without overlay. */
export function baseLetter(state: AlertState): BaseLetter {
  if (isActive(state)) return state.acknowledged ? "C" : "B";
  if (state.latched) return state.acknowledged ? "F" : "E";
  return state.acknowledged ? "A" : "D";
}

export function isaLetter(state: AlertState): IsaLetter {
  if (state.outOfService) return "I";
  if (state.suppressedBy.length > 0) return "H";
  if (state.shelf.kind !== "none") return "G";
  return baseLetter(state);
}

/** Still of interest to someone (OPC UA's Retain). Nothing leaves this list by time alone. */
export function isListed(state: AlertState): boolean {
  return isHeld(state) || !state.acknowledged || state.openEpisodes.length > 0;
}

/** There is something that a person has not acknowledged. */
export function confirmable(state: AlertState): boolean {
  return !state.acknowledged;
}

/** The ISO 14229-1 status byte. Bit 7 asks for the lamp: held, of level 1 or 2, and not hidden. */
export function udsByte(state: AlertState, definition: AlertDefinition): number {
  const lamp = isHeld(state) && (definition.level === 1 || definition.level === 2) && !isHidden(state);
  return (isActive(state) ? 0x01 : 0) | cycleBits(state.cycle, definition) | (lamp ? 0x80 : 0);
}

/** A change that time alone brings. */
export interface Due {
  readonly kind: "delay" | "shelf" | "hold-off";
  readonly at: Timestamp;
}

/** Whether the on or off delay is running; it stands still while the detector is silent or cannot test. */
export function isDelayRunning(state: AlertState): boolean {
  return state.pendingSince !== undefined && state.quality === "good" && state.untested !== true;
}

export function nextDue(state: AlertState, definition: AlertDefinition): Due | undefined {
  let next: Due | undefined;
  if (state.pendingSince !== undefined && isDelayRunning(state)) {
    const delayMs = state.condition === "pre" ? definition.onDelayMs : definition.offDelayMs;
    next = { kind: "delay", at: at(state.pendingSince + delayMs) };
  }
  if (state.shelf.kind !== "none" && (next === undefined || state.shelf.until < next.at)) next = { kind: "shelf", at: state.shelf.until };
  if (state.unsuppressAt !== undefined && (next === undefined || state.unsuppressAt < next.at))
    next = { kind: "hold-off", at: state.unsuppressAt };
  return next;
}

/** When a tick matters next; undefined when only events can change this alert. */
export function dueAt(state: AlertState, definition: AlertDefinition): Timestamp | undefined {
  return nextDue(state, definition)?.at;
}
