/**
 * The roster: which printers their edges name. One that its online edge does not name, and of which no news comes for a minute, is
 * gone: a person took it out of the configuration. Nobody watches it any more, so what stands on it ends, which silence alone never
 * does. An edge that names nobody says nothing of its printers.
 */
import type { EdgeStatus } from "../bus/bus.ts";
import type { Clock, Timestamp } from "../lib/time.ts";
import type { Draft } from "./draft.ts";
import type { Fleet, KnownPrinter } from "./fleet.ts";
import type { Ledger } from "./ledger.ts";

/** An edge tells of every printer it serves within seconds of its start. */
const GONE_AFTER_MS = 60_000;

export interface RosterDeps {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly onGone: (printer: KnownPrinter, edge: string) => void;
}

export interface Roster {
  status(status: EdgeStatus): void;
  /** Its news prove it served, whatever the edge names. */
  news(printer: string): void;
  isNamed(printer: string): boolean;
  /** Tells which printers are gone by now. */
  look(): void;
  /** Tells again which went in this run, for a state that was read back. */
  repeat(): void;
}

export function createRoster({ clock, fleet, onGone }: RosterDeps): Roster {
  const unnamedSince = new Map<string, Timestamp>();
  /** Those that went in this run, and from which edge. */
  const gone = new Map<string, string>();

  return {
    status: ({ edge, online, printers }) => {
      const named = new Set<string>(printers);
      for (const { id, edge: itsEdge } of fleet.all()) {
        if (itsEdge !== edge) continue;
        if (!online || printers === undefined || named.has(id)) unnamedSince.delete(id);
        else if (!unnamedSince.has(id)) unnamedSince.set(id, clock.now());
      }
    },
    news: (printer) => {
      unnamedSince.delete(printer);
      gone.delete(printer);
    },
    isNamed: (printer) => !unnamedSince.has(printer),
    look: () => {
      for (const [id, since] of unnamedSince) {
        if (clock.now() - since < GONE_AFTER_MS) continue;
        unnamedSince.delete(id);
        const printer = fleet.get(id);
        if (printer === undefined) continue;
        gone.set(id, printer.edge);
        onGone(printer, printer.edge);
      }
    },
    repeat: () => {
      for (const [id, edge] of gone) {
        const printer = fleet.get(id);
        if (printer !== undefined) onGone(printer, edge);
      }
    },
  };
}

/** Nobody will report on this printer again: what stands ends, and says why. What nobody acknowledged stays open until someone does. */
export function endWatch(ledger: Ledger, draft: Draft, printer: string, edge: string): void {
  const cause = { actor: null, note: `taken out of the configuration of edge ${edge}; not watched any more` };
  for (const live of ledger.of(printer)) {
    if (live.row.state.condition !== "ok") ledger.step(draft, live, { type: "pass" }, cause);
  }
}
