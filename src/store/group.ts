/**
 * Group commit, the main thread's half: plans that wait at the same time travel to the writer together and share one transaction.
 * Two groups are under way at most, so that the writer never waits for the next while this thread is busy. No timer: a lone plan
 * goes at once.
 */
import type { Worker } from "node:worker_threads";
import { RefusedError, errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Plan } from "./statements.ts";
import type { FromWriter, ToWriter, WriterFault } from "./writer.ts";

/** More rows than this begin a new group; a larger plan still stays whole. */
const MAX_GROUP_ROWS = 2_000;
const MAX_GROUPS_UNDER_WAY = 2;

interface Waiting {
  readonly plan: Plan;
  readonly rows: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface GroupWriter {
  commit(plan: Plan): Promise<void>;
  /** Waits for every plan, then ends the thread. */
  close(): Promise<void>;
}

export function createGroupWriter(worker: Worker, path: string, log: Log): GroupWriter {
  let queue: Waiting[] = [];
  const underWay: (readonly Waiting[])[] = [];
  let closed: { promise: Promise<void>; resolve: () => void } | undefined;
  let lost: string | undefined;

  function send(message: ToWriter): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(message);
  }

  function pump(): void {
    while (queue.length > 0 && underWay.length < MAX_GROUPS_UNDER_WAY) {
      const group = queue.splice(0, groupSize(queue));
      underWay.push(group);
      send({ type: "group", plans: group.map((waiting) => waiting.plan) });
    }
    if (closed !== undefined && queue.length === 0 && underWay.length === 0) send({ type: "close" });
  }

  function settle(faults: readonly (WriterFault | undefined)[] | undefined): void {
    const group = underWay.shift() ?? [];
    group.forEach((waiting, index) => {
      const fault = faults?.[index];
      if (fault === undefined) waiting.resolve();
      else waiting.reject(errorOf(fault, waiting.rows, path));
    });
    pump();
  }

  /** Nothing more will be answered: what waits must not wait for ever. */
  function lose(reason: string): void {
    if (lost !== undefined) return;
    lost = reason;
    const waiting = [...underWay.flat(), ...queue];
    queue = [];
    underWay.length = 0;
    for (const one of waiting) one.reject(new RefusedError("unavailable", `could not store ${one.rows} rows in ${path}: ${reason}`));
    closed?.resolve();
  }

  worker.on("message", (message: FromWriter) => {
    if (message.type === "done") settle(message.faults);
    if (message.type === "closed") lose("the store is closed");
  });
  worker.on("error", (error) => {
    log.error({ path, reason: errorText(error) }, "the store's writer failed; nothing can be stored until a restart");
    lose(`the writer failed: ${errorText(error)}; restart OpenHMS`);
  });
  worker.on("exit", () => lose("the writer has ended"));

  return {
    commit: (plan) => {
      const rows = rowsOf(plan);
      if (lost !== undefined || closed !== undefined)
        return Promise.reject(
          new RefusedError("unavailable", `could not store ${rows} rows in ${path}: ${lost ?? "the store is closing"}`),
        );
      if (rows === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        queue.push({ plan, rows, resolve, reject });
        pump();
      });
    },
    close: () => {
      if (closed === undefined) {
        closed = Promise.withResolvers<void>();
        if (lost === undefined) pump();
        else closed.resolve();
      }
      return closed.promise;
    },
  };
}

function rowsOf(plan: Plan): number {
  let rows = 0;
  for (let step = 1; step < plan.steps.length; step += 2) rows += plan.steps[step] ?? 0;
  return rows;
}

function groupSize(queue: readonly Waiting[]): number {
  let rows = 0;
  let size = 0;
  for (const waiting of queue) {
    rows += waiting.rows;
    if (size > 0 && rows > MAX_GROUP_ROWS) break;
    size++;
  }
  return size;
}

function errorOf(fault: WriterFault, rows: number, path: string): Error {
  const text = `could not store ${rows} rows in ${path}: ${fault.reason}`;
  return fault.environment ? new RefusedError("unavailable", `${text}; ${fault.fix ?? "see to the disk and the file"}`) : new Error(text);
}
