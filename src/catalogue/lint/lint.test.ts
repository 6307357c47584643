/** The real catalogue is clean, and each kind of slip is found in a small folder that has just that one, with its file and line. */
import { mkdtemp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigError, formatProblem } from "../../lib/errors.ts";
import { lintCatalogue } from "./lint.ts";
import { loadCatalogue } from "../load.ts";

const HEATBED = `entries:
  - codes: [0300-0100-0001-0001]
    title: Heater mat shorted
    summary: The bed draws too much current.
    condition: short-circuit
    priority: urgent
    why: Mains voltage.
    causes: { mat-short: likely, cable-worn: possible }
    steps: [pull-plug]
    suppresses: [0300-8009]
`;
const DEVICE = `entries:
  - codes: [0300-8009]
    title: Bed temperature is wrong
    summary: The bed temperature cannot be trusted.
    condition: short-circuit
    priority: normal
    causes: { mat-short: likely }
    steps: [pull-plug]
`;
const FILAMENT = `entries:
  - codes: [07uu-2s00-0002-0001, 18uu-2s00-0002-0001]
    title: "{place}: filament ran out"
    summary: The spool in {place} is empty.
    condition: run-out
    priority: normal
    causes: { spool-empty: likely }
    steps: [load]
`;
const DRAWINGS = `parts:
  "03":
    "01": heatbed
modules: {}
drawings:
  - { name: Bed, file: bed.svg }
`;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><g data-part="heatbed"><title>Heatbed</title></g></svg>\n`;
const GOOD: Readonly<Record<string, string>> = {
  "causes/common.yaml": `mat-short: { text: The mat is shorted., kind: defect }
cable-worn: { text: The cable is worn., kind: wear }
spool-empty: { text: The spool is empty., kind: material }
`,
  "checks/common.yaml": `pull-plug:
  text: Pull the plug.
  kind: do
  minutes: 1
  powerOff: true
  finds: [mat-short]
  fixes: [cable-worn]
load:
  text: Put a spool into {slot}.
  kind: do
  minutes: 2
  fixes: [spool-empty]
`,
  "conditions.yaml": "short-circuit: short circuit\nrun-out: ran out\n",
  "parts.yaml": "03:\n  01: heatbed\n07:\n  2s: filament\n18:\n  2s: filament\n",
  "own-numbers.yaml": "F000-0100-0003-0001: run-out\n",
  "facts/known.yaml": "codes:\n  - 03 00 01 0001 0001\n  - 07 00-07 20-23 0002 0001\n  - 03 00 8009\n",
  "facts/actions.yaml": "words: { go: Go on }\noffers:\n  - actions: [go]\n    codes: [03 00 8009]\n",
  "facts/pages.yaml": "host: https://maker.test\nown: []\nshared: []\n",
  "drawings.yaml": DRAWINGS,
  "drawings/bed.svg": SVG,
  "03/01-heatbed.yaml": HEATBED,
  "03/device.yaml": DEVICE,
  "07/20-filament.yaml": FILAMENT,
};

/** An entry of our own. */
const OWN = (code: string): Readonly<Record<string, string>> => ({
  "F0/own-hms.yaml": `entries:
  - codes: [${code}]
    title: Printer is gone
    summary: The printer does not answer.
    condition: run-out
    priority: low
    causes: { spool-empty: likely }
    steps: [load]
`,
  "parts.yaml": `${GOOD["parts.yaml"]}F0:\n  01: printer connection\n`,
});

const made: string[] = [];
afterAll(async () => {
  for (const dir of made) await rm(dir, { recursive: true, force: true });
});

async function folder(changes: Readonly<Record<string, string | undefined>>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "openhms-catalogue-"));
  made.push(dir);
  for (const [name, text] of Object.entries({ ...GOOD, ...changes })) {
    if (text === undefined) continue;
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  return dir;
}

/** The problems of a folder as `file:line: path: message`, without the folder's own path. */
async function told(changes: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> {
  const dir = await folder(changes);
  return (await lintCatalogue(dir)).map((problem) => formatProblem(problem).replace(`${dir}/`, ""));
}

const edit = (name: string, from: string, to: string) => {
  const text = GOOD[name] ?? "";
  if (!text.includes(from)) throw new Error(`${from} is not in ${name}`);
  return { [name]: text.replace(from, to) };
};
const heatbed = (from: string, to: string) => edit("03/01-heatbed.yaml", from, to);
const filament = (from: string, to: string) => edit("07/20-filament.yaml", from, to);

describe("lint", () => {
  test("the real catalogue has no problem", async () => {
    expect((await lintCatalogue()).map(formatProblem)).toEqual([]);
  });

  test("the small good folder has none, and loads", async () => {
    expect(await told({})).toEqual([]);
    expect((await loadCatalogue({ dir: await folder({}) })).stats().entries).toBe(3);
  });

  const long =
    "This sentence has far too many words for somebody who stands in front of a machine that has just stopped and who wants to know what to do";
  const cases: readonly (readonly [string, Readonly<Record<string, string | undefined>>, string])[] = [
    ["broken YAML", heatbed("codes: [", "codes: [["), "03/01-heatbed.yaml:"],
    ["a key twice", heatbed("    why:", "    title: Again\n    why:"), "03/01-heatbed.yaml:7"],
    ["an unknown key", heatbed("why:", "reason:"), "03/01-heatbed.yaml:7: entries[0].reason: unknown key"],
    ["a missing key", heatbed("    summary: The bed draws too much current.\n", ""), "03/01-heatbed.yaml:2: entries[0]:"],
    ["a priority that is none", heatbed("urgent", "extreme"), "03/01-heatbed.yaml:6: entries[0].priority: not one of the allowed words"],
    [
      "a likelihood that is none",
      heatbed("mat-short: likely", "mat-short: sure"),
      "03/01-heatbed.yaml:8: entries[0].causes.mat-short: not one of the allowed words",
    ],
    ["a missing file", { "conditions.yaml": undefined }, "conditions.yaml: this file is missing"],
    ["a stray file", { "notes.yaml": "a: b\n" }, "notes.yaml:1: no file of this name belongs here"],
    [
      "a code that is none",
      heatbed("0300-0100-0001-0001", "0300-0100-0001"),
      "03/01-heatbed.yaml:2: entries[0].codes[0]: 0300-0100-0001 is no code",
    ],
    [
      "a code twice",
      edit("03/device.yaml", "[0300-8009]", "[0300-8009, 0300-8009]"),
      "03/device.yaml:2: entries[0].codes[1]: 0300-8009 already stands in 03/device.yaml",
    ],
    [
      "two levels in one entry",
      heatbed("[0300-0100-0001-0001]", "[0300-0100-0001-0001, 0300-0100-0002-0001]"),
      "codes of one entry have one level",
    ],
    ["the wrong folder", heatbed("0300-0100-0001-0001", "0500-0100-0001-0001"), "does not belong into the folder 03"],
    ["a device error in a part's file", heatbed("0300-0100-0001-0001", "0300-4001"), "device errors stand in device*.yaml"],
    ["a part without a name", heatbed("0300-0100-0001-0001", "0300-0200-0001-0001"), "part 02 of module 03 has no name in parts.yaml"],
    [
      "a number of our own in a vendor's file",
      heatbed("0300-0100-0001-0001", "0300-0100-0001-E001"),
      "numbers of E000 or above are our own",
    ],
    [
      "a vendor's number in a file of ours",
      { "03/own-heatbed.yaml": HEATBED.replace("0001-0001", "0001-0009").replace("Heater mat", "Our mat") },
      "a code of our own has a number of E000 or above",
    ],
    ["a status value", edit("03/device.yaml", "0300-8009", "0300-0002"), "0300-0002 is no code"],
    [
      "an unknown condition",
      heatbed("condition: short-circuit", "condition: sadness"),
      "03/01-heatbed.yaml:5: entries[0].condition: sadness is not in conditions.yaml",
    ],
    [
      "an unknown cause",
      heatbed("cable-worn", "cable-gone"),
      "03/01-heatbed.yaml:8: entries[0].causes.cable-gone: cable-gone stands in no file of causes/",
    ],
    [
      "an unknown step",
      heatbed("[pull-plug]", "[push-plug]"),
      "03/01-heatbed.yaml:9: entries[0].steps[0]: push-plug stands in no file of checks/",
    ],
    [
      "an unknown suppressed code",
      heatbed("suppresses: [0300-8009]", "suppresses: [0300-8010]"),
      "03/01-heatbed.yaml:10: entries[0].suppresses[0]: 0300-8010 stands in no entry",
    ],
    [
      "an unknown cause that explains",
      filament("priority: normal", "priority: normal\n    explainedBy: [0300-8010]"),
      "07/20-filament.yaml:7: entries[0].explainedBy[0]: 0300-8010 stands in no entry",
    ],
    [
      "a quieter one that explains",
      heatbed("    suppresses:", "    explainedBy: [07uu-2s00-0002-0001]\n    suppresses:"),
      "0300-0100-0001-0001 is urgent: what hides it must be told at least as loud",
    ],
    [
      "a circle of causes said from both ends",
      heatbed("    suppresses:", "    explainedBy: [0300-8009]\n    suppresses:"),
      "entries[0].explainedBy[0]: 0300-8009 leads back to this entry: causes must not form a circle",
    ],
    ["a circle of causes", { "03/device.yaml": `${DEVICE}    suppresses: [0300-0100-0001-0001]\n` }, "causes must not form a circle"],
    [
      "an unknown placeholder",
      filament("is empty", "in {where} is empty"),
      "07/20-filament.yaml:4: entries[0].summary: {where} is no placeholder",
    ],
    ["an unknown placeholder in a check", edit("checks/common.yaml", "{slot}", "{slots}"), "{slots} is no placeholder"],
    [
      "a title that is too long",
      filament("filament ran out", "no more filament is left on the spool that feeds this"),
      "07/20-filament.yaml:3: entries[0].title: 70 characters once filled in",
    ],
    [
      "a family's title without its place",
      filament('"{place}: filament ran out"', "Filament ran out"),
      "a family's title names its {unit} or {place}",
    ],
    ["a title with a full stop", heatbed("mat shorted", "mat shorted."), "a title has no full stop"],
    ["a text without a full stop", heatbed("too much current.", "too much current"), "ends with a full stop"],
    [
      "a text that reads like a law",
      heatbed(
        "The bed draws too much current.",
        "Temperature regulation malfunctions because overcurrent protection deactivated heating elements.",
      ),
      "03/01-heatbed.yaml:4: entries[0].summary: reads like a law (LIX 1",
    ],
    ["a hedge", heatbed("The bed draws", "Please note that the bed draws"), 'say it without "Please"'],
    ["a long sentence", heatbed("The bed draws too much current.", `${long}.`), "a sentence has more than 25 words"],
    ["urgent without a why", heatbed("    why: Mains voltage.\n", ""), "urgent and high need a why"],
    [
      "a hazard without its marks",
      { ...heatbed("condition: short-circuit", "condition: fire"), "conditions.yaml": `${GOOD["conditions.yaml"]}fire: fire\n` },
      "fire needs a danger text",
    ],
    [
      "causes out of order",
      heatbed("mat-short: likely, cable-worn: possible", "mat-short: rare, cable-worn: likely"),
      "likely causes come first",
    ],
    [
      "a title twice",
      edit("03/device.yaml", "Bed temperature is wrong", "Heater mat shorted"),
      "03/device.yaml:3: entries[0].title: the same title stands in 03/01-heatbed.yaml",
    ],
    [
      "a part that nobody drew",
      edit("drawings.yaml", '"01": heatbed', '"01": [heatbed, bed-screws]'),
      "drawings.yaml:3: parts.03.01: no drawing has the part bed-screws",
    ],
    ["slots that nobody drew", edit("drawings.yaml", "modules: {}", 'modules: { "07": "slot-{slot}" }'), "no drawing has the part slot-1"],
    [
      "an entry that shows what nobody drew",
      heatbed("    priority:", "    shows: spool\n    priority:"),
      "03/01-heatbed.yaml:6: entries[0].shows",
    ],
    [
      "a drawing that is not there",
      edit("drawings.yaml", "file: bed.svg", "file: rack.svg"),
      "drawings.yaml:6: drawings[0].file: there is no",
    ],
    ["a drawing outside the table", { "drawings/other.svg": SVG }, "drawings/other.svg:1: drawings.yaml does not name this drawing"],
    [
      "a drawing with a script",
      { "drawings/bed.svg": SVG.replace("<g", "<script></script><g") },
      "drawings/bed.svg:1: <script> is not allowed",
    ],
    ["a drawing elsewhere", { "03/bed.svg": SVG }, "03/bed.svg:1: no file of this name belongs here"],
    [
      "an unused cause",
      { "causes/other.yaml": "gremlins: { text: Gremlins did it., kind: normal }\n" },
      "causes/other.yaml:1: gremlins: no entry uses this",
    ],
    [
      "an unused check",
      { "checks/common.yaml": `${GOOD["checks/common.yaml"]}dance:\n  text: Dance around it.\n  kind: do\n  minutes: 1\n` },
      "checks/common.yaml:13: dance: no entry uses this",
    ],
    ["an unused condition", { "conditions.yaml": `${GOOD["conditions.yaml"]}fire: fire\n` }, "conditions.yaml:3: fire: no entry uses this"],
    [
      "a cause that no step reaches",
      edit("checks/common.yaml", "  fixes: [cable-worn]\n", ""),
      "03/01-heatbed.yaml:8: entries[0].causes.cable-worn: no step of this entry finds or fixes cable-worn",
    ],
    [
      "a check that finds nothing known",
      edit("checks/common.yaml", "finds: [mat-short]", "finds: [mat-short, ghost]"),
      "common.yaml:1: pull-plug: ghost",
    ],
    [
      "one id in two files",
      { "causes/other.yaml": "mat-short: { text: Again., kind: defect }\n" },
      "causes/other.yaml:1: mat-short: mat-short stands already in causes/common.yaml",
    ],
    [
      "a known code without an entry",
      edit("facts/known.yaml", "0002 0001", "0002 0001-0002"),
      "facts/known.yaml:3: codes[1]: no entry explains 0700-2000-0002-0002 and 31 more",
    ],
    ["a line of codes that is none", edit("facts/known.yaml", "03 00 8009", "03 00 80xx"), "facts/known.yaml:4: codes[2]"],
    [
      "an action without words",
      edit("facts/actions.yaml", "actions: [go]", "actions: [stop]"),
      "facts/actions.yaml:3: offers[0].actions: stop has no words",
    ],
    [
      "a number of our own that nobody wrote down",
      OWN("F000-0100-0003-0002"),
      "F0/own-hms.yaml:2: entries[0].codes[0]: F000-0100-0003-0002 is not in own-numbers",
    ],
    [
      "a number of our own for another fault",
      { ...OWN("F000-0100-0003-0001"), ...edit("own-numbers.yaml", "run-out", "short-circuit") },
      "was given for short-circuit; take a new number for run-out",
    ],
  ];
  test.each(cases)("finds %s", async (_name, changes, expected) => {
    const problems = await told(changes);
    expect(
      problems.some((problem) => problem.includes(expected)),
      problems.join("\n"),
    ).toBe(true);
  });

  test("a folder that is no catalogue, or a file that cannot be read, is told and not thrown", async () => {
    expect((await lintCatalogue("/proc/self/task")).map((problem) => problem.message)).toContain("this file is missing");
    const dir = await folder({});
    await symlink(join(dir, "nowhere"), join(dir, "03/02-link.yaml"));
    expect((await lintCatalogue(dir)).map(formatProblem)).toEqual([expect.stringMatching(/02-link\.yaml: cannot be read \(ENOENT/)]);
    const [gone] = await lintCatalogue(join(dir, "nowhere"));
    expect(gone?.message).toMatch(/^cannot be read \(ENOENT/);
  });

  test("an info is never urgent", async () => {
    const problems = await told({
      "07/20-filament.yaml": FILAMENT.replaceAll("0002-0001", "0003-0001").replace("normal", "urgent\n    why: So."),
      ...edit("facts/known.yaml", "20-23 0002", "20-23 0003"),
    });
    expect(problems).toEqual(["07/20-filament.yaml:6: entries[0].priority: an info is never urgent or high"]);
  });

  test("loading refuses a bad folder with every problem at once", async () => {
    const dir = await folder({ ...heatbed("[pull-plug]", "[push-plug]"), ...filament("run-out", "gone") });
    const error = await loadCatalogue({ dir }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems.map((problem) => problem.line)).toEqual([9, 5]);
  });
});
