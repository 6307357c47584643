/** A lost connection counts after its delay, once, with the reason; it is over with the connection. */
import { expect, it } from "vitest";
import { at } from "../lib/time.ts";
import { emptySnapshot, type PrinterId } from "../model/telemetry.ts";
import { link, type LinkState, PRINTER_UNREACHABLE } from "./link.ts";

function run(steps: readonly [seconds: number, connected: boolean][], first: LinkState = link.initial): string[] {
  let state = first;
  return steps.map(([seconds, connected]) => {
    const snapshot = { ...emptySnapshot("p1" as PrinterId), connected, ...(connected ? {} : { linkReason: "cable out" }) };
    const step = link.step(state, snapshot, { onDelayS: 60 }, at(seconds * 1_000));
    state = JSON.parse(JSON.stringify(step.state)) as LinkState;
    return step.findings.map((finding) => [finding.status, finding.code, finding.evidence?.["reason"]].join(" ").trim()).join();
  });
}

const FAIL = `fail ${PRINTER_UNREACHABLE} cable out`;
const PASS = `pass ${PRINTER_UNREACHABLE}`;

it.each<[string, [number, boolean][], string[]]>([
  [
    "connected from the start",
    [
      [0, true],
      [1, true],
    ],
    [PASS, ""],
  ],
  [
    "never connected",
    [
      [0, false],
      [59, false],
      [60, false],
      [61, false],
    ],
    ["", "", FAIL, ""],
  ],
  [
    "a short gap",
    [
      [0, true],
      [10, false],
      [69, false],
      [69.5, true],
      [80, false],
      [139, false],
    ],
    [PASS, "", "", "", "", ""],
  ],
  [
    "lost and back",
    [
      [0, true],
      [10, false],
      [70, false],
      [500, false],
      [501, true],
      [502, true],
    ],
    [PASS, "", FAIL, "", PASS, ""],
  ],
  [
    "a clock that is set back",
    [
      [1000, false],
      [10, false],
      [69, false],
      [70, false],
    ],
    ["", "", "", FAIL],
  ],
])("%s", (_name, steps, expected) => {
  expect(run(steps)).toEqual(expected);
});

it.each<[string, unknown, [number, boolean][], string[]]>([
  [
    "a loss under way is measured anew: our own downtime is none of the printer's",
    { lostAt: 0, said: "pass" },
    [
      [10_000, false],
      [10_059, false],
      [10_060, false],
    ],
    ["", "", FAIL],
  ],
  ["a loss under way that was over when we came back", { lostAt: 0 }, [[10_000, true]], [PASS]],
  [
    "what was said stays said, and is taken back",
    { lostAt: 0, said: "fail" },
    [
      [10_000, false],
      [10_100, false],
      [10_101, true],
    ],
    ["", "", PASS],
  ],
])("after a restart: %s", (_name, saved, steps, expected) => {
  expect(run(steps, link.restore?.(saved as LinkState) ?? (saved as LinkState))).toEqual(expected);
});
