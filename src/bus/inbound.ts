/**
 * What the embedded broker does with a client's publication before it acknowledges: reports wait until central holds them, news goes
 * to central at once, everything else is acknowledged and heard by nobody.
 */
import type { Client, PublishPacket } from "aedes";
import { errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import { rejectedTopic } from "../model/topics.ts";
import { createBatcher } from "./batch.ts";
import type { CentralIntake } from "./bus.ts";
import { deliverNews, readMessage } from "./messages.ts";

/** Where dropped publications go: no client may subscribe there. */
export const NOWHERE = "$SYS/dropped";

export interface InboundDeps {
  readonly intake: CentralIntake;
  readonly reportsPerSecond: number;
  readonly payloadBytes: number;
  readonly publish: (topic: string, payload: string, retain: boolean) => void;
  readonly log: Log;
  readonly clock: Clock;
}

/** Without an error the broker acknowledges; with one it drops the connection. */
type Answer = (error?: Error | null) => void;

export function createInbound(deps: InboundDeps): (client: Client | null, packet: PublishPacket, answer: Answer) => void {
  const { intake, log, clock } = deps;
  const ingest = createBatcher(intake);
  const paceMs = createPace(clock, deps.reportsPerSecond);

  function reject(topic: string, report: unknown, reason: string): void {
    log.warn({ topic, reason }, "an MQTT report was rejected");
    const { boot, seq } = (typeof report === "object" && report !== null ? report : {}) as { boot?: unknown; seq?: unknown };
    deps.publish(rejectedTopic(topic), JSON.stringify({ boot, seq, reason }), false);
  }

  function receiveReport(client: Client | null, packet: PublishPacket, report: unknown, answer: Answer): void {
    const { topic } = packet;
    // reports are events: a retained one would be told again to every new subscriber
    packet.retain = false;
    const waitMs = client === null ? 0 : paceMs(client);
    ingest.add(report).then(
      (reason) => {
        if (reason !== undefined) {
          reject(topic, report, reason);
          hush(packet);
        }
        if (waitMs > 0) clock.setTimer(waitMs, () => answer());
        else answer();
      },
      (error: unknown) => {
        log.error({ topic, reason: errorText(error) }, "a report could not be stored; the client is dropped and sends it again");
        answer(new Error("the report could not be stored"));
      },
    );
  }

  /** Central refuses what is no report, and so counts it. */
  function countRejected(reason: string): void {
    ingest.add({ rejected: reason }).catch((error: unknown) => log.warn({ reason: errorText(error) }, "could not count a rejected report"));
  }

  return (client, packet, answer) => {
    const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    if (payload.length > deps.payloadBytes) return answer(new Error(`payload over ${deps.payloadBytes} bytes`));
    const message = readMessage(packet.topic, payload);
    if (message.kind === "report") return receiveReport(client, packet, message.report, answer);
    if (message.kind === "bad" && message.isReport) {
      countRejected(message.reason);
      reject(packet.topic, undefined, message.reason);
    } else if (message.kind === "bad" || message.kind === "foreign") {
      const reason = message.kind === "bad" ? message.reason : "clients may not publish on this topic";
      log.warn({ topic: packet.topic, client: client?.id, reason }, "an MQTT publication was dropped");
    } else {
      deliverNews(message, intake);
      return answer();
    }
    hush(packet);
    answer();
  };
}

/** Acknowledged, but heard by nobody: dropping the connection would only make the client send it again for ever. */
function hush(packet: PublishPacket): void {
  packet.topic = NOWHERE;
  packet.retain = false;
  packet.payload = "";
}

/** How long the next acknowledgement to a client must wait; a second's worth of reports may come at once. */
function createPace(clock: Clock, perSecond: number): (client: Client) => number {
  const paidUntil = new WeakMap<Client, number>();
  return (client) => {
    const now = clock.now();
    const until = Math.max(now, paidUntil.get(client) ?? now) + 1_000 / perSecond;
    paidUntil.set(client, until);
    return Math.max(0, Math.round(until - now - 1_000));
  };
}
