/**
 * The embedded MQTT broker: outside detectors and edges connect here. Hides aedes. A report is acknowledged (PUBACK) only after
 * central holds it durably; when central cannot, the connection is dropped, so that the client sends again. MQTT 3.1.1 cannot refuse
 * one message: a bad one is acknowledged and its reason told on `…/rejected`. Clients publish nowhere but on the inward topics.
 */
import { createServer, type Socket } from "node:net";
import { Aedes, type AedesPublishPacket, type Client, type PublishPacket } from "aedes";
import { StartError, errorText } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import { createBatcher } from "./batch.ts";
import type { CentralIntake } from "./bus.ts";
import { MAX_PAYLOAD_BYTES, deliverNews, readMessage } from "./messages.ts";
import { rejectedTopic } from "../model/topics.ts";
import { packetGuard } from "./packet-guard.ts";

export interface BrokerDeps {
  readonly host: string;
  readonly port: number;
  readonly intake: CentralIntake;
  /** Whether a client may connect; `address` is where it comes from. */
  allow(password: string | undefined, address: string): Promise<boolean> | boolean;
  readonly log: Log;
  readonly clock: Clock;
  readonly limits?: Partial<BrokerLimits>;
}

export interface BrokerLimits {
  readonly connections: number;
  /** Faster clients are slowed by later acknowledgements, never refused. */
  readonly reportsPerSecond: number;
  readonly payloadBytes: number;
}

const LIMITS: BrokerLimits = { connections: 2_000, reportsPerSecond: 5_000, payloadBytes: MAX_PAYLOAD_BYTES };

export interface Broker {
  /** `host:port` it listens on. */
  readonly address: string;
  readonly port: number;
  publish(topic: string, payload: string, retain: boolean): void;
  close(): Promise<void>;
}

/** Where refused publications go: no client may subscribe there. */
const NOWHERE = "$SYS/refused";
const BAD_PASSWORD = 4;

type Done = (error?: Error | null) => void;

export async function startBroker(deps: BrokerDeps): Promise<Broker> {
  const { intake, log, clock } = deps;
  const limits = { ...LIMITS, ...deps.limits };
  const addresses = new WeakMap<Client, string>();
  const paces = new WeakMap<Client, { fullAt: number }>();
  const sockets = new Set<Socket>();
  const ingest = createBatcher(intake);

  const aedes = new Aedes({
    maxTopicLevels: 8,
    queueLimit: 1_000,
    // every topic of ours is retained: a kept session would only hold memory for clients that never return
    preConnect: (_client, packet, done) => {
      (packet as { clean: boolean }).clean = true;
      done(null, true);
    },
    authenticate: (client, _username, password, done) => {
      const address = addresses.get(client) ?? "";
      Promise.resolve(deps.allow(password?.toString("utf8"), address)).then(
        (allowed) => (allowed ? done(null, true) : done(Object.assign(new Error("wrong token"), { returnCode: BAD_PASSWORD }), false)),
        (error: unknown) => done(Object.assign(new Error(errorText(error)), { returnCode: 3 }), false),
      );
    },
    authorizePublish: (client, packet, done) => receive(client, packet, done),
    authorizeSubscribe: (_client, subscription, done) => done(null, subscription.topic.startsWith("$") ? null : subscription),
    authorizeForward: (_client, packet: AedesPublishPacket) => (packet.topic === NOWHERE ? null : packet),
  });

  function publish(topic: string, payload: string, retain: boolean): void {
    aedes.publish({ cmd: "publish", topic, payload, retain, qos: 0, dup: false }, (error) => {
      if (error) log.warn({ topic, reason: errorText(error) }, "could not publish over MQTT");
    });
  }

  function reject(topic: string, report: unknown, reason: string): void {
    log.warn({ topic, reason }, "an MQTT report was rejected");
    const { boot, seq } = (typeof report === "object" && report !== null ? report : {}) as { boot?: unknown; seq?: unknown };
    publish(rejectedTopic(topic), JSON.stringify({ boot, seq, reason }), false);
  }

  function receive(client: Client | null, packet: PublishPacket, done: Done): void {
    const payload = typeof packet.payload === "string" ? Buffer.from(packet.payload) : packet.payload;
    if (payload.length > limits.payloadBytes) return done(new Error(`payload over ${limits.payloadBytes} bytes`));
    const message = readMessage(packet.topic, payload);
    if (message.kind === "report") return receiveReport(client, packet, message.report, done);
    if (message.kind === "bad" && message.report !== undefined) {
      // central counts it: it refuses what is no report
      countRejected(message.reason);
      reject(packet.topic, undefined, message.reason);
      return done();
    }
    if (message.kind === "bad" || message.kind === "foreign") {
      const reason = message.kind === "bad" ? message.reason : "clients may not publish on this topic";
      log.warn({ topic: packet.topic, client: client?.id, reason }, "an MQTT publication was dropped");
      drop(packet);
      return done();
    }
    deliverNews(message, intake);
    done();
  }

  function receiveReport(client: Client | null, packet: PublishPacket, report: unknown, done: Done): void {
    const { topic } = packet;
    // reports are events: a retained one would be told again to every new subscriber
    packet.retain = false;
    const wait = client === null ? 0 : paceMs(client);
    ingest.add(report).then(
      (reason) => {
        if (reason !== undefined) reject(topic, report, reason);
        if (wait > 0) clock.setTimer(wait, () => done());
        else done();
      },
      (error: unknown) => {
        log.error({ topic, reason: errorText(error) }, "a report could not be stored; the client is dropped and sends it again");
        done(new Error("the report could not be stored"));
      },
    );
  }

  function countRejected(reason: string): void {
    ingest.add({ rejected: reason }).catch((error: unknown) => log.warn({ reason: errorText(error) }, "could not count a rejected report"));
  }

  function paceMs(client: Client): number {
    const now = clock.now();
    const pace = paces.get(client) ?? { fullAt: now };
    paces.set(client, pace);
    pace.fullAt = Math.max(now, pace.fullAt) + 1_000 / limits.reportsPerSecond;
    // a second's worth may come at once
    return Math.max(0, Math.round(pace.fullAt - now - 1_000));
  }

  aedes.on("clientError", (client, error) => log.warn({ client: client.id, reason: errorText(error) }, "an MQTT client was cut off"));
  aedes.on("connectionError", (client, error) =>
    log.warn({ address: addresses.get(client), reason: errorText(error) }, "an MQTT connection was refused"),
  );
  await aedes.listen();

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.setNoDelay(true);
    const client = aedes.handle(socket);
    addresses.set(client, socket.remoteAddress ?? "");
    socket.on(
      "data",
      packetGuard(limits.payloadBytes + 1_024, () => socket.destroy(new Error("a packet is too large"))),
    );
  });
  server.maxConnections = limits.connections;
  const port = await listen(server, deps.host, deps.port).catch((error: unknown) => {
    aedes.close();
    throw error;
  });
  return {
    address: `${deps.host}:${port}`,
    port,
    publish,
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Acknowledged, but heard by nobody: dropping the connection would only make the client send it again for ever. */
function drop(packet: PublishPacket): void {
  packet.topic = NOWHERE;
  packet.retain = false;
  packet.payload = "";
}

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why =
        cause.code === "EADDRINUSE" ? "the port is taken" : cause.code === "EACCES" ? "this user may not listen on it" : cause.message;
      reject(new StartError(`the MQTT broker cannot listen on ${host}:${port}: ${why}; choose another port with --mqtt-port`, { cause }));
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}
