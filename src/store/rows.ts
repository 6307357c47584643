/** Rows of the tables back into the rows of the contract. What was written by this program is trusted: JSON is parsed, not validated. */
import type { AlertState } from "../model/alert.ts";
import type { FreezeFrame } from "../model/api.ts";
import type { SiteChange, SiteEntry } from "../model/site-entry.ts";
import type { RowOf, raisedSince, waitingDeliveries } from "./queries.ts";
import type {
  AlertsTable,
  DeliveriesTable,
  DetectorsTable,
  EpisodesTable,
  LabelsTable,
  OutboxTable,
  PrintersTable,
  SightingsTable,
  SiteEntriesTable,
} from "./schema.ts";
import type {
  AlertRow,
  DeliveryRow,
  DetectorRow,
  EpisodeRow,
  LabelRow,
  OutboxRow,
  PrinterRow,
  SightingRow,
  SiteEntryRow,
} from "./store.ts";

export const toAlert = (row: AlertsTable): AlertRow => ({
  id: row.id,
  printer: row.printer,
  code: row.code,
  level: row.level,
  detector: row.detector,
  state: JSON.parse(row.state) as AlertState,
  raisedAt: row.raised_at,
  clearedAt: row.cleared_at,
  acknowledgedAt: row.acknowledged_at,
  updatedAt: row.updated_at,
  isa: row.isa,
  listed: row.listed !== 0,
  ...(row.listed === 2 && { quiet: true }),
});

export const toRaise = (row: RowOf<ReturnType<typeof raisedSince>>): Omit<EpisodeRow, "freezeFrame"> => ({
  alert: row.alert,
  n: row.n,
  printer: row.printer,
  code: row.code,
  raisedAt: row.raised_at,
  acknowledgedAt: row.acknowledged_at,
  clearedAt: row.cleared_at,
  closedAt: row.closed_at,
});

export const toEpisode = (row: EpisodesTable): EpisodeRow => ({
  ...toRaise(row),
  freezeFrame: row.freeze_frame === null ? null : (JSON.parse(row.freeze_frame) as FreezeFrame),
});

export const toOutbox = (row: OutboxTable): OutboxRow => ({
  id: row.id,
  alert: row.alert,
  transition: row.transition,
  episode: row.episode,
  kind: row.kind,
  priority: row.priority,
  createdAt: row.created_at,
});

export const toDelivery = (row: Omit<DeliveriesTable, "due_at" | "waiting">): DeliveryRow => ({
  outbox: row.outbox,
  alert: row.alert,
  channel: row.channel,
  kind: row.kind,
  reason: row.reason,
  state: row.state,
  attempts: row.attempts,
  nextAt: row.next_at,
  at: row.at,
  detail: row.detail,
});

export const toWaitingDelivery = (row: RowOf<ReturnType<typeof waitingDeliveries>>): DeliveryRow & { readonly outboxRow: OutboxRow } => ({
  ...toDelivery(row),
  outboxRow: {
    id: row.outbox,
    alert: row.alert,
    transition: row.transition,
    episode: row.episode,
    kind: row.outbox_kind,
    priority: row.priority,
    createdAt: row.created_at,
  },
});

export const toDetector = (row: DetectorsTable): DetectorRow => ({
  printer: row.printer,
  detector: row.detector,
  boot: row.boot,
  seq: row.seq,
  seen: row.seen,
  oldBoots: JSON.parse(row.old_boots) as string[],
});

export const toPrinter = (row: PrintersTable): PrinterRow => ({
  id: row.id,
  name: row.name,
  model: row.model,
  edge: row.edge,
  seenAt: row.seen_at,
});

export const toSighting = (row: SightingsTable): SightingRow => ({
  code: row.code,
  model: row.model,
  firmware: row.firmware,
  firstAt: row.first_at,
  lastAt: row.last_at,
  count: row.count,
});

export const toSiteEntry = (row: SiteEntriesTable): SiteEntryRow => ({
  code: row.code,
  entry: row.entry === null ? null : (JSON.parse(row.entry) as SiteEntry),
  changes: JSON.parse(row.changes) as SiteChange[],
});

export const toLabel = (row: LabelsTable): LabelRow => ({
  alert: row.alert,
  episode: row.episode,
  printer: row.printer,
  code: row.code,
  detector: row.detector,
  raisedAt: row.raised_at,
  verdict: row.verdict,
  note: row.note,
  actor: row.actor,
  at: row.at,
});
