/**
 * Order at the door: what a report's boot and number say against the last accepted one of its detector. Pure. A number is accepted
 * at most once, and nothing older than the newest accepted report changes anything.
 */
import type { Report } from "../model/report.ts";
import type { DetectorRow } from "../store/store.ts";

export type Verdict = "fresh" | "duplicate" | "late";

const REMEMBERED_SEQS = 31;
const REMEMBERED_BOOTS = 8;

/** `row` is the record to keep; the former one, unchanged, where the report is dropped. */
export function judge(last: DetectorRow | undefined, report: Report): { readonly verdict: Verdict; readonly row: DetectorRow } {
  const { printer, detector, boot, seq } = report;
  if (last === undefined) return { verdict: "fresh", row: { printer, detector, boot, seq, seen: 0, oldBoots: [] } };
  if (boot !== last.boot) {
    if (last.oldBoots.includes(boot)) return { verdict: "late", row: last };
    const oldBoots = [last.boot, ...last.oldBoots].slice(0, REMEMBERED_BOOTS);
    return { verdict: "fresh", row: { printer, detector, boot, seq, seen: 0, oldBoots } };
  }
  const ahead = seq - last.seq;
  if (ahead > 0) return { verdict: "fresh", row: { ...last, seq, seen: shifted(last.seen, ahead) } };
  if (ahead === 0) return { verdict: "duplicate", row: last };
  const wasSeen = -ahead <= REMEMBERED_SEQS && (last.seen & (1 << (-ahead - 1))) !== 0;
  return { verdict: wasSeen ? "duplicate" : "late", row: last };
}

/** The bits of the numbers below the new one; the former newest becomes one of them. */
function shifted(seen: number, ahead: number): number {
  if (ahead > REMEMBERED_SEQS) return 0;
  const older = ahead === REMEMBERED_SEQS ? 0 : seen << ahead;
  return (older | (1 << (ahead - 1))) & 0x7fff_ffff;
}

export function detectorKey(printer: string, detector: string): string {
  return `${printer} ${detector}`;
}
