/** The log that is passed to whoever needs one; pino behind it. Secrets that were registered never appear in a line. */
import { pino } from "pino";
import type { Clock } from "./time.ts";

type Write = (fields: Record<string, unknown>, message: string) => void;
export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
}

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** Replaces every registered secret in a text by `***`. Shared by one process. */
export interface Redactor {
  add(secret: string): void;
  clean(text: string): string;
}

export function createRedactor(): Redactor {
  const secrets = new Set<string>();
  return {
    add: (secret) => {
      // as it is, as a line of JSON writes it, and as an address carries it
      if (secret.length >= 4)
        for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) secrets.add(form);
    },
    clean: (text) => {
      let cleaned = text;
      for (const secret of secrets) cleaned = cleaned.replaceAll(secret, "***");
      return cleaned;
    },
  };
}

/** Writes JSON lines to standard error, so that standard output stays for answers. */
export function createLog(level: LogLevel, redactor: Redactor): Log {
  const logger = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    { write: (line: string) => void process.stderr.write(redactor.clean(line)) },
  );
  const writer =
    (name: Exclude<LogLevel, "silent">): Write =>
    (fields, message) =>
      logger[name](fields, message);
  return { debug: writer("debug"), info: writer("info"), warn: writer("warn"), error: writer("error") };
}

/**
 * The same log for what strangers cause: so many lines a minute, and of the rest the number, so that nobody fills a disk by knocking.
 */
export function limitLog(log: Log, clock: Clock, linesPerMinute: number): Log {
  let minuteEnds: number = clock.now();
  let written = 0;
  let unsaid = 0;
  const limited =
    (name: keyof Log): Write =>
    (fields, message) => {
      const now = clock.now();
      // a clock that was set back begins a new minute as well
      if (now >= minuteEnds || now < minuteEnds - MINUTE_MS) {
        minuteEnds = now + MINUTE_MS;
        written = 0;
      }
      written++;
      if (written > linesPerMinute) return void unsaid++;
      log[name](unsaid === 0 ? fields : { ...fields, unsaidBefore: unsaid }, message);
      unsaid = 0;
    };
  return { debug: limited("debug"), info: limited("info"), warn: limited("warn"), error: limited("error") };
}

const MINUTE_MS = 60_000;

const nothing: Write = () => undefined;
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
