/** `openhms catalogue import` as its user sees it: what is said, what is kept, what a good and a bad file do to the answer. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { importTexts, type ImportCommand } from "./vendor-texts.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "openhms-import-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the files, runs the command over those named. */
async function run(files: Record<string, unknown>, options: ImportCommand = {}): Promise<{ good: boolean; said: string }> {
  const lines: string[] = [];
  const paths = Object.entries(files).map(([name, content]) => {
    const path = join(folder, name);
    if (content !== undefined) writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  });
  const terminal = { print: (line: string) => void lines.push(line), nowMs: () => Date.parse("2026-11-22T06:00:00Z") };
  const good = await importTexts(paths, options, join(folder, "data"), terminal);
  return { good, said: lines.join("\n").replaceAll(`${folder}/`, "") };
}

const answer = (version: number, intro = "Text.") => ({
  result: 0,
  ver: version,
  data: { device_hms: { de: [{ ecode: "0300010000010001", intro }] } },
});

test("says what it took, in place of what, and where it is", async () => {
  expect(await run({ "hms_de_094.json": answer(1) })).toEqual({
    good: true,
    said: "hms_de_094.json: answer_de_094: 1 code in de, for H2D, version 1\nThe maker's texts are kept in data",
  });
  expect((await run({ "hms_de_094.json": answer(2, "") })).said).toContain(
    "answer_de_094: 1 code in de, for H2D, version 2, 1 of them internal (the maker gives them no text), in place of version 1",
  );
  expect((await run({ "hms_de_094.json": answer(2, "") })).said).toContain("answer_de_094 is here already, the same");
});

test("a file that is refused does not stop the others, and is told", async () => {
  const { good, said } = await run({
    "hms_de_20P.json": answer(2),
    "hms_en.json": { device_hms: { "03000100000100\u001b1": "x" } },
    "gone.json": undefined,
    "unchanged.json": { result: 201, ver: 2 },
  });
  expect(good).toBe(false);
  expect(said).toContain("hms_de_20P.json: answer_de_20P: 1 code");
  expect(said).toMatch(/hms_en\.json: device_hms: .* is no code of 16 hex digits; nothing of this file is imported/);
  expect(said).toMatch(/gone\.json: cannot be read \(ENOENT/);
  expect(said).toContain("nothing to import: the maker's server said that the texts did not change since version 2");
  expect(said).not.toContain("\u001b");
});

test("an older version needs --force", async () => {
  await run({ "hms_de_094.json": answer(2) });
  expect(await run({ "hms_de_094.json": answer(1) })).toMatchObject({ good: false, said: expect.stringContaining("--force") as string });
  expect(await run({ "hms_de_094.json": answer(1) }, { force: true })).toMatchObject({ good: true });
});

describe("--list and --remove", () => {
  test("show and take away", async () => {
    expect((await run({}, { list: true })).said).toBe("No texts of the maker's are imported in data");
    await run({ "hms_de_094.json": answer(2) });
    writeFileSync(join(folder, "data/table_fr.json"), "{");
    const { said } = await run({}, { list: true });
    expect(said).toMatch(/answer_de_094 +de +H2D +2 +1 +0 +just now +hms_de_094\.json/);
    expect(said).toContain("table_fr cannot be read");
    expect((await run({}, { list: true, json: true })).said.split("\n").map((line) => JSON.parse(line) as object)).toMatchObject([
      { id: "answer_de_094", version: 2, codes: 1 },
      { id: "table_fr", damage: expect.any(String) as string },
    ]);
    await run({}, { remove: ["answer_de_094", "table_fr"] });
    expect(existsSync(join(folder, "data/answer_de_094.json"))).toBe(false);
    await expect(run({}, { remove: ["answer_de_094"] })).rejects.toThrow("there is no import");
  });
});
