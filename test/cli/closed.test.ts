/** Closed by default: on any address but loopback, everything but help pages, QR codes and health asks for the token of the first start. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import mqtt from "mqtt";
import { describe, expect, test } from "vitest";
import { freePort } from "../site.ts";
import type { Printer } from "../../src/model/api.ts";
import { type Program, ask, run, scratch, start, until } from "./program.ts";

const TOKEN = /Access token[^:]*: (\S+)/;

interface Central {
  readonly program: Program;
  readonly token: string | undefined;
}

async function makeFolder(lines: (port: number, mqttPort: number) => readonly string[]) {
  const cwd = scratch();
  const [port, mqttPort] = [await freePort(), await freePort()];
  writeFileSync(join(cwd, "openhms.yaml"), lines(port, mqttPort).join("\n"));
  const up = async (role: string, ...args: string[]): Promise<Central> => {
    const program = start([role, ...args], { cwd });
    await program.says(/Ctrl-C stops\./);
    return { program, token: TOKEN.exec(program.output().stdout)?.[1] };
  };
  const status = async (path: string, token?: string): Promise<number> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return (await fetch(`http://127.0.0.1:${port}${path}`, { headers, redirect: "manual" })).status;
  };
  return { cwd, port, mqttPort, up, status };
}

/** Whether the broker takes this password. */
function mayConnect(port: number, password: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const login = password === undefined ? {} : { username: "openhms", password };
    const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...login });
    const settle = (isIn: boolean): void => {
      client.end(true);
      resolve(isIn);
    };
    client.on("connect", () => settle(true));
    client.on("error", () => settle(false));
    client.on("close", () => settle(false));
  });
}

const stop = async ({ program }: Central): Promise<void> => {
  program.signal("SIGINT");
  expect((await program.ended).code).toBe(0);
};

test("central --host 0.0.0.0: a token once, asked for everywhere, renewed on demand", { timeout: 60_000 }, async () => {
  const { cwd, port, mqttPort, up, status } = await makeFolder((http, broker) => [
    `http: { port: ${http} }`,
    `mqtt: { port: ${broker} }`,
    "printers: []",
    "log: debug",
  ]);
  const first = await up("central", "--host", "0.0.0.0");
  const token = first.token ?? "";
  expect(token).toMatch(/^[\w-]{40,}$/);
  for (const path of ["/api/v1/printers", "/api/v1/alerts", "/api/v1/history", "/api/v1/events", "/metrics"])
    expect([path, await status(path)]).toEqual([path, 401]);
  for (const path of ["/healthz", "/codes/0300-0100-0001-0001", "/api/v1/codes/0300-0100-0001-0001/qr.svg"])
    expect([path, await status(path)]).toEqual([path, 200]);
  expect(await status("/api/v1/printers", token)).toBe(200);
  expect(await status("/api/v1/printers", `${token}x`)).toBe(401);
  expect(await mayConnect(mqttPort, undefined)).toBe(false);
  expect(await mayConnect(mqttPort, token)).toBe(true);

  const url = `http://127.0.0.1:${port}`;
  const refused = await run(["printers", "--url", url], { cwd });
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^openhms: .*access token.*OPENHMS_TOKEN\n$/) });
  expect((await run(["printers"], { cwd, env: { OPENHMS_URL: url, OPENHMS_TOKEN: token } })).code).toBe(0);
  await stop(first);

  const second = await up("central", "--host", "0.0.0.0");
  expect(second.token).toBeUndefined();
  expect(await status("/api/v1/printers", token)).toBe(200);
  await stop(second);

  const third = await up("central", "--host", "0.0.0.0", "--new-token");
  expect(third.token).toMatch(/^[\w-]{40,}$/);
  expect(await status("/api/v1/printers", token)).toBe(401);
  expect(await status("/api/v1/printers", third.token)).toBe(200);
  await stop(third);

  // shown once, kept as a hash, told nowhere else
  for (const { program } of [first, second, third]) expect(program.output().stderr).not.toContain(token);
  for (const name of readdirSync(cwd)) expect([name, readFileSync(join(cwd, name)).includes(token)]).toEqual([name, false]);
});

describe("run", () => {
  test("http.host opens the broker too, and both ask", async () => {
    const { mqttPort, up, status } = await makeFolder((http, broker) => [
      `http: { host: 0.0.0.0, port: ${http} }`,
      `mqtt: { port: ${broker} }`,
      "printers: []",
    ]);
    const central = await up("run");
    expect(central.token).toBeDefined();
    expect(await status("/api/v1/printers")).toBe(401);
    expect(await mayConnect(mqttPort, undefined)).toBe(false);
    expect(await mayConnect(mqttPort, central.token)).toBe(true);
    await stop(central);
  });

  test("a broker that is open alone asks, the pages on loopback do not", async () => {
    const { mqttPort, up, status } = await makeFolder((http, broker) => [
      `http: { port: ${http} }`,
      `mqtt: { host: 0.0.0.0, port: ${broker} }`,
      "printers: []",
    ]);
    const central = await up("run");
    expect(central.token).toBeDefined();
    expect(await status("/api/v1/printers")).toBe(200);
    expect(await mayConnect(mqttPort, undefined)).toBe(false);
    await stop(central);
  });

  test("mqtt.host of its own stays where it is when --host opens the pages", async () => {
    const { mqttPort, up } = await makeFolder((http, broker) => [
      `http: { port: ${http} }`,
      `mqtt: { host: 127.0.0.1, port: ${broker} }`,
      "printers: []",
    ]);
    const central = await up("run", "--host", "0.0.0.0");
    expect(central.program.output().stdout).toContain(`127.0.0.1:${mqttPort}`);
    await stop(central);
  });
});

test("secrets never appear in what it says, at log: debug", async () => {
  const secret = "hush12345678";
  const { cwd, port, up } = await makeFolder((http, broker) => [
    `http: { port: ${http} }`,
    `mqtt: { port: ${broker} }`,
    "log: debug",
    "printers:",
    // nothing listens there: the adapter fails and says so
    `  - { id: p1, kind: bambu, host: 127.0.0.1, port: 1, serial: 00M00A000000001, accessCode: file:secret.txt }`,
  ]);
  writeFileSync(join(cwd, "secret.txt"), `${secret}\n`);
  const central = await up("run");
  expect(central.program.output().stdout).toContain("Watching 1 printer.");
  await until("the adapter tried", async () => {
    const p1 = await ask<Printer>(`http://127.0.0.1:${port}/api/v1/printers/p1`);
    return p1 !== undefined && p1.linkReason !== null ? p1 : undefined;
  });
  await stop(central);
  const { stdout, stderr } = central.program.output();
  expect(stdout + stderr).not.toContain(secret);
});
