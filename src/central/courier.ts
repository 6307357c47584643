/**
 * What becomes of a notification in its lane: decided again when its wait is over, sent, tried again with growing pauses, and in the
 * end delivered, held back or dead. Each step is written down; lanes of one channel share its few connections.
 */
import type { Notification, Outcome } from "../channels/channel.ts";
import { at, backoffMs, type Clock } from "../lib/time.ts";
import type { Log } from "../lib/log.ts";
import type { AlertRow, DeliveryRow, OutboxRow } from "../store/store.ts";
import type { Agenda } from "./agenda.ts";
import { deliveryOf, questionOf, type ChannelState, type Job, type Lane } from "./lanes.ts";
import { decideAgain, noteTold } from "./route.ts";
import type { Scribe } from "./scribe.ts";
import type { Sending } from "./sending.ts";

export const MAX_ATTEMPTS = 10;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 300_000;
const MAX_IN_FLIGHT = 16;

export type ChannelNews = { readonly delivered: true } | { readonly delivered: false; readonly detail: string };

export interface CourierDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly scribe: Scribe;
  readonly sending: Sending;
  readonly agenda: Agenda;
  /** The durable row. */
  readonly alert: (id: string) => AlertRow | undefined;
  readonly compose: (outbox: OutboxRow, alert: AlertRow, language: string | undefined) => Notification;
  readonly onOutcome: (channel: string, news: ChannelNews) => void;
}

export interface Courier {
  /** Starts the first message of a lane when its time has come; the others wait behind it. */
  wake(lane: Lane): void;
  underWay(): Iterable<Promise<void>>;
}

export function createCourier(deps: CourierDeps): Courier {
  const { clock, log, scribe, sending } = deps;
  const attempts = new Set<Promise<void>>();

  function wake(lane: Lane): void {
    const head = lane.jobs[0];
    if (head === undefined || lane.busy || sending.isStopping()) return;
    if (head.due > clock.now()) return deps.agenda.plan(lane.key, head.due);
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
    const decision = job.attempts === 0 ? decideAgain(questionOf(lane, job.outbox, alert, [], clock.now())) : undefined;
    if (decision?.action === "hold") {
      job.reason = decision.reason;
      return settle(lane, job, "held-back", null);
    }
    const outcome = await sending.send(lane.channel.sender, deps.compose(job.outbox, alert, lane.channel.language));
    // cut off by our own end: it stays as it is written, and the next run goes on with it
    if (outcome === undefined) return;
    job.attempts++;
    if (outcome.kind === "failed") return failed(lane, job, outcome);
    if (lane.told !== undefined) noteTold(lane.told, job.outbox.kind, clock.now());
    settle(lane, job, "delivered", null);
    deps.onOutcome(lane.channel.id, { delivered: true });
  }

  function failed(lane: Lane, job: Job, outcome: Extract<Outcome, { kind: "failed" }>): void {
    const channel = lane.channel.id;
    if (outcome.retry && job.attempts < MAX_ATTEMPTS) {
      const wait = backoffMs(job.attempts - 1, RETRY_FIRST_MS, RETRY_MAX_MS, deps.random);
      job.due = at(clock.now() + Math.max(wait, outcome.retryAfterMs ?? 0));
      scribe.put([deliveryOf(lane, job, "retry", outcome.detail, clock.now())], []);
      return;
    }
    log.warn({ channel, alert: lane.alert, attempts: job.attempts, reason: outcome.detail }, "a notification was given up");
    settle(lane, job, "dead", outcome.detail);
    deps.onOutcome(channel, { delivered: false, detail: outcome.detail });
  }

  function settle(lane: Lane, job: Job, state: DeliveryRow["state"], detail: string | null): void {
    lane.jobs.shift();
    scribe.put([deliveryOf(lane, job, state, detail, clock.now())], []);
  }

  return { wake, underWay: () => attempts };
}
