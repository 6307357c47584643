/** A stack of named closers, run last in, first out. A closer that fails is logged and the rest still run. */
import type { Log } from "./log.ts";
import { errorText } from "./errors.ts";

export interface Cleanup {
  add(name: string, close: () => void | Promise<void>): void;
  /** Runs every closer once; later calls wait for the first. */
  run(): Promise<void>;
}

export function createCleanup(log: Log): Cleanup {
  const closers: { name: string; close: () => void | Promise<void> }[] = [];
  let running: Promise<void> | undefined;
  async function runAll(): Promise<void> {
    for (let closer = closers.pop(); closer !== undefined; closer = closers.pop()) {
      try {
        await closer.close();
      } catch (error) {
        log.warn({ closer: closer.name, reason: errorText(error) }, "could not close cleanly");
      }
    }
  }
  return {
    add: (name, close) => void closers.push({ name, close }),
    run: () => (running ??= runAll()),
  };
}
