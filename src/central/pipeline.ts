/**
 * The single writer. Work runs at once on the state in memory and its rows join the next commit; one commit is under way at a
 * time, so batches merge while the disk works. When a commit fails nothing behind it is written: everybody who waits is refused,
 * the state is read back from the store, and new work is refused until a commit has worked again.
 */
import { errorText, RefusedError } from "../lib/errors.ts";
import { backoffMs, type Clock } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { Store } from "../store/store.ts";
import { createDraft, type Draft } from "./draft.ts";

/** Keeps one transaction, and what is lost with it, of a bearable size. */
const MAX_DRAFT_ROWS = 10_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 30_000;

export interface PipelineDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Called with each draft that is on disk, in order, before those who wait for it. */
  readonly onDurable: (draft: Draft) => void;
  /** Reads the state back from the store after a failure. */
  readonly reload: () => Promise<void>;
  /** Work whose commit must succeed before others may go on; tells what happened. */
  readonly onRecovery: (draft: Draft, reason: string) => void;
  /** Work is taken again; what was refused meanwhile can be caught up with. */
  readonly onRecovered: () => void;
}

export interface Pipeline {
  /** Runs `work` now; resolves with its result when everything it put into the draft is durable. */
  write<T>(work: (draft: Draft) => T): Promise<T>;
  unready(): string | undefined;
  /** Waits for what was written; later work is refused. */
  close(): Promise<void>;
}

interface Load {
  readonly draft: Draft;
  readonly waiters: { resolve: () => void; reject: (error: Error) => void }[];
}

export function createPipeline(deps: PipelineDeps): Pipeline {
  const { store, log } = deps;
  const waiting: Load[] = [];
  let inFlight: Promise<void> | undefined;
  let broken: string | undefined;
  let closed = false;
  const recovery = createRecovery(
    deps,
    async (draft) => {
      await store.commit(draft.changes());
      broken = undefined;
      deps.onDurable(draft);
    },
    () => inFlight,
  );

  function openLoad(): Load {
    const last = waiting.at(-1);
    if (last !== undefined && last.draft.size() < MAX_DRAFT_ROWS) return last;
    const load: Load = { draft: createDraft(), waiters: [] };
    waiting.push(load);
    return load;
  }

  async function drain(): Promise<void> {
    // one turn of the microtasks lets calls of the same moment share the first commit
    await Promise.resolve();
    for (let load = waiting.shift(); load !== undefined; load = waiting.shift()) {
      try {
        if (load.draft.size() > 0) await store.commit(load.draft.changes());
      } catch (error) {
        fail(load, errorText(error));
        break;
      }
      deps.onDurable(load.draft);
      for (const waiter of load.waiters) waiter.resolve();
    }
    inFlight = undefined;
    if (waiting.length > 0) flush();
  }

  function flush(): void {
    inFlight ??= drain();
  }

  function fail(first: Load | undefined, reason: string): void {
    broken = `OpenHMS cannot write to its storage: ${reason}`;
    log.error({ reason }, "a commit failed; nothing behind it was accepted");
    const refusal = new RefusedError("unavailable", `not stored: ${reason}; send it again`);
    for (const load of first === undefined ? waiting : [first, ...waiting]) for (const waiter of load.waiters) waiter.reject(refusal);
    waiting.length = 0;
    recovery.begin(reason);
  }

  return {
    write: (work) => {
      if (closed) return Promise.reject(new RefusedError("unavailable", "central is stopping"));
      if (broken !== undefined) return Promise.reject(new RefusedError("unavailable", broken));
      const load = openLoad();
      try {
        const result = work(load.draft);
        const durable = new Promise<void>((resolve, reject) => load.waiters.push({ resolve, reject }));
        flush();
        return durable.then(() => result);
      } catch (error) {
        // half a work may stand in memory: what is on disk is the truth again
        fail(undefined, errorText(error));
        return Promise.reject(error instanceof Error ? error : new Error(errorText(error)));
      }
    },
    unready: () => (closed ? "central is stopping" : broken),
    close: async () => {
      closed = true;
      recovery.close();
      await inFlight;
    },
  };
}

/** After a failed commit: waits, reads the state back, writes that there was trouble, and does so until it succeeds. */
function createRecovery(deps: PipelineDeps, write: (draft: Draft) => Promise<void>, inFlight: () => Promise<void> | undefined) {
  const { clock, log } = deps;
  let cancel: (() => void) | undefined;
  let closed = false;

  function later(attempt: number, reason: string): void {
    if (closed) return;
    cancel = clock.setTimer(backoffMs(attempt, RETRY_FIRST_MS, RETRY_MAX_MS, deps.random), () => void recover(attempt, reason));
  }

  async function recover(attempt: number, reason: string): Promise<void> {
    try {
      await inFlight();
      await deps.reload();
      const draft = createDraft();
      deps.onRecovery(draft, reason);
      await write(draft);
      log.info({ attempt }, "the store can be written again");
      deps.onRecovered();
    } catch (error) {
      log.warn({ attempt, reason: errorText(error) }, "the store cannot be written yet");
      later(attempt + 1, reason);
    }
  }

  return {
    begin: (reason: string) => later(0, reason),
    close: () => {
      closed = true;
      cancel?.();
    },
  };
}
