/**
 * One login at a printer, from TCP to its end: TLS and trust, MQTT, the subscription. It ends once, with a reason, and leaves no
 * timer and no socket behind. Trying again is not its business.
 */
import { MqttClient } from "mqtt";
import { randomBytes } from "node:crypto";
import type { TLSSocket } from "node:tls";
import type { Clock } from "../../lib/time.ts";
import { type LinkTrouble, openTrusted, type SecureOptions } from "./trust.ts";

export interface SessionEvents {
  /** Logged in and subscribed. */
  open(fingerprint: string): void;
  message(payload: Uint8Array): void;
  /** Once, unless `close` was called before. */
  end(trouble: LinkTrouble): void;
}

export interface Session {
  /** A request to the printer; lost when the session is not open. */
  request(message: Readonly<Record<string, unknown>>): void;
  close(): Promise<void>;
}

export interface SessionOptions extends SecureOptions {
  readonly accessCode: string;
}

const CONNECT_TIMEOUT_MS = 15_000;
const KEEPALIVE_S = 30;
const BAD_USER_OR_PASSWORD = 4;
const NOT_AUTHORISED = 5;

export function openSession(options: SessionOptions, clock: Clock, events: SessionEvents): Session {
  const { host, port, serial } = options;
  const place = `${host}:${port}`;
  let client: MqttClient | undefined;
  let over = false;
  let isOpen = false;
  let closing: Promise<void> | undefined;

  const stopWaiting = clock.setTimer(CONNECT_TIMEOUT_MS, () =>
    end({ cause: "unreachable", reason: `${place} did not answer within ${CONNECT_TIMEOUT_MS / 1_000} s: check power, network and address` }),
  );

  const abandonTls = openTrusted(options, (result) => {
    if (over) return;
    if ("cause" in result) end(result);
    else client = login(result.socket, result.fingerprint, result.subject);
  });

  function login(socket: TLSSocket, fingerprint: string, subject: string): MqttClient {
    const mqtt = new MqttClient(() => socket, {
      protocolVersion: 4,
      clean: true,
      username: "bblp",
      password: options.accessCode,
      clientId: `openhms-${randomBytes(6).toString("hex")}`,
      keepalive: KEEPALIVE_S,
      reconnectPeriod: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      queueQoSZero: false,
      timerVariant: "native",
    });
    mqtt.on("error", (error) => end(troubleOfLogin(error, subject)));
    mqtt.on("close", () => end({ cause: "unreachable", reason: isOpen ? `${place} closed the connection` : closedEarly(subject) }));
    mqtt.on("message", (_topic, payload) => {
      if (!over) events.message(payload);
    });
    mqtt.on("connect", () => {
      mqtt.subscribe(`device/${serial}/report`, { qos: 0 }, (error, grants) => {
        if (over) return;
        if (error || grants?.some((grant) => grant.qos >= 128)) {
          end({ cause: "refused", reason: `${place} refuses reports of ${serial}: check the serial number` });
          return;
        }
        isOpen = true;
        stopWaiting();
        events.open(fingerprint);
      });
    });
    return mqtt;
  }

  /** Newer firmware drops a wrong code without a word. */
  const closedEarly = (subject: string): string => `${place} closed the connection during the login: check the access code${otherSerial(subject)}`;

  const otherSerial = (subject: string): string =>
    subject !== "" && subject !== serial && subject.length <= 32 ? ` (the printer that answers there calls itself ${subject}, not ${serial})` : "";

  function troubleOfLogin(error: Error, subject: string): LinkTrouble {
    const code = "code" in error ? error.code : undefined;
    if (code === NOT_AUTHORISED || code === BAD_USER_OR_PASSWORD) {
      const reason = `${place} refuses the access code: read it on the printer's screen (network settings), check that LAN mode is on${otherSerial(subject)}`;
      return { cause: "refused", reason };
    }
    return { cause: "unreachable", reason: `the connection to ${place} broke (${typeof code === "string" ? code : error.message.replaceAll(options.accessCode, "***")})` };
  }

  function end(trouble: LinkTrouble): void {
    if (over) return;
    void close();
    events.end(trouble);
  }

  function close(): Promise<void> {
    if (closing === undefined) {
      over = true;
      stopWaiting();
      abandonTls();
      const mqtt = client;
      closing = mqtt === undefined ? Promise.resolve() : new Promise((resolve) => mqtt.end(true, {}, () => resolve()));
    }
    return closing;
  }

  return {
    request: (message) => {
      if (isOpen && !over) client?.publish(`device/${serial}/request`, JSON.stringify(message), { qos: 0 });
    },
    close,
  };
}
