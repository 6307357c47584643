/**
 * The fleet: what central knows of each printer, from the news of edges, from the store (as disconnected), or from a report alone.
 * Holds the latest snapshot and the ring of readings; makes freeze frames of them. Knows nothing of alerts.
 */
import type { PrinterNews } from "../bus/bus.ts";
import type { FreezeFrame } from "../model/api.ts";
import { toMessage, type Report } from "../model/report.ts";
import { emptySnapshot, type PrinterId, type PrinterState, type Snapshot } from "../model/telemetry.ts";
import type { Clock, Timestamp } from "../lib/time.ts";
import type { PrinterRow } from "../store/store.ts";
import { createRing, type Ring, type Series } from "./ring.ts";

/** The HMS itself: faults that belong to no printer stand here. */
export const OWN_PRINTER = "openhms" as PrinterId;
/** In place of an edge's name, of which it can be none: its edge was configured without it. It is shown while something is open on it. */
const TAKEN_OUT = "-";
/** How stale the stored time of the last news may be. */
const ROW_EVERY_MS = 60_000;

export interface KnownPrinter {
  readonly id: PrinterId;
  name: string;
  /** Empty: known by reports only. Ask `isServed` before taking it for an edge. */
  edge: string;
  model: string;
  snapshot: Snapshot;
  faults: readonly string[];
  /** The last news; undefined before the first of this run. */
  heardAt: Timestamp | undefined;
  /** As `heardAt`, but over restarts. */
  seenAt: Timestamp | undefined;
  storedAt: Timestamp | undefined;
  ring: Ring | undefined;
  /** Its edge is gone or silent: the snapshot is what was known last, not what is. */
  isLost: boolean;
}

export interface Fleet {
  get(id: string): KnownPrinter | undefined;
  all(): Iterable<KnownPrinter>;
  size(): number;
  load(rows: readonly PrinterRow[]): void;
  /** Takes the news; tells whether the row to store changed or is due. */
  news(news: PrinterNews): { readonly printer: KnownPrinter; readonly before: Snapshot; readonly store: boolean };
  /** A printer that a report names; the row to store where it was unknown. */
  meet(id: PrinterId): PrinterRow | undefined;
  /** Its edge does not serve it any more. */
  takeOut(printer: KnownPrinter): void;
  row(printer: KnownPrinter): PrinterRow;
  telemetry(id: string): Series;
  freezeFrame(id: PrinterId, report: Report | undefined): FreezeFrame;
}

export function createFleet(clock: Clock): Fleet {
  const printers = new Map<string, KnownPrinter>();
  const emptySeries: Series = { at: [], signals: {} };

  function add(id: PrinterId, name: string): KnownPrinter {
    const snapshot = { ...emptySnapshot(id), connected: id === OWN_PRINTER };
    const nothing = { heardAt: undefined, seenAt: undefined, storedAt: undefined, ring: undefined };
    const printer: KnownPrinter = { id, name, edge: "", model: "", snapshot, faults: [], ...nothing, isLost: false };
    printers.set(id, printer);
    return printer;
  }

  const row = (printer: KnownPrinter): PrinterRow => {
    const { id, name, model, edge, seenAt } = printer;
    return { id, name, model, edge, seenAt: seenAt ?? clock.now() };
  };

  return {
    get: (id) => printers.get(id),
    all: () => printers.values(),
    size: () => printers.size,
    load: (rows) => {
      for (const { id, name, model, edge, seenAt } of rows) {
        const printer = add(id, name);
        Object.assign(printer, { model, edge, seenAt, storedAt: seenAt });
      }
    },
    news: (news) => {
      const now = clock.now();
      const printer = printers.get(news.printer) ?? add(news.printer, news.name);
      const before = printer.snapshot;
      const model = news.snapshot.model ?? printer.model;
      const isRenamed = printer.name !== news.name || printer.edge !== news.edge || printer.model !== model;
      const store = isRenamed || printer.storedAt === undefined || now - printer.storedAt >= ROW_EVERY_MS;
      Object.assign(printer, { name: news.name, edge: news.edge, model, snapshot: news.snapshot, heardAt: now, seenAt: now });
      printer.faults = news.faults ?? [];
      if (store) printer.storedAt = now;
      if (news.snapshot.connected) (printer.ring ??= createRing()).push(now, news.snapshot);
      return { printer, before, store };
    },
    meet: (id) => {
      if (printers.has(id)) return undefined;
      const printer = add(id, id === OWN_PRINTER ? "OpenHMS" : id);
      printer.seenAt = clock.now();
      return row(printer);
    },
    takeOut: (printer) => {
      Object.assign(printer, { edge: TAKEN_OUT, isLost: false, snapshot: { ...printer.snapshot, connected: false }, faults: [] });
    },
    row,
    telemetry: (id) => printers.get(id)?.ring?.series(clock.now()) ?? emptySeries,
    freezeFrame: (id, report) => {
      const printer = printers.get(id);
      const series = printer?.ring?.frame(clock.now()) ?? emptySeries;
      return { ...series, report: report === undefined ? {} : { ...toMessage(report) }, snapshot: compact(printer?.snapshot) };
    },
  };
}

export const isTakenOut = (printer: KnownPrinter): boolean => printer.edge === TAKEN_OUT;
/** Some edge is to be heard of it. */
export const isServed = (printer: KnownPrinter): boolean => printer.edge !== "" && !isTakenOut(printer);

/** What a chart does not show: state, job, layer and the like. Lists of codes stand in the alerts themselves. */
function compact(snapshot: Snapshot | undefined): Record<string, unknown> {
  if (snapshot === undefined) return {};
  const { printer: _printer, hmsCodes: _hms, deviceCodes: _device, filamentUnits: _units, ...rest } = snapshot;
  return rest;
}

const WORKING: ReadonlySet<PrinterState | undefined> = new Set<PrinterState>(["preparing", "printing", "paused"]);
const AT_REST: ReadonlySet<PrinterState | undefined> = new Set<PrinterState>(["idle", "finished", "failed"]);

/** A job is an operation cycle: it ends when a printer that worked rests. */
export function isCycleEnd(before: Snapshot, after: Snapshot): boolean {
  return WORKING.has(before.state) && AT_REST.has(after.state);
}
