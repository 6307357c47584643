/**
 * Every write, once: a statement is built with Kysely, compiled to one text per dialect, and then only fed with values, so that the
 * hot path compiles nothing. A `Plan` is the rows of one commit as flat values, cheap to hand to another thread.
 * Rows that others point to come first: alert, episode, transition, outbox, delivery.
 */
import { type CompiledQuery, type RawBuilder, sql } from "kysely";
import type { QueryBuilder } from "./dialects.ts";
import type {
  AlertsTable,
  DeliveriesTable,
  DetectorsTable,
  EpisodesTable,
  LabelsTable,
  OutboxTable,
  PrintersTable,
  SettingsTable,
  SightingsTable,
  SiteEntriesTable,
  TransitionsTable,
} from "./schema.ts";
import type {
  AlertRow,
  Changes,
  DeliveryRow,
  DetectorRow,
  EpisodeRow,
  LabelRow,
  OutboxRow,
  PrinterRow,
  SightingRow,
  TransitionRow,
} from "./store.ts";

export type SqlValue = string | number | null;

/** `steps` holds pairs: index of a statement, number of rows. `values` holds the rows' values, one after the other. */
export interface Plan {
  readonly steps: readonly number[];
  readonly values: readonly SqlValue[];
}

export interface Statement {
  readonly sql: string;
  /** How many values one row takes. */
  readonly width: number;
}

const ALERT = [
  "id",
  "printer",
  "code",
  "level",
  "detector",
  "raised_at",
  "cleared_at",
  "acknowledged_at",
  "updated_at",
  "isa",
  "listed",
  "active",
  "unacknowledged",
  "hidden",
  "state",
] as const satisfies readonly (keyof AlertsTable)[];
const EPISODE = [
  "alert",
  "n",
  "printer",
  "code",
  "raised_at",
  "acknowledged_at",
  "cleared_at",
  "closed_at",
  "freeze_frame",
] as const satisfies readonly (keyof EpisodesTable)[];
const TRANSITION = [
  "id",
  "alert",
  "printer",
  "code",
  "level",
  "at",
  "event",
  "episode",
  "isa",
  "version",
  "actor",
  "note",
] as const satisfies readonly (keyof TransitionsTable)[];
const OUTBOX = [
  "id",
  "alert",
  "transition",
  "episode",
  "kind",
  "priority",
  "created_at",
  "waiting",
] as const satisfies readonly (keyof OutboxTable)[];
const DELIVERY = [
  "outbox",
  "channel",
  "alert",
  "kind",
  "reason",
  "state",
  "attempts",
  "next_at",
  "at",
  "due_at",
  "waiting",
  "detail",
] as const satisfies readonly (keyof DeliveriesTable)[];
const DETECTOR = ["printer", "detector", "boot", "seq", "seen", "old_boots"] as const satisfies readonly (keyof DetectorsTable)[];
const PRINTER = ["id", "name", "model", "edge", "seen_at"] as const satisfies readonly (keyof PrintersTable)[];
const SETTING = ["key", "value"] as const satisfies readonly (keyof SettingsTable)[];
const SIGHTING = ["code", "model", "firmware", "first_at", "last_at", "count"] as const satisfies readonly (keyof SightingsTable)[];
const SITE_ENTRY = ["code", "changes", "entry"] as const satisfies readonly (keyof SiteEntriesTable)[];
const LABEL = [
  "alert",
  "episode",
  "printer",
  "code",
  "detector",
  "raised_at",
  "verdict",
  "note",
  "actor",
  "at",
] as const satisfies readonly (keyof LabelsTable)[];

/** Values that stand for the columns while a statement is compiled: each is a parameter that carries its column's name. */
type Slots<Table, Column extends keyof Table> = { readonly [Name in Column]: RawBuilder<Table[Name]> };
function slots<Table, const Column extends keyof Table & string>(columns: readonly Column[]): Slots<Table, Column> {
  return Object.fromEntries(columns.map((column) => [column, sql`${column}`])) as unknown as Slots<Table, Column>;
}

const setTo = <const Column extends string>(columns: readonly Column[]) =>
  Object.fromEntries(columns.map((column) => [column, sql.ref(`excluded.${column}`)])) as { [Name in Column]: RawBuilder<never> };

interface Draft {
  readonly columns: readonly string[];
  readonly build: (db: QueryBuilder) => { compile(): CompiledQuery };
}

/** In the order in which a commit runs them. */
const DRAFTS = [
  {
    columns: ALERT,
    build: (db) =>
      db
        .insertInto("alerts")
        .values(slots<AlertsTable, (typeof ALERT)[number]>(ALERT))
        .onConflict((conflict) => conflict.column("id").doUpdateSet(setTo(ALERT.slice(3)))),
  },
  {
    columns: EPISODE,
    build: (db) =>
      db
        .insertInto("episodes")
        .values(slots<EpisodesTable, (typeof EPISODE)[number]>(EPISODE))
        // a time once known is not forgotten, and what was frozen stays as it was
        .onConflict((conflict) =>
          conflict.columns(["alert", "n"]).doUpdateSet((row) => ({
            acknowledged_at: row.fn.coalesce("excluded.acknowledged_at", "episodes.acknowledged_at"),
            cleared_at: row.fn.coalesce("excluded.cleared_at", "episodes.cleared_at"),
            closed_at: row.fn.coalesce("excluded.closed_at", "episodes.closed_at"),
          })),
        ),
  },
  {
    columns: TRANSITION,
    build: (db) => db.insertInto("transitions").values(slots<TransitionsTable, (typeof TRANSITION)[number]>(TRANSITION)),
  },
  {
    columns: OUTBOX,
    // an id that is known was told or decided before: it does not come back into the queue
    build: (db) =>
      db
        .insertInto("outbox")
        .values(slots<OutboxTable, (typeof OUTBOX)[number]>(OUTBOX))
        .onConflict((conflict) => conflict.column("id").doNothing()),
  },
  {
    columns: ["id"],
    build: (db) =>
      db
        .updateTable("outbox")
        .set({ waiting: sql.lit(0) })
        .where("id", "=", sql<string>`${"id"}`),
  },
  {
    columns: DELIVERY,
    build: (db) =>
      db
        .insertInto("deliveries")
        .values(slots<DeliveriesTable, (typeof DELIVERY)[number]>(DELIVERY))
        .onConflict((conflict) => conflict.columns(["outbox", "channel"]).doUpdateSet(setTo(DELIVERY.slice(3)))),
  },
  {
    columns: DETECTOR,
    build: (db) =>
      db
        .insertInto("detectors")
        .values(slots<DetectorsTable, (typeof DETECTOR)[number]>(DETECTOR))
        .onConflict((conflict) => conflict.columns(["printer", "detector"]).doUpdateSet(setTo(DETECTOR.slice(2)))),
  },
  {
    columns: PRINTER,
    build: (db) =>
      db
        .insertInto("printers")
        .values(slots<PrintersTable, (typeof PRINTER)[number]>(PRINTER))
        .onConflict((conflict) => conflict.column("id").doUpdateSet(setTo(PRINTER.slice(1)))),
  },
  {
    columns: SETTING,
    build: (db) =>
      db
        .insertInto("settings")
        .values(slots<SettingsTable, (typeof SETTING)[number]>(SETTING))
        .onConflict((conflict) => conflict.column("key").doUpdateSet(setTo(SETTING.slice(1)))),
  },
  {
    columns: SIGHTING,
    build: (db) =>
      db
        .insertInto("sightings")
        .values(slots<SightingsTable, (typeof SIGHTING)[number]>(SIGHTING))
        .onConflict((conflict) => conflict.columns(["code", "model", "firmware"]).doUpdateSet(setTo(SIGHTING.slice(3)))),
  },
  {
    columns: SITE_ENTRY,
    build: (db) =>
      db
        .insertInto("site_entries")
        .values(slots<SiteEntriesTable, (typeof SITE_ENTRY)[number]>(SITE_ENTRY))
        .onConflict((conflict) => conflict.column("code").doUpdateSet(setTo(SITE_ENTRY.slice(1)))),
  },
  {
    columns: LABEL,
    // the last word counts; whose episode it is stays
    build: (db) =>
      db
        .insertInto("labels")
        .values(slots<LabelsTable, (typeof LABEL)[number]>(LABEL))
        .onConflict((conflict) => conflict.columns(["alert", "episode"]).doUpdateSet(setTo(LABEL.slice(6)))),
  },
] as const satisfies readonly Draft[];

/** The texts, by the index that plans use. */
export function compileStatements(db: QueryBuilder): readonly Statement[] {
  return DRAFTS.map((draft) => {
    const compiled = draft.build(db).compile();
    // values are passed by position, so the compiler must have kept the order of the columns
    if (compiled.parameters.join() !== draft.columns.join())
      throw new Error(`statement takes ${compiled.parameters.join()}, not ${draft.columns.join()}`);
    return { sql: compiled.sql, width: draft.columns.length };
  });
}

/** The rows of one commit, flattened; the order of the lists is the order of the statements above. */
export function planOf(changes: Changes): Plan {
  const steps: number[] = [];
  const values: SqlValue[] = [];
  const rows = <Row>(statement: number, list: readonly Row[] | undefined, push: (values: SqlValue[], row: Row) => void): void => {
    if (list === undefined || list.length === 0) return;
    steps.push(statement, list.length);
    for (const row of list) push(values, row);
  };
  rows(0, changes.alerts, pushAlert);
  rows(1, changes.episodes, pushEpisode);
  rows(2, changes.transitions, pushTransition);
  rows(3, changes.outbox, pushOutbox);
  rows(4, changes.decided, (into, id) => into.push(id));
  rows(5, changes.deliveries, pushDelivery);
  rows(6, changes.detectors, pushDetector);
  rows(7, changes.printers, pushPrinter);
  rows(8, changes.settings, (into, row) => into.push(row.key, row.value));
  rows(9, changes.sightings, pushSighting);
  rows(10, changes.siteEntries, (into, row) =>
    into.push(row.code, JSON.stringify(row.changes), row.entry === null ? null : JSON.stringify(row.entry)),
  );
  rows(11, changes.labels, pushLabel);
  return { steps, values };
}

function pushAlert(into: SqlValue[], row: AlertRow): void {
  const { state } = row;
  const active = state.condition === "active" || state.condition === "post";
  const unacknowledged = row.listed && (!state.acknowledged || state.openEpisodes.some((episode) => episode.ackedAt === undefined));
  const listed = row.quiet ? 2 * Number(row.listed) : Number(row.listed);
  const hidden = state.outOfService || state.suppressedBy.length > 0 || state.shelf.kind !== "none";
  into.push(
    row.id,
    row.printer,
    row.code,
    row.level,
    row.detector,
    row.raisedAt,
    row.clearedAt,
    row.acknowledgedAt,
    row.updatedAt,
    row.isa,
  );
  into.push(listed, Number(active), Number(unacknowledged), Number(hidden), JSON.stringify(state));
}

function pushEpisode(into: SqlValue[], row: EpisodeRow): void {
  const frame = row.freezeFrame === null ? null : JSON.stringify(row.freezeFrame);
  into.push(row.alert, row.n, row.printer, row.code, row.raisedAt, row.acknowledgedAt, row.clearedAt, row.closedAt, frame);
}

function pushTransition(into: SqlValue[], row: TransitionRow): void {
  into.push(row.id, row.alert, row.printer, row.code, row.level, row.at, row.event, row.episode, row.isa, row.version, row.actor, row.note);
}

function pushOutbox(into: SqlValue[], row: OutboxRow): void {
  into.push(row.id, row.alert, row.transition, row.episode, row.kind, row.priority, row.createdAt, 1);
}

function pushDelivery(into: SqlValue[], row: DeliveryRow): void {
  const waiting = row.state === "pending" || row.state === "retry";
  into.push(row.outbox, row.channel, row.alert, row.kind, row.reason, row.state, row.attempts, row.nextAt, row.at);
  into.push(row.nextAt ?? row.at, Number(waiting), row.detail);
}

function pushDetector(into: SqlValue[], row: DetectorRow): void {
  into.push(row.printer, row.detector, row.boot, row.seq, row.seen, JSON.stringify(row.oldBoots));
}

function pushPrinter(into: SqlValue[], row: PrinterRow): void {
  into.push(row.id, row.name, row.model, row.edge, row.seenAt);
}

function pushSighting(into: SqlValue[], row: SightingRow): void {
  into.push(row.code, row.model, row.firmware, row.firstAt, row.lastAt, row.count);
}

function pushLabel(into: SqlValue[], row: LabelRow): void {
  into.push(row.alert, row.episode, row.printer, row.code, row.detector, row.raisedAt, row.verdict, row.note, row.actor, row.at);
}
