/**
 * The SQLite store: the contract every store keeps, and what is its own: how it refuses to start, how it holds its file alone, what
 * is left when its process is killed, and that pages walk indexes.
 */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StartError } from "../lib/errors.ts";
import { silentLog } from "../lib/log.ts";
import { at } from "../lib/time.ts";
import { ALERT_STATE_FILTERS } from "../model/api.ts";
import { writeCursor } from "./cursor.ts";
import { createQueryBuilder } from "./dialects.ts";
import { RAISED_AT, alertRow, episodeRow, printerId, raise, sightingRow, transitionRow } from "./fixtures.ts";
import * as queries from "./queries.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { SqlValue } from "./statements.ts";
import { storeContract } from "./store.contract.ts";
import type { AlertQuery, HistoryQuery } from "./store.ts";

const newFolder = (): string => mkdtempSync(join(tmpdir(), "openhms-store-"));
const open = (path: string) => openSqliteStore(path, { log: silentLog });

storeContract("SQLite", () => {
  const folder = newFolder();
  return { open: () => open(join(folder, "openhms.db")), remove: async () => rmSync(folder, { recursive: true }) };
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = newFolder();
  path = join(folder, "openhms.db");
});
afterEach(() => rmSync(folder, { recursive: true }));

async function refusalOf(refused: string): Promise<string> {
  const error = await open(refused).then(
    async (store) => {
      await store.close();
      throw new Error("the store opened");
    },
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartError);
  const message = error instanceof StartError ? error.message : "";
  expect(message).toContain(`cannot open the database ${refused}: `);
  return message;
}

describe("opening a SQLite store", () => {
  it("makes the folders that are missing", async () => {
    const deep = join(folder, "a", "b", "openhms.db");
    await (await open(deep)).close();
    expect(statSync(deep).isFile()).toBe(true);
  });

  it("leaves one file with all rows behind when closed", async () => {
    const store = await open(path);
    await store.commit(raise(1));
    await store.close();
    expect(statSync(`${path}-wal`, { throwIfNoEntry: false })).toBeUndefined();
    const file = new DatabaseSync(path, { readOnly: true });
    expect(file.prepare("select count(*) as n from transitions").get()).toEqual({ n: 1 });
    expect(file.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
    file.close();
  });

  it("counts what was raised before sightings were counted, when it brings an older file up to date", async () => {
    const store = await open(path);
    const printers = [{ id: printerId(1), name: "Left", model: "X1C", edge: "e1", seenAt: at(RAISED_AT) }];
    await store.commit({ ...raise(1), printers });
    await store.commit(raise(2));
    await store.commit({ episodes: [episodeRow(1, { n: 2, raisedAt: at(RAISED_AT + 500) })] });
    await store.close();
    const db = new DatabaseSync(path);
    db.exec("drop table sightings; drop table site_entries; drop table labels; delete from schema_version where version > 1");
    db.close();
    const newer = await open(path);
    const unknown = { model: "", firmware: "", firstAt: at(RAISED_AT + 2), lastAt: at(RAISED_AT + 2), count: 1 };
    expect(await newer.loadSightings()).toEqual([
      { ...sightingRow(1), firmware: "", lastAt: at(RAISED_AT + 500), count: 2 },
      { ...sightingRow(2), ...unknown },
    ]);
    await newer.close();
  });

  it("keeps :memory: for itself", async () => {
    const [one, other] = await Promise.all([open(":memory:"), open(":memory:")]);
    await one.commit(raise(1));
    expect([await one.lastTransitionId(), await other.lastTransitionId()]).toEqual([1, 0]);
    await Promise.all([one.close(), other.close()]);
  });

  it("says so when the path is a folder, or lies under a file", async () => {
    expect(await refusalOf(folder)).toContain("it is a folder; give a file name");
    writeFileSync(join(folder, "file"), "");
    expect(await refusalOf(join(folder, "file", "openhms.db"))).toMatch(/see that this user may write/);
  });

  it.skipIf(process.getuid?.() === 0)("says so when the folder may not be written", async () => {
    const closed = join(folder, "closed");
    mkdirSync(closed, { mode: 0o500 });
    expect(await refusalOf(join(closed, "openhms.db"))).toMatch(/see that this user may write/);
  });

  it("refuses a file that is no database and leaves it as it is", async () => {
    const text = "this is my diary, not a database\n".repeat(200);
    writeFileSync(path, text);
    expect(await refusalOf(path)).toMatch(/damaged \(file is not a database\); move it away .* backup/);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("refuses a database with a damaged page", async () => {
    const store = await open(path);
    for (let n = 1; n <= 200; n++) await store.commit(raise(n));
    await store.close();
    const bytes = readFileSync(path);
    bytes.fill(0x5a, bytes.length / 2, bytes.length / 2 + 8_192);
    writeFileSync(path, bytes);
    expect(await refusalOf(path)).toMatch(/it is damaged \(.+\); move it away/);
  });

  it("refuses the database of another program, and one that a newer version wrote", async () => {
    const foreign = new DatabaseSync(path);
    foreign.exec("create table songs (title text)");
    foreign.close();
    expect(await refusalOf(path)).toContain("another program; choose another storage path");
    const newer = join(folder, "newer.db");
    await (await open(newer)).close();
    const db = new DatabaseSync(newer);
    db.exec("insert into schema_version (version) values (999)");
    db.close();
    expect(await refusalOf(newer)).toMatch(/a newer OpenHMS wrote it \(schema 999, this one knows \d+\); use that version/);
  });

  it("is refused while another has it open, and free again once that is closed", async () => {
    const store = await open(path);
    expect(await refusalOf(path)).toContain("another OpenHMS is using it; stop that one");
    await store.commit(raise(1));
    await store.close();
    const again = await open(path);
    expect(await again.lastTransitionId()).toBe(1);
    await again.close();
  });
});

/** Opens the store at argv[2] and commits raises one after the other; writes each id once it is durable. */
const CHILD = `
  const [sqlite, fixtures, log] = await Promise.all(["sqlite.ts", "fixtures.ts", "../lib/log.ts"].map((file) => import(new URL(file, process.argv[1]).href)));
  const store = await sqlite.openSqliteStore(process.argv[2], { log: log.silentLog });
  for (let n = (await store.lastTransitionId()) + 1; ; n++) {
    await store.commit(fixtures.raise(n));
    process.stdout.write(n + "\\n");
  }`;

/** Runs a child until it has told `count` ids, looks at the store meanwhile, and kills it; returns the last id told. */
async function killAfter(count: number, meanwhile: () => Promise<void>): Promise<number> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", CHILD, import.meta.url, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let told = "";
  const ended = new Promise<void>((resolve) => child.stdout.on("close", () => resolve()));
  const enough = new Promise<void>((resolve, fail) => {
    child.stdout.on("data", (chunk: Buffer) => {
      told += chunk.toString();
      if (told.split("\n").length > count) resolve();
    });
    child.on("exit", (code) => fail(new Error(`the child ended with ${code}`)));
  });
  await enough;
  await meanwhile();
  child.kill("SIGKILL");
  await ended;
  return Number(told.slice(0, told.lastIndexOf("\n")).split("\n").at(-1));
}

describe("a process that is killed", () => {
  it("holds the database alone until then, and leaves it free, whole and with every commit it was answered", async () => {
    for (const count of [5, 30]) {
      const last = await killAfter(count, async () => {
        expect(await refusalOf(path)).toContain("another OpenHMS is using it");
      });
      const store = await open(path);
      const transitions = await store.lastTransitionId();
      expect(transitions).toBeGreaterThanOrEqual(last);
      expect(await store.loadUndecided(10_000)).toHaveLength(transitions);
      expect(await store.loadAlerts()).toHaveLength(transitions);
      await store.close();
    }
  });
});

type Explained = { readonly sql: string; readonly parameters: readonly unknown[] };

describe("100,000 episodes in history", () => {
  const COUNT = 100_000;
  const PER_ALERT = 100;

  async function fill(): Promise<void> {
    const store = await open(path);
    const size = 2_000;
    const commits: Promise<void>[] = [];
    for (let first = 1; first <= COUNT; first += size) {
      const ids = Array.from({ length: size }, (_, index) => first + index);
      const number = (id: number): number => Math.ceil(id / PER_ALERT);
      commits.push(
        store.commit({
          alerts: [...new Set(ids.map(number))].map((n) => alertRow(n)),
          episodes: ids.map((id) => episodeRow(number(id), { n: id, raisedAt: at(RAISED_AT + id), freezeFrame: null })),
          transitions: ids.map((id) => transitionRow(number(id), { id, at: at(RAISED_AT + id), episode: id })),
        }),
      );
    }
    await Promise.all(commits);
    const { items, next } = await store.history({ limit: 100, until: at(RAISED_AT + COUNT / 2) });
    expect([items.length, items[0]?.id]).toEqual([100, COUNT / 2]);
    expect((await store.history({ limit: 1, ...(next === undefined ? {} : { cursor: next }) })).items[0]?.id).toBe(COUNT / 2 - 100);
    await store.close();
  }

  it("are paged along an index: no page reads a whole table or sorts it", { timeout: 60_000 }, async () => {
    await fill();
    const file = new DatabaseSync(path, { readOnly: true });
    const limit = 50;
    const planOf = ({ sql, parameters }: Explained): string =>
      file
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all(...(parameters as SqlValue[]))
        .map((row) => String(row["detail"]))
        .join(" | ");
    const db = createQueryBuilder("sqlite");
    const alert = alertRow(7);
    const starts = (list: "alerts" | "history", from: string | number) => [{}, { cursor: writeCursor(list, { at: RAISED_AT, id: from }) }];
    const { id, printer, code } = alert;
    const [event, since, until] = ["ack" as const, RAISED_AT, RAISED_AT];
    const histories: [HistoryQuery, string][] = [
      [{ limit }, "transitions_by_time"],
      [{ limit, since }, "transitions_by_time"],
      [{ limit, until }, "transitions_by_time"],
      [{ limit, event, since, until }, "transitions_by_event"],
      [{ limit, printer, event, since }, "transitions_by_printer"],
      [{ limit, code, printer, until }, "transitions_by_code"],
      [{ limit, alert: id, code, printer, event }, "transitions_by_alert"],
    ];
    const flagged = {
      open: "alerts_open",
      closed: "alerts_closed",
      active: "alerts_active",
      all: "alerts_by_change",
      unacknowledged: "alerts_unacknowledged",
      hidden: "alerts_hidden",
    };
    const lists: [AlertQuery, string][] = ALERT_STATE_FILTERS.flatMap((state): [AlertQuery, string][] => [
      [{ limit, state }, flagged[state]],
      [{ limit, state, level: 1 }, "alerts_by_level"],
      [{ limit, state, printer }, "alerts_by_printer"],
      [{ limit, state, printer, level: 1 }, "alerts_by_printer"],
    ]);
    const walks: [Explained, string][] = [
      ...histories.flatMap(([query, index]) =>
        starts("history", 9).map((from): [Explained, string] => [queries.historyPage(db, { ...query, ...from }), index]),
      ),
      ...lists.flatMap(([query, index]) =>
        starts("alerts", "a").map((from): [Explained, string] => [queries.alertPage(db, { ...query, ...from }), index]),
      ),
      [queries.alertsChangedSince(db, since, limit), "alerts_by_change"],
      [queries.undecidedOutbox(db, limit), "outbox_queue"],
      [queries.waitingDeliveries(db, limit), "deliveries_queue"],
      [queries.episodesOf(db, id, limit), "sqlite_autoindex_episodes_1"],
      [queries.oneEpisode(db, id, 1), "sqlite_autoindex_episodes_1"],
      [queries.labelsOf(db, id, limit), "sqlite_autoindex_labels_1"],
      [queries.deliveriesOf(db, id, limit), "deliveries_by_alert"],
      [queries.raisedSince(db, since), "episodes_by_raise"],
      [queries.countDelivered(db, since), "deliveries_by_state"],
    ];
    const wrong = walks
      .map(([query, index]) => ({ index, plan: planOf(query), sql: query.sql }))
      .filter(({ index, plan }) => !plan.includes(` INDEX ${index}`) || /TEMP B-TREE|SCAN \w+($| \|)/.test(plan));
    file.close();
    expect(wrong).toEqual([]);
  });
});
