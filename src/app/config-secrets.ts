/**
 * The texts of the configuration file, and the secrets that they name: `${ENV}` and `file:`. Whatever came that way, and whatever
 * stands under a key of a secret, is told to the redactor, so that it never appears in a log.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { resolve } from "node:path";
import { errorText } from "../lib/errors.ts";
import type { Path, Reading } from "./config-problems.ts";

const MAX_FILE_BYTES = 1_000_000;

/** Reads until the end or the limit, so that a device or a pipe that never ends is told and not swallowed. */
export function readText(path: string): string {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(MAX_FILE_BYTES + 1);
    let length = 0;
    for (let read = 1; read > 0 && length < bytes.length; length += read) read = readSync(file, bytes, length, bytes.length - length, null);
    if (length > MAX_FILE_BYTES) throw new Error(`it holds more than ${MAX_FILE_BYTES / 1e6} MB`);
    return bytes.toString("utf8", 0, length);
  } finally {
    closeSync(file);
  }
}

const SECRET_KEYS = /^(accessCode|token|password|secret|.*Token|.*Password|.*Secret)$/;

// In a flow map, `{ accessCode: ${CODE} }`, YAML would take the braces for its own. Two characters nobody writes stand in for them
// while it is read; lines and columns stay.
const OPEN = "\uE000";
const CLOSE = "\uE001";

export const hideBraces = (text: string): string => text.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, `$$${OPEN}$1${CLOSE}`);
export const showBraces = (text: string): string => text.replaceAll(OPEN, "{").replaceAll(CLOSE, "}");

/** Replaces `${ENV}` and `file:` in every text, and tells the redactor what must stay out of logs. */
export function resolveSecrets(value: unknown, path: Path, reading: Reading, folder: string): unknown {
  if (typeof value === "string") {
    const written = showBraces(value);
    const text = resolveText(written, path, reading, folder);
    if (text !== written || SECRET_KEYS.test(String(path.at(-1) ?? ""))) reading.redactor.add(text);
    return text;
  }
  if (Array.isArray(value)) return value.map((item, index) => resolveSecrets(item, [...path, index], reading, folder));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [showBraces(key), resolveSecrets(item, [...path, key], reading, folder)]),
  );
}

function resolveText(text: string, path: Path, reading: Reading, folder: string): string {
  if (text.startsWith("file:")) {
    const file = resolve(folder, text.slice(5));
    try {
      return readText(file).trim();
    } catch (error) {
      reading.unresolved.add(path.join("."));
      reading.add(path, `the secret file ${file} cannot be read (${errorText(error)})`);
      return text;
    }
  }
  return text.replaceAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, name: string) => {
    const found = reading.env[name];
    if (found !== undefined) {
      reading.redactor.add(found);
      return found;
    }
    reading.unresolved.add(path.join("."));
    reading.add(path, `the environment variable ${name} is not set`);
    return whole;
  });
}
