/** What may not stand in the log, and how much strangers may write into it. */
import { describe, expect, it } from "vitest";
import { createRedactor, limitLog } from "./log.ts";
import { at, createFakeClock } from "./time.ts";

describe("a registered secret", () => {
  it.each(["plain-secret", 'with "quotes"', "back\\slash", "new\nline", "a b&c/d?e", "geheim-ß"])("%j is in no line", (secret) => {
    const redactor = createRedactor();
    redactor.add(secret);
    const line = JSON.stringify({ reason: `before ${secret} after`, url: `ntfy://x?auth=${encodeURIComponent(secret)}` });
    const cleaned = redactor.clean(line);
    expect(JSON.parse(cleaned)).toEqual({ reason: "before *** after", url: "ntfy://x?auth=***" });
    expect(redactor.clean(`text ${secret}`)).toBe("text ***");
  });
});

describe("the limited log", () => {
  it("writes so many lines a minute, and says how many it left out", () => {
    const lines: unknown[] = [];
    const write = (fields: object, message: string): void => void lines.push([fields, message]);
    const clock = createFakeClock(at(0));
    const log = limitLog({ debug: write, info: write, warn: write, error: write }, clock, 2);
    for (let i = 0; i < 5; i++) log.warn({ i }, "knock");
    expect(lines).toEqual([
      [{ i: 0 }, "knock"],
      [{ i: 1 }, "knock"],
    ]);
    clock.advanceTo(at(59_999));
    log.error({ i: 5 }, "knock");
    expect(lines).toHaveLength(2);
    clock.advanceTo(at(60_000));
    log.error({ i: 6 }, "knock");
    log.error({ i: 7 }, "knock");
    expect(lines.slice(2)).toEqual([
      [{ i: 6, unsaidBefore: 4 }, "knock"],
      [{ i: 7 }, "knock"],
    ]);
  });
});
