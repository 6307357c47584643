/** What counts as the disk's fault and not as ours. */
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isDiskError } from "./errors.ts";

function thrown(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

test.skipIf(process.platform !== "linux")("a full disk, and a folder where a file should be, are the disk's", () => {
  expect(isDiskError(thrown(() => writeFileSync("/dev/full", "x")))).toBe(true);
  expect(isDiskError(thrown(() => readFileSync("/")))).toBe(true);
});

test("a defect is not", () => {
  expect(isDiskError(new TypeError("x is not a function"))).toBe(false);
  expect(isDiskError(Object.assign(new Error("made up"), { code: "EACCES" }))).toBe(false);
  expect(isDiskError("EACCES")).toBe(false);
});
