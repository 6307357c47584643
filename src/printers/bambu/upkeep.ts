/**
 * What keeps an open session worth having: a full report when it opens, though not too often, and a watch over silence. Asks
 * first, gives up after.
 */
import { at, type Clock, type Timestamp } from "../../lib/time.ts";

/** Silent for so long: ask it to speak; for twice that: give the session up. */
const NUDGE_AFTER_MS = 60_000;
const SILENT_AFTER_MS = 120_000;
/** A full report costs the small processor of a P1 or A1 dearly. */
const PUSHALL_EVERY_MS = 300_000;

export interface Upkeep {
  opened(): void;
  /** A message came. */
  heard(): void;
  /** The session is over; every timer is gone. */
  stop(): void;
}

export interface UpkeepEvents {
  ask(family: "info" | "pushing", command: "get_version" | "pushall" | "start"): void;
  silent(silentMs: number): void;
}

/** Lives as long as the adapter, over many sessions. */
export function createUpkeep(clock: Clock, events: UpkeepEvents): Upkeep {
  let heardAt: Timestamp = clock.now();
  let pushallAt: Timestamp | undefined;
  let cancelWatch: (() => void) | undefined;
  let cancelPushall: (() => void) | undefined;

  function pushall(): void {
    const now = clock.now();
    // a clock that was set back must not put it off for longer
    const waitMs = pushallAt === undefined ? 0 : Math.min(PUSHALL_EVERY_MS, pushallAt + PUSHALL_EVERY_MS - now);
    if (waitMs > 0) {
      cancelPushall = clock.setTimer(waitMs, pushall);
      return;
    }
    pushallAt = now;
    events.ask("pushing", "pushall");
  }

  function watch(delayMs: number): void {
    cancelWatch = clock.setTimer(delayMs, () => {
      heardAt = at(Math.min(heardAt, clock.now()));
      const silentMs = clock.now() - heardAt;
      if (silentMs >= SILENT_AFTER_MS) events.silent(silentMs);
      else if (silentMs >= NUDGE_AFTER_MS) {
        events.ask("pushing", "start");
        watch(SILENT_AFTER_MS - silentMs);
      } else watch(NUDGE_AFTER_MS - silentMs);
    });
  }

  return {
    opened: () => {
      heardAt = clock.now();
      events.ask("info", "get_version");
      pushall();
      watch(NUDGE_AFTER_MS);
    },
    heard: () => {
      heardAt = clock.now();
    },
    stop: () => {
      cancelWatch?.();
      cancelPushall?.();
    },
  };
}
