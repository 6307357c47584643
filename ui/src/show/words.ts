/**
 * What codes, letters and numbers are called in front of people: one place for the words, the units and the ways times are written.
 * Pure; times are formatted in the browser's own time zone.
 */
import type { Alert, CodeInfo, Printer, Transition } from "../data/contract.ts";
import { obstacle, waitsForReset } from "./order.ts";

export type Severity = Alert["severity"];

export const SEVERITY_WORD: Readonly<Record<Severity, string>> = { error: "Error", warning: "Warning", info: "Info", invalid: "Invalid" };

const LEVEL_WORDS: Readonly<Record<number, string>> = {
  0: "Level 0: invalid",
  1: "Level 1, error: the job is stopped; no start until it is eliminated",
  2: "Level 2, warning: the job is paused; no resume until it is eliminated",
  3: "Level 3, info: the job goes on",
};
export const levelWords = (level: number): string => LEVEL_WORDS[level] ?? `Level ${level}: outside the standard, blocks nothing`;

export const ISA_WORDS: Readonly<Record<Alert["isa"], string>> = {
  A: "normal: nothing stands",
  B: "active, not acknowledged",
  C: "active, acknowledged",
  D: "gone again, not acknowledged",
  E: "gone, but it stays until you reset it; not acknowledged",
  F: "gone and acknowledged, but it stays until you reset it",
  G: "shelved by a person for a while",
  H: "suppressed: another alert explains it",
  I: "out of service",
};

export const PRIORITY_WORDS: readonly (readonly [CodeInfo["priority"], string])[] = [
  ["urgent", "Urgent"],
  ["high", "High"],
  ["normal", "Normal"],
  ["low", "Low"],
  ["log", "Only record it, tell nobody"],
];

/** What a change of a code's priority has brought about. */
export function prioritySetWords({ priority, ownPriority }: Pick<CodeInfo, "priority" | "ownPriority">): string {
  const now = ownPriority === null ? `As in the catalogue again: ${priority}.` : `Priority ${priority}, from now on and on every printer.`;
  return `${now} ${priority === "log" ? "It is recorded; nobody is told." : "It counts, stands in the lists, and is told."}`;
}

/** `trouble`: why the server takes nothing in, in its words. */
export const troubleWords = (trouble: string): string => `${trouble}. Nothing new is recorded meanwhile.`;

export const STATE_WORD: Readonly<Record<Printer["state"], string>> = {
  idle: "Idle",
  preparing: "Preparing",
  printing: "Printing",
  paused: "Paused",
  finished: "Finished",
  failed: "Failed",
  unknown: "Unknown",
  offline: "Offline",
};

export const EVENT_WORD: Readonly<Record<Transition["event"], string>> = {
  raise: "Raised",
  clear: "Cleared",
  ack: "Acknowledged",
  reset: "Reset",
  close: "Closed",
  stale: "Printer not reachable",
  fresh: "Printer reachable again",
  shelve: "Shelved",
  unshelve: "Unshelved",
  suppress: "Suppressed",
  unsuppress: "No longer suppressed",
  "out-of-service": "Taken out of service",
  "in-service": "Back in service",
  priority: "Priority changed",
  remind: "Reminder",
  unack: "Acknowledgement ran out",
  "clear-history": "History cleared",
  comment: "Comment",
};

/** What a printer does beyond its state; its own word for the state itself is not said twice. */
export function stageWords({ state, stage }: Pick<Printer, "state" | "stage">): string | undefined {
  return stage === null || stage.trim().toLowerCase() === STATE_WORD[state].toLowerCase() ? undefined : stage;
}

/** What the gate forbids on a printer, or undefined when it is open. `alerts`: the printer's, where they are known. */
export function gateWords(printer: Pick<Printer, "gate" | "worst">, alerts: readonly Alert[] = []): string | undefined {
  const { gate, worst } = printer;
  if (!gate.startBlocked && !gate.resumeBlocked) return undefined;
  const verb = gate.startBlocked ? "Cannot start" : "Cannot resume";
  const by = obstacle(gate, alerts);
  if (by !== undefined) {
    return waitsForReset(by) ? `${verb} until you reset it: “${by.title}” is gone` : `${verb} until “${by.title}” is eliminated`;
  }
  const fits = worst !== null && worst.severity === (gate.startBlocked ? "error" : "warning");
  return `${verb} until ${fits ? `“${worst.title}” is eliminated` : `the ${gate.startBlocked ? "error" : "warning"} is eliminated`}`;
}

/** The same without the alert's name, for places where it stands beside. */
export function gateShortWords(gate: Printer["gate"], alerts: readonly Alert[] = []): string | undefined {
  if (!gate.startBlocked && !gate.resumeBlocked) return undefined;
  const by = obstacle(gate, alerts);
  const until = by !== undefined && waitsForReset(by) ? "you reset it" : "it is fixed";
  return `${gate.startBlocked ? "Cannot start" : "Cannot resume"} until ${until}`;
}

/** On the display, beside the button that does it. */
export const RESET_WORDS = "The fault is gone. It stays blocked until you reset it.";

/** What one alert does to the gate. */
export function alertGateWords(alert: Alert): string {
  if (alert.level !== 1 && alert.level !== 2) return "Blocks nothing: the job goes on.";
  const verb = alert.level === 1 ? "cannot start" : "cannot resume";
  if (alert.outOfService || !alert.held) return `Blocks nothing now. While it stands, the printer ${verb}.`;
  if (alert.active) return `The printer ${verb} until this is eliminated.`;
  return `The fault is gone. The printer ${verb} until you reset it.`;
}

export const place = (alert: Pick<Alert, "unitName" | "slot">): string =>
  [alert.unitName, alert.slot === null ? null : `slot ${alert.slot}`].filter((part) => part !== null).join(" ");

const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayFormat = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
export const clockTime = (ms: number): string => clockFormat.format(ms);
export const dayTime = (iso: string): string => dayFormat.format(Date.parse(iso));

const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
] as const;

/** Two units at most: "2 h 5 min". */
export function duration(ms: number): string {
  const parts: string[] = [];
  let rest = Math.max(0, Math.round(ms / 1_000) * 1_000);
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count === 0 && parts.length === 0) continue;
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break;
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
}

/** A reading with its unit; a dash where nothing is known. */
export function reading(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return "–";
  const digits = unit === "°C" && Math.abs(value) < 1_000 ? 1 : 0;
  return `${value.toFixed(digits)} ${unit}`.replace(/^-/, "−");
}

/** "hotend-fan-stall" → "Hotend fan stall". */
export function fromSlug(slug: string): string {
  const text = slug.replaceAll(/[-_]+/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
