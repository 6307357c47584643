/**
 * How live events change what has been fetched: pure functions over the cached lists. An alert never goes back to an older version,
 * and objects that did not change keep their identity, so that only what changed is drawn again.
 */
import { isOpen } from "../show/order.ts";
import type { Alert, List, Printer, Telemetry } from "./contract.ts";

export function patchPrinters(list: List<Printer>, changed: ReadonlyMap<string, Printer>): List<Printer> {
  const known = new Set(list.items.map((printer) => printer.id));
  const added = [...changed.values()].filter((printer) => !known.has(printer.id));
  return { ...list, items: [...list.items.map((printer) => changed.get(printer.id) ?? printer), ...added] };
}

/** `keep` says whether an alert belongs to this list at all. */
export function patchAlerts(list: readonly Alert[], changed: Iterable<Alert>, keep: (alert: Alert) => boolean): readonly Alert[] {
  const byId = new Map(list.map((alert) => [alert.id, alert]));
  for (const alert of changed) {
    const before = byId.get(alert.id);
    if (before !== undefined && before.version > alert.version) continue;
    if (keep(alert)) byId.set(alert.id, alert);
    else byId.delete(alert.id);
  }
  return [...byId.values()];
}

export const isOfPrinter = (printer: string) => (alert: Alert) => alert.printer === printer && isOpen(alert);

/** The series with the newest readings at the end; at most `maxPoints` are kept. */
export function appendReadings(series: Telemetry, printer: Printer, maxPoints: number): Telemetry {
  const atMs = printer.lastSeenAt === null ? Number.NaN : Date.parse(printer.lastSeenAt);
  const last = series.at.at(-1) ?? 0;
  if (Number.isNaN(atMs) || atMs <= last) return series;
  const drop = Math.max(0, series.at.length + 1 - maxPoints);
  const signals: Record<string, (number | null)[]> = {};
  for (const [name, values] of Object.entries(series.signals)) signals[name] = [...values.slice(drop), printer.readings[name] ?? null];
  return { ...series, at: [...series.at.slice(drop), atMs], signals };
}
