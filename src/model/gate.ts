/**
 * The gate: may a printer start a job, may it resume one. It follows held alerts (active or latched) and their level, and nothing
 * else: acknowledging, shelving, suppressing and restarting never change it.
 */
export interface Gate {
  readonly startBlocked: boolean;
  readonly resumeBlocked: boolean;
}

/** `heldLevels`: the level of every held alert of one printer that is not out of service. */
export function gateOf(heldLevels: Iterable<number>): Gate {
  let startBlocked = false;
  let resumeBlocked = false;
  for (const level of heldLevels) {
    if (level === 1) startBlocked = true;
    if (level === 1 || level === 2) resumeBlocked = true;
  }
  return { startBlocked, resumeBlocked };
}
