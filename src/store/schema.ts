/**
 * The tables, as the query layer sees them: one description for SQLite and PostgreSQL. Times are epoch milliseconds, truth values
 * 0 or 1, JSON is text. A column that ends the row (state, freeze_frame) is the long one, so that lists need not read it.
 */
import type { Timestamp } from "../lib/time.ts";
import type { NotificationKind, TransitionEvent } from "../model/alert.ts";
import type { HmsCode } from "../model/code.ts";
import type { Verdict } from "../model/label.ts";
import type { Priority } from "../model/priority.ts";
import type { PrinterId } from "../model/telemetry.ts";
import type { DeliveryState } from "./store.ts";

export interface AlertsTable {
  id: string;
  printer: PrinterId;
  code: HmsCode;
  level: number;
  detector: string;
  raised_at: Timestamp | null;
  cleared_at: Timestamp | null;
  acknowledged_at: Timestamp | null;
  updated_at: Timestamp;
  isa: string;
  /** 0 at rest, 1 in the open list, 2 as 1 but quiet: in neither list. */
  listed: number;
  active: number;
  unacknowledged: number;
  hidden: number;
  state: string;
}

export interface EpisodesTable {
  alert: string;
  n: number;
  printer: PrinterId;
  code: HmsCode;
  raised_at: Timestamp;
  acknowledged_at: Timestamp | null;
  cleared_at: Timestamp | null;
  closed_at: Timestamp | null;
  freeze_frame: string | null;
}

export interface TransitionsTable {
  id: number;
  alert: string;
  printer: PrinterId;
  code: HmsCode;
  level: number;
  at: Timestamp;
  event: TransitionEvent;
  episode: number;
  isa: string;
  version: number;
  actor: string | null;
  note: string | null;
}

export interface OutboxTable {
  id: string;
  alert: string;
  transition: number;
  episode: number;
  kind: NotificationKind;
  priority: Priority;
  created_at: Timestamp;
  /** 0 once it was decided for every channel: it has left the queue, its deliveries still point to it. */
  waiting: number;
}

export interface DeliveriesTable {
  outbox: string;
  channel: string;
  alert: string;
  kind: NotificationKind;
  reason: string;
  state: DeliveryState;
  attempts: number;
  next_at: Timestamp | null;
  at: Timestamp;
  /** When a pending one is due; what the queue is ordered by. */
  due_at: Timestamp;
  /** 1 while it is pending or to be tried again. */
  waiting: number;
  detail: string | null;
}

export interface DetectorsTable {
  printer: PrinterId;
  detector: string;
  boot: string;
  seq: number;
  seen: number;
  old_boots: string;
}

export interface PrintersTable {
  id: PrinterId;
  name: string;
  model: string;
  edge: string;
  seen_at: Timestamp;
}

export interface SightingsTable {
  code: HmsCode;
  model: string;
  firmware: string;
  first_at: Timestamp;
  last_at: Timestamp;
  count: number;
}

export interface SiteEntriesTable {
  code: HmsCode;
  changes: string;
  entry: string | null;
}

export interface LabelsTable {
  alert: string;
  episode: number;
  printer: PrinterId;
  code: HmsCode;
  detector: string;
  raised_at: Timestamp;
  verdict: Verdict | null;
  note: string | null;
  actor: string;
  at: Timestamp;
}

export interface SettingsTable {
  key: string;
  value: string;
}

export interface Schema {
  alerts: AlertsTable;
  episodes: EpisodesTable;
  transitions: TransitionsTable;
  outbox: OutboxTable;
  deliveries: DeliveriesTable;
  detectors: DetectorsTable;
  printers: PrintersTable;
  settings: SettingsTable;
  sightings: SightingsTable;
  site_entries: SiteEntriesTable;
  labels: LabelsTable;
}
