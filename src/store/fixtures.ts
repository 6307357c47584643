/** Rows for the tests of stores: raise number `n` has alert, code, transition and times of its own; printers are three, in turn. */
import { type Timestamp, at } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { PrinterId } from "../model/telemetry.ts";
import type { AlertRow, Changes, DeliveryRow, EpisodeRow, LabelRow, OutboxRow, SightingRow, SiteEntryRow, TransitionRow } from "./store.ts";

export const RAISED_AT: Timestamp = at(1_790_000_000_000);

/** p1, p2 or p3. */
export const printerId = (n: number): PrinterId => `p${((n - 1) % 3) + 1}` as PrinterId;
const codeOf = (n: number): HmsCode => `0300-${n.toString(16).toUpperCase().padStart(4, "0")}-0001-0001` as HmsCode;
const alertId = (n: number): string => `${printerId(n)}~${codeOf(n)}`;
const whose = (n: number) => ({ alert: alertId(n), printer: printerId(n), code: codeOf(n) });

export function alertRow(n: number, changed: Partial<AlertRow> = {}): AlertRow {
  const raisedAt = at(RAISED_AT + n);
  return {
    id: alertId(n),
    printer: printerId(n),
    code: codeOf(n),
    level: 1,
    detector: "native",
    raisedAt,
    clearedAt: null,
    acknowledgedAt: null,
    updatedAt: raisedAt,
    isa: "B",
    listed: true,
    state: {
      version: n,
      condition: "active",
      quality: "good",
      acknowledged: false,
      latched: false,
      shelf: { kind: "none" },
      suppressedBy: [],
      outOfService: false,
      priority: "high",
      episode: 1,
      openEpisodes: [{ n: 1, raisedAt }],
      occurrences: 1,
      cycle: {
        testedThisCycle: true,
        failedThisCycle: true,
        failedLastCycle: false,
        testedSinceClear: true,
        failedSinceClear: true,
        trips: 1,
        ageing: 0,
      },
    },
    ...changed,
  };
}

export function episodeRow(n: number, changed: Partial<EpisodeRow> = {}): EpisodeRow {
  const freezeFrame = { at: [1, 2], signals: { nozzleC: [210.5, null] }, report: { seq: n }, snapshot: { state: "printing" } };
  return { ...whose(n), n: 1, raisedAt: at(RAISED_AT + n), acknowledgedAt: null, clearedAt: null, closedAt: null, freezeFrame, ...changed };
}

export function transitionRow(n: number, changed: Partial<TransitionRow> = {}): TransitionRow {
  const what = { level: 1, at: at(RAISED_AT + n), event: "raise", episode: 1, isa: "B", version: n, actor: null, note: null } as const;
  return { id: n, ...whose(n), ...what, ...changed };
}

export function outboxRow(n: number): OutboxRow {
  return {
    id: `${alertId(n)}~raise`,
    alert: alertId(n),
    transition: n,
    episode: 1,
    kind: "raise",
    priority: "high",
    createdAt: at(RAISED_AT + n),
  };
}

export function deliveryRow(n: number, changed: Partial<DeliveryRow> = {}): DeliveryRow {
  const what = {
    kind: "raise",
    reason: "first",
    state: "pending",
    attempts: 0,
    nextAt: null,
    at: at(RAISED_AT + n),
    detail: null,
  } as const;
  return { outbox: outboxRow(n).id, alert: alertId(n), channel: "phone", ...what, ...changed };
}

export function sightingRow(n: number, changed: Partial<SightingRow> = {}): SightingRow {
  return { code: codeOf(n), model: "X1C", firmware: "01.08", firstAt: at(RAISED_AT + n), lastAt: at(RAISED_AT + n), count: 1, ...changed };
}

export function siteEntryRow(n: number, changed: Partial<SiteEntryRow> = {}): SiteEntryRow {
  const texts = {
    title: "Ours",
    summary: "It is loose.",
    effect: null,
    steps: ["Press it."],
    priority: "low",
    notes: "a\nb",
    language: "de",
  } as const;
  const updatedAt = "2026-11-22T06:00:00.000Z";
  return {
    code: codeOf(n),
    entry: { ...texts, steps: [...texts.steps], updatedAt },
    changes: [{ at: updatedAt, by: "Ada", what: "described" }],
    ...changed,
  };
}

export function labelRow(n: number, changed: Partial<LabelRow> = {}): LabelRow {
  const said = { verdict: "real", note: "it smelt", actor: "Ada", at: at(RAISED_AT + 900) } as const;
  return { ...whose(n), episode: 1, detector: "heater-stuck-on", raisedAt: at(RAISED_AT + n), ...said, ...changed };
}

/** What central commits when alert `n` is raised. */
export function raise(n: number) {
  return { alerts: [alertRow(n)], episodes: [episodeRow(n)], transitions: [transitionRow(n)], outbox: [outboxRow(n)] } satisfies Changes;
}

/** A commit with a row of every kind but `decided`. */
export function change(n: number) {
  return {
    ...raise(n),
    deliveries: [deliveryRow(n)],
    detectors: [{ printer: printerId(n), detector: "native", boot: "b1", seq: n, seen: 0, oldBoots: [] }],
    printers: [{ id: printerId(n), name: "Left", model: "X1C", edge: "e1", seenAt: at(RAISED_AT + n) }],
    settings: [{ key: "instance", value: `i-${n}` }],
    sightings: [sightingRow(n)],
    siteEntries: [siteEntryRow(n)],
    labels: [labelRow(n)],
  } satisfies Changes;
}
