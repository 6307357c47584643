/**
 * Writes down decisions and deliveries. Rows of the same delivery merge to the newest; one commit at a time; a failed commit is
 * tried again with the same rows, because what was sent cannot be unsent.
 */
import { errorText } from "../lib/errors.ts";
import { backoffMs, type Clock } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { DeliveryRow, Store } from "../store/store.ts";

export interface Scribe {
  put(deliveries: readonly DeliveryRow[], decided: readonly string[]): void;
  /** Resolves when nothing is left to write, or when it cannot be written. */
  close(): Promise<void>;
}

export interface ScribeDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

export function createScribe({ store, clock, log, random }: ScribeDeps): Scribe {
  let deliveries = new Map<string, DeliveryRow>();
  let decided = new Set<string>();
  let writing: Promise<void> | undefined;
  let cancelRetry: (() => void) | undefined;
  let failures = 0;
  let closed = false;

  async function write(): Promise<void> {
    await Promise.resolve();
    while (deliveries.size > 0 || decided.size > 0) {
      const rows = deliveries;
      const ids = decided;
      deliveries = new Map();
      decided = new Set();
      try {
        await store.commit({ deliveries: [...rows.values()], decided: [...ids] });
        failures = 0;
      } catch (error) {
        // what came meanwhile is newer and wins
        deliveries = new Map([...rows, ...deliveries]);
        decided = new Set([...ids, ...decided]);
        log.warn({ reason: errorText(error), rows: deliveries.size }, "deliveries could not be written down; trying again");
        if (!closed) cancelRetry = clock.setTimer(backoffMs(failures++, 1_000, 30_000, random), start);
        break;
      }
    }
    // in the same breath as the last look, so that nothing put down falls between
    writing = undefined;
  }

  function start(): void {
    cancelRetry = undefined;
    writing ??= write();
  }

  return {
    put: (rows, ids) => {
      for (const row of rows) deliveries.set(`${row.outbox} ${row.channel}`, row);
      for (const id of ids) decided.add(id);
      if (cancelRetry === undefined) start();
    },
    close: async () => {
      closed = true;
      cancelRetry?.();
      start();
      await writing;
    },
  };
}
