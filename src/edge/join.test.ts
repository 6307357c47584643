/** One alert of many witnesses: tables of two detectors, and properties of any number of them, restarts included. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { HmsCode } from "../model/code.ts";
import type { Finding, ReportStatus } from "../model/report.ts";
import { createJoin } from "./join.ts";

const HEATER = "0300-0200-0001-0005" as HmsCode;
const FAN = "0300-0300-0001-0001" as HmsCode;

type Said = readonly [detector: string, status: ReportStatus, code?: HmsCode];

/** What goes on of each, over a restart between any two of them. */
function hear(words: readonly Said[]): (string | undefined)[] {
  let saved: unknown;
  return words.map(([detector, status, code = HEATER]) => {
    const join = createJoin(saved);
    const on = join.take(detector, { code, status });
    saved = JSON.parse(JSON.stringify(join.state())) as unknown;
    const also = on?.evidence?.["alsoSeenBy"];
    return on === undefined ? undefined : Array.isArray(also) ? `${on.status}, also ${also.join(" ")}` : on.status;
  });
}

const A = "heater-stuck-on";
const B = "native";

describe("what goes on", () => {
  test.each<[string, Said[], (string | undefined)[]]>([
    [
      "one detector by itself",
      [
        [A, "pass"],
        [A, "fail"],
        [A, "not_tested"],
        [A, "pass"],
      ],
      ["pass", "fail", "not_tested", "pass"],
    ],
    [
      "a second one that fails too names the first",
      [
        [A, "fail"],
        [B, "fail"],
      ],
      ["fail", `fail, also ${A}`],
    ],
    [
      "a pass waits for the last",
      [
        [A, "fail"],
        [B, "fail"],
        [A, "pass"],
        [B, "pass"],
      ],
      ["fail", `fail, also ${A}`, undefined, "pass"],
    ],
    [
      "the pass of one that never failed takes nothing back",
      [
        [A, "fail"],
        [B, "pass"],
        [A, "pass"],
      ],
      ["fail", undefined, "pass"],
    ],
    [
      "not tested hides no other's fail",
      [
        [A, "fail"],
        [B, "fail"],
        [B, "not_tested"],
        [A, "not_tested"],
      ],
      ["fail", `fail, also ${A}`, undefined, "not_tested"],
    ],
    [
      "who can test it has the word over who no longer can",
      [
        [A, "fail"],
        [A, "not_tested"],
        [B, "pass"],
      ],
      ["fail", "not_tested", "pass"],
    ],
    [
      "the same word twice",
      [
        [A, "fail"],
        [A, "fail"],
        [A, "pass"],
      ],
      ["fail", "fail", "pass"],
    ],
    [
      "codes are apart",
      [
        [A, "fail"],
        [B, "pass", FAN],
        [B, "fail", FAN],
        [A, "pass"],
      ],
      ["fail", "pass", "fail", "pass"],
    ],
  ])("%s", (_name, words, expected) => {
    expect(hear(words)).toEqual(expected);
  });
});

test("the evidence of the second stays, and what it says beside", () => {
  const join = createJoin();
  join.take(A, { code: HEATER, status: "fail" });
  const evidence = { says: "240 °C without power", riseC: 12 };
  expect(join.take(B, { code: HEATER, status: "fail", value: 240, evidence })).toEqual({
    code: HEATER,
    status: "fail",
    value: 240,
    evidence: { ...evidence, alsoSeenBy: [A] },
  });
});

test("what a detector said that was taken away is taken back, unless another still says it", () => {
  const join = createJoin({ [HEATER]: { gone: "fail", [B]: "fail" }, [FAN]: { gone: "not_tested" } });
  const findings = join.prune((detector) => detector !== "gone");
  expect(findings).toEqual([
    {
      detector: "gone",
      finding: { code: FAN, status: "pass", evidence: { reason: expect.stringContaining("the detector gone no longer") } },
    },
  ]);
  expect(join.state()).toEqual({ [HEATER]: { [B]: "fail" } });
});

test.each([undefined, null, [], "x", { a: 1, b: [], c: {}, d: { e: "pass", f: 2 } }])(
  "a saved state of another shape (%j) is none",
  (saved) => {
    expect(createJoin(saved).state()).toEqual({});
  },
);

const word = fc.record({
  detector: fc.constantFrom("a", "b", "c"),
  code: fc.constantFrom(HEATER, FAN),
  status: fc.constantFrom<ReportStatus>("fail", "pass", "not_tested"),
  restart: fc.boolean(),
});

test("central has a code for failed while anybody's last word is fail, and no more when all have passed", () => {
  fc.assert(
    fc.property(fc.array(word, { maxLength: 60 }), (words) => {
      let join = createJoin();
      const central = new Set<HmsCode>();
      const last = new Map<string, ReportStatus>();
      for (const { detector, code, status, restart } of words) {
        if (restart) join = createJoin(JSON.parse(JSON.stringify(join.state())));
        const on: Finding | undefined = join.take(detector, { code, status });
        if (on?.status === "fail") central.add(code);
        if (on?.status === "pass") central.delete(code);
        last.set(`${code} ${detector}`, status);
        const said = ["a", "b", "c"].map((one) => last.get(`${code} ${one}`));
        expect(join.stands(code)).toBe(central.has(code));
        if (said.includes("fail")) expect(central.has(code)).toBe(true);
        if (said.every((one) => one === undefined || one === "pass")) expect(central.has(code)).toBe(false);
      }
    }),
  );
});
