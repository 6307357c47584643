/** The adapter against a real TLS MQTT server on loopback: login, trust, refusal, return after a restart, silence, and its end. */
import { Aedes } from "aedes";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { at, createFakeClock, type FakeClock } from "../lib/time.ts";
import { type Log, silentLog } from "../lib/log.ts";
import type { PrinterId, Readings, Sample } from "../model/telemetry.ts";
import { startVirtualPrinter } from "../sim/server.ts";
import type { LinkState } from "./adapter.ts";
import { bambu } from "./bambu.ts";

const SERIAL = "01P00A000000001";
const ACCESS_CODE = "87654321";
const PRINTER = "p1" as PrinterId;

interface Certificate {
  readonly key: string;
  readonly cert: string;
  readonly fingerprint: string;
}

async function certificate(name: string): Promise<Certificate> {
  const made = await generate([{ name: "commonName", value: name }], { keyType: "ec", algorithm: "sha256" });
  return { key: made.private, cert: made.cert, fingerprint: new X509Certificate(made.cert).fingerprint256 };
}

let own: Certificate;
let other: Certificate;
beforeAll(async () => {
  own = await certificate(SERIAL);
  other = await certificate(SERIAL);
});

interface FakePrinter {
  readonly port: number;
  /** Every request that came, as "family command". */
  readonly requests: string[];
  /** Bytes of MQTT that came in over TLS. */
  receivedBytes(): number;
  send(message: unknown): void;
  stop(): Promise<void>;
}

async function startPrinter(options: { certificate?: Certificate; port?: number; isMute?: boolean } = {}): Promise<FakePrinter> {
  const broker = await Aedes.createBroker({
    authenticate: (_client, username, password, done) => {
      const isRight = username === "bblp" && password?.toString() === ACCESS_CODE;
      done(isRight ? null : Object.assign(new Error("not authorised"), { returnCode: 5 as const }), isRight);
    },
  });
  const requests: string[] = [];
  let bytes = 0;
  const sockets = new Set<TLSSocket>();
  const { key, cert } = options.certificate ?? own;
  const server: Server = createServer({ key, cert }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => (bytes += chunk.length));
    broker.handle(socket);
  });
  server.on("tlsClientError", () => undefined);
  const send = (message: unknown): void => {
    const payload = Buffer.isBuffer(message) ? message : Buffer.from(JSON.stringify(message));
    broker.publish({ cmd: "publish", topic: `device/${SERIAL}/report`, payload, qos: 0, retain: false, dup: false }, () => undefined);
  };
  broker.on("publish", (packet, client) => {
    if (client === null || packet.topic !== `device/${SERIAL}/request`) return;
    const request = JSON.parse(packet.payload.toString()) as Record<string, { command: string }>;
    for (const [family, { command }] of Object.entries(request)) {
      requests.push(`${family} ${command}`);
      if (options.isMute) continue;
      if (command === "get_version")
        send({ info: { command, module: [{ name: "ota", sn: SERIAL, sw_ver: "01.07.00.00", product_name: "Bambu Lab P1S" }] } });
      if (command === "pushall")
        send({ print: { command: "push_status", msg: 0, gcode_state: "RUNNING", stg_cur: 0, nozzle_temper: 219.5, hms: [] } });
    }
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, "127.0.0.1", resolve));
  const stop = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => broker.close(() => resolve()));
  };
  onTestFinished(stop);
  return { port: (server.address() as AddressInfo).port, requests, receivedBytes: () => bytes, send, stop };
}

interface Watching {
  readonly clock: FakeClock;
  readonly links: LinkState[];
  readonly samples: Sample[];
  readonly logged: string[];
  readonly memory: Map<string, string>;
  until(what: string, isTrue: () => boolean): Promise<void>;
  lastLink(): LinkState | undefined;
  close(): Promise<void>;
}

function watch(
  port: number,
  options: { serial?: string; accessCode?: string; memory?: Map<string, string>; tls?: { fingerprint: string } | { ca: string } } = {},
): Watching {
  const clock = createFakeClock(at(1_000_000));
  const links: LinkState[] = [];
  const samples: Sample[] = [];
  const logged: string[] = [];
  const memory = options.memory ?? new Map<string, string>();
  const write: Log["info"] = (fields, message) => void logged.push(`${message} ${JSON.stringify(fields)}`);
  const waiting = new Set<() => void>();
  const changed = (): void => waiting.forEach((check) => check());
  const config = {
    host: "127.0.0.1",
    port,
    serial: options.serial ?? SERIAL,
    accessCode: options.accessCode ?? ACCESS_CODE,
    ...(options.tls ? { tls: options.tls } : {}),
  };
  const connection = bambu.connect(
    PRINTER,
    config,
    {
      link: (state) => {
        links.push(state);
        changed();
      },
      sample: (sample) => {
        samples.push(sample);
        changed();
      },
    },
    {
      clock,
      log: { debug: write, info: write, warn: write, error: write },
      random: () => 0.5,
      memory: { get: (key) => memory.get(key), set: (key, value) => void memory.set(key, value) },
    },
  );
  onTestFinished(() => connection.close());
  return {
    clock,
    links,
    samples,
    logged,
    memory,
    lastLink: () => links.at(-1),
    close: () => connection.close(),
    until: (what, isTrue) =>
      new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => finish(() => reject(new Error(`${what}; links: ${JSON.stringify(links)}`))), 8_000);
        // requests arrive at the server without an event here, so look now and then as well
        const poll = setInterval(() => check(), 10);
        const finish = (end: () => void): void => {
          clearTimeout(timer);
          clearInterval(poll);
          waiting.delete(check);
          end();
        };
        const check = (): void => {
          if (isTrue()) finish(resolve);
        };
        waiting.add(check);
        check();
      }),
  };
}

const connected = (watching: Watching) => (): boolean => watching.lastLink()?.connected === true;
const cause = (watching: Watching): string => {
  const link = watching.lastLink();
  return link === undefined ? "none" : link.connected ? "connected" : link.cause;
};

describe("a Bambu printer on the wire", () => {
  it("connects, asks for versions and a full report, and hands over samples", async () => {
    const printer = await startPrinter();
    const watching = watch(printer.port);
    await watching.until("two samples", () => watching.samples.length >= 2);
    expect(openSockets()).not.toEqual([]);
    expect(watching.links[0]).toMatchObject({ connected: false, cause: "connecting" });
    expect(watching.lastLink()).toEqual({ connected: true });
    expect(printer.requests).toEqual(["info get_version", "pushing pushall"]);
    expect(Object.assign({}, ...watching.samples.map((sample) => sample.readings))).toMatchObject({
      model: "P1S",
      serial: SERIAL,
      firmware: "01.07.00.00",
      state: "printing",
      nozzleTempC: 219.5,
      hmsCodes: [],
    });
    expect(watching.samples[0]?.at).toBe(1_000_000);
  });

  it("outlives messages that are none", async () => {
    const printer = await startPrinter();
    const watching = watch(printer.port);
    await watching.until("samples", () => watching.samples.length >= 2);
    for (const bad of [Buffer.from([0xff, 0x00, 0x7b]), Buffer.from("{"), [], { print: [] }, { print: { hms: 7, ams: "x", device: null } }])
      printer.send(bad);
    printer.send({ print: { command: "push_status", msg: 1, mc_percent: 41 } });
    await watching.until("the good one", () => watching.samples.some((sample) => sample.readings.progressPct === 41));
    expect(watching.logged.filter((line) => line.includes("not understood"))).toHaveLength(1);
  });

  it("says in words that the access code is refused, without naming it", async () => {
    const printer = await startPrinter();
    const watching = watch(printer.port, { accessCode: "wrong-secret" });
    await watching.until("refusal", () => cause(watching) === "refused");
    expect(watching.lastLink()).toMatchObject({ reason: expect.stringMatching(/access code.*LAN mode/) });
    expect(JSON.stringify([watching.links, watching.logged])).not.toContain("wrong-secret");
    expect(watching.memory.size).toBe(0);
  });

  it("remembers the certificate at the first login and sends nothing to another one", async () => {
    const memory = new Map<string, string>();
    const first = await startPrinter();
    const before = watch(first.port, { memory });
    await before.until("connection", connected(before));
    await before.close();
    await first.stop();
    expect([...memory.values()]).toEqual([own.fingerprint]);

    const impostor = await startPrinter({ certificate: other });
    const watching = watch(impostor.port, { memory });
    await watching.until("mistrust", () => cause(watching) === "untrusted");
    expect(watching.lastLink()).toMatchObject({ reason: expect.stringContaining(other.fingerprint) });
    expect(impostor.receivedBytes()).toBe(0);
    expect([...memory.values()]).toEqual([own.fingerprint]);

    const accepted = watch(impostor.port, { memory, tls: { fingerprint: other.fingerprint.toLowerCase() } });
    await accepted.until("connection", connected(accepted));
    expect([...memory.values()]).toEqual([other.fingerprint]);
  });

  it("takes a certificate that leads to the given ones, and no other", async () => {
    const folder = mkdtempSync(join(tmpdir(), "openhms-ca-"));
    const good = join(folder, "good.pem");
    const bad = join(folder, "bad.pem");
    writeFileSync(good, own.cert);
    writeFileSync(bad, other.cert);
    const printer = await startPrinter();
    const trusting = watch(printer.port, { tls: { ca: good } });
    await trusting.until("connection", connected(trusting));
    const bytes = printer.receivedBytes();
    await trusting.close();
    for (const ca of [bad, join(folder, "none.pem")]) {
      const watching = watch(printer.port, { tls: { ca } });
      await watching.until("mistrust", () => cause(watching) === "untrusted");
      await watching.close();
    }
    expect(printer.receivedBytes() - bytes).toBe(0);
  });

  it("comes back after the printer was away, and does not ask for another full report at once", async () => {
    const printer = await startPrinter();
    const watching = watch(printer.port);
    await watching.until("connection", connected(watching));
    await watching.until("requests", () => printer.requests.length === 2);
    await printer.stop();
    await watching.until("loss", () => cause(watching) === "unreachable");
    const again = await startPrinter({ port: printer.port });
    watching.clock.advanceTo(at(watching.clock.now() + 10_000));
    await watching.until("connection", connected(watching));
    await watching.until("requests", () => again.requests.length === 1);
    expect(again.requests).toEqual(["info get_version"]);
    for (const seconds of [50, 100, 150, 200, 250, 299]) {
      watching.clock.advanceTo(at(1_000_000 + seconds * 1_000));
      again.send({ print: { command: "push_status", msg: 1, mc_remaining_time: seconds } });
      await watching.until("sample", () => watching.samples.at(-1)?.readings.remainingMin === seconds);
    }
    expect(again.requests).toHaveLength(1);
    watching.clock.advanceTo(at(1_000_000 + 300_000));
    await watching.until("full report", () => again.requests.length === 2);
    expect(again.requests[1]).toBe("pushing pushall");
  });

  it("nudges a silent printer after a minute and connects anew after two", async () => {
    const printer = await startPrinter({ isMute: true });
    const watching = watch(printer.port);
    await watching.until("requests", () => printer.requests.length === 2);
    const start = watching.clock.now();
    watching.clock.advanceTo(at(start + 59_999));
    expect(cause(watching)).toBe("connected");
    watching.clock.advanceTo(at(start + 60_000));
    await watching.until("nudge", () => printer.requests.length === 3);
    expect(printer.requests[2]).toBe("pushing start");
    watching.clock.advanceTo(at(start + 120_000));
    expect(cause(watching)).toBe("silent");
    watching.clock.advanceTo(at(start + 123_000));
    await watching.until("connection", connected(watching));
  });

  it("waits longer each time, and says nothing more once closed", async () => {
    const printer = await startPrinter();
    await printer.stop();
    const watching = watch(printer.port);
    await watching.until("failure", () => cause(watching) === "unreachable");
    expect(watching.lastLink()).toMatchObject({ reason: expect.stringContaining("LAN mode") });
    await watching.close();
    const told = watching.links.length;
    const logged = watching.logged.length;
    watching.clock.advanceTo(at(watching.clock.now() + 3_600_000));
    await new Promise((resolve) => setImmediate(resolve));
    expect([watching.links.length, watching.logged.length]).toEqual([told, logged]);
  });
});

function openSockets(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name.includes("TCP"));
}

it("watches the virtual printer through its own port", async () => {
  const clock = createFakeClock(at(1_000_000));
  const aSecondOn = (): void => clock.advanceTo(at(clock.now() + 1_000));
  const printer = await startVirtualPrinter({ model: "H2D", port: 0, seed: 7, speed: 1, clock, log: silentLog });
  onTestFinished(() => printer.close());
  const watching = watch(printer.port, { serial: printer.serial, accessCode: printer.accessCode });
  const merged = (): Readings => Object.assign({}, ...watching.samples.map((sample) => sample.readings)) as Readings;
  await watching.until("a full report", () => merged().state === "printing" && merged().firmware !== undefined);
  expect(merged()).toMatchObject({
    model: "H2D",
    serial: printer.serial,
    hmsCodes: [],
    deviceCodes: [],
    leftNozzleTempC: expect.any(Number),
  });
  const name = printer.faultNames.find((fault) => fault.includes("fan")) ?? "";
  expect(printer.setFault(name)).toBe(true);
  await watching.until("its code", () => {
    aSecondOn();
    return [...(merged().hmsCodes ?? []), ...(merged().deviceCodes ?? [])].length > 0;
  });
  await watching.close();
});

it("leaves no socket behind, which would keep the process alive", async () => {
  await expect.poll(openSockets).toEqual([]);
});
