/**
 * Joins the live stream and the query cache: events are gathered (the newest per printer and alert only, so the gathering is
 * bounded by what exists), put into the cache once per frame, and told to the screen reader and the sounds.
 */
import { QueryClient } from "@tanstack/react-query";
import { ApiError, inPageLanguage } from "./client.ts";
import type { Alert, List, Printer, Telemetry } from "./contract.ts";
import { type Live, createLive } from "./live.ts";
import { type Ready, createReady } from "./ready.ts";
import { appendReadings, patchAlerts, patchPrinters } from "./patch.ts";
import type { SseEvent } from "./sse.ts";
import { isOpen } from "../show/order.ts";

const MAX_TELEMETRY_POINTS = 600;
const MAX_REMEMBERED = 2_000;
const GATHER_MS = 100;
/** History and figures are fetched anew at most this often, however much happens. */
const SUMMARY_MS = 2_000;

export interface Hub {
  readonly queries: QueryClient;
  readonly live: Live;
  readonly ready: Ready;
  /** Told once for each alert that is newly active. */
  onRaise(listener: (alert: Alert) => void): () => void;
  /** The newest state the stream has told of alerts; what is fetched meanwhile may be older. */
  knownAlerts(): Iterable<Alert>;
  /** Printers the stream has told of since an instant. */
  printersSince(ms: number): ReadonlyMap<string, Printer>;
}

export const keys = {
  printers: ["printers"],
  printer: (id: string) => ["printer", id],
  telemetry: (id: string) => ["telemetry", id],
  alertsOf: (printer: string) => ["alerts", printer],
  alert: (id: string) => ["alert", id],
  history: ["history"],
  kpi: ["kpi"],
} as const;

const isNoAnswer = (error: Error): boolean => !(error instanceof ApiError) || error.status === 0 || error.status >= 500;

function createQueries(): QueryClient {
  const queries = {
    retry: (count: number, error: Error) => count < 1 && isNoAnswer(error),
    staleTime: 30_000,
    refetchOnWindowFocus: false,
    networkMode: "always",
  } as const;
  return new QueryClient({ defaultOptions: { queries, mutations: { networkMode: "always" } } });
}

/** Tells of each activation once, also when the stream repeats it after a reconnect. */
function createRaises(): Pick<Hub, "onRaise"> & { take(alert: Alert): void } {
  const listeners = new Set<(alert: Alert) => void>();
  const told = new Map<string, number>();
  return {
    take: (alert) => {
      if (!alert.active || alert.quality !== "good" || (told.get(alert.id) ?? 0) >= alert.episode) return;
      remember(told, alert.id, alert.episode);
      // what nobody need acknowledge is acknowledged from the start, and news all the same
      if (alert.acknowledged && alert.acknowledgedAt !== null && alert.severity !== "info") return;
      for (const listener of listeners) listener(alert);
    },
    onRaise: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function browserTimer(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}

export function createHub(): Hub {
  const queries = createQueries();
  const raises = createRaises();
  const known = new Map<string, Alert>();
  const heardPrinters = new Map<string, { printer: Printer; atMs: number }>();
  let alerts = new Map<string, Alert>();
  let printers = new Map<string, Printer>();
  let scheduled = false;
  let summariesDue = false;

  function onEvent(event: SseEvent): void {
    if (event.event === "alert") gatherAlert(JSON.parse(event.data) as Alert);
    else if (event.event === "printer") {
      const printer = JSON.parse(event.data) as Printer;
      printers.set(printer.id, printer);
      heardPrinters.set(printer.id, { printer, atMs: Date.now() });
    } else return;
    if (scheduled) return;
    scheduled = true;
    setTimeout(() => (document.hidden ? flush() : requestAnimationFrame(flush)), GATHER_MS);
  }

  function gatherAlert(alert: Alert): void {
    alerts.set(alert.id, alert);
    remember(known, alert.id, alert);
    raises.take(alert);
  }

  function flush(): void {
    scheduled = false;
    const [changedAlerts, changedPrinters] = [alerts, printers];
    alerts = new Map();
    printers = new Map();
    if (changedPrinters.size > 0) putPrinters(queries, changedPrinters);
    if (changedAlerts.size === 0) return;
    putAlerts(queries, [...changedAlerts.values()]);
    if (summariesDue) return;
    summariesDue = true;
    setTimeout(refreshSummaries, SUMMARY_MS);
  }

  function refreshSummaries(): void {
    summariesDue = false;
    void queries.invalidateQueries({ queryKey: keys.history });
    void queries.invalidateQueries({ queryKey: keys.kpi });
  }

  async function refetch(): Promise<void> {
    known.clear();
    await queries.refetchQueries({ type: "active" });
    const failed = queries
      .getQueryCache()
      .findAll({ type: "active" })
      .map((query) => query.state.error);
    // what the server refuses (no such alert, no login) is an answer, and shown by its page; only no answer means "not live"
    const silent = failed.find((error) => error !== null && isNoAnswer(error));
    if (silent !== undefined && silent !== null) throw silent;
    await queries.invalidateQueries({ type: "inactive", refetchType: "none" });
  }

  const live = createLive({
    fetch: (path, init) => fetch(path, inPageLanguage(init)),
    now: () => Date.now(),
    setTimer: browserTimer,
    random: Math.random,
    onEvent,
    refetch,
  });
  return {
    queries,
    live,
    ready: createReady({ fetch: (path, init) => fetch(path, init), setTimer: browserTimer }),
    onRaise: raises.onRaise,
    knownAlerts: () => known.values(),
    printersSince: (ms) => new Map([...heardPrinters].filter(([, heard]) => heard.atMs >= ms).map(([id, heard]) => [id, heard.printer])),
  };
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= MAX_REMEMBERED) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}

function putPrinters(queries: QueryClient, changed: ReadonlyMap<string, Printer>): void {
  queries.setQueryData<List<Printer>>(keys.printers, (list) => (list === undefined ? undefined : patchPrinters(list, changed)));
  for (const printer of changed.values()) {
    queries.setQueryData<Printer>(keys.printer(printer.id), (before) => (before === undefined ? undefined : printer));
    queries.setQueryData<Telemetry>(keys.telemetry(printer.id), (series) =>
      series === undefined ? undefined : appendReadings(series, printer, MAX_TELEMETRY_POINTS),
    );
  }
}

function putAlerts(queries: QueryClient, changed: readonly Alert[]): void {
  const byPrinter = Map.groupBy(changed, (alert) => alert.printer);
  for (const [printer, list] of byPrinter) {
    queries.setQueryData<readonly Alert[]>(keys.alertsOf(printer), (before) =>
      before === undefined ? undefined : patchAlerts(before, list, isOpen),
    );
  }
  for (const alert of changed) void queries.invalidateQueries({ queryKey: keys.alert(alert.id) });
}
