/**
 * Bambu Lab printers in LAN mode: MQTT over TLS at the printer itself. Only watches: it asks for versions and full reports and
 * never sends a command that moves anything. It keeps trying for ever, and says in words why it cannot.
 */
import { type Static, Type } from "typebox";
import { backoffMs } from "../lib/time.ts";
import type { PrinterId, Sample } from "../model/telemetry.ts";
import { type AdapterDeps, type AdapterEvents, type Connection, defineAdapter, type LinkState } from "./adapter.ts";
import { openSession, type Session } from "./bambu/session.ts";
import type { Trust } from "./bambu/trust.ts";
import { createUpkeep } from "./bambu/upkeep.ts";
import { createBambuWire } from "./bambu/wire.ts";

const BambuConfig = Type.Object(
  {
    host: Type.String({ minLength: 1, maxLength: 255, description: "address of the printer in the local network" }),
    port: Type.Optional(Type.Integer({ minimum: 1, maximum: 65_535, default: 8883 })),
    serial: Type.String({
      pattern: "^[A-Za-z0-9_-]{4,32}$",
      description: "4 to 32 letters and digits, as on the printer's screen and its type plate",
    }),
    accessCode: Type.String({ minLength: 1, maxLength: 64, description: "on the printer's screen, network settings" }),
    tls: Type.Optional(
      Type.Union([
        Type.Object(
          {
            fingerprint: Type.String({
              pattern: "^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$",
              description: "SHA-256 of its certificate: 64 hex digits, with or without colons",
            }),
          },
          { additionalProperties: false },
        ),
        Type.Object(
          { ca: Type.String({ minLength: 1, description: "file with the vendor's certificates (PEM)" }) },
          { additionalProperties: false },
        ),
      ]),
    ),
  },
  { additionalProperties: false },
);

type Config = Static<typeof BambuConfig>;

const DEFAULT_PORT = 8883;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 60_000;
/** A refused code stays refused until a person acts, and asking often may lock the printer. */
const REFUSED_FIRST_WAIT_MS = 30_000;
const REFUSED_MAX_WAIT_MS = 300_000;

export const bambu = defineAdapter({
  kind: "bambu",
  config: BambuConfig,
  connect: (printer, config, events, deps) => {
    const read = createReader(printer, config, (sample) => events.sample(sample), deps);
    return keepConnected(printer, config, events, read, deps);
  },
});

/** Payloads into samples; what is not understood is counted. */
function createReader(
  printer: PrinterId,
  config: Config,
  emit: (sample: Sample) => void,
  deps: AdapterDeps,
): (payload: Uint8Array) => void {
  const wire = createBambuWire({ serial: config.serial });
  let ignoredCount = 0;
  return (payload) => {
    const result = wire.accept(payload);
    switch (result.kind) {
      case "sample":
        return emit({ at: deps.clock.now(), readings: result.readings });
      case "version":
        return emit({ at: deps.clock.now(), readings: { ...result.readings, serial: config.serial } });
      case "reply":
        return deps.log.debug({ printer, command: result.command, ok: result.ok }, "printer answered a command");
      case "ignored":
        ignoredCount += 1;
        // the 1st, 10th, 100th … are worth a line, each of ten thousand is not
        if (/^10*$/.test(String(ignoredCount)))
          deps.log.warn({ printer, reason: result.reason, count: ignoredCount }, "message of the printer not understood");
    }
  };
}

type Trouble = Exclude<LinkState, { readonly connected: true }>;

/** Session after session until closed. The merged readings outlive a session, so that a gap shows as no change. */
function keepConnected(
  printer: PrinterId,
  config: Config,
  events: AdapterEvents,
  read: (payload: Uint8Array) => void,
  deps: AdapterDeps,
): Connection {
  const { clock, log, random } = deps;
  const { host, serial } = config;
  const pin = createPin(config, deps.memory);
  const tell = tellChanges(events);
  let session: Session | undefined;
  let ending: Promise<void> = Promise.resolve();
  let cancelRetry: (() => void) | undefined;
  let closed = false;
  let attempt = 0;
  let sequence = 0;

  const upkeep = createUpkeep(clock, {
    ask: (family, command) => session?.request({ [family]: { sequence_id: String((sequence += 1)), command } }),
    silent: (silentMs) => {
      const seconds = Math.round(silentMs / 1_000);
      retry({
        connected: false,
        cause: "silent",
        reason: `${host} said nothing for ${seconds} s: check the serial number, or restart the printer`,
      });
    },
  });

  function start(): void {
    const target = { host, port: config.port ?? DEFAULT_PORT, serial, accessCode: config.accessCode, trust: pin.trust() };
    session = openSession(target, clock, {
      open: (fingerprint) => {
        pin.remember(fingerprint);
        log.info({ printer, host }, "printer connected");
        tell({ connected: true });
        upkeep.opened();
      },
      message: (payload) => {
        attempt = 0;
        upkeep.heard();
        read(payload);
      },
      end: (trouble) => retry({ connected: false, ...trouble }),
    });
  }

  function retry(trouble: Trouble): void {
    if (closed) return;
    upkeep.stop();
    const waitMs = waitBefore(trouble.cause, attempt, random);
    attempt += 1;
    log.warn({ printer, host, cause: trouble.cause, reason: trouble.reason, retryInMs: waitMs }, "printer not connected");
    tell(trouble);
    endSession();
    cancelRetry = clock.setTimer(waitMs, start);
  }

  function endSession(): void {
    const old = session;
    session = undefined;
    if (old !== undefined) ending = Promise.all([ending, old.close()]).then(() => undefined);
  }

  tell({ connected: false, cause: "connecting", reason: `connecting to ${host}` });
  start();
  return {
    close: async (): Promise<void> => {
      closed = true;
      upkeep.stop();
      cancelRetry?.();
      endSession();
      await ending;
    },
  };
}

function waitBefore(cause: Trouble["cause"], attempt: number, random: () => number): number {
  return cause === "refused"
    ? backoffMs(attempt, REFUSED_FIRST_WAIT_MS, REFUSED_MAX_WAIT_MS, random)
    : backoffMs(attempt, FIRST_WAIT_MS, MAX_WAIT_MS, random);
}

/** A printer that stays away is told once, not with every try. */
function tellChanges(events: AdapterEvents): (state: LinkState) => void {
  let told = "";
  return (state) => {
    const text = JSON.stringify(state);
    if (text === told) return;
    told = text;
    events.link(state);
  };
}

/** Whom to trust: given certificates, a given fingerprint, or the one of the last login. */
function createPin({ tls, serial }: Config, memory: AdapterDeps["memory"]) {
  const key = `bambu-certificate/${serial}`;
  return {
    trust: (): Trust => {
      if (tls !== undefined && "ca" in tls) return { kind: "ca", file: tls.ca };
      return { kind: "pin", pinned: tls?.fingerprint ?? memory.get(key), configured: tls !== undefined };
    },
    /** Only after a login: whoever did not take the access code is not the printer. */
    remember: (fingerprint: string): void => {
      if (memory.get(key) !== fingerprint) memory.set(key, fingerprint);
    },
  };
}
