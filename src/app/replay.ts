/**
 * A recording run through the whole way of a message, on a clock that the recording drives: printer wire, snapshot, detectors,
 * report border, alert core, and the decision what one channel would be told. Nothing is stored and nothing is sent.
 */
import { readFile } from "node:fs/promises";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { alertId, BY_ITSELF, createLedger, type Ledger } from "../central/ledger.ts";
import { createDraft } from "../central/draft.ts";
import { createAgenda } from "../central/agenda.ts";
import { decide, decideAgain, noteTold, type Told } from "../central/route.ts";
import { detectors } from "../detectors/index.ts";
import type { Detector } from "../detectors/detector.ts";
import type { Settings } from "../edge/tuning.ts";
import { errorText } from "../lib/errors.ts";
import { at, createFakeClock, type FakeClock, toIso } from "../lib/time.ts";
import { isActive } from "../model/alert.ts";
import { fieldsOf, type HmsCode, severityOf } from "../model/code.ts";
import { parseReport } from "../model/report.ts";
import { isPrinterId, type PrinterId } from "../model/telemetry.ts";
import type { AlertRow, OutboxRow } from "../store/store.ts";
import { loadSettings } from "./params.ts";
import { unpack } from "./recorded-samples.ts";
import { readRecording, type Recording } from "./recording.ts";
import { createReplayedPrinter, type ReplayedPrinter } from "./replayed-printer.ts";

export interface ReplayOptions {
  readonly printer?: string;
  /** A file with parameters of detectors. */
  readonly params?: string;
}

export interface ReplayDeps {
  readonly catalogue: Catalogue;
  print(line: string): void;
  /** What could not be read, as a JSON line too. */
  complain(line: string): void;
  /** All there are, where not given. */
  readonly detectors?: readonly Detector<unknown>[];
}

/** How the printers of a recording are watched. */
interface Watching {
  readonly detectors: readonly Detector<unknown>[];
  readonly settings: Settings | undefined;
}

interface Counts {
  files: number;
  messages: number;
  /** Lines of recordings that could not be read and were left out. */
  badLines: number;
  /** Messages that were no report; the reasons are the adapter's. */
  ignored: number;
  /** Codes that came or went on the wire. */
  wireChanges: number;
  reports: number;
  transitions: number;
  alerts: number;
  episodes: number;
  /** What a channel that takes all but the log would have sent. */
  notifications: number;
  readonly active: HmsCode[];
  readonly expected: { matched: number; readonly missed: HmsCode[] };
}

/** After the last message: long enough for what is pending and waiting to be decided. */
const RUN_OUT_MS = 120_000;

/**
 * Files and lines that cannot be read are complained of, each in a line of its own; the others are replayed all the same.
 * @throws {ConfigError} for parameters that cannot stand: then nothing is replayed.
 */
export async function replay(files: readonly string[], options: ReplayOptions, deps: ReplayDeps): Promise<{ failed: boolean }> {
  const watching = deps.detectors ?? detectors;
  const settings = options.params === undefined ? undefined : loadSettings(options.params, watching);
  const counts: Counts = {
    files: 0,
    messages: 0,
    badLines: 0,
    ignored: 0,
    wireChanges: 0,
    reports: 0,
    transitions: 0,
    alerts: 0,
    episodes: 0,
    notifications: 0,
    active: [],
    expected: { matched: 0, missed: [] },
  };
  let failed = options.printer !== undefined && !isPrinterId(options.printer);
  if (failed) deps.complain(JSON.stringify({ error: `--printer ${options.printer}: an id has 1-64 letters, digits, "-", "_" or "."` }));
  for (const file of failed ? [] : files) {
    try {
      const recording = readRecording(file, unpack(await readFile(file)));
      counts.badLines += recording.badLines.length;
      for (const warning of warningsOf(recording.badLines)) deps.complain(JSON.stringify({ file, ...warning }));
      const faults = replayRecording(recording, options.printer, { detectors: watching, settings }, counts, deps);
      for (const fault of faults) deps.complain(JSON.stringify({ file, ...fault }));
      if (faults.length > 0) failed = true;
      counts.files += 1;
    } catch (error) {
      failed = true;
      deps.complain(JSON.stringify({ file, error: reasonOf(error) }));
    }
  }
  deps.print(JSON.stringify({ summary: counts }));
  return { failed: failed || counts.expected.missed.length > 0 };
}

/** Beyond this many a file says only how many more there are. */
const MAX_WARNINGS = 20;

function warningsOf(badLines: readonly number[]): { readonly line?: number; readonly warning: string }[] {
  const shown = badLines.slice(0, MAX_WARNINGS).map((line) => ({ line, warning: `line ${line} is no JSON object; it was left out` }));
  const rest = badLines.length - shown.length;
  return rest === 0 ? shown : [...shown, { warning: `${rest} more lines are no JSON objects; they were left out` }];
}

/** Without the path and the number that Node puts around the words of the system. */
const reasonOf = (error: unknown): string => errorText(error).replace(/^E[A-Z]+: (.*), [a-z]+( '.*')?$/s, "$1");

/** A detector that failed, in its own words. */
interface Fault {
  readonly detector: string;
  readonly error: string;
}

const TICK_MS = 1_000;
/** A silence of a day says no more than its first hour. */
const MAX_SILENT_MS = 3_600_000;

/** Each recording is a world of its own: its clock, its printers, its alerts. */
function replayRecording(
  recording: Recording,
  givenId: string | undefined,
  watching: Watching,
  counts: Counts,
  deps: ReplayDeps,
): readonly Fault[] {
  const start = recording.messages.reduce((earliest, message) => Math.min(earliest, message.at), Number.POSITIVE_INFINITY);
  const clock = createFakeClock(at(Number.isFinite(start) ? start : 0));
  const core = createCore(clock, counts, deps);
  const faults: Fault[] = [];
  const serials = new Set(recording.messages.map((message) => message.serial));
  const printers = new Map<string | undefined, ReplayedPrinter>();
  for (const serial of serials) {
    const id = serials.size === 1 ? (givenId ?? serial ?? recording.name) : (serial ?? recording.name);
    const of = { printer: printerIdOf(id), serial, maker: recording.maker, clock, catalogue: deps.catalogue, ...watching };
    const events = { report: core.report, fault: (detector: string, error: string) => void faults.push({ detector, error }) };
    printers.set(serial, createReplayedPrinter(of, counts, events));
  }
  let due = clock.now() + TICK_MS;
  for (const message of recording.messages) {
    if (recording.isContinuous) due = tickUntil(message.at, due, clock, [...printers.values()]);
    clock.advanceTo(message.at);
    counts.messages += 1;
    printers.get(message.serial)?.accept(message.message);
  }
  clock.advanceTo(at(clock.now() + RUN_OUT_MS));
  core.finish(recording.expected);
  return faults;
}

/** As the edge does it: every second, whether a message comes or not. */
function tickUntil(until: number, due: number, clock: FakeClock, printers: readonly ReplayedPrinter[]): number {
  const end = Math.min(until, due + MAX_SILENT_MS);
  let next = due;
  for (; next <= end; next += TICK_MS) {
    clock.advanceTo(at(next));
    for (const printer of printers) printer.tick();
  }
  return Math.max(next, until);
}

function printerIdOf(name: string): PrinterId {
  const id = name
    .replaceAll(/[^A-Za-z0-9._-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 64);
  return isPrinterId(id) ? id : ("printer" as PrinterId);
}

interface Core {
  /** A report as it would travel. */
  report(message: object): void;
  finish(expected: readonly HmsCode[]): void;
}

/** The alert core of central without its store: what would be one commit is printed and counted. */
function createCore(clock: FakeClock, counts: Counts, deps: ReplayDeps): Core {
  const told = createEar(clock, counts, (id) => ledger.get(id)?.row);
  const agenda = createAgenda(clock, (ids) => {
    for (const id of ids) step(id, { type: "tick" });
  });
  const ledger: Ledger = createLedger({
    catalogue: deps.catalogue,
    clock,
    frame: () => ({ at: [], signals: {}, report: {}, snapshot: {} }),
    plan: (alert, due) => agenda.plan(alert, due),
  });

  function step(id: string, event: { readonly type: "tick" | "fail" | "pass" | "not-tested" }): void {
    const live = ledger.get(id);
    if (live === undefined) return;
    const draft = createDraft();
    ledger.step(draft, live, event, BY_ITSELF);
    for (const { row, transition } of draft.told) {
      if (transition === undefined) continue;
      counts.transitions += 1;
      if (transition.event === "raise" && transition.episode === row.state.episode) counts.episodes += 1;
      deps.print(lineOf(row, transition, deps.catalogue));
    }
    for (const outbox of draft.outbox) told(outbox);
  }

  return {
    report: (message) => {
      // the same border that reports from outside must pass
      const parsed = parseReport(JSON.parse(JSON.stringify(message)));
      if (!parsed.ok) throw new Error(`a detector made a bad report: ${parsed.reason}`);
      const { printer, code, detector, status } = parsed.report;
      const id = alertId(printer, code);
      // a pass of what never failed makes no alert
      if (status !== "fail" && ledger.get(id) === undefined) return;
      ledger.open({ printer, code, detector });
      step(id, { type: status === "not_tested" ? "not-tested" : status });
    },
    finish: (expected) => {
      const raised = [...ledger.all()].filter((live) => live.row.state.episode > 0);
      counts.alerts += raised.length;
      counts.active.push(...raised.filter((live) => isActive(live.row.state)).map((live) => live.row.code));
      for (const code of expected) {
        const fields = fieldsOf(code);
        const mustRaise = fields.kind === "hms" || fields.class !== "status";
        if (raised.some((live) => live.row.code === code) === mustRaise) counts.expected.matched += 1;
        else counts.expected.missed.push(code);
      }
    },
  };
}

/** One channel that listens to everything but the log: counts what it would be sent, by the same rules as a real one. */
function createEar(clock: FakeClock, counts: Counts, find: (alert: string) => AlertRow | undefined): (outbox: OutboxRow) => void {
  const memory = new Map<string, Told & { raisesUnderWay: number }>();
  return (outbox) => {
    const alert = find(outbox.alert);
    if (alert === undefined) return;
    const told = memory.get(outbox.alert) ?? { raise: false, raisesAt: [], raisesUnderWay: 0 };
    memory.set(outbox.alert, told);
    const question = { outbox, minPriority: "low", told } as const;
    const decision = decide({ ...question, alert, raisesUnderWay: told.raisesUnderWay, now: clock.now() });
    if (decision.action === "hold") return;
    const isRaise = outbox.kind === "raise";
    if (isRaise) told.raisesUnderWay += 1;
    clock.setTimer(decision.waitMs, () => {
      if (isRaise) told.raisesUnderWay -= 1;
      const again = decideAgain({ ...question, alert: find(outbox.alert) ?? alert, raisesUnderWay: told.raisesUnderWay, now: clock.now() });
      if (again.action === "hold") return;
      counts.notifications += 1;
      noteTold(told, outbox.kind, clock.now());
    });
  };
}

function lineOf(
  row: AlertRow,
  transition: { readonly event: string; readonly episode: number; readonly isa: string; readonly at: AlertRow["updatedAt"] },
  catalogue: Catalogue,
): string {
  const { printer, code, level, state } = row;
  return JSON.stringify({
    t: toIso(transition.at),
    printer,
    code,
    level,
    severity: severityOf(code),
    event: transition.event,
    isa: transition.isa,
    episode: transition.episode,
    title: catalogue.explain(code).title,
    priority: state.priority,
  });
}
