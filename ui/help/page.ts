/**
 * The script of a help page: remembers the ticked steps, fills in the alert from which the page was opened, prints. The page reads
 * without it. One plain file without imports that last, so that it runs from a folder on disk as well.
 */
import "./page.css";
import type { AlertDetail, FreezeFrame, Printer } from "../../src/model/api.ts";

const one = (selector: string, within: ParentNode = document): HTMLElement | null => within.querySelector<HTMLElement>(selector);
const all = <T extends Element = HTMLElement>(selector: string, within: ParentNode = document): T[] => [
  ...within.querySelectorAll<T>(selector),
];

/** Undefined where the browser forbids storage: then the page forgets, and says nothing of it. */
function storage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

function remember(key: string, value: string): void {
  try {
    if (value === "") storage()?.removeItem(key);
    else storage()?.setItem(key, value);
  } catch {
    // the storage is full: the ticks last as long as the page
  }
}

function rememberSteps(article: HTMLElement): void {
  const { code = "", alert } = article.dataset;
  const key = ["openhms.steps", code, alert].filter((part) => part !== undefined).join(".");
  const boxes = all<HTMLInputElement>(".steps input");
  const progress = one("#progress");
  const afresh = one("#afresh");
  if (progress === null || afresh === null) return;

  function tell(): void {
    const done = boxes.filter((box) => box.checked);
    remember(key, done.map(({ name }) => name).join(","));
    if (progress !== null) progress.textContent = `${done.length}/${boxes.length} ${progress.dataset["done"] ?? ""}`;
    if (progress?.parentElement) progress.parentElement.hidden = done.length === 0;
  }

  const known = new Set((storage()?.getItem(key) ?? "").split(","));
  for (const box of boxes) {
    box.checked = known.has(box.name);
    box.addEventListener("change", tell);
  }
  afresh.addEventListener("click", () => {
    for (const box of boxes) box.checked = false;
    tell();
    boxes[0]?.focus();
  });
  tell();
}

async function ask<T>(path: string): Promise<T | number> {
  try {
    const answer = await fetch(path, { credentials: "same-origin", headers: { accept: "application/json" } });
    return answer.ok ? ((await answer.json()) as T) : answer.status;
  } catch {
    return 0;
  }
}

const MINUTE_MS = 60_000;
const UNITS = [
  ["day", 1_440 * MINUTE_MS],
  ["hour", 60 * MINUTE_MS],
  ["minute", MINUTE_MS],
] as const;

/** The page's language as the reader's browser writes it: `en-GB` where the page is in `en`. */
const localeOf = (language: string): string => navigator.languages.find((tag) => tag.split("-", 1)[0] === language) ?? language;

/** "22 Nov 2026, 14:05 (3 hours ago)", in the reader's time zone. */
function timeWords(iso: string, language: string): string {
  const ms = Date.parse(iso);
  const [unit, size] = UNITS.find(([, size]) => Date.now() - ms >= size) ?? UNITS[2];
  const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor((Date.now() - ms) / size), unit);
  return `${new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(ms)} (${ago})`;
}

/** The last value known of a signal in a freeze frame. */
const lastOf = (frame: FreezeFrame | null | undefined, signal: string): number | undefined =>
  frame?.signals[signal]?.findLast((value) => value !== null) ?? undefined;

/** The sentence of the detector that raised it, if it gave one; reports come from anybody. */
function evidenceOf(frame: FreezeFrame | null | undefined): string | undefined {
  const evidence = frame?.report["evidence"];
  const says = typeof evidence === "object" && evidence !== null && "says" in evidence ? evidence.says : undefined;
  return typeof says === "string" ? says : undefined;
}

function fillReadings(box: HTMLElement, language: string, frame: FreezeFrame | null | undefined, printer: Printer | undefined): void {
  const now = printer?.connected === true ? printer.readings : {};
  for (const row of all("[data-signal]", box)) {
    const { signal = "", unit = "" } = row.dataset;
    const digits = unit === "°C" ? 1 : 0;
    const format = new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits });
    const words = (value: number | undefined): string => (value === undefined ? "–" : `${format.format(value)}\u00a0${unit}`);
    const [then, current] = [lastOf(frame, signal), now[signal]];
    row.hidden = then === undefined && current === undefined;
    for (const cell of all("[data-at]", row)) cell.textContent = words(cell.dataset["at"] === "start" ? then : current);
  }
  const table = one("table", box);
  if (table !== null) table.hidden = all("[data-signal]:not([hidden])", box).length === 0;
  if (Object.keys(now).length === 0) for (const cell of all('[data-at="now"]', box)) cell.hidden = true;
}

function fillAlert(box: HTMLElement, alert: AlertDetail, printer: Printer | undefined): void {
  const language = localeOf(box.dataset["language"] ?? "en");
  const frame = alert.episodes[0]?.freezeFrame;
  const job = frame?.snapshot["jobName"] ?? (alert.active ? printer?.job : undefined);
  const texts: Record<string, string | undefined> = {
    printer: alert.printerName,
    since: alert.raisedAt === null ? undefined : timeWords(alert.raisedAt, language),
    until: alert.active || alert.clearedAt === null ? undefined : timeWords(alert.clearedAt, language),
    seen: evidenceOf(frame),
    job: typeof job === "string" ? job : undefined,
  };
  for (const place of all("[data-fill]", box)) {
    const text = texts[place.dataset["fill"] ?? ""] ?? "";
    place.textContent = text;
    const row = place.closest<HTMLElement>("dl > div");
    if (row !== null) row.hidden = text === "";
  }
  const state = alert.active ? "active" : alert.held ? "latched" : "cleared";
  const isUnnoticed = alert.severity === "error" && alert.active && ![alert.detector, ...alert.seenBy].includes("native");
  const holds = new Set([state, alert.quality, isUnnoticed ? "unnoticed" : state]);
  for (const word of all("[data-state]", box)) word.hidden = !holds.has(word.dataset["state"] ?? "");
  box.dataset["now"] = state;
  one("#open-alert", box)?.setAttribute("href", `/alerts/${encodeURIComponent(alert.id)}`);
  fillReadings(box, language, frame, printer);
}

/** The drawing and the maker's pages for the model that the alert's printer is. */
async function showModel(model: string): Promise<void> {
  const address = new URL(location.href);
  if (address.searchParams.has("model")) return;
  address.searchParams.set("model", model);
  const answer = await fetch(address).catch(() => undefined);
  if (answer?.ok !== true) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of all("[data-by-model]")) {
    const fresh = one(`[data-by-model="${old.dataset["byModel"]}"]`, page);
    if (fresh !== null) old.replaceWith(document.adoptNode(fresh));
  }
}

async function showAlert(id: string): Promise<void> {
  const box = one("#alert");
  if (box === null) return;
  const show = (name: string): void => {
    box.hidden = false;
    const found = one(`[data-case="${name}"]`, box);
    if (found !== null) found.hidden = false;
  };
  const alert = await ask<AlertDetail>(`/api/v1/alerts/${encodeURIComponent(id)}`);
  if (alert === 401) {
    one("#login", box)?.setAttribute("href", `/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    return show("login");
  }
  if (typeof alert === "number") return show("failed");
  const found = await ask<Printer>(`/api/v1/printers/${encodeURIComponent(alert.printer)}`);
  const printer = typeof found === "number" ? undefined : found;
  fillAlert(box, alert, printer);
  show("shown");
  if (printer !== undefined) await showModel(printer.model);
}

function start(): void {
  for (const part of all("[data-script]")) part.hidden = false;
  one("#print")?.addEventListener("click", () => window.print());
  const article = one("article");
  if (article === null) return;
  rememberSteps(article);
  const { alert } = article.dataset;
  if (alert !== undefined) void showAlert(alert);
}

start();
