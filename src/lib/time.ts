/** Time as data: a branded millisecond instant, the clock that is passed in, and durations people write. */

declare const timestamp: unique symbol;
/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Timestamp = number & { readonly [timestamp]: "Timestamp" };

export function at(ms: number): Timestamp {
  return ms as Timestamp;
}

export function toIso(time: Timestamp): string {
  return new Date(time).toISOString();
}

/** An ISO 8601 instant, or undefined when the text is none. */
export function fromIso(text: string): Timestamp | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : at(ms);
}

/** What modules that must wait are given. `setTimer` returns a cancel function. */
export interface Clock {
  now(): Timestamp;
  setTimer(delayMs: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => at(Date.now()),
  setTimer: (delayMs, run) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until told; timers run in the order of their time. For replay and tests. */
export interface FakeClock extends Clock {
  advanceTo(time: Timestamp): void;
}

export function createFakeClock(start: Timestamp): FakeClock {
  let now = start;
  let timers: { due: number; run: () => void }[] = [];
  return {
    now: () => now,
    setTimer: (delayMs, run) => {
      const timer = { due: now + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advanceTo: (time) => {
      for (;;) {
        const next = timers.filter((timer) => timer.due <= time).sort((a, b) => a.due - b.due)[0];
        if (next === undefined) break;
        timers = timers.filter((timer) => timer !== next);
        now = at(Math.max(now, next.due));
        next.run();
      }
      now = at(Math.max(now, time));
    },
  };
}

/** The wait before attempt `attempt` (0-based): doubles from `firstMs` to `maxMs`, with ±25 % jitter so that many do not return at once. */
export function backoffMs(attempt: number, firstMs: number, maxMs: number, random: () => number): number {
  const base = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
  return Math.round(base * (0.75 + random() * 0.5));
}
