/**
 * The ledger: every alert's state in memory, the truth while central runs. Each step of the machine is taken here and nowhere else,
 * with all its rows in the draft of the next commit, the suppression it causes, and its next due time.
 */
import {
  dueAt,
  initialState,
  isaLetter,
  isListed,
  transition,
  type AlertDefinition,
  type AlertEvent,
  type AlertStep,
  type Effect,
} from "../model/alert.ts";
import type { FreezeFrame } from "../model/api.ts";
import { levelOf, type HmsCode } from "../model/code.ts";
import type { Report } from "../model/report.ts";
import { isQuiet } from "../model/priority.ts";
import type { PrinterId } from "../model/telemetry.ts";
import type { Clock, Timestamp } from "../lib/time.ts";
import type { Catalogue } from "../catalogue/catalogue.ts";
import type { AlertRow } from "../store/store.ts";
import type { Draft } from "./draft.ts";
import { episodeRows, nextRow, outboxRow, transitionRow, type Note } from "./rows.ts";
import { createSuppression } from "./suppress.ts";

export interface Live {
  row: AlertRow;
  definition: AlertDefinition;
  /** What failed last, until it has become an activation. */
  pendingReport?: Report;
}

export interface Target {
  readonly printer: PrinterId;
  readonly code: HmsCode;
  readonly detector: string;
}

export interface Cause extends Note {
  readonly report?: Report;
}

export const BY_ITSELF: Cause = { actor: null, note: null };

export interface LedgerDeps {
  readonly catalogue: Catalogue;
  readonly clock: Clock;
  readonly frame: (printer: PrinterId, report: Report | undefined) => FreezeFrame;
  readonly plan: (alert: string, due: Timestamp | undefined) => void;
  /** A raise that somebody may be told of; called within the step, with the draft that carries it. */
  readonly onRaise?: (draft: Draft, row: AlertRow) => void;
  /** New episodes of an alert, told or not; within the step as well. */
  readonly onEpisodes?: (draft: Draft, row: AlertRow, count: number) => void;
}

export interface Remark {
  readonly event: "comment" | "label";
  readonly episode: number;
}

export interface Ledger {
  get(id: string): Live | undefined;
  /** Every alert there is on a printer, those at rest too. */
  of(printer: string): Iterable<Live>;
  all(): Iterable<Live>;
  /** How many alerts there are on a printer. */
  count(printer: string): number;
  /** Makes the alert where there is none yet. */
  open(target: Target): Live;
  step(draft: Draft, live: Live, event: AlertEvent, cause: Cause): AlertStep;
  /** A person's word that changes nothing: it stands in the history. */
  remark(draft: Draft, live: Live, what: Remark, note: Note): void;
  /** Asks the catalogue anew for a code of which a person said something, and takes every alert of it along. */
  rejudge(draft: Draft, code: HmsCode, cause: Cause): void;
  /** Forgets all and takes these; the number of the last history row counts on. */
  load(rows: readonly AlertRow[], lastTransition: number): void;
  /** Brings in line what changed while central was down: priorities, quiet codes, and suppression whose cause is gone. */
  settle(draft: Draft): void;
}

export const alertId = (printer: string, code: string): string => `${printer}~${code}`;

export function createLedger(deps: LedgerDeps): Ledger {
  const { catalogue, clock } = deps;
  const { alerts, find, add, judgeAnew, clear } = createRegister(catalogue);
  /** Loaded rows whose code is quiet now and was not when they were written, or the other way round. */
  const outdated = new Set<Live>();
  let lastTransition = 0;
  const suppression = createSuppression({
    suppresses: (code) => catalogue.suppresses(code),
    find: (printer, code) => alerts.get(alertId(printer, code)),
    get: find.get,
    of: find.of,
    step: (draft, live, event, note) => void step(draft, live, event, { actor: null, note }),
  });
  const nextId = (): number => ++lastTransition;

  const open = (target: Target): Live =>
    alerts.get(alertId(target.printer, target.code)) ?? add(restingRow(target, catalogue.definition(target.code), clock.now()));

  function write(draft: Draft, live: Live, what: Pick<Step, "before" | "effects" | "cause">): void {
    const frame = (): FreezeFrame => deps.frame(live.row.printer, what.cause.report ?? live.pendingReport);
    record(draft, { ...what, after: live.row, now: clock.now(), frame }, nextId);
  }

  function step(draft: Draft, live: Live, event: AlertEvent, cause: Cause): AlertStep {
    const now = clock.now();
    const before = live.row;
    const result = transition(before.state, event, live.definition, now);
    if (!result.ok || result.state === before.state) {
      deps.plan(before.id, dueAt(before.state, live.definition));
      return result;
    }
    const { state, effects } = result;
    const after = nextRow(before, state, effects, now);
    live.row = { ...after, detector: finderOf(before, event, cause) };
    write(draft, live, { before, effects, cause });
    notePending(live, cause.report);
    deps.plan(before.id, dueAt(state, live.definition));
    suppression.after(draft, live, before.state);
    if (state.episode > before.state.episode) deps.onEpisodes?.(draft, live.row, state.episode - before.state.episode);
    if (effects.some(({ notify }) => notify === "raise")) deps.onRaise?.(draft, live.row);
    return result;
  }

  return {
    ...find,
    open,
    step,
    remark: (draft, live, what, note) => {
      const before = live.row;
      live.row = { ...before, updatedAt: clock.now() };
      write(draft, live, { before, effects: [what], cause: note });
    },
    rejudge: (draft, code, cause) => {
      for (const live of judgeAnew(code)) {
        tellAnew(draft, live, () => step(draft, live, { type: "set-priority", priority: live.definition.priority }, cause));
      }
    },
    load: (rows, last) => {
      clear();
      suppression.clear();
      outdated.clear();
      lastTransition = last;
      for (const row of rows) {
        const live = add(row);
        if (row.listed && live.row !== row) outdated.add(live);
        deps.plan(row.id, dueAt(row.state, live.definition));
        suppression.learn(live);
      }
    },
    settle: (draft) => {
      for (const live of outdated) draft.putAlert(live.row);
      outdated.clear();
      for (const live of alerts.values()) {
        const { priority } = live.definition;
        if (live.row.listed && priority !== live.row.state.priority) step(draft, live, { type: "set-priority", priority }, BY_ITSELF);
        suppression.settle(draft, live);
      }
    },
  };
}

/** The detector that found it first. */
const finderOf = ({ state, detector }: AlertRow, { type }: AlertEvent, { report }: Cause): string =>
  type === "fail" && state.condition === "ok" && report !== undefined ? report.detector : detector;

/** The first report of a fault that is not raised yet, as it may have a delay. */
function notePending(live: Live, report: Report | undefined): void {
  if (live.row.state.condition !== "pre") delete live.pendingReport;
  else if (report?.status === "fail") live.pendingReport ??= report;
}

/** Its words may have changed, although its state does not. */
function tellAnew(draft: Draft, live: Live, step: () => void): void {
  const before = live.row;
  step();
  if (live.row === before && before.listed) draft.told.push({ row: before, transition: undefined });
}

/** The alerts by id and by printer, each with what the catalogue says of its code. */
function createRegister(catalogue: Catalogue) {
  const alerts = new Map<string, Live>();
  const byPrinter = new Map<string, Map<string, Live>>();

  function judge(code: HmsCode): { readonly definition: AlertDefinition; readonly quiet: boolean } {
    const definition = catalogue.definition(code);
    return { definition, quiet: isQuiet(code, catalogue.lane(code), definition.priority) };
  }

  return {
    alerts,
    find: {
      get: (id: string): Live | undefined => alerts.get(id),
      of: (printer: string): Iterable<Live> => byPrinter.get(printer)?.values() ?? [],
      all: (): Iterable<Live> => alerts.values(),
      count: (printer: string): number => byPrinter.get(printer)?.size ?? 0,
    },
    add: (row: AlertRow): Live => {
      const { definition, quiet } = judge(row.code);
      const live: Live = { row: atRestAs(definition, withQuiet(row, quiet)), definition };
      alerts.set(row.id, live);
      const siblings = byPrinter.get(row.printer);
      if (siblings === undefined) byPrinter.set(row.printer, new Map([[row.id, live]]));
      else siblings.set(row.id, live);
      return live;
    },
    /** Every alert of a code, with what the catalogue says of it now; its state follows by a step. */
    judgeAnew: (code: HmsCode): readonly Live[] => {
      const { definition, quiet } = judge(code);
      const ofCode = [...alerts.values()].filter(({ row }) => row.code === code);
      for (const live of ofCode) Object.assign(live, { definition, row: withQuiet(live.row, quiet) });
      return ofCode;
    },
    clear: () => {
      alerts.clear();
      byPrinter.clear();
    },
  };
}

interface Step {
  readonly before: AlertRow;
  readonly after: AlertRow;
  readonly effects: readonly Effect[];
  readonly cause: Cause;
  readonly now: Timestamp;
  readonly frame: () => FreezeFrame;
}

/** Everything that a step leaves behind, in one draft: all of it is on disk, or none. */
function record(draft: Draft, { before, after, effects, cause, now, frame }: Step, nextId: () => number): void {
  draft.putAlert(after);
  for (const episode of episodeRows(before, after, effects, now, frame)) draft.putEpisode(episode);
  for (const effect of effects) {
    const entry = transitionRow(nextId(), after, effect, now, cause);
    draft.transitions.push(entry);
    draft.told.push({ row: after, transition: entry });
    if (effect.notify !== undefined) draft.outbox.push(outboxRow(entry, effect.notify, after));
  }
}

/** The very row where nothing changes. */
function withQuiet(row: AlertRow, quiet: boolean): AlertRow {
  if (quiet === (row.quiet === true)) return row;
  const { quiet: _former, ...rest } = row;
  return quiet ? { ...rest, quiet } : rest;
}

/** What rests is seen by nobody: it takes a new priority without a word, so that it has it when it is raised. */
function atRestAs({ priority }: AlertDefinition, row: AlertRow): AlertRow {
  return row.listed || row.state.priority === priority ? row : { ...row, state: { ...row.state, priority } };
}

function restingRow({ printer, code, detector }: Target, definition: AlertDefinition, now: Timestamp): AlertRow {
  const state = initialState(definition);
  const never = { raisedAt: null, clearedAt: null, acknowledgedAt: null };
  const derived = { isa: isaLetter(state), listed: isListed(state) };
  return { id: alertId(printer, code), printer, code, level: levelOf(code), detector, state, ...never, updatedAt: now, ...derived };
}
