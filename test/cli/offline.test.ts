/** The commands that need no central: codes, captures and the catalogue, as a shell or a script sees them. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { run, scratch, start } from "./program.ts";

const KEYS =
  "input kind code module unit part partNumber level number severity unitName slot documented title summary causes steps url".split(" ");

const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("decode", () => {
  test("many forms, mixed with what is no code, one object a line in input order", async () => {
    const inputs = ["HMS_0300_0100_0001_0001", "-123:456", "hello", "0300-8003", "[0702 2100 0002 0001]", "03000100010001"];
    const { code, stdout, stderr } = await run(["decode", "--json", ...inputs], { cwd: scratch() });
    const rows = linesOf(stdout);
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(rows.map((row) => row["input"])).toEqual(inputs);
    expect(rows.map((row) => row["code"])).toEqual([
      "0300-0100-0001-0001",
      "FFFF-FF85-0000-01C8",
      undefined,
      "0300-8003",
      "0702-2100-0002-0001",
      "0300-0100-0001-0001",
    ]);
    expect(Object.keys(rows[0] ?? {})).toEqual(KEYS);
    expect(Object.keys(rows[2] ?? {})).toEqual(["input", "error"]);
    expect(Object.keys(rows[3] ?? {}).toSorted()).toEqual([...KEYS, "class"].toSorted());
  });

  test("standard input, with empty lines and Windows line ends; all good ends with 0", async () => {
    const { code, stdout } = await run(["decode", "--json"], {
      cwd: scratch(),
      stdin: "0300-0100-0001-0001\r\n\n50331904:65537\n0300-8003",
    });
    expect(code).toBe(0);
    expect(linesOf(stdout).map((row) => [row["input"], row["code"]])).toEqual([
      ["0300-0100-0001-0001", "0300-0100-0001-0001"],
      ["50331904:65537", "0300-0100-0001-0001"],
      ["0300-8003", "0300-8003"],
    ]);
  });

  test("for a person: severity, title, steps, address; --qr draws it", async () => {
    const args = ["decode", "0300-0100-0001-0001", "--qr", "--public-url", "http://192.0.2.7:4670/"];
    const { code, stdout } = await run(args, { cwd: scratch() });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^0300-0100-0001-0001 {2}ERROR {2}\S/);
    expect(stdout).toContain("http://192.0.2.7:4670/codes/0300-0100-0001-0001");
    expect(stdout).toMatch(/steps +1\. /);
    expect(stdout).toMatch(/[█▀▄]{5}/);
  });

  test("a reader that goes away early is no failure", async () => {
    const program = start(["decode", "--json"], { cwd: scratch(), stdin: "0300-8003\n".repeat(20_000) });
    await program.says(/\n/);
    program.stopReading();
    const { code, stderr } = await program.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});

describe("replay", () => {
  const hms = [{ attr: 50_332_416, code: 65_537 }];
  const line = (t: number, print: object): string => JSON.stringify({ t, topic: "device/00M00A000000001/report", payload: { print } });

  test("a recording of one fault: raise, clear, summary", async () => {
    const cwd = scratch();
    const start = 1_770_000_000;
    const recording = [
      line(start, { command: "push_status", msg: 0, gcode_state: "RUNNING", hms: [] }),
      line(start + 10, { command: "push_status", msg: 1, hms }),
      line(start + 200, { command: "push_status", msg: 1, hms: [] }),
    ];
    writeFileSync(join(cwd, "fan.jsonl"), recording.join("\n"));
    const { code, stdout, stderr } = await run(["replay", "fan.jsonl", "--printer", "p1", "--json"], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const rows = linesOf(stdout);
    expect(rows[0]).toMatchObject({ printer: "p1", code: "0300-0300-0001-0001", level: 1, severity: "error", event: "raise" });
    expect(rows.slice(0, -1).map((row) => row["event"])).toContain("clear");
    expect(rows.at(-1)).toMatchObject({ summary: { files: 1, messages: 3, alerts: 1, episodes: 1 } });
  });

  test("a file that is not there or is no recording is named, the others are replayed, exit 1", async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, "good.jsonl"), line(1_770_000_000, { command: "push_status", msg: 0, hms }));
    writeFileSync(join(cwd, "bad.json"), "not a recording");
    const { code, stdout, stderr } = await run(["replay", "missing.json", "bad.json", "good.jsonl"], { cwd });
    const rows = linesOf(stdout);
    expect(code).toBe(1);
    expect(linesOf(stderr).map((row) => row["file"])).toEqual(["missing.json", "bad.json"]);
    expect(stderr).not.toContain("ENOENT");
    expect(rows.at(-1)).toMatchObject({ summary: { files: 1, alerts: 1 } });
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
  });
});

describe("catalogue", () => {
  test.each([
    [["stats"], 0, /\d+ entries, \d+ causes, \d+ checks/],
    [["stats", "--json"], 0, /^\{"entries":\d+/],
    [["lint"], 0, /catalogue: 0 problems/],
    [["lint", "--dir", "nowhere"], 2, /nowhere/],
    [["show", "HMS_0300_0300_0001_0001"], 0, /0300-0300-0001-0001 {2}ERROR/],
    [["show", "nonsense"], 1, /is no HMS code/],
    [["search", "hotend", "fan", "--limit", "3"], 0, /0300-0300-0001-0001/],
    [["search", "hotend fan", "--json"], 0, /^\{/],
    [["search", "qqqqzzzz"], 1, /Nothing found/],
  ])("%j", async (args, expected, words) => {
    const { code, stdout, stderr } = await run(["catalogue", ...args], { cwd: scratch() });
    expect(stdout + stderr).toMatch(words);
    expect(code).toBe(expected);
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
  });
});
