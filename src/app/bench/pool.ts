/** Threads that play runs of the bench, one per core; answers come back in the order of the orders. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Answer, Order } from "./worker.ts";

export interface Pool {
  run(orders: readonly Order[], progress: (done: number, of: number) => void): Promise<readonly Answer[]>;
  close(): Promise<void>;
}

export function createPool(size: number = availableParallelism()): Pool {
  // beside this file: as source, or as bench-worker.js beside the bundle
  const file = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./bench-worker.js";
  const workers = Array.from({ length: size }, () => new Worker(new URL(file, import.meta.url), { name: "bench", execArgv: [] }));

  function work(
    worker: Worker,
    take: () => number | undefined,
    orders: readonly Order[],
    put: (index: number, answer: Answer) => void,
  ): Promise<void> {
    return new Promise((done, fail) => {
      let index: number | undefined;
      const next = (): void => {
        index = take();
        const order = index === undefined ? undefined : orders[index];
        if (order === undefined) done();
        else worker.postMessage(order);
      };
      worker.on("error", fail);
      worker.on("message", (answer: Answer) => {
        if (index !== undefined) put(index, answer);
        next();
      });
      next();
    });
  }

  return {
    run: async (orders, progress) => {
      const answers: Answer[] = [];
      // the longest first, so that no core waits for one of them at the end
      const turns = orders.map((_, index) => index).sort((a, b) => (orders[b]?.run.hours ?? 0) - (orders[a]?.run.hours ?? 0));
      let finished = 0;
      const take = (): number | undefined => turns.shift();
      const put = (index: number, answer: Answer): void => {
        answers[index] = answer;
        progress(++finished, orders.length);
      };
      await Promise.all(workers.map((worker) => work(worker, take, orders, put)));
      for (const worker of workers) worker.removeAllListeners();
      return answers;
    },
    close: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  };
}
