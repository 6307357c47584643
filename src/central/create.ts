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
import { NO_VENDOR_TEXTS, type VendorTexts } from "../catalogue/vendor/vendor-texts.ts";
import type { Store } from "../store/store.ts";
import { BY_ITSELF } from "./ledger.ts";
import { createBoard } from "./board.ts";
import { createSiteCodes } from "./codes.ts";
import type { Central } from "./central.ts";
import { createCommands } from "./commands.ts";
import { createCore, type Core } from "./core.ts";
import type { ChannelNews } from "./courier.ts";
import { createDispatch, type DispatchDeps } from "./dispatch.ts";
import type { Draft } from "./draft.ts";
import { createFeed, type Feed } from "./feed.ts";
import { createField } from "./field.ts";
import { createFleet, isCycleEnd, type Fleet, type KnownPrinter } from "./fleet.ts";
import { createLabels } from "./labels.ts";
import type { ChannelEntry } from "./lanes.ts";
import { createLiveness, setHearing } from "./liveness.ts";
import { edgeHeard, watchChannels } from "./own.ts";
import { createQueries } from "./queries.ts";
import { createRoster, endWatch } from "./roster.ts";
import { compose } from "./route.ts";
import { createViews, type Views } from "./views.ts";
import { createWording } from "./wording.ts";

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
  /** The maker's own texts, where this site imported some. */
  readonly vendorTexts?: VendorTexts;
}

export async function createCentral(deps: CentralDeps): Promise<Central> {
  const { store, clock, log, site, vendorTexts = NO_VENDOR_TEXTS } = deps;
  const fleet = createFleet(clock);
  const codes = createSiteCodes(deps.catalogue, clock, fleet);
  const { catalogue } = codes;
  const board = createBoard();
  const counters = { accepted: 0, duplicates: 0, late: 0, rejected: 0 };
  const nameOf = (printer: string): string => fleet.get(printer)?.name ?? printer;
  const views = createViews({ catalogue, ...site, codes, nameOf, modelOf: (printer) => fleet.get(printer)?.model, vendorTexts });
  const queries = createQueries({ store, catalogue, clock, fleet, board, views, counters });
  const feed = createFeed({
    clock,
    log,
    viewOf: (id) => (fleet.get(id) === undefined ? undefined : { type: "printer", printer: queries.printer(id) }),
  });
  const core: Core = createCore({
    ...deps,
    codes,
    fleet,
    board,
    onDurable: (draft) => {
      publish(feed, views, draft);
      dispatch.take(draft.outbox);
    },
    onRecovered: () => liveness.repeat(),
  });
  const noteChannel = watchChannels(core.own);
  const dispatch = createDispatch({
    ...deps,
    alert: board.row,
    compose: composing(catalogue, views, site.publicUrl),
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
    ...createField({ codes, fleet, board }),
    ...createCommands({ core, codes, views, labels: createLabels({ store, board, core, clock }) }),
    ingest: async (reports) => {
      const result = await core.write((draft) => core.intake.take(draft, reports));
      count(counters, result);
      return result;
    },
    news: (news) => {
      const printer = takeNews(core, fleet, news);
      if (printer === undefined) return;
      liveness.news(printer);
      feed.printer(news.printer);
    },
    edgeStatus: (status) => liveness.edgeStatus(status),
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

/** A notification in the language of its reader. */
function composing(catalogue: Catalogue, views: Views, publicUrl: string): DispatchDeps["compose"] {
  return (outbox, row, language) => {
    const explanation = views.explanation(row.code, language);
    const alert = createWording({ catalogue, views }, explanation.language).alert(views.alert(row));
    const say = (english: string): string => catalogue.say(english, explanation.language);
    return compose(outbox, alert, explanation, { publicUrl, say });
  };
}

function publish(feed: Feed, views: Views, { told }: Draft): void {
  for (const { row, transition } of told) {
    feed.alert(() => ({ type: "alert", alert: views.alert(row), ...(transition && { transition: views.transition(transition) }) }));
    feed.printer(row.printer);
  }
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

/** Undefined where it is news of a printer too many. */
function takeNews(core: Core, fleet: Fleet, news: PrinterNews): KnownPrinter | undefined {
  const excess = core.names.printer(news.printer);
  if (excess !== undefined) {
    core.attempt("a printer too many", (draft) => core.names.tell(draft, excess));
    return undefined;
  }
  const { printer, before, store } = fleet.news(news);
  if (store) core.attempt("news of a printer", (draft) => draft.putPrinter(fleet.row(printer)));
  if (isCycleEnd(before, printer.snapshot)) {
    core.attempt("the end of a job", (draft) => {
      for (const live of core.ledger.of(printer.id)) core.ledger.step(draft, live, { type: "cycle-end" }, BY_ITSELF);
    });
  }
  return printer;
}
