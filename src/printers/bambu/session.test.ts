/** A session against a peer that speaks MQTT badly on purpose: it ends with a reason, and gathers no memory before. */
import { createServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../lib/time.ts";
import { openSession } from "./session.ts";
import type { LinkTrouble } from "./trust.ts";

const CONNACK = Buffer.from([0x20, 2, 0, 0]);
const SUBACK_TYPE = 0x90;

/** Accepts any login and subscription, then sends `bytes`. */
async function startPeer(bytes: Buffer): Promise<number> {
  const made = await generate([{ name: "commonName", value: "hostile" }], { keyType: "ec", algorithm: "sha256" });
  const server = createServer({ key: made.private, cert: made.cert }, (socket) => {
    socket.on("error", () => socket.destroy());
    onTestFinished(() => void socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      const type = (chunk[0] ?? 0) & 0xf0;
      if (type === 0x10) socket.write(CONNACK);
      if (type === 0x80) socket.write(Buffer.concat([Buffer.from([SUBACK_TYPE, 3, chunk[2] ?? 0, chunk[3] ?? 0, 0]), bytes]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function run(port: number): Promise<{ trouble: LinkTrouble } | { payload: string }> {
  return new Promise((resolve) => {
    const target = { host: "127.0.0.1", port, serial: "S1", accessCode: "12345678", trust: { kind: "pin", pinned: undefined } as const };
    const options = { ...target, trust: { ...target.trust, configured: false } };
    const session = openSession(options, systemClock, {
      open: () => undefined,
      message: (payload) => resolve({ payload: Buffer.from(payload).toString("utf8") }),
      end: (trouble) => resolve({ trouble }),
    });
    onTestFinished(() => session.close());
  });
}

const topic = Buffer.from("\0\u0010device/S1/report", "latin1");

it("takes a message of ordinary size", async () => {
  const port = await startPeer(Buffer.concat([Buffer.from([0x30, topic.length + 2]), topic, Buffer.from("{}")]));
  expect(await run(port)).toEqual({ payload: "{}" });
});

it.each([
  ["256 MB announced", Buffer.concat([Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]), topic]), "more than 1 MB"],
  ["2 MB announced", Buffer.concat([Buffer.from([0x30, 0x80, 0x80, 0x80, 0x01]), topic]), "more than 1 MB"],
  ["a length without end", Buffer.from([0x30, 0xff, 0xff, 0xff, 0xff, 0xff]), "127.0.0.1"],
  ["a packet of no type", Buffer.from([0x00, 0x00]), "127.0.0.1"],
])("cuts off %s", async (_what, bytes, reason) => {
  const port = await startPeer(bytes);
  expect(await run(port)).toEqual({ trouble: { cause: "unreachable", reason: expect.stringContaining(reason) } });
});
