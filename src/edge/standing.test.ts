/** Who said fail and has not passed: a table, what is taken back for those that are gone, and a property with restarts. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { HmsCode } from "../model/code.ts";
import type { ReportStatus } from "../model/report.ts";
import { createStanding } from "./standing.ts";

const HEATER = "0300-0200-0001-0005" as HmsCode;
const FAN = "0300-0300-0001-0001" as HmsCode;

test("each detector's word is its own", () => {
  const standing = createStanding();
  const note = (detector: string, status: ReportStatus, code = HEATER): boolean => standing.note(detector, { code, status });
  expect([note("a", "pass"), note("a", "fail"), note("a", "fail"), note("b", "fail")]).toEqual([false, false, true, false]);
  expect([note("a", "not_tested"), note("b", "pass"), note("b", "pass"), note("a", "pass", FAN)]).toEqual([true, true, false, false]);
  expect(standing.state()).toEqual({ [HEATER]: ["a"] });
  expect([note("a", "pass"), standing.state()]).toEqual([true, {}]);
});

test("what a detector said that was taken away is taken back, in its own name", () => {
  const standing = createStanding({ [HEATER]: ["gone", "native"], [FAN]: ["gone"] });
  const findings = standing.prune((detector) => detector !== "gone");
  const evidence = { reason: expect.stringContaining("the detector gone no longer") };
  expect(findings).toEqual([HEATER, FAN].map((code) => ({ detector: "gone", finding: { code, status: "pass", evidence } })));
  expect(standing.state()).toEqual({ [HEATER]: ["native"] });
});

test.each([undefined, null, [], "x", { a: 1, b: {}, c: [], d: [1, null] }])("a saved state of another shape (%j) is none", (saved) =>
  expect(createStanding(saved).state()).toEqual({}),
);

const word = fc.record({
  detector: fc.constantFrom("a", "b", "c"),
  code: fc.constantFrom(HEATER, FAN),
  status: fc.constantFrom<ReportStatus>("fail", "pass", "not_tested"),
  restart: fc.boolean(),
});

test("over restarts it knows whose last word that counts was fail", () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => {
      let standing = createStanding();
      const last = new Map<string, ReportStatus>();
      for (const { detector, code, status, restart } of words) {
        if (restart) standing = createStanding(JSON.parse(JSON.stringify(standing.state())));
        const key = `${code} ${detector}`;
        expect(standing.note(detector, { code, status })).toBe(last.get(key) === "fail");
        if (status !== "not_tested") last.set(key, status);
      }
    }),
  );
});
