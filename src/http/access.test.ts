/** Who may ask what: paths by credentials, origins and hosts; the token, sessions, and the slowing of wrong tries. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { at, createFakeClock } from "../lib/time.ts";
import { createAccess, isLoopbackHost } from "./access.ts";
import { type Harness, memorySettings, startServer } from "./harness.fixture.ts";

const OPEN = [
  "/codes",
  "/codes/0300-0100-0001-0001",
  "/codes/0300-0100-0001-0001/qr.svg",
  "/api/v1/codes?q=fan",
  "/api/v1/codes/0300-0100-0001-0001",
  "/api/v1/codes/0300-0100-0001-0001/qr.svg",
  "/healthz",
  "/readyz",
  "/login",
  "/api/v1/site",
];
const CLOSED = [
  "/api/v1/printers",
  "/api/v1/printers/p1",
  "/api/v1/printers/p1/telemetry",
  "/api/v1/alerts",
  "/api/v1/alerts/a1",
  "/api/v1/history",
  "/api/v1/kpi",
  "/api/v1/precision",
  "/api/v1/codes?lane=undocumented",
  "/api/v1/codes/0300-0100-0001-0001/sightings",
  "/api/v1/codes/0300-0100-0001-0001/contribution",
  "/api/v1/contribution",
  "/api/v1/events",
  "/api/v1/nothing",
  "/api/openapi.json",
  "/metrics",
];
const PAGES = ["/", "/printers/p1", "/alerts/a1", "/display/p1", "/codes/0300-8003/site", "/history", "/settings"];
const COMMANDS = [
  "/api/v1/alerts/a1/ack",
  "/api/v1/reports",
  "/api/v1/printers/p1/fault",
  "/api/v1/alerts/a1/comment",
  "/api/v1/alerts/a1/label",
  "/api/v1/codes/0300-0100-0001-0001/priority",
];

describe("on loopback", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startServer();
  });
  afterAll(() => harness.server.close());
  const ask = (method: "GET" | "POST", headers: Record<string, string>) =>
    harness.server.app.inject({
      method,
      url: method === "GET" ? "/api/v1/printers" : "/api/v1/alerts/a1/ack",
      headers: { ...(method === "POST" ? { "content-type": "application/json" } : {}), ...headers },
      ...(method === "POST" ? { payload: '{"version":1}' } : {}),
    });

  test.each(CLOSED.filter((path) => !path.endsWith("events") && !path.endsWith("nothing")))("%s asks for nothing", async (url) => {
    expect((await harness.server.app.inject(url)).statusCode).toBe(200);
    expect(harness.token).toBe("");
  });

  test.each([
    ["127.0.0.1:4670", 200],
    ["localhost:4670", 200],
    ["LOCALHOST", 200],
    ["[::1]:4670", 200],
    ["127.1.2.3", 200],
    ["hms.example:4670", 403],
    ["evil.example", 403],
    ["evil.example:4670", 403],
    ["127.0.0.1.evil.example", 403],
    ["localhost.evil.example:4670", 403],
    ["[::1].evil.example", 403],
  ])("Host %s → %d", async (host, status) => {
    const answer = await ask("GET", { host });
    expect(answer.statusCode).toBe(status);
    if (status === 403) expect(answer.json().detail).toContain("http.publicUrl");
  });

  test.each([
    [{}, 200],
    [{ origin: "http://localhost:80", host: "localhost:80" }, 200],
    [{ origin: "http://hms.example:4670" }, 200],
    [{ origin: "http://evil.example" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: "http://localhost:9999", host: "localhost:4670" }, 403],
    [{ "sec-fetch-site": "same-origin" }, 200],
    [{ "sec-fetch-site": "none" }, 200],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "content-type": "text/plain" }, 415],
    [{ "content-type": "application/x-www-form-urlencoded" }, 415],
    [{ "content-type": "application/jsonx" }, 415],
  ] as [Record<string, string>, number][])("a command with %j → %d", async (headers, status) => {
    expect((await ask("POST", headers)).statusCode).toBe(status);
  });

  test("a token made for the MQTT broker alone is not asked of this machine", async () => {
    const token = await startServer({ required: true, host: "127.0.0.1" });
    expect((await token.server.app.inject("/api/v1/printers")).statusCode).toBe(200);
    await token.server.close();
  });

  describe("behind a proxy on this machine, which brings strangers", () => {
    let proxied: Harness;
    beforeAll(async () => {
      proxied = await startServer({ required: true, host: "127.0.0.1" });
    });
    afterAll(() => proxied.server.close());

    test.each([
      { host: "hms.example:4670" },
      { host: "hms.example" },
      { "x-forwarded-for": "127.0.0.1" },
      { forwarded: "for=127.0.0.1" },
      { "x-real-ip": "127.0.0.1" },
      { via: "1.1 caddy" },
    ] as Record<string, string>[])("%j asks for the token", async (headers) => {
      const url = "/api/v1/printers";
      expect((await proxied.server.app.inject({ url, headers })).statusCode).toBe(401);
      const authorization = `Bearer ${proxied.token}`;
      expect((await proxied.server.app.inject({ url, headers: { ...headers, authorization } })).statusCode).toBe(200);
      // where no token was made, because nobody said that there is a proxy, strangers do not get in at all
      const refused = await harness.server.app.inject({ url, headers });
      expect([refused.statusCode, refused.json().detail]).toEqual([403, expect.stringContaining("http.publicUrl")]);
      expect((await harness.server.app.inject({ url: "/codes/0300-0100-0001-0001/qr.svg", headers })).statusCode).toBe(200);
    });
  });

  test("the live stream is not told to pages of other sites", async () => {
    const answer = await harness.server.app.inject({ url: "/api/v1/events", headers: { origin: "http://evil.example" } });
    expect(answer.statusCode).toBe(403);
  });
});

describe("on another address", () => {
  let harness: Harness;
  const clock = createFakeClock(at(Date.parse("2026-11-22T06:00:00Z")));
  beforeAll(async () => {
    harness = await startServer({ required: true, accessClock: clock });
  });
  afterAll(() => harness.server.close());
  const ask = (method: "GET" | "POST", url: string, headers: Record<string, string> = {}, remoteAddress = "10.0.0.1") =>
    harness.server.app.inject({
      method,
      url,
      remoteAddress,
      headers: { ...(method === "POST" ? { "content-type": "application/json" } : {}), ...headers },
      ...(method === "POST" ? { payload: url.endsWith("ack") ? '{"version":1}' : "{}" } : {}),
    });
  const login = (token: string, remoteAddress: string) =>
    harness.server.app.inject({ method: "POST", url: "/api/v1/login", remoteAddress, payload: { token } });
  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

  test.each(OPEN)("%s is open", async (url) => expect([401, 403]).not.toContain((await ask("GET", url)).statusCode));
  test.each(CLOSED)("%s asks for the token", async (url) => {
    const answer = await ask("GET", url);
    expect([answer.statusCode, answer.headers["www-authenticate"]]).toEqual([401, "Bearer"]);
    expect(answer.headers["content-type"]).toContain("application/problem+json");
  });
  test.each(PAGES)("%s leads to the login", async (url) => {
    const answer = await ask("GET", url, { accept: "text/html" });
    expect([answer.statusCode, answer.headers["location"]]).toEqual([302, `/login?next=${encodeURIComponent(url)}`]);
  });
  test.each(COMMANDS)("POST %s asks for the token", async (url) => expect((await ask("POST", url)).statusCode).toBe(401));
  test("DELETE of a label asks for the token", async () => {
    const answer = await harness.server.app.inject({ method: "DELETE", url: "/api/v1/alerts/a1/label" });
    expect([answer.statusCode, harness.central.commands.filter(({ command }) => "verdict" in command)]).toEqual([401, []]);
  });
  test.each(["PUT", "DELETE"] as const)("%s of a code's description asks for the token", async (method) => {
    const url = "/api/v1/codes/0300-0100-0001-0001/entry";
    const headers = { "content-type": "application/json" };
    const answer = await harness.server.app.inject({ method, url, headers, payload: '{"title":"Loose","summary":"It is."}' });
    expect([answer.statusCode, harness.central.described]).toEqual([401, []]);
  });
  test.each([
    "/api/v1/codes/../printers",
    "/codes/../api/v1/printers",
    "//api/v1/printers",
    "/API/v1/printers",
    "/api/v1/codes/%2e%2e/printers",
    "/assets/../api/v1/printers",
  ])("%s is no way around", async (url) => {
    const answer = await ask("GET", url);
    expect(answer.body).not.toContain("nozzleTempC");
  });
  test.each(CLOSED.filter((path) => !path.endsWith("events") && !path.endsWith("nothing")))("%s opens with the token", async (url) => {
    expect((await ask("GET", url, bearer(harness.token))).statusCode).toBe(200);
  });

  test("the token is 256 bits, shown once, and neither it nor a session is stored as it is", async () => {
    const settings = memorySettings();
    const deps = { settings, clock, randomBytes, required: true };
    const first = await createAccess(deps);
    expect(Buffer.from(first.newToken ?? "", "base64url")).toHaveLength(32);
    const session = await first.login(first.newToken ?? "", "a");
    if (session.kind !== "granted") throw new Error("not granted");
    const stored = [...settings.values.values()].join();
    expect(stored).not.toContain(first.newToken);
    expect(stored).not.toContain(session.session);
    const second = await createAccess(deps);
    expect(second.newToken).toBeUndefined();
    expect(second.authorize({ authorization: undefined, session: session.session, address: "a" }).kind).toBe("granted");
    expect(second.allowsPassword(first.newToken, "a")).toBe(true);
    const renewed = await createAccess({ ...deps, renew: true });
    expect(renewed.allowsPassword(first.newToken, "a")).toBe(false);
    expect(renewed.authorize({ authorization: undefined, session: session.session, address: "a" }).kind).toBe("asked");
  });

  test("a login gives a cookie that scripts cannot read and that ends with the logout", async () => {
    const answer = await login(harness.token, "10.0.0.2");
    expect(answer.statusCode).toBe(200);
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).toMatch(/^openhms_session=[\w-]{43}; .*HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain(harness.token);
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    expect((await ask("GET", "/api/v1/printers", headers)).statusCode).toBe(200);
    expect((await ask("POST", "/api/v1/alerts/a1/ack", headers)).statusCode).toBe(200);
    expect((await ask("POST", "/api/v1/alerts/a1/ack", { ...headers, origin: "http://evil.example" })).statusCode).toBe(403);
    expect((await ask("POST", "/api/v1/logout", headers)).statusCode).toBe(200);
    expect((await ask("GET", "/api/v1/printers", headers)).statusCode).toBe(401);
  });

  test("over https the cookie is Secure", async () => {
    const secure = await startServer({
      required: true,
      site: { version: "0", demo: false, publicUrl: "https://hms.example", phoneHint: null, signals: [] },
    });
    const answer = await secure.server.app.inject({ method: "POST", url: "/api/v1/login", payload: { token: secure.token } });
    expect(String(answer.headers["set-cookie"])).toContain("Secure");
    expect(answer.headers["strict-transport-security"]).toContain("max-age");
    await secure.server.close();
  });

  test("a session ends after its time", async () => {
    const answer = await login(harness.token, "10.0.0.3");
    const headers = { cookie: String(answer.headers["set-cookie"]).split(";")[0] ?? "" };
    clock.advanceTo(at(clock.now() + 29 * 24 * 3_600_000));
    expect((await ask("GET", "/api/v1/printers", headers)).statusCode).toBe(200);
    clock.advanceTo(at(clock.now() + 2 * 24 * 3_600_000));
    expect((await ask("GET", "/api/v1/printers", headers)).statusCode).toBe(401);
  });

  test("wrong tries are slowed more and more, for that address alone, and never for good", async () => {
    const waits: number[] = [];
    const from = "10.0.0.9";
    for (let i = 0; i < 2; i++) expect((await login("wrong", from)).statusCode).toBe(401);
    expect((await login(harness.token, from)).statusCode).toBe(200);
    for (let i = 0; i < 2; i++) expect((await login("wrong", from)).statusCode).toBe(401);
    for (let i = 0; i < 10; i++) {
      expect((await login("wrong", from)).statusCode).toBe(401);
      const slowed = await login(harness.token, from);
      expect(slowed.statusCode).toBe(429);
      waits.push(Number(slowed.headers["retry-after"]));
      expect((await ask("GET", "/api/v1/printers", bearer(harness.token), from)).statusCode).toBe(429);
      clock.advanceTo(at(clock.now() + (waits.at(-1) ?? 0) * 1_000));
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBe(60);
    expect((await login("wrong", from)).statusCode).toBe(401);
    expect((await login(harness.token, "10.0.0.10")).statusCode).toBe(200);
    clock.advanceTo(at(clock.now() + 60_000));
    expect((await login(harness.token, from)).statusCode).toBe(200);
  });

  test("asking without a token is not a try", async () => {
    for (let i = 0; i < 10; i++) await ask("GET", "/api/v1/printers", {}, "10.0.0.11");
    expect((await ask("GET", "/api/v1/printers", bearer(harness.token), "10.0.0.11")).statusCode).toBe(200);
  });
});

test.each([
  ["127.0.0.1", true],
  ["127.9.9.9", true],
  ["localhost", true],
  ["::1", true],
  ["[::1]", true],
  ["0.0.0.0", false],
  ["::", false],
  ["192.168.1.2", false],
  ["127.0.0.1.evil.example", false],
  ["", false],
])("%s is loopback: %s", (host, loopback) => expect(isLoopbackHost(host)).toBe(loopback));
