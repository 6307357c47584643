/** The live connection on a clock of the test's own: when it says live, when it says lost, and how it comes back. */
import { expect, it } from "vitest";
import { type LiveDeps, SILENCE_MS, createLive, retryDelayMs } from "./live.ts";

interface Stream {
  readonly headers: Record<string, string>;
  send(text: string): void;
  end(): void;
}

function bench(options: { status?: () => number; refetch?: () => Promise<void> } = {}) {
  let nowMs = 1_000;
  let timers: { due: number; run: () => void }[] = [];
  const streams: Stream[] = [];
  const seen: string[] = [];
  const encoder = new TextEncoder();
  const deps: LiveDeps = {
    now: () => nowMs,
    random: () => 0.5,
    refetch: options.refetch ?? (() => Promise.resolve()),
    onEvent: (event) => seen.push(event.data),
    setTimer: (delayMs, run) => {
      const timer = { due: nowMs + delayMs, run };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    fetch: (_path, init) => {
      const status = options.status?.() ?? 200;
      if (status === 0) return Promise.reject(new Error("refused"));
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          const headers = Object.fromEntries(new Headers(init.headers).entries());
          streams.push({ headers, send: (text) => controller.enqueue(encoder.encode(text)), end: () => controller.close() });
          init.signal?.addEventListener("abort", () => controller.error(new Error("aborted")));
        },
      });
      return Promise.resolve(new Response(body, { status }));
    },
  };
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  async function pass(ms: number): Promise<void> {
    const end = nowMs + ms;
    for (;;) {
      await settle();
      const next = timers.filter((timer) => timer.due <= end).sort((a, b) => a.due - b.due)[0];
      if (next === undefined) break;
      timers = timers.filter((timer) => timer !== next);
      nowMs = next.due;
      next.run();
    }
    nowMs = end;
    await settle();
  }
  return { live: createLive(deps), streams, seen, pass };
}

it("is live only after all has been fetched anew", async () => {
  let fetched: () => void = () => undefined;
  const { live, pass } = bench({ refetch: () => new Promise((resolve) => (fetched = resolve)) });
  live.start();
  await pass(10);
  expect(live.connection().state).toBe("connecting");
  fetched();
  await pass(10);
  expect(live.connection().state).toBe("live");
});

it("stays live through heartbeats, and notices a socket that falls silent", async () => {
  const { live, streams, pass } = bench();
  live.start();
  for (let beat = 0; beat < 5; beat++) {
    await pass(15_000);
    streams[0]?.send(": beat\n\n");
  }
  await pass(10);
  expect(live.connection().state).toBe("live");
  const heardMs = 1_000 + 5 * 15_000;
  await pass(SILENCE_MS + 1);
  expect(live.connection()).toMatchObject({ state: "lost", sinceMs: heardMs, reason: "the server has fallen silent" });
});

it("comes back by itself, from the last event id", async () => {
  const { live, streams, seen, pass } = bench();
  live.start();
  await pass(10);
  streams[0]?.send("id: 41\nevent: alert\ndata: one\n\n");
  await pass(10);
  streams[0]?.end();
  await pass(10);
  expect(live.connection()).toMatchObject({ state: "lost", refused: false });
  await pass(1_000);
  expect(live.connection().state).toBe("live");
  expect(streams[1]?.headers["last-event-id"]).toBe("41");
  expect(seen).toEqual(["one"]);
});

it("keeps the time of the loss over failed tries, and goes on trying", async () => {
  let up = true;
  const { live, streams, pass } = bench({ status: () => (up ? 200 : 0) });
  live.start();
  await pass(10);
  up = false;
  streams[0]?.end();
  await pass(10);
  const lost = live.connection();
  await pass(60_000);
  expect(live.connection()).toMatchObject({ state: "lost", sinceMs: lost.state === "lost" ? lost.sinceMs : -1, reason: "refused" });
  up = true;
  await pass(7_000);
  expect(live.connection().state).toBe("live");
});

it("stays lost while the anew fetching fails", async () => {
  const { live, pass } = bench({ refetch: () => Promise.reject(new Error("not ready")) });
  live.start();
  await pass(5_000);
  expect(live.connection()).toMatchObject({ state: "lost", reason: "not ready" });
});

it("says when a login is wanted", async () => {
  const { live, pass } = bench({ status: () => 401 });
  live.start();
  await pass(10);
  expect(live.connection()).toMatchObject({ state: "lost", refused: true });
});

it("waits longer after each failure, up to a ceiling", () => {
  const waits = [0, 1, 2, 3, 4, 50].map((attempt) => retryDelayMs(attempt, () => 0.5));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
});
