/** The data folder: made with its parents, or refused with words, and never a start that hangs. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { StartError } from "../lib/errors.ts";
import { ensureFolder } from "./process.ts";

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "openhms-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("is made with its parents, and again is no fault", () => {
  const path = join(temporary(), "a", "b", "c");
  ensureFolder(path, "--data");
  ensureFolder(path, "--data");
  expect(existsSync(path)).toBe(true);
});

test.each(["file", "file/below"])("%s in the way is a clear refusal", (name) => {
  const folder = temporary();
  writeFileSync(join(folder, "file"), "");
  expect(() => ensureFolder(join(folder, name), "--data")).toThrow(StartError);
  expect(() => ensureFolder(join(folder, name), "--data")).toThrow(/--data/);
});

test.skipIf(!existsSync("/proc/self"))("a place where nobody may make folders is refused at once", () => {
  expect(() => ensureFolder("/proc/openhms/data", "--data")).toThrow(/cannot be written/);
});
