/**
 * One login at a printer, from TCP to its end: TLS and trust, MQTT, the subscription. It ends once, with a reason, and leaves no
 * timer and no socket behind. Trying again is not its business.
 */
import { MqttClient } from "mqtt";
import { randomBytes } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { packetGuard } from "../../lib/packet-guard.ts";
import type { Clock } from "../../lib/time.ts";
import { type LinkTrouble, openTrusted, type SecureOptions, type SecureSocket } from "./trust.ts";

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
/** Real messages stay under 32 KB. */
const MAX_PACKET_BYTES = (1 << 20) + 1_024;
const BAD_USER_OR_PASSWORD = 4;
const NOT_AUTHORISED = 5;

/** What stands in the way of the login, in words; `subject` is what the peer's certificate says it is. */
function troubleOfLogin(error: Error, options: SessionOptions, subject: string): LinkTrouble {
  const place = placeOf(options);
  const code = "code" in error ? error.code : undefined;
  if (code === NOT_AUTHORISED || code === BAD_USER_OR_PASSWORD) {
    const reason = `${place} refuses the access code: read it on the printer's screen (network settings), check that LAN mode is on`;
    return { cause: "refused", reason: reason + otherSerial(options.serial, subject) };
  }
  const what = typeof code === "string" ? code : error.message.replaceAll(options.accessCode, "***");
  return { cause: "unreachable", reason: `the connection to ${place} broke (${what})` };
}

const placeOf = ({ host, port }: SessionOptions): string => `${host}:${port}`;

function otherSerial(serial: string, subject: string): string {
  return subject !== "" && subject !== serial && subject.length <= 32
    ? ` (the printer that answers there calls itself ${subject}, not ${serial})`
    : "";
}

function createClient(socket: TLSSocket, accessCode: string): MqttClient {
  return new MqttClient(() => socket, {
    protocolVersion: 4,
    clean: true,
    username: "bblp",
    password: accessCode,
    clientId: `openhms-${randomBytes(6).toString("hex")}`,
    keepalive: KEEPALIVE_S,
    reconnectPeriod: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    queueQoSZero: false,
    timerVariant: "native",
    // a cache of 65,536 small buffers, 7 MB, for the whole process
    writeCache: false,
  });
}

export function openSession(options: SessionOptions, clock: Clock, events: SessionEvents): Session {
  const { serial } = options;
  const place = placeOf(options);
  let client: MqttClient | undefined;
  let over = false;
  let isOpen = false;
  let closing: Promise<void> | undefined;

  const stopWaiting = clock.setTimer(CONNECT_TIMEOUT_MS, () =>
    end({
      cause: "unreachable",
      reason: `${place} did not answer within ${CONNECT_TIMEOUT_MS / 1_000} s: check power, network and address`,
    }),
  );

  const abandonTls = openTrusted(options, (result) => {
    if (over) return;
    if ("cause" in result) end(result);
    else client = login(result);
  });

  function login({ socket, fingerprint, subject }: SecureSocket): MqttClient {
    const mqtt = createClient(socket, options.accessCode);
    // after the client's own listeners, so that it goes on deciding when to read
    socket.on(
      "data",
      packetGuard(MAX_PACKET_BYTES, () => {
        end({ cause: "unreachable", reason: `${place} sent a message of more than 1 MB, which no printer does: restart the printer` });
      }),
    );
    mqtt.on("error", (error) => end(troubleOfLogin(error, options, subject)));
    mqtt.on("close", () => {
      // newer firmware drops a wrong code without a word
      const early = ` during the login: check the access code${otherSerial(serial, subject)}`;
      end({ cause: "unreachable", reason: `${place} closed the connection${isOpen ? "" : early}` });
    });
    mqtt.on("message", (_topic, payload) => {
      if (!over) events.message(payload);
    });
    mqtt.on("connect", () => subscribe(mqtt, fingerprint));
    return mqtt;
  }

  function subscribe(mqtt: MqttClient, fingerprint: string): void {
    mqtt.subscribe(`device/${serial}/report`, { qos: 0 }, (error, grants) => {
      if (over) return;
      if (error !== null || grants?.some((grant) => grant.qos >= 128) === true) {
        end({ cause: "refused", reason: `${place} refuses reports of ${serial}: check the serial number` });
        return;
      }
      isOpen = true;
      stopWaiting();
      events.open(fingerprint);
    });
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
