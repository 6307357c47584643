/**
 * The place where a page ended, as an opaque text. It comes back from outside, so anything may stand in it: what is no cursor of this
 * list is refused, never trusted.
 */
import { RefusedError } from "../lib/errors.ts";
import { type Timestamp, at } from "../lib/time.ts";

const MAX_LENGTH = 512;
const MAX_ID_LENGTH = 256;

export type Position<Id extends string | number> = { readonly at: Timestamp; readonly id: Id };

export function writeCursor(list: "alerts" | "history", position: Position<string | number>): string {
  return Buffer.from(JSON.stringify([list, position.at, position.id]), "utf8").toString("base64url");
}

export function readAlertCursor(cursor: string): Position<string> {
  const [time, id] = readCursor("alerts", cursor);
  if (typeof id !== "string" || id.length > MAX_ID_LENGTH) throw refused();
  return { at: time, id };
}

export function readHistoryCursor(cursor: string): Position<number> {
  const [time, id] = readCursor("history", cursor);
  if (!Number.isSafeInteger(id)) throw refused();
  return { at: time, id: Number(id) };
}

function readCursor(list: string, cursor: string): readonly [Timestamp, unknown] {
  if (cursor.length > MAX_LENGTH || !/^[A-Za-z0-9_-]+$/.test(cursor)) throw refused();
  const fields = parse(Buffer.from(cursor, "base64url").toString("utf8"));
  if (!Array.isArray(fields) || fields.length !== 3 || fields[0] !== list || !Number.isSafeInteger(fields[1])) throw refused();
  return [at(Number(fields[1])), fields[2]];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refused(error);
  }
}

function refused(cause?: unknown): RefusedError {
  const error = new RefusedError("invalid", "the cursor is not one of this list: take it from `next` of the page before, unchanged");
  if (cause !== undefined) error.cause = cause;
  return error;
}
