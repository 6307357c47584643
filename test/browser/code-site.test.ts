/** What a site knows of a code, in a real browser: describing it by the keyboard alone, where it was seen, what would be shared. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Site, startSite } from "../site.ts";
import { browserPath, launch } from "./chromium.ts";

const NEW = "0300-7700-0002-1234";
const DOCUMENTED = "0300-0300-0001-0001";
const HOSTILE = `<img src=x onerror=document.title='owned'>`;

describe.skipIf(browserPath === undefined)("the site's page of a code", () => {
  let site: Site;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    site = await startSite();
    browser = await launch();
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    site.printer("tower", { model: "X1C", firmware: "01.08.02.00" });
    await site.report("tower", NEW, "fail");
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  const infoOf = async (code: string) =>
    (await (await fetch(`${site.url}/api/v1/codes/${code}`)).json()) as { title: string; source: string; steps: { text: string }[] };
  /** Goes on to a control by the tabulator key alone. */
  const tabTo = async (control: Locator): Promise<void> => {
    const isReached = () => control.evaluate((node) => node === document.activeElement);
    for (let presses = 0; presses < 40 && !(await isReached()); presses++) await page.keyboard.press("Tab");
    expect(await isReached()).toBe(true);
  };
  const fill = async (label: RegExp | string, text: string): Promise<void> => {
    await tabTo(page.getByLabel(label));
    await page.keyboard.insertText(text);
  };

  test("a code that was seen and that nobody described is found under Codes, with where it was seen", async () => {
    await page.goto(`${site.url}/codes`);
    await page.getByLabel("Seen here, not documented").check();
    await page.getByRole("link", { name: /Undocumented warning/ }).click();
    await page.waitForURL(`${site.url}/codes/${NEW}/site`);
    expect(await page.getByTestId("standing").innerText()).toContain("Nobody has described this code yet");
    expect(await page.getByTestId("raises").innerText()).toBe("once");
    expect(await page.getByRole("row", { name: /X1C/ }).innerText()).toContain("01.08.02.00");
    expect(await page.getByRole("link", { name: "TOWER" }).getAttribute("href")).toContain("/alerts/");
    await page.goBack();
    expect(await page.getByLabel("Seen here, not documented").isChecked()).toBe(true);
  });

  test("it is described by the keyboard alone; the words come at once, and the list is empty", async () => {
    await page.goto(`${site.url}/codes/${NEW}/site`);
    await page.getByTestId("raises").waitFor();
    await fill(/^What is wrong/, "Plug of the board is loose");
    await fill(/^What it means/, "The plug at the back works itself loose.");
    await fill("Steps", `Press the plug in.\n\n  ${HOSTILE}`);
    await fill("Where this is known from", "Seen twice at TOWER, 192.168.1.31");
    await tabTo(page.getByRole("button", { name: "Save description" }));
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("[data-testid=describe-result]") === document.activeElement);
    expect(await page.getByTestId("describe-result").innerText()).toContain("Saved.");
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe("Plug of the board is loose");
    expect(await page.getByTestId("standing").innerText()).toContain("Described by this site.");
    expect(await infoOf(NEW)).toMatchObject({ source: "site", steps: [{ text: "Press the plug in." }, { text: HOSTILE }] });
    await page.goto(`${site.url}/codes?lane=undocumented`);
    await page.getByText("Every code that printers here have shown is described.").waitFor();
  });

  test("what would be shared is shown, without the site's own names", async () => {
    await page.goto(`${site.url}/codes/${NEW}/site`);
    await page.getByRole("button", { name: "Show what would be shared" }).click();
    const text = await page.getByTestId("contribution").innerText();
    expect(text).toContain("title: Plug of the board is loose");
    expect(text).toContain("# note: Seen twice at [printer], [address]");
    expect(text).not.toMatch(/tower/i);
    // after a change it is asked for anew
    await page.getByLabel(/^What it means/).fill("The plug at the back is too small.");
    await page.getByRole("button", { name: "Save description" }).click();
    await page.getByRole("button", { name: "Show what would be shared" }).click();
    expect(await page.getByTestId("contribution").innerText()).toContain("summary: The plug at the back is too small.");
  });

  test("what somebody wrote is text, wherever it stands", async () => {
    for (const path of [`/codes/${NEW}`, `/alerts/tower~${NEW}`, `/codes/${NEW}/site`, "/codes?q=plug"]) {
      await page.goto(`${site.url}${path}`);
      await page.getByText("Plug of the board is loose").first().waitFor();
      expect(await page.locator("img[src=x]").count()).toBe(0);
      // as text, for everybody to see
      if (!path.includes("site") && !path.includes("q=")) expect(await page.getByText(HOSTILE).count()).toBeGreaterThan(0);
      expect(await page.title()).not.toContain("owned");
    }
  });

  test("too many steps are told before anything is sent; removing is asked twice", async () => {
    await page.goto(`${site.url}/codes/${NEW}/site`);
    await page.getByLabel("Steps").fill(Array.from({ length: 13 }, (_, n) => `Step ${n}`).join("\n"));
    expect(await page.getByText("At most 12 steps; these are 13").count()).toBe(1);
    await page.getByRole("button", { name: "Save description" }).click();
    expect((await infoOf(NEW)).steps).toHaveLength(2);
    await page.getByRole("button", { name: "Remove" }).click();
    expect((await infoOf(NEW)).source).toBe("site");
    await page.getByRole("button", { name: "Really remove" }).click();
    await page.waitForFunction(() => document.querySelector("[data-testid=describe-result]")?.textContent?.includes("Removed."));
    expect(await infoOf(NEW)).toMatchObject({ source: "none", title: expect.stringContaining("Undocumented") });
    await page.getByText("Who wrote here").click();
    await page.getByText(/local removed the description/).waitFor();
  });

  test("a described code gets a note, and keeps its own text", async () => {
    const before = await infoOf(DOCUMENTED);
    await page.goto(`${site.url}/codes/${DOCUMENTED}/site`);
    await page.getByLabel("Title of the note").fill("Ours rattles");
    await page.getByRole("textbox", { name: /^Note/ }).fill("The left one is worn.");
    await page.getByRole("button", { name: "Save note" }).click();
    await page.waitForFunction(() => document.querySelector("[data-testid=describe-result]")?.textContent?.includes("Saved."));
    expect(await infoOf(DOCUMENTED)).toMatchObject({ title: before.title, source: "catalogue", siteNote: { title: "Ours rattles" } });
  });

  test.each(["light", "dark"] as const)(
    "nothing for a screen reader to stumble over, no sideways scrolling on a phone (%s)",
    async (scheme) => {
      const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme: scheme });
      const fresh = await phone.newPage();
      for (const path of [`/codes/${NEW}/site`, `/codes/${DOCUMENTED}/site`, "/codes?lane=undocumented"]) {
        await fresh.goto(`${site.url}${path}`);
        await fresh.getByRole("heading", { level: 1 }).first().waitFor();
        if (path.endsWith("/site")) {
          await fresh.getByRole("heading", { name: "Seen here" }).waitFor();
          await fresh.getByRole("button", { name: "Show what would be shared" }).click();
          await fresh.getByTestId("contribution").waitFor();
        }
        const { violations } = await new AxeBuilder({ page: fresh }).analyze();
        expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
        expect(await fresh.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      }
      await fresh.close();
    },
  );

  test("speaks the reader's language", async () => {
    const german = await browser.newContext({ locale: "de-DE", viewport: { width: 360, height: 740 } });
    const fresh = await german.newPage();
    await fresh.goto(`${site.url}/codes/${NEW}/site`);
    await fresh.getByRole("heading", { name: "Selbst beschreiben" }).waitFor();
    expect(await fresh.getByTestId("raises").innerText()).toBe("einmal");
    expect(await fresh.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await german.close();
  });
});
