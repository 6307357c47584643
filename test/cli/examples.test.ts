/**
 * The detectors in `examples/` beside a real central: what they see becomes an alert and is taken back, also when central is killed
 * and started again in between.
 */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import mqtt from "mqtt";
import { expect, onTestFinished, test } from "vitest";
import type { Alert, List } from "../../src/model/api.ts";
import type { Readings } from "../../src/model/telemetry.ts";
import { freePort } from "../site.ts";
import { ask, scratch, start, until } from "./program.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");

interface Case {
  readonly file: string;
  readonly detector: string;
  readonly code: string;
  readonly ill: Readings;
  readonly well: Readings;
}

const cases: readonly Case[] = [
  {
    file: "detector-http.mjs",
    detector: "hot-bed",
    code: "E900-0100-0002-0001",
    ill: { state: "idle", bedTempC: 60 },
    well: { state: "idle", bedTempC: 30 },
  },
  {
    file: "detector-mqtt.mjs",
    detector: "open-door",
    code: "E900-0200-0002-0001",
    ill: { state: "printing", doorOpen: true },
    well: { state: "printing", doorOpen: false },
  },
];

/** A central of its own process, and an edge of one printer, played by hand. */
async function makeSite() {
  const cwd = scratch();
  const [port, mqttPort] = [await freePort(), await freePort()];
  writeFileSync(join(cwd, "openhms.yaml"), `http: { port: ${port} }\nmqtt: { port: ${mqttPort} }\nstorage: sqlite:./central.db\n`);
  const broker = `mqtt://127.0.0.1:${mqttPort}`;
  const edge = mqtt.connect(broker, { reconnectPeriod: 200 });
  // central is not there yet, or no more
  edge.on("error", () => undefined);
  onTestFinished(async () => edge.endAsync(true));
  let readings: Readings = {};
  const tell = (): void => {
    const snapshot = { printer: "p1", connected: true, at: Date.now(), ...readings };
    edge.publish("hms/v1/p1/snapshot", JSON.stringify({ printer: "p1", name: "One", edge: "hand", snapshot }), { retain: true });
  };
  edge.on("connect", tell);
  const url = `http://127.0.0.1:${port}`;
  return {
    env: { OPENHMS_URL: url, OPENHMS_MQTT: broker, EVERY_MS: "200" },
    startCentral: async () => {
      const central = start(["central"], { cwd });
      await central.says(/Ctrl-C stops/);
      return central;
    },
    say: (what: Readings): void => {
      readings = what;
      if (edge.connected) tell();
    },
    alert: async (code: string): Promise<Alert | undefined> =>
      (await ask<List<Alert>>(`${url}/api/v1/alerts?state=all`))?.items.find((one) => one.code === code),
  };
}

/** Ends with the test; what it complains of is kept. */
function startExample(file: string, env: Readonly<Record<string, string>>): () => string {
  const child = spawn(process.execPath, [join(EXAMPLES, file)], {
    env: { PATH: process.env["PATH"], ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString("utf8")));
  const ended = new Promise((resolve) => child.on("close", resolve));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  return () => complaints;
}

test.each(cases)("$file: an alert comes and goes, over the death of central too", { timeout: 90_000 }, async (one) => {
  const { file, detector, code, ill, well } = one;
  const site = await makeSite();
  const central = await site.startCentral();
  site.say(ill);
  const complaints = startExample(file, site.env);
  const alert = await until("the alert stands", async () => {
    const found = await site.alert(code);
    return found?.active === true ? found : undefined;
  });
  expect(alert).toMatchObject({ printer: "p1", detector });

  central.signal("SIGKILL");
  await central.ended;
  await site.startCentral();
  site.say(well);
  await until("it is taken back", async () => ((await site.alert(code))?.active === false ? true : undefined), 30_000);
  expect(complaints()).not.toContain("refused");
});

test("detector-http.mjs keeps what was not taken and sends the same again", async () => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    if (request.method === "GET") {
      const printer = { id: "p1", connected: true, state: "idle", readings: { bedTempC: 60 } };
      return void response.end(JSON.stringify({ items: [printer] }));
    }
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString("utf8")));
    request.on("end", () => {
      bodies.push(body);
      // the disk of this central works at the third attempt
      response.statusCode = bodies.length < 3 ? 503 : 202;
      response.end(JSON.stringify({ rejected: [] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const complaints = startExample("detector-http.mjs", { OPENHMS_URL: `http://127.0.0.1:${address.port}`, EVERY_MS: "50" });
  await until("it was taken", () => (bodies.length >= 3 ? true : undefined));
  expect(new Set(bodies).size).toBe(1);
  expect(JSON.parse(bodies[0] ?? "")).toMatchObject({ reports: [{ printer: "p1", seq: 0, status: "fail", value: 60 }] });
  expect(complaints()).toContain("will try again: reports: 503");
});
