/** The virtual printer on a real port, met by the MQTT client that foreign Bambu software uses. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt, { type MqttClient } from "mqtt";
import { afterEach, describe, expect, test } from "vitest";
import { silentLog } from "../lib/log.ts";
import { at, createFakeClock, type FakeClock } from "../lib/time.ts";
import { certificateFor } from "./certificate.ts";
import { startVirtualPrinter, type VirtualPrinter, type VirtualPrinterOptions } from "./server.ts";

interface Message {
  readonly print?: Readonly<Record<string, unknown>>;
  readonly info?: { readonly command: string; readonly sequence_id: string; readonly module: readonly Readonly<Record<string, unknown>>[] };
}

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Setup {
  readonly printer: VirtualPrinter;
  readonly clock: FakeClock;
  /** Simulated seconds pass, one by one. */
  readonly pass: (seconds: number) => void;
}

async function start(options: Partial<VirtualPrinterOptions> = {}): Promise<Setup> {
  const clock = createFakeClock(at(Date.UTC(2026, 10, 22)));
  const printer = await startVirtualPrinter({ model: "P1S", port: 0, seed: 1, speed: 1, clock, log: silentLog, ...options });
  closers.push(() => printer.close());
  return { printer, clock, pass: (seconds) => clock.advanceTo(at(clock.now() + seconds * 1_000)) };
}

function dial(printer: VirtualPrinter, password = printer.accessCode, username = "bblp"): MqttClient {
  const client = mqtt.connect({
    protocol: "mqtts",
    host: "127.0.0.1",
    port: printer.port,
    username,
    password,
    protocolVersion: 4,
    clean: true,
    reconnectPeriod: 0,
    rejectUnauthorized: false,
    servername: printer.serial,
  });
  closers.push(() => client.endAsync(true));
  return client;
}

function happened(client: MqttClient, event: "connect" | "close"): Promise<void> {
  return new Promise((resolve) => client.once(event, () => resolve()));
}

function failure(client: MqttClient): Promise<Error> {
  return new Promise((resolve) => client.once("error", resolve));
}

interface Ear {
  readonly client: MqttClient;
  readonly heard: Message[];
  ask(message: unknown): Promise<void>;
  until(match: (message: Message) => boolean): Promise<Message>;
}

async function connect(printer: VirtualPrinter): Promise<Ear> {
  const client = dial(printer);
  const heard: Message[] = [];
  const waiting = new Set<() => void>();
  client.on("message", (_topic, payload) => {
    heard.push(JSON.parse(payload.toString()) as Message);
    for (const look of waiting) look();
  });
  await happened(client, "connect");
  await client.subscribeAsync(`device/${printer.serial}/report`, { qos: 1 });
  return {
    client,
    heard,
    ask: async (message) => void (await client.publishAsync(`device/${printer.serial}/request`, JSON.stringify(message), { qos: 1 })),
    until: (match) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = heard.find(match);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

const reply = (command: string, sequence: string) => (message: Message) =>
  message.print?.["command"] === command && message.print["sequence_id"] === sequence;
const print = (command: string, sequence: string) => ({ print: { command, param: "", sequence_id: sequence } });

describe("a client", () => {
  test.each([
    ["bblp", "00000000"],
    ["bblp", ""],
    ["admin", undefined],
  ])("is refused with code 5 as %s with %s", async (user, password) => {
    const { printer } = await start();
    const client = dial(printer, password ?? printer.accessCode, user);
    expect(await failure(client)).toMatchObject({ code: 5 });
  });

  test.each(["X1C", "H2D", "P1S", "P1P"] as const)("learns who a %s is", async (model) => {
    const { printer } = await start({ model });
    const ear = await connect(printer);
    await ear.ask({ info: { command: "get_version", sequence_id: "17" } });
    const { info } = await ear.until((message) => message.info !== undefined);
    expect(info).toMatchObject({ command: "get_version", sequence_id: "17" });
    const ota = info?.module.find((module) => module["name"] === "ota");
    expect(ota).toMatchObject({
      sn: printer.serial,
      product_name: expect.stringContaining("Bambu Lab"),
      project_name: expect.any(String),
      hw_ver: expect.any(String),
    });
  });

  test("gets everything when it asks, and then what changes", async () => {
    const { printer, pass } = await start();
    const ear = await connect(printer);
    await ear.ask({ pushing: { command: "pushall", sequence_id: "1" } });
    const full = await ear.until((message) => message.print?.["msg"] === 0);
    expect(full.print).toMatchObject({ command: "push_status", gcode_state: "RUNNING", hms: [], print_error: 0 });
    printer.setFault("front-cover-off");
    pass(2);
    const delta = await ear.until((message) => message.print?.["msg"] === 1 && message.print["hms"] !== undefined);
    expect(delta.print).toMatchObject({ hms: [{ attr: 0x0300_1200, code: 0x0002_0001 }], gcode_state: "PAUSE", stg_cur: 17 });
    expect(delta.print).not.toHaveProperty("nozzle_diameter");
  });

  test("commands it, and is told why not", async () => {
    const { printer, pass } = await start();
    const ear = await connect(printer);
    await ear.ask(print("resume", "1"));
    expect((await ear.until(reply("resume", "1"))).print).toMatchObject({ result: "failed", reason: "no job is paused" });
    await ear.ask(print("pause", "2"));
    expect((await ear.until(reply("pause", "2"))).print).toMatchObject({ result: "success" });
    expect(printer.machine.job.state).toBe("paused");
    await ear.ask(print("resume", "3"));
    expect((await ear.until(reply("resume", "3"))).print).toMatchObject({ result: "success" });
    printer.setFault("ams-runout");
    pass(5);
    expect(printer.machine.printError()).toBe(0x0700_8011);
    await ear.ask(print("resume", "4"));
    expect((await ear.until(reply("resume", "4"))).print).toMatchObject({
      result: "failed",
      reason: expect.stringContaining("still stands"),
    });
    await ear.ask({ print: { command: "clean_print_error", print_error: 0x0700_8011, subtask_id: "1", sequence_id: "5" } });
    expect((await ear.until(reply("clean_print_error", "5"))).print).toMatchObject({ result: "success" });
    expect(printer.machine.printError()).toBe(0);
    printer.clearFault("ams-runout");
    await ear.ask(print("resume", "6"));
    expect((await ear.until(reply("resume", "6"))).print).toMatchObject({ result: "success" });
    await ear.ask(print("stop", "7"));
    expect((await ear.until(reply("stop", "7"))).print).toMatchObject({ result: "success" });
    expect(printer.machine.job.state).toBe("failed");
    await ear.ask(print("self_destruct", "8"));
    expect((await ear.until(reply("self_destruct", "8"))).print).toMatchObject({ result: "failed" });
  });

  test("that talks nonsense is not answered and stays connected", async () => {
    const { printer } = await start();
    const ear = await connect(printer);
    for (const payload of [
      "",
      "no json",
      "[]",
      "null",
      '{"print":5}',
      '{"print":{"command":{}}}',
      '{"print":{"command":7}}',
      "\u0000\u00ff",
    ]) {
      await ear.client.publishAsync(`device/${printer.serial}/request`, payload, { qos: 1 });
    }
    await ear.ask({ info: { command: "get_version", sequence_id: "9" } });
    await ear.until((message) => message.info !== undefined);
    expect(ear.heard.length).toBe(1);
  });

  test("may only use the printer's own topics", async () => {
    const { printer } = await start();
    const ear = await connect(printer);
    await expect(ear.client.subscribeAsync("device/OTHER/report")).rejects.toThrow();
    expect(ear.client.connected).toBe(true);
    const closed = happened(ear.client, "close");
    ear.client.publish(`device/${printer.serial}/report`, "{}", { qos: 1 }, () => undefined);
    await closed;
  });
});

test("a printer without network drops its clients and takes none until it is back", async () => {
  const { printer, pass } = await start();
  const ear = await connect(printer);
  const closed = happened(ear.client, "close");
  printer.setFault("wifi-lost");
  pass(1);
  await closed;
  const refused = dial(printer);
  await happened(refused, "close");
  expect(refused.connected).toBe(false);
  printer.clearFault("wifi-lost");
  await connect(printer);
});

test("faults come at their time", async () => {
  const { printer, pass } = await start({ faults: [{ name: "rods-dry", atS: 30, size: 1 }], speed: 10 });
  pass(2);
  expect(printer.machine.standing()).toEqual([]);
  pass(2);
  expect(printer.machine.hms()).toEqual(["0501-0400-0003-0002"]);
});

test("a fault nobody knows is refused with those it knows", async () => {
  await expect(start({ faults: [{ name: "bed-lost", atS: 1, size: 1 }] })).rejects.toThrow(/"bed-lost".*hotend-fan-stall/);
});

test("its certificate carries the serial and survives a restart", async () => {
  const dir = await mkdtemp(join(tmpdir(), "openhms-virtual-"));
  closers.push(() => rm(dir, { recursive: true, force: true }));
  const now = at(Date.UTC(2026, 10, 22));
  const first = await certificateFor("01P00A0123456789", dir, now);
  expect(await certificateFor("01P00A0123456789", dir, now)).toEqual(first);
  expect(await certificateFor("01P00A0000000000", dir, now)).not.toEqual(first);
  const { printer } = await start({ serial: "01P00A012345678", dataDir: dir });
  const client = dial(printer);
  await happened(client, "connect");
  const stream = client.stream as unknown as { getPeerCertificate(): { subject: { CN: string } } };
  expect(stream.getPeerCertificate().subject.CN).toBe("01P00A012345678");
});

test.each([
  ["a taken port", async () => ({ port: (await start()).printer.port }), /port is taken; choose another with --port/],
  ["an address of another machine", () => ({ port: 0, host: "192.0.2.1" }), /does not have that address; choose another with --host/],
] as const)("%s is told with the fix", async (_name, place, words) => {
  const clock = createFakeClock(at(0));
  const options = { model: "X1C", seed: 1, speed: 1, clock, log: silentLog, ...(await place()) } as const;
  await expect(startVirtualPrinter(options)).rejects.toThrow(words);
});
