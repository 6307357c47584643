/**
 * The spool: reports that central does not hold yet, in order, in memory and (with a folder) in a journal on disk. One journal line
 * carries a step's reports and the detector states they left behind, so that a crash loses both or neither; a torn last line is the
 * write that never was acknowledged to anyone. Short lines between them say that central holds all before, or that the states of all
 * before are in their own file. Bounded: when full, the newest report of every code is kept and the loss is counted.
 */
import { mkdir, open, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { Log } from "../lib/log.ts";
import type { ReportMessage } from "../model/report.ts";
import { replaceFile } from "../lib/durable-file.ts";
import { StartError, errorText } from "../lib/errors.ts";
import { isObject, readIfThere, readObject } from "./files.ts";
import type { DetectorStates } from "./runner.ts";
import { createWaitingList, type WaitingLimits } from "./waiting.ts";

export interface SpoolEntry {
  readonly printer: string;
  readonly reports: readonly ReportMessage[];
  readonly states: DetectorStates;
}

export type StatesByPrinter = ReadonlyMap<string, DetectorStates>;

export type SpoolLimits = WaitingLimits;

export const SPOOL_LIMITS: SpoolLimits = { maxReports: 100_000, maxBytes: 50_000_000 };

export interface Appended {
  /** Printers whose older reports had to go, with how many. */
  readonly dropped: ReadonlyMap<string, number>;
  /** Why the disk did not take them; they are in memory all the same. */
  readonly diskTrouble: string | undefined;
}

/** Calls may overlap; they run one after the other. */
export interface Spool {
  /** Resolves when the entries are durable, or when the disk refused them. */
  append(entries: readonly SpoolEntry[]): Promise<Appended>;
  /** The oldest reports, in order; they stay until acknowledged, and keep their place until acknowledged or released. */
  next(limit: number): readonly ReportMessage[];
  /** The last `next` did not arrive. */
  release(): void;
  /** Central holds the oldest `count`. */
  acknowledge(count: number): Promise<void>;
  /**
   * Saves detector states that moved on without a report, and empties the journal when central holds all of it. Only to be called when
   * every report they made was appended.
   */
  checkpoint(states: StatesByPrinter): Promise<void>;
  size(): number;
  /** Reports given up since the start because the spool was full. */
  lost(): number;
  close(): Promise<void>;
}

const JOURNAL = "edge-spool.jsonl";
const STATES = "edge-state.json";
/** A journal of which central holds all is emptied at this size, not each time: that takes the states of all printers. */
const EMPTY_AT_BYTES = 8_000_000;
const PIECE_LENGTH = 65_536;

interface Line {
  readonly p: string;
  readonly r: readonly ReportMessage[];
  readonly s: DetectorStates;
}

/** Central holds the reports of all lines before this one; their states count. */
const DONE = '{"done":true}';
/** The file of states is newer than those of all lines before this one; their reports count. */
const SAVED = '{"saved":true}';

const toLine = (entry: SpoolEntry): string => `${JSON.stringify({ p: entry.printer, r: entry.reports, s: entry.states } satisfies Line)}\n`;

function readLine(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text);
    const isLine = isObject(line) && typeof line["p"] === "string" && Array.isArray(line["r"]) && isObject(line["s"]);
    // written by ourselves: the shape inside is the shape we wrote
    return isLine ? (line as unknown as Line) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

interface ReadJournal {
  readonly entries: readonly SpoolEntry[];
  /** The newest of each printer that are not in their own file. */
  readonly states: StatesByPrinter;
  readonly damaged: number;
  readonly torn: boolean;
}

/** Every whole line of a journal. A line counts only with its newline; a damaged one inside is skipped and counted. */
export function readJournal(text: string): ReadJournal {
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const entries: SpoolEntry[] = [];
  const states = new Map<string, DetectorStates>();
  let damaged = 0;
  let done = 0;
  for (const line of lines) {
    if (line === "") continue;
    if (line === DONE) done = entries.length;
    else if (line === SAVED) states.clear();
    else {
      const read = readLine(line);
      if (read === undefined) damaged++;
      else {
        entries.push({ printer: read.p, reports: read.r, states: read.s });
        states.set(read.p, read.s);
      }
    }
  }
  return { entries: entries.slice(done), states, damaged, torn: last !== "" };
}

/** Lines in pieces, because one text of all is large and short-lived. */
function* piecesOf(lines: Iterable<string>): Generator<string> {
  let piece = "";
  for (const line of lines) {
    piece += line;
    if (piece.length < PIECE_LENGTH) continue;
    yield piece;
    piece = "";
  }
  yield piece;
}

function* journalLines(entries: readonly SpoolEntry[]): Generator<string> {
  for (const entry of entries) yield toLine(entry);
}

/** One JSON object, a line for each printer. */
function* stateLines(states: StatesByPrinter): Generator<string> {
  let before = "{";
  for (const [printer, mine] of states) {
    yield `${before}${JSON.stringify(printer)}:${JSON.stringify(mine)}\n`;
    before = ",";
  }
  yield states.size === 0 ? "{}\n" : "}\n";
}

interface Opened {
  readonly spool: Spool;
  /** Detector states as of the last durable report. */
  readonly states: StatesByPrinter;
}

/** Opens the spool in a folder, or in memory alone. */
export async function openSpool(dataDir: string | undefined, log: Log, limits: SpoolLimits = SPOOL_LIMITS): Promise<Opened> {
  if (dataDir === undefined) return { spool: createSpool({ waiting: [], states: new Map() }, undefined, limits), states: new Map() };
  try {
    await mkdir(dataDir, { recursive: true });
    const path = join(dataDir, JOURNAL);
    const { entries, states: newer, damaged, torn } = readJournal(readIfThere(path) ?? "");
    if (damaged > 0) log.error({ path, damaged }, "lines of the spool are damaged and were left out; their reports are lost");
    if (torn)
      log.warn({ path }, "the last line of the spool is torn: the edge was stopped while writing; nothing that was taken over is lost");
    const states = new Map<string, DetectorStates>();
    for (const [printer, value] of Object.entries(readObject(join(dataDir, STATES), log))) if (isObject(value)) states.set(printer, value);
    for (const [printer, mine] of newer) states.set(printer, mine);
    const journal = await openJournal(dataDir);
    const waiting = entries.flatMap(({ reports }) => reports);
    if (torn || damaged > 0) await journal.rewrite(entriesOf(waiting, states));
    return { spool: createSpool({ waiting, states }, journal, limits), states };
  } catch (error) {
    const fix = "make it writable, or name another one: edge.data in the configuration, --data for the demo";
    throw new StartError(`cannot use the edge's data folder ${dataDir}: ${errorText(error)}; ${fix}`, { cause: error });
  }
}

interface Journal {
  /** When it fails, half a line may stand there: only `rewrite` may follow. */
  add(entries: readonly SpoolEntry[]): Promise<void>;
  /** Not synced: a crash that loses it costs reports that come twice, or states a little older. */
  mark(line: typeof DONE | typeof SAVED): Promise<void>;
  empty(): Promise<void>;
  rewrite(entries: readonly SpoolEntry[]): Promise<void>;
  saveStates(states: StatesByPrinter): Promise<void>;
  bytes(): number;
  close(): Promise<void>;
}

async function openJournal(dataDir: string): Promise<Journal> {
  const path = join(dataDir, JOURNAL);
  let file: FileHandle = await open(path, "a");
  let bytes = (await file.stat()).size;
  async function append(text: string): Promise<void> {
    await file.appendFile(text);
    bytes += Buffer.byteLength(text);
  }
  return {
    add: async (entries) => {
      for (const piece of piecesOf(journalLines(entries))) await append(piece);
      await file.datasync();
    },
    mark: (line) => append(`${line}\n`),
    empty: async () => {
      await file.truncate(0);
      await file.datasync();
      bytes = 0;
    },
    rewrite: async (entries) => {
      await replaceFile(path, piecesOf(journalLines(entries)));
      await file.close();
      file = await open(path, "a");
      bytes = (await file.stat()).size;
    },
    saveStates: (states) => replaceFile(join(dataDir, STATES), piecesOf(stateLines(states))),
    bytes: () => bytes,
    close: () => file.close(),
  };
}

interface Restored {
  readonly waiting: readonly ReportMessage[];
  readonly states: StatesByPrinter;
}

/** Everything as one entry for each printer. */
function entriesOf(waiting: readonly ReportMessage[], states: StatesByPrinter): readonly SpoolEntry[] {
  const reports = new Map<string, ReportMessage[]>([...states.keys()].map((printer) => [printer, []]));
  for (const report of waiting) {
    const list = reports.get(report.printer) ?? [];
    list.push(report);
    reports.set(report.printer, list);
  }
  return [...reports].map(([printer, list]) => ({ printer, reports: list, states: states.get(printer) ?? {} }));
}

function createSpool(restored: Restored, journal: Journal | undefined, limits: SpoolLimits): Spool {
  const waiting = createWaitingList(limits);
  waiting.add(restored.waiting);
  /** States as of the last appended report: what is saved before the journal that carried them goes. */
  const states = new Map(restored.states);
  let isJournalBehind = false;
  const inTurn = createQueue();

  async function write(entries: readonly SpoolEntry[], mustRewrite: boolean): Promise<string | undefined> {
    if (journal === undefined) return undefined;
    try {
      if (isJournalBehind || mustRewrite || journal.bytes() > limits.maxBytes * 2) await journal.rewrite(entriesOf(waiting.all(), states));
      else await journal.add(entries);
      isJournalBehind = false;
      return undefined;
    } catch (error) {
      isJournalBehind = true;
      return errorText(error);
    }
  }

  async function append(entries: readonly SpoolEntry[]): Promise<Appended> {
    for (const entry of entries) {
      states.set(entry.printer, entry.states);
      waiting.add(entry.reports);
    }
    const dropped = waiting.shrink();
    return { dropped, diskTrouble: await write(entries, dropped.size > 0) };
  }

  /** After half a line nothing may follow, and what is written whole again needs no mark. */
  async function mark(line: typeof DONE | typeof SAVED): Promise<void> {
    if (isJournalBehind) return;
    isJournalBehind = true;
    await journal?.mark(line);
    isJournalBehind = false;
  }

  const isEmpty = (): boolean => journal === undefined || (journal.bytes() === 0 && !isJournalBehind);

  async function saveStates(): Promise<void> {
    if (journal === undefined) return;
    await journal.saveStates(states);
    if (isEmpty()) return;
    if (waiting.size() > 0) return mark(SAVED);
    await journal.empty();
    isJournalBehind = false;
  }

  async function acknowledge(count: number): Promise<void> {
    waiting.drop(count);
    if (waiting.size() > 0 || journal === undefined) return;
    if (isJournalBehind || journal.bytes() >= EMPTY_AT_BYTES) await saveStates();
    else await mark(DONE);
  }

  async function close(): Promise<void> {
    try {
      if (waiting.size() === 0 && !isEmpty()) await saveStates();
    } finally {
      await journal?.close();
    }
  }

  return {
    append: (entries) => inTurn(() => append(entries)),
    next: (limit) => waiting.next(limit),
    release: () => waiting.release(),
    acknowledge: (count) => inTurn(() => acknowledge(count)),
    checkpoint: (current) =>
      inTurn(async () => {
        for (const [printer, mine] of current) states.set(printer, mine);
        await saveStates();
      }),
    size: () => waiting.size(),
    lost: () => waiting.lost(),
    close: () => inTurn(close),
  };
}

/** Runs jobs one after the other; a job that fails does not stop the next. */
function createQueue(): <T>(job: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const mine = last.then(job, job);
    last = mine.catch(() => undefined);
    return mine;
  };
}
