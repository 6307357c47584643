/** Tells subscribers what changed: alerts as they become durable, printers at most once a second each and never less than their last state. */
import { errorText } from "../lib/errors.ts";
import type { Clock, Timestamp } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { Change } from "./central.ts";

const PRINTER_EVERY_MS = 1_000;
const SWEEP_MS = 200;

export interface Feed {
  subscribe(listener: (change: Change) => void): () => void;
  /** The view is made only when somebody listens. */
  alert(make: () => Change): void;
  printer(id: string): void;
  close(): void;
}

export function createFeed(deps: {
  readonly clock: Clock;
  readonly log: Log;
  readonly viewOf: (printer: string) => Change | undefined;
}): Feed {
  const { clock, log } = deps;
  const listeners = new Set<(change: Change) => void>();
  const toldAt = new Map<string, Timestamp>();
  const dirty = new Set<string>();
  let cancel: (() => void) | undefined;

  function emit(change: Change): void {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        log.warn({ reason: errorText(error) }, "a listener of changes threw");
      }
    }
  }

  function tell(id: string): void {
    dirty.delete(id);
    toldAt.set(id, clock.now());
    const change = deps.viewOf(id);
    if (change !== undefined) emit(change);
  }

  const isDue = (id: string): boolean => clock.now() - (toldAt.get(id) ?? Number.NEGATIVE_INFINITY) >= PRINTER_EVERY_MS;

  function sweep(): void {
    cancel = undefined;
    for (const id of dirty) if (isDue(id)) tell(id);
    if (dirty.size > 0) cancel = clock.setTimer(SWEEP_MS, sweep);
  }

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    alert: (make) => {
      if (listeners.size > 0) emit(make());
    },
    printer: (id) => {
      if (listeners.size === 0) return;
      if (isDue(id)) return tell(id);
      dirty.add(id);
      cancel ??= clock.setTimer(SWEEP_MS, sweep);
    },
    close: () => {
      cancel?.();
      listeners.clear();
    },
  };
}
