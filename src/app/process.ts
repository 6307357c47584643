/** The process around a role: how it ends, where its files are, and its name for each start. */
import { randomBytes } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { StartError, errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Timestamp } from "../lib/time.ts";

/** A second signal this long after the first means: now. */
const PATIENCE_MS = 1_000;
const STOP_WITHIN_MS = 8_000;

/** Stops what runs, once a signal asked for it. */
export type UntilSignal = (stop: () => Promise<void>, log: Log) => Promise<void>;

/**
 * What detectors remember lives for a second: long enough that V8 takes it for old, and lets the heap grow to four times what is alive
 * before it looks there. Looking earlier costs about as much processor time and less memory (1,000 printers: a peak of 350 instead of 440 MB).
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=40");
}

/** Of a few printers little lives and dies: space for what is new need not grow, and is looked through oftener. */
export function keepHeapSmallest(): void {
  keepHeapSmall();
  setFlagsFromString("--semi-space-growth-factor=1");
}

/**
 * Listens for Ctrl-C and SIGTERM from now on; called before anything starts, so that a signal during the start ends in a clean stop
 * too. A second signal, or a stop that hangs, ends the process; what was acknowledged is on disk.
 */
export function listenForSignals(): UntilSignal {
  const first = Date.now();
  const asked = new Promise<void>((resolve) => {
    let stoppedAt: number | undefined;
    const onSignal = (): void => {
      if (stoppedAt === undefined) {
        stoppedAt = Date.now();
        resolve();
      } else if (Date.now() - stoppedAt > PATIENCE_MS) process.exit(130);
    };
    process.on("SIGINT", onSignal);
    process.on("SIGTERM", onSignal);
  });
  return async (stop, log) => {
    await asked;
    const timer = setTimeout(() => {
      log.warn({ ranMs: Date.now() - first }, "stopping took too long; ending now");
      process.exit(1);
    }, STOP_WITHIN_MS);
    await stop();
    clearTimeout(timer);
  };
}

/** Sortable by time and unique: the `boot` of this start. */
export function newBoot(now: Timestamp): string {
  return `${now.toString(36).toUpperCase().padStart(9, "0")}${randomBytes(8).toString("hex").toUpperCase()}`;
}

/** Step by step: Node's own recursive way turns for ever where the system denies that a parent exists, as in /proc. */
function makeFolder(path: string): void {
  if (!existsSync(path)) {
    makeFolder(dirname(path));
    mkdirSync(path);
  } else if (!statSync(path).isDirectory()) throw new Error(`${path} is a file`);
}

/** A folder that exists and can be written. @throws {StartError} that names the fix. */
export function ensureFolder(path: string, option: string): void {
  try {
    makeFolder(resolve(path));
    accessSync(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(
      `the data folder ${path} cannot be written (${errorText(error)}); name another one with ${option}, or change its owner`,
      { cause: error },
    );
  }
}

/** The built web app: beside the bundle, or in dist/ of a checkout. Undefined when it is not built. */
export function webAppFolder(): string | undefined {
  return ["./ui/", "../../dist/ui/"]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(`${path}index.html`));
}
