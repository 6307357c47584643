/**
 * The schema's history: a numbered list, written once for both dialects. A migration that was released is never changed; a new one is
 * appended. The engine runs what is missing in one transaction and then notes the version in `schema_version`.
 */
import { sql, type ColumnDataType, type CreateTableBuilder } from "kysely";
import { type Dialect, type QueryBuilder, createQueryBuilder } from "./dialects.ts";

export interface Migration {
  readonly version: number;
  readonly sql: readonly string[];
}

interface Compilable {
  compile(): { readonly sql: string };
}

interface Draft {
  readonly version: number;
  readonly up: (db: QueryBuilder, dialect: Dialect) => readonly Compilable[];
}

const DRAFTS: readonly Draft[] = [
  { version: 1, up: (db, dialect) => [...recordTables(db, dialect), ...queueTables(db), ...memoryTables(db), ...firstIndexes(db)] },
  { version: 2, up: (db) => [...siteTables(db), sightingsOfTheRecord(db)] },
  { version: 3, up: (db) => [labelsTable(db)] },
];

/** The version this program writes. */
export const SCHEMA_VERSION = DRAFTS.length;

export function migrationsFor(dialect: Dialect): readonly Migration[] {
  const db = createQueryBuilder(dialect);
  return DRAFTS.map((draft) => ({ version: draft.version, sql: draft.up(db, dialect).map((step) => step.compile().sql) }));
}

type Columns = Readonly<Record<string, "text" | "int" | "ms" | "text?" | "ms?">>;

/** `ms` is an instant: 64 bits in both dialects. */
function addColumns(table: CreateTableBuilder<string, string>, columns: Columns): CreateTableBuilder<string, string> {
  let built = table;
  for (const [name, kind] of Object.entries(columns)) {
    const type: ColumnDataType = kind.startsWith("text") ? "text" : kind === "int" ? "integer" : "bigint";
    built = built.addColumn(name, type, (column) => (kind.endsWith("?") ? column : column.notNull()));
  }
  return built;
}

/** An alert and what happened to it. */
function recordTables(db: QueryBuilder, dialect: Dialect): readonly Compilable[] {
  // SQLite keeps a table in the order of its key only when the key's type is spelled "integer"
  const rowKey = dialect === "sqlite" ? "integer" : "bigint";
  const who: Columns = { printer: "text", code: "text" };
  const times: Columns = { raised_at: "ms?", cleared_at: "ms?", acknowledged_at: "ms?", updated_at: "ms" };
  const flags: Columns = { isa: "text", listed: "int", active: "int", unacknowledged: "int", hidden: "int" };
  const alerts = addColumns(
    db.schema.createTable("alerts").addColumn("id", "text", (column) => column.notNull().primaryKey()),
    {
      ...who,
      level: "int",
      detector: "text",
      ...times,
      ...flags,
      state: "text",
    },
  );
  const episodes = addColumns(db.schema.createTable("episodes"), {
    alert: "text",
    n: "int",
    ...who,
    raised_at: "ms",
    acknowledged_at: "ms?",
    cleared_at: "ms?",
    closed_at: "ms?",
    freeze_frame: "text?",
  });
  const transitions = addColumns(
    db.schema.createTable("transitions").addColumn("id", rowKey, (column) => column.notNull().primaryKey()),
    {
      alert: "text",
      ...who,
      level: "int",
      at: "ms",
      event: "text",
      episode: "int",
      isa: "text",
      version: "int",
      actor: "text?",
      note: "text?",
    },
  );
  return [
    alerts,
    episodes
      .addPrimaryKeyConstraint("episodes_key", ["alert", "n"])
      .addForeignKeyConstraint("episodes_to_alert", ["alert"], "alerts", ["id"]),
    transitions.addForeignKeyConstraint("transitions_to_alert", ["alert"], "alerts", ["id"]),
  ];
}

/** What is to be told, and what came of it. */
function queueTables(db: QueryBuilder): readonly Compilable[] {
  const outbox = addColumns(
    db.schema.createTable("outbox").addColumn("id", "text", (column) => column.notNull().primaryKey()),
    {
      alert: "text",
      transition: "ms",
      episode: "int",
      kind: "text",
      priority: "text",
      created_at: "ms",
      waiting: "int",
    },
  );
  const deliveries = addColumns(db.schema.createTable("deliveries"), {
    outbox: "text",
    channel: "text",
    alert: "text",
    kind: "text",
    reason: "text",
    state: "text",
    attempts: "int",
    next_at: "ms?",
    at: "ms",
    due_at: "ms",
    waiting: "int",
    detail: "text?",
  });
  return [
    outbox
      .addForeignKeyConstraint("outbox_to_alert", ["alert"], "alerts", ["id"])
      .addForeignKeyConstraint("outbox_to_transition", ["transition"], "transitions", ["id"]),
    deliveries
      .addPrimaryKeyConstraint("deliveries_key", ["outbox", "channel"])
      .addForeignKeyConstraint("deliveries_to_alert", ["alert"], "alerts", ["id"])
      .addForeignKeyConstraint("deliveries_to_outbox", ["outbox"], "outbox", ["id"]),
  ];
}

/** What central remembers of detectors, printers and itself. */
function memoryTables(db: QueryBuilder): readonly Compilable[] {
  const detector: Columns = { printer: "text", detector: "text", boot: "text", seq: "ms", seen: "ms", old_boots: "text" };
  const printer: Columns = { id: "text", name: "text", model: "text", edge: "text", seen_at: "ms" };
  const setting: Columns = { key: "text", value: "text" };
  return [
    addColumns(db.schema.createTable("detectors"), detector).addPrimaryKeyConstraint("detectors_key", ["printer", "detector"]),
    addColumns(db.schema.createTable("printers"), printer).addPrimaryKeyConstraint("printers_key", ["id"]),
    addColumns(db.schema.createTable("settings"), setting).addPrimaryKeyConstraint("settings_key", ["key"]),
  ];
}

/** Each page of a list walks one of these; the partial ones stay as small as what they list. */
function firstIndexes(db: QueryBuilder): readonly Compilable[] {
  const index = (name: string, table: string, columns: readonly string[]) =>
    db.schema
      .createIndex(name)
      .on(table)
      .columns([...columns]);
  const flag = (name: string, table: string, columns: readonly string[], column: string) =>
    index(name, table, columns).where(sql.ref(column), "=", sql.lit(1));
  return [
    index("alerts_by_change", "alerts", ["updated_at", "id"]),
    index("alerts_by_printer", "alerts", ["printer", "updated_at", "id"]),
    index("alerts_by_level", "alerts", ["level", "updated_at", "id"]),
    flag("alerts_open", "alerts", ["updated_at", "id"], "listed"),
    index("alerts_closed", "alerts", ["updated_at", "id"]).where(sql.ref("listed"), "=", sql.lit(0)),
    flag("alerts_active", "alerts", ["updated_at", "id"], "active"),
    flag("alerts_unacknowledged", "alerts", ["updated_at", "id"], "unacknowledged"),
    flag("alerts_hidden", "alerts", ["updated_at", "id"], "hidden"),
    index("episodes_by_raise", "episodes", ["raised_at"]),
    index("transitions_by_time", "transitions", ["at", "id"]),
    index("transitions_by_alert", "transitions", ["alert", "at", "id"]),
    index("transitions_by_printer", "transitions", ["printer", "at", "id"]),
    index("transitions_by_code", "transitions", ["code", "at", "id"]),
    index("transitions_by_event", "transitions", ["event", "at", "id"]),
    flag("outbox_queue", "outbox", ["transition", "id"], "waiting"),
    index("deliveries_by_alert", "deliveries", ["alert", "at"]),
    flag("deliveries_queue", "deliveries", ["due_at"], "waiting"),
    index("deliveries_by_state", "deliveries", ["state", "at"]),
  ];
}

/** What the site itself knows of codes. */
function siteTables(db: QueryBuilder): readonly Compilable[] {
  const sighting: Columns = { code: "text", model: "text", firmware: "text", first_at: "ms", last_at: "ms", count: "ms" };
  const entry: Columns = { code: "text", changes: "text", entry: "text?" };
  return [
    addColumns(db.schema.createTable("sightings"), sighting).addPrimaryKeyConstraint("sightings_key", ["code", "model", "firmware"]),
    addColumns(db.schema.createTable("site_entries"), entry).addPrimaryKeyConstraint("site_entries_key", ["code"]),
  ];
}

/** What was raised before sightings were counted; the firmware of those days is not known. */
function sightingsOfTheRecord(db: QueryBuilder): Compilable {
  const raises = db
    .selectFrom("episodes as e")
    .leftJoin("printers as p", "p.id", "e.printer")
    .select(({ fn }) => [
      "e.code",
      fn.coalesce("p.model", sql.lit("")).as("model"),
      sql.lit("").as("firmware"),
      fn.min("e.raised_at").as("first_at"),
      fn.max("e.raised_at").as("last_at"),
      fn.countAll<number>().as("count"),
    ])
    .groupBy(({ fn }) => ["e.code", fn.coalesce("p.model", sql.lit(""))]);
  return db.insertInto("sightings").columns(["code", "model", "firmware", "first_at", "last_at", "count"]).expression(raises);
}

/** What people said of episodes: some thousand in the life of a site, so that its key is index enough. */
function labelsTable(db: QueryBuilder): Compilable {
  const whose: Columns = { alert: "text", episode: "int", printer: "text", code: "text", detector: "text", raised_at: "ms" };
  const said: Columns = { verdict: "text?", note: "text?", actor: "text", at: "ms" };
  return addColumns(db.schema.createTable("labels"), { ...whose, ...said })
    .addPrimaryKeyConstraint("labels_key", ["alert", "episode"])
    .addForeignKeyConstraint("labels_to_episode", ["alert", "episode"], "episodes", ["alert", "n"]);
}
