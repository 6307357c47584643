/**
 * From the outbox to the channels. Each row is decided once per channel with a named reason, waits for its level's time, is decided
 * again, and is sent until it is delivered or dead. Nothing is lost over a restart, and every attempt carries the same id.
 */
import type { Notification, Outcome, Sender } from "../channels/channel.ts";
import { errorText } from "../lib/errors.ts";
import { at, backoffMs, type Clock, type Timestamp } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { Priority } from "../model/priority.ts";
import type { AlertRow, DeliveryRow, OutboxRow, Store } from "../store/store.ts";
import { createAgenda } from "./due.ts";
import { decide, decideAgain, noteTold, toldFrom, type Told } from "./route.ts";
import { createScribe } from "./scribe.ts";

export const MAX_ATTEMPTS = 10;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 300_000;
const SEND_TIMEOUT_MS = 10_000;
const CLOSE_WAIT_MS = 1_000;
const MAX_IN_FLIGHT = 16;
const HISTORY_ROWS = 200;

export interface ChannelEntry {
  readonly id: string;
  readonly sender: Sender;
  readonly minPriority: Priority;
}

export interface DispatchDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly channels: readonly ChannelEntry[];
  /** The durable row. */
  readonly alert: (id: string) => AlertRow | undefined;
  readonly compose: (outbox: OutboxRow, alert: AlertRow) => Notification;
  readonly onOutcome: (channel: string, outcome: { readonly delivered: true } | { readonly delivered: false; readonly detail: string }) => void;
}

export interface Dispatch {
  /** Takes up what a former run left; `old` are the alerts that may have been told of before. */
  start(old: Iterable<string>): Promise<void>;
  take(rows: readonly OutboxRow[]): void;
  close(): Promise<void>;
}

interface Job {
  readonly outbox: OutboxRow;
  reason: string;
  attempts: number;
  due: Timestamp;
}

interface Lane {
  readonly key: string;
  readonly channel: ChannelState;
  readonly alert: string;
  told: Told | undefined;
  readonly jobs: Job[];
  busy: boolean;
}

interface ChannelState extends ChannelEntry {
  inFlight: number;
  readonly ready: Lane[];
}

export function createDispatch(deps: DispatchDeps): Dispatch {
  const { store, clock, log } = deps;
  const channels: readonly ChannelState[] = deps.channels.map((entry) => ({ ...entry, inFlight: 0, ready: [] }));
  const lanes = new Map<string, Lane>();
  const old = new Set<string>();
  const histories = new Map<string, Promise<readonly DeliveryRow[]>>();
  const attempts = new Set<Promise<void>>();
  const stopping = new AbortController();
  const scribe = createScribe(deps);
  const agenda = createAgenda(clock, (keys) => {
    for (const key of keys) {
      const lane = lanes.get(key);
      if (lane !== undefined) wake(lane);
    }
  });

  function laneOf(channel: ChannelState, alert: string): Lane {
    const key = `${channel.id} ${alert}`;
    let lane = lanes.get(key);
    if (lane === undefined) {
      const told = old.has(alert) ? undefined : { raise: false, raisesAt: [] };
      lanes.set(key, (lane = { key, channel, alert, told, jobs: [], busy: false }));
    }
    return lane;
  }

  /** What a former run told about this alert; read once, when it is first spoken of again. */
  function remember(alert: string): Promise<void> {
    let history = histories.get(alert);
    if (history === undefined) histories.set(alert, (history = store.deliveries(alert, HISTORY_ROWS)));
    return history.then(
      (deliveries) => {
        histories.delete(alert);
        for (const channel of channels) laneOf(channel, alert).told ??= toldFrom(deliveries, channel.id, clock.now());
      },
      (error: unknown) => {
        histories.delete(alert);
        log.warn({ alert, reason: errorText(error) }, "what was told before cannot be read; taken as nothing");
        for (const channel of channels) laneOf(channel, alert).told ??= { raise: false, raisesAt: [] };
      },
    );
  }

  function question(lane: Lane, outbox: OutboxRow, alert: AlertRow, others: readonly Job[]) {
    const raisesUnderWay = others.filter((job) => job.outbox.kind === "raise").length;
    const told = lane.told ?? { raise: false, raisesAt: [] };
    return { outbox, alert, minPriority: lane.channel.minPriority, told, raisesUnderWay, now: clock.now() };
  }

  function accept(outbox: OutboxRow): void {
    const alert = deps.alert(outbox.alert);
    const now = clock.now();
    const rows: DeliveryRow[] = [];
    for (const channel of alert === undefined ? [] : channels) {
      const lane = laneOf(channel, outbox.alert);
      const decision = decide(question(lane, outbox, alert as AlertRow, lane.jobs));
      if (decision.action === "hold") {
        rows.push(delivery(lane, { outbox, reason: decision.reason, attempts: 0, due: now }, "held-back", null));
        continue;
      }
      const job = { outbox, reason: decision.reason, attempts: 0, due: at(outbox.createdAt + decision.waitMs) };
      lane.jobs.push(job);
      rows.push(delivery(lane, job, "pending", null));
    }
    scribe.put(rows, [outbox.id]);
    for (const channel of channels) wake(laneOf(channel, outbox.alert));
  }

  function delivery(lane: Lane, job: Job, state: DeliveryRow["state"], detail: string | null): DeliveryRow {
    const { outbox, reason, attempts, due } = job;
    const nextAt = state === "pending" || state === "retry" ? due : null;
    return { outbox: outbox.id, alert: outbox.alert, channel: lane.channel.id, kind: outbox.kind, reason, state, attempts, nextAt, at: clock.now(), detail };
  }

  /** Starts the first message of a lane when its time has come; the others wait behind it. */
  function wake(lane: Lane): void {
    const head = lane.jobs[0];
    if (head === undefined || lane.busy || stopping.signal.aborted) return;
    if (head.due > clock.now()) return agenda.plan(lane.key, head.due);
    lane.busy = true;
    lane.channel.ready.push(lane);
    pump(lane.channel);
  }

  function pump(channel: ChannelState): void {
    while (channel.inFlight < MAX_IN_FLIGHT) {
      const lane = channel.ready.shift();
      const job = lane?.jobs[0];
      if (lane === undefined || job === undefined) return;
      channel.inFlight++;
      const attempt = work(lane, job).finally(() => {
        attempts.delete(attempt);
        channel.inFlight--;
        lane.busy = false;
        wake(lane);
        pump(channel);
      });
      attempts.add(attempt);
    }
  }

  async function work(lane: Lane, job: Job): Promise<void> {
    const alert = deps.alert(lane.alert);
    if (alert === undefined) return settle(lane, job, "held-back", "the alert is gone");
    const decision = job.attempts === 0 ? decideAgain(question(lane, job.outbox, alert, [])) : undefined;
    if (decision?.action === "hold") {
      job.reason = decision.reason;
      return settle(lane, job, "held-back", null);
    }
    const outcome = await send(lane.channel, deps.compose(job.outbox, alert));
    // cut off by our own end: it stays as it is written, and the next run goes on with it
    if (outcome === undefined) return;
    job.attempts++;
    if (outcome.kind === "sent") {
      if (lane.told !== undefined) noteTold(lane.told, job.outbox.kind, clock.now());
      settle(lane, job, "delivered", null);
      deps.onOutcome(lane.channel.id, { delivered: true });
    } else failed(lane, job, outcome);
  }

  function failed(lane: Lane, job: Job, outcome: Extract<Outcome, { kind: "failed" }>): void {
    const channel = lane.channel.id;
    if (outcome.retry && job.attempts < MAX_ATTEMPTS) {
      const wait = backoffMs(job.attempts - 1, RETRY_FIRST_MS, RETRY_MAX_MS, deps.random);
      job.due = at(clock.now() + Math.max(wait, outcome.retryAfterMs ?? 0));
      scribe.put([delivery(lane, job, "retry", outcome.detail)], []);
      return;
    }
    log.warn({ channel, alert: lane.alert, attempts: job.attempts, reason: outcome.detail }, "a notification was given up");
    settle(lane, job, "dead", outcome.detail);
    deps.onOutcome(channel, { delivered: false, detail: outcome.detail });
  }

  function settle(lane: Lane, job: Job, state: DeliveryRow["state"], detail: string | null): void {
    lane.jobs.shift();
    scribe.put([delivery(lane, job, state, detail)], []);
  }

  /** Undefined when we are stopping and do not know what became of it. A channel that heeds no signal is not waited for. */
  async function send(channel: ChannelState, notification: Notification): Promise<Outcome | undefined> {
    const timeout = new AbortController();
    const cancel = clock.setTimer(SEND_TIMEOUT_MS, () => timeout.abort(new Error(`no answer within ${SEND_TIMEOUT_MS / 1_000} s`)));
    const signal = AbortSignal.any([timeout.signal, stopping.signal]);
    const cutOff = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true }));
    try {
      const outcome = await Promise.race([channel.sender.send(notification, signal), cutOff]);
      return outcome.kind === "failed" && stopping.signal.aborted ? undefined : outcome;
    } catch (error) {
      if (stopping.signal.aborted) return undefined;
      if (!timeout.signal.aborted) log.warn({ channel: channel.id, reason: errorText(error) }, "a channel threw instead of answering");
      return { kind: "failed", retry: true, detail: errorText(error) };
    } finally {
      cancel();
    }
  }

  async function resume(): Promise<void> {
    for (const row of await store.loadPendingDeliveries(Number.MAX_SAFE_INTEGER)) {
      const { outboxRow, ...left } = row;
      const channel = channels.find(({ id }) => id === row.channel);
      if (channel === undefined) {
        scribe.put([{ ...left, state: "dead", nextAt: null, at: clock.now(), detail: "the channel is not configured any more" }], []);
        continue;
      }
      await remember(row.alert);
      laneOf(channel, row.alert).jobs.push({ outbox: outboxRow, reason: row.reason, attempts: row.attempts, due: row.nextAt ?? clock.now() });
    }
    for (const lane of lanes.values()) {
      lane.jobs.sort((a, b) => a.outbox.transition - b.outbox.transition);
      wake(lane);
    }
  }

  function take(rows: readonly OutboxRow[]): void {
    for (const row of rows) {
      const isKnown = channels.every((channel) => laneOf(channel, row.alert).told !== undefined);
      if (isKnown) accept(row);
      else void remember(row.alert).then(() => accept(row));
    }
  }

  return {
    start: async (alerts) => {
      for (const alert of alerts) old.add(alert);
      await resume();
      take(await store.loadUndecided(Number.MAX_SAFE_INTEGER));
    },
    take,
    close: async () => {
      agenda.clear();
      const waited = new Promise<void>((resolve) => {
        const cancel = clock.setTimer(CLOSE_WAIT_MS, resolve);
        void Promise.allSettled(attempts).then(() => {
          cancel();
          resolve();
        });
      });
      await waited;
      stopping.abort(new Error("stopping"));
      await Promise.allSettled(attempts);
      await scribe.close();
    },
  };
}
