/**
 * The embedded store: one SQLite file, written by a thread of its own and read here through a read-only connection, which sees every
 * durable commit (WAL). What hinders the start becomes a StartError that names the fix; a file that is in the way is never removed.
 */
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import type { CompiledQuery } from "kysely";
import { StartError, errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import { createQueryBuilder } from "./dialects.ts";
import type { Engine } from "./engine.ts";
import { type GroupWriter, createGroupWriter } from "./group.ts";
import { migrationsFor } from "./migrations.ts";
import { createSqlStore } from "./sql.ts";
import { type SqlValue, compileStatements } from "./statements.ts";
import type { Store } from "./store.ts";
import type { FromWriter, StartFault, WriterSetup } from "./writer.ts";

const BUSY_WAIT_MS = 5_000;

/** `:memory:` is a private file in the temporary folder that `close` removes: writer and reader are two connections. */
export async function openSqliteStore(path: string, deps: { readonly log: Log }): Promise<Store> {
  if (path === ":memory:") return openTemporary(deps.log);
  const db = createQueryBuilder("sqlite");
  return createSqlStore(await openEngine(resolve(path), deps.log), db);
}

async function openTemporary(log: Log): Promise<Store> {
  const folder = mkdtempSync(join(tmpdir(), "openhms-"));
  const store = await openSqliteStore(join(folder, "openhms.db"), { log });
  return {
    ...store,
    close: async () => {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openEngine(path: string, log: Log): Promise<Engine> {
  makeWritable(path);
  const { worker, ready } = await startWriter(path);
  if (ready.migratedFrom > 0) log.info({ path, from: ready.migratedFrom }, "the database was brought up to this version");
  if (!ready.checked) log.debug({ path }, "the database was not looked through at start");
  const writer = createGroupWriter(worker, path, log);
  try {
    return createEngine(writer, new DatabaseSync(path, { readOnly: true, timeout: BUSY_WAIT_MS }), path);
  } catch (error) {
    await writer.close();
    throw startError(path, { kind: "inaccessible", reason: errorText(error) }, error);
  }
}

function createEngine(writer: GroupWriter, reader: DatabaseSync, path: string): Engine {
  // as many texts as there are combinations of filters: some hundred at most
  const statements = new Map<string, StatementSync>();
  function prepare(sql: string): StatementSync {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = reader.prepare(sql);
      statements.set(sql, statement);
    }
    return statement;
  }
  return {
    read: async <Row>(query: CompiledQuery<Row>) => {
      try {
        return prepare(query.sql).all(...(query.parameters as SqlValue[])) as Row[];
      } catch (error) {
        throw new Error(`could not read from ${path}: ${errorText(error)}`, { cause: error });
      }
    },
    commit: (plan) => writer.commit(plan),
    close: async () => {
      // the writer's connection must be the last: only it can fold the log into the file
      if (reader.isOpen) reader.close();
      await writer.close();
    },
  };
}

function makeWritable(path: string): void {
  const folder = dirname(path);
  try {
    mkdirSync(folder, { recursive: true });
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true)
      throw new StartError(`cannot open the database ${path}: it is a folder; give a file name in it, like ${join(path, "openhms.db")}`);
    accessSync(folder, constants.W_OK);
    // a file beside it that another user left would only be told as "unable to open", without its name
    for (const file of [path, `${path}-lock`, `${path}-wal`, `${path}-shm`])
      if (statSync(file, { throwIfNoEntry: false }) !== undefined) accessSync(file, constants.W_OK | constants.R_OK);
  } catch (error) {
    throw error instanceof StartError ? error : startError(path, { kind: "inaccessible", reason: errorText(error) }, error);
  }
}

async function startWriter(path: string): Promise<{ worker: Worker; ready: Extract<FromWriter, { type: "ready" }> }> {
  const setup: WriterSetup = { path, migrations: migrationsFor("sqlite"), statements: compileStatements(createQueryBuilder("sqlite")) };
  // beside this file: as source, or as writer.js beside the bundle
  const file = import.meta.url.endsWith(".ts") ? "./writer.ts" : "./writer.js";
  // flags of the process, such as -e, are not meant for this file
  const worker = new Worker(new URL(file, import.meta.url), { workerData: setup, name: "store-writer", execArgv: [] });
  const answer = await new Promise<FromWriter>((settle, fail) => {
    worker.once("message", settle);
    worker.once("error", fail);
  });
  worker.removeAllListeners("error");
  if (answer.type === "ready") return { worker, ready: answer };
  const fault: StartFault = answer.type === "refused" ? answer.fault : { kind: "inaccessible", reason: `the writer said ${answer.type}` };
  throw startError(path, fault);
}

function startError(path: string, fault: StartFault, cause?: unknown): StartError {
  return new StartError(`cannot open the database ${path}: ${reasonAndFix(fault)}`, cause === undefined ? {} : { cause });
}

function reasonAndFix(fault: StartFault): string {
  switch (fault.kind) {
    case "in-use":
      return "another OpenHMS is using it; stop that one, or give this one a storage path of its own";
    case "newer":
      return `a newer OpenHMS wrote it (schema ${fault.found}, this one knows ${fault.known}); use that version, or put back a backup from before the update`;
    case "foreign":
      return "it is the database of another program; choose another storage path";
    case "damaged":
      return `it is damaged (${fault.reason}); move it away together with its -wal and -shm files, then start again, or put a backup in its place first`;
    case "inaccessible":
      return `${fault.reason}; see that this user may write the folder and the file, and that the disk is not full`;
  }
}
