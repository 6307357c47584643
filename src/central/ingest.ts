/** The door for reports: validate each, drop repeats, latecomers and names beyond measure, hand the rest to the alert machine. */
import { parseReport, type IngestResult, type Report } from "../model/report.ts";
import type { AlertEvent } from "../model/alert.ts";
import type { DetectorRow } from "../store/store.ts";
import { alertId, type Ledger } from "./ledger.ts";
import type { Draft } from "./draft.ts";
import type { Fleet } from "./fleet.ts";
import type { Names } from "./names.ts";
import { detectorKey, judge } from "./sequence.ts";

const EVENTS = { fail: "fail", pass: "pass", not_tested: "not-tested" } as const satisfies Readonly<Record<Report["status"], string>>;

export interface Intake {
  /** Puts a batch into the draft; what it answers holds once the draft is durable. */
  take(draft: Draft, messages: readonly unknown[]): IngestResult;
  load(rows: readonly DetectorRow[]): void;
}

export interface IntakeDeps {
  readonly ledger: Ledger;
  readonly fleet: Fleet;
  readonly names: Names;
}

export function createIntake({ ledger, fleet, names }: IntakeDeps): Intake {
  const detectors = new Map<string, DetectorRow>();
  const countByPrinter = new Map<string, number>();
  const countOf = (printer: string): number => countByPrinter.get(printer) ?? 0;

  function learn(key: string, row: DetectorRow): void {
    if (!detectors.has(key)) countByPrinter.set(row.printer, countOf(row.printer) + 1);
    detectors.set(key, row);
  }

  function apply(draft: Draft, report: Report): void {
    const printer = fleet.meet(report.printer);
    if (printer !== undefined) draft.putPrinter(printer);
    const known = ledger.get(alertId(report.printer, report.code));
    // what never failed needs no record to say that it is well
    if (known === undefined && report.status !== "fail") return;
    const event: AlertEvent = { type: EVENTS[report.status], by: report.detector };
    ledger.step(draft, known ?? ledger.open(report), event, { actor: null, note: null, report });
  }

  return {
    take: (draft, messages) => {
      const result = { accepted: 0, duplicates: 0, late: 0, rejected: [] as { index: number; reason: string }[] };
      messages.forEach((message, index) => {
        const parsed = parseReport(message);
        if (!parsed.ok) return void result.rejected.push({ index, reason: parsed.reason });
        const { report } = parsed;
        const key = detectorKey(report.printer, report.detector);
        const known = detectors.get(key);
        const { verdict, row } = judge(known, report);
        if (verdict === "duplicate") return void result.duplicates++;
        if (verdict === "late") return void result.late++;
        const excess = names.report(report, known === undefined ? countOf(report.printer) : undefined);
        if (excess !== undefined) {
          names.tell(draft, excess);
          result.rejected.push({ index, reason: excess.reason });
          return;
        }
        learn(key, row);
        draft.putDetector(row);
        apply(draft, report);
        result.accepted++;
      });
      return result;
    },
    load: (rows) => {
      detectors.clear();
      countByPrinter.clear();
      for (const row of rows) learn(detectorKey(row.printer, row.detector), row);
    },
  };
}
