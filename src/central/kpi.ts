/** The measures of alarm quality over a span: how much was raised and told, how much of it came to nothing, how fast people were. */
import type { Kpi } from "../model/api.ts";
import { isActive } from "../model/alert.ts";
import type { HmsCode } from "../model/code.ts";
import type { Priority } from "../model/priority.ts";
import { toIso, type Timestamp } from "../lib/time.ts";
import type { AlertRow, EpisodeRow } from "../store/store.ts";

/** Shorter episodes end before anybody can act. */
const FLEETING_MS = 10_000;
/** Longer ones have become furniture. */
const STANDING_MS = 24 * 3_600_000;
const TOP = 10;

export interface KpiInput {
  readonly since: Timestamp;
  readonly now: Timestamp;
  readonly episodes: readonly Omit<EpisodeRow, "freezeFrame">[];
  readonly alerts: Iterable<AlertRow>;
  readonly notified: number;
  readonly ingest: Kpi["ingest"];
  readonly priorityOf: (code: HmsCode) => Priority;
  readonly titleOf: (code: HmsCode) => string;
}

export function measure(input: KpiInput): Kpi {
  const { episodes } = input;
  const byPriority: Record<string, number> = {};
  const byCode = new Map<HmsCode, number>();
  for (const { code } of episodes) {
    const priority = input.priorityOf(code);
    byPriority[priority] = (byPriority[priority] ?? 0) + 1;
    byCode.set(code, (byCode.get(code) ?? 0) + 1);
  }
  const top = [...byCode].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, TOP);
  let standing = 0;
  for (const { state, raisedAt } of input.alerts) {
    if (isActive(state) && raisedAt !== null && input.now - raisedAt > STANDING_MS) standing++;
  }
  return {
    since: toIso(input.since),
    raised: episodes.length,
    notified: input.notified,
    fleeting: spans(episodes, "clearedAt").filter((ms) => ms < FLEETING_MS).length,
    standing,
    byPriority,
    medianAckMs: median(spans(episodes, "acknowledgedAt")),
    medianClearMs: median(spans(episodes, "clearedAt")),
    top: top.map(([code, raised]) => ({ code, title: input.titleOf(code), raised })),
    ingest: { ...input.ingest },
  };
}

function spans(episodes: KpiInput["episodes"], end: "acknowledgedAt" | "clearedAt"): number[] {
  return episodes.flatMap((episode) => {
    const until = episode[end];
    return until === null ? [] : [until - episode.raisedAt];
  });
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
