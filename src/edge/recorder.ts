/**
 * Records what a printer says, for a replay later: the samples as its adapter gave them and the changes of its link, as lines of JSON.
 * What must hold: it never holds up a sample and never grows without bound; a disk that refuses is told once and tried again; each
 * file begins with all that is known and can be read alone. Serial numbers and addresses stay out.
 */
import { errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import { type Clock, type Timestamp, toIso } from "../lib/time.ts";
import type { PrinterId, Readings, Sample } from "../model/telemetry.ts";
import type { LinkState } from "../printers/adapter.ts";
import { createFileRing, type RingLimits } from "./file-ring.ts";

export interface Recorder {
  sample(sample: Sample): void;
  link(state: LinkState): void;
  /** Writes what is left. */
  close(): Promise<void>;
}

export interface RecorderDeps {
  readonly folder: string;
  readonly printer: PrinterId;
  readonly limits: RingLimits;
  readonly clock: Clock;
  readonly log: Log;
  /** The disk refuses, with the reason, or takes it again; each told once. */
  onTrouble(reason: string | undefined): void;
}

interface Known {
  readonly readings: Readings;
  readonly link?: { readonly connected: boolean; readonly cause?: string };
}

/** What a process that is killed loses at most. */
const WRITE_EVERY_MS = 10_000;
const RETRY_MS = 60_000;
/** Beyond this a disk that does not answer costs lines, never memory. */
const MAX_WAITING_CHARS = 4_000_000;

export function createRecorder(deps: RecorderDeps): Recorder {
  const { clock, log, printer } = deps;
  const ring = createFileRing(deps.folder, deps.limits);
  /** All that is known now, and what was known before the lines that wait. */
  let known: Known = { readings: {} };
  let before = known;
  let lines: string[] = [];
  let firstAt: Timestamp | undefined;
  let chars = 0;
  let lost = 0;
  let isInTrouble = false;
  let cancelTimer: (() => void) | undefined;
  let writing: Promise<void> | undefined;

  function addLine(at: Timestamp, what: object): void {
    const line = `${JSON.stringify({ t: toIso(at), ...what })}\n`;
    if (chars + line.length > MAX_WAITING_CHARS) {
      lost += 1;
      return;
    }
    lines.push(line);
    firstAt ??= at;
    chars += line.length;
    cancelTimer ??= clock.setTimer(isInTrouble ? RETRY_MS : WRITE_EVERY_MS, () => void write());
  }

  function write(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    writing ??= writeLines().finally(() => {
      writing = undefined;
    });
    return writing;
  }

  async function writeLines(): Promise<void> {
    const t = toIso(firstAt ?? clock.now());
    const header = `${JSON.stringify({ t, recording: 1, printer, ...before })}\n`;
    const text = `${lost > 0 ? `${JSON.stringify({ t, lost })}\n` : ""}${lines.join("")}`;
    const count = lines.length;
    lines = [];
    firstAt = undefined;
    chars = 0;
    before = known;
    try {
      await ring.add(text, header, clock.now());
      if (isInTrouble) deps.onTrouble(undefined);
      isInTrouble = false;
      lost = 0;
    } catch (error) {
      lost += count;
      if (isInTrouble) return;
      isInTrouble = true;
      log.warn({ printer, folder: deps.folder, reason: errorText(error) }, "could not write the recording of a printer; will try again");
      deps.onTrouble(errorText(error));
    }
  }

  return {
    sample: ({ at, readings }) => {
      const { serial: _identifies, ...rest } = readings;
      known = { ...known, readings: { ...known.readings, ...rest } };
      addLine(at, { readings: rest });
    },
    link: (state) => {
      // its reason may name addresses
      const link = state.connected ? { connected: true } : { connected: false, cause: state.cause };
      known = { ...known, link };
      addLine(clock.now(), { link });
    },
    close: async () => {
      cancelTimer?.();
      await writing;
      if (lines.length > 0) await write();
      cancelTimer?.();
    },
  };
}
