/** Codes of the printer come through once each, both ways, over restarts too. */
import { describe, expect, it } from "vitest";
import { at } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import { emptySnapshot, type PrinterId, type Readings } from "../model/telemetry.ts";
import { native, type NativeState } from "./native.ts";

const A = "0300-0300-0001-0001" as HmsCode;
const B = "0700-2000-0002-0001" as HmsCode;
const E = "0300-8003" as HmsCode;
const F = "0700-8011" as HmsCode;

function run(steps: readonly Readings[]): string[][] {
  let state: NativeState = native.initial;
  return steps.map((readings) => {
    const step = native.step(state, { ...emptySnapshot("p1" as PrinterId), ...readings }, {}, at(0));
    // the edge keeps the state as JSON
    state = JSON.parse(JSON.stringify(step.state)) as NativeState;
    return step.findings.map((finding) => `${finding.status} ${finding.code}`);
  });
}

describe("native codes", () => {
  it.each<[string, Readings[], string[][]]>([
    ["nothing known, nothing said", [{}, {}], [[], []]],
    ["come, stay, go", [{ hmsCodes: [A] }, { hmsCodes: [A] }, { hmsCodes: [] }, { hmsCodes: [] }], [[`fail ${A}`], [], [`pass ${A}`], []]],
    ["an absent list says nothing", [{ hmsCodes: [A] }, {}, { hmsCodes: [A] }], [[`fail ${A}`], [], []]],
    ["order does not matter", [{ hmsCodes: [A, B] }, { hmsCodes: [B, A] }], [[`fail ${A}`, `fail ${B}`], []]],
    ["a code twice in a list is one", [{ hmsCodes: [A, A] }, { hmsCodes: [A] }], [[`fail ${A}`], []]],
    [
      "device errors are a channel of their own",
      [{ deviceCodes: [E], hmsCodes: [A] }, { deviceCodes: [] }],
      [[`fail ${A}`, `fail ${E}`], [`pass ${E}`]],
    ],
    ["one device error replaces another", [{ deviceCodes: [E] }, { deviceCodes: [F] }], [[`fail ${E}`], [`pass ${E}`, `fail ${F}`]]],
  ])("%s", (_name, steps, expected) => {
    expect(run(steps)).toEqual(expected);
  });
});
