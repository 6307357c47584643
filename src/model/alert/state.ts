/** The parts of an alert's state, the events that change it, and what comes of a step: the types of the machine. */
import type { Timestamp } from "../../lib/time.ts";
import type { Priority } from "../priority.ts";

/** How one code behaves; from the catalogue entry and the site's overrides. */
export interface AlertDefinition {
  /** 1 error, 2 warning, 3 info; 0 and above 3 never block anything. */
  readonly level: number;
  readonly priority: Priority;
  /** Holds the gate after the fault is gone until a person resets it. */
  readonly latching: boolean;
  /** How long it must fail before it counts. */
  readonly onDelayMs: number;
  /** How long it must pass before it is over. */
  readonly offDelayMs: number;
  /** Trips (cycles with a fault) until UDS bit 3 "confirmed". */
  readonly confirmTrips: number;
  /** Cycles without fault until "confirmed" is dropped again. */
  readonly ageingCycles: number;
  readonly shelvable: boolean;
  readonly maxShelveMs: number;
  /** Whether logic (a cause) may hide it. */
  readonly suppressible: boolean;
  /** Active again this long after the last suppressor went: told anew. */
  readonly unsuppressHoldMs: number;
  /** A person need not acknowledge it (level 3 by default). */
  readonly autoAck: boolean;
}

export type Condition = "ok" | "pre" | "active" | "post";
export type Quality = "good" | "stale";
export type IsaLetter = "A" | "B" | "C" | "D" | "E" | "F" | "G" | "H" | "I";

export type Shelf =
  | { readonly kind: "none" }
  | { readonly kind: "timed"; readonly until: Timestamp }
  /** Ends with the next clearing, at the latest at `until`. */
  | { readonly kind: "one-shot"; readonly until: Timestamp };

/** One activation that is not closed yet. */
export interface OpenEpisode {
  readonly n: number;
  readonly raisedAt: Timestamp;
  readonly ackedAt?: Timestamp;
  readonly clearedAt?: Timestamp;
  /** When someone was reminded of it after it cleared; that happens once. */
  readonly remindedAt?: Timestamp;
}

/** The operation cycle (a job, or a power cycle), as ISO 14229-1 Annex D counts. */
export interface CycleRecord {
  readonly testedThisCycle: boolean;
  readonly failedThisCycle: boolean;
  readonly failedLastCycle: boolean;
  readonly testedSinceClear: boolean;
  readonly failedSinceClear: boolean;
  readonly trips: number;
  readonly ageing: number;
}

export interface AlertState {
  /**
   * Grows by one with every step that changes the state and has effects; what a person saw when acknowledging. Repeated reports
   * and reminders do not change it, so that no one's acknowledgement is refused for them.
   */
  readonly version: number;
  readonly condition: Condition;
  /** When `pre` or `post` began; with the delay it gives the time of maturity. */
  readonly pendingSince?: Timestamp;
  /** In place of `pendingSince` while the delay stands still (stale, or not tested): how much of it had run. */
  readonly pendingRanMs?: number;
  /** The detector said "not tested" while a delay ran; it stands still until the next pass or fail. */
  readonly untested?: true;
  /** The detectors that say fail, sorted; absent when none does. */
  readonly failing?: readonly string[];
  readonly quality: Quality;
  readonly acknowledged: boolean;
  readonly latched: boolean;
  readonly shelf: Shelf;
  /** Ids of the active alerts or rules that explain this one, sorted. */
  readonly suppressedBy: readonly string[];
  /** When a still active alert is told again after its last suppressor went. */
  readonly unsuppressAt?: Timestamp;
  readonly outOfService: boolean;
  readonly priority: Priority;
  /** Number of the latest activation; 0 before the first. */
  readonly episode: number;
  /** Oldest first; the last one is the current activation while held. */
  readonly openEpisodes: readonly OpenEpisode[];
  /** Activations since the history was cleared. */
  readonly occurrences: number;
  readonly cycle: CycleRecord;
}

/** `by`: the detector that says so. */
export interface ReportEvent {
  readonly type: "fail" | "pass" | "not-tested";
  readonly by?: string;
}

export type AlertEvent =
  | ReportEvent
  /** Time has come: delays, shelves, hold-offs that are due at `now` happen. */
  | { readonly type: "tick" }
  | { readonly type: "heartbeat-lost" }
  | { readonly type: "heartbeat-back" }
  | { readonly type: "ack"; readonly version: number }
  | { readonly type: "reset"; readonly version?: number }
  | { readonly type: "shelve"; readonly durationMs: number; readonly oneShot: boolean }
  | { readonly type: "unshelve" }
  | { readonly type: "suppress"; readonly by: string }
  | { readonly type: "unsuppress"; readonly by: string }
  | { readonly type: "out-of-service" }
  | { readonly type: "in-service" }
  | { readonly type: "set-priority"; readonly priority: Priority }
  | { readonly type: "remind" }
  | { readonly type: "ack-timeout" }
  | { readonly type: "cycle-end" }
  | { readonly type: "clear-history" };

/** The name of a row in an alert's history. */
export const TRANSITION_EVENTS = [
  "raise",
  "clear",
  "ack",
  "reset",
  "close",
  "stale",
  "fresh",
  "shelve",
  "unshelve",
  "suppress",
  "unsuppress",
  "out-of-service",
  "in-service",
  "priority",
  "remind",
  "unack",
  "clear-history",
  "comment",
  "label",
] as const;
export type TransitionEvent = (typeof TRANSITION_EVENTS)[number];

/** What a channel may be told. */
export const NOTIFICATION_KINDS = ["raise", "clear", "acked", "update", "remind"] as const;
export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** Something that happened; the caller writes a history row for it and, where `notify` is set, an outbox row, in one transaction. */
export interface Effect {
  readonly event: TransitionEvent;
  readonly episode: number;
  readonly notify?: NotificationKind;
}

export type Refusal =
  | "stale-version"
  | "nothing-to-acknowledge"
  | "still-active"
  | "not-shelvable"
  | "shelf-too-long"
  | "not-suppressible"
  | "not-shelved"
  | "not-suppressed-by"
  | "already"
  | "not-quiet";

export type AlertStep =
  | { readonly ok: true; readonly state: AlertState; readonly effects: readonly Effect[] }
  | { readonly ok: false; readonly state: AlertState; readonly refusal: Refusal };
