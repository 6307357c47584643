/** What every channel must keep, whatever it speaks: against a real HTTP server that answers well, badly, late and not at all. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Alert } from "../model/api.ts";
import type { Notification, Sender } from "./channel.ts";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export const SECRET = "s3cret-value-1234";

export const notification: Notification = {
  id: "n-1",
  kind: "raise",
  title: "Left: Nozzle is 40 °C too cold – größer",
  body: "The heater does not follow.\nFirst: switch it off.",
  url: "http://hms.test/alerts/p1~0300-0100-0001-0001",
  alert: {
    id: "p1~0300-0100-0001-0001",
    printer: "p1",
    printerName: "Left",
    code: "0300-0100-0001-0001",
    kind: "hms",
    level: 1,
    severity: "error",
    priority: "urgent",
    lane: "documented",
    title: "Nozzle is too cold",
    summary: "The heater does not follow.",
    language: "en",
    unitName: null,
    slot: null,
    detector: "heater",
    seenBy: ["heater"],
    isa: "B",
    uds: 0,
    active: true,
    acknowledged: false,
    held: true,
    latched: false,
    quality: "good",
    shelvedUntil: null,
    suppressedBy: [],
    outOfService: false,
    version: 1,
    episode: 1,
    occurrences: 1,
    raisedAt: null,
    clearedAt: null,
    acknowledgedAt: null,
    updatedAt: "2026-11-22T06:00:00.000Z",
  } satisfies Alert,
};

/** `create` makes the sender for a server at this address, with `SECRET` where it has one; `check` looks at what arrived. */
export function channelContract(name: string, create: (server: string) => Sender, check: (received: Received) => void): void {
  describe(`${name} keeps the contract of a channel`, () => {
    let server: Server;
    let address = "";
    let received: Received[] = [];
    let answer: (response: ServerResponse) => void = (response) => response.end();

    beforeAll(async () => {
      server = createServer((request, response) => {
        let text = "";
        request.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
        request.on("end", () => {
          received.push({ path: request.url ?? "", headers: request.headers, body: JSON.parse(text) });
          answer(response);
        });
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    beforeEach(() => void (received = []));

    const send = (signal = AbortSignal.timeout(10_000)) => create(address).send(notification, signal);
    const status =
      (code: number, headers: Record<string, string> = {}) =>
      (response: ServerResponse) =>
        void response.writeHead(code, headers).end("words");

    it("sends once, whole", async () => {
      answer = status(200);
      expect(await send()).toEqual({ kind: "sent" });
      expect(received).toHaveLength(1);
      check(received[0] as Received);
    });

    it.each([
      [400, {}, { retry: false }],
      [401, { "retry-after": "5" }, { retry: false }],
      [301, { location: "/elsewhere" }, { retry: false }],
      [408, {}, { retry: true }],
      [429, { "retry-after": "7" }, { retry: true, retryAfterMs: 7_000 }],
      [429, { "retry-after": "99999999" }, { retry: true, retryAfterMs: 3_600_000 }],
      [429, { "retry-after": "soon" }, { retry: true }],
      [
        503,
        { date: "Sun, 22 Nov 2026 06:00:00 GMT", "retry-after": "Sun, 22 Nov 2026 06:01:30 GMT" },
        { retry: true, retryAfterMs: 90_000 },
      ],
      [500, {}, { retry: true }],
    ])("tells what a %d means (%j)", async (code, headers, expected) => {
      answer = status(code, headers);
      const outcome = await send();
      expect(outcome).toEqual({ kind: "failed", detail: expect.stringContaining(String(code)), ...expected });
      expect(received).toHaveLength(1);
    });

    it("gives up when told to, on a server that never answers", async () => {
      answer = () => undefined;
      const stop = new AbortController();
      const outcome = send(stop.signal);
      await expect.poll(() => received.length).toBe(1);
      stop.abort(new Error("no answer in time"));
      expect(await outcome).toEqual({ kind: "failed", retry: true, detail: "no answer in time" });
    });

    it("gives up when told to, on an answer that never ends", async () => {
      answer = (response) => void response.writeHead(200).write("a");
      const stop = new AbortController();
      const outcome = send(stop.signal);
      await expect.poll(() => received.length).toBe(1);
      stop.abort(new Error("no answer in time"));
      expect(await outcome).toMatchObject({ kind: "failed", retry: true });
    });

    it("takes a broken connection for a reason to try again, and names no address or secret", async () => {
      answer = (response) => response.destroy();
      const broken = await send();
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
      const { port } = other.address() as AddressInfo;
      await new Promise((resolve) => other.close(resolve));
      const refused = await create(`http://127.0.0.1:${port}`).send(notification, AbortSignal.timeout(10_000));
      for (const outcome of [broken, refused]) {
        expect(outcome).toMatchObject({ kind: "failed", retry: true });
        expect(JSON.stringify(outcome)).not.toContain("127.0.0.1");
        expect(JSON.stringify(outcome)).not.toContain(SECRET);
      }
    });
  });
}
