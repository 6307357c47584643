/** The store over any engine: plans and queries in, rows of the contract out. Knows the tables, but no database. */
import { type Position, writeCursor } from "./cursor.ts";
import type { QueryBuilder } from "./dialects.ts";
import type { Engine } from "./engine.ts";
import * as queries from "./queries.ts";
import * as rows from "./rows.ts";
import { planOf } from "./statements.ts";
import type { Page, Store } from "./store.ts";

export function createSqlStore(engine: Engine, db: QueryBuilder): Store {
  return {
    commit: async (changes) => engine.commit(planOf(changes)),
    loadAlerts: async () => (await engine.read(queries.allAlerts(db))).map(rows.toAlert),
    loadDetectors: async () => (await engine.read(queries.allDetectors(db))).map(rows.toDetector),
    loadPrinters: async () => (await engine.read(queries.allPrinters(db))).map(rows.toPrinter),
    loadSightings: async () => (await engine.read(queries.allSightings(db))).map(rows.toSighting),
    loadSiteEntries: async () => (await engine.read(queries.allSiteEntries(db))).map(rows.toSiteEntry),
    loadUndecided: async (limit) => (await engine.read(queries.undecidedOutbox(db, limit))).map(rows.toOutbox),
    loadPendingDeliveries: async (limit) => (await engine.read(queries.waitingDeliveries(db, limit))).map(rows.toWaitingDelivery),
    lastTransitionId: async () => (await engine.read(queries.lastTransition(db)))[0]?.id ?? 0,
    alert: async (id) => (await engine.read(queries.oneAlert(db, id))).map(rows.toAlert)[0],
    alerts: async (query) => {
      const found = (await engine.read(queries.alertPage(db, query))).map(rows.toAlert);
      return pageOf(found, query.limit, "alerts", (row) => ({ at: row.updatedAt, id: row.id }));
    },
    alertsSince: async (since, limit) => (await engine.read(queries.alertsChangedSince(db, since, limit))).map(rows.toAlert),
    history: async (query) => pageOf(await engine.read(queries.historyPage(db, query)), query.limit, "history", (row) => row),
    episodes: async (alert, limit) => (await engine.read(queries.episodesOf(db, alert, limit))).map(rows.toEpisode),
    episode: async (alert, n) => (await engine.read(queries.oneEpisode(db, alert, n))).map(rows.toEpisode)[0],
    labels: async (alert, limit) => (await engine.read(queries.labelsOf(db, alert, limit))).map(rows.toLabel),
    countLabels: async (query) => engine.read(queries.labelCounts(db, query)),
    deliveries: async (alert, limit) => (await engine.read(queries.deliveriesOf(db, alert, limit))).map(rows.toDelivery),
    episodesSince: async (since) => (await engine.read(queries.raisedSince(db, since))).map(rows.toRaise),
    deliveredSince: async (since) => (await engine.read(queries.countDelivered(db, since)))[0]?.count ?? 0,
    setting: async (key) => (await engine.read(queries.oneSetting(db, key)))[0]?.value,
    close: () => engine.close(),
  };
}

function pageOf<Row>(
  found: readonly Row[],
  limit: number,
  list: "alerts" | "history",
  keyOf: (row: Row) => Position<string | number>,
): Page<Row> {
  const size = queries.pageSize(limit);
  const items = found.slice(0, size);
  const last = items.at(-1);
  return { items, next: last === undefined || found.length <= size ? undefined : writeCursor(list, keyOf(last)) };
}
