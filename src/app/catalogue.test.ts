/** Packs by configuration and command line: what is refused, what is only told, and with which line. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ConfigError } from "../lib/errors.ts";
import { silentLog } from "../lib/log.ts";
import { logPacks, openCatalogue } from "./catalogue.ts";
import { loadPackOptions } from "./config-catalogue.ts";

const HEAD = "id: mill\nname: Mill\nversion: 1.0.0\nmodules: { E2: Spindle }\n";
const ENTRY = `entries:
  - codes: [E201-0100-0002-0001]
    title: Spindle cannot be reached
    summary: The spindle does not answer.
    condition: network-fault
    priority: low
    causes: { router-down: likely }
    steps: [check-router]
`;
const folder = mkdtempSync(join(tmpdir(), "openhms-packs-"));
afterAll(() => rmSync(folder, { recursive: true }));

function pack(name: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, name, "E2"), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, name, file), text);
  return join(folder, name);
}
const good = pack("good", { "pack.yaml": HEAD, "parts.yaml": "E2:\n  01: spindle\n", "E2/01-spindle.yaml": ENTRY });
const bad = pack("bad", { "pack.yaml": HEAD, "parts.yaml": "E2:\n  01: spindle\n", "E2/01-spindle.yaml": ENTRY.replace("low", "loud") });

function config(text: string): string {
  const file = join(folder, "openhms.yaml");
  writeFileSync(file, text);
  return file;
}

function problemsOf(text: string): readonly string[] {
  try {
    loadPackOptions(config(text));
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ line, path, message }) => `${line} ${path}: ${message}`);
    throw error;
  }
  return [];
}

describe("the section catalogue", () => {
  test("paths are relative to the file, and the rest of it does not matter", () => {
    const text = "printers:\n  - { id: a, accessCode: ${NOT_SET} }\ncatalogue: { packs: [./good, bad], builtIn: false }\n";
    expect(loadPackOptions(config(text))).toEqual({ paths: [good, bad], builtIn: false });
    expect(loadPackOptions(config("http: { port: 1 }\n"))).toEqual({ paths: [], builtIn: true });
    expect(loadPackOptions(config(""))).toEqual({ paths: [], builtIn: true });
  });

  test.each([
    ["catalogue:\n  packs:\n    - good\n    - gone.zip\n", [`4 catalogue.packs.1: there is no folder or file ${join(folder, "gone.zip")}`]],
    ["catalogue:\n  pack: [good]\n", ['2 catalogue: unknown key "pack"']],
    ["catalogue:\n  packs: good\n", ["2 catalogue.packs: must be array"]],
    ["catalogue: {\n", [expect.stringMatching(/^\d /)]],
  ])("%j", (text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });
});

describe("a catalogue for a command", () => {
  const told: string[] = [];
  const open = (choice: Parameters<typeof openCatalogue>[0]) => openCatalogue(choice, (line) => void told.push(line));
  beforeAll(() => void (told.length = 0));

  test("takes in what the command line names, and refuses what is broken", async () => {
    expect((await open({ pack: [good] })).packs().map(({ id, loaded }) => [id, loaded])).toEqual([
      ["klipper", true],
      ["mill", true],
    ]);
    await expect(open({ pack: [bad] })).rejects.toThrow(`${bad}/E2/01-spindle.yaml:6: entries[0].priority: not one of the allowed words`);
    expect((await open({ pack: [bad], lenient: true })).packs()[1]).toMatchObject({ id: "mill", loaded: false });
    // named in both places it is the same one
    const twice = await open({ pack: [good], config: config("catalogue: { packs: [good], builtIn: false }\n") });
    expect(twice.packs().map(({ id, loaded }) => [id, loaded])).toEqual([["mill", true]]);
    expect(told).toEqual([]);
  });

  test("goes on without a broken pack of the configuration, and tells", async () => {
    const catalogue = await open({ config: config("catalogue: { packs: [bad], builtIn: false }\n") });
    expect(catalogue.packs().map(({ id, loaded }) => [id, loaded])).toEqual([["mill", false]]);
    expect(told).toEqual([`${bad}/E2/01-spindle.yaml:6: entries[0].priority: not one of the allowed words`]);
    const lines: object[] = [];
    logPacks(catalogue.packs(), { ...silentLog, error: (fields: object) => void lines.push(fields) });
    expect(lines).toEqual([{ pack: "mill", path: bad, problems: told }]);
  });
});
