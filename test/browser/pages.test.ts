/** The pages in a real browser: live data, acknowledging, shelving, search, help page, and what assistive technology finds. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Site, startSite } from "../site.ts";
import { browserPath, launch } from "./chromium.ts";

const HOTEND_FAN = "0300-0300-0001-0001";
/** Of the maker's own: recorded, and nobody is told. */
const INTERNAL = "0500-0300-0002-0014";

describe.skipIf(browserPath === undefined)("the web app", () => {
  let site: Site;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    site = await startSite();
    browser = await launch();
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    for (const id of ["a1", "x1", "h2"])
      site.printer(id, { nozzleTempC: 219.6, nozzleTargetC: 220, bedTempC: 60, progressPct: 42, jobName: "Benchy" });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  test("the fleet shows every printer and puts the one in trouble first, live", async () => {
    await page.goto(site.url);
    await page.getByTestId("fleet-card-a1").waitFor();
    await site.report("x1", HOTEND_FAN, "fail", { confidence: 0.97, evidence: { says: "tach <b>0</b> rpm for 3.2 s" } });
    await page.waitForFunction(() => document.querySelector("[data-testid^=fleet-card-]")?.getAttribute("data-testid") === "fleet-card-x1");
    expect(await page.getByTestId("fleet-card-x1").innerText()).toMatch(/cannot start/i);
  });

  test("an alert is acknowledged with the version seen, commented and shelved", async () => {
    await page.goto(`${site.url}/alerts/${encodeURIComponent(`x1~${HOTEND_FAN}`)}`);
    await page.getByText("What was seen: Tach <b>0</b> rpm for 3.2 s (97 % sure)").waitFor();
    await page.getByText("Found by test, not told by the printer itself").waitFor();
    await page.getByTestId("alert-ack").click();
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>("[data-testid=alert-ack]")?.disabled);
    const detail = (await (await fetch(`${site.url}/api/v1/alerts/${encodeURIComponent(`x1~${HOTEND_FAN}`)}`)).json()) as {
      acknowledged: boolean;
      isa: string;
    };
    expect(detail).toMatchObject({ acknowledged: true, isa: "C" });
  });

  test("a stale acknowledgement is refused and nothing changes", async () => {
    await site.report("a1", HOTEND_FAN, "fail");
    const answer = await fetch(`${site.url}/api/v1/alerts/${encodeURIComponent(`a1~${HOTEND_FAN}`)}/ack`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ version: 0 }),
    });
    expect(answer.status).toBe(409);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
  });

  test("code search finds by any form, and the help page explains", async () => {
    await page.goto(`${site.url}/codes`);
    await page.getByRole("searchbox").or(page.getByRole("textbox")).first().fill("HMS_0300_0300_0001_0001");
    await page
      .getByRole("link", { name: /hotend fan/i })
      .first()
      .click();
    await page.waitForURL(/codes\/0300-0300-0001-0001/);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.getByRole("checkbox").first().waitFor();
  });

  test("a code that is only recorded is brought into the lists by one click, and told of by the page", async () => {
    await site.report("h2", INTERNAL, "fail");
    const worstOf = async (id: string) => ((await (await fetch(`${site.url}/api/v1/printers/${id}`)).json()) as { worst: unknown }).worst;
    expect(await worstOf("h2")).toBeNull();
    for (const path of [`/codes/${INTERNAL}/site`, `/alerts/h2~${INTERNAL}`]) {
      await page.goto(`${site.url}${path}`);
      await page.getByTestId("promote").click();
      await page.getByTestId("promote").waitFor({ state: "detached" });
      const result = page.getByTestId("priority-result");
      expect(await result.innerText()).toBe(
        "Priority normal, from now on and on every printer. It counts, stands in the lists, and is told.",
      );
      expect(await result.evaluate((node) => node === document.activeElement)).toBe(true);
      expect(await worstOf("h2")).toMatchObject({ code: INTERNAL, priority: "normal" });
      await page.getByLabel(/On every printer here/).selectOption("catalogue");
      await page.getByRole("button", { name: "Set priority" }).click();
      await page.getByTestId("promote").waitFor();
      expect(await result.innerText()).toBe("As in the catalogue again: log. It is recorded; nobody is told.");
      expect(await worstOf("h2")).toBeNull();
    }
  });

  test("while OpenHMS cannot write, every live page says so in its words", async () => {
    const fresh = await context.newPage();
    const detail = "OpenHMS cannot write to its storage: disk full";
    const problem = JSON.stringify({ type: "about:blank", title: "Service Unavailable", status: 503, detail });
    await fresh.route("**/readyz", (route) => route.fulfill({ status: 503, contentType: "application/problem+json", body: problem }));
    for (const path of ["/", "/display/x1"]) {
      await fresh.goto(`${site.url}${path}`);
      expect(await fresh.getByTestId("trouble").innerText()).toContain(`${detail}. Nothing new is recorded meanwhile.`);
    }
    await fresh.close();
  });

  for (const path of [
    "/",
    "/printers/x1",
    `/alerts/x1~${HOTEND_FAN}`,
    "/codes",
    `/codes/${HOTEND_FAN}`,
    `/codes/${INTERNAL}`,
    `/codes/${INTERNAL}/site`,
    "/history",
    "/settings",
    "/display/x1",
  ]) {
    test(`${path}: nothing for a screen reader to stumble over, no sideways scrolling on a phone`, async () => {
      const fresh = await context.newPage();
      await fresh.setViewportSize(path.startsWith("/display") ? { width: 800, height: 480 } : { width: 360, height: 740 });
      await fresh.goto(`${site.url}${path}`);
      await fresh.getByRole("heading", { level: 1 }).first().waitFor();
      const { violations } = await new AxeBuilder({ page: fresh }).analyze();
      expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
      expect(await fresh.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      await fresh.close();
    });
  }

  test("the first load carries less than 170 KB of script", async () => {
    const fresh = await context.newPage();
    let bytes = 0;
    fresh.on("response", (response) => {
      if (!response.url().endsWith(".js")) return;
      bytes += Number(response.headers()["content-length"] ?? 0);
    });
    await fresh.goto(site.url);
    await fresh.getByTestId("fleet-card-x1").waitFor();
    expect(bytes).toBeGreaterThan(20_000);
    expect(bytes).toBeLessThan(170_000);
    await fresh.close();
  });
});
