/** Help pages on a phone: ticks that stay, the alert they were opened from, paper, and nothing asked of anybody else. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Site, startSite } from "../site.ts";
import { browserPath, launch } from "./chromium.ts";

const BED = "0300-0100-0001-0001";
const RUN_OUT = "0702-2100-0002-0001";
const UNDOCUMENTED = "0301-7700-0002-1234";
const ALERT = `/codes/${RUN_OUT}?alert=${encodeURIComponent(`p1~${RUN_OUT}`)}`;
const PHONE = { width: 390, height: 844 };

describe.skipIf(browserPath === undefined)("help pages", () => {
  let site: Site;
  let browser: Browser;
  let context: BrowserContext;
  /** A phone of somebody without the access token. */
  let stranger: BrowserContext;

  beforeAll(async () => {
    site = await startSite({ publicUrl: "http://192.168.1.20:4670" });
    browser = await launch();
    context = await browser.newContext({ viewport: PHONE });
    // what came through a proxy is not this machine, and is asked for the token
    stranger = await browser.newContext({ viewport: PHONE, extraHTTPHeaders: { "x-forwarded-for": "10.0.0.9" } });
    site.printer("p1", { nozzleTempC: 219.6, bedTempC: 60, progressPct: 42, jobName: "Benchy <b>" });
    await site.report("p1", RUN_OUT, "fail", { evidence: { says: "the switch is <i>open</i>" } });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });
  const open = async (path: string, where: BrowserContext = context): Promise<Page> => {
    const page = await where.newPage();
    await page.goto(site.url + path);
    return page;
  };

  test("ticked steps are ticked after a reload, for this code and this alert, until one starts afresh", async () => {
    const page = await open(`/codes/${RUN_OUT}`);
    const boxes = page.getByRole("checkbox");
    expect(await page.locator("#afresh").isVisible()).toBe(false);
    await boxes.nth(1).check();
    await page.reload();
    expect(await boxes.nth(0).isChecked()).toBe(false);
    expect(await boxes.nth(1).isChecked()).toBe(true);
    expect(await page.locator("#progress").innerText()).toBe(`1/${await boxes.count()} done`);
    await page.goto(site.url + ALERT);
    expect(await boxes.nth(1).isChecked()).toBe(false);
    await page.goto(`${site.url}/codes/${RUN_OUT}`);
    await page.getByRole("button", { name: "Start afresh" }).click();
    expect(await boxes.nth(1).isChecked()).toBe(false);
    await page.reload();
    expect(await boxes.nth(1).isChecked()).toBe(false);
    await page.close();
  });

  test("opened from an alert it tells of the printer", async () => {
    const page = await open(ALERT);
    const box = page.locator("#alert");
    await box.getByRole("heading", { name: "P1" }).waitFor();
    const text = await box.innerText();
    for (const words of [
      "Active now",
      "AMS C slot 2",
      "Benchy <b>",
      "the switch is <i>open</i>",
      "this minute",
      "219.6\u00a0°C",
      "42\u00a0%",
    ])
      expect(text).toContain(words);
    expect(text).not.toMatch(/Gone again|log in|Wi-Fi|cannot be reached/i);
    await box.getByRole("link", { name: "Open the alert" }).click();
    await page.waitForURL(/\/alerts\/p1~/);
    await page.close();
  });

  /** The alert and its printer as central tells of them, changed. */
  async function changed(page: Page, alert: object, printer: object): Promise<void> {
    for (const [pattern, more] of [
      ["**/api/v1/alerts/*", alert],
      ["**/api/v1/printers/*", printer],
    ] as const)
      await page.route(pattern, async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), ...more } });
      });
  }

  test("when the fault is gone and the printer too it says so", async () => {
    const page = await context.newPage();
    const clearedAt = new Date(Date.now() - 3 * 3_600_000).toISOString();
    await changed(page, { active: false, held: false, clearedAt, quality: "stale" }, { connected: false });
    await page.goto(site.url + ALERT);
    await page.locator("#alert").getByRole("heading", { name: "P1" }).waitFor();
    const text = await page.locator("#alert").innerText();
    for (const words of ["Gone again", "Until", "3 hours ago", "cannot be reached", "At first"]) expect(text).toContain(words);
    expect(text).not.toMatch(/Active now|\bNow\b/);
    await page.close();
  });

  test.each([
    [{ severity: "error", active: true, detector: "heater-stuck-on", seenBy: ["heater-stuck-on"] }, true],
    [{ severity: "error", active: true, detector: "native", seenBy: ["native"] }, false],
    [{ severity: "warning", active: true, detector: "flow-low", seenBy: ["flow-low"] }, false],
  ])("%j: it says that the printer may go on: %s", async (alert, isSaid) => {
    const page = await context.newPage();
    await changed(page, alert, {});
    await page.goto(site.url + ALERT);
    await page.locator("#alert").getByRole("heading", { name: "P1" }).waitFor();
    expect((await page.locator("#alert").innerText()).includes("it may go on printing")).toBe(isSaid);
    await page.close();
  });

  test("the printer's model brings its own drawing and its own page of the maker", async () => {
    const chamber = "0300-9300-0001-0002";
    for (const code of [BED, chamber]) await site.report("p1", code, "fail");
    const page = await context.newPage();
    await changed(page, {}, { model: "A1" });
    await page.goto(`${site.url}/codes/${BED}?alert=p1~${BED}`);
    await page.locator('.drawing svg:not(:has([data-part="door"]))').waitFor();
    expect(await page.locator(".drawing .lit").getAttribute("data-part")).toBe("heatbed");
    await page.unrouteAll();
    await changed(page, {}, { model: "X1E" });
    await page.goto(`${site.url}/codes/${chamber}?alert=p1~${chamber}`);
    await page.locator(".maker li:first-child").getByText("For this printer (X1E)").waitFor();
    await page.close();
  });

  test("a stranger reads the help, and logs in to see which printer it is", async () => {
    const page = await open(ALERT, stranger);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("AMS C slot\u00a02: filament ran out");
    const box = page.locator("#alert");
    await box.getByText("Log in to see which printer this is about.").waitFor();
    expect(await page.content()).not.toMatch(/P1|Benchy|219\.6/);
    await box.getByRole("link", { name: "Log in" }).click();
    await page.getByLabel("Access token").fill(site.running.newToken ?? "");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.waitForURL(site.url + ALERT);
    await page.locator("#alert").getByRole("heading", { name: "P1" }).waitFor();
    await page.close();
  });

  test("an alert that is not there leaves a quiet line", async () => {
    const page = await open(`/codes/${BED}?alert=nobody~${BED}`);
    await page.getByText("cannot be shown now").waitFor();
    await page.close();
  });

  test("the part is lit in the drawing", async () => {
    const page = await open(`/codes/${BED}`);
    const lit = page.locator("figure.drawing .lit");
    expect(await lit.getAttribute("data-part")).toBe("heatbed");
    const fillOf = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((node) => getComputedStyle(node).fill);
    expect(await fillOf(".drawing .lit path:not([fill=none])")).not.toBe(await fillOf('.drawing [data-part="chamber"] path'));
    expect(await page.locator("figure.drawing").innerText()).toBe("Heatbed");
    await page.close();
  });

  test("on paper: black on white, squares to tick, the QR code, nothing that only works on a screen", async () => {
    const dark = await browser.newContext({ viewport: PHONE, colorScheme: "dark" });
    const page = await open(`/codes/${BED}`, dark);
    await page.getByRole("checkbox").first().check();
    await page.emulateMedia({ media: "print" });
    const style = (selector: string, name: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((node, key) => getComputedStyle(node).getPropertyValue(key), name);
    expect(await style("html", "background-color")).toBe("rgb(255, 255, 255)");
    expect(await style("h1", "color")).toBe("rgb(0, 0, 0)");
    expect(await style(".steps input", "appearance")).toBe("none");
    for (const selector of [".top", ".buttons", "footer"]) expect(await page.locator(selector).isVisible(), selector).toBe(false);
    expect(await page.locator(".qr img").isVisible()).toBe(true);
    expect(await page.locator(".qr img").evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    await dark.close();
  });

  test("nothing is asked of anybody else, and nothing fails", async () => {
    const page = await context.newPage();
    const outside: string[] = [];
    const wrong: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(site.url)) outside.push(request.url());
    });
    page.on("console", (message) => wrong.push(message.text()));
    page.on("pageerror", (error) => wrong.push(error.message));
    for (const code of [BED, RUN_OUT, UNDOCUMENTED, "0300-8003", "0300-9500-0001-0001", "1200-2000-0002-0001", "F000-0100-0003-0001"]) {
      await page.goto(`${site.url}/codes/${code}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
    }
    expect(outside).toEqual([]);
    expect(wrong).toEqual([]);
    await page.close();
  });

  test("it reads without script, in the reader's language as far as there is one", async () => {
    const plain = await browser.newContext({ viewport: PHONE, javaScriptEnabled: false });
    const page = await open(`/codes/${BED}`, plain);
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Heatbed heater has a short circuit");
    expect(await page.getByRole("button").count()).toBe(0);
    await page.getByRole("checkbox").first().check();
    await plain.close();
  });

  for (const colorScheme of ["light", "dark"] as const)
    for (const path of [`/codes/${BED}`, ALERT, `/codes/${UNDOCUMENTED}`, "/codes/nonsense"])
      test(`${path}, ${colorScheme}: nothing for a screen reader to stumble over, no sideways scrolling`, async () => {
        const own = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme });
        const page = await open(path, own);
        if (path === ALERT) await page.locator("#alert").getByRole("heading", { name: "P1" }).waitFor();
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
        expect(await page.evaluate(() => Number.parseFloat(getComputedStyle(document.body).fontSize))).toBeGreaterThanOrEqual(18);
        await own.close();
      });
});
