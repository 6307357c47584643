/** The web app's files as central serves them: pages, caching, compression, and what is not there. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Harness, startServer } from "./harness.fixture.ts";

describe("pages", () => {
  let dir: string;
  let pages: Harness;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "openhms-ui-"));
    await mkdir(join(dir, "assets"));
    await writeFile(join(dir, "index.html"), "<!doctype html><title>the app</title>");
    await writeFile(join(dir, "assets/main-abc.js"), "plain");
    await writeFile(join(dir, "assets/main-abc.js.gz"), gzipSync("zipped"));
    await writeFile(join(dir, "favicon.svg"), "<svg/>");
    pages = await startServer({ uiDir: dir });
  });
  afterAll(async () => {
    await pages.server.close();
    await rm(dir, { recursive: true });
  });
  const open = (url: string, headers: Record<string, string> = {}) => pages.server.app.inject({ url, headers });

  test.each([
    "/",
    "/printers/p1",
    "/alerts/a1",
    "/display/p1",
    "/codes",
    "/codes/0300-0100-0001-0001/site",
    "/history",
    "/settings",
    "/login",
  ])("%s is the app", async (url) => {
    const answer = await open(url);
    expect([answer.statusCode, answer.headers["cache-control"]]).toEqual([200, "no-cache"]);
    expect(answer.body).toContain("the app");
    expect(answer.headers["content-security-policy"]).toContain("script-src 'self';");
    expect(answer.headers["content-security-policy"]).not.toContain("upgrade-insecure");
  });

  test("hashed files are kept for ever and sent compressed", async () => {
    const plain = await open("/assets/main-abc.js");
    expect([plain.body, plain.headers["cache-control"]]).toEqual(["plain", "public, max-age=31536000, immutable"]);
    const zipped = await open("/assets/main-abc.js", { "accept-encoding": "gzip" });
    expect([zipped.headers["content-encoding"], zipped.rawPayload.subarray(0, 2).toString("hex")]).toEqual(["gzip", "1f8b"]);
    expect((await open("/favicon.svg")).headers["cache-control"]).toBe("no-cache");
  });

  test.each(["/assets/none.js", "/../package.json", "/%2e%2e/package.json", "/assets/..%2f..%2fpackage.json", "/nope"])(
    "%s is not there",
    async (url) => {
      const answer = await open(url);
      expect([403, 404]).toContain(answer.statusCode);
      expect(answer.body).not.toContain("dependencies");
    },
  );

  test("a browser is shown the app's own page for what is not there", async () => {
    const answer = await open("/nope", { accept: "text/html" });
    expect(answer.statusCode).toBe(404);
    expect(answer.body).toContain("the app");
  });

  test("without a built app the page says how to build it", async () => {
    const bare = await startServer();
    const answer = await bare.server.app.inject({ url: "/" });
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain("npm run build");
    await bare.server.close();
  });
});
