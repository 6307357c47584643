/** The hooks pages use to read and change things; nothing else in the web app fetches. Live events keep what they return up to date. */
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useSyncExternalStore } from "react";
import { isHidden, isOpen } from "../show/order.ts";
import { ApiError, deleteJson, getJson, getText, postJson, putJson, refusalWords } from "./client.ts";
import type {
  Alert,
  AlertDetail,
  CodeInfo,
  CodeSightings,
  CodeSummary,
  Kpi,
  List,
  Printer,
  SiteEntryBody,
  SiteInfo,
  Telemetry,
  Transition,
  Verdict,
} from "./contract.ts";
import { type Hub, keys } from "./hub.ts";
import type { Connection } from "./live.ts";
import { isOfPrinter, patchAlerts, patchPrinters } from "./patch.ts";

export const HubContext = createContext<Hub | undefined>(undefined);

export function useHub(): Hub {
  const hub = useContext(HubContext);
  if (hub === undefined) throw new Error("useHub: no hub above this component");
  return hub;
}

export function useConnection(): Connection {
  const { live } = useHub();
  return useSyncExternalStore(live.subscribe, live.connection);
}

/** Why the server records nothing now, in its words. */
export function useTrouble(): string | undefined {
  const { ready } = useHub();
  return useSyncExternalStore(ready.subscribe, ready.trouble);
}

const API = "/api/v1";
const path = (kind: string, id: string): string => `${API}/${kind}/${encodeURIComponent(id)}`;
const MAX_PAGES = 10;

async function getAll<T>(url: string, signal: AbortSignal): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const list: List<T> = await getJson<List<T>>(cursor === null ? url : `${url}&cursor=${encodeURIComponent(cursor)}`, signal);
    items.push(...list.items);
    cursor = list.next;
    if (cursor === null) break;
  }
  return items;
}

export function useSite() {
  return useQuery({ queryKey: ["site"], queryFn: ({ signal }) => getJson<SiteInfo>(`${API}/site`, signal), staleTime: 300_000 });
}

export function usePrinters() {
  const hub = useHub();
  return useQuery({
    queryKey: keys.printers,
    queryFn: async ({ signal }) => {
      const startMs = Date.now();
      const list = await getJson<List<Printer>>(`${API}/printers`, signal);
      return patchPrinters(list, hub.printersSince(startMs));
    },
  });
}

export function usePrinter(id: string) {
  const hub = useHub();
  return useQuery({
    queryKey: keys.printer(id),
    queryFn: async ({ signal }) => {
      const startMs = Date.now();
      const printer = await getJson<Printer>(path("printers", id), signal);
      return hub.printersSince(startMs).get(id) ?? printer;
    },
  });
}

export function useTelemetry(id: string) {
  return useQuery({
    queryKey: keys.telemetry(id),
    queryFn: ({ signal }) => getJson<Telemetry>(`${path("printers", id)}/telemetry`, signal),
  });
}

/** Every open alert of a printer, the hidden ones (shelved, suppressed, out of service) too. */
export function useAlertsOf(printer: string) {
  const hub = useHub();
  return useQuery({
    queryKey: keys.alertsOf(printer),
    queryFn: async ({ signal }) => {
      const url = (state: string) => `${API}/alerts?state=${state}&printer=${encodeURIComponent(printer)}&limit=100`;
      const [open, hidden] = await Promise.all([getAll<Alert>(url("open"), signal), getAll<Alert>(url("hidden"), signal)]);
      const seen = new Set(open.map((alert) => alert.id));
      const all = [...open, ...hidden.filter((alert) => !seen.has(alert.id))].filter((alert) => isOpen(alert) || isHidden(alert));
      return patchAlerts(all, hub.knownAlerts(), isOfPrinter(printer)).filter((alert) => alert.printer === printer);
    },
  });
}

export function useAlert(id: string) {
  return useQuery({
    queryKey: keys.alert(id),
    queryFn: ({ signal }) => getJson<AlertDetail>(path("alerts", id), signal),
    staleTime: 5_000,
  });
}

export function useCode(code: string) {
  return useQuery({
    queryKey: ["code", code],
    queryFn: ({ signal }) => getJson<CodeInfo>(path("codes", code), signal),
    staleTime: 300_000,
  });
}

/** Nothing is asked for before something is typed. */
export function useCodeSearch(text: string) {
  return useQuery({
    queryKey: ["codes", text],
    queryFn: ({ signal }) => getJson<List<CodeSummary>>(`${API}/codes?q=${encodeURIComponent(text)}`, signal),
    enabled: text !== "",
    placeholderData: keepPreviousData,
    staleTime: 300_000,
  });
}

export interface HistoryFilter {
  readonly printer: string;
  readonly event: string;
  readonly limit: number;
}

export function useHistory(filter: HistoryFilter) {
  const query = new URLSearchParams({ limit: String(filter.limit) });
  if (filter.printer !== "") query.set("printer", filter.printer);
  if (filter.event !== "") query.set("event", filter.event);
  return useInfiniteQuery({
    queryKey: [...keys.history, filter],
    queryFn: ({ signal, pageParam }) => {
      const cursor = pageParam === "" ? "" : `&cursor=${encodeURIComponent(pageParam)}`;
      return getJson<List<Transition>>(`${API}/history?${query.toString()}${cursor}`, signal);
    },
    initialPageParam: "",
    getNextPageParam: (page: List<Transition>) => page.next,
    placeholderData: keepPreviousData,
  });
}

export function useKpi() {
  return useQuery({ queryKey: keys.kpi, queryFn: ({ signal }) => getJson<Kpi>(`${API}/kpi`, signal), staleTime: 10_000 });
}

export type AlertCommand =
  | { readonly verb: "ack"; readonly body: { readonly version: number } }
  | { readonly verb: "reset"; readonly body: { readonly version: number } }
  | { readonly verb: "shelve"; readonly body: { readonly minutes: number; readonly reason: string } }
  | { readonly verb: "unshelve"; readonly body: Record<string, never> }
  | { readonly verb: "comment"; readonly body: { readonly text: string } }
  | { readonly verb: "label"; readonly body: { readonly episode: number; readonly verdict: Verdict | null; readonly note?: string } };

/** After a refused command (409) the alert is fetched again before the error is told: it may have changed since it was read. */
export function useAlertCommand(alert: Pick<Alert, "id" | "printer">) {
  const queries = useQueryClient();
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: keys.alert(alert.id) }),
      queries.invalidateQueries({ queryKey: keys.alertsOf(alert.printer) }),
    ]);
  const versionNow = (): number => {
    const listed = queries.getQueryData<readonly Alert[]>(keys.alertsOf(alert.printer))?.find((one) => one.id === alert.id);
    return Math.max(listed?.version ?? 0, queries.getQueryData<AlertDetail>(keys.alert(alert.id))?.version ?? 0);
  };
  return useMutation({
    mutationFn: async (command: AlertCommand) => {
      try {
        await postJson(`${path("alerts", alert.id)}/${command.verb}`, { ...command.body });
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 409) throw error;
        await refresh();
        const sent = "version" in command.body ? command.body.version : undefined;
        throw new ApiError(409, refusalWords(sent, versionNow(), error.message));
      }
    },
    onSuccess: refresh,
  });
}

/** Codes that printers here have shown and nobody has described, newest first. */
export function useUndescribed(isWanted: boolean) {
  return useQuery({
    queryKey: ["codes", "undescribed"],
    queryFn: ({ signal }) => getJson<List<CodeSummary>>(`${API}/codes?lane=undocumented&limit=1000`, signal),
    enabled: isWanted,
    staleTime: 10_000,
  });
}

export function useSightings(code: string) {
  return useQuery({
    queryKey: ["sightings", code],
    queryFn: ({ signal }) => getJson<CodeSightings>(`${path("codes", code)}/sightings`, signal),
    staleTime: 10_000,
  });
}

/** Made when it is asked for. */
export function useContribution(code: string) {
  return useQuery({
    queryKey: ["contribution", code],
    queryFn: ({ signal }) => getText(`${path("codes", code)}/contribution`, signal),
    enabled: false,
  });
}

/** Every alert of the code changes with it, on every printer; under the written form of the code that a page was asked for as well. */
function useOfCodeChanged(): () => Promise<unknown> {
  const queries = useQueryClient();
  const changed = [["code"], ["codes"], ["alert"], ["alerts"], keys.printers, ["printer"]];
  return () => Promise.all(changed.map((queryKey) => queries.invalidateQueries({ queryKey })));
}

export function useSetPriority(code: string) {
  const onSuccess = useOfCodeChanged();
  return useMutation({
    mutationFn: (priority: CodeInfo["ownPriority"]) => postJson<CodeInfo>(`${path("codes", code)}/priority`, { priority }),
    onSuccess,
  });
}

/** Null takes the site's description back. */
export function useDescribe(code: string) {
  const queries = useQueryClient();
  const ofCodeChanged = useOfCodeChanged();
  const onSuccess = async (): Promise<void> => {
    // what was shown of it is asked for again when it is wanted
    void queries.resetQueries({ queryKey: ["contribution"] });
    await Promise.all([ofCodeChanged(), queries.invalidateQueries({ queryKey: ["sightings"] })]);
  };
  const entry = `${path("codes", code)}/entry`;
  return useMutation({
    mutationFn: (body: SiteEntryBody | null) => (body === null ? deleteJson<CodeInfo>(entry) : putJson<CodeInfo>(entry, body)),
    onSuccess,
  });
}

export function useSetFault(printer: string) {
  return useMutation({ mutationFn: (fault: string) => postJson(`${path("printers", printer)}/fault`, { fault }) });
}

export function useLogin() {
  const { queries, live } = useHub();
  return useMutation({
    mutationFn: (token: string) => postJson(`${API}/login`, { token }),
    onSuccess: () => {
      queries.clear();
      live.retry();
    },
  });
}

export function useLogout() {
  const { queries } = useHub();
  return useMutation({ mutationFn: () => postJson(`${API}/logout`, {}), onSuccess: () => queries.clear() });
}
