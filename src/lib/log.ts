/** The log that is passed to whoever needs one; pino behind it. Secrets that were registered never appear in a line. */
import { pino } from "pino";

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
      if (secret.length >= 4) secrets.add(secret);
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

const nothing: Write = () => undefined;
export const silentLog: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
