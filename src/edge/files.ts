/**
 * Small durable files of an edge. Hides the order of writes that survives a crash: a file is replaced whole (written beside, synced,
 * renamed), so a reader finds the old or the new text and never a half.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import type { Log } from "../lib/log.ts";
import { errorText } from "../lib/errors.ts";

/** Like `replaceFile` of lib, for what must be durable before a synchronous call returns; for rare writes only. */
export function replaceFileSync(path: string, text: string): void {
  const beside = `${path}.new`;
  const file = openSync(beside, "w");
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}

/** The text of a file, or undefined where there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** A JSON object from a file of ours; a damaged one is told and taken as empty, because an edge must start. */
export function readObject(path: string, log: Log): Record<string, unknown> {
  const text = readIfThere(path);
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
    log.warn({ path }, "could not read a state file: it holds no object; starting without it");
  } catch (error) {
    log.warn({ path, reason: errorText(error) }, "could not read a state file; starting without it");
  }
  return {};
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
