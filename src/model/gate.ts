/**
 * The gate: may a printer start a job, may it resume one. It follows held alerts (active or latched) and what their code is, and
 * nothing else: acknowledging, shelving, suppressing, priorities and restarting never change it. The maker's internal codes are left
 * out: printers send them without text, hide them and never take them back, and a gate must have a reason that one can see. Codes
 * that are merely undocumented stay in. A level that does not exist blocks nothing.
 */
import type { Lane } from "./priority.ts";

export interface Gate {
  readonly startBlocked: boolean;
  readonly resumeBlocked: boolean;
}

/** What the gate must know of a held alert. */
export interface Obstacle {
  readonly level: number;
  readonly lane: Lane;
}

/** `held`: every held alert of one printer that is not out of service. */
export function gateOf(held: Iterable<Obstacle>): Gate {
  let startBlocked = false;
  let resumeBlocked = false;
  for (const { level, lane } of held) {
    if (lane === "internal") continue;
    if (level === 1) startBlocked = true;
    if (level === 1 || level === 2) resumeBlocked = true;
  }
  return { startBlocked, resumeBlocked };
}
