/** The reading half of central: lists, pages and single things, from the published state and the store. Changes nothing. */
import { RefusedError } from "../lib/errors.ts";
import { at, fromIso, type Clock, type Timestamp } from "../lib/time.ts";
import { confirmable, isHeld, TRANSITION_EVENTS, type TransitionEvent } from "../model/alert.ts";
import type { Kpi, Printer } from "../model/api.ts";
import { isPrinterId, type PrinterId } from "../model/telemetry.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { AlertRow, Store } from "../store/store.ts";
import type { Board } from "./board.ts";
import type { Central } from "./central.ts";
import { isTakenOut, OWN_PRINTER, type Fleet, type KnownPrinter } from "./fleet.ts";
import { measure } from "./kpi.ts";
import { precisionOf } from "./labels.ts";
import { createWording } from "./wording.ts";
import { comparePrinters, deliveryView, episodeView, type Views } from "./views.ts";

const EPISODES = 20;
const TRANSITIONS = 200;
const DELIVERIES = 50;
/** A page that was away for so much starts anew anyway. */
const MISSED_ALERTS = 10_000;

export interface QueriesDeps {
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly fleet: Fleet;
  readonly board: Board;
  readonly views: Views;
  readonly counters: Kpi["ingest"];
}

export type Queries = Pick<
  Central,
  | "printers"
  | "printer"
  | "telemetry"
  | "alerts"
  | "alert"
  | "alertsSince"
  | "history"
  | "kpi"
  | "precision"
  | "codes"
  | "code"
  | "drawing"
  | "language"
  | "inLanguage"
>;

export function createQueries(deps: QueriesDeps): Queries {
  const { store, catalogue, fleet, board, views } = deps;

  function known(id: string): KnownPrinter {
    const printer = fleet.get(id);
    if (printer === undefined) throw new RefusedError("not-found", `there is no printer ${JSON.stringify(id)}`);
    return printer;
  }

  const view = (printer: KnownPrinter): Printer => views.printer(printer, board.open(printer.id));

  /** The system itself stands among the printers while something is wrong with it, a printer that was taken out while something is open. */
  function isShown(printer: KnownPrinter): boolean {
    if (printer.id !== OWN_PRINTER && !isTakenOut(printer)) return true;
    const open = [...board.open(printer.id)];
    return isTakenOut(printer) ? open.length > 0 : open.some((row) => isHeld(row.state));
  }

  return {
    printers: () => [...fleet.all()].filter(isShown).map(view).sort(comparePrinters),
    printer: (id) => view(known(id)),
    telemetry: (id) => fleet.telemetry(known(id).id),
    alerts: async ({ printer, ...rest }) => {
      if (printer !== undefined && !isPrinterId(printer)) return { items: [], next: null };
      const page = await store.alerts({ ...rest, ...(printer !== undefined && { printer }) });
      return { items: page.items.map(views.alert), next: page.next ?? null };
    },
    alert: async (id) => {
      const row = board.row(id);
      if (row === undefined) throw new RefusedError("not-found", `there is no alert ${JSON.stringify(id)}`);
      return detail(deps, row);
    },
    alertsSince: async (sinceMs) => (await store.alertsSince(at(sinceMs), MISSED_ALERTS)).map(views.alert),
    history: async ({ printer, event, since, until, ...rest }) => {
      if (printer !== undefined && !isPrinterId(printer)) return { items: [], next: null };
      const page = await store.history({
        ...rest,
        ...(printer !== undefined && { printer: printer satisfies PrinterId }),
        ...(event !== undefined && { event: eventNamed(event) }),
        ...(since !== undefined && { since: instant("since", since) }),
        ...(until !== undefined && { until: instant("until", until) }),
      });
      return { items: page.items.map(views.transition), next: page.next ?? null };
    },
    kpi: async (sinceMs) => {
      const since = at(sinceMs);
      const [episodes, notified] = await Promise.all([store.episodesSince(since), store.deliveredSince(since)]);
      return measure({
        since,
        now: deps.clock.now(),
        episodes,
        notified,
        alerts: board.all(),
        ingest: deps.counters,
        priorityOf: (code) => catalogue.definition(code).priority,
        titleOf: (code) => views.explanation(code).title,
      });
    },
    precision: async ({ printer, sinceMs }) => {
      if (printer !== undefined && !isPrinterId(printer)) return [];
      const counts = await store.countLabels({
        ...(printer !== undefined && { printer }),
        ...(sinceMs !== undefined && { since: at(sinceMs) }),
      });
      return precisionOf(counts);
    },
    codes: (text, limit, language) => catalogue.search(text, limit, language),
    code: views.code,
    drawing: catalogue.drawing,
    language: catalogue.language,
    inLanguage: (language) => createWording({ catalogue, views }, language),
  };
}

async function detail({ store, views }: QueriesDeps, row: AlertRow): ReturnType<Central["alert"]> {
  const [episodes, labels, history, deliveries] = await Promise.all([
    store.episodes(row.id, EPISODES),
    store.labels(row.id, EPISODES),
    store.history({ alert: row.id, limit: TRANSITIONS }),
    store.deliveries(row.id, DELIVERIES),
  ]);
  return {
    ...views.alert(row),
    info: views.code(row.code, undefined, { printer: row.printer }),
    episodes: episodes.map((episode) =>
      episodeView(
        episode,
        labels.find((label) => label.episode === episode.n),
      ),
    ),
    transitions: history.items.map(views.transition),
    deliveries: deliveries.map(deliveryView),
    confirmable: confirmable(row.state),
  };
}

function eventNamed(text: string): TransitionEvent {
  const event = TRANSITION_EVENTS.find((name) => name === text);
  if (event === undefined) throw new RefusedError("invalid", `event: expected one of ${TRANSITION_EVENTS.join(", ")}`);
  return event;
}

function instant(field: string, text: string): Timestamp {
  const time = fromIso(text);
  if (time === undefined) throw new RefusedError("invalid", `${field}: expected a time such as 2026-01-31T12:00:00Z`);
  return time;
}
