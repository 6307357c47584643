/**
 * The edge's end of an MQTT bus. Hides MQTT.js: one client per connection attempt, so that nothing half-sent lives on behind the
 * caller's back. `report` resolves on PUBACK, which central's broker gives only for what is durable; what was not acknowledged is
 * rejected and the caller sends it again. News is last-value: one message a second and printer at most, all of it after a reconnect.
 */
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { RefusedError, errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import { backoffMs, type Clock } from "../lib/time.ts";
import type { ReportMessage } from "../model/report.ts";
import type { PrinterId } from "../model/telemetry.ts";
import { edgeStatusTopic, reportTopic, snapshotTopic } from "../model/topics.ts";
import type { EdgeBus, PrinterNews } from "./bus.ts";

export interface MqttBusDeps {
  readonly url: string;
  readonly edge: string;
  readonly username?: string;
  readonly password?: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

const ACK_WITHIN_MS = 30_000;
const CONNECT_WITHIN_MS = 10_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
const NEWS_EVERY_MS = 1_000;
const KEEPALIVE_S = 15;

const refuse = (why: string): RefusedError => new RefusedError("unavailable", `the reports were not handed over: ${why}`);

export function connectMqttBus(deps: MqttBusDeps): EdgeBus {
  const { clock, log } = deps;
  const listeners: ((connected: boolean) => void)[] = [];
  const known = new Map<PrinterId, PrinterNews>();
  const unsent = new Set<PrinterId>();
  /** Ends the waiting for acknowledgements of the present connection. */
  const awaiting = new Set<(error: Error) => void>();
  let client: MqttClient | undefined;
  let isConnected = false;
  let isClosed = false;
  let attempt = 0;
  let cancelRetry: (() => void) | undefined;
  let cancelNews: (() => void) | undefined;

  const statusTopic = edgeStatusTopic(deps.edge);
  const status = (online: boolean): string => JSON.stringify(online ? { online, printers: [...known.keys()] } : { online });

  function send(topic: string, payload: string, qos: 0 | 1): void {
    client?.publish(topic, payload, { qos, retain: true }, (error) => {
      if (error && !isClosed) log.debug({ topic, reason: error.message }, "a last-value message did not go out; the next one will");
    });
  }

  function setConnected(connected: boolean): void {
    if (connected === isConnected) return;
    isConnected = connected;
    for (const listener of listeners) listener(connected);
  }

  function open(): void {
    cancelRetry = undefined;
    const opened = mqtt.connect(deps.url, connectOptions(deps, { topic: statusTopic, payload: status(false) }));
    client = opened;
    opened.on("connect", () => {
      attempt = 0;
      send(statusTopic, status(true), 1);
      for (const printer of known.keys()) unsent.add(printer);
      sendNews();
      setConnected(true);
    });
    opened.on("error", (error) => log.warn({ edge: deps.edge, reason: errorText(error) }, "central's broker answered with an error"));
    opened.on("close", () => {
      if (client === opened) lost(opened);
    });
  }

  function lost(ended: MqttClient): void {
    client = undefined;
    ended.end(true);
    setConnected(false);
    for (const end of awaiting) end(refuse("the connection to central was lost"));
    awaiting.clear();
    if (isClosed) return;
    const wait = backoffMs(attempt++, FIRST_RETRY_MS, LONGEST_RETRY_MS, deps.random);
    log.info({ edge: deps.edge, waitMs: wait }, "no connection to central; trying again");
    cancelRetry = clock.setTimer(wait, open);
  }

  function sendNews(): void {
    cancelNews = undefined;
    if (client === undefined || !client.connected || unsent.size === 0) return;
    for (const printer of unsent) {
      const news = known.get(printer);
      if (news !== undefined) send(snapshotTopic(printer), JSON.stringify(news), 0);
    }
    unsent.clear();
    cancelNews = clock.setTimer(NEWS_EVERY_MS, sendNews);
  }

  function publishReport(report: ReportMessage): Promise<void> {
    const sender = client;
    if (sender === undefined || !sender.connected) return Promise.reject(refuse("there is no connection to central"));
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        cancelTimer();
        awaiting.delete(settle);
        if (error) reject(error);
        else resolve();
      };
      // a broker that takes but never acknowledges is as good as gone
      const cancelTimer = clock.setTimer(ACK_WITHIN_MS, () => {
        settle(refuse(`central did not acknowledge within ${ACK_WITHIN_MS / 1_000} s`));
        if (client === sender) lost(sender);
      });
      awaiting.add(settle);
      sender.publish(reportTopic(report.printer as PrinterId, report.detector), JSON.stringify(report), { qos: 1 }, (error) =>
        settle(error ? refuse(error.message) : undefined),
      );
    });
  }

  open();
  return {
    report: async (reports) => {
      const results = await Promise.allSettled(reports.map(publishReport));
      const failed = results.find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      // an acknowledgement says no more than "central has it"; what central refused is told on `…/rejected` and in its log
      return { accepted: reports.length, duplicates: 0, late: 0, rejected: [] };
    },
    news: (news) => {
      const isNew = !known.has(news.printer);
      known.set(news.printer, news);
      unsent.add(news.printer);
      if (isNew) send(statusTopic, status(true), 1);
      if (cancelNews === undefined) sendNews();
    },
    onLink: (listener) => {
      listeners.push(listener);
      listener(isConnected);
    },
    close: async () => {
      if (isClosed) return;
      isClosed = true;
      cancelRetry?.();
      cancelNews?.();
      const ending = client;
      if (ending?.connected === true) await goodbye(ending, statusTopic, status(false), clock);
      for (const end of awaiting) end(refuse("the bus is closed"));
      await new Promise<void>((resolve) => (ending === undefined ? resolve() : void ending.end(true, {}, () => resolve())));
      setConnected(false);
    },
  };
}

function connectOptions(deps: MqttBusDeps, will: { topic: string; payload: string }): IClientOptions {
  return {
    clientId: `openhms-edge-${deps.edge}`,
    ...(deps.password === undefined ? {} : { username: deps.username ?? "openhms", password: deps.password }),
    clean: true,
    reconnectPeriod: 0,
    connectTimeout: CONNECT_WITHIN_MS,
    keepalive: KEEPALIVE_S,
    will: { topic: will.topic, payload: Buffer.from(will.payload), qos: 1, retain: true },
  };
}

const GOODBYE_WITHIN_MS = 500;

/** Says "offline" and leaves properly; does not wait long for a broker that is gone. */
function goodbye(client: MqttClient, topic: string, payload: string, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.setTimer(GOODBYE_WITHIN_MS, resolve);
    client.publish(topic, payload, { qos: 1, retain: true }, () => client.end(false, {}, () => (cancel(), resolve())));
  });
}
