/**
 * What codes, letters and numbers are called in front of people: one place for the words, the units and the ways times are written.
 * Pure; times are formatted in the browser's own time zone.
 */
import type { Alert, CodeInfo, Printer, Transition, Verdict } from "../data/contract.ts";
import { en } from "../words/en.ts";
import { locale, t } from "../words/language.ts";
import { obstacle, waitsForReset } from "./order.ts";

export type Severity = Alert["severity"];

const wordsFor = <const K extends string>(group: string, keys: readonly K[]) =>
  Object.fromEntries(keys.map((key) => [key, t(`${group}.${key}` as Parameters<typeof t>[0])])) as Readonly<Record<K, string>>;

export const SEVERITY_WORD = wordsFor("severity", ["error", "warning", "info", "invalid"]);

const LEVEL_WORDS: Readonly<Record<number, string>> = { 0: t("level.0"), 1: t("level.1"), 2: t("level.2"), 3: t("level.3") };
export const levelWords = (level: number): string => LEVEL_WORDS[level] ?? t("level.other", { level });

export const ISA_WORDS = wordsFor("isa", ["A", "B", "C", "D", "E", "F", "G", "H", "I"]);

export const PRIORITY_WORDS: readonly (readonly [CodeInfo["priority"], string])[] = [
  ["urgent", t("priority.urgent")],
  ["high", t("priority.high")],
  ["normal", t("priority.normal")],
  ["low", t("priority.low")],
  ["log", t("priority.log")],
];

/** The name of a priority inside a sentence. */
export const priorityWord = (priority: CodeInfo["priority"]): string => t(`priority.${priority}.short`);

const isSignal = (key: string): key is Extract<keyof typeof en, `signal.${string}`> => Object.hasOwn(en, key);

/** What a signal is called; a signal that these pages do not know has the server's name. */
export function signalWords({ name, label }: { readonly name: string; readonly label: string }): string {
  const key = `signal.${name}`;
  return isSignal(key) ? t(key) : label;
}

/** What a change of a code's priority has brought about. */
export function prioritySetWords({ priority, ownPriority }: Pick<CodeInfo, "priority" | "ownPriority">): string {
  const now = t(ownPriority === null ? "priority.asCatalogue" : "priority.own", { priority: priorityWord(priority) });
  return `${now} ${t(priority === "log" ? "priority.isRecorded" : "priority.isTold")}`;
}

/** `trouble`: why the server takes nothing in, in its words. */
export const troubleWords = (trouble: string): string => t("net.trouble", { trouble });

export const STATE_WORD = wordsFor("state", ["idle", "preparing", "printing", "paused", "finished", "failed", "unknown", "offline"]);

export const EVENT_WORD: Readonly<Record<Transition["event"], string>> = wordsFor("event", [
  "raise",
  "clear",
  "ack",
  "reset",
  "close",
  "stale",
  "fresh",
  "shelve",
  "unshelve",
  "suppress",
  "unsuppress",
  "out-of-service",
  "in-service",
  "priority",
  "remind",
  "unack",
  "clear-history",
  "comment",
  "label",
]);

export const VERDICT_WORDS = wordsFor("label", ["real", "false", "unsure"]);

/** The verdict inside a sentence. */
export const WAS_WORDS: Readonly<Record<Verdict | "none", string>> = wordsFor("label.was", ["real", "false", "unsure", "none"]);

const isSaid = (word: string): word is Verdict | "none" => Object.hasOwn(WAS_WORDS, word);

/** The note of a history row as it is quoted; of a label it is `VERDICT` or `VERDICT: NOTE`. */
export function noteWords({ event, note }: Pick<Transition, "event" | "note">): string | null {
  if (event !== "label" || note === null) return note === null ? null : `“${note}”`;
  const [, said = "", more] = /^(\w+)(?:: ([^]*))?$/.exec(note) ?? [];
  if (!isSaid(said)) return `“${note}”`;
  return more === undefined ? WAS_WORDS[said] : `${WAS_WORDS[said]}: “${more}”`;
}

/** What a printer does beyond its state; its own word for the state itself is not said twice. */
export function stageWords({ state, stage }: Pick<Printer, "state" | "stage">): string | undefined {
  return stage === null || stage.trim().toLowerCase() === STATE_WORD[state].toLowerCase() ? undefined : stage;
}

/** What the gate forbids on a printer, or undefined when it is open. `alerts`: the printer's, where they are known. */
export function gateWords(printer: Pick<Printer, "gate" | "worst">, alerts: readonly Alert[] = []): string | undefined {
  const { gate, worst } = printer;
  if (!gate.startBlocked && !gate.resumeBlocked) return undefined;
  const what = gate.startBlocked ? "start" : "resume";
  const by = obstacle(gate, alerts);
  if (by !== undefined) return t(`gate.${what}.${waitsForReset(by) ? "reset" : "until"}`, { title: by.title });
  const fits = worst !== null && worst.severity === (gate.startBlocked ? "error" : "warning");
  return fits ? t(`gate.${what}.until`, { title: worst.title }) : t(`gate.${what}.some`);
}

/** The same without the alert's name, for places where it stands beside. */
export function gateShortWords(gate: Printer["gate"], alerts: readonly Alert[] = []): string | undefined {
  if (!gate.startBlocked && !gate.resumeBlocked) return undefined;
  const by = obstacle(gate, alerts);
  const isReset = by !== undefined && waitsForReset(by);
  return t(`gate.${gate.startBlocked ? "start" : "resume"}.${isReset ? "shortReset" : "short"}`);
}

/** On the display, beside the button that does it. */
export const RESET_WORDS = t("gate.reset");

/** What one alert does to the gate. */
export function alertGateWords(alert: Alert): string {
  if (alert.level !== 1 && alert.level !== 2) return t("gate.alert.none");
  const what = alert.level === 1 ? "start" : "resume";
  if (alert.outOfService || !alert.held) return t(`gate.alert.${what}.idle`);
  return t(`gate.alert.${what}.${alert.active ? "now" : "gone"}`);
}

interface Found {
  readonly detector: string;
  readonly seenBy: readonly string[];
}

/** What only we saw, a firmware does not act upon, though its texts may say so. */
export const isUnnoticed = ({ severity, active, detector, seenBy }: Pick<Alert, "severity" | "active"> & Found): boolean =>
  severity === "error" && active && ![detector, ...seenBy].includes("native");

/** Who found it, and who else sees it. */
export const finders = ({ detector, seenBy }: Found): string =>
  [...new Set([detector, ...seenBy])].map((one) => (one === "native" ? t("alert.byPrinter") : one)).join(", ");

export const place = (alert: Pick<Alert, "unitName" | "slot">): string =>
  [alert.unitName, alert.slot === null ? null : t("slot", { slot: alert.slot })].filter((part) => part !== null).join(" ");

const clockFormat = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayFormat = new Intl.DateTimeFormat(locale, {
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

const numbers = (digits: number): Intl.NumberFormat =>
  new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
const NUMBERS = [numbers(0), numbers(1)] as const;

/** A reading with its unit; a dash where nothing is known. */
export function reading(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return "–";
  const digits = unit === "°C" && Math.abs(value) < 1_000 ? 1 : 0;
  return `${NUMBERS[digits].format(value)} ${unit}`.replace(/^-/, "−");
}

/** "hotend-fan-stall" → "Hotend fan stall". */
export function fromSlug(slug: string): string {
  const text = slug.replaceAll(/[-_]+/g, " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
