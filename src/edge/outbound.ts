/**
 * The way of reports out of an edge: numbered, spooled, then sent in order until central holds them. Hides batching, retrying and
 * what is said when the spool runs full. Nothing handed in is lost but what a full spool counts.
 */
import type { EdgeBus } from "../bus/bus.ts";
import type { HmsCode } from "../model/code.ts";
import type { Finding, ReportMessage } from "../model/report.ts";
import type { PrinterId } from "../model/telemetry.ts";
import { errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import { backoffMs, toIso, type Clock } from "../lib/time.ts";
import { EDGE_DETECTOR, type DetectorStates, type Outcome } from "./runner.ts";
import type { Spool, SpoolEntry, StatesByPrinter } from "./spool.ts";

export const STORAGE_TROUBLE = "F000-0500-0003-0001" as HmsCode;

const BATCH = 500;
const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 60_000;
/** How long the end waits for reports that are on their way. */
const FAREWELL_MS = 800;

export interface Outbound {
  take(printer: PrinterId, outcomes: readonly Outcome[], states: DetectorStates): void;
  /** Detector states that moved on without reports; saved when nothing waits to be written. */
  checkpoint(states: () => StatesByPrinter): Promise<void>;
  /** Central can be reached again: no need to wait for the next attempt. */
  hurry(): void;
  close(): Promise<void>;
}

interface Deps {
  readonly bus: EdgeBus;
  readonly spool: Spool;
  readonly boot: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

export function createOutbound(deps: Deps): Outbound {
  const { bus, spool, clock, log } = deps;
  const sequences = new Map<string, number>();
  /** Printers for which storage trouble was told and not yet taken back. */
  const inTrouble = new Set<PrinterId>();
  let pending: SpoolEntry[] = [];
  let writing: Promise<void> | undefined;
  let sending: Promise<void> | undefined;
  let wake: (() => void) | undefined;
  let isClosing = false;
  let isDiskWell = true;

  function message(printer: PrinterId, detector: string, finding: Finding): ReportMessage {
    const key = `${printer} ${detector}`;
    const seq = sequences.get(key) ?? 0;
    sequences.set(key, seq + 1);
    const { evidence, ...rest } = finding;
    const base = { v: 1 as const, printer, detector, boot: deps.boot, seq, at: toIso(clock.now()), ...rest };
    return evidence === undefined ? base : { ...base, evidence: { ...evidence } };
  }

  const lastStates = new Map<PrinterId, DetectorStates>();
  function take(printer: PrinterId, outcomes: readonly Outcome[], states: DetectorStates): void {
    lastStates.set(printer, states);
    if (outcomes.length === 0) return;
    pending.push({ printer, reports: outcomes.map((one) => message(printer, one.detector, one.finding)), states });
    writing ??= write();
  }

  async function write(): Promise<void> {
    // one turn of the loop later, so that what comes together is written together
    await Promise.resolve();
    while (pending.length > 0) {
      const entries = pending;
      pending = [];
      const { dropped, diskTrouble } = await spool.append(entries);
      isDiskWell = diskTrouble === undefined;
      if (diskTrouble !== undefined) log.error({ reason: diskTrouble }, "could not write the spool to disk: reports are kept in memory only");
      for (const [printer, count] of dropped) tellTrouble(printer as PrinterId, { dropped: count, lostSinceStart: spool.lost() });
      if (diskTrouble !== undefined) for (const entry of entries) tellTrouble(entry.printer as PrinterId, { disk: diskTrouble });
      sending ??= send();
    }
    writing = undefined;
  }

  function tellTrouble(printer: PrinterId, evidence: Readonly<Record<string, unknown>>): void {
    if (inTrouble.has(printer)) return;
    inTrouble.add(printer);
    log.warn({ printer, ...evidence }, "the spool is in trouble: the newest report of every code is kept");
    take(printer, [{ detector: EDGE_DETECTOR, finding: { code: STORAGE_TROUBLE, status: "fail", evidence } }], lastStates.get(printer) ?? {});
  }

  function tellWell(): void {
    if (inTrouble.size === 0 || spool.size() > 0 || !isDiskWell || isClosing) return;
    for (const printer of inTrouble) {
      inTrouble.delete(printer);
      take(printer, [{ detector: EDGE_DETECTOR, finding: { code: STORAGE_TROUBLE, status: "pass" } }], lastStates.get(printer) ?? {});
    }
  }

  async function sendBatch(batch: readonly ReportMessage[]): Promise<boolean> {
    try {
      const result = await bus.report(batch);
      for (const { index, reason } of result.rejected) {
        const refused = batch[index];
        log.error({ printer: refused?.printer, detector: refused?.detector, code: refused?.code, reason }, "central refused a report");
      }
    } catch (error) {
      log.debug({ reason: errorText(error), waiting: spool.size() }, "could not hand reports to central; will try again");
      spool.release();
      return false;
    }
    try {
      await spool.acknowledge(batch.length);
    } catch (error) {
      log.warn({ reason: errorText(error) }, "could not empty the spool on disk; after a restart central will see these reports twice");
    }
    return true;
  }

  async function send(): Promise<void> {
    // never ends in the same turn, so that the caller's `sending` is set before it is taken back
    await Promise.resolve();
    let attempt = 0;
    for (let batch = spool.next(BATCH); batch.length > 0; batch = spool.next(BATCH)) {
      if (await sendBatch(batch)) attempt = 0;
      else if (isClosing) break;
      else await rest(backoffMs(attempt++, FIRST_RETRY_MS, MAX_RETRY_MS, deps.random));
    }
    sending = undefined;
    tellWell();
  }

  function rest(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.setTimer(delayMs, () => {
        wake = undefined;
        resolve();
      });
      wake = () => {
        cancel();
        wake = undefined;
        resolve();
      };
    });
  }

  return {
    take,
    checkpoint: async (states) => {
      if (pending.length === 0 && writing === undefined) await spool.checkpoint(states());
    },
    hurry: () => {
      wake?.();
      if (spool.size() > 0) sending ??= send();
    },
    close: async () => {
      await writing;
      isClosing = true;
      wake?.();
      let cancel = (): void => undefined;
      const farewell = new Promise<void>((resolve) => {
        cancel = clock.setTimer(FAREWELL_MS, resolve);
      });
      await Promise.race([sending ?? Promise.resolve(), farewell]);
      cancel();
      await spool.close();
    },
  };
}
