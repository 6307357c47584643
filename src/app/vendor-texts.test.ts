/** Where commands without a central look for what a site imported. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ConfigError } from "../lib/errors.ts";
import { dataFolder } from "./data-folder.ts";
import { openVendorTexts } from "./vendor-texts.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openhms-data-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function configOf(text: string): string {
  const file = join(folder, "site.yaml");
  writeFileSync(file, text);
  return file;
}

test.each([
  ["storage: sqlite:./state/openhms.db", "state"],
  ["storage: sqlite:openhms.db\nprinters: [{ id: a, accessCode: ${NOT_SET} }]", "."],
  ["", "."],
  ["http: { port: 1 }", "."],
])("the folder of the database: %j", (text, expected) => {
  expect(dataFolder({ config: configOf(text) })).toBe(resolve(folder, expected));
});

test("what is said on the command line comes first", () => {
  expect(dataFolder({ data: folder, config: "/nowhere.yaml" })).toBe(folder);
});

test.each(["storage: postgres://x/y", "storage: [", "storage: sqlite:${HOME_OF_DATA}/x.db", "storage: 7"])("%j tells no folder", (text) => {
  expect(() => dataFolder({ config: configOf(text) })).toThrow(ConfigError);
});

test("a code is explained all the same, and the reason is told", () => {
  const told: string[] = [];
  const texts = openVendorTexts({ config: join(folder, "none.yaml") }, (line) => void told.push(line));
  expect(texts.of("0300-8005" as never)).toEqual([]);
  expect(told).toEqual([expect.stringContaining("without the maker's texts")]);
});
