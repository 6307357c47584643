/**
 * Central, put together: what decides (core), what is published once it is durable (views, feed), who is told (dispatch), who is
 * heard (liveness). This file wires and holds no rules; each rule stands in the file named after it.
 */
import type { Clock } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { Kpi } from "../model/api.ts";
import type { IngestResult } from "../model/report.ts";
import type { PrinterNews } from "../bus/bus.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { Store } from "../store/store.ts";
import { BY_ITSELF } from "./ledger.ts";
import { createBoard } from "./board.ts";
import type { Central } from "./central.ts";
import { command } from "./commands.ts";
import { createCore, type Core } from "./core.ts";
import type { ChannelNews } from "./courier.ts";
import { createDispatch } from "./dispatch.ts";
import { createFeed } from "./feed.ts";
import { createFleet, isCycleEnd, type Fleet, type KnownPrinter } from "./fleet.ts";
import type { ChannelEntry } from "./lanes.ts";
import { createLiveness, setHearing } from "./liveness.ts";
import { edgeHeard, watchChannels } from "./own.ts";
import { createQueries } from "./queries.ts";
import { createRoster, endWatch } from "./roster.ts";
import { compose } from "./route.ts";
import { createViews } from "./views.ts";

export interface Site {
  /** Without a slash at the end. */
  readonly publicUrl: string;
  readonly phoneHint: string | null;
}

export interface CentralDeps {
  /** Stays open; whoever opened it closes it after central. */
  readonly store: Store;
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly site: Site;
  readonly channels: readonly ChannelEntry[];
}

export async function createCentral(deps: CentralDeps): Promise<Central> {
  const { store, catalogue, clock, log, site } = deps;
  const fleet = createFleet(clock);
  const board = createBoard();
  const counters = { accepted: 0, duplicates: 0, late: 0, rejected: 0 };
  const views = createViews({ catalogue, ...site, nameOf: (printer) => fleet.get(printer)?.name ?? printer });
  const queries = createQueries({ store, catalogue, clock, fleet, board, views, counters });
  const feed = createFeed({
    clock,
    log,
    viewOf: (id) => (fleet.get(id) === undefined ? undefined : { type: "printer", printer: queries.printer(id) }),
  });
  const core: Core = createCore({
    ...deps,
    fleet,
    board,
    onDurable: (draft) => {
      for (const { row, transition } of draft.told) {
        feed.alert(() => ({ type: "alert", alert: views.alert(row), ...(transition && { transition: views.transition(transition) }) }));
        feed.printer(row.printer);
      }
      dispatch.take(draft.outbox);
    },
    onRecovered: () => liveness.repeat(),
  });
  const noteChannel = watchChannels(core.own);
  const dispatch = createDispatch({
    ...deps,
    alert: board.row,
    compose: (outbox, row) => compose(outbox, views.alert(row), views.explanation(row.code), site.publicUrl),
    onOutcome: (channel: string, news: ChannelNews) => {
      const work = noteChannel(channel, news);
      if (work !== undefined) core.attempt("a channel that failed or works again", work);
    },
  });
  const roster = createRoster({ clock, fleet, onGone: (printer, edge) => takeOut(core, fleet, printer, edge) });
  const liveness = createLiveness({
    clock,
    fleet,
    roster,
    onPrinter: ({ id }, isHeard) => {
      core.attempt("a change of hearing", (draft) => setHearing(core.ledger, draft, id, isHeard));
      feed.printer(id);
    },
    onEdge: (edge, printers, isHeard) =>
      core.attempt("an edge lost or back", (draft) => edgeHeard(core.own, draft, edge, printers, isHeard)),
  });

  fleet.load(await store.loadPrinters());
  const alerts = await core.load();
  await dispatch.start(alerts.map(({ id }) => id));
  await core.write(core.settle);

  return {
    ...queries,
    ingest: async (reports) => {
      const result = await core.write((draft) => core.intake.take(draft, reports));
      count(counters, result);
      return result;
    },
    news: (news) => {
      liveness.news(takeNews(core, fleet, news));
      feed.printer(news.printer);
    },
    edgeStatus: (status) => liveness.edgeStatus(status),
    command: async (alert, what, actor) => {
      const answer = await core.write((draft) => command(core.ledger, draft, alert, what, actor));
      if (!answer.ok) throw answer.error;
      return views.alert(answer.row);
    },
    subscribe: feed.subscribe,
    unready: core.unready,
    close: async () => {
      liveness.close();
      await core.close();
      await dispatch.close();
      feed.close();
    },
  };
}

function count(counters: Kpi["ingest"], { accepted, duplicates, late, rejected }: IngestResult): void {
  counters.accepted += accepted;
  counters.duplicates += duplicates;
  counters.late += late;
  counters.rejected += rejected.length;
}

/** A printer that its edge does not serve any more. */
function takeOut(core: Core, fleet: Fleet, printer: KnownPrinter, edge: string): void {
  fleet.takeOut(printer);
  core.attempt("a printer that was taken out", (draft) => {
    draft.putPrinter(fleet.row(printer));
    endWatch(core.ledger, draft, printer.id, edge);
  });
}

function takeNews(core: Core, fleet: Fleet, news: PrinterNews) {
  const { printer, before, store } = fleet.news(news);
  if (store) core.attempt("news of a printer", (draft) => draft.putPrinter(fleet.row(printer)));
  if (isCycleEnd(before, printer.snapshot)) {
    core.attempt("the end of a job", (draft) => {
      for (const live of core.ledger.of(printer.id)) core.ledger.step(draft, live, { type: "cycle-end" }, BY_ITSELF);
    });
  }
  return printer;
}
