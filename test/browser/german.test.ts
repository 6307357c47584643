/** The pages in German: a display whose browser speaks German, what falls back to English and says so, and the choice in the settings. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Site, startSite } from "../site.ts";
import { browserPath, launch } from "./chromium.ts";

const TRANSLATED = "0300-0300-0001-0001";
const WARNING = "0300-1200-0002-0001";
const ENGLISH_ONLY = "0300-9500-0001-0001";

describe.skipIf(browserPath === undefined)("in German", () => {
  let site: Site;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    site = await startSite();
    browser = await launch();
    context = await browser.newContext({ locale: "de-DE", viewport: { width: 800, height: 480 } });
    page = await context.newPage();
    site.printer("x1", { nozzleTempC: 219.6, nozzleTargetC: 220, progressPct: 42, stage: "homing" });
    await page.goto(`${site.url}/display/x1`);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  const dialog = () => page.getByTestId("display-dialog");
  const problems = async (): Promise<string[]> =>
    (await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  /** Of every text that stands in the page: the language that a screen reader takes for it. */
  const languageOf = (text: string): Promise<string | undefined> =>
    page.evaluate((wanted) => {
      const found = [...document.querySelectorAll("*")].findLast((node) => node.textContent?.includes(wanted));
      return found?.closest<HTMLElement>("[lang]")?.lang;
    }, text);

  test("the display speaks German, numbers and the printer's stage too", async () => {
    await page.getByText("Nichts sperrt diesen Drucker").waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe("de");
    const text = await page.locator("body").innerText();
    expect(text).toContain("Druckt");
    expect(text).toContain("Referenzfahrt");
    expect(text).toContain("219,6 °C");
    expect(text).toContain("Keine Hinweise.");
    expect(await problems()).toEqual([]);
  });

  test("an error's pop-up is German: title, danger, steps, gate and button", async () => {
    await site.report("x1", TRANSLATED, "fail");
    await dialog().waitFor();
    await dialog().getByText("Gefahr:").waitFor();
    const text = await dialog().innerText();
    expect(text).toContain("Hotend-Lüfter steht oder ist viel zu langsam");
    expect(text).toContain("Der Drucker startet nicht, bis dies behoben ist.");
    expect(text).toContain("etwa ");
    expect(text).toContain("vorher ausschalten");
    expect(text).not.toMatch(/\b(the|Danger|Confirm|Loading|Scan|cannot)\b/);
    expect(await dialog().locator("[lang]").count()).toBe(0);
    expect(await problems()).toEqual([]);
    await page.getByRole("button", { name: "Bestätigen" }).click();
    await dialog().waitFor({ state: "detached" });
  });

  test("a live change comes in German, in the card as well", async () => {
    await site.report("x1", WARNING, "fail");
    const card = page.getByTestId("display-warning").filter({ hasText: WARNING });
    await card.waitFor();
    expect(await card.innerText()).toContain("Frontabdeckung des Werkzeugkopfs ist ab");
    await card.getByRole("button").first().click();
    await card.getByText("Die Abdeckung an den Werkzeugkopf halten").waitFor();
    expect(await problems()).toEqual([]);
  });

  test("what is not translated stands in English and says so to a screen reader", async () => {
    await site.report("x1", ENGLISH_ONLY, "fail");
    await dialog().waitFor();
    await dialog().locator("ol.steps").waitFor();
    const { title, steps } = (await (await fetch(`${site.url}/api/v1/codes/${ENGLISH_ONLY}?lang=de`)).json()) as {
      title: string;
      steps: { text: string }[];
    };
    expect(await dialog().locator("h2").getAttribute("lang")).toBe("en");
    expect([await languageOf(title), await languageOf(steps[0]?.text ?? "?"), await languageOf("Bestätigen")]).toEqual(["en", "en", "de"]);
    expect(await problems()).toEqual([]);
    await page.getByTestId("display-confirm").click();
    await dialog().waitFor({ state: "detached" });
  });

  test("the fleet, the alert and the settings are German; a choice there is kept", async () => {
    const settings = await context.newPage();
    await settings.goto(site.url);
    await settings.getByRole("heading", { name: "Drucker", level: 1 }).waitFor();
    await settings.goto(`${site.url}/alerts/x1~${TRANSLATED}`);
    await settings.getByRole("heading", { name: "Was zu tun ist" }).waitFor();
    expect(await settings.locator("h1").innerText()).toContain("Hotend-Lüfter");
    await settings.goto(`${site.url}/settings`);
    await settings.getByLabel("Sprache").selectOption("en");
    await settings.getByRole("heading", { name: "Settings" }).waitFor();
    expect(await settings.evaluate(() => document.documentElement.lang)).toBe("en");
    await settings.goto(`${site.url}/alerts/x1~${TRANSLATED}`);
    await settings.getByRole("heading", { name: "What to do" }).waitFor();
    // the address is stronger than what was chosen
    await settings.goto(`${site.url}/display/x1?lang=de`);
    await settings.getByText("Start gesperrt").first().waitFor();
    await settings.close();
  });
});
