/**
 * Which alert and which printer comes first, and which belong where: one order for all pages (worst first, then oldest), so that
 * the fleet, the printer page and the display never disagree. Pure.
 */
import type { Alert, Printer } from "../data/contract.ts";

const SEVERITIES = ["error", "warning", "info", "invalid"] as const;
const PRIORITIES = ["urgent", "high", "normal", "low", "log"] as const;

// made once: a comparison by locale that is set up for each pair is too slow for a large fleet
const byName = new Intl.Collator("en", { numeric: true });

/** Shelved, suppressed or out of service: recorded, but kept from people's way. */
export function isHidden(alert: Alert): boolean {
  return alert.shelvedUntil !== null || alert.suppressedBy.length > 0 || alert.outOfService;
}

/** The maker's own codes and levels that do not exist, unless the site gave them a priority: central keeps them out of its open list too. */
export function isQuiet(alert: Alert): boolean {
  return alert.priority === "log" && (alert.lane === "internal" || alert.severity === "invalid");
}

/** Something stands or waits for an acknowledgement. */
export function isOpen(alert: Alert): boolean {
  return !isQuiet(alert) && (alert.active || alert.held || (!alert.acknowledged && alert.episode > 0));
}

const timeOf = (alert: Alert): number => (alert.raisedAt === null ? 0 : Date.parse(alert.raisedAt));

export function compareAlerts(a: Alert, b: Alert): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    PRIORITIES.indexOf(a.priority) - PRIORITIES.indexOf(b.priority) ||
    timeOf(a) - timeOf(b) ||
    byName.compare(a.id, b.id)
  );
}

/** Its fault is gone, but it holds on until a person resets it. */
export function waitsForReset(alert: Alert): boolean {
  return alert.held && alert.latched && !alert.active && !alert.outOfService;
}

/** The alert that closes the gate, of those known: a fault that still stands before one that only waits for its reset. */
export function obstacle(gate: Printer["gate"], alerts: readonly Alert[]): Alert | undefined {
  const level = gate.startBlocked ? 1 : 2;
  const closing = alerts.filter((alert) => alert.held && !alert.outOfService && alert.lane !== "internal" && alert.level === level);
  const sorted = closing.sort(compareAlerts);
  return sorted.find((alert) => !waitsForReset(alert)) ?? sorted[0];
}

/** The errors a display offers to reset: those no dialog asks about. Shelved ones too, since they block all the same. */
export function resetQueue(alerts: readonly Alert[]): readonly Alert[] {
  return alerts
    .filter((alert) => alert.severity === "error" && alert.lane !== "internal" && waitsForReset(alert))
    .filter((alert) => alert.acknowledged || isHidden(alert))
    .sort(compareAlerts);
}

/** The errors a display asks to confirm, worst first. */
export function confirmQueue(alerts: readonly Alert[]): readonly Alert[] {
  return alerts.filter((alert) => alert.severity === "error" && alert.held && !alert.acknowledged && !isHidden(alert)).sort(compareAlerts);
}

/** The warnings that stand at the right edge of a display. */
export function standingWarnings(alerts: readonly Alert[]): readonly Alert[] {
  return alerts.filter((alert) => alert.severity === "warning" && (alert.active || alert.held) && !isHidden(alert)).sort(compareAlerts);
}

/** What a display lists besides: infos, and errors that were confirmed but still stand. */
export function displayList(alerts: readonly Alert[]): readonly Alert[] {
  const shown = alerts.filter((alert) => (alert.active || alert.held) && !isHidden(alert));
  return shown
    .filter((alert) => alert.severity === "info" || (alert.severity === "error" && alert.acknowledged && !waitsForReset(alert)))
    .sort(compareAlerts);
}

function printerRank(printer: Printer): number {
  const worst = printer.worst;
  if (worst === null) return printer.connected ? 900 : 800;
  return SEVERITIES.indexOf(worst.severity) * 100 + PRIORITIES.indexOf(worst.priority) * 10 + (worst.acknowledged ? 5 : 0);
}

export function comparePrinters(a: Printer, b: Printer): number {
  return printerRank(a) - printerRank(b) || byName.compare(a.name, b.name) || byName.compare(a.id, b.id);
}

export interface FleetFilter {
  readonly text: string;
  readonly state: string;
  readonly severity: string;
}

/** Printers that match, worst first. Every word must be found in name, model, id, job or worst alert. */
export function fleetView(printers: readonly Printer[], filter: FleetFilter): readonly Printer[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return printers
    .filter((printer) => filter.state === "" || printer.state === filter.state)
    .filter((printer) => hasSeverity(printer, filter.severity))
    .filter((printer) => {
      const worst = printer.worst === null ? "" : `${printer.worst.code} ${printer.worst.title}`;
      const text = `${printer.name} ${printer.model} ${printer.id} ${printer.job ?? ""} ${worst}`.toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort(comparePrinters);
}

function hasSeverity(printer: Printer, severity: string): boolean {
  switch (severity) {
    case "":
      return true;
    case "none":
      return printer.worst === null;
    case "error":
    case "warning":
    case "info":
      return printer.counts[severity] > 0;
    default:
      return false;
  }
}
