/**
 * The operation cycle of one alert, counted as ISO 14229-1 Annex D does: tested and failed in this cycle and since the clear,
 * trips until "confirmed", ageing until it is dropped. Two deviations: a fault that is still active when a cycle ends has failed in the
 * new one too, and ageing also takes back the trips.
 */
import type { AlertDefinition, CycleRecord } from "./state.ts";

/** Nothing known: status byte 0x50. */
export const BLANK_CYCLE: CycleRecord = {
  testedThisCycle: false,
  failedThisCycle: false,
  failedLastCycle: false,
  testedSinceClear: false,
  failedSinceClear: false,
  trips: 0,
  ageing: 0,
};

/** The test was completed and passed. */
export function cyclePassed(cycle: CycleRecord): CycleRecord {
  return cycle.testedThisCycle && cycle.testedSinceClear ? cycle : { ...cycle, testedThisCycle: true, testedSinceClear: true };
}

/** The test was completed and failed: the fault matured. The first time in a cycle is a trip. */
export function cycleFailed(cycle: CycleRecord): CycleRecord {
  return {
    testedThisCycle: true,
    failedThisCycle: true,
    failedLastCycle: cycle.failedLastCycle,
    testedSinceClear: true,
    failedSinceClear: true,
    trips: cycle.failedThisCycle ? cycle.trips : cycle.trips + 1,
    ageing: 0,
  };
}

/** A new cycle begins with the fault still active. */
export function cycleCarriedOver(cycle: CycleRecord): CycleRecord {
  return cycleFailed(cycleRolled(cycle));
}

/** A new cycle begins. A cycle without a completed test says nothing: what was pending stays pending. */
export function cycleRolled(cycle: CycleRecord): CycleRecord {
  const failedLastCycle = cycle.testedThisCycle ? cycle.failedThisCycle : cycle.failedLastCycle;
  const isSame = !cycle.testedThisCycle && !cycle.failedThisCycle && failedLastCycle === cycle.failedLastCycle;
  return isSame ? cycle : { ...cycle, testedThisCycle: false, failedThisCycle: false, failedLastCycle };
}

/** A new cycle begins for an alert at rest: a cycle that was tested and did not fail lets a former fault age. */
export function cycleAged(cycle: CycleRecord, definition: AlertDefinition): CycleRecord {
  const rolled = cycleRolled(cycle);
  if (!cycle.testedThisCycle || cycle.failedThisCycle || cycle.trips === 0) return rolled;
  const ageing = cycle.ageing + 1;
  return { ...rolled, ageing, trips: ageing >= definition.ageingCycles ? 0 : rolled.trips };
}

/** Bits 1 to 6 of the status byte. */
export function cycleBits(cycle: CycleRecord, definition: AlertDefinition): number {
  const isConfirmed = cycle.trips >= Math.max(1, definition.confirmTrips);
  return (
    (cycle.failedThisCycle ? 0x02 : 0) |
    (cycle.failedThisCycle || cycle.failedLastCycle ? 0x04 : 0) |
    (isConfirmed ? 0x08 : 0) |
    (cycle.testedSinceClear ? 0 : 0x10) |
    (cycle.failedSinceClear ? 0x20 : 0) |
    (cycle.testedThisCycle ? 0 : 0x40)
  );
}
