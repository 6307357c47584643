/**
 * A virtual printer on a real port: MQTT 3.1.1 over TLS as the LAN mode of a Bambu printer speaks it, for any client. Hides broker,
 * TLS and pace. What must hold: nobody without the access code gets past CONNACK, and nobody speaks on another topic.
 */
import { timingSafeEqual } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { Aedes, type AuthenticateError } from "aedes";
import { errorText, StartError } from "../lib/errors.ts";
import type { Log } from "../lib/log.ts";
import type { Clock } from "../lib/time.ts";
import { certificateFor } from "./certificate.ts";
import { answer } from "./commands.ts";
import type { FaultAt } from "./faults/index.ts";
import type { JobPlan } from "./job/plan.ts";
import { createLine } from "./line.ts";
import { createMachine, type Machine } from "./machine.ts";
import type { BambuModel } from "./models.ts";
import { createRandom } from "./random.ts";
import { createWire, type Wire } from "./wire.ts";

export interface VirtualPrinterOptions {
  readonly model: BambuModel;
  readonly serial?: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
  /** Eight digits from the seed when not given. */
  readonly accessCode?: string;
  readonly seed: number;
  /** Simulated seconds per second. */
  readonly speed: number;
  /** Faults that come by themselves. */
  readonly faults?: readonly FaultAt[];
  /** Its jobs, round and round; without them what its seed brings. */
  readonly jobs?: readonly JobPlan[];
  /** `printing` (default): in the middle of a job; `cold`: just switched on. */
  readonly start?: "cold" | "printing";
  /** Where its certificate is kept over restarts; without it, in this process. */
  readonly dataDir?: string;
  readonly clock: Clock;
  readonly log: Log;
}

export interface VirtualPrinter {
  readonly serial: string;
  readonly port: number;
  readonly accessCode: string;
  readonly model: BambuModel;
  readonly faultNames: readonly string[];
  /** What it does now; for scenarios and tests. */
  readonly machine: Machine;
  /** False for a fault this model does not have. */
  setFault(name: string): boolean;
  clearFault(name: string): boolean;
  close(): Promise<void>;
}

const USER = "bblp";
const PUSH_EVERY_MS = 1_000;
const MAX_ADVANCE_S = 1_000;
const NOT_AUTHORISED = 5;

function accessCodeFrom(seed: number): string {
  const random = createRandom(seed ^ 0x5eed_c0de);
  return String(10_000_000 + Math.floor(random() * 89_999_999));
}

function isSame(given: Uint8Array, wanted: string): boolean {
  const expected = Buffer.from(wanted);
  return given.byteLength === expected.byteLength && timingSafeEqual(given, expected);
}

type Deps = Pick<VirtualPrinterOptions, "clock" | "log">;

interface Door {
  readonly broker: Aedes;
  /** As well as the printer's network lets it. */
  publish(message: Readonly<Record<string, unknown>>): void;
  close(): Promise<void>;
}

/** The broker with the printer's rules: one user, two topics. */
async function openBroker(machine: Machine, wire: Wire, accessCode: string, { clock, log }: Deps): Promise<Door> {
  const report = `device/${machine.serial}/report`;
  const request = `device/${machine.serial}/request`;
  const mayRead = new Set([report, request, `device/${machine.serial}/#`, `device/${machine.serial}/+`, "#"]);
  const broker = await Aedes.createBroker({
    connectTimeout: 10_000,
    authenticate: (_client, username, password, done) => {
      if (username === USER && password !== undefined && isSame(password, accessCode)) return done(null, true);
      const refusal: AuthenticateError = Object.assign(new Error("wrong access code"), { returnCode: NOT_AUTHORISED });
      done(refusal, false);
    },
    authorizePublish: (_client, packet, done) => done(packet.topic === request ? null : new Error(`may not publish on ${packet.topic}`)),
    // null in the answer refuses the one subscription and keeps the client
    authorizeSubscribe: (_client, subscription, done) => done(null, mayRead.has(subscription.topic) ? subscription : null),
  });
  const line = createLine(machine, clock);
  function publish(message: Readonly<Record<string, unknown>>): void {
    const packet = {
      cmd: "publish" as const,
      topic: report,
      payload: Buffer.from(JSON.stringify(message)),
      qos: 0 as const,
      retain: false,
      dup: false,
    };
    const deliver = (): void =>
      broker.publish(packet, (error) => {
        if (error) log.debug({ serial: machine.serial, reason: errorText(error) }, "virtual printer could not publish");
      });
    line.send(deliver);
  }
  broker.on("publish", (packet, client) => {
    if (client === null || packet.topic !== request) return;
    for (const message of answer(machine, wire, Buffer.from(packet.payload))) publish(message);
  });
  broker.on("clientError", (_client, error) =>
    log.debug({ serial: machine.serial, reason: error.message }, "virtual printer's client failed"),
  );
  const close = async (): Promise<void> => {
    line.close();
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  };
  return { broker, publish, close };
}

export async function startVirtualPrinter(options: VirtualPrinterOptions): Promise<VirtualPrinter> {
  const { clock, log, model, seed } = options;
  const serial = options.serial === undefined ? {} : { serial: options.serial };
  const jobs = options.jobs === undefined ? {} : { jobs: options.jobs };
  const machine = createMachine({ model, seed, start: options.start ?? "printing", ...serial, ...jobs });
  for (const { name } of options.faults ?? []) {
    if (machine.faultNames.includes(name)) continue;
    throw new StartError(`a virtual ${model} cannot have the fault ${JSON.stringify(name)}; it knows ${machine.faultNames.join(", ")}`);
  }
  const wire = createWire(machine);
  const accessCode = options.accessCode ?? accessCodeFrom(seed);
  const { keyPem, certPem } = await certificateFor(machine.serial, options.dataDir, clock.now());
  const door = await openBroker(machine, wire, accessCode, options);
  const sockets = new Set<TLSSocket>();

  const server = createServer({ key: keyPem, cert: certPem, minVersion: "TLSv1.2" }, (socket) => {
    socket.on("error", (error) => log.debug({ serial: machine.serial, reason: error.message }, "virtual printer's connection failed"));
    if (!machine.isOnline()) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    door.broker.handle(socket);
  });
  server.on("tlsClientError", (error) =>
    log.debug({ serial: machine.serial, reason: error.message }, "virtual printer: no TLS came about"),
  );
  // a broker left open keeps the process from ending
  const port = await listen(server, options.port, options.host ?? "127.0.0.1").catch(async (error: unknown) => {
    await door.close();
    throw error;
  });

  let last = clock.now();
  let due = [...(options.faults ?? [])];
  function beat(): void {
    cancel = clock.setTimer(PUSH_EVERY_MS, beat);
    const now = clock.now();
    // a machine that slept (a suspended computer) does not live through all of it at once
    machine.advance(Math.min(((now - last) / 1_000) * options.speed, MAX_ADVANCE_S));
    last = now;
    for (const fault of due.filter((one) => one.atS <= machine.elapsedS())) machine.setFault(fault.name, { size: fault.size });
    due = due.filter((one) => one.atS > machine.elapsedS());
    if (!machine.isOnline()) for (const socket of sockets) socket.destroy();
    const message = door.broker.connectedClients > 0 ? wire.push() : undefined;
    if (message !== undefined) door.publish(message);
  }
  let cancel = clock.setTimer(PUSH_EVERY_MS, beat);

  return {
    serial: machine.serial,
    port,
    accessCode,
    model,
    faultNames: machine.faultNames,
    machine,
    setFault: (name) => machine.setFault(name),
    clearFault: (name) => machine.clearFault(name),
    close: async () => {
      cancel();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await door.close();
      await closed;
    },
  };
}

function listen(server: ReturnType<typeof createServer>, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const reason = ("code" in error && WHY_NOT.get(error.code)) || `${error.message}; choose another --port or --host`;
      reject(new StartError(`cannot open the virtual printer on port ${port} of ${host}: ${reason}`, { cause: error }));
    });
    server.once("listening", () => {
      server.removeAllListeners("error");
      resolve((server.address() as AddressInfo).port);
    });
    server.listen(port, host);
  });
}

const WHY_NOT: ReadonlyMap<unknown, string> = new Map([
  ["EADDRINUSE", "the port is taken; choose another with --port"],
  ["EACCES", "this user may not open it; choose one above 1023 with --port"],
  ["EADDRNOTAVAIL", "this machine does not have that address; choose another with --host"],
]);
