/**
 * Recordings that an edge made itself (`record: true`): JSON lines with the time and the readings of a sample, or the state of the
 * link. What must hold: a file whose end is torn gives everything before the tear.
 */
import { constants, gunzipSync } from "node:zlib";
import { fromIso, type Timestamp } from "../lib/time.ts";
import type { Readings } from "../model/telemetry.ts";
import type { LinkState } from "../printers/adapter.ts";

export type RecordedEvent = { readonly at: Timestamp } & ({ readonly readings: Readings } | { readonly link: LinkState });

export interface RecordedSamples {
  /** Whose recording it is. */
  readonly printer: string | undefined;
  readonly events: readonly RecordedEvent[];
  /** Samples that the recorder could not write. */
  readonly lost: number;
  /** 1-based lines that could not be read; the others were. */
  readonly badLines: readonly number[];
}

const CAUSES = ["connecting", "refused", "unreachable", "silent", "untrusted", "closed"] as const;

type Row = Readonly<Record<string, unknown>>;
const isRow = (value: unknown): value is Row => typeof value === "object" && value !== null && !Array.isArray(value);

/** What a day of a chatty printer unpacks to is far below this. */
const MAX_UNPACKED_BYTES = 1 << 30;

/** The text of a file that may be compressed, up to where it is torn. */
export function unpack(bytes: Uint8Array): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_UNPACKED_BYTES };
  return Buffer.from(isGzip ? gunzipSync(bytes, options) : bytes).toString("utf8");
}

/** Whether an edge made it: its first line says so. */
export function isSamples(text: string): boolean {
  const row = rowOf(text.slice(0, text.indexOf("\n")));
  return row?.["recording"] === 1 && isRow(row["readings"]);
}

export function readSamples(text: string): RecordedSamples {
  const events: RecordedEvent[] = [];
  const badLines: number[] = [];
  let printer: string | undefined;
  let lost = 0;
  for (const [i, line] of text.split("\n").entries()) {
    if (line === "") continue;
    const row = rowOf(line);
    const at = typeof row?.["t"] === "string" ? fromIso(row["t"]) : undefined;
    if (row === undefined || at === undefined) {
      badLines.push(i + 1);
      continue;
    }
    const { readings, link } = row;
    if (typeof row["printer"] === "string") printer = row["printer"];
    if (typeof row["lost"] === "number") lost += row["lost"];
    if (isRow(link)) events.push({ at, link: linkOf(link) });
    // written by ourselves: the shape inside is the shape we wrote
    if (isRow(readings)) events.push({ at, readings });
  }
  return { printer, events, lost, badLines };
}

/** Why it was lost stands there in one word; addresses do not. */
function linkOf({ connected, cause }: Row): LinkState {
  if (connected === true) return { connected };
  const word = CAUSES.find((one) => one === cause) ?? "closed";
  return { connected: false, cause: word, reason: `recorded: ${word}` };
}

function rowOf(line: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRow(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
