/** Packs: a folder and a zip give the same, a pack adds what it says, and one with any problem is left out whole, with file and line. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Catalogue } from "../catalogue.ts";
import { formatProblem } from "../../lib/errors.ts";
import { parseCode } from "../../model/code.ts";
import { compileKnowledge } from "../files/compiled.ts";
import { lintPack } from "../lint/lint.ts";
import { createCatalogue, loadCatalogue } from "../load.ts";
import { readPack } from "./pack-files.ts";
import { layPacks } from "./packs.ts";
import type { Knowledge } from "../files/shape.ts";
import { readSound } from "../files/sound.ts";
import { type ZipFile, zipOf } from "./zip.fixture.ts";

type Files = Readonly<Record<string, string | undefined>>;

const ENTRY = `entries:
  - codes: [E201-0100-0002-0001]
    title: Coolant is low
    summary: The tank of the spindle is nearly empty.
    condition: run-out
    priority: normal
    causes: { tank-empty: likely }
    steps: [fill-tank]
`;
const OWN_ENTRY = `entries:
  - codes: [0300-0100-0002-E7F1]
    title: The bed of the Mill-O-Matic is too cold
    summary: The bed does not reach its temperature.
    condition: under-temperature
    priority: normal
    causes: { bed-cable-loose: likely }
    steps: [inspect-bed-cable]
`;
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><g data-part="tank"><title>Tank</title><rect width="5" height="5"/></g></svg>`;
const PACK: Files = {
  "pack.yaml": "id: mill\nname: Mill-O-Matic\nversion: 1.2.0\nmaker: Mill\nlicence: CC0-1.0\nmodules: { E2: Spindle }\n",
  "causes/mill.yaml": "tank-empty: { text: The tank is empty., kind: material }\n",
  "checks/mill.yaml": "fill-tank:\n  text: Fill the tank.\n  kind: do\n  minutes: 5\n  fixes: [tank-empty]\n",
  "parts.yaml": "E2:\n  01: coolant tank\n",
  "own-numbers.yaml": "0300-0100-0002-E7F1: under-temperature\n",
  "E2/01-tank.yaml": ENTRY,
  "03/01-heatbed.yaml": OWN_ENTRY,
  "drawings.yaml": "parts: { E2: { 01: tank } }\nmodules: {}\ndrawings:\n  - { name: Mill, file: mill.svg, modules: [E2] }\n",
  "drawings/mill.svg": SVG,
  "messages.yaml": 'messages:\n  - { says: "coolant {level} %", code: E201-0100-0002-0001 }\n',
  "languages/de/causes.yaml": "tank-empty: Der Tank ist leer.\n",
  "languages/de/checks.yaml": "fill-tank: { text: Tank füllen. }\n",
  "languages/de/mill.yaml": "E201-0100-0002-0001:\n  title: Kühlmittel geht zur Neige\n  summary: Der Tank der Spindel ist fast leer.\n",
};
const CODE = parseCode("E201-0100-0002-0001");

const made: string[] = [];
afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))));

async function emptyFolder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "pack-"));
  made.push(dir);
  return dir;
}

async function folder(changes: Files = {}): Promise<string> {
  const dir = await emptyFolder();
  for (const [name, text] of Object.entries({ ...PACK, ...changes })) {
    if (text === undefined) continue;
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  return dir;
}

async function zip(files: readonly ZipFile[]): Promise<string> {
  const file = join(await emptyFolder(), "pack.zip");
  await writeFile(file, zipOf(files));
  return file;
}

const filesOf = (changes: Files = {}, top = ""): ZipFile[] =>
  Object.entries({ ...PACK, ...changes }).flatMap(([name, text]) => (text === undefined ? [] : [{ name: top + name, text }]));

let base: Knowledge;
beforeAll(async () => {
  base = await readSound();
});

/** As `loadCatalogue` does it, without reading the project's own files for each test. */
async function load(...paths: string[]): Promise<Catalogue> {
  const { knowledge, packs } = layPacks(base, await Promise.all(paths.map((path) => readPack(path))));
  return createCatalogue(knowledge, new Map(), packs);
}

/** Why packs were left out, without the folder's own path. */
async function told(...paths: string[]): Promise<readonly string[]> {
  const problems = (await load(...paths)).packs().flatMap((pack) => pack.problems.map(formatProblem));
  return problems.map((text) => paths.reduce((left, path) => left.replaceAll(path, "PACK"), text));
}

describe("a pack", () => {
  test("adds codes, a module, a part, a drawing, messages and a translation", async () => {
    const catalogue = await loadCatalogue({ packs: { paths: [await folder()], builtIn: false } });
    expect(catalogue.packs()).toMatchObject([{ id: "mill", version: "1.2.0", licence: "CC0-1.0", loaded: true, entries: 2, problems: [] }]);
    const found = catalogue.explain(CODE);
    expect(found).toMatchObject({ title: "Coolant is low", moduleName: "Spindle", partName: "coolant tank", pack: "mill", language: "en" });
    expect(found.steps.map(({ text }) => text)).toEqual(["Fill the tank."]);
    expect(catalogue.explain(CODE, "de")).toMatchObject({ title: "Kühlmittel geht zur Neige", language: "de", pack: "mill" });
    expect(catalogue.explain(CODE, "de").causes.map(({ text }) => text)).toEqual(["Der Tank ist leer."]);
    expect(catalogue.drawing(CODE)?.svg).toContain("data-part");
    expect(catalogue.fromMessage("!! coolant 3 %")).toEqual({ code: CODE, fields: { level: "3" } });
    expect(catalogue.search("spindle coolant", 5)[0]).toMatchObject({ code: CODE, module: "Spindle" });
    expect(catalogue.stats().modules.find(({ module }) => module === 0xe2)).toMatchObject({ name: "Spindle", entries: 1 });
  });

  test("does not touch what the project explains", async () => {
    const [plain, packed] = [await load(), await load(await folder())];
    expect(plain.packs()).toEqual([]);
    for (const { code } of plain.list()) {
      const { related: _, ...before } = plain.explain(parseCode(code));
      const { related: __, ...after } = packed.explain(parseCode(code));
      expect(after).toEqual(before);
    }
    expect(plain.explain(parseCode("0300-0100-0001-0001")).pack).toBeNull();
  });

  test("passes lint in full", async () => {
    expect((await lintPack(await folder())).map(formatProblem)).toEqual([]);
    const again = await folder({ "causes/more.yaml": "bed-cable-loose: { text: The cable is loose., kind: connection }\n" });
    expect((await lintPack(again)).map(formatProblem)).toEqual([
      expect.stringMatching(/more.yaml:1: bed-cable-loose: bed-cable-loose stands already in .*catalogue\/causes\/printer.yaml$/),
    ]);
  });

  test("is the same from a folder, a zip and a zip with the folder in it", async () => {
    const knowledge = await Promise.all(
      [await folder(), await zip(filesOf()), await zip(filesOf({}, "mill-1.2.0/"))].map(async (path) => (await readPack(path)).pack),
    );
    expect(knowledge[0]?.knowledge.entries).toHaveLength(2);
    const [first, ...others] = knowledge.map(
      (pack) => pack && { ...pack.knowledge, entries: pack.knowledge.entries.toSorted((a, b) => a.file.localeCompare(b.file)) },
    );
    for (const other of others) expect(other).toEqual(first);
  });

  test("explains the same when it was compiled with the catalogue", async () => {
    const reading = await readPack(await folder());
    const { knowledge, packs } = JSON.parse(compileKnowledge(base, reading.pack === undefined ? [] : [reading.pack])) as {
      knowledge: typeof base;
      packs: NonNullable<typeof reading.pack>[];
    };
    const laid = layPacks(knowledge, [{ ...reading, pack: packs[0] }]);
    expect(createCatalogue(laid.knowledge, new Map(), laid.packs).explain(CODE)).toMatchObject({ title: "Coolant is low", pack: "mill" });
  });
});

const with_ = (name: string, from: string, to: string): Files => {
  const text = PACK[name] ?? "";
  if (!text.includes(from)) throw new Error(`${from} is not in ${name}`);
  return { [name]: text.replace(from, to) };
};

test("the pack of the guide is sound", async () => {
  const guide = await readFile(new URL("../../../docs/writing-a-pack.md", import.meta.url), "utf8");
  const files = [...guide.matchAll(/`my-pack\/([^`]+\.yaml)`[^]*?```yaml\n([^]*?)```/g)].map(([, name = "", text = ""]) => [name, text]);
  const none = Object.fromEntries(Object.keys(PACK).map((name) => [name, undefined]));
  const path = await folder({ ...none, ...(Object.fromEntries(files) as Files) });
  expect((await lintPack(path)).map(formatProblem)).toEqual([]);
  expect((await load(path)).explain(parseCode("E300-0100-0002-0001"))).toMatchObject({ pack: "my-machine", partName: "feed wheel" });
});

describe("left out whole, with file and line", () => {
  const cases: readonly (readonly [string, Files, string])[] = [
    ["broken YAML", { "E2/01-tank.yaml": "entries: [" }, "PACK/E2/01-tank.yaml:1: "],
    ["no head", { "pack.yaml": undefined }, "PACK: there is no pack.yaml"],
    ["an unknown key in the head", with_("pack.yaml", "maker:", "vendor:"), "PACK/pack.yaml:4: vendor: unknown key"],
    ["a version that is none", with_("pack.yaml", "1.2.0", "new"), "PACK/pack.yaml:3: version: "],
    ["a stray folder", { "constructor/x.yaml": "a: b\n" }, "PACK/constructor/x.yaml:1: no file of this name belongs here"],
    ["a stray file", { "notes.yaml": "a: b\n" }, "PACK/notes.yaml:1: no file of this name belongs here"],
    [
      "a module without a name",
      with_("pack.yaml", "E2: Spindle", "E3: Spindle"),
      "PACK/E2/01-tank.yaml:2: entries[0].codes[0]: module E2 has no name; give it one under modules in pack.yaml",
    ],
    [
      "a module of the vendor claimed",
      { ...with_("pack.yaml", "E2: Spindle", "E2: Spindle, 03: Motion controller"), ...with_("03/01-heatbed.yaml", "E7F1", "7771") },
      "a pack's numbers are E000 or above",
    ],
    [
      "a module of the vendor renamed",
      with_("pack.yaml", "E2: Spindle", "E2: Spindle, 03: Mine"),
      "module 03 is Motion controller already",
    ],
    [
      "a vendor's number",
      with_("03/01-heatbed.yaml", "E7F1", "7771"),
      "PACK/03/01-heatbed.yaml:2: entries[0].codes[0]: in a module of a printer's maker, a pack's numbers are E000 or above",
    ],
    [
      "a device error of the vendor's module",
      { "03/device-own.yaml": OWN_ENTRY.replace("0300-0100-0002-E7F1", "0300-8F77").replace("The bed of", "A bed of") },
      "PACK/03/device-own.yaml:2: entries[0].codes[0]: device errors of this module are its maker's",
    ],
    [
      "a number that was not written down",
      { "own-numbers.yaml": undefined },
      "PACK/03/01-heatbed.yaml:2: entries[0].codes[0]: 0300-0100-0002-E7F1 is not in own-numbers.yaml",
    ],
    [
      "the project's own code",
      with_("03/01-heatbed.yaml", "0300-0100-0002-E7F1", "0300-0100-0001-0001"),
      "PACK/03/01-heatbed.yaml:2: entries[0].codes[0]: 0300-0100-0001-0001 is explained already in catalogue/03/01-heatbed.yaml",
    ],
    [
      "a family with one code of the project in it",
      with_("03/01-heatbed.yaml", "0300-0100-0002-E7F1", "03uu-0100-0001-0001"),
      "03uu-0100-0001-0001 is explained already in catalogue/03/01-heatbed.yaml",
    ],
    [
      "one member of a family of the project",
      {
        "07/20-own.yaml": OWN_ENTRY.replace("0300-0100-0002-E7F1", "0702-2100-0002-0001").replace("The bed of", "A bed of"),
      },
      "PACK/07/20-own.yaml:2: entries[0].codes[0]: 0702-2100-0002-0001 is explained already in catalogue/07/20-filament.yaml",
    ],
    [
      "a code of OpenHMS itself",
      { "F0/own.yaml": OWN_ENTRY.replace("0300-0100-0002-E7F1", "F000-0100-0003-0099") },
      "module F0 is OpenHMS itself",
    ],
    [
      "a cause of the project once more",
      { "causes/more.yaml": "bed-cable-loose: { text: The cable is loose., kind: connection }\n" },
      "PACK/causes/more.yaml:1: bed-cable-loose: bed-cable-loose stands already in catalogue/causes",
    ],
    [
      "a word of the project in other words",
      { "languages/de/words.yaml": "Spindle: Spindel\nthe slot: der Platz\n" },
      "PACK/languages/de/words.yaml:2: the slot: the slot is translated already",
    ],
    [
      "a part of the project renamed",
      { "parts.yaml": "E2:\n  01: coolant tank\n03:\n  01: warm plate\n" },
      "this part is called heatbed in",
    ],
    [
      "a unit in a module that has no words for one",
      with_("E2/01-tank.yaml", "Coolant is low", '"{unit}: low"'),
      "{unit} has no words in module E2",
    ],
    ["an unknown cause", with_("E2/01-tank.yaml", "tank-empty", "constructor"), "constructor stands in no file of causes/"],
    ["an unknown step", with_("E2/01-tank.yaml", "fill-tank", "drain-tank"), "PACK/E2/01-tank.yaml:8: entries[0].steps[0]: drain-tank"],
    [
      "pages of a maker",
      { "facts/pages.yaml": "host: https://example.org\nown: []\nshared:\n  - { page: a/b, codes: [E2 01 01 0002 0001] }\n" },
      "a pack cannot bring pages",
    ],
    ["an active drawing", { "drawings/mill.svg": SVG.replace("<rect", "<script>alert(1)</script><rect") }, "PACK/drawings/mill.svg"],
    [
      "another drawing for a part of the project",
      with_("drawings.yaml", "{ E2: { 01: tank } }", "{ E2: { 01: tank }, 03: { 01: tank } }"),
      "PACK/drawings.yaml:1: parts.03.01: this is drawn already",
    ],
    ["a drawing that is not there", { "drawings/mill.svg": undefined }, "there is no drawings/mill.svg"],
    [
      "a message for no code",
      with_("messages.yaml", "0002-0001", "0002-0002"),
      "PACK/messages.yaml:2: messages[0]: E201-0100-0002-0002 stands in no entry",
    ],
    ["a message that fits all", with_("messages.yaml", "coolant {level} %", "{level} %"), "must be fixed"],
    [
      "more codes than fit into memory",
      { "facts/known.yaml": "codes: [E2 00-FF 00-FF 0001 0000-FFFF]\n" },
      "PACK/facts/known.yaml:1: codes: names 4294967296 codes",
    ],
    [
      "a dialog of more codes than fit into memory",
      { "facts/actions.yaml": "words: {}\noffers:\n  - { actions: [stop], codes: [E2 00-FF 8000-FFFF] }\n" },
      "PACK/facts/actions.yaml:2: offers: names 8388608 codes",
    ],
    ["numbers without end", { "facts/known.yaml": "codes: [E2 00 01 0001 0-FFFFFFFFFFFFFFFF]\n" }, "PACK/facts/known.yaml:1: codes[0]: "],
    [
      "a text that steers a terminal",
      with_("E2/01-tank.yaml", "title: Coolant is low", 'title: "Coolant \\e[31m is low"'),
      "PACK/E2/01-tank.yaml:3: entries[0].title: ",
    ],
    [
      "a text that turns the direction of writing",
      with_("E2/01-tank.yaml", "title: Coolant is low", 'title: "Coolant \\u202e is low"'),
      "PACK/E2/01-tank.yaml:3: entries[0].title: ",
    ],
    [
      "a pack that is not there",
      with_("pack.yaml", "maker:", "requires: [lathe]\nmaker:"),
      "PACK/pack.yaml:4: requires[0]: the pack lathe is not loaded",
    ],
  ];
  test.each(cases)("%s", async (_, changes, expected) => {
    const path = await folder(changes);
    expect(await told(path)).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
    const catalogue = await load(path);
    expect(catalogue.packs()).toMatchObject([{ loaded: false }]);
    expect(catalogue.explain(CODE)).toMatchObject({ documented: false, pack: null, moduleName: "Module E2" });
    expect(catalogue.fromMessage("coolant 3 %")).toBeUndefined();
    expect(catalogue.explain(parseCode("0300-0100-0001-0001")).documented).toBe(true);
  });

  test("a link in a folder", async () => {
    const path = await folder();
    await symlink("/etc/hostname", join(path, "causes", "link.yaml"));
    expect(await told(path)).toEqual([expect.stringContaining("PACK/causes/link.yaml: cannot be read (it is a link")]);
  });

  test("a pipe in a folder, which is not waited for", async () => {
    const path = await folder();
    execFileSync("mkfifo", [join(path, "causes", "pipe.yaml")]);
    expect(await told(path)).toEqual([expect.stringContaining("PACK/causes/pipe.yaml: cannot be read (it is no plain file")]);
  });

  test("a path that is gone", async () => {
    expect(await told("/nowhere/pack.zip")).toEqual([expect.stringContaining("cannot be read (ENOENT")]);
  });
});

describe("several packs", () => {
  const lathe = (head: string, files: Files = {}): Files => ({
    ...Object.fromEntries(Object.keys(PACK).map((name) => [name, undefined])),
    "pack.yaml": `id: lathe\nname: Lathe\nversion: 2.0.0\n${head}`,
    ...files,
  });
  const useTank = ENTRY.replace("0002-0001", "0002-0002").replace("Coolant is low", "Coolant is gone");

  test("one may use what another brings, whichever is named first", async () => {
    const [mill, second] = [await folder(), await folder(lathe("requires: [mill]\n", { "E2/01-lathe.yaml": useTank }))];
    for (const paths of [
      [mill, second],
      [second, mill],
    ]) {
      const catalogue = await load(...paths);
      expect(catalogue.packs().map(({ id, loaded }) => [id, loaded])).toEqual([
        ["mill", true],
        ["lathe", true],
      ]);
      expect(catalogue.explain(parseCode("E201-0100-0002-0002"))).toMatchObject({ pack: "lathe", moduleName: "Spindle" });
    }
    expect((await lintPack(second, [mill])).map(formatProblem)).toEqual([]);
    expect((await lintPack(second)).map(formatProblem)).toEqual([expect.stringContaining("the pack mill is not loaded")]);
  });

  test("what two bring is the first one's; the second names both files", async () => {
    const mill = await folder();
    const second = await folder(lathe("", { "causes/lathe.yaml": PACK["causes/mill.yaml"], "E2/01-lathe.yaml": ENTRY }));
    const catalogue = await load(mill, second);
    expect(catalogue.packs().map(({ id, loaded }) => [id, loaded])).toEqual([
      ["mill", true],
      ["lathe", false],
    ]);
    expect(catalogue.packs()[1]?.problems.map(formatProblem)).toEqual([
      `${second}/causes/lathe.yaml:1: tank-empty: tank-empty stands already in ${mill}/causes/mill.yaml`,
      `${second}/E2/01-lathe.yaml:2: entries[0].codes[0]: E201-0100-0002-0001 is explained already in ${mill}/E2/01-tank.yaml`,
    ]);
    expect(await told(mill, mill)).toEqual([expect.stringContaining("a pack with the id mill is loaded already from")]);
  });

  test("with overrides its entry wins, and that is told", async () => {
    const entry = OWN_ENTRY.replace("0300-0100-0002-E7F1", "07uu-2s00-0002-0001").replace(
      "The bed of the Mill-O-Matic is too cold",
      '"{place}: nothing left"',
    );
    const catalogue = await load(await folder(lathe("overrides: true\n", { "07/20-own.yaml": entry })));
    expect(catalogue.packs()).toMatchObject([{ problems: [], loaded: true, replaces: ["07uu-2s00-0002-0001"] }]);
    expect(catalogue.explain(parseCode("0702-2100-0002-0001"))).toMatchObject({ title: "AMS C slot 2: nothing left", pack: "lathe" });
    // the AMS-HT stood in the same entry, and stays the project's; no translation tells what the pack does not say
    expect(catalogue.explain(parseCode("1800-2100-0002-0001"))).toMatchObject({ pack: null, documented: true });
    expect(catalogue.explain(parseCode("0702-2100-0002-0001"), "de")).toMatchObject({ language: "en", pack: "lathe" });
    const german = (await load()).explain(parseCode("1800-2100-0002-0001"), "de");
    expect(catalogue.explain(parseCode("1800-2100-0002-0001"), "de").title).toBe(german.title);
  });
});
