/** Every route by request and answer: what is good, what is refused, and how a refusal reads. */
import * as fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Socket, connect } from "node:net";
import { RefusedError } from "../lib/errors.ts";
import { type Harness, startServer } from "./harness.fixture.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startServer();
});
afterAll(() => harness.server.close());
afterEach(() => {
  harness.central.failing = false;
  harness.central.notReady = undefined;
});

const get = (url: string, headers: Record<string, string> = {}) => harness.server.app.inject({ method: "GET", url, headers });
const post = (url: string, payload: unknown, headers: Record<string, string> = {}) =>
  harness.server.app.inject({
    method: "POST",
    url,
    payload: JSON.stringify(payload),
    headers: { "content-type": "application/json", ...headers },
  });

describe("good requests", () => {
  test.each([
    ["/api/v1/printers", 200, { next: null }],
    ["/api/v1/printers/p1", 200, { id: "p1", gate: { startBlocked: true, resumeBlocked: true } }],
    ["/api/v1/printers/p1/telemetry", 200, { at: [] }],
    ["/api/v1/alerts", 200, { next: null }],
    ["/api/v1/alerts?state=all&printer=p1&level=1&limit=5&cursor=x", 200, { next: null }],
    ["/api/v1/alerts/a1", 200, { id: "a1", isa: "B", confirmable: true }],
    ["/api/v1/codes?q=fan", 200, { items: [] }],
    ["/api/v1/codes?lane=undocumented", 200, { items: [{ code: "0300-7700-0002-1234", raises: 2 }] }],
    ["/api/v1/codes/HMS_0300_0300_0001_0001/sightings", 200, { code: "0300-0300-0001-0001", machines: [] }],
    ["/api/v1/codes/HMS_0300_0300_0001_0001", 200, { code: "0300-0300-0001-0001" }],
    ["/api/v1/codes/50331904:65537", 200, { code: "0300-0100-0001-0001" }],
    ["/api/v1/codes/03008003", 200, { code: "0300-8003", kind: "device" }],
    ["/api/v1/history?since=2026-11-22T06:00:00Z&event=raise&code=0300010000010001", 200, { items: [] }],
    ["/api/v1/kpi", 200, { raised: 0 }],
    ["/api/v1/precision", 200, { items: [{ detector: "fan", precision: 1 }], next: null }],
    ["/api/v1/history?until=2016-12-31T23:59:60Z", 400, { detail: expect.stringContaining("leap second") }],
    ["/api/v1/kpi?since=2016-12-31T23:59:60Z", 400, { detail: expect.stringContaining("leap second") }],
    ["/api/v1/site", 200, { demo: false }],
    ["/healthz", 200, { status: "ok" }],
    ["/readyz", 200, { status: "ready" }],
  ])("GET %s", async (url, status, body) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toMatchObject(body);
  });

  test.each([
    ["ack", { version: 1 }, { type: "ack", version: 1 }],
    ["reset", {}, { type: "reset" }],
    ["reset", { version: 1 }, { type: "reset", version: 1 }],
    ["shelve", { minutes: 10, reason: "known" }, { type: "shelve", minutes: 10, reason: "known", oneShot: false }],
    ["unshelve", {}, { type: "unshelve" }],
    ["comment", { text: "seen" }, { type: "comment", text: "seen" }],
    ["label", { verdict: "real" }, { type: "label", verdict: "real" }],
    ["label", { verdict: "false", note: "dust", episode: 1 }, { type: "label", verdict: "false", note: "dust", episode: 1 }],
    ["label", { verdict: null }, { type: "label", verdict: null }],
  ])("POST /alerts/a1/%s %j", async (verb, body, command) => {
    const answer = await post(`/api/v1/alerts/a1/${verb}`, body);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({ id: "a1" });
    expect(harness.central.commands.at(-1)).toEqual({ alert: "a1", command, actor: "local" });
  });

  test.each([
    ["HMS_0300_0300_0001_0001", "high", "0300-0300-0001-0001"],
    ["50331904:65537", "log", "0300-0100-0001-0001"],
    ["0300-8003", null, "0300-8003"],
  ])("POST /codes/%s/priority %j", async (written, priority, code) => {
    const answer = await post(`/api/v1/codes/${encodeURIComponent(written)}/priority`, { priority });
    expect([answer.statusCode, answer.json()]).toEqual([200, expect.objectContaining({ code, ownPriority: priority })]);
    expect(harness.central.priorities.at(-1)).toEqual({ code, priority, actor: "local" });
  });

  test("DELETE takes a label back, of the episode that is named", async () => {
    for (const [query, word] of [
      ["", {}],
      ["?episode=1", { episode: 1 }],
    ] as const) {
      const answer = await harness.server.app.inject({ method: "DELETE", url: `/api/v1/alerts/a1/label${query}` });
      expect([answer.statusCode, answer.json().id]).toEqual([200, "a1"]);
      expect(harness.central.commands.at(-1)).toEqual({ alert: "a1", command: { type: "label", verdict: null, ...word }, actor: "local" });
    }
  });

  test("precision is asked of one printer and since an instant", async () => {
    await get("/api/v1/precision?printer=p1&since=2026-11-22T07:00:00%2B01:00");
    expect(harness.central.askedPrecision.at(-1)).toEqual({ printer: "p1", sinceMs: Date.UTC(2026, 10, 22, 6) });
  });

  test("a command without fields needs no body", async () => {
    const answer = await harness.server.app.inject({ method: "POST", url: "/api/v1/alerts/a1/unshelve" });
    expect(answer.statusCode).toBe(200);
  });

  test("reports: 202 with what became of each", async () => {
    const answer = await post("/api/v1/reports", { reports: [{ v: 1 }, 7, { v: 1 }] });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ accepted: 2, duplicates: 0, late: 0, rejected: [{ index: 1, reason: "no report" }] });
  });

  test("metrics", async () => {
    const answer = await get("/metrics");
    expect(answer.headers["content-type"]).toContain("text/plain");
    for (const line of [
      'openhms_ingest_reports_total{result="accepted"} 7',
      'openhms_alerts{severity="error"} 1',
      'openhms_printers{connected="true"} 1',
      "openhms_sse_clients 0",
      "openhms_http_request_duration_seconds_count{",
    ])
      expect(answer.body).toContain(line);
  });

  test("QR codes are SVG, in the API and beside the page", async () => {
    for (const url of ["/api/v1/codes/0300-0100-0001-0001/qr.svg", "/codes/HMS_0300_0100_0001_0001/qr.svg"]) {
      const answer = await get(url);
      expect(answer.headers["content-type"]).toContain("image/svg+xml");
      expect(answer.body).toContain("<title>QR code: opens the help page of 0300-0100-0001-0001</title>");
    }
  });
});

describe("refusals are problems that name the field", () => {
  test.each([
    ["GET", "/api/v1/printers/none", undefined, 404, undefined],
    ["GET", "/api/v1/alerts/none", undefined, 404, undefined],
    ["GET", "/api/v1/nothing", undefined, 404, undefined],
    ["PUT", "/api/v1/alerts/a1", {}, 405, undefined],
    ["DELETE", "/api/v1/printers", undefined, 405, undefined],
    ["GET", "/api/v1/alerts?state=odd", undefined, 400, "state"],
    ["GET", "/api/v1/alerts?limit=0", undefined, 400, "limit"],
    ["GET", "/api/v1/alerts?limit=many", undefined, 400, "limit"],
    ["GET", "/api/v1/alerts?limit=1&limit=2", undefined, 400, "limit"],
    ["GET", "/api/v1/alerts?level=-1", undefined, 400, "level"],
    ["GET", "/api/v1/alerts?level=9", undefined, 400, "level"],
    ["GET", "/api/v1/alerts?stat=active", undefined, 400, "stat"],
    ["GET", "/api/v1/history?event=odd", undefined, 400, "event"],
    ["GET", "/api/v1/printers?state=idle", undefined, 400, "state"],
    ["GET", "/api/v1/history?since=yesterday", undefined, 400, "since"],
    ["GET", "/api/v1/history?code=zzz", undefined, 400, "code"],
    ["GET", "/api/v1/codes/zzz", undefined, 400, "code"],
    ["GET", "/api/v1/codes/zzz/qr.svg", undefined, 400, "code"],
    ["POST", "/api/v1/alerts/a1/ack", {}, 400, "version"],
    ["POST", "/api/v1/alerts/a1/ack", { version: "1" }, 400, "version"],
    ["POST", "/api/v1/alerts/a1/ack", { version: 1, more: 1 }, 400, "more"],
    ["POST", "/api/v1/alerts/a1/ack", { version: 9 }, 409, undefined],
    ["POST", "/api/v1/alerts/none/ack", { version: 1 }, 404, undefined],
    ["POST", "/api/v1/alerts/a1/shelve", { minutes: 0, reason: "x" }, 400, "minutes"],
    ["POST", "/api/v1/alerts/a1/shelve", { minutes: 5, reason: "" }, 400, "reason"],
    ["POST", "/api/v1/alerts/a1/comment", { text: "" }, 400, "text"],
    ["POST", "/api/v1/alerts/a1/label", { verdict: "maybe" }, 400, "verdict"],
    ["POST", "/api/v1/alerts/a1/label", {}, 400, "verdict"],
    ["POST", "/api/v1/alerts/a1/label", { verdict: "real", note: "" }, 400, "note"],
    ["POST", "/api/v1/alerts/a1/label", { verdict: "real", note: "x".repeat(2_001) }, 400, "note"],
    ["POST", "/api/v1/alerts/a1/label", { verdict: "real", episode: 0 }, 400, "episode"],
    ["POST", "/api/v1/alerts/a1/label", { verdict: "real", by: "me" }, 400, "by"],
    ["POST", "/api/v1/alerts/a1/label", { verdict: "real", episode: 7 }, 404, undefined],
    ["POST", "/api/v1/alerts/none/label", { verdict: "real" }, 404, undefined],
    ["DELETE", "/api/v1/alerts/a1/label?episode=7", undefined, 404, undefined],
    ["DELETE", "/api/v1/alerts/a1/label?episode=x", undefined, 400, "episode"],
    ["GET", "/api/v1/precision?since=yesterday", undefined, 400, "since"],
    ["GET", "/api/v1/precision?detector=fan", undefined, 400, "detector"],
    ["POST", "/api/v1/alerts/a1/ack", [1], 400, "body"],
    ["POST", "/api/v1/codes/0300-8003/priority", { priority: "extreme" }, 400, "priority"],
    ["POST", "/api/v1/codes/0300-8003/priority", { priority: 3 }, 400, "priority"],
    ["POST", "/api/v1/codes/0300-8003/priority", {}, 400, "priority"],
    ["POST", "/api/v1/codes/0300-8003/priority", { priority: "low", level: 1 }, 400, "level"],
    ["POST", "/api/v1/codes/zzz/priority", { priority: "low" }, 400, "code"],
    ["POST", "/api/v1/reports", { reports: Array.from({ length: 1_001 }, () => 1) }, 400, "reports"],
    ["POST", "/api/v1/reports", { report: [] }, 400, "report"],
    ["POST", "/api/v1/reports", { reports: {} }, 400, "reports"],
    ["POST", "/api/v1/printers/p1/fault", { fault: "fan" }, 404, undefined],
  ] as const)("%s %s %j → %d", async (method, url, body, status, field) => {
    const answer = await harness.server.app.inject({
      method,
      url,
      ...(body === undefined ? {} : { payload: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
    const problem = answer.json();
    expect(problem).toMatchObject({ status, instance: url.split("?")[0] });
    if (field !== undefined) expect(problem.errors.map((error: { field: string }) => error.field)).toContain(field);
  });

  test.each([
    ["/api/v1/alerts?state=odd", "state must be one of open, active, unacknowledged, hidden, closed, all"],
    ["/api/v1/history?event=odd", /^event must be one of raise, [a-z-_, ]+$/],
  ])("%s is told what it may be, once", async (url, detail) => {
    const problem = (await harness.server.app.inject(url)).json();
    expect(problem.errors).toHaveLength(1);
    expect(problem.detail).toEqual(typeof detail === "string" ? detail : expect.stringMatching(detail));
  });

  test.each(["/api/v1/alerts/%zz", "/%", `/api/v1/codes/${"x".repeat(300)}`])("an unreadable address %s is a problem too", async (url) => {
    const answer = await get(url);
    expect([400, 404, 414]).toContain(answer.statusCode);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  test("405 says what is taken", async () => {
    const answer = await post("/api/v1/printers", {});
    expect(answer.headers["allow"]).toContain("GET");
  });

  test("reports that cannot be stored are not accepted, and nothing inside is told", async () => {
    harness.central.failing = true;
    const answer = await post("/api/v1/reports", { reports: [{ v: 1 }] });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBeDefined();
    expect(answer.body).not.toContain("secret");
  });

  test("not ready says why", async () => {
    harness.central.notReady = "the disk is full";
    const answer = await get("/readyz");
    expect([answer.statusCode, answer.json().detail]).toEqual([503, "the disk is full"]);
    expect((await get("/healthz")).statusCode).toBe(200);
  });

  test.each([
    ["text/plain", "{}", 415],
    ["application/x-www-form-urlencoded", "version=1", 415],
    ["application/json", "{", 400],
    ["application/json", '{"__proto__":{"x":1},"version":1}', 400],
    ["application/json", `{"text":"${"x".repeat(1024 * 1024)}"}`, 413],
  ])("a body of %s: %#", async (type, payload, status) => {
    const answer = await harness.server.app.inject({
      method: "POST",
      url: "/api/v1/alerts/a1/comment",
      payload,
      headers: { "content-type": type },
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });

  test("rates are limited with 429 and Retry-After", async () => {
    const limited = await startServer({ limits: { requestsPerMinute: 3 } });
    try {
      const codes: number[] = [];
      for (let i = 0; i < 5; i++) codes.push((await limited.server.app.inject("/api/v1/printers")).statusCode);
      expect(codes).toEqual([200, 200, 200, 429, 429]);
      const answer = await limited.server.app.inject("/api/v1/printers");
      expect(answer.headers["content-type"]).toContain("application/problem+json");
      expect(Number(answer.headers["retry-after"])).toBeGreaterThan(0);
    } finally {
      await limited.server.close();
    }
  });

  test("faults can be set in the demo", async () => {
    const set: string[] = [];
    const setFault = async (printer: string, fault: string): Promise<void> => {
      if (fault !== "fan") throw new RefusedError("invalid", "no such fault");
      set.push(`${printer} ${fault}`);
    };
    const demo = await startServer({ setFault });
    const send = (fault: string) => demo.server.app.inject({ method: "POST", url: "/api/v1/printers/p1/fault", payload: { fault } });
    expect((await send("fan")).statusCode).toBe(200);
    expect((await send("odd")).statusCode).toBe(400);
    expect(set).toEqual(["p1 fan"]);
    await demo.server.close();
  });
});

test("hostile requests never fail the server", async () => {
  const paths = [
    "/api/v1/reports",
    "/api/v1/alerts/a1/ack",
    "/api/v1/alerts/a1/shelve",
    "/api/v1/alerts/a1/comment",
    "/api/v1/alerts/a1/label",
    "/api/v1/login",
    "/api/v1/printers/p1/fault",
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...paths),
      fc.oneof(
        fc.json(),
        fc.string(),
        fc.jsonValue().map((value) => JSON.stringify({ reports: [value], version: value, token: value })),
      ),
      async (url, payload) => {
        const answer = await harness.server.app.inject({ method: "POST", url, payload, headers: { "content-type": "application/json" } });
        expect(answer.statusCode).toBeLessThan(500);
      },
    ),
    { numRuns: 200 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("/api/v1/codes/", "/api/v1/alerts/", "/codes/", "/api/v1/alerts?cursor=", "/api/v1/codes?q=", "/"),
      fc.string({ unit: "binary" }),
      async (url, text) => {
        const answer = await get(url + encodeURIComponent(text.toWellFormed()));
        // 503 is the page that says that the web app is not built
        expect([500, 502]).not.toContain(answer.statusCode);
      },
    ),
    { numRuns: 200 },
  );
});

describe("the OpenAPI document", () => {
  test("has every route, and every reference in it leads somewhere", async () => {
    const document = (await get("/api/openapi.json")).json();
    expect(document.openapi).toBe("3.1.0");
    const operations = Object.entries(document.paths as Record<string, object>).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    expect(operations.sort()).toEqual(
      [
        "get /api/v1/alerts",
        "get /api/v1/alerts/{id}",
        ...["ack", "reset", "shelve", "unshelve", "comment", "label"].map((verb) => `post /api/v1/alerts/{id}/${verb}`),
        "delete /api/v1/alerts/{id}/label",
        "get /api/v1/codes",
        "get /api/v1/codes/{code}",
        "get /api/v1/codes/{code}/qr.svg",
        "get /api/v1/codes/{code}/sightings",
        "get /api/v1/codes/{code}/contribution",
        "get /api/v1/contribution",
        "put /api/v1/codes/{code}/entry",
        "delete /api/v1/codes/{code}/entry",
        "post /api/v1/codes/{code}/priority",
        "get /api/v1/events",
        "get /api/v1/history",
        "get /api/v1/kpi",
        "get /api/v1/precision",
        "get /api/v1/printers",
        "get /api/v1/printers/{id}",
        "get /api/v1/printers/{id}/telemetry",
        "get /api/v1/site",
        "get /healthz",
        "get /readyz",
        "post /api/v1/login",
        "post /api/v1/logout",
        "post /api/v1/printers/{id}/fault",
        "post /api/v1/reports",
      ].sort(),
    );
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(references).toContain("Report");
    for (const name of new Set(references)) expect(document.components.schemas).toHaveProperty(name);
    expect(text).not.toContain('"$id"');
    for (const name of ["Alert", "AlertDetail", "Printer", "CodeInfo", "Problem", "Report"])
      expect(document.components.schemas[name].type).toBe("object");
  });
});

test("connections over the limit are closed at once, and a place that is free again is given", async () => {
  const { server } = await startServer({ limits: { connections: 1 } });
  const { port } = new URL(await server.listen());
  const open = (): Promise<{ socket: Socket; ended: Promise<unknown> }> =>
    new Promise((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () => resolve({ socket, ended }));
      socket.on("error", () => socket.destroy());
      const ended = new Promise((end) => socket.once("close", end));
      socket.resume();
    });
  const first = await open();
  await (
    await open()
  ).ended;
  expect(first.socket.destroyed).toBe(false);
  first.socket.destroy();
  await first.ended;
  await expect
    .poll(() =>
      fetch(`http://127.0.0.1:${port}/healthz`).then(
        (answer) => answer.status,
        () => 0,
      ),
    )
    .toBe(200);
  await server.close();
});

test("a taken port names the remedy", async () => {
  const first = await startServer();
  const url = await first.server.listen();
  const second = await startServer({ port: Number(new URL(url).port) });
  await expect(second.server.listen()).rejects.toThrow(/port is taken.*--port/);
  await first.server.close();
  await second.server.close();
});
