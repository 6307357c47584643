/** Whether the server can write, asked on a clock of the test's own: what is shown, what is taken for no answer, when it is asked again. */
import { expect, it } from "vitest";
import { ASK_EVERY_MS, createReady } from "./ready.ts";

type Given = { readonly status: number; readonly body?: object | string } | "no answer" | "silence";
const DISK_FULL = {
  status: 503,
  body: { type: "about:blank", title: "Service Unavailable", status: 503, detail: "cannot write: disk full" },
};
const READY = { status: 200, body: { status: "ready" } };

function responseOf({ status, body = "" }: Exclude<Given, string>): Response {
  const isJson = typeof body !== "string";
  const type = !isJson ? "text/html" : status < 400 ? "application/json" : "application/problem+json; charset=utf-8";
  return new Response(isJson ? JSON.stringify(body) : body, { status, headers: { "content-type": type } });
}

function bench(first: Given) {
  let answer: Given = first;
  let timers: { delayMs: number; run: () => void }[] = [];
  const asked: string[] = [];
  let told = 0;
  const ready = createReady({
    fetch: (path, { signal }) => {
      asked.push(path);
      if (answer === "no answer") return Promise.reject(new TypeError("refused"));
      if (answer === "silence")
        return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));
      return Promise.resolve(responseOf(answer));
    },
    setTimer: (delayMs, run) => {
      const timer = { delayMs, run };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
  });
  ready.subscribe(() => told++);
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  /** Lets the one timer run that waits. */
  async function next(given: Given = answer): Promise<void> {
    answer = given;
    expect(timers).toHaveLength(1);
    timers.shift()?.run();
    await settle();
  }
  return { ready, asked, next, settle, told: () => told, timers: () => timers.map(({ delayMs }) => delayMs) };
}

it("shows the server's words while it cannot write, tells each change once, and asks again every 15 s", async () => {
  const { ready, asked, next, settle, told, timers } = bench(READY);
  ready.start();
  ready.start();
  await settle();
  expect([ready.trouble(), told(), asked, timers()]).toEqual([undefined, 0, ["/readyz"], [ASK_EVERY_MS]]);
  await next(DISK_FULL);
  expect([ready.trouble(), told()]).toEqual(["cannot write: disk full", 1]);
  await next();
  expect([told(), asked.length, timers()]).toEqual([1, 3, [ASK_EVERY_MS]]);
  await next(READY);
  expect([ready.trouble(), told()]).toEqual([undefined, 2]);
});

it.each<Given>(["no answer", { status: 503, body: "<h1>proxy</h1>" }, { status: 502 }, { status: 429, body: { title: "slow" } }])(
  "takes %j for no answer: what was shown stays, and it asks on",
  async (nothing) => {
    const { ready, next, settle, timers } = bench(nothing);
    ready.start();
    await settle();
    expect(ready.trouble()).toBeUndefined();
    await next(DISK_FULL);
    await next(nothing);
    expect([ready.trouble(), timers()]).toEqual(["cannot write: disk full", [ASK_EVERY_MS]]);
  },
);

it("gives up on a server that does not answer, and asks again", async () => {
  const { ready, next, settle, asked, timers } = bench("silence");
  ready.start();
  await settle();
  expect(timers()).not.toEqual([ASK_EVERY_MS]);
  await next();
  expect(timers()).toEqual([ASK_EVERY_MS]);
  await next(DISK_FULL);
  expect([asked.length, ready.trouble()]).toEqual([2, "cannot write: disk full"]);
});

it("stops asking, and takes no answer that comes late", async () => {
  const { ready, settle, timers } = bench("silence");
  ready.start();
  ready.stop();
  await settle();
  expect([timers(), ready.trouble()]).toEqual([[], undefined]);
});
