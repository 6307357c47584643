/**
 * Gathers reports that arrive in the same turn of the event loop and ingests them as one batch: one commit for a socket's whole
 * chunk, in the order they came.
 */
import type { CentralIntake } from "./bus.ts";

const MAX_BATCH = 1_000;

interface Waiting {
  readonly report: unknown;
  readonly resolve: (rejectedBecause: string | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export interface Batcher {
  /** Resolves when durable, with the reason when central refused the report; rejects when it could not be stored. */
  add(report: unknown): Promise<string | undefined>;
}

export function createBatcher(intake: Pick<CentralIntake, "ingest">): Batcher {
  let waiting: Waiting[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    intake.ingest(batch.map((item) => item.report)).then(
      (result) => {
        const reasons = new Map(result.rejected.map((item) => [item.index, item.reason]));
        batch.forEach((item, index) => item.resolve(reasons.get(index)));
      },
      (error: unknown) => batch.forEach((item) => item.reject(error)),
    );
  }

  return {
    add: (report) =>
      new Promise((resolve, reject) => {
        waiting.push({ report, resolve, reject });
        if (waiting.length === 1) queueMicrotask(flush);
        if (waiting.length >= MAX_BATCH) flush();
      }),
  };
}
