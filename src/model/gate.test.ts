/** What stands in the way of a job, and what does not. */
import { describe, expect, it } from "vitest";
import { gateOf, type Obstacle } from "./gate.ts";

const OPEN = { startBlocked: false, resumeBlocked: false };
const NO_RESUME = { startBlocked: false, resumeBlocked: true };
const NO_START = { startBlocked: true, resumeBlocked: true };

describe("the gate", () => {
  it.each<[string, readonly Obstacle[], object]>([
    ["nothing held", [], OPEN],
    ["an error", [{ level: 1, lane: "documented" }], NO_START],
    ["a warning", [{ level: 2, lane: "documented" }], NO_RESUME],
    ["an info", [{ level: 3, lane: "documented" }], OPEN],
    ["an error nobody documented", [{ level: 1, lane: "undocumented" }], NO_START],
    ["a warning nobody documented", [{ level: 2, lane: "undocumented" }], NO_RESUME],
    ["internal codes", [1, 2].map((level) => ({ level, lane: "internal" }) as const), OPEN],
    [
      "an internal error beside a warning",
      [
        { level: 1, lane: "internal" },
        { level: 2, lane: "documented" },
      ],
      NO_RESUME,
    ],
    ["levels that do not exist", [0, 5, 6, 0xffff].map((level) => ({ level, lane: "undocumented" }) as const), OPEN],
  ])("with %s", (_what, held, gate) => {
    expect(gateOf(held)).toEqual(gate);
  });
});
