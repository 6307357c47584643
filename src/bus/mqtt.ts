/**
 * The edge's end of an MQTT bus. `report` resolves on PUBACK, which central's broker gives only for what is durable; what was not
 * acknowledged is rejected and the caller sends it again. News is last-value: one message a second and printer at most, and all of
 * it anew after a reconnect.
 */
import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import type { PrinterId } from "../model/telemetry.ts";
import { edgeStatusTopic, reportTopic, snapshotTopic } from "../model/topics.ts";
import type { EdgeBus, PrinterNews } from "./bus.ts";
import { openLink } from "./link.ts";

export interface MqttBusDeps {
  readonly url: string;
  readonly edge: string;
  readonly username?: string;
  readonly password?: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

const NEWS_EVERY_MS = 1_000;
const CONNECT_WITHIN_MS = 10_000;
const KEEPALIVE_S = 15;

export function connectMqttBus(deps: MqttBusDeps): EdgeBus {
  const { edge, clock, password } = deps;
  const listeners: ((connected: boolean) => void)[] = [];
  const known = new Map<PrinterId, PrinterNews>();
  const unsent = new Set<PrinterId>();
  let isConnected = false;
  let cancelNews: (() => void) | undefined;

  const statusTopic = edgeStatusTopic(edge);
  const online = (): string => JSON.stringify({ online: true, printers: [...known.keys()] });
  const offline = JSON.stringify({ online: false });

  const link = openLink({
    ...deps,
    options: {
      clientId: `openhms-edge-${edge}`,
      ...(password === undefined ? {} : { username: deps.username ?? "openhms", password }),
      clean: true,
      connectTimeout: CONNECT_WITHIN_MS,
      keepalive: KEEPALIVE_S,
      will: { topic: statusTopic, payload: Buffer.from(offline), qos: 1, retain: true },
    },
    onChange: (connected) => {
      isConnected = connected;
      if (connected) {
        link.tell(statusTopic, online(), 1);
        for (const printer of known.keys()) unsent.add(printer);
        if (cancelNews === undefined) sendNews();
      }
      for (const listener of listeners) listener(connected);
    },
  });

  function sendNews(): void {
    cancelNews = undefined;
    if (!isConnected || unsent.size === 0) return;
    for (const printer of unsent) link.tell(snapshotTopic(printer), JSON.stringify(known.get(printer)), 0);
    unsent.clear();
    cancelNews = clock.setTimer(NEWS_EVERY_MS, sendNews);
  }

  return {
    report: async (reports) => {
      const sent = reports.map((report) => link.deliver(reportTopic(report.printer as PrinterId, report.detector), JSON.stringify(report)));
      const failed = (await Promise.allSettled(sent)).find((result) => result.status === "rejected");
      if (failed !== undefined) throw failed.reason;
      // an acknowledgement says no more than "central has it"; what central refused is told on `…/rejected` and in its log
      return { accepted: reports.length, duplicates: 0, late: 0, rejected: [] };
    },
    news: (news) => {
      const isNew = !known.has(news.printer);
      known.set(news.printer, news);
      unsent.add(news.printer);
      if (isNew && isConnected) link.tell(statusTopic, online(), 1);
      if (cancelNews === undefined) sendNews();
    },
    onLink: (listener) => {
      listeners.push(listener);
      listener(isConnected);
    },
    close: async () => {
      cancelNews?.();
      await link.close(statusTopic, offline);
    },
  };
}
