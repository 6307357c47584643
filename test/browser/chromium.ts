/** Debian's Chromium through playwright-core, and whether there is one. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const path = [process.env["CHROME_PATH"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (candidate) => candidate !== undefined && existsSync(candidate),
);

/** Undefined, and a word about it, where no browser is installed. */
export const browserPath = path;
if (path === undefined) console.warn("browser tests are skipped: no Chromium (Debian: apt-get install chromium, or set CHROME_PATH)");

export function launch(): Promise<Browser> {
  return chromium.launch({
    ...(path === undefined ? {} : { executablePath: path }),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
