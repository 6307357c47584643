/**
 * The way of a message from a machine to whoever listens: it comes at once, late or not at all, as the machine's network is. What must
 * hold: both protocols run over TCP, so messages never overtake each other and a stream has no gaps: what gets lost on the way is sent
 * again, and all behind it waits.
 */
import type { Clock } from "../lib/time.ts";
import type { Machine } from "./machine.ts";
import { createRandom } from "./random.ts";

export interface Line {
  send(deliver: () => void): void;
  close(): void;
}

/** Shorter delays are those of any network. */
const NOTICEABLE_MS = 250;
const AGAIN_AFTER_MS = 300;
const MAX_TRIES = 6;

/** How much later it comes for being lost, each time twice as late. */
function lateMs(lossPct: number, random: () => number): number {
  let tries = 0;
  while (tries < MAX_TRIES && random() * 100 < lossPct) tries++;
  return AGAIN_AFTER_MS * (2 ** tries - 1);
}

export function createLine(machine: Machine, clock: Clock): Line {
  const random = createRandom(machine.serial.length + machine.job.plan.layers);
  const cancels = new Set<() => void>();
  let lastDueMs = 0;
  return {
    send: (deliver) => {
      const { latencyMs, lossPct } = machine.world.network;
      if (machine.isMute()) return;
      const now = clock.now();
      // what waits behind a lost one comes with it
      const againMs = now >= lastDueMs && lossPct > 0 ? lateMs(lossPct, random) : 0;
      const dueMs = Math.max(lastDueMs, now + (latencyMs < NOTICEABLE_MS ? 0 : latencyMs) + againMs);
      if (dueMs <= now) return deliver();
      lastDueMs = dueMs;
      const cancel = clock.setTimer(dueMs - now, () => {
        cancels.delete(cancel);
        deliver();
      });
      cancels.add(cancel);
    },
    close: () => {
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
  };
}
