/**
 * Central, put together: the pipeline as the single writer, the ledger behind it, and what is published once it is durable. This
 * file wires and holds no rules; each rule stands in the file named after it.
 */
import { errorText } from "../lib/errors.ts";
import type { Clock } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { AlertRow, Store } from "../store/store.ts";
import { createLedger, BY_ITSELF, type Live } from "./alerts.ts";
import { createBoard } from "./board.ts";
import type { Central } from "./central.ts";
import { command } from "./commands.ts";
import { createDispatch, type ChannelEntry } from "./dispatch.ts";
import type { Draft } from "./draft.ts";
import { createAgenda } from "./due.ts";
import { createFeed } from "./feed.ts";
import { createFleet, isCycleEnd, OWN_PRINTER, type KnownPrinter } from "./fleet.ts";
import { createIntake } from "./ingest.ts";
import { createLiveness } from "./liveness.ts";
import { CHANNEL_DEAD, createOwn, EDGE_LOST, STORAGE_TROUBLE } from "./own.ts";
import { createPipeline } from "./pipeline.ts";
import { createQueries } from "./queries.ts";
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

/** The trouble is over when no commit failed for so long. */
const STORAGE_CALM_MS = 60_000;

export async function createCentral(deps: CentralDeps): Promise<Central> {
  const { store, catalogue, clock, log, random, site } = deps;
  const fleet = createFleet(clock);
  const board = createBoard();
  const counters = { accepted: 0, duplicates: 0, late: 0, rejected: 0 };
  const deadChannels = new Set<string>();
  let cancelCalm: (() => void) | undefined;

  const views = createViews({ catalogue, ...site, nameOf: (printer) => fleet.get(printer)?.name ?? printer });
  const agenda = createAgenda(clock, (alerts) => {
    attempt("what fell due", (draft) => {
      for (const id of alerts) {
        const live = ledger.get(id);
        if (live !== undefined) ledger.step(draft, live, { type: "tick" }, BY_ITSELF);
      }
    });
  });
  const ledger = createLedger({ catalogue, clock, frame: fleet.freezeFrame, plan: agenda.plan });
  const intake = createIntake({ ledger, fleet });
  const own = createOwn({ ledger, fleet });
  const queries = createQueries({ store, catalogue, clock, fleet, board, views, counters });
  const feed = createFeed({
    clock,
    log,
    viewOf: (id) => {
      const printer = fleet.get(id);
      return printer === undefined ? undefined : { type: "printer", printer: views.printer(printer, board.held(id)) };
    },
  });
  const dispatch = createDispatch({
    store,
    clock,
    log,
    random,
    channels: deps.channels,
    alert: board.row,
    compose: (outbox, row) => compose(outbox, views.alert(row), views.explanation(row.code), site.publicUrl),
    onOutcome: (channel, outcome) => {
      if (!outcome.delivered) {
        deadChannels.add(channel);
        attempt("a dead channel", (draft) => own.fail(draft, OWN_PRINTER, CHANNEL_DEAD, `${channel}: ${outcome.detail}`));
        return;
      }
      deadChannels.delete(channel);
      if (deadChannels.size > 0 || !own.stands(CHANNEL_DEAD)) return;
      attempt("a channel that works again", (draft) => own.pass(draft, OWN_PRINTER, CHANNEL_DEAD, `${channel} works again`));
    },
  });

  const pipeline = createPipeline({
    store,
    clock,
    log,
    random,
    onDurable: (draft) => {
      for (const row of draft.alerts.values()) board.put(row);
      for (const { row, transition } of draft.told) {
        feed.alert(() => ({ type: "alert", alert: views.alert(row), ...(transition && { transition: views.transition(transition) }) }));
        feed.printer(row.printer);
      }
      dispatch.take(draft.outbox);
    },
    reload: async () => void (await reload()),
    onRecovery: (draft, reason) => {
      for (const printer of fleet.all()) draft.putPrinter(fleet.row(printer));
      own.fail(draft, OWN_PRINTER, STORAGE_TROUBLE, reason);
      watchStorage();
    },
    onRecovered: () => liveness.repeat(),
  });

  const liveness = createLiveness({
    clock,
    fleet,
    onPrinter: (printer, isHeard) => {
      attempt("a change of hearing", (draft) => setHearing(draft, printer, isHeard));
    },
    onEdge: (edge, printers, isHeard) => {
      attempt("an edge lost or back", (draft) => {
        for (const { id } of printers) {
          if (isHeard) own.pass(draft, id, EDGE_LOST, `edge ${edge} is back`);
          else own.fail(draft, id, EDGE_LOST, `edge ${edge} is not heard`);
        }
      });
    },
  });

  function setHearing(draft: Draft, printer: KnownPrinter, isHeard: boolean): void {
    for (const live of ledger.of(printer.id)) {
      const { quality } = live.row.state;
      if (isHeard && quality === "stale") ledger.step(draft, live, { type: "heartbeat-back" }, BY_ITSELF);
      if (!isHeard && quality === "good" && isExposed(live)) ledger.step(draft, live, { type: "heartbeat-lost" }, BY_ITSELF);
    }
  }

  /** Work that nobody waits for. Refused work is caught up with after the recovery. */
  function attempt(what: string, work: (draft: Draft) => void): void {
    pipeline.write(work).catch((error: unknown) => log.warn({ what, reason: errorText(error) }, "not written down"));
  }

  async function reload(): Promise<readonly AlertRow[]> {
    const [alerts, detectors, last] = await Promise.all([store.loadAlerts(), store.loadDetectors(), store.lastTransitionId()]);
    agenda.clear();
    board.load(alerts);
    ledger.load(alerts, last);
    intake.load(detectors);
    return alerts;
  }

  function watchStorage(): void {
    cancelCalm?.();
    cancelCalm = clock.setTimer(STORAGE_CALM_MS, () => {
      attempt("storage that works again", (draft) => own.pass(draft, OWN_PRINTER, STORAGE_TROUBLE, "no write failed for a minute"));
    });
  }

  async function start(): Promise<void> {
    fleet.load(await store.loadPrinters());
    const alerts = await reload();
    if (own.stands(STORAGE_TROUBLE)) watchStorage();
    await dispatch.start(alerts.map(({ id }) => id));
    await pipeline.write((draft) => ledger.settle(draft));
  }

  await start();

  return {
    ...queries,
    ingest: async (reports) => {
      const result = await pipeline.write((draft) => intake.take(draft, reports));
      counters.accepted += result.accepted;
      counters.duplicates += result.duplicates;
      counters.late += result.late;
      counters.rejected += result.rejected.length;
      return result;
    },
    news: (news) => {
      const { printer, before, store: isDue } = fleet.news(news);
      if (isDue) attempt("news of a printer", (draft) => draft.putPrinter(fleet.row(printer)));
      if (isCycleEnd(before, printer.snapshot)) {
        attempt("the end of a job", (draft) => {
          for (const live of ledger.of(printer.id)) ledger.step(draft, live, { type: "cycle-end" }, BY_ITSELF);
        });
      }
      liveness.news(printer);
      feed.printer(printer.id);
    },
    edgeStatus: (status) => liveness.edgeStatus(status),
    command: async (alert, what, actor) => {
      const answer = await pipeline.write((draft) => command(ledger, draft, alert, what, actor));
      if (!answer.ok) throw answer.error;
      return views.alert(answer.row);
    },
    subscribe: feed.subscribe,
    unready: () => pipeline.unready(),
    close: async () => {
      liveness.close();
      agenda.clear();
      cancelCalm?.();
      await pipeline.close();
      await dispatch.close();
      feed.close();
    },
  };
}

/** Alerts at rest have nothing to go stale; faults of the HMS itself are not heard through the printer. */
function isExposed({ row }: Live): boolean {
  return !row.code.startsWith("F0") && (row.listed || row.state.condition !== "ok");
}

