/** The printer's own screen in a real browser: what must confirm, what stands at the right, and what happens when central goes away. */
import { decodeQR } from "qr/decode.js";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Site, startSite } from "../site.ts";
import { browserPath, launch } from "./chromium.ts";

const HOTEND_FAN = "0300-0300-0001-0001";
const OVER_TEMPERATURE = "0300-0200-0001-0003";
const COVER = "0300-1200-0002-0001";

describe.skipIf(browserPath === undefined)("the display", () => {
  let site: Site;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    site = await startSite({ publicUrl: "http://192.168.1.20:4670" });
    browser = await launch();
    page = await browser.newPage({ viewport: { width: 800, height: 480 } });
    site.printer("x1", { nozzleTempC: 219.6, nozzleTargetC: 220, progressPct: 42 });
    await page.goto(`${site.url}/display/x1`);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.stop();
  });

  const dialog = () => page.getByTestId("display-dialog");

  test("an error is a modal alert dialog with code, steps, gate and QR; Confirm acknowledges what was seen", async () => {
    await site.report("x1", HOTEND_FAN, "fail");
    await dialog().waitFor();
    expect(await dialog().getAttribute("role")).toBe("alertdialog");
    expect(await dialog().getAttribute("aria-modal")).toBe("true");
    const text = await dialog().innerText();
    expect(text).toContain(HOTEND_FAN);
    expect(text).toMatch(/cannot start/i);
    await page.keyboard.press("Escape");
    expect(await dialog().isVisible()).toBe(true);
    // the focus is trapped: twenty tabs do not leave the dialog
    for (let i = 0; i < 20; i++) await page.keyboard.press("Tab");
    expect(await dialog().evaluate((node) => node.contains(document.activeElement))).toBe(true);

    await page.getByTestId("display-confirm").click();
    await dialog().waitFor({ state: "detached" });
    const { items } = (await (await fetch(`${site.url}/api/v1/alerts?printer=x1`)).json()) as {
      items: { code: string; acknowledged: boolean; active: boolean }[];
    };
    expect(items).toMatchObject([{ code: HOTEND_FAN, acknowledged: true, active: true }]);
  });

  test("several errors queue, the worst first", async () => {
    await site.report("x1", "0300-0A00-0001-0001", "fail");
    await dialog().waitFor();
    await site.report("x1", OVER_TEMPERATURE, "fail");
    await page.waitForFunction(
      (code) => document.querySelector("[data-testid=display-dialog]")?.textContent?.includes(code),
      OVER_TEMPERATURE,
    );
    expect(await dialog().count()).toBe(1);
    await page.getByTestId("display-confirm").click();
    await page.waitForFunction(() => document.querySelector("[data-testid=display-dialog]")?.textContent?.includes("0300-0A00-0001-0001"));
    await page.getByTestId("display-confirm").click();
    await dialog().waitFor({ state: "detached" });
  });

  test("a warning is a card at the right edge that stays while active and asks for nothing", async () => {
    await site.report("x1", COVER, "fail");
    const card = page.getByTestId("display-warning").filter({ hasText: COVER });
    await card.waitFor();
    const box = await card.boundingBox();
    expect(box).not.toBeNull();
    expect((box?.x ?? 0) + (box?.width ?? 0) / 2).toBeGreaterThan(400);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeGreaterThan(760);
    expect(await dialog().count()).toBe(0);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(800);
  });

  test("the QR code opens the help page at the public address", async () => {
    await site.report("x1", "0300-0900-0001-0001", "fail");
    await dialog().waitFor();
    const qr = dialog().getByTestId("qr");
    await qr.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => document.querySelector<HTMLImageElement>("[data-testid=display-dialog] [data-testid=qr]")?.complete);
    expect(await readQr(page, "[data-testid=display-dialog] [data-testid=qr]")).toBe(
      "http://192.168.1.20:4670/codes/0300-0900-0001-0001?alert=x1~0300-0900-0001-0001",
    );
    await page.getByTestId("display-confirm").click();
    await dialog().waitFor({ state: "detached" });
  });

  test("when central goes away the screen says so; afterwards it shows what happened meanwhile", async () => {
    await site.running.stop();
    await page.getByTestId("display-disconnected").waitFor();
    await site.restart();
    await site.report("x1", "0300-0200-0001-0001", "fail");
    await site.report("x1", COVER, "pass");
    await dialog().waitFor({ timeout: 15_000 });
    expect(await dialog().innerText()).toContain("0300-0200-0001-0001");
    await page.getByTestId("display-disconnected").waitFor({ state: "detached" });
  });
});

/** Draws an image of the page on a canvas and reads the QR code in it. */
async function readQr(page: Page, selector: string): Promise<string> {
  const image = await page.evaluate((query) => {
    const element = document.querySelector<HTMLImageElement>(query);
    if (element === null) throw new Error(`nothing at ${query}`);
    const size = 400;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size;
    const context = canvas.getContext("2d");
    if (context === null) throw new Error("no canvas");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, size, size);
    context.drawImage(element, 20, 20, size - 40, size - 40);
    return { width: size, height: size, data: [...context.getImageData(0, 0, size, size).data] };
  }, selector);
  return decodeQR({ width: image.width, height: image.height, data: Uint8Array.from(image.data) });
}
