/** The static site in a scratch folder: a handful of codes of the real catalogue, every link leads somewhere, foreign folders stay. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Catalogue } from "../catalogue/catalogue.ts";
import { loadCatalogue } from "../catalogue/load.ts";
import { ConfigError, StartError } from "../lib/errors.ts";
import { parseCode } from "../model/code.ts";
import { type SiteOptions, exportSite } from "./catalogue-site.ts";

const CODES = ["0300-0100-0001-0001", "0700-2000-0002-0001", "0702-2100-0002-0001", "0300-8003", "0500-0300-0002-0014"];
const OWN = "F000-0100-0003-0001";

describe("the static site", () => {
  const scratch = mkdtempSync(join(tmpdir(), "openhms-static-"));
  const uiDir = join(scratch, "ui");
  let catalogue: Catalogue;
  let out: string;
  let made = 0;
  const printed: string[] = [];
  const terminal = { print: (line: string) => void printed.push(line), nowMs: () => 0 };
  const run = (more: Partial<SiteOptions> = {}) => exportSite(catalogue, { out, languages: ["en"], uiDir, ...more }, terminal);
  const read = (...path: string[]): string => readFileSync(join(out, ...path), "utf8");

  beforeAll(async () => {
    mkdirSync(join(uiDir, "help"), { recursive: true });
    for (const name of ["help/page.css", "help/page.js", "help/search.js", "favicon.svg"]) writeFileSync(join(uiDir, name), name);
    const all = await loadCatalogue();
    const only = CODES.map(parseCode);
    catalogue = {
      ...all,
      known: () => only,
      list: () => all.list().filter(({ code }) => code === OWN || CODES.includes(code)),
      language: (tags) => (["en", "de"].includes(tags[0] ?? "") ? (tags[0] ?? "") : "en"),
    };
  });
  beforeEach(() => {
    out = join(scratch, `site-${++made}`);
    printed.length = 0;
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  test("has a page for every code, known and own, and says how many", () => {
    run();
    expect(readdirSync(join(out, "codes")).toSorted()).toEqual([...CODES, OWN].toSorted());
    expect(read("codes", "0300-8003", "index.html")).toContain("<h1>Spaghetti seen, job paused</h1>");
    expect(printed.at(-1)).toMatch(/^6 pages \(en\) in .*: [\d.]+ MB in 0\.0 s\./);
  });

  test("every link inside leads to a file that is there, or to a code outside this handful; no other leaves but the maker's", () => {
    run({ languages: ["en", "de"] });
    const pages = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html"));
    expect(pages.length).toBe(14);
    for (const page of pages) {
      const text = read(page);
      for (const [tag, address = ""] of text.matchAll(/<[^>]+ (?:href|src|action)="([^"#]*)[^"]*"[^>]*>/g)) {
        if (address === "") continue;
        if (/^https?:/.test(address)) expect(tag, page).toContain('rel="noopener noreferrer"');
        else if (!/codes\/[0-9A-F-]+\/index\.html$/.test(address) || CODES.some((code) => address.includes(code)))
          expect(existsSync(join(out, dirname(page), address)), `${page}: ${address}`).toBe(true);
        expect(address, page).not.toMatch(/^\//);
      }
    }
    expect(read("de", "codes", "0300-8003", "index.html")).toContain('<html lang="de">');
    expect(read("codes", "0300-8003", "index.html")).toContain('href="../../de/codes/0300-8003/index.html"');
  });

  test("members of a family stand together in the list, and the search gets a script", () => {
    run();
    expect(read("index.html")).toContain("All units and slots (2)");
    const script = read("codes.js");
    const list = JSON.parse(script.slice("window.openhmsCodes=".length, -2)) as { groups: { also: string; members: string[][] }[] };
    expect(list.groups.flatMap(({ members }) => members.map(([code = ""]) => code)).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(
      [...CODES, OWN].toSorted((a, b) => (a < b ? -1 : 1)),
    );
    expect(list.groups.find(({ members }) => members[0]?.[0] === "0300-0100-0001-0001")?.also.split(" ")).toContain("bed");
  });

  test("with an address, printed pages carry its QR code", () => {
    run({ url: "https://help.test/hms" });
    expect(read("codes", "0300-8003", "index.html")).toContain('class="qr"');
    run({});
    expect(read("codes", "0300-8003", "index.html")).not.toContain('class="qr"');
  });

  test("an earlier export is replaced whole, and what somebody added beside it stays", () => {
    run({ languages: ["en", "de"] });
    writeFileSync(join(out, "CNAME"), "help.test");
    mkdirSync(join(out, "codes", "0300-0000-0001-0001"));
    run();
    expect(readdirSync(out).toSorted()).toEqual(
      ["CNAME", "codes", "codes.js", "icon.svg", "index.html", "openhms-site.json", "page.css", "page.js", "search.js"].toSorted(),
    );
    expect(existsSync(join(out, "codes", "0300-0000-0001-0001"))).toBe(false);
  });

  test("a folder with something else in it is refused and untouched, a file too", () => {
    mkdirSync(out);
    writeFileSync(join(out, "thesis.txt"), "dear");
    expect(() => run()).toThrow(StartError);
    expect(readdirSync(out)).toEqual(["thesis.txt"]);
    expect(() => run({ out: join(out, "thesis.txt") })).toThrow(/is no folder/);
    for (const marker of ["", "7", "{}"]) {
      writeFileSync(join(out, "openhms-site.json"), marker);
      expect(() => run()).toThrow(/no earlier export/);
    }
  });

  test("nothing outside the folder is removed, whatever stands in an earlier export", () => {
    const precious = join(scratch, "precious");
    mkdirSync(precious, { recursive: true });
    writeFileSync(join(precious, "file"), "x");
    mkdirSync(out);
    symlinkSync(precious, join(out, "codes"));
    writeFileSync(join(out, "openhms-site.json"), JSON.stringify({ languages: ["../precious", "de/../../precious"] }));
    run();
    expect(readFileSync(join(precious, "file"), "utf8")).toBe("x");
  });

  test.each([
    [{ languages: ["en", "xx"] }, /the catalogue has no "xx"/],
    [{ url: "help.test" }, /--url: an address/],
    [{ url: "http://" }, /--url: an address/],
    [{ url: `https://help.test/${"a".repeat(4_000)}` }, /--url: an address/],
  ])("%o is a mistake in the command", (more, message) => {
    expect(() => run(more)).toThrow(ConfigError);
    expect(() => run(more)).toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  test("without a build it says what to run", () => {
    expect(() => run({ uiDir: undefined })).toThrow(/npm run build/);
    expect(() => run({ uiDir: scratch })).toThrow(/npm run build/);
  });
});
