/**
 * Every read, once, for both dialects. Lists are paged by key: a page starts behind the last row of the page before, so it costs the
 * same wherever it lies and rows that come in meanwhile neither repeat nor hide any. Each page walks an index, never a table.
 */
import { sql, type CompiledQuery } from "kysely";
import { RefusedError } from "../lib/errors.ts";
import type { Timestamp } from "../lib/time.ts";
import type { AlertStateFilter } from "../model/api.ts";
import type { Verdict } from "../model/label.ts";
import { readAlertCursor, readHistoryCursor } from "./cursor.ts";
import type { QueryBuilder } from "./dialects.ts";
import type { AlertQuery, HistoryQuery, LabelQuery } from "./store.ts";

/** More a page than this is not given, whatever is asked. */
const MAX_PAGE = 1_000;

export function pageSize(limit: number): number {
  if (!Number.isInteger(limit) || limit < 1) throw new RefusedError("invalid", `limit must be a whole number from 1, not ${limit}`);
  return Math.min(limit, MAX_PAGE);
}

type Flag = "listed" | "active" | "unacknowledged" | "hidden";
const FLAG_OF: Readonly<Record<Exclude<AlertStateFilter, "all">, readonly [Flag, 0 | 1]>> = {
  open: ["listed", 1],
  active: ["active", 1],
  unacknowledged: ["unacknowledged", 1],
  hidden: ["hidden", 1],
  closed: ["listed", 0],
};

/**
 * A column that no index serves. Without statistics SQLite takes all indexes for equally narrow, and may walk every raise there ever
 * was to find those of one printer.
 */
const unindexed = (column: string) => sql`coalesce(${sql.ref(column)}, null)`;

/** One row more than the page holds, which tells whether there is a next one. */
export function alertPage(db: QueryBuilder, query: AlertQuery) {
  let select = db.selectFrom("alerts").selectAll();
  const state = query.state ?? "all";
  if (state !== "all") {
    const [flag, value] = FLAG_OF[state];
    // a literal, not a parameter: only so is a partial index recognised
    select = select.where(flag, "=", sql.lit(value));
  }
  const { printer, level } = query;
  if (printer !== undefined) select = select.where("printer", "=", printer);
  if (level !== undefined) select = select.where(printer === undefined ? sql.ref("level") : unindexed("level"), "=", level);
  if (query.cursor !== undefined) {
    const { at, id } = readAlertCursor(query.cursor);
    select = select.where((eb) => eb(eb.refTuple("updated_at", "id"), "<", eb.tuple(at, id)));
  }
  return select
    .orderBy("updated_at", "desc")
    .orderBy("id", "desc")
    .limit(pageSize(query.limit) + 1)
    .compile();
}

export function historyPage(db: QueryBuilder, query: HistoryQuery) {
  let select = db.selectFrom("transitions").selectAll();
  const { since, until } = query;
  // the first that is given is the narrowest and leads to its index; the others only sift what is found there
  const filters = (["alert", "code", "printer", "event"] as const).filter((column) => query[column] !== undefined);
  for (const [index, column] of filters.entries())
    select = select.where(index === 0 ? sql.ref(column) : unindexed(column), "=", query[column]);
  if (since !== undefined) select = select.where("at", ">=", since);
  if (until !== undefined) select = select.where("at", "<=", until);
  if (query.cursor !== undefined) {
    const position = readHistoryCursor(query.cursor);
    select = select.where((eb) => eb(eb.refTuple("at", "id"), "<", eb.tuple(position.at, position.id)));
  }
  return select
    .orderBy("at", "desc")
    .orderBy("id", "desc")
    .limit(pageSize(query.limit) + 1)
    .compile();
}

export const allAlerts = (db: QueryBuilder) => db.selectFrom("alerts").selectAll().compile();
export const allDetectors = (db: QueryBuilder) => db.selectFrom("detectors").selectAll().orderBy("printer").orderBy("detector").compile();
export const allPrinters = (db: QueryBuilder) => db.selectFrom("printers").selectAll().orderBy("id").compile();
export const allSightings = (db: QueryBuilder) => db.selectFrom("sightings").selectAll().orderBy("code").compile();
export const allSiteEntries = (db: QueryBuilder) => db.selectFrom("site_entries").selectAll().orderBy("code").compile();
export const oneAlert = (db: QueryBuilder, id: string) => db.selectFrom("alerts").selectAll().where("id", "=", id).compile();
export const oneSetting = (db: QueryBuilder, key: string) => db.selectFrom("settings").select("value").where("key", "=", key).compile();

export const alertsChangedSince = (db: QueryBuilder, since: Timestamp, limit: number) =>
  db.selectFrom("alerts").selectAll().where("updated_at", ">=", since).orderBy("updated_at").orderBy("id").limit(limit).compile();

export const lastTransition = (db: QueryBuilder) =>
  db
    .selectFrom("transitions")
    .select(({ fn }) => fn.max<number | null>("id").as("id"))
    .compile();

export const undecidedOutbox = (db: QueryBuilder, limit: number) =>
  db.selectFrom("outbox").selectAll().where("waiting", "=", sql.lit(1)).orderBy("transition").orderBy("id").limit(limit).compile();

/** Earliest due first, each with the outbox row it decides on. */
export const waitingDeliveries = (db: QueryBuilder, limit: number) =>
  db
    .selectFrom("deliveries as d")
    .innerJoin("outbox as o", "o.id", "d.outbox")
    .select(["d.outbox", "d.channel", "d.alert", "d.kind", "d.reason", "d.state", "d.attempts", "d.next_at", "d.at", "d.detail"])
    .select(["o.transition", "o.episode", "o.kind as outbox_kind", "o.priority", "o.created_at"])
    .where("d.waiting", "=", sql.lit(1))
    .orderBy("d.due_at")
    .limit(limit)
    .compile();

export const episodesOf = (db: QueryBuilder, alert: string, limit: number) =>
  db.selectFrom("episodes").selectAll().where("alert", "=", alert).orderBy("n", "desc").limit(limit).compile();

export const oneEpisode = (db: QueryBuilder, alert: string, n: number) =>
  db.selectFrom("episodes").selectAll().where("alert", "=", alert).where("n", "=", n).compile();

export const labelsOf = (db: QueryBuilder, alert: string, limit: number) =>
  db.selectFrom("labels").selectAll().where("alert", "=", alert).orderBy("episode", "desc").limit(limit).compile();

export function labelCounts(db: QueryBuilder, { printer, since }: LabelQuery) {
  let select = db
    .selectFrom("labels")
    .select(({ fn }) => ["detector", "code", "verdict", fn.countAll<number>().as("count")])
    .where("verdict", "is not", null)
    .$narrowType<{ verdict: Verdict }>();
  if (printer !== undefined) select = select.where("printer", "=", printer);
  if (since !== undefined) select = select.where("raised_at", ">=", since);
  return select.groupBy(["detector", "code", "verdict"]).orderBy("detector").orderBy("code").orderBy("verdict").compile();
}

export const deliveriesOf = (db: QueryBuilder, alert: string, limit: number) =>
  db.selectFrom("deliveries").selectAll().where("alert", "=", alert).orderBy("at", "desc").limit(limit).compile();

export const raisedSince = (db: QueryBuilder, since: Timestamp) =>
  db
    .selectFrom("episodes")
    .select(["alert", "n", "printer", "code", "raised_at", "acknowledged_at", "cleared_at", "closed_at"])
    .where("raised_at", ">=", since)
    .orderBy("raised_at")
    .compile();

export const countDelivered = (db: QueryBuilder, since: Timestamp) =>
  db
    .selectFrom("deliveries")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("state", "=", "delivered")
    .where("at", ">=", since)
    .compile();

/** The row that a compiled query gives. */
export type RowOf<Query> = Query extends CompiledQuery<infer Row> ? Row : never;
