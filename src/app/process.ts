/** The process around a role: how it ends, where its files are, and its name for each start. */
import { randomBytes } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { StartError, errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Timestamp } from "../lib/time.ts";

/** A second signal this long after the first means: now. */
const PATIENCE_MS = 1_000;
const STOP_WITHIN_MS = 8_000;

/** Waits for Ctrl-C or SIGTERM, then stops. A second signal, or a stop that hangs, ends the process; what was acknowledged is on disk. */
export async function runUntilSignal(stop: () => Promise<void>, log: Log): Promise<void> {
  const first = Date.now();
  await new Promise<void>((resolve) => {
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
  const timer = setTimeout(() => {
    log.warn({ ranMs: Date.now() - first }, "stopping took too long; ending now");
    process.exit(1);
  }, STOP_WITHIN_MS);
  await stop();
  clearTimeout(timer);
}

/** Sortable by time and unique: the `boot` of this start. */
export function newBoot(now: Timestamp): string {
  return `${now.toString(36).toUpperCase().padStart(9, "0")}${randomBytes(8).toString("hex").toUpperCase()}`;
}

/** A folder that exists and can be written. @throws {StartError} that names the fix. */
export function ensureFolder(path: string, option: string): void {
  try {
    mkdirSync(path, { recursive: true });
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
