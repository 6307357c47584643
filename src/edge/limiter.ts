/**
 * How much one printer may say: a broken or hostile one that changes its codes a hundred times a second must not flood central. The
 * first changes of a code go out one by one; beyond that only its latest state, every few seconds, with the number of changes that
 * went into it. Nothing that matters is lost: the latest state of every code is always reported in the end, over restarts too, and
 * what was not told for the longest time goes first. Pure: time comes in, reports go out.
 */
import { at, type Timestamp } from "../lib/time.ts";
import { levelOf } from "../model/code.ts";
import type { Finding, ReportStatus } from "../model/report.ts";

/** What one detector found. */
export interface Outcome {
  readonly detector: string;
  readonly finding: Finding;
  /** This detector's fail stood at central already, or would if all that was found had been told: this finding is no first word. */
  readonly stood?: boolean;
}

export interface Limits {
  /** Changes of one code that are reported one by one. */
  readonly singlesPerMinute: number;
  /** How often the latest state of a code is told beyond that. */
  readonly everyMs: number;
  /** Of all codes together: so many at once, then so many a second. */
  readonly burst: number;
  readonly perSecond: number;
  readonly codesPerHour: number;
}

export const LIMITS: Limits = { singlesPerMinute: 10, everyMs: 5_000, burst: 300, perSecond: 5, codesPerHour: 2_000 };

interface Waiting {
  readonly detector: string;
  readonly finding: Finding;
  readonly coalesced: number;
}

/** A finding that waits. Plain JSON: it is kept with the states of the detectors, which already count it as told. */
export interface HeldBack extends Waiting {
  /** What central takes the detector's word to be meanwhile; absent where that is not known. */
  readonly told?: ReportStatus;
}

export interface Limiter {
  /** What may go out now, of these and of those that wait. To be called every second at least. */
  step(outcomes: readonly Outcome[], now: Timestamp): readonly Outcome[];
  /** Codes wait, or did some minutes ago, because the printer had more of them than the hour allows. */
  isOverrun(): boolean;
  heldBack(): readonly HeldBack[];
}

/** Of one detector and code: central counts each detector's last word. */
interface Entry {
  /** What central takes it for: before the first report, what the detector had it for. */
  told: ReportStatus | undefined;
  toldAt: Timestamp | undefined;
  isAdmitted: boolean;
  /** When it was told within the last minute. */
  recent: Timestamp[];
  held: Waiting | undefined;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const SCAN_EVERY_MS = 250;
const OVERRUN_LASTS_MS = 600_000;

const OPPOSITE: Readonly<Record<ReportStatus, ReportStatus | undefined>> = { fail: "pass", pass: "fail", not_tested: undefined };

const keyOf = (detector: string, { code }: Finding): string => `${code} ${detector}`;

function restore(saved: readonly HeldBack[]): Map<string, Entry> {
  return new Map(
    saved.map(({ detector, finding, told, coalesced }) => {
      const held = { detector, finding, coalesced };
      return [keyOf(detector, finding), { told, toldAt: undefined, isAdmitted: false, recent: [], held }];
    }),
  );
}

function withCount(finding: Finding, coalesced: number): Finding {
  return coalesced === 0 ? finding : { ...finding, evidence: { ...finding.evidence, coalesced } };
}

/** Longest untold first, so that a new code passes those that flap; of equals the worst level. */
function byTurn(a: Entry, b: Entry): number {
  const turn = (a.toldAt ?? -1) - (b.toldAt ?? -1);
  if (turn !== 0 || a.held === undefined || b.held === undefined) return turn;
  return levelOf(a.held.finding.code) - levelOf(b.held.finding.code);
}

/** The first changes of a minute, then one every few seconds. */
function isSpaced(entry: Entry, limits: Limits, now: Timestamp): boolean {
  if (entry.toldAt === undefined || now - entry.toldAt >= limits.everyMs) return true;
  entry.recent = entry.recent.filter((time) => time > now - MINUTE_MS);
  return entry.recent.length < limits.singlesPerMinute;
}

/** Takes what waits out of the entry, as told now. */
function tell(entry: Entry, held: Waiting, limits: Limits, now: Timestamp): Outcome {
  entry.held = undefined;
  entry.told = held.finding.status;
  entry.toldAt = now;
  entry.recent = [...entry.recent.slice(1 - limits.singlesPerMinute), now];
  return { detector: held.detector, finding: withCount(held.finding, held.coalesced) };
}

export function createLimiter(limits: Limits, saved: readonly HeldBack[]): Limiter {
  const entries = restore(saved);
  const waiting = new Set(entries.values());
  const admissions = createAdmissions(limits.codesPerHour);
  const budget = createBudget(limits);
  const steady = createSteadyTime();
  /** Somebody waits for the budget: what is new queues behind. */
  let isShort = saved.length > 0;
  let scannedAt = Number.NEGATIVE_INFINITY;
  let prunedAt = Number.NEGATIVE_INFINITY;

  function note(outcome: Outcome): Entry | undefined {
    const { detector, finding, stood } = outcome;
    const key = keyOf(detector, finding);
    let entry = entries.get(key);
    if (entry === undefined) {
      const told = stood === true ? "fail" : OPPOSITE[finding.status];
      entry = { told, toldAt: undefined, isAdmitted: false, recent: [], held: undefined };
      entries.set(key, entry);
    } else if (entry.toldAt === undefined && entry.held !== undefined && finding.status === entry.told) {
      // came and went while it waited for its first report: central has it right already
      entries.delete(key);
      waiting.delete(entry);
      return undefined;
    }
    entry.held = { detector, finding, coalesced: entry.held === undefined ? 0 : entry.held.coalesced + 1 };
    waiting.add(entry);
    return entry;
  }

  function release(entry: Entry, now: Timestamp): readonly Outcome[] {
    if (entry.held === undefined || !isSpaced(entry, limits, now)) return [];
    // a code that stands at central may always change: only what is new to it counts
    const isNew = !entry.isAdmitted && entry.told !== "fail";
    if (isNew && !admissions.hasRoom(now)) return [];
    if (!budget.take()) {
      isShort = true;
      return [];
    }
    if (isNew) admissions.add(now);
    entry.isAdmitted ||= isNew;
    waiting.delete(entry);
    return [tell(entry, entry.held, limits, now)];
  }

  function scan(now: Timestamp): readonly Outcome[] {
    if (waiting.size === 0 || now - scannedAt < SCAN_EVERY_MS) return [];
    scannedAt = now;
    isShort = false;
    return [...waiting].sort(byTurn).flatMap((entry) => release(entry, now));
  }

  function prune(now: Timestamp): void {
    if (now - prunedAt < MINUTE_MS) return;
    prunedAt = now;
    for (const [key, { held, told, toldAt }] of entries) {
      if (held === undefined && told !== "fail" && (toldAt ?? 0) <= now - HOUR_MS) entries.delete(key);
    }
  }

  return {
    step: (outcomes, wallClock) => {
      if (outcomes.length === 0 && waiting.size === 0 && !admissions.isOverrun()) return outcomes;
      const now = steady(wallClock);
      admissions.pass(now);
      budget.refill(now);
      prune(now);
      const out = [...scan(now)];
      for (const outcome of outcomes) {
        const entry = note(outcome);
        if (entry !== undefined && !isShort) out.push(...release(entry, now));
      }
      return out;
    },
    isOverrun: () => admissions.isOverrun(),
    heldBack: () =>
      [...waiting].flatMap(({ held, told }) => (held === undefined ? [] : [{ ...held, ...(told !== undefined && { told }) }])),
  };
}

/** How many codes were new within the hour. What is refused again and again is one overrun. */
function createAdmissions(codesPerHour: number) {
  const times: Timestamp[] = [];
  let overrunAt: Timestamp | undefined;
  return {
    hasRoom: (now: Timestamp): boolean => {
      while (times[0] !== undefined && times[0] <= now - HOUR_MS) times.shift();
      if (times.length < codesPerHour) return true;
      overrunAt = now;
      return false;
    },
    add: (now: Timestamp): void => void times.push(now),
    pass: (now: Timestamp): void => {
      if (overrunAt !== undefined && now - overrunAt >= OVERRUN_LASTS_MS) overrunAt = undefined;
    },
    isOverrun: (): boolean => overrunAt !== undefined,
  };
}

/** A bucket of reports that fills up again. */
function createBudget({ burst, perSecond }: Limits) {
  let left = burst;
  let filledAt: Timestamp | undefined;
  return {
    refill: (now: Timestamp): void => {
      left = Math.min(burst, left + ((now - (filledAt ?? now)) / 1_000) * perSecond);
      filledAt = now;
    },
    take: (): boolean => {
      if (left < 1) return false;
      left -= 1;
      return true;
    },
  };
}

/** A clock that was set back stands still here instead: nobody waits an hour because of it. */
function createSteadyTime(): (wallClock: Timestamp) => Timestamp {
  let last = Number.NEGATIVE_INFINITY;
  let offsetMs = 0;
  return (wallClock) => {
    if (wallClock + offsetMs < last) offsetMs = last - wallClock;
    last = wallClock + offsetMs;
    return at(last);
  };
}
