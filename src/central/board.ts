/** The published state: alert rows that are durable, and per printer those that are open. Views and decisions read here, never ahead of the disk. */
import type { AlertRow } from "../store/store.ts";

export interface Board {
  row(id: string): AlertRow | undefined;
  /** Held, or not acknowledged yet. */
  open(printer: string): Iterable<AlertRow>;
  all(): Iterable<AlertRow>;
  put(row: AlertRow): void;
  load(rows: readonly AlertRow[]): void;
}

export function createBoard(): Board {
  const rows = new Map<string, AlertRow>();
  const open = new Map<string, Map<string, AlertRow>>();

  function put(row: AlertRow): void {
    rows.set(row.id, row);
    if (row.listed) {
      let ofPrinter = open.get(row.printer);
      if (ofPrinter === undefined) open.set(row.printer, (ofPrinter = new Map()));
      ofPrinter.set(row.id, row);
    } else open.get(row.printer)?.delete(row.id);
  }

  return {
    row: (id) => rows.get(id),
    open: (printer) => open.get(printer)?.values() ?? [],
    all: () => rows.values(),
    put,
    load: (loaded) => {
      rows.clear();
      open.clear();
      loaded.forEach(put);
    },
  };
}
