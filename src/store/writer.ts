/**
 * The writer's thread (an entry of its own): the only connection that writes to the SQLite file. It holds the lock that keeps other
 * processes out, brings the schema up to date, and carries out groups of plans, one transaction a group. It knows texts and values,
 * not what they mean. A group is answered after COMMIT has reached the disk (synchronous FULL).
 */
import { existsSync, statSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { StartError, errorText } from "../lib/errors.ts";
import type { Migration } from "./migrations.ts";
import { type Absence, watchDatabase } from "./presence.ts";
import type { Plan, Statement } from "./statements.ts";

export interface WriterSetup {
  readonly path: string;
  readonly migrations: readonly Migration[];
  readonly statements: readonly Statement[];
}

export type ToWriter = { readonly type: "group"; readonly plans: readonly Plan[] } | { readonly type: "close" };

/** Why a plan, or the start, failed. `environment`: the disk or the file, not the rows. */
export interface WriterFault {
  readonly reason: string;
  readonly environment: boolean;
  /** What to do about it, where that is known. */
  readonly fix?: string;
}

export type StartFault =
  | { readonly kind: "in-use" }
  | { readonly kind: "newer"; readonly found: number; readonly known: number }
  | { readonly kind: "foreign" }
  | { readonly kind: "damaged"; readonly reason: string }
  | { readonly kind: "inaccessible"; readonly reason: string };

export type FromWriter =
  | { readonly type: "ready"; readonly migratedFrom: number; readonly checked: boolean }
  | { readonly type: "refused"; readonly fault: StartFault }
  | { readonly type: "done"; readonly faults?: NonNullable<Faults> }
  | { readonly type: "closed" };

/** Above this a full check would hold up the start for seconds; damage then shows at the first read of the bad page. */
const MAX_CHECKED_BYTES = 256 * 1024 * 1024;
/** For a predecessor that was killed a moment ago and is not quite gone. */
const LOCK_WAIT_MS = 1_000;
const BUSY_WAIT_MS = 5_000;

// primary result codes of SQLite
const [BUSY, READ_ONLY, IO_ERROR, CORRUPT, FULL, CANNOT_OPEN, NOT_A_DATABASE] = [5, 8, 10, 11, 13, 14, 26];
const ENVIRONMENT_CODES = new Set([BUSY, READ_ONLY, IO_ERROR, CORRUPT, FULL, CANNOT_OPEN, NOT_A_DATABASE]);

function codeOf(error: unknown): number | undefined {
  const code = error instanceof Error && "errcode" in error ? error.errcode : undefined;
  return typeof code === "number" ? code & 0xff : undefined;
}

function faultOf(error: unknown): WriterFault {
  const code = codeOf(error);
  return { reason: errorText(error), environment: code !== undefined && ENVIRONMENT_CODES.has(code) };
}

/** Leaves the start; the fault travels as the cause to the border of this thread. */
const refusal = (fault: StartFault): StartError => new StartError(fault.kind, { cause: fault });

function startFaultOf(error: unknown): StartFault {
  if (error instanceof StartError) return error.cause as StartFault;
  const code = codeOf(error);
  const kind = code === CORRUPT || code === NOT_A_DATABASE ? "damaged" : "inaccessible";
  return { kind, reason: errorText(error) };
}

/** A lock of the operating system on a file beside the database: it ends with the process, however that ends. */
function takeLock(path: string): DatabaseSync {
  const lock = new DatabaseSync(`${path}-lock`, { timeout: LOCK_WAIT_MS });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    throw codeOf(error) === BUSY ? refusal({ kind: "in-use" }) : error;
  }
}

/** Returns whether the file was looked through. */
function check(db: DatabaseSync, path: string): boolean {
  if (!existsSync(path) || statSync(path).size > MAX_CHECKED_BYTES) return false;
  const found = Object.values(db.prepare("PRAGMA quick_check(1)").get() ?? {})[0];
  if (found !== "ok") throw refusal({ kind: "damaged", reason: String(found).replace("*** in database main ***", "").trim() });
  return true;
}

/** Brings the schema to the newest version in one transaction; returns the version it had, 0 where it was new or needed nothing. */
function migrate(db: DatabaseSync, migrations: readonly Migration[]): number {
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
    .all()
    .map((row) => row["name"]);
  const isOurs = tables.includes("schema_version");
  if (!isOurs && tables.length > 0) throw refusal({ kind: "foreign" });
  const found = isOurs ? Number(db.prepare("SELECT max(version) AS version FROM schema_version").get()?.["version"] ?? 0) : 0;
  const known = migrations.at(-1)?.version ?? 0;
  if (found > known) throw refusal({ kind: "newer", found, known });
  // nothing was brought up, so nothing is told
  if (found === known) return 0;
  inTransaction(db, () => {
    db.exec("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL PRIMARY KEY)");
    for (const migration of migrations.filter((step) => step.version > found)) {
      for (const sql of migration.sql) db.exec(sql);
      db.prepare("INSERT INTO schema_version (version) VALUES (?)").run(migration.version);
    }
  });
  return found;
}

function inTransaction(db: DatabaseSync, run: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    run();
    db.exec("COMMIT");
  } catch (error) {
    // SQLite has rolled back by itself after some errors
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

interface Prepared {
  readonly statement: StatementSync;
  readonly width: number;
}

function runPlan(statements: readonly Prepared[], plan: Plan): void {
  const { steps, values } = plan;
  let offset = 0;
  for (let step = 0; step < steps.length; step += 2) {
    const prepared = statements[steps[step] ?? -1];
    if (prepared === undefined) throw new Error(`there is no statement ${steps[step]}`);
    const { statement, width } = prepared;
    for (let row = steps[step + 1] ?? 0; row > 0; row--) {
      statement.run(...values.slice(offset, offset + width));
      offset += width;
    }
  }
}

/** One entry a plan, undefined where it is durable; no list when all are. */
type Faults = readonly (WriterFault | undefined)[] | undefined;

/** One transaction for all; where that fails, one for each, so that a bad plan fails alone. */
function runGroup(db: DatabaseSync, statements: readonly Prepared[], plans: readonly Plan[]): Faults {
  try {
    inTransaction(db, () => {
      for (const plan of plans) runPlan(statements, plan);
    });
    return undefined;
  } catch (error) {
    if (plans.length === 1) return [faultOf(error)];
    return plans.map((plan) => runGroup(db, statements, [plan])?.[0]);
  }
}

/**
 * A group runs, and is answered as durable, only while the file it goes into stands under its name: looked at before, so that no
 * history grows in a file that nobody will find, and after, for what happened meanwhile. The same file put back is good again.
 */
function runWhileThere(absence: () => Absence | undefined, plans: readonly Plan[], run: () => Faults): Faults {
  const refusals = (found: Absence): Faults => plans.map(() => ({ ...found, environment: true }));
  const before = absence();
  if (before !== undefined) return refusals(before);
  const faults = run();
  const after = absence();
  return after === undefined ? faults : refusals(after);
}

function open(setup: WriterSetup): { lock: DatabaseSync; db: DatabaseSync; ready: FromWriter } {
  const lock = takeLock(setup.path);
  try {
    const db = new DatabaseSync(setup.path, { timeout: BUSY_WAIT_MS, enableForeignKeyConstraints: true });
    try {
      const checked = check(db, setup.path);
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -16000");
      // fewer, larger checkpoints; what a burst has grown is given back
      db.exec("PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864");
      return { lock, db, ready: { type: "ready", migratedFrom: migrate(db, setup.migrations), checked } };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    lock.close();
    throw error;
  }
}

function serve(port: MessagePort, setup: WriterSetup): void {
  const tell = (message: FromWriter): void => port.postMessage(message);
  let opened: ReturnType<typeof open>;
  try {
    opened = open(setup);
  } catch (error) {
    tell({ type: "refused", fault: startFaultOf(error) });
    port.close();
    return;
  }
  const { lock, db } = opened;
  const statements = setup.statements.map(({ sql, width }) => ({ statement: db.prepare(sql), width }));
  const absence = watchDatabase(setup.path);
  port.on("message", (message: ToWriter) => {
    if (message.type === "group") {
      const faults = runWhileThere(absence, message.plans, () => runGroup(db, statements, message.plans));
      tell(faults === undefined ? { type: "done" } : { type: "done", faults });
      return;
    }
    db.close();
    lock.close();
    tell({ type: "closed" });
    port.close();
  });
  tell(opened.ready);
}

if (parentPort !== null) serve(parentPort, workerData as WriterSetup);
