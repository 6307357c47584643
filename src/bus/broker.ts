/**
 * The embedded MQTT broker: outside detectors and edges connect here. Hides aedes. A report is acknowledged (PUBACK) only after
 * central holds it durably; when central cannot, the connection is dropped, so that the client sends again. MQTT 3.1.1 cannot refuse
 * one message: a bad one is acknowledged and its reason told on `…/rejected`. Clients publish nowhere but on the inward topics.
 */
import { type Server, createServer, type Socket } from "node:net";
import { Aedes, type AedesOptions, type AuthenticateError, type Client } from "aedes";
import { StartError, errorText } from "../lib/errors.ts";
import { type Log, limitLog } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import type { CentralIntake } from "./bus.ts";
import { NOWHERE, createInbound } from "./inbound.ts";
import { CENTRAL_STATUS_TOPIC } from "../model/topics.ts";
import { CENTRAL_OFFLINE, CENTRAL_ONLINE, MAX_PAYLOAD_BYTES } from "./messages.ts";
import { packetGuard } from "../lib/packet-guard.ts";

export interface BrokerDeps {
  readonly host: string;
  readonly port: number;
  readonly intake: CentralIntake;
  /** Whether a client may connect; `address` is where it comes from. */
  readonly allow: (password: string | undefined, address: string) => Promise<boolean> | boolean;
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
  readonly publish: (topic: string, payload: string, retain: boolean) => void;
  readonly close: () => Promise<void>;
}

/** Whoever reaches the port can cause lines, without a password too. */
const LOG_LINES_PER_MINUTE = 120;
const SERVER_UNAVAILABLE = 3;
const BAD_PASSWORD = 4;
/** A packet's topic and header, beside its payload. */
const HEADER_BYTES = 1_024;

export async function startBroker(deps: BrokerDeps): Promise<Broker> {
  const log = limitLog(deps.log, deps.clock, LOG_LINES_PER_MINUTE);
  const limits = { ...LIMITS, ...deps.limits };
  const addresses = new WeakMap<Client, string>();
  const sockets = new Set<Socket>();

  const send = (topic: string, payload: string, retain: boolean): Promise<void> =>
    new Promise((resolve) =>
      aedes.publish({ cmd: "publish", topic, payload, retain, qos: 0, dup: false }, (error) => {
        if (error) log.warn({ topic, reason: errorText(error) }, "could not publish over MQTT");
        resolve();
      }),
    );
  const publish = (topic: string, payload: string, retain: boolean): void => void send(topic, payload, retain);
  const receive = createInbound({ ...deps, ...limits, publish, log });
  const aedes = new Aedes({
    ...RULES,
    authorizePublish: receive,
    authenticate: (client, _username, password, answer) => {
      const address = addresses.get(client) ?? "";
      Promise.resolve(deps.allow(password?.toString("utf8"), address)).then(
        (isAllowed) => answer(isAllowed ? null : refusal(BAD_PASSWORD, "wrong token"), isAllowed),
        (error: unknown) => answer(refusal(SERVER_UNAVAILABLE, errorText(error)), false),
      );
    },
  });
  aedes.on("clientError", (client, error) => log.warn({ client: client.id, reason: errorText(error) }, "an MQTT client was cut off"));
  aedes.on("connectionError", (client, error) =>
    log.warn({ address: addresses.get(client), reason: errorText(error) }, "an MQTT connection was refused"),
  );
  await aedes.listen();

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.setNoDelay(true);
    addresses.set(aedes.handle(socket), socket.remoteAddress ?? "");
    // after the broker's own listeners, so that it goes on deciding when to read
    socket.on(
      "data",
      packetGuard(limits.payloadBytes + HEADER_BYTES, () => socket.destroy(new Error("a packet is too large"))),
    );
  });
  server.maxConnections = limits.connections;
  const port = await listen(server, deps.host, deps.port).catch((error: unknown) => {
    aedes.close();
    throw error;
  });
  publish(CENTRAL_STATUS_TOPIC, CENTRAL_ONLINE, true);
  const close = async (): Promise<void> => {
    await send(CENTRAL_STATUS_TOPIC, CENTRAL_OFFLINE, true);
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  return { address: `${deps.host}:${port}`, port, publish, close };
}

const RULES: AedesOptions = {
  maxTopicLevels: 8,
  queueLimit: 1_000,
  // every topic of ours is retained: a kept session would only hold memory for clients that never return
  preConnect: (_client, packet, answer) => {
    packet.clean = true;
    answer(null, true);
  },
  authorizeSubscribe: (_client, subscription, answer) => answer(null, subscription.topic.startsWith("$") ? null : subscription),
  authorizeForward: (_client, packet) => (packet.topic === NOWHERE ? null : packet),
};

const refusal = (returnCode: number, reason: string): AuthenticateError => Object.assign(new Error(reason), { returnCode });

function listen(server: Server, host: string, port: number): Promise<number> {
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
