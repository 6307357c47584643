/**
 * Lanes: one channel's conversation about one alert. Messages of a lane go out one after the other; what the channel was told before
 * is remembered, over restarts from the deliveries in the store, and decides about what follows.
 */
import type { Sender } from "../channels/channel.ts";
import { errorText } from "../lib/errors.ts";
import type { Clock, Timestamp } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { Priority } from "../model/priority.ts";
import type { AlertRow, DeliveryRow, OutboxRow, Store } from "../store/store.ts";
import { toldFrom, type Question, type Told } from "./route.ts";

/** So many rows of an alert's deliveries tell what was said before. */
const HISTORY_ROWS = 200;

export interface ChannelEntry {
  readonly id: string;
  readonly sender: Sender;
  readonly minPriority: Priority;
  /** Of what its reader is told; English where it is not said. */
  readonly language?: string;
}

export interface ChannelState extends ChannelEntry {
  inFlight: number;
  /** Lanes whose first message may go out now. */
  readonly ready: Lane[];
}

/** One notification on its way to one channel. */
export interface Job {
  readonly outbox: OutboxRow;
  reason: string;
  attempts: number;
  due: Timestamp;
}

export interface Lane {
  readonly key: string;
  readonly channel: ChannelState;
  readonly alert: string;
  /** Undefined until the store was asked. */
  told: Told | undefined;
  readonly jobs: Job[];
  busy: boolean;
}

export interface Lanes {
  readonly channels: readonly ChannelState[];
  of(channel: ChannelState, alert: string): Lane;
  get(key: string): Lane | undefined;
  all(): Iterable<Lane>;
  /** Alerts of a former run, which may have been told of. */
  markOld(alerts: Iterable<string>): void;
  isKnown(alert: string): boolean;
  /** What a former run told about this alert; read once, when it is first spoken of again. Never rejects. */
  remember(alert: string): Promise<void>;
}

export interface LanesDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly channels: readonly ChannelEntry[];
}

const nothingTold = (): Told => ({ raise: false, raisesAt: [] });

export function createLanes({ store, clock, log, channels: entries }: LanesDeps): Lanes {
  const channels: readonly ChannelState[] = entries.map((entry) => ({ ...entry, inFlight: 0, ready: [] }));
  const lanes = new Map<string, Lane>();
  const old = new Set<string>();
  const readings = new Map<string, Promise<void>>();

  function of(channel: ChannelState, alert: string): Lane {
    const key = `${channel.id} ${alert}`;
    let lane = lanes.get(key);
    if (lane === undefined) {
      lane = { key, channel, alert, told: old.has(alert) ? undefined : nothingTold(), jobs: [], busy: false };
      lanes.set(key, lane);
    }
    return lane;
  }

  async function read(alert: string): Promise<void> {
    let deliveries: readonly DeliveryRow[] = [];
    try {
      deliveries = await store.deliveries(alert, HISTORY_ROWS);
    } catch (error) {
      log.warn({ alert, reason: errorText(error) }, "what was told before cannot be read; taken as nothing");
    }
    readings.delete(alert);
    for (const channel of channels) of(channel, alert).told ??= toldFrom(deliveries, channel.id, clock.now());
  }

  return {
    channels,
    of,
    get: (key) => lanes.get(key),
    all: () => lanes.values(),
    markOld: (alerts) => {
      for (const alert of alerts) old.add(alert);
    },
    isKnown: (alert) => channels.every((channel) => of(channel, alert).told !== undefined),
    remember: (alert) => {
      let reading = readings.get(alert);
      if (reading === undefined) readings.set(alert, (reading = read(alert)));
      return reading;
    },
  };
}

/** `others`: what else of this lane is under way, before the row in question. */
export function questionOf(lane: Lane, outbox: OutboxRow, alert: AlertRow, others: readonly Job[], now: Timestamp): Question {
  const raisesUnderWay = others.filter((job) => job.outbox.kind === "raise").length;
  return { outbox, alert, minPriority: lane.channel.minPriority, told: lane.told ?? nothingTold(), raisesUnderWay, now };
}

export function deliveryOf(lane: Lane, job: Job, state: DeliveryRow["state"], detail: string | null, now: Timestamp): DeliveryRow {
  const { outbox, reason, attempts, due } = job;
  const nextAt = state === "pending" || state === "retry" ? due : null;
  return {
    outbox: outbox.id,
    alert: outbox.alert,
    channel: lane.channel.id,
    kind: outbox.kind,
    reason,
    state,
    attempts,
    nextAt,
    at: now,
    detail,
  };
}
