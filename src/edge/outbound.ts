/**
 * The way of reports out of an edge: numbered, spooled, then handed to the sender. Hides batching and what is said when the spool is
 * full or the disk refuses. Nothing handed in is lost but what a full spool counts.
 */
import type { HmsCode } from "../model/code.ts";
import type { Finding, ReportMessage } from "../model/report.ts";
import type { PrinterId } from "../model/telemetry.ts";
import { type Clock, toIso } from "../lib/time.ts";
import type { Outcome } from "./limiter.ts";
import { EDGE_DETECTOR, type DetectorStates } from "./runner.ts";
import { createSender, type SenderDeps } from "./sender.ts";
import type { SpoolEntry, StatesByPrinter } from "./spool.ts";

export const STORAGE_TROUBLE = "F000-0500-0003-0001" as HmsCode;

export interface Outbound {
  take(printer: PrinterId, outcomes: readonly Outcome[], states: DetectorStates): void;
  /** Detector states that moved on without reports; saved when nothing waits to be written. */
  checkpoint(states: () => StatesByPrinter): Promise<void>;
  /** The disk refuses something beside the spool, or takes it again: told as storage trouble like the spool's own. */
  trouble(printer: PrinterId, cause: TroubleCause, evidence: Readonly<Record<string, unknown>> | undefined): void;
  /** Central can be reached again: no need to wait for the next attempt. */
  hurry(): void;
  close(): Promise<void>;
}

interface OutboundDeps extends SenderDeps {
  readonly boot: string;
  /** What stood under `OWN_STATES` before a restart. */
  readonly saved: DetectorStates | undefined;
  /** A printer's detectors as they are now. */
  readonly statesOf: (printer: PrinterId) => DetectorStates;
}

/** In the place of a printer's states: those of the edge itself. No printer may be called so. */
export const OWN_STATES = "edge";

export type TroubleCause = "spool" | "recording";

/**
 * For which printers storage trouble was told and not yet taken back, and why. What was told before a restart is the spool's: it is
 * taken back as soon as central holds everything, unless there is trouble anew.
 */
function createTroubles(saved: DetectorStates | undefined) {
  const causes = new Map(Object.keys(saved ?? {}).map((printer) => [printer as PrinterId, new Set<TroubleCause>(["spool"])]));
  return {
    /** True for the first of a printer. */
    add: (printer: PrinterId, cause: TroubleCause): boolean => {
      const before = causes.get(printer);
      if (before === undefined) causes.set(printer, new Set([cause]));
      else before.add(cause);
      return before === undefined;
    },
    /** True for the last of a printer. */
    end: (printer: PrinterId, cause: TroubleCause): boolean => {
      const left = causes.get(printer);
      return left?.delete(cause) === true && left.size === 0 && causes.delete(printer);
    },
    printers: (): readonly PrinterId[] => [...causes.keys()],
    state: (): DetectorStates => Object.fromEntries([...causes].map(([printer]) => [printer, true])),
  };
}

/** Gives every report its place in the order of its detector. */
function createNumbering(boot: string, clock: Clock): (printer: PrinterId, outcome: Outcome) => ReportMessage {
  const sequences = new Map<string, number>();
  return (printer, { detector, finding }) => {
    const key = `${printer} ${detector}`;
    const seq = sequences.get(key) ?? 0;
    sequences.set(key, seq + 1);
    const { evidence, ...rest } = finding;
    const base = { v: 1 as const, printer, detector, boot, seq, at: toIso(clock.now()), ...rest };
    return evidence === undefined ? base : { ...base, evidence: { ...evidence } };
  };
}

export function createOutbound(deps: OutboundDeps): Outbound {
  const { spool, log } = deps;
  const number = createNumbering(deps.boot, deps.clock);
  const sender = createSender(deps, () => {
    if (isDiskWell) tellWell();
  });
  const troubles = createTroubles(deps.saved);
  let pending: SpoolEntry[] = [];
  let writing: Promise<void> | undefined;
  let isDiskWell = true;

  function take(printer: PrinterId, outcomes: readonly Outcome[], states: DetectorStates): void {
    if (outcomes.length === 0) return;
    pending.push({ printer, reports: outcomes.map((outcome) => number(printer, outcome)), states });
    writing ??= write();
  }

  async function write(): Promise<void> {
    // one turn later, so that what comes together is written together
    await Promise.resolve();
    while (pending.length > 0) {
      const entries = pending;
      pending = [];
      const { dropped, diskTrouble } = await spool.append(entries);
      isDiskWell = diskTrouble === undefined;
      if (diskTrouble !== undefined)
        log.error({ reason: diskTrouble }, "could not write the spool to disk: reports are kept in memory only");
      for (const [printer, count] of dropped) tellTrouble(printer as PrinterId, "spool", { dropped: count, lostSinceStart: spool.lost() });
      for (const { reports } of diskTrouble === undefined ? [] : entries)
        for (const { printer } of reports) tellTrouble(printer as PrinterId, "spool", { disk: diskTrouble });
      sender.start();
    }
    writing = undefined;
  }

  function tellTrouble(printer: PrinterId, cause: TroubleCause, evidence: Readonly<Record<string, unknown>>): void {
    if (!troubles.add(printer, cause)) return;
    log.warn({ printer, cause, ...evidence }, "storage is in trouble");
    tell(printer, { code: STORAGE_TROUBLE, status: "fail", evidence });
  }

  function tellWell(printers: readonly PrinterId[] = troubles.printers(), cause: TroubleCause = "spool"): void {
    for (const printer of printers) if (troubles.end(printer, cause)) tell(printer, { code: STORAGE_TROUBLE, status: "pass" });
  }

  /** With what a later start must know of it. */
  function tell(printer: PrinterId, finding: Finding): void {
    pending.push({ printer: OWN_STATES, reports: [], states: troubles.state() });
    take(printer, [{ detector: EDGE_DETECTOR, finding }], deps.statesOf(printer));
  }

  return {
    take,
    checkpoint: async (states) => {
      if (pending.length === 0 && writing === undefined) await spool.checkpoint(states());
    },
    trouble: (printer, cause, evidence) => {
      if (evidence === undefined) tellWell([printer], cause);
      else tellTrouble(printer, cause, evidence);
    },
    hurry: () => sender.hurry(),
    close: async () => {
      await writing;
      await sender.close();
      await spool.close();
    },
  };
}
