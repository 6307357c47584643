/**
 * Central as a client of somebody else's broker (Mosquitto and the like). It keeps a session there (`clean: false`), so that reports
 * wait while central is away, and acknowledges a report only after it is durable. Hides MQTT.js.
 */
import mqtt, { type IPublishPacket, type MqttClient } from "mqtt";
import { errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import { backoffMs, type Clock } from "../lib/time.ts";
import type { CentralIntake } from "./bus.ts";
import { CENTRAL_STATUS_TOPIC, rejectedTopic } from "../model/topics.ts";
import { brokerAddress } from "./address.ts";
import { CENTRAL_OFFLINE, CENTRAL_ONLINE, IN_FILTERS, MAX_PAYLOAD_BYTES, deliverNews, readMessage } from "./messages.ts";

export interface ExternalBrokerDeps {
  readonly url: string;
  /** Names the kept session; the same at every start of this central. */
  readonly central: string;
  readonly username?: string;
  readonly password?: string;
  readonly intake: CentralIntake;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
}

export interface ExternalBroker {
  publish(topic: string, payload: string, retain: boolean): void;
  isConnected(): boolean;
  close(): Promise<void>;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 30_000;
const GOODBYE_WITHIN_MS = 2_000;

export function serveExternalBroker(deps: ExternalBrokerDeps): ExternalBroker {
  const { intake, clock, log } = deps;
  let isClosed = false;
  let attempt = 0;
  let cancelRetry: (() => void) | undefined;
  const client = mqtt.connect({
    clientId: `openhms-central-${deps.central}`,
    ...(deps.password === undefined ? {} : { username: deps.username ?? "openhms", password: deps.password }),
    ...brokerAddress(deps.url),
    will: { topic: CENTRAL_STATUS_TOPIC, payload: Buffer.from(CENTRAL_OFFLINE), qos: 1, retain: true },
    clean: false,
    reconnectPeriod: 0,
    queueQoSZero: false,
    // a cache of 65,536 small buffers, 7 MB
    writeCache: false,
  });

  async function take(packet: IPublishPacket): Promise<void> {
    const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    const message =
      payload.length > MAX_PAYLOAD_BYTES
        ? ({ kind: "bad", isReport: false, reason: `over ${MAX_PAYLOAD_BYTES} bytes` } as const)
        : readMessage(packet.topic, payload);
    if (deliverNews(message, intake)) return;
    const isReport = message.kind === "report" || (message.kind === "bad" && message.isReport);
    // what is no report is handed to central all the same, which refuses and counts it
    const { rejected } = isReport
      ? await intake.ingest([message.kind === "report" ? message.report : { rejected: message.reason }])
      : { rejected: [] };
    const reason = message.kind === "bad" ? message.reason : rejected[0]?.reason;
    if (reason === undefined) return;
    log.warn({ topic: packet.topic, reason }, "an MQTT message was rejected");
    if (isReport) publish(client, rejectedTopic(packet.topic), JSON.stringify({ reason }), false, log);
  }

  // MQTT.js acknowledges when this calls back without an error
  client.handleMessage = (packet, answer) => {
    take(packet).then(
      () => answer(),
      (error: unknown) => {
        log.error({ topic: packet.topic, reason: errorText(error) }, "a report could not be stored; the broker will send it again");
        answer(error instanceof Error ? error : new Error(errorText(error)));
        // only a new connection makes a 3.1.1 broker send again
        client.stream.destroy();
      },
    );
  };
  client.on("connect", () => {
    attempt = 0;
    // at every connection: the broker has told the last will of the one before
    publish(client, CENTRAL_STATUS_TOPIC, CENTRAL_ONLINE, true, log);
    client.subscribe([...IN_FILTERS], { qos: 1 }, (error) => {
      if (error) log.error({ reason: error.message }, "the broker refuses our subscriptions");
    });
  });
  client.on("error", (error) => log.warn({ reason: errorText(error) }, "the MQTT broker answered with an error"));
  client.on("close", () => {
    if (isClosed || cancelRetry !== undefined) return;
    const wait = backoffMs(attempt++, FIRST_RETRY_MS, LONGEST_RETRY_MS, deps.random);
    log.warn({ url: withoutSecrets(deps.url), waitMs: wait }, "no connection to the MQTT broker; trying again");
    cancelRetry = clock.setTimer(wait, () => {
      cancelRetry = undefined;
      client.reconnect();
    });
  });

  return {
    publish: (topic, payload, retain) => publish(client, topic, payload, retain, log),
    isConnected: () => client.connected,
    close: async () => {
      isClosed = true;
      cancelRetry?.();
      if (client.connected) publish(client, CENTRAL_STATUS_TOPIC, CENTRAL_OFFLINE, true, log);
      await leave(client, clock);
    },
  };
}

/** Waits for what is under way, but not for a broker that takes and never answers. */
async function leave(client: MqttClient, clock: Clock): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancel = clock.setTimer(GOODBYE_WITHIN_MS, () => void client.end(true, {}, () => resolve()));
    client.end(!client.connected, {}, () => {
      cancel();
      resolve();
    });
  });
}

function publish(client: MqttClient, topic: string, payload: string, retain: boolean, log: Log): void {
  client.publish(topic, payload, { qos: 1, retain }, (error) => {
    if (error) log.warn({ topic, reason: error.message }, "could not publish over MQTT");
  });
}

function withoutSecrets(url: string): string {
  const parsed = new URL(url);
  return `${parsed.protocol}//${parsed.host}`;
}
