/** A lost connection counts after its delay, once, with the reason; it is over with the connection. */
import { expect, it } from "vitest";
import { at } from "../lib/time.ts";
import { emptySnapshot, type PrinterId } from "../model/telemetry.ts";
import { link, type LinkState, PRINTER_UNREACHABLE } from "./link.ts";

function run(steps: readonly [seconds: number, connected: boolean][]): string[] {
  let state: LinkState = link.initial;
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
