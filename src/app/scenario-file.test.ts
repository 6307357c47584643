/** Scenario files: those that come with the project are sound, and every mistake is told with its line. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConfigError } from "../lib/errors.ts";
import { createMachine } from "../sim/machine.ts";
import { loadScenario, parseScenario, type Scenario } from "./scenario-file.ts";

const folder = join(import.meta.dirname, "../../scenarios");
const parse = (text: string, gcode = ";LAYER_CHANGE\nG1 X10 F600"): Scenario => parseScenario(text, "s.yaml", () => gcode);

function problems(text: string, gcode?: string): string {
  try {
    parse(text, gcode);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "none";
}

describe.each(readdirSync(folder))("%s", (name) => {
  test("is sound, and the printers' own codes come in their time", () => {
    const { printers, story, expects } = loadScenario(join(folder, name));
    const machines = printers.map(({ model, start, seed = 1, jobs = [] }) => createMachine({ model, start, seed, jobs }));
    const seen = new Set<string>();
    const endS = Math.max(0, ...expects.map(({ withinS }) => withinS));
    for (let second = 1; second <= endS; second++) {
      for (const { index, fault, atS } of story.visits) if (atS === second) machines[index]?.setFault(fault);
      for (const machine of machines) machine.advance(1);
      for (const { index, code, withinS } of expects)
        if (second <= withinS && machines[index]?.hms().includes(code) === true) seen.add(`${index} ${code}`);
    }
    expect([...seen].sort()).toEqual(expects.map(({ index, code }) => `${index} ${code}`).sort());
  });
});

test("a whole file is read", () => {
  const { printers, story, expects } = parse(`
printers:
  - { name: A, model: X1C, jobs: [{ gcode: x.gcode, pauses: [{ layer: 1, lasts: 9 }], cancelAt: 3 }] }
faults: [{ printer: A, name: sock-missing, at: 5, size: 0.5 }]
conditions: [{ printer: A, name: draught, at: 1, lasts: 2 }]
expects: [{ printer: A, code: 0300-8003, within: 10 }]`);
  expect(printers[0]?.jobs?.[0]).toMatchObject({
    name: "x",
    layers: 1,
    interludes: [
      { kind: "pause", layer: 1, lastsS: 9 },
      { kind: "cancel", layer: 3 },
    ],
  });
  expect(story).toEqual({
    visits: [
      { atS: 5, index: 0, fault: "sock-missing", size: 0.5 },
      { atS: 1, index: 0, fault: "draught", lastsS: 2 },
    ],
    later: "nothing",
  });
  expect(expects).toEqual([{ index: 0, code: "0300-8003", withinS: 10 }]);
});

const ONE = "printers:\n  - { name: A, model: P1P }\n";
test.each([
  ["broken YAML", "printers: [", /s\.yaml:1: /],
  ["no printers", "about: x", /needs printers/],
  ["an unknown key", `${ONE}falts: []`, /s\.yaml:3: .*unknown key "falts"/],
  ["an unknown model", "printers:\n  - { name: A, model: Q9 }", /s\.yaml:2: .*X1C/],
  ["a name twice", `${ONE}  - { name: A, model: X1C }`, /s\.yaml:3: .*already/],
  ["an unknown printer", `${ONE}faults: [{ printer: B, name: rfid, at: 1 }]`, /s\.yaml:3: .*no printer "B".*A/],
  ["an unknown fault", `${ONE}faults:\n  - { printer: A, name: rfit, at: 1 }`, /s\.yaml:4: .*no fault "rfit"/],
  ["a fault the model cannot have", `${ONE}faults: [{ printer: A, name: chamber-hot, at: 1 }]`, /P1P cannot have chamber-hot/],
  ["a condition among faults", `${ONE}faults: [{ printer: A, name: draught, at: 1 }]`, /draught belongs under conditions/],
  ["a size of none", `${ONE}faults: [{ printer: A, name: rfid, at: 1, size: 0 }]`, /s\.yaml:3: .*size/],
  ["a code that is none", `${ONE}expects: [{ printer: A, code: X, within: 1 }]`, /write a code like/],
  ["an unknown plan", "printers:\n  - { name: A, model: P1P, jobs: [{ plan: Boat }] }", /no plan "Boat".*Test cube/],
  ["a job of nothing", "printers:\n  - { name: A, model: P1P, jobs: [{}] }", /either plan or gcode/],
])("%s is told", (_name, text, message) => expect(problems(text)).toMatch(message));

test("G-code without layers is told", () => {
  expect(problems("printers:\n  - { name: A, model: P1P, jobs: [{ gcode: a.gcode }] }", "G28")).toMatch(/has no layers/);
});
