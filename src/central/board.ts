/** The published state: alert rows that are durable, and per printer those that are held. Views and decisions read here, never ahead of the disk. */
import { isHeld } from "../model/alert.ts";
import type { AlertRow } from "../store/store.ts";

export interface Board {
  row(id: string): AlertRow | undefined;
  held(printer: string): Iterable<AlertRow>;
  all(): Iterable<AlertRow>;
  put(row: AlertRow): void;
  load(rows: readonly AlertRow[]): void;
}

export function createBoard(): Board {
  const rows = new Map<string, AlertRow>();
  const held = new Map<string, Map<string, AlertRow>>();

  function put(row: AlertRow): void {
    rows.set(row.id, row);
    if (isHeld(row.state)) {
      let ofPrinter = held.get(row.printer);
      if (ofPrinter === undefined) held.set(row.printer, (ofPrinter = new Map()));
      ofPrinter.set(row.id, row);
    } else held.get(row.printer)?.delete(row.id);
  }

  return {
    row: (id) => rows.get(id),
    held: (printer) => held.get(printer)?.values() ?? [],
    all: () => rows.values(),
    put,
    load: (loaded) => {
      rows.clear();
      held.clear();
      loaded.forEach(put);
    },
  };
}
