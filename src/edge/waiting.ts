/**
 * Reports that wait for central, in order and bounded. Hides what goes when there is no room: of every code the newest report stays,
 * what is on its way keeps its place, and everything given up is counted.
 */
import type { ReportMessage } from "../model/report.ts";

export interface WaitingLimits {
  readonly maxReports: number;
  readonly maxBytes: number;
}

export interface Waiting {
  readonly report: ReportMessage;
  readonly bytes: number;
}

export interface WaitingList {
  add(reports: readonly ReportMessage[]): void;
  /** Makes room where it is short; the printers that lost reports, with how many. */
  shrink(): ReadonlyMap<string, number>;
  /** The oldest; they keep their place until dropped or released. */
  next(limit: number): readonly ReportMessage[];
  release(): void;
  drop(count: number): void;
  all(): readonly ReportMessage[];
  size(): number;
  lost(): number;
}

/** Keeps the newest report of each printer, detector and code, in order; of these the newest that fit into `limits`. */
export function thin(waiting: readonly Waiting[], limits: WaitingLimits): readonly Waiting[] {
  const seen = new Set<string>();
  const kept: Waiting[] = [];
  let bytes = 0;
  for (const one of waiting.toReversed()) {
    const key = `${one.report.printer} ${one.report.detector} ${one.report.code}`;
    if (seen.has(key)) continue;
    if (kept.length >= limits.maxReports || bytes + one.bytes > limits.maxBytes) break;
    seen.add(key);
    bytes += one.bytes;
    kept.push(one);
  }
  return kept.reverse();
}

export function createWaitingList(limits: WaitingLimits): WaitingList {
  let waiting: Waiting[] = [];
  let bytes = 0;
  let flying = 0;
  let lost = 0;

  function shrink(): ReadonlyMap<string, number> {
    const dropped = new Map<string, number>();
    if (waiting.length <= limits.maxReports && bytes <= limits.maxBytes) return dropped;
    // down to half, so that the work is not repeated with every report
    const kept = new Set(thin(waiting.slice(flying), { maxReports: limits.maxReports / 2, maxBytes: limits.maxBytes / 2 }));
    for (const one of waiting.slice(flying)) {
      if (kept.has(one)) continue;
      dropped.set(one.report.printer, (dropped.get(one.report.printer) ?? 0) + 1);
      bytes -= one.bytes;
      lost++;
    }
    waiting = [...waiting.slice(0, flying), ...kept];
    return dropped;
  }

  return {
    add: (reports) => {
      for (const report of reports) {
        const size = JSON.stringify(report).length;
        waiting.push({ report, bytes: size });
        bytes += size;
      }
    },
    shrink,
    next: (limit) => {
      const batch = waiting.slice(0, limit);
      flying = batch.length;
      return batch.map((one) => one.report);
    },
    release: () => {
      flying = 0;
    },
    drop: (count) => {
      for (const one of waiting.splice(0, count)) bytes -= one.bytes;
      flying = 0;
    },
    all: () => waiting.map((one) => one.report),
    size: () => waiting.length,
    lost: () => lost,
  };
}
