/** Live events over real sockets: order, exact resume, resume after a long absence and after a restart, slow readers, the end. */
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { type Clock, at, createFakeClock, systemClock } from "../lib/time.ts";
import { type FakeCentral, alertOf, createFakeCentral, printerOf } from "./central.fixture.ts";
import type { EventsOptions } from "./events.ts";
import { startServer } from "./harness.fixture.ts";

interface Seen {
  readonly id: number | undefined;
  readonly event: string | undefined;
  readonly data: { id: string } | undefined;
}

interface Stream {
  readonly seen: Seen[];
  readonly text: () => string;
  until(check: (seen: readonly Seen[]) => boolean, what: string): Promise<void>;
  readonly ended: Promise<void>;
  stop(): void;
}

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: { central?: FakeCentral; events?: EventsOptions; clock?: Clock } = {}) {
  const harness = await startServer(options);
  closers.push(() => harness.server.close());
  return { ...harness, url: await harness.server.listen() };
}

async function listen(url: string, headers: Record<string, string> = {}): Promise<Stream> {
  const abort = new AbortController();
  closers.push(() => abort.abort());
  const response = await fetch(url, { headers, signal: abort.signal });
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream; charset=utf-8"]);
  const seen: Seen[] = [];
  let text = "";
  let rest = "";
  const decoder = new TextDecoder();
  async function read(): Promise<void> {
    for await (const chunk of response.body ?? []) {
      const part = decoder.decode(chunk as Uint8Array, { stream: true });
      text += part;
      const frames = (rest + part).split("\n\n");
      rest = frames.pop() ?? "";
      for (const frame of frames) {
        const field = (name: string): string | undefined =>
          frame
            .split("\n")
            .find((line) => line.startsWith(`${name}: `))
            ?.slice(name.length + 2);
        const [id, data] = [field("id"), field("data")];
        if (id !== undefined || data !== undefined)
          seen.push({
            id: id === undefined ? undefined : Number(id),
            event: field("event"),
            data: data === undefined ? undefined : JSON.parse(data),
          });
      }
    }
  }
  const ended = read().catch((error: unknown) => {
    if (!abort.signal.aborted) text += String(error);
  });
  return {
    seen,
    text: () => text,
    ended,
    stop: () => abort.abort(),
    until: async (check, what) => {
      for (let i = 0; i < 500 && !check(seen); i++) await new Promise((resolve) => setTimeout(resolve, 10));
      if (!check(seen)) throw new Error(`never happened: ${what}; seen ${JSON.stringify(seen)}`);
    },
  };
}

const dataIds = (seen: readonly Seen[]): string[] => seen.flatMap((item) => (item.data === undefined ? [] : [item.data.id]));
const ids = (seen: readonly Seen[]): number[] => seen.flatMap((item) => (item.id === undefined ? [] : [item.id]));
const isGrowing = (numbers: readonly number[]): boolean => numbers.every((id, index) => index === 0 || id > (numbers[index - 1] as number));
const path = "/api/v1/events";

describe("live events", () => {
  test("tell alerts and printers as they change, with growing ids", async () => {
    const { url, central } = await start();
    const stream = await listen(url + path);
    await stream.until((seen) => seen.length === 1, "the first id");
    expect(stream.text()).toContain("retry: ");
    central.emit({ type: "alert", alert: alertOf("a1") });
    central.emit({ type: "printer", printer: printerOf("p1") });
    await stream.until((seen) => dataIds(seen).length === 2, "both");
    expect(stream.seen.slice(1).map(({ event, data }) => [event, data?.id])).toEqual([
      ["alert", "a1"],
      ["printer", "p1"],
    ]);
    expect(isGrowing(ids(stream.seen))).toBe(true);
    expect(ids(stream.seen).every(Number.isSafeInteger)).toBe(true);
  });

  test.each(["header", "query"])("resume exactly where the client was (%s)", async (how) => {
    const { url, central } = await start();
    const first = await listen(url + path);
    await first.until((seen) => seen.length === 1, "the first id");
    for (let i = 0; i < 5; i++) central.emit({ type: "alert", alert: alertOf(`a${i}`) });
    await first.until((seen) => dataIds(seen).length === 5, "five");
    first.stop();
    central.emit({ type: "alert", alert: alertOf("missed") });
    const last = String(ids(first.seen)[2]);
    const second =
      how === "header" ? await listen(url + path, { "last-event-id": last }) : await listen(`${url}${path}?lastEventId=${last}`);
    await second.until((seen) => dataIds(seen).includes("missed"), "the missed one");
    expect(dataIds(second.seen)).toEqual(["a2", "a3", "a4", "missed"]);
    expect(central.askedSince).toHaveLength(1);
  });

  test("after an absence longer than the ring: every changed alert and every printer, then live again", async () => {
    const { url, central } = await start({ events: { ringSize: 5 } });
    const first = await listen(url + path);
    await first.until((seen) => seen.length === 1, "the first id");
    first.stop();
    central.alertsById.set("a2", alertOf("a2", { updatedAt: new Date().toISOString() }));
    for (let i = 0; i < 20; i++) central.emit({ type: "printer", printer: printerOf("p1") });
    const second = await listen(url + path, { "last-event-id": String(ids(first.seen)[0]) });
    await second.until((seen) => seen.length >= 3, "all that changed");
    central.emit({ type: "alert", alert: alertOf("live") });
    await second.until((seen) => dataIds(seen).includes("live"), "the next one");
    expect(dataIds(second.seen)).toEqual(["a2", "p1", "live"]);
    expect(isGrowing(ids(second.seen))).toBe(true);
  });

  test("after a restart: nothing is missed, ids go on growing, even when the clock was set back", async () => {
    const central = createFakeCentral();
    const before = createFakeClock(at(Date.parse("2026-11-22T10:00:00Z")));
    const one = await start({ central, clock: before });
    const first = await listen(one.url + path);
    await first.until((seen) => seen.length === 1, "the first id");
    central.emit({ type: "alert", alert: alertOf("a1") });
    await first.until((seen) => seen.length === 2, "one");
    central.alertsById.set("a1", alertOf("a1", { updatedAt: "2026-11-22T10:00:00.000Z" }));
    await one.server.close();
    await first.ended;
    // an hour back, and something happens before the client returns
    const after = createFakeClock(at(Date.parse("2026-11-22T09:00:00Z")));
    central.alertsById.set("a2", alertOf("a2", { updatedAt: "2026-11-22T09:00:01.000Z" }));
    const two = await start({ central, clock: after });
    const second = await listen(two.url + path, { "last-event-id": String(ids(first.seen).at(-1)) });
    await second.until((seen) => dataIds(seen).length >= 3, "what changed");
    central.emit({ type: "alert", alert: alertOf("live") });
    await second.until((seen) => dataIds(seen).includes("live"), "live");
    expect(dataIds(second.seen)).toEqual(["a1", "a2", "p1", "live"]);
    expect(isGrowing([...ids(first.seen), ...ids(second.seen)])).toBe(true);
  });

  test("ids grow while the clock stands still or goes back", async () => {
    let now = Date.parse("2026-11-22T10:00:00Z");
    const clock: Clock = { now: () => at(now), setTimer: (delayMs, run) => systemClock.setTimer(delayMs, run) };
    const { url, central } = await start({ clock });
    const stream = await listen(url + path);
    for (const step of [0, 0, -3_600_000, 1, 7_200_000]) {
      now += step;
      central.emit({ type: "alert", alert: alertOf("a1") });
    }
    await stream.until((seen) => dataIds(seen).length === 5, "five");
    expect(isGrowing(ids(stream.seen))).toBe(true);
  });

  test("a heartbeat keeps the line alive", async () => {
    const { url } = await start({ events: { heartbeatMs: 20 } });
    const stream = await listen(url + path);
    await stream.until(() => stream.text().includes(": still here"), "a heartbeat");
    expect(dataIds(stream.seen)).toEqual([]);
  });

  test("a client that does not read is dropped; the others go on", async () => {
    const { url, central, server } = await start({ events: { maxBufferedBytes: 64 * 1024 } });
    const { port } = new URL(url);
    const slow = connect(Number(port), "127.0.0.1");
    closers.push(() => slow.destroy());
    slow.on("error", () => undefined);
    slow.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`);
    slow.pause();
    const good = await listen(url + path);
    const metric = async (): Promise<string> => (await server.app.inject("/metrics")).body;
    for (let i = 0; i < 500 && !(await metric()).includes("openhms_sse_clients 2"); i++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    const big = alertOf("big", { summary: "x".repeat(60_000) });
    let sent = 0;
    for (; sent < 2_000 && (await metric()).includes("openhms_sse_clients 2"); sent++) {
      central.emit({ type: "alert", alert: big });
      await good.until((seen) => dataIds(seen).length === sent + 1, "the reader keeps up");
    }
    expect(await metric()).toContain("openhms_sse_clients 1");
    central.emit({ type: "alert", alert: alertOf("after") });
    await good.until((seen) => dataIds(seen).includes("after"), "the good client goes on");
  });

  test("closing the server ends the streams at once", async () => {
    const { url, server } = await start();
    const stream = await listen(url + path);
    const from = performance.now();
    await server.close();
    await stream.ended;
    expect(performance.now() - from).toBeLessThan(2_000);
  });
});
