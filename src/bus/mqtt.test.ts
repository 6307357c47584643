/** The MQTT bus keeps the bus contract over a real broker on a real port; what is special to MQTT is tested here too. */
import mqtt, { type MqttClient } from "mqtt";
import { Aedes } from "aedes";
import { type Socket, connect, createServer } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { silentLog } from "../lib/log.ts";
import { systemClock } from "../lib/time.ts";
import { type Intake, busContract, createIntake, eventually, news, report } from "./bus.contract.ts";
import { type Broker, type BrokerLimits, startBroker } from "./broker.ts";
import { serveExternalBroker } from "./external.ts";
import { connectMqttBus } from "./mqtt.ts";

const quick = { clock: systemClock, log: silentLog, random: () => 0 };

function broker(intake: Intake, token?: string, limits: Partial<BrokerLimits> = {}): Promise<Broker> {
  const allow = (password: string | undefined): boolean => token === undefined || password === token;
  return startBroker({ host: "127.0.0.1", port: 0, intake, allow, log: silentLog, clock: systemClock, limits });
}

busContract("MQTT", async () => {
  const intake = createIntake();
  const started = await broker(intake);
  const bus = connectMqttBus({ url: `mqtt://${started.address}`, edge: "e1", ...quick });
  const stop = async (): Promise<void> => {
    await bus.close();
    await started.close();
  };
  return { bus, intake, stop };
});

describe("the embedded broker", () => {
  const closers: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  async function start(token?: string, limits?: Partial<BrokerLimits>): Promise<{ intake: Intake; started: Broker }> {
    const intake = createIntake();
    const started = await broker(intake, token, limits);
    closers.push(() => started.close());
    return { intake, started };
  }
  async function client(started: Broker, options: mqtt.IClientOptions = {}): Promise<MqttClient> {
    const connected = await mqtt.connectAsync(`mqtt://${started.address}`, { reconnectPeriod: 0, ...options });
    connected.on("error", () => undefined);
    closers.push(() => connected.endAsync(true));
    return connected;
  }
  const topic = "hms/v1/p1/report/hotend-fan";

  test.each([0, 1, 2] as const)("takes a report at QoS %d", async (qos) => {
    const { intake, started } = await start();
    const sender = await client(started);
    await sender.publishAsync(topic, JSON.stringify(report(1)), { qos });
    await eventually(() => intake.reports.length === 1, "the report");
    expect(intake.reports).toEqual([report(1)]);
  });

  test.each([
    ["no JSON", "{", "not JSON"],
    ["no object", "[1]", "not a JSON object"],
    ["not UTF-8", Buffer.from([0xff, 0xfe]), "not JSON"],
    ["another printer than the topic", JSON.stringify(report(1, "hotend-fan", "p2")), "printer"],
    ["another detector than the topic", JSON.stringify(report(1, "belt")), "detector"],
    ["refused by central", JSON.stringify({ ...report(1), v: 2 }), "no report"],
  ])("acknowledges a report that is %s, and tells why it was rejected", async (_name, payload, reason) => {
    const { intake, started } = await start();
    const listener = await client(started);
    const told: string[] = [];
    listener.on("message", (on, body) => void told.push(`${on} ${body.toString()}`));
    const heard: string[] = [];
    const observer = await client(started);
    observer.on("message", (on) => void heard.push(on));
    await observer.subscribeAsync("hms/v1/+/report/+");
    await listener.subscribeAsync("hms/v1/+/report/+/rejected");
    const sender = await client(started);
    await sender.publishAsync(topic, payload, { qos: 1 });
    await eventually(() => told.length === 1, "the reason");
    expect(told[0]).toContain(`${topic}/rejected`);
    expect(told[0]).toContain(reason);
    expect(intake.reports).toEqual([]);
    expect(sender.connected).toBe(true);
    // what is no report reaches nobody who listens for reports; the good one after it does
    await sender.publishAsync(topic, JSON.stringify(report(2)), { qos: 1 });
    await eventually(() => heard.length > 0, "the good report");
    expect(heard).toEqual([topic]);
  });

  test("strangers who knock cannot fill the log", async () => {
    const lines: string[] = [];
    const write = (_fields: object, line: string): void => void lines.push(line);
    const log = { debug: write, info: write, warn: write, error: write };
    const started = await startBroker({ ...quick, host: "127.0.0.1", port: 0, intake: createIntake(), allow: () => true, log });
    closers.push(() => started.close());
    const sender = await client(started);
    for (let i = 0; i < 500; i++) await sender.publishAsync("x", "", { qos: 1 });
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(200);
  });

  test("does not acknowledge what could not be stored, and drops the connection", async () => {
    const { intake, started } = await start();
    intake.failing = true;
    const sender = await client(started);
    let isAcked = false;
    const closed = new Promise<void>((resolve) => sender.once("close", () => resolve()));
    sender.publish(topic, JSON.stringify(report(1)), { qos: 1 }, (error) => (isAcked = !error));
    await closed;
    expect(isAcked).toBe(false);
  });

  test.each([
    "hms/v1/p1/alert/0300-0300-0001-0001",
    "homeassistant/binary_sensor/x/config",
    "hms/v1/p1/report",
    "hms/v1/status",
    "x",
    "hms/v1/p1/report/a/rejected",
  ])("lets no client publish on %s", async (foreign) => {
    const { started } = await start();
    const listener = await client(started);
    const heard: string[] = [];
    listener.on("message", (on, body) => void heard.push(`${on} ${body.toString()}`));
    await listener.subscribeAsync("#");
    const sender = await client(started);
    await sender.publishAsync(foreign, "{}", { qos: 1, retain: true });
    started.publish("hms/v1/end", "", false);
    await eventually(() => heard.includes("hms/v1/end "), "our own publication");
    expect(heard).toEqual(['hms/v1/status {"online":true}', "hms/v1/end "]);
  });

  test("tells central of snapshots, and drops those that are malformed or of another printer", async () => {
    const { intake, started } = await start();
    const sender = await client(started);
    const wrong = [
      news("p2"),
      { ...news("p1"), snapshot: { ...news("p1").snapshot, nozzleTempC: "hot" } },
      { ...news("p1"), snapshot: { ...news("p1").snapshot, hmsCodes: ["nonsense"] } },
    ];
    for (const each of wrong) await sender.publishAsync("hms/v1/p1/snapshot", JSON.stringify(each), { qos: 1 });
    await sender.publishAsync("hms/v1/p1/snapshot", JSON.stringify(news("p1")), { qos: 1 });
    expect(intake.newsSeen).toEqual([news("p1")]);
  });

  test("a dead edge is told by its last will", async () => {
    const { intake, started } = await start();
    const edge = await client(started, {
      will: { topic: "hms/v1/edge/e9/status", payload: Buffer.from('{"online":false}'), qos: 1, retain: true },
    });
    await edge.publishAsync("hms/v1/edge/e9/status", '{"online":true,"printers":["p1"]}', { qos: 1, retain: true });
    edge.stream.destroy();
    await eventually(() => intake.statuses.length === 2, "the will");
    expect(intake.statuses).toEqual([
      { edge: "e9", online: true, printers: ["p1"] },
      { edge: "e9", online: false },
    ]);
  });

  test("asks for the token", async () => {
    const { started } = await start("secret");
    await expect(client(started)).rejects.toThrow(/Not authorized|Bad username/i);
    await expect(client(started, { username: "x", password: "wrong" })).rejects.toThrow(/Bad username|Not authorized/i);
    expect((await client(started, { username: "x", password: "secret" })).connected).toBe(true);
  });

  test("cuts off a packet that announces too much, before it is gathered", async () => {
    const { started } = await start();
    const socket = connect(started.port, "127.0.0.1");
    socket.on("error", () => undefined);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f, 0, 1, 120]));
    await closed;
    expect(socket.destroyed).toBe(true);
  });

  test("slows a client that sends faster than allowed, and loses nothing", async () => {
    const { intake, started } = await start(undefined, { reportsPerSecond: 100 });
    const sender = await client(started);
    const from = performance.now();
    await Promise.all(Array.from({ length: 130 }, (_, seq) => sender.publishAsync(topic, JSON.stringify(report(seq)), { qos: 1 })));
    expect(performance.now() - from).toBeGreaterThan(200);
    expect(intake.reports).toHaveLength(130);
  });

  test("a taken port is told with its remedy", async () => {
    const { started, intake } = await start();
    const second = startBroker({ host: "127.0.0.1", port: started.port, intake, allow: () => true, log: silentLog, clock: systemClock });
    await expect(second).rejects.toThrow(/port is taken.*--mqtt-port/);
  });

  test("central's own status stands retained, and the end is told before the broker closes", async () => {
    const started = await broker(createIntake());
    const listener = await client(started);
    const told: string[] = [];
    listener.on("message", (_on, body) => void told.push(body.toString()));
    await listener.subscribeAsync("hms/v1/status");
    await eventually(() => told.length === 1, "online");
    await started.close();
    await eventually(() => told.length === 2, "offline");
    expect(told).toEqual(['{"online":true}', '{"online":false}']);
  });

  test("an edge survives a restart of the broker: it reconnects and tells its news again", async () => {
    const first = createIntake();
    const before = await broker(first);
    const bus = connectMqttBus({ url: `mqtt://${before.address}`, edge: "e1", ...quick });
    closers.push(() => bus.close());
    bus.news(news("p1"));
    await eventually(() => first.newsSeen.length === 1, "news");
    await before.close();
    await expect(bus.report([report(1)])).rejects.toThrow();
    const second = createIntake();
    const after = await startBroker({
      host: "127.0.0.1",
      port: before.port,
      intake: second,
      allow: () => true,
      log: silentLog,
      clock: systemClock,
    });
    closers.push(() => after.close());
    await eventually(() => second.newsSeen.length >= 1, "news again");
    await bus.report([report(1)]);
    expect(second.reports).toEqual([report(1)]);
    expect(second.statuses[0]).toEqual({ edge: "e1", online: true, printers: ["p1"] });
  });
});

/** Any MQTT broker that lets clients publish everywhere; aedes bare. */
async function bareBroker() {
  const bare = await Aedes.createBroker();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    void bare.handle(socket);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const url = `mqtt://127.0.0.1:${(server.address() as { port: number }).port}`;
  const stop = async (): Promise<void> => {
    await new Promise<void>((resolve) => bare.close(() => resolve()));
    server.close();
  };
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return { url, stop, cut };
}

describe("an external broker", () => {
  test("reports reach central, which acknowledges only what it stored", async () => {
    const { url, stop } = await bareBroker();
    const intake = createIntake();
    intake.failing = true;
    const central = serveExternalBroker({ url, central: "c1", intake, ...quick });
    const bus = connectMqttBus({ url, edge: "e1", ...quick });
    try {
      await eventually(() => central.isConnected(), "central connected");
      await eventually(() => intake.statuses.some((status) => status.online), "edge seen");
      await bus.report([report(1)]);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(intake.reports).toEqual([]);
      intake.failing = false;
      await eventually(() => intake.reports.length === 1, "the report, sent again by the broker");
      expect(intake.reports).toEqual([report(1)]);
    } finally {
      await bus.close();
      await central.close();
      await stop();
    }
  });

  test("central's status is online, offline by its last will, online again, and offline at the end", async () => {
    const { url, stop, cut } = await bareBroker();
    const told: string[] = [];
    const central = serveExternalBroker({ url, central: "c1", intake: createIntake(), ...quick });
    let listener: MqttClient | undefined;
    try {
      await eventually(() => central.isConnected(), "central connected");
      cut();
      await eventually(() => !central.isConnected(), "central cut off");
      listener = await mqtt.connectAsync(url, { reconnectPeriod: 0 });
      listener.on("message", (_on, body) => void told.push(body.toString()));
      await listener.subscribeAsync("hms/v1/status");
      await eventually(() => told.at(-1) === '{"online":true}', "online again");
      expect(told[0]).toBe('{"online":false}');
      await central.close();
      await eventually(() => told.at(-1) === '{"online":false}', "offline");
    } finally {
      await listener?.endAsync(true);
      await central.close();
      await stop();
    }
  });
});
