/**
 * Who is still heard. A printer is out of hearing when its link is down, its edge is offline, or no news came for a minute; its
 * alerts go stale then and never clear by it. An edge is lost when it says so, or when printers it had a link to all fall silent.
 * Printers that their edge does not name any more (roster) are no witnesses of it.
 */
import type { EdgeStatus } from "../bus/bus.ts";
import type { Clock, Timestamp } from "../lib/time.ts";
import { BY_ITSELF, type Ledger, type Live } from "./ledger.ts";
import type { Draft } from "./draft.ts";
import type { Roster } from "./roster.ts";
import { isServed, type Fleet, type KnownPrinter } from "./fleet.ts";

export const SILENCE_MS = 60_000;
/** An edge that comes back at once (a restart, a broken connection) is not worth telling. */
export const OFFLINE_GRACE_MS = 5_000;
const SWEEP_MS = 5_000;

export interface LivenessDeps {
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly onPrinter: (printer: KnownPrinter, isHeard: boolean) => void;
  readonly roster: Roster;
  readonly onEdge: (edge: string, printers: readonly KnownPrinter[], isHeard: boolean) => void;
}

export interface Liveness {
  /** After the fleet took the news. */
  news(printer: KnownPrinter): void;
  edgeStatus(status: EdgeStatus): void;
  /** Whether anything is known about a printer's being heard; undefined before. */
  isHeard(id: string): boolean | undefined;
  /** Tells everything again, for a state that was read back. */
  repeat(): void;
  close(): void;
}

export function createLiveness(deps: LivenessDeps): Liveness {
  const { clock, fleet, roster } = deps;
  const startedAt = clock.now();
  const offlineSince = new Map<string, Timestamp>();
  const printerHeard = new Map<string, boolean>();
  const edgeHeard = new Map<string, boolean>();
  let cancel = clock.setTimer(SWEEP_MS, sweep);

  const isSilent = (printer: KnownPrinter): boolean => clock.now() - (printer.heardAt ?? startedAt) >= SILENCE_MS;

  function isOffline(edge: string): boolean {
    const since = offlineSince.get(edge);
    return since !== undefined && clock.now() - since >= OFFLINE_GRACE_MS;
  }

  function lookAt(printer: KnownPrinter): void {
    if (!isServed(printer)) return;
    const isLinkDown = printer.heardAt !== undefined && !printer.snapshot.connected;
    printer.isLost = isOffline(printer.edge) || isSilent(printer);
    const isHeard = !isLinkDown && !printer.isLost;
    // nothing was heard of it in this run yet, and its time is not up
    if (isHeard && printer.heardAt === undefined) return;
    const former = printerHeard.get(printer.id);
    if (former === isHeard) return;
    printerHeard.set(printer.id, isHeard);
    deps.onPrinter(printer, isHeard);
  }

  function lookAtEdge(edge: string, printers: readonly KnownPrinter[]): void {
    const named = printers.filter(({ id }) => roster.isNamed(id));
    // a printer without link may have no news to tell, so its silence says nothing of the edge
    const witnesses = named.filter((printer) => printer.heardAt === undefined || printer.snapshot.connected);
    const isHeard = !isOffline(edge) && !(witnesses.length > 0 && named.every(isSilent));
    if (isHeard && named.every((printer) => printer.heardAt === undefined)) return;
    if (edgeHeard.get(edge) === isHeard) return;
    edgeHeard.set(edge, isHeard);
    deps.onEdge(edge, printers, isHeard);
  }

  function lookAround(): void {
    roster.look();
    for (const [edge, printers] of byEdge(fleet)) {
      lookAtEdge(edge, printers);
      for (const printer of printers) lookAt(printer);
    }
  }

  function sweep(): void {
    cancel = clock.setTimer(SWEEP_MS, sweep);
    lookAround();
  }

  return {
    news: (printer) => {
      // its news prove the edge alive, whatever was said before
      offlineSince.delete(printer.edge);
      roster.news(printer.id);
      if (edgeHeard.get(printer.edge) !== true) lookAtEdge(printer.edge, byEdge(fleet).get(printer.edge) ?? []);
      lookAt(printer);
    },
    edgeStatus: (status) => {
      const { edge, online } = status;
      roster.status(status);
      if (!online && !offlineSince.has(edge)) offlineSince.set(edge, clock.now());
      if (online) offlineSince.delete(edge);
      lookAround();
    },
    isHeard: (id) => printerHeard.get(id),
    repeat: () => {
      printerHeard.clear();
      edgeHeard.clear();
      roster.repeat();
      lookAround();
    },
    close: () => cancel(),
  };
}

/** Printers that only reports have named belong to no edge. */
function byEdge(fleet: Fleet): Map<string, KnownPrinter[]> {
  const edges = new Map<string, KnownPrinter[]>();
  for (const printer of fleet.all()) {
    if (!isServed(printer)) continue;
    const known = edges.get(printer.edge);
    if (known === undefined) edges.set(printer.edge, [printer]);
    else known.push(printer);
  }
  return edges;
}

export function setHearing(ledger: Ledger, draft: Draft, printer: string, isHeard: boolean): void {
  for (const live of ledger.of(printer)) {
    const { quality } = live.row.state;
    if (isHeard && quality === "stale") ledger.step(draft, live, { type: "heartbeat-back" }, BY_ITSELF);
    if (!isHeard && quality === "good" && isExposed(live)) ledger.step(draft, live, { type: "heartbeat-lost" }, BY_ITSELF);
  }
}

/** Alerts at rest have nothing to go stale; faults of the HMS itself are not heard through the printer. */
function isExposed({ row }: Live): boolean {
  return !row.code.startsWith("F0") && (row.listed || row.state.condition !== "ok");
}
