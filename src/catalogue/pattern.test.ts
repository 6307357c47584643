/** Patterns find their codes, the most exact one first, and give back the members a person would name. */
import { describe, expect, test } from "vitest";
import type { HmsCode } from "../model/code.ts";
import { findByPattern, isPattern, memberBeside, memberOf, membersOf } from "./pattern.ts";

const code = (text: string) => text as HmsCode;

describe("patterns", () => {
  test.each([
    ["0300-0100-0001-0001", true],
    ["07uu-2s00-0002-0001", true],
    ["07ee-2000-0002-0001", true],
    ["0300-8003", true],
    ["07uu-8011", true],
    ["0300-0002", false],
    ["0300-01s0-0001-0001", false],
    ["07UU-2000-0002-0001", false],
    ["0300_0100_0001_0001", false],
    ["0300-0100-0001", false],
    ["", false],
  ])("%s is a pattern: %s", (text, expected) => {
    expect(isPattern(text)).toBe(expected);
  });

  const index = new Map(
    ["0701-2000-0002-0001", "07uu-2s00-0002-0001", "07ee-2000-0002-0001", "07uu-3000-0002-0001", "07uu-8011", "07ee-8011", "0300-8003"].map(
      (text) => [text, text],
    ),
  );
  test.each([
    ["0701-2000-0002-0001", "0701-2000-0002-0001"],
    ["0700-2000-0002-0001", "07uu-2s00-0002-0001"],
    ["0707-2300-0002-0001", "07uu-2s00-0002-0001"],
    ["0780-2100-0002-0001", "07uu-2s00-0002-0001"],
    ["0707-2400-0002-0001", undefined],
    ["07FF-2000-0002-0001", "07ee-2000-0002-0001"],
    ["07FE-2000-0002-0001", "07ee-2000-0002-0001"],
    ["0740-2000-0002-0001", undefined],
    ["0702-3000-0002-0001", "07uu-3000-0002-0001"],
    ["0705-8011", "07uu-8011"],
    ["07FF-8011", "07ee-8011"],
    ["0300-8003", "0300-8003"],
    ["0301-8003", undefined],
    ["0700-2001-0002-0001", undefined],
  ])("%s is found under %s", (text, pattern) => {
    expect(findByPattern(index, code(text))).toBe(pattern);
  });

  test("members", () => {
    expect(memberOf("07uu-2s00-0002-0001")).toBe("0700-2000-0002-0001");
    expect(memberOf("07ee-8011", { unit: 0xfe })).toBe("07FE-8011");
    expect(memberOf("18uu-2s00-0002-0001", { unit: 7, slotIndex: 3 })).toBe("1807-2300-0002-0001");
    expect(membersOf("07uu-2s00-0002-0001")).toHaveLength(32);
    expect(membersOf("07ee-8011")).toEqual(["07FE-8011", "07FF-8011"]);
    expect(membersOf("0300-8003")).toEqual(["0300-8003"]);
    expect(memberBeside("07uu-8011", code("0703-2100-0002-0001"))).toBe("0703-8011");
    expect(memberBeside("07uu-1s00-0002-0002", code("0703-2100-0002-0001"))).toBe("0703-1100-0002-0002");
  });
});
