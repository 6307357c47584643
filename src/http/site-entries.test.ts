/** What a site knows of codes, over HTTP: describing, taking back, where seen, the contribution; and how a bad description is refused. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Harness, startServer } from "./harness.fixture.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await startServer();
});
afterAll(() => harness.server.close());
const get = (url: string) => harness.server.app.inject({ method: "GET", url });

describe("a code of this site", () => {
  test("a code is described, and the description taken back, by who asks", async () => {
    const entry = { title: "Loose", summary: "It is loose.", steps: ["Press it."], priority: "low", notes: "seen\ntwice" };
    const headers = { "content-type": "application/json" };
    const url = "/api/v1/codes/HMS_0300_0300_0001_0001/entry";
    const put = await harness.server.app.inject({ method: "PUT", url, payload: JSON.stringify(entry), headers });
    expect([put.statusCode, put.json().code]).toEqual([200, "0300-0300-0001-0001"]);
    expect((await harness.server.app.inject({ method: "DELETE", url })).statusCode).toBe(200);
    expect(harness.central.described).toEqual([
      { code: "0300-0300-0001-0001", title: "Loose", actor: "local" },
      { code: "0300-0300-0001-0001", title: null, actor: "local" },
    ]);
  });

  test("a description is refused from a page of another site, and as what is no JSON", async () => {
    const url = "/api/v1/codes/0300-8003/entry";
    const payload = JSON.stringify({ title: "Loose", summary: "It is loose." });
    for (const method of ["PUT", "DELETE"] as const) {
      const forged = { origin: "http://evil.example", "content-type": "application/json" };
      expect((await harness.server.app.inject({ method, url, payload, headers: forged })).statusCode).toBe(403);
      expect((await harness.server.app.inject({ method, url, payload, headers: { "content-type": "text/plain" } })).statusCode).toBe(415);
    }
    expect(harness.central.described.filter(({ code }) => code === "0300-8003")).toEqual([]);
  });

  test.each([
    ["/api/v1/codes/03008003/contribution", "entries: [] # 0300-8003\n", "openhms-0300-8003.yaml"],
    ["/api/v1/contribution", "entries: [] # all\n", "openhms-codes.yaml"],
  ])("GET %s is YAML to keep", async (url, text, name) => {
    const answer = await get(url);
    expect([answer.statusCode, answer.body]).toEqual([200, text]);
    expect(answer.headers["content-type"]).toBe("application/yaml; charset=utf-8");
    expect(answer.headers["content-disposition"]).toBe(`attachment; filename="${name}"`);
  });
});

describe("refusals name the field", () => {
  test.each([
    ["PUT", "/api/v1/codes/0300-8003/entry", { title: "Loose" }, 400, "summary"],
    ["PUT", "/api/v1/codes/0300-8003/entry", { title: "x".repeat(61), summary: "It is." }, 400, "title"],
    ["PUT", "/api/v1/codes/0300-8003/entry", { title: "Loose", summary: "It is.", steps: ["Press it.", 7] }, 400, "steps.1"],
    ["PUT", "/api/v1/codes/0300-8003/entry", { title: "Loose", summary: "It is.", priority: "extreme" }, 400, "priority"],
    ["PUT", "/api/v1/codes/0300-8003/entry", { title: "Loose", summary: "It is.", language: 'de" onload="x' }, 400, "language"],
    ["PUT", "/api/v1/codes/0300-8003/entry", { title: "Loose", summary: "It is.", html: "<b>" }, 400, "html"],
    ["PUT", "/api/v1/codes/zzz/entry", { title: "Loose", summary: "It is." }, 400, "code"],
    ["PUT", "/api/v1/codes/0300-8003/entry", undefined, 400, undefined],
    ["DELETE", "/api/v1/codes/zzz/entry", undefined, 400, "code"],
    ["GET", "/api/v1/codes/zzz/sightings", undefined, 400, "code"],
    ["GET", "/api/v1/codes?lane=odd", undefined, 400, "lane"],
  ] as const)("%s %s %j → %d", async (method, url, body, status, field) => {
    const headers = { "content-type": "application/json" };
    const sent = body === undefined ? {} : { payload: JSON.stringify(body), headers };
    const answer = await harness.server.app.inject({ method, url, ...sent });
    expect([answer.statusCode, answer.headers["content-type"]]).toEqual([status, "application/problem+json; charset=utf-8"]);
    if (field !== undefined) expect(answer.json().errors.map((error: { field: string }) => error.field)).toContain(field);
  });
});
