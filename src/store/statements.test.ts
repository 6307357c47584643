/** Every text the store can send, compiled for both dialects, and the order in which a commit's rows are written. */
import { describe, expect, it } from "vitest";
import { ALERT_STATE_FILTERS } from "../model/api.ts";
import { writeCursor } from "./cursor.ts";
import { type Dialect, createQueryBuilder } from "./dialects.ts";
import { alertRow, RAISED_AT, printerId, raise, transitionRow } from "./fixtures.ts";
import { migrationsFor, SCHEMA_VERSION } from "./migrations.ts";
import * as queries from "./queries.ts";
import { compileStatements, planOf } from "./statements.ts";

/** Every text the store can send: migrations, writes, reads. */
function everyText(dialect: Dialect): readonly string[] {
  const db = createQueryBuilder(dialect);
  const time = RAISED_AT;
  const filters = { printer: printerId(1), code: alertRow(1).code, alert: "a", event: "ack", since: time, until: time, limit: 5 } as const;
  const reads = [
    ...ALERT_STATE_FILTERS.map((state) =>
      queries.alertPage(db, { state, printer: printerId(1), level: 1, limit: 5, cursor: writeCursor("alerts", { at: time, id: "a" }) }),
    ),
    queries.historyPage(db, { ...filters, cursor: writeCursor("history", { at: time, id: 1 }) }),
    queries.allAlerts(db),
    queries.allDetectors(db),
    queries.allPrinters(db),
    queries.allSightings(db),
    queries.allSiteEntries(db),
    queries.oneAlert(db, "a"),
    queries.oneSetting(db, "k"),
    queries.alertsChangedSince(db, time, 5),
    queries.lastTransition(db),
    queries.undecidedOutbox(db, 5),
    queries.waitingDeliveries(db, 5),
    queries.episodesOf(db, "a", 5),
    queries.deliveriesOf(db, "a", 5),
    queries.oneEpisode(db, "a", 1),
    queries.labelsOf(db, "a", 5),
    queries.labelCounts(db, { printer: printerId(1), since: time }),
    queries.raisedSince(db, time),
    queries.countDelivered(db, time),
  ];
  return [
    ...migrationsFor(dialect).flatMap((migration) => migration.sql),
    ...compileStatements(db).map(({ sql }) => sql),
    ...reads.map(({ sql }) => sql),
  ];
}

describe("the two dialects", () => {
  it("compile every text to the same SQL but for the marks of parameters", () => {
    const unmarked = (sql: string): string => sql.replaceAll(/\$\d+/g, "?");
    const postgres = everyText("postgres").map(unmarked);
    // the one spelling that differs: SQLite's own row key
    const sqlite = everyText("sqlite").map((sql) =>
      sql.replace('create table "transitions" ("id" integer', 'create table "transitions" ("id" bigint'),
    );
    expect(sqlite).toEqual(postgres);
    expect(sqlite.length).toBeGreaterThan(50);
  });

  it("number PostgreSQL's parameters in the order of the columns", () => {
    for (const { sql, width } of compileStatements(createQueryBuilder("postgres")))
      expect([...sql.matchAll(/\$(\d+)/g)].map((match) => Number(match[1]))).toEqual(
        Array.from({ length: width }, (_, index) => index + 1),
      );
  });
});

describe("migrations", () => {
  it("are numbered from 1 without a gap", () => {
    expect(migrationsFor("sqlite").map((migration) => migration.version)).toEqual(
      Array.from({ length: SCHEMA_VERSION }, (_, index) => index + 1),
    );
  });
});

describe("planOf", () => {
  it("flattens the rows in the order in which they depend on each other", () => {
    const statements = compileStatements(createQueryBuilder("sqlite"));
    const tables = statements.map(({ sql }) => /^(?:insert into|update) "(\w+)"/.exec(sql)?.[1]);
    expect(tables).toEqual([
      "alerts",
      "episodes",
      "transitions",
      "outbox",
      "outbox",
      "deliveries",
      "detectors",
      "printers",
      "settings",
      "sightings",
      "site_entries",
      "labels",
    ]);
    const plan = planOf({ ...raise(1), transitions: [transitionRow(1), transitionRow(2)], decided: ["o"], printers: [] });
    expect(plan.steps).toEqual([0, 1, 1, 1, 2, 2, 3, 1, 4, 1]);
    const widths = plan.steps.reduce(
      (sum, step, index) => (index % 2 === 1 ? sum : sum + (statements[step]?.width ?? 0) * (plan.steps[index + 1] ?? 0)),
      0,
    );
    expect(plan.values).toHaveLength(widths);
  });
});
