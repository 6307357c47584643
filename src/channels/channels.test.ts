/** Every channel keeps the contract, is listed, and refuses a configuration it cannot work with. */
import { readdirSync } from "node:fs";
import { Compile } from "typebox/compile";
import { describe, expect, it } from "vitest";
import type { Sender } from "./channel.ts";
import { channelContract, notification, SECRET, type Received } from "./channel.contract.ts";
import { channels } from "./index.ts";
import { ntfy } from "./ntfy.ts";
import { webhook } from "./webhook.ts";

channelContract(
  "webhook",
  (server) => webhook.create({ url: `${server}/hook?key=${SECRET}`, secret: SECRET }, { fetch }),
  ({ path, headers, body }) => {
    expect(path).toBe(`/hook?key=${SECRET}`);
    expect(headers).toMatchObject({ "content-type": "application/json", "x-openhms-secret": SECRET, "idempotency-key": "n-1" });
    expect(body).toEqual(notification);
  },
);

channelContract(
  "ntfy",
  (server) => ntfy.create({ url: `${server}/base/my-topic`, token: SECRET }, { fetch }),
  ({ path, headers, body }) => {
    expect(path).toBe("/base/");
    expect(headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(body).toEqual({
      topic: "my-topic",
      title: notification.title,
      message: notification.body,
      priority: 5,
      tags: ["rotating_light"],
      click: notification.url,
    });
  },
);

describe("ntfy", () => {
  it.each([
    ["raise", "urgent", 5],
    ["raise", "high", 4],
    ["remind", "normal", 3],
    ["raise", "low", 2],
    ["clear", "urgent", 2],
    ["acked", "low", 2],
    ["clear", "log", 1],
  ] as const)("tells a %s of priority %s with urgency %d", async (kind, priority, urgency) => {
    const seen: unknown[] = [];
    const fetchOnce = (async (_url: unknown, init: RequestInit) => {
      seen.push(JSON.parse(init.body as string));
      return new Response("{}");
    }) as typeof fetch;
    const sender: Sender = ntfy.create({ url: "http://127.0.0.1/t" }, { fetch: fetchOnce });
    await sender.send({ ...notification, kind, alert: { ...notification.alert, priority } }, AbortSignal.timeout(1_000));
    expect(seen).toMatchObject([{ priority: urgency, topic: "t" }]);
  });
});

describe("the list of channels", () => {
  it("names every file of the folder", () => {
    const files = readdirSync(import.meta.dirname).filter((file) => !/^(index|channel)\.ts$|\.(test|contract)\.ts$/.test(file));
    expect(channels.map(({ kind }) => `${kind}.ts`).sort()).toEqual(files.sort());
  });

  it.each([
    ["ntfy", { url: "https://ntfy.sh/my-topic" }, true],
    ["ntfy", { url: "https://ntfy.sh" }, false],
    ["ntfy", { url: "https://ntfy.sh/" }, false],
    ["ntfy", { url: "ntfy.sh/my-topic" }, false],
    ["ntfy", { url: "https://ntfy.sh/t", topic: "t" }, false],
    ["webhook", { url: "http://192.168.1.5:8080/hook" }, true],
    ["webhook", { url: "ftp://x/hook" }, false],
    ["webhook", { url: "http://x", secret: "" }, false],
    ["webhook", {}, false],
  ])("%s takes %j: %s", (kind, config, isGood) => {
    const channel = channels.find((other) => other.kind === kind) as (typeof channels)[number];
    expect(Compile(channel.config).Check(config)).toBe(isGood);
  });

  it("hands on the secret under the header it is told", async () => {
    const received: Partial<Received>[] = [];
    const fetchOnce = (async (_url: unknown, init: RequestInit) => {
      received.push({ headers: init.headers as Received["headers"] });
      return new Response(null, { status: 204 });
    }) as typeof fetch;
    const sender = webhook.create({ url: "http://127.0.0.1/", secret: SECRET, secretHeader: "X-Token" }, { fetch: fetchOnce });
    expect(await sender.send(notification, AbortSignal.timeout(1_000))).toEqual({ kind: "sent" });
    expect(received[0]?.headers).toMatchObject({ "X-Token": SECRET });
  });
});
