/**
 * A connection to an MQTT broker that comes back by itself. Hides MQTT.js: one client per attempt, so that nothing half-sent lives
 * on behind the caller's back; what was not acknowledged when the connection went is told as failed.
 */
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";
import { RefusedError, errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import { backoffMs, type Clock } from "../lib/time.ts";
import { brokerAddress } from "./address.ts";

export interface LinkDeps {
  readonly url: string;
  readonly options: IClientOptions;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  /** Called with every change. */
  readonly onChange: (connected: boolean) => void;
}

export interface Link {
  /** QoS 1; resolves when the broker acknowledged. */
  readonly deliver: (topic: string, payload: string) => Promise<void>;
  /** A retained last value: lost without harm. */
  readonly tell: (topic: string, payload: string, qos: 0 | 1) => void;
  /** Sends a last retained value, then leaves properly; does not wait long for a broker that is gone. */
  readonly close: (topic: string, payload: string) => Promise<void>;
}

const ACK_WITHIN_MS = 30_000;
const GOODBYE_WITHIN_MS = 500;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;

const refuse = (why: string): RefusedError => new RefusedError("unavailable", `the reports were not handed over: ${why}`);

export function openLink(deps: LinkDeps): Link {
  const { clock, log } = deps;
  /** Ends the waiting for acknowledgements of the present connection. */
  const awaiting = new Set<(error: Error) => void>();
  let client: MqttClient | undefined;
  let isUp = false;
  let isClosed = false;
  let attempt = 0;
  let cancelRetry: (() => void) | undefined;

  function setUp(up: boolean): void {
    if (up === isUp) return;
    isUp = up;
    deps.onChange(up);
  }

  function open(): void {
    // writeCache is a cache of 65,536 small buffers, 7 MB
    const opened = mqtt.connect({ ...deps.options, ...brokerAddress(deps.url), reconnectPeriod: 0, writeCache: false });
    client = opened;
    opened.on("connect", () => {
      attempt = 0;
      setUp(true);
    });
    opened.on("error", (error) => log.warn({ reason: errorText(error) }, "central's broker answered with an error"));
    opened.on("close", () => lost(opened));
  }

  function lost(ended: MqttClient): void {
    if (client !== ended) return;
    client = undefined;
    ended.end(true);
    setUp(false);
    for (const end of awaiting) end(refuse("the connection to central was lost"));
    awaiting.clear();
    if (isClosed) return;
    const waitMs = backoffMs(attempt++, FIRST_RETRY_MS, LONGEST_RETRY_MS, deps.random);
    log.info({ waitMs }, "no connection to central's broker; trying again");
    cancelRetry = clock.setTimer(waitMs, open);
  }

  function deliver(topic: string, payload: string): Promise<void> {
    const sender = client;
    if (isClosed) return Promise.reject(refuse("the bus is closed"));
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
        lost(sender);
      });
      awaiting.add(settle);
      sender.publish(topic, payload, { qos: 1 }, (error) => settle(error ? refuse(error.message) : undefined));
    });
  }

  open();
  return {
    deliver,
    tell: (topic, payload, qos) =>
      void client?.publish(topic, payload, { qos, retain: true }, (error) => {
        if (error && !isClosed) log.debug({ topic, reason: error.message }, "a last value did not go out; the next one will");
      }),
    close: async (topic, payload) => {
      if (isClosed) return;
      isClosed = true;
      cancelRetry?.();
      if (client !== undefined) await leave(client, clock, topic, payload);
      setUp(false);
    },
  };
}

async function leave(client: MqttClient, clock: Clock, topic: string, payload: string): Promise<void> {
  await new Promise<void>((resolve) => {
    if (!client.connected) return resolve();
    const cancel = clock.setTimer(GOODBYE_WITHIN_MS, resolve);
    client.publish(topic, payload, { qos: 1, retain: true }, () => {
      cancel();
      resolve();
    });
  });
  await new Promise<void>((resolve) => {
    const cancel = clock.setTimer(GOODBYE_WITHIN_MS, () => void client.end(true, {}, () => resolve()));
    client.end(!client.connected, {}, () => {
      cancel();
      resolve();
    });
  });
}
