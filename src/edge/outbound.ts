/**
 * The way of reports out of an edge: numbered, spooled, then handed to the sender. Hides batching and what is said when the spool is
 * full or the disk refuses. Nothing handed in is lost but what a full spool counts.
 */
import type { HmsCode } from "../model/code.ts";
import type { ReportMessage } from "../model/report.ts";
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
  /** Central can be reached again: no need to wait for the next attempt. */
  hurry(): void;
  close(): Promise<void>;
}

interface OutboundDeps extends SenderDeps {
  readonly boot: string;
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
  const sender = createSender(deps, tellWell);
  const lastStates = new Map<PrinterId, DetectorStates>();
  /** Printers for which storage trouble was told and not yet taken back. */
  const inTrouble = new Set<PrinterId>();
  let pending: SpoolEntry[] = [];
  let writing: Promise<void> | undefined;
  let isDiskWell = true;

  function take(printer: PrinterId, outcomes: readonly Outcome[], states: DetectorStates): void {
    lastStates.set(printer, states);
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
      for (const [printer, count] of dropped) tellTrouble(printer as PrinterId, { dropped: count, lostSinceStart: spool.lost() });
      if (diskTrouble !== undefined) for (const entry of entries) tellTrouble(entry.printer as PrinterId, { disk: diskTrouble });
      sender.start();
    }
    writing = undefined;
  }

  function tellTrouble(printer: PrinterId, evidence: Readonly<Record<string, unknown>>): void {
    if (inTrouble.has(printer)) return;
    inTrouble.add(printer);
    log.warn({ printer, ...evidence }, "the spool is in trouble: the newest report of every code is kept");
    take(
      printer,
      [{ detector: EDGE_DETECTOR, finding: { code: STORAGE_TROUBLE, status: "fail", evidence } }],
      lastStates.get(printer) ?? {},
    );
  }

  function tellWell(): void {
    if (!isDiskWell) return;
    for (const printer of inTrouble) {
      inTrouble.delete(printer);
      take(printer, [{ detector: EDGE_DETECTOR, finding: { code: STORAGE_TROUBLE, status: "pass" } }], lastStates.get(printer) ?? {});
    }
  }

  return {
    take,
    checkpoint: async (states) => {
      if (pending.length === 0 && writing === undefined) await spool.checkpoint(states());
    },
    hurry: () => sender.hurry(),
    close: async () => {
      await writing;
      await sender.close();
      await spool.close();
    },
  };
}
