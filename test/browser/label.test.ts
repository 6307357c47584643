/** "Was this real?" in a real browser: when it is asked, answering by mouse and by keyboard, what stands there after, in both languages. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Site, startSite } from "../site.ts";
import { browserPath, launch } from "./chromium.ts";

const HOTEND_FAN = "0300-0300-0001-0001";
const ID = `x1~${HOTEND_FAN}`;

interface Detail {
  readonly episodes: readonly { readonly n: number; readonly label: object | null }[];
}

describe.skipIf(browserPath === undefined)("was this real?", () => {
  let site: Site;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  beforeAll(async () => {
    site = await startSite();
    browser = await launch();
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-GB" });
    page = await context.newPage();
    site.printer("x1", { nozzleTempC: 219.6, nozzleTargetC: 220 });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  const address = `/alerts/${encodeURIComponent(ID)}`;
  const question = () => page.getByRole("group", { name: "Was this real?" });
  const answer = (name: string) => question().getByRole("radio", { name, exact: true });
  const labels = async () => {
    const detail = (await (await fetch(`${site.url}/api/v1${address}`)).json()) as Detail;
    return detail.episodes.map(({ n, label }) => [n, label]);
  };
  const saved = (words: string) =>
    page.waitForFunction((wanted) => document.querySelector("[data-testid=label-result]")?.textContent?.includes(wanted), words);

  test("is not asked while the alert is new, and asked without a dialog once somebody has seen it", async () => {
    await site.report("x1", HOTEND_FAN, "fail");
    await page.goto(`${site.url}${address}`);
    await page.getByTestId("alert-ack").waitFor();
    expect(await question().count()).toBe(0);
    await page.getByTestId("alert-ack").click();
    await question().waitFor();
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.getByRole("radio", { checked: true }).count()).toBe(0);
  });

  test("a click and a note are saved, and stand there after a reload, with who said so", async () => {
    await answer("Yes").check();
    await page.getByLabel("Note, if there is more to say").fill("the fan was <b>dead</b>");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await saved("Saved.");
    await page.reload();
    await question().waitFor();
    expect(await answer("Yes").isChecked()).toBe(true);
    expect(await page.getByTestId("label-said").innerText()).toMatch(/^local, .*: it was real$/);
    expect(await page.getByLabel("Note, if there is more to say").inputValue()).toBe("the fan was <b>dead</b>");
    expect(await page.getByRole("button", { name: "Save", exact: true }).isDisabled()).toBe(true);
    expect(await labels()).toEqual([[1, { verdict: "real", note: "the fan was <b>dead</b>", by: "local", at: expect.any(String) }]]);
  });

  test("the keyboard wanders over the answers without saving any; what is saved is told, and the focus goes on there", async () => {
    await answer("Yes").focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    expect(await answer("Not sure").isChecked()).toBe(true);
    expect(await labels()).toMatchObject([[1, { verdict: "real" }]]);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await saved("Saved.");
    expect(await page.getByTestId("label-result").evaluate((node) => node === document.activeElement)).toBe(true);
    expect(await labels()).toMatchObject([[1, { verdict: "false" }]]);
  });

  test("an episode that is over is asked of in the list; both words stand in the history", async () => {
    await site.report("x1", HOTEND_FAN, "pass");
    // after the off-delay of its level
    await page.getByText(/^Episode 1:.*lasted/).waitFor();
    await site.report("x1", HOTEND_FAN, "fail");
    await page.getByText(/^Episode 2:/).waitFor();
    // the new one is not asked of yet
    expect(await question().count()).toBe(0);
    await page.getByText(/^Episode 1:.*it was a false alert/).click();
    const group = page.getByRole("group", { name: "Was episode 1 real?" });
    await group.getByRole("radio", { name: "Not sure" }).check();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await saved("Saved.");
    expect(await labels()).toMatchObject([
      [2, null],
      [1, { verdict: "unsure" }],
    ]);
    await page.goto(`${site.url}/history`);
    await page.getByLabel("Event").selectOption("label");
    await page.getByText("not sure whether it was real: “the fan was <b>dead</b>”").waitFor();
    await page.getByText("it was a false alert: “the fan was <b>dead</b>”").waitFor();
    expect(await page.getByRole("cell", { name: /^Judged/ }).count()).toBe(3);
  });

  test("what was said is taken back", async () => {
    await page.goto(`${site.url}${address}`);
    await page.getByText(/^Episode 1:/).click();
    await page.getByRole("button", { name: "Take back" }).click();
    await saved("Taken back.");
    expect((await labels())[1]).toEqual([1, null]);
  });

  test.each([
    ["light", "en-GB", "Was this real?"],
    ["dark", "de-DE", "War die Meldung berechtigt?"],
  ] as const)("on a phone, %s, %s: nothing to stumble over, no sideways scrolling", async (colorScheme, locale, words) => {
    const id = `a1~${HOTEND_FAN}`;
    await site.report("a1", HOTEND_FAN, "fail");
    const headers = { "content-type": "application/json" };
    const label = { method: "POST", headers, body: JSON.stringify({ verdict: "unsure", note: "x".repeat(80) }) };
    expect((await fetch(`${site.url}/api/v1/alerts/${encodeURIComponent(id)}/label`, label)).status).toBe(200);
    const phone = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme, locale });
    const fresh = await phone.newPage();
    await fresh.goto(`${site.url}/alerts/${encodeURIComponent(id)}`);
    const group = fresh.getByRole("group", { name: words });
    await group.getByRole("radio").first().check();
    const { violations } = await new AxeBuilder({ page: fresh }).analyze();
    expect(violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html}`)).toEqual([]);
    expect(await fresh.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    const heights = await group.locator("label").evaluateAll((nodes) => nodes.map((node) => node.getBoundingClientRect().height));
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
    await phone.close();
  });
});
