/**
 * The store: the only place that knows SQL. One writer, group commit: `commit` resolves when its rows are on disk (synchronous
 * FULL), all of them or none. Reads see everything that was committed. Ids of transitions grow for ever.
 */
import type { Timestamp } from "../lib/time.ts";
import type { AlertState, NotificationKind, TransitionEvent } from "../model/alert.ts";
import type { AlertStateFilter, FreezeFrame } from "../model/api.ts";
import type { HmsCode } from "../model/code.ts";
import type { Verdict } from "../model/label.ts";
import type { Priority } from "../model/priority.ts";
import type { SiteChange, SiteEntry } from "../model/site-entry.ts";
import type { PrinterId } from "../model/telemetry.ts";

export interface AlertRow {
  readonly id: string;
  readonly printer: PrinterId;
  readonly code: HmsCode;
  readonly level: number;
  readonly detector: string;
  readonly state: AlertState;
  /** Of the current or latest activation. */
  readonly raisedAt: Timestamp | null;
  readonly clearedAt: Timestamp | null;
  readonly acknowledgedAt: Timestamp | null;
  readonly updatedAt: Timestamp;
  /** The ISA letter, and whether it belongs in the open list; kept as columns to filter by. */
  readonly isa: string;
  readonly listed: boolean;
  /** Of a quiet code: listed, but not in the way of a person who works through the open list. */
  readonly quiet?: true;
}

export interface EpisodeRow {
  readonly alert: string;
  readonly n: number;
  readonly printer: PrinterId;
  readonly code: HmsCode;
  readonly raisedAt: Timestamp;
  readonly acknowledgedAt: Timestamp | null;
  readonly clearedAt: Timestamp | null;
  readonly closedAt: Timestamp | null;
  /** Written once, with the raise; never altered. */
  readonly freezeFrame: FreezeFrame | null;
}

export interface TransitionRow {
  /** Given by central, growing. */
  readonly id: number;
  readonly alert: string;
  readonly printer: PrinterId;
  readonly code: HmsCode;
  readonly level: number;
  readonly at: Timestamp;
  readonly event: TransitionEvent;
  readonly episode: number;
  readonly isa: string;
  readonly version: number;
  readonly actor: string | null;
  readonly note: string | null;
}

export interface OutboxRow {
  /** Hash-like and stable: alert, episode, kind and transition; receivers drop repeats by it. */
  readonly id: string;
  readonly alert: string;
  readonly transition: number;
  readonly episode: number;
  readonly kind: NotificationKind;
  readonly priority: Priority;
  readonly createdAt: Timestamp;
}

export type DeliveryState = "pending" | "delivered" | "retry" | "dead" | "held-back";

/** The decision on one outbox row for one channel, and what came of it. */
export interface DeliveryRow {
  readonly outbox: string;
  readonly alert: string;
  readonly channel: string;
  readonly kind: NotificationKind;
  readonly reason: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAt: Timestamp | null;
  readonly at: Timestamp;
  readonly detail: string | null;
}

/** The last report of a detector that was accepted; `seen` is a bit per seq below `seq` (bit 0 = seq-1), 31 of them. */
export interface DetectorRow {
  readonly printer: PrinterId;
  readonly detector: string;
  readonly boot: string;
  readonly seq: number;
  readonly seen: number;
  /** Boots that are over, newest first, at most 8. */
  readonly oldBoots: readonly string[];
}

export interface PrinterRow {
  readonly id: PrinterId;
  readonly name: string;
  readonly model: string;
  readonly edge: string;
  readonly seenAt: Timestamp;
}

/** How often a code was raised on machines of one model with one firmware; empty where that was not known. */
export interface SightingRow {
  readonly code: HmsCode;
  readonly model: string;
  readonly firmware: string;
  readonly firstAt: Timestamp;
  readonly lastAt: Timestamp;
  readonly count: number;
}

/** What a site wrote of a code; without an entry it was taken back, and who did what stays. */
export interface SiteEntryRow {
  readonly code: HmsCode;
  readonly entry: SiteEntry | null;
  /** Latest first. */
  readonly changes: readonly SiteChange[];
}

/** A person's last word on an episode; printer, code and detector are the episode's, so that words are counted without reading it. */
export interface LabelRow {
  readonly alert: string;
  readonly episode: number;
  readonly printer: PrinterId;
  readonly code: HmsCode;
  /** The one that raised the episode. */
  readonly detector: string;
  readonly raisedAt: Timestamp;
  /** Null: it was taken back. */
  readonly verdict: Verdict | null;
  readonly note: string | null;
  readonly actor: string;
  readonly at: Timestamp;
}

/** The rows of one commit: all or none. Episodes merge; alerts and what central remembers replace their former row. */
export interface Changes {
  readonly alerts?: readonly AlertRow[];
  /** New episodes are inserted with their freeze frame; known ones only get their later times. */
  readonly episodes?: readonly EpisodeRow[];
  readonly transitions?: readonly TransitionRow[];
  readonly outbox?: readonly OutboxRow[];
  /** Outbox rows that were decided for every channel and leave the queue. */
  readonly decided?: readonly string[];
  readonly deliveries?: readonly DeliveryRow[];
  readonly detectors?: readonly DetectorRow[];
  readonly printers?: readonly PrinterRow[];
  readonly sightings?: readonly SightingRow[];
  readonly siteEntries?: readonly SiteEntryRow[];
  readonly labels?: readonly LabelRow[];
  /** Access token hash, the instance id and the like. */
  readonly settings?: readonly { readonly key: string; readonly value: string }[];
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque; undefined at the end. */
  readonly next: string | undefined;
}

export interface AlertQuery {
  readonly state?: AlertStateFilter;
  readonly printer?: PrinterId;
  readonly level?: number;
  readonly limit: number;
  readonly cursor?: string;
}

export interface HistoryQuery {
  readonly printer?: PrinterId;
  readonly code?: HmsCode;
  readonly alert?: string;
  readonly event?: TransitionEvent;
  readonly since?: Timestamp;
  readonly until?: Timestamp;
  readonly limit: number;
  readonly cursor?: string;
}

export interface LabelQuery {
  readonly printer?: PrinterId;
  /** Of episodes raised then or later. */
  readonly since?: Timestamp;
}

/** How often people said the same of a detector's episodes of a code. */
export interface LabelCount {
  readonly detector: string;
  readonly code: HmsCode;
  readonly verdict: Verdict;
  readonly count: number;
}

export interface Store {
  /** Resolves when durable. Calls that wait at the same time share one transaction. */
  commit(changes: Changes): Promise<void>;
  /** Every alert row that is listed, latched, pending or otherwise not at rest, plus those at rest: all of them. Used at start. */
  loadAlerts(): Promise<readonly AlertRow[]>;
  loadDetectors(): Promise<readonly DetectorRow[]>;
  loadPrinters(): Promise<readonly PrinterRow[]>;
  loadSightings(): Promise<readonly SightingRow[]>;
  loadSiteEntries(): Promise<readonly SiteEntryRow[]>;
  loadUndecided(limit: number): Promise<readonly OutboxRow[]>;
  loadPendingDeliveries(limit: number): Promise<readonly (DeliveryRow & { readonly outboxRow: OutboxRow })[]>;
  lastTransitionId(): Promise<number>;
  alert(id: string): Promise<AlertRow | undefined>;
  /** Newest change first. */
  alerts(query: AlertQuery): Promise<Page<AlertRow>>;
  /** Alerts changed at or after `since`, oldest change first: what a page that was away missed. */
  alertsSince(since: Timestamp, limit: number): Promise<readonly AlertRow[]>;
  /** Newest first: by time, and by id where times are equal; pages by key, so that 100,000 rows stay fast. */
  history(query: HistoryQuery): Promise<Page<TransitionRow>>;
  episodes(alert: string, limit: number): Promise<readonly EpisodeRow[]>;
  episode(alert: string, n: number): Promise<EpisodeRow | undefined>;
  /** Of the latest episodes first; those that were taken back as well. */
  labels(alert: string, limit: number): Promise<readonly LabelRow[]>;
  /** Without those that were taken back; by detector, then code. */
  countLabels(query: LabelQuery): Promise<readonly LabelCount[]>;
  deliveries(alert: string, limit: number): Promise<readonly DeliveryRow[]>;
  /** Raises since `since`, for the KPI page. */
  episodesSince(since: Timestamp): Promise<readonly Omit<EpisodeRow, "freezeFrame">[]>;
  deliveredSince(since: Timestamp): Promise<number>;
  setting(key: string): Promise<string | undefined>;
  /** Waits for what was given to `commit`, then closes. */
  close(): Promise<void>;
}
