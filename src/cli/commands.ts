/** The commands that talk to a running central: printers, alerts, ack, reset, shelve, unshelve, promote, history. */
import type { Alert, AlertDetail, CodeInfo, Gate, List, Printer, Transition } from "../model/api.ts";
import { RefusedError } from "../lib/errors.ts";
import { isCanonical, parseCode } from "../model/code.ts";
import { priorityRank } from "../model/priority.ts";
import type { Client } from "./client.ts";
import { ago, jsonLine, plain, table } from "./format.ts";

export interface Terminal {
  print(line: string): void;
  /** Now, in ms since 1970. */
  nowMs(): number;
}

export async function listPrinters(client: Client, terminal: Terminal, json: boolean): Promise<void> {
  const { items } = await client.get<List<Printer>>("/api/v1/printers");
  if (json) return printAll(items, terminal);
  if (items.length === 0) return terminal.print('No printers yet. Add one under "printers:" in openhms.yaml and start again.');
  terminal.print(
    table(items, [
      { title: "PRINTER", value: (printer) => printer.id },
      { title: "MODEL", value: (printer) => printer.model },
      { title: "STATE", value: (printer) => printer.state },
      { title: "PROGRESS", value: (printer) => (printer.progressPct === null ? "" : `${Math.round(printer.progressPct)} %`) },
      { title: "GATE", value: (printer) => gateWords(printer.gate) },
      { title: "WORST ALERT", value: (printer) => (printer.worst === null ? "" : `${printer.worst.code} ${printer.worst.title}`) },
    ]),
  );
}

function gateWords(gate: Gate): string {
  if (gate.startBlocked) return "no start";
  return gate.resumeBlocked ? "no resume" : "open";
}

export interface AlertFilter {
  readonly state: string | undefined;
  readonly printer: string | undefined;
  readonly limit: number;
}

export async function listAlerts(client: Client, filter: AlertFilter, terminal: Terminal, json: boolean): Promise<void> {
  const { items: newestFirst, next } = await client.get<List<Alert>>("/api/v1/alerts", { ...filter });
  const items = newestFirst.toSorted(worstFirst);
  if (json) return printAll(items, terminal);
  if (items.length === 0) return terminal.print("No alerts.");
  terminal.print(
    table(items, [
      { title: "ID", value: (alert) => alert.id },
      { title: "SEVERITY", value: (alert) => alert.severity },
      { title: "PRIORITY", value: (alert) => alert.priority },
      { title: "STATE", value: stateWords },
      { title: "SINCE", value: (alert) => ago(alert.raisedAt, terminal.nowMs()) },
      { title: "WHAT", value: (alert) => alert.title },
    ]),
  );
  if (next !== null) terminal.print("There are more: narrow with --printer or --state, or raise --limit.");
}

const SEVERITIES: readonly string[] = ["error", "warning", "info", "invalid"];

/** What somebody has put aside comes last; then by severity, priority and time. */
function worstFirst(a: Alert, b: Alert): number {
  return (
    Number(a.shelvedUntil !== null) - Number(b.shelvedUntil !== null) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    priorityRank(a.priority) - priorityRank(b.priority) ||
    (b.raisedAt ?? "").localeCompare(a.raisedAt ?? "")
  );
}

function stateWords(alert: Alert): string {
  const words = [alert.active ? "active" : alert.latched ? "latched" : "gone", alert.acknowledged ? "acknowledged" : "new"];
  if (alert.shelvedUntil !== null) words.push("shelved");
  if (alert.suppressedBy.length > 0) words.push("suppressed");
  if (alert.quality === "stale") words.push("stale");
  return words.join(", ");
}

/** An alert by its id, or by `PRINTER CODE` joined with `~` in any form of the code. */
export function alertPath(id: string): string {
  const cut = id.indexOf("~");
  const code = cut < 0 ? undefined : id.slice(cut + 1);
  const canonical = code === undefined || isCanonical(code) ? id : `${id.slice(0, cut)}~${parseCode(code)}`;
  return `/api/v1/alerts/${encodeURIComponent(canonical)}`;
}

/** Acknowledges what stands there now, unless `version` says which state was seen. */
export async function acknowledge(client: Client, id: string, version: number | undefined, terminal: Terminal): Promise<void> {
  const path = alertPath(id);
  const seen = version ?? (await client.get<AlertDetail>(path)).version;
  const alert = await client.post<Alert>(`${path}/ack`, { version: seen });
  terminal.print(plain(`Acknowledged ${alert.id}: ${alert.title}. ${alert.active ? "It is still active." : ""}`.trim()));
}

export async function reset(client: Client, id: string, terminal: Terminal): Promise<void> {
  const alert = await client.post<Alert>(`${alertPath(id)}/reset`, {});
  terminal.print(plain(`Reset ${alert.id}: ${alert.title}.`));
}

export async function shelve(client: Client, id: string, minutes: number, reason: string, terminal: Terminal): Promise<void> {
  if (!Number.isFinite(minutes) || minutes <= 0) throw new RefusedError("invalid", "--minutes must be a number above 0");
  const alert = await client.post<Alert>(`${alertPath(id)}/shelve`, { minutes, reason });
  terminal.print(plain(`Shelved ${alert.id} until ${alert.shelvedUntil ?? "it clears"}. The printer's gate is not changed by this.`));
}

export async function unshelve(client: Client, id: string, terminal: Terminal): Promise<void> {
  const alert = await client.post<Alert>(`${alertPath(id)}/unshelve`, {});
  terminal.print(plain(`Back from the shelf: ${alert.id}.`));
}

/** What a code is worth to this site; "catalogue" goes back to what the catalogue says. */
export async function promote(client: Client, code: string, priority: string, terminal: Terminal): Promise<void> {
  const body = { priority: priority === "catalogue" ? null : priority };
  const info = await client.post<CodeInfo>(`/api/v1/codes/${parseCode(code)}/priority`, body);
  const whose = info.ownPriority === null ? ", as in the catalogue" : "";
  terminal.print(plain(`${info.code} has priority ${info.priority}${whose}: ${info.title}.`));
}

export async function listHistory(
  client: Client,
  query: Readonly<Record<string, string | number | undefined>>,
  terminal: Terminal,
  /** `url`: where central is, when the next command must say it too. */
  shown: { readonly json: boolean; readonly url?: string },
): Promise<void> {
  const { items, next } = await client.get<List<Transition>>("/api/v1/history", query);
  if (shown.json) return printAll(items, terminal);
  if (items.length === 0) return terminal.print("Nothing in the history yet.");
  terminal.print(
    table(items, [
      { title: "TIME", value: (row) => row.at },
      { title: "PRINTER", value: (row) => row.printer },
      { title: "CODE", value: (row) => row.code },
      { title: "EVENT", value: (row) => row.event },
      { title: "ISA", value: (row) => row.isa },
      { title: "BY", value: (row) => row.actor ?? "" },
      { title: "WHAT", value: (row) => (row.note === null ? row.title : `${row.title} — ${row.note}`) },
    ]),
  );
  if (next === null) return;
  const same = Object.entries({ url: shown.url, ...query }).flatMap(([name, value]) =>
    value === undefined || name === "cursor" ? [] : [`--${name} ${value}`],
  );
  terminal.print(plain(["More: openhms history", ...same, `--cursor ${next}`].join(" ")));
}

function printAll(items: readonly unknown[], terminal: Terminal): void {
  for (const item of items) terminal.print(jsonLine(item));
}
