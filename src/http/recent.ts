/**
 * The recent events and their numbers. Ids grow (milliseconds × 1000 + counter) while the clock stands still or goes back, and over
 * restarts. Answers what a client missed, or admits that it cannot know: then it tells from when on to look.
 */
import type { Change } from "../central/central.ts";
import type { Alert } from "../model/api.ts";
import type { Clock } from "../lib/time.ts";

export interface NumberedChange {
  readonly id: number;
  readonly change: Change;
}

export interface Recent {
  /** Numbers a change. */
  add(change: Change): NumberedChange;
  lastId(): number;
  /** Everything after an id, or undefined when this cannot be told exactly. */
  after(id: number): readonly NumberedChange[] | undefined;
  /** For an id that is not known here: from when on alerts may have changed unseen. Later ids will be above it. */
  unseenSinceMs(id: number): number;
}

const PER_MS = 1_000;
/** An alert is stamped before its event is numbered; commits under load take a while. */
const MARGIN_MS = 10_000;
/** How far an earlier run's clock may have gone ahead for ids to go on growing. */
const MAX_AHEAD_MS = 24 * 3_600_000;

export function eventText(id: number | undefined, change: Change): string {
  const data = JSON.stringify(change.type === "alert" ? change.alert : change.printer);
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${change.type}\ndata: ${data}\n\n`;
}

/** `ahead`: alerts that changed "in the future"; they betray a clock that was set back since an earlier run. */
export function createRecent(clock: Clock, size: number, ahead: readonly Alert[]): Recent {
  const startMs = clock.now();
  let ring: NumberedChange[] = [];
  let lastId = ahead.reduce((id, alert) => Math.max(id, (Date.parse(alert.updatedAt) + 1) * PER_MS), startMs * PER_MS);
  /** Every event after this id is in the ring. */
  let ringFromId = lastId;
  /** The earliest time since the clock went back: of ids given before, the time says nothing. */
  let wentBackToMs: number | undefined;

  function nextId(): number {
    const now = clock.now();
    if (now < lastId / PER_MS - MARGIN_MS) wentBackToMs = Math.min(wentBackToMs ?? now, now);
    lastId = Math.max(lastId + 1, now * PER_MS);
    return lastId;
  }

  return {
    add: (change) => {
      const numbered = { id: nextId(), change };
      ring.push(numbered);
      // trimmed in one go, so that an event costs no shifting
      if (ring.length >= size * 2) {
        ringFromId = ring.at(-size - 1)?.id ?? ringFromId;
        ring = ring.slice(-size);
      }
      return numbered;
    },
    lastId: () => lastId,
    after: (id) => {
      const index = ring.findLastIndex((entry) => entry.id === id);
      // an id that merely lies between ours may be an earlier run's, whose later events nobody here has seen
      return index >= 0 || id === ringFromId ? ring.slice(index + 1) : undefined;
    },
    unseenSinceMs: (id) => {
      if (id > lastId && id < (clock.now() + MAX_AHEAD_MS) * PER_MS) lastId = id + 1;
      const idMs = Math.floor(id / PER_MS);
      const isTrusted = idMs <= clock.now() && wentBackToMs === undefined;
      return Math.max(0, (isTrusted ? idMs : Math.min(idMs, startMs, wentBackToMs ?? startMs)) - MARGIN_MS);
    },
  };
}
