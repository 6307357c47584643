/**
 * From the outbox to the channels. Each row is decided once per channel with a named reason, waits for its level's time, is decided
 * again, and is sent until it is delivered or dead. Nothing is lost over a restart, and every attempt carries the same id.
 */
import { at } from "../lib/time.ts";
import type { DeliveryRow, OutboxRow, Store } from "../store/store.ts";
import { createCourier, type CourierDeps } from "./courier.ts";
import { createAgenda } from "./agenda.ts";
import { createLanes, deliveryOf, questionOf, type ChannelEntry } from "./lanes.ts";
import { decide } from "./route.ts";
import { createScribe } from "./scribe.ts";
import { createSending } from "./sending.ts";

export interface DispatchDeps extends Omit<CourierDeps, "scribe" | "sending" | "agenda"> {
  readonly store: Store;
  readonly channels: readonly ChannelEntry[];
}

export interface Dispatch {
  /** Takes up what a former run left; `old` are the alerts that may have been told of before. */
  start(old: Iterable<string>): Promise<void>;
  take(rows: readonly OutboxRow[]): void;
  close(): Promise<void>;
}

export function createDispatch(deps: DispatchDeps): Dispatch {
  const { store, clock } = deps;
  const lanes = createLanes(deps);
  const scribe = createScribe(deps);
  const sending = createSending(deps);
  const agenda = createAgenda(clock, (keys) => {
    for (const key of keys) {
      const lane = lanes.get(key);
      if (lane !== undefined) courier.wake(lane);
    }
  });
  const courier = createCourier({ ...deps, scribe, sending, agenda });

  function accept(outbox: OutboxRow): void {
    const alert = deps.alert(outbox.alert);
    const now = clock.now();
    const rows: DeliveryRow[] = [];
    for (const channel of lanes.channels) {
      if (alert === undefined) break;
      const lane = lanes.of(channel, outbox.alert);
      const decision = decide(questionOf(lane, outbox, alert, lane.jobs, now));
      const isHeld = decision.action === "hold";
      const due = isHeld ? now : at(outbox.createdAt + decision.waitMs);
      const job = { outbox, reason: decision.reason, attempts: 0, due };
      if (!isHeld) lane.jobs.push(job);
      rows.push(deliveryOf(lane, job, isHeld ? "held-back" : "pending", null, now));
    }
    scribe.put(rows, [outbox.id]);
    for (const channel of lanes.channels) courier.wake(lanes.of(channel, outbox.alert));
  }

  function take(rows: readonly OutboxRow[]): void {
    for (const row of rows) {
      if (lanes.isKnown(row.alert)) accept(row);
      else void lanes.remember(row.alert).then(() => accept(row));
    }
  }

  async function resume(): Promise<void> {
    for (const row of await store.loadPendingDeliveries(Number.MAX_SAFE_INTEGER)) {
      const { outboxRow, ...left } = row;
      const channel = lanes.channels.find(({ id }) => id === row.channel);
      if (channel === undefined) {
        scribe.put([{ ...left, state: "dead", nextAt: null, at: clock.now(), detail: "the channel is not configured any more" }], []);
        continue;
      }
      await lanes.remember(row.alert);
      const job = { outbox: outboxRow, reason: row.reason, attempts: row.attempts, due: row.nextAt ?? clock.now() };
      lanes.of(channel, row.alert).jobs.push(job);
    }
    for (const lane of lanes.all()) {
      lane.jobs.sort((a, b) => a.outbox.transition - b.outbox.transition);
      courier.wake(lane);
    }
  }

  return {
    start: async (old) => {
      lanes.markOld(old);
      await resume();
      take(await store.loadUndecided(Number.MAX_SAFE_INTEGER));
    },
    take,
    close: async () => {
      agenda.clear();
      await sending.stop(courier.underWay());
      await scribe.close();
    },
  };
}
