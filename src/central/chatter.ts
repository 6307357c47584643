/**
 * Chatter: alerts that come and go too often. An alert chatters when it is raised more often than a channel may be told of within an
 * hour; its printer then has one alert of its own that says so, until nothing on it has chattered for an hour. Counted from the
 * raises themselves, whatever channels there are. Level 1 is told each time and the log never, so neither chatters; what is hidden
 * is not counted.
 */
import { isHidden, type TransitionEvent } from "../model/alert.ts";
import { MAX_RAISES_PER_HOUR } from "../model/notify.ts";
import { at, type Clock, type Timestamp } from "../lib/time.ts";
import type { AlertRow, Store, TransitionRow } from "../store/store.ts";
import { createAgenda } from "./agenda.ts";
import type { Draft } from "./draft.ts";
import type { Ledger } from "./ledger.ts";
import { CHATTERING, type Own } from "./own.ts";

const HOUR_MS = 3_600_000;
/** An hour, and what it may take to tell: a channel counts when it was told, and what it still counts must count here. */
export const CHATTER_SPAN_MS = HOUR_MS + 120_000;
/** What flaps faster than this need not be counted exactly. */
const MAX_COUNTED = 1_000;
/** So many rows are read back for each kind of raise; older ones are forgotten. */
const PAGE = 1_000;
const MAX_PAGES = 20;

/** A raise that somebody was told of, or would have been. */
export interface Raise {
  readonly alert: string;
  readonly at: Timestamp;
}

export interface Chatter {
  /** Within the step that raised it, so that alert and meta-alert stand in one transaction. */
  raised(draft: Draft, row: AlertRow): void;
  /** Forgets all and counts these, oldest first. */
  load(raises: readonly Raise[], now: Timestamp): void;
  /** Ends what calmed down while nobody watched. */
  settle(draft: Draft): void;
  close(): void;
}

export interface ChatterDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly own: Own;
  readonly attempt: (what: string, work: (draft: Draft) => void) => void;
}

/** Notes a raise in `times`; true when the alert chatters by it. */
export function countRaise(times: Timestamp[], now: Timestamp): boolean {
  while (times[0] !== undefined && times[0] <= now - CHATTER_SPAN_MS) times.shift();
  times.push(now);
  if (times.length > MAX_COUNTED) times.shift();
  return times.length > MAX_RAISES_PER_HOUR;
}

export function createChatter({ clock, ledger, own, attempt }: ChatterDeps): Chatter {
  const raises = new Map<string, Timestamp[]>();
  const lastAt = new Map<string, Timestamp>();
  const agenda = createAgenda(clock, (printers) => {
    attempt("chatter that has settled", (draft) => printers.forEach((printer) => calm(draft, printer)));
  });

  const mayChatter = ({ level, code, state }: AlertRow): boolean => level !== 1 && state.priority !== "log" && code !== CHATTERING;

  function timesOf(alert: string): Timestamp[] {
    let times = raises.get(alert);
    if (times === undefined) raises.set(alert, (times = []));
    return times;
  }

  function noteChatter(printer: string, now: Timestamp): void {
    lastAt.set(printer, now);
    agenda.plan(printer, at(now + HOUR_MS));
  }

  function calm(draft: Draft, printer: string): void {
    lastAt.delete(printer);
    own.pass(draft, { printer, code: CHATTERING, note: "no alert of this printer came and went too often for an hour" });
  }

  return {
    raised: (draft, row) => {
      if (!mayChatter(row) || isHidden(row.state)) return;
      const now = clock.now();
      const times = timesOf(row.id);
      if (!countRaise(times, now)) return;
      noteChatter(row.printer, now);
      const evidence = { code: row.code, raises: times.length, spanMs: CHATTER_SPAN_MS, limit: MAX_RAISES_PER_HOUR };
      const note = `${row.code} was raised ${times.length} times within an hour`;
      own.fail(draft, { printer: row.printer, code: CHATTERING, note, evidence });
    },
    load: (known, now) => {
      raises.clear();
      lastAt.clear();
      agenda.clear();
      for (const raise of known) {
        const row = ledger.get(raise.alert)?.row;
        if (row === undefined || !mayChatter(row) || !countRaise(timesOf(raise.alert), raise.at)) continue;
        if (raise.at > now - HOUR_MS) noteChatter(row.printer, raise.at);
      }
    },
    settle: (draft) => {
      for (const { row } of ledger.all()) {
        if (row.code === CHATTERING && row.state.condition !== "ok" && !lastAt.has(row.printer)) calm(draft, row.printer);
      }
    },
    close: () => agenda.clear(),
  };
}

/** What tells a raise: an activation in sight, or one that comes in sight. */
const TELLING = ["raise", "unshelve", "unsuppress", "in-service", "priority"] as const satisfies readonly TransitionEvent[];
const HIDDEN = new Set(["G", "H", "I"]);
const ACTIVE = new Set(["B", "C"]);

/** The raises of the last hours as the history has them, oldest first. */
export async function readRaises(store: Store, now: Timestamp): Promise<readonly Raise[]> {
  const since = at(now - HOUR_MS - CHATTER_SPAN_MS);
  const [suppressed, ...told] = await Promise.all((["suppress", ...TELLING] as const).map((event) => historyOf(store, event, since)));
  const key = (row: TransitionRow): string => `${row.alert} ${row.at}`;
  const hiddenAtOnce = new Set(suppressed?.map(key));
  return told
    .flat()
    .filter((row) => (row.event === "raise" ? !HIDDEN.has(row.isa) && !hiddenAtOnce.has(key(row)) : ACTIVE.has(row.isa)))
    .sort((a, b) => a.id - b.id)
    .map((row) => ({ alert: row.alert, at: row.at }));
}

async function historyOf(store: Store, event: TransitionEvent, since: Timestamp): Promise<readonly TransitionRow[]> {
  const rows: TransitionRow[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const { items, next } = await store.history({ event, since, limit: PAGE, ...(cursor !== undefined && { cursor }) });
    rows.push(...items);
    if (next === undefined) break;
    cursor = next;
  }
  return rows;
}
