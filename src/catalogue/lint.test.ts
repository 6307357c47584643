/** The real catalogue is clean, and each kind of slip is found in a small folder that has just that one, with its file and line. */
import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { ConfigError, formatProblem } from "../lib/errors.ts";
import { lintCatalogue } from "./lint.ts";
import { loadCatalogue } from "./load.ts";

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
const GOOD: Readonly<Record<string, string>> = {
  "causes.yaml": "mat-short: The mat is shorted.\ncable-worn: The cable is worn.\nspool-empty: The spool is empty.\n",
  "checks.yaml": "pull-plug:\n  text: Pull the plug.\n  minutes: 1\n  powerOff: true\nload:\n  text: Put a spool into {slot}.\n",
  "conditions.yaml": "short-circuit: short circuit\nrun-out: ran out\n",
  "parts.yaml": "03:\n  01: heatbed\n07:\n  2s: filament\n18:\n  2s: filament\n",
  "internal.yaml": "codes: [0500-0600-0002-0070]\n",
  "03/01-heatbed.yaml": HEATBED,
  "03/device.yaml": DEVICE,
  "07/20-filament.yaml": FILAMENT,
};

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
      "03/01-heatbed.yaml:8: entries[0].causes.cable-gone: cable-gone is not in causes.yaml",
    ],
    [
      "an unknown step",
      heatbed("[pull-plug]", "[push-plug]"),
      "03/01-heatbed.yaml:9: entries[0].steps[0]: push-plug is not in checks.yaml",
    ],
    [
      "an unknown suppressed code",
      heatbed("suppresses: [0300-8009]", "suppresses: [0300-8010]"),
      "03/01-heatbed.yaml:10: entries[0].suppresses[0]: 0300-8010 stands in no entry",
    ],
    ["a circle of causes", { "03/device.yaml": `${DEVICE}    suppresses: [0300-0100-0001-0001]\n` }, "causes must not form a circle"],
    [
      "an unknown placeholder",
      filament("is empty", "in {where} is empty"),
      "07/20-filament.yaml:4: entries[0].summary: {where} is no placeholder",
    ],
    ["an unknown placeholder in a check", edit("checks.yaml", "{slot}", "{slots}"), "{slots} is no placeholder"],
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
      "an unused cause",
      { "causes.yaml": `${GOOD["causes.yaml"]}gremlins: Gremlins did it.\n` },
      "causes.yaml:4: gremlins: no entry uses this",
    ],
    [
      "an unused check",
      { "checks.yaml": `${GOOD["checks.yaml"]}dance:\n  text: Dance around it.\n` },
      "checks.yaml:7: dance: no entry uses this",
    ],
    ["an unused condition", { "conditions.yaml": `${GOOD["conditions.yaml"]}fire: fire\n` }, "conditions.yaml:3: fire: no entry uses this"],
    ["an internal code with an entry", { "internal.yaml": "codes:\n  - 0300-8009\n" }, "internal.yaml:2: codes[0]: 0300-8009 has an entry"],
    ["an internal code that is none", { "internal.yaml": "codes: [05000600]\n" }, "05000600 is no code"],
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
    await mkdir(join(dir, "03/02-folder.yaml"));
    expect((await lintCatalogue(dir)).map(formatProblem)).toEqual([expect.stringMatching(/02-folder\.yaml: cannot be read \(EISDIR/)]);
    const [gone] = await lintCatalogue(join(dir, "nowhere"));
    expect(gone?.message).toMatch(/^cannot be read \(ENOENT/);
  });

  test("an info is never urgent", async () => {
    const problems = await told({
      "07/20-filament.yaml": FILAMENT.replaceAll("0002-0001", "0003-0001").replace("normal", "urgent\n    why: So."),
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
