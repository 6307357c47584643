/** The printer's link and clock: signal that wanders, answers that come late, a clock that runs a little wrong. */
import type { Damage } from "./damage.ts";
import { clamp, wander } from "./wander.ts";
import type { World } from "./world.ts";

const FADING_TAU_S = 45;
const FADING_DB = 2;
/** Below this signal, messages begin to be lost: so many percent a dB. */
const WEAK_DBM = -76;
const LOST_PCT_PER_DB = 2;
const HOUR_S = 3600;

export function stepNetwork(world: World, damage: Damage, seconds: number, random: () => number): void {
  const { network, traits } = world;
  network.fading = wander(network.fading, seconds, FADING_TAU_S, random);
  network.rssiDbm = clamp(traits.rssiDbm - damage.rssiLossDb + FADING_DB * network.fading, -98, -25);
  const weakDb = Math.max(0, WEAK_DBM - network.rssiDbm);
  network.lossPct = Math.min(100, damage.lossPct + weakDb * LOST_PCT_PER_DB);
  // queues make long answers rarer than short ones
  network.latencyMs = (traits.latencyMs + damage.latencyMs) * (0.8 + 0.4 * random() + 0.3 * random() ** 8);
  network.isUp = !damage.isOffline;
  // the time server puts it right once an hour, but not what is broken
  const ownMs = traits.clockDriftMsPerH * ((world.elapsedS % HOUR_S) / HOUR_S);
  world.clockDriftMs += (damage.clockDriftMsPerH * seconds) / HOUR_S;
  world.clockOffsetMs = traits.clockOffsetMs + ownMs + damage.clockOffsetMs + world.clockDriftMs;
}
