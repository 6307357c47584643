/** Every command explains itself, and what a person typed wrong ends with 2 and words about it, never with a stack. */
import { describe, expect, test } from "vitest";
import { run, scratch } from "./program.ts";

const COMMANDS = [
  "",
  "demo",
  "run",
  "central",
  "edge",
  "decode",
  "replay",
  "catalogue",
  "catalogue stats",
  "catalogue lint",
  "catalogue show",
  "catalogue search",
  "virtual-printer",
  "detectors",
  "detectors list",
  "printers",
  "alerts",
  "ack",
  "reset",
  "shelve",
  "unshelve",
  "label",
  "precision",
  "promote",
  "history",
];

test.each(COMMANDS)("openhms %s --help", async (command) => {
  const words = command.split(" ").filter((word) => word !== "");
  const { code, stdout, stderr } = await run([...words, "--help"], { cwd: scratch() });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain(`Usage: openhms ${command}`.trim());
  // a first line that says what it is for, before the options
  expect(stdout.split("\n")[2]).toMatch(/^\S.{5,}/);
});

test("--version is a version", async () => {
  const { code, stdout } = await run(["--version"], { cwd: scratch() });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

describe("bad usage ends with 2 and names what is wrong", () => {
  test.each([
    ["an unknown command", ["bogus"], /unknown command 'bogus'/],
    ["an unknown option", ["alerts", "--bogus"], /unknown option '--bogus'/],
    ["an unknown option where codes may begin with a minus", ["decode", "--bogus", "0300-8003"], /unknown option '--bogus'/],
    ["a missing argument", ["ack"], /missing required argument 'id'/],
    ["a priority that is none", ["promote", "0300-8003", "--priority", "extreme"], /urgent.*catalogue/],
    ["a verdict that is none", ["label", "x~0300-8003", "maybe"], /real, false, unsure/],
    ["no episode", ["label", "x~0300-8003", "real", "--episode", "0"], /at least 1/],
    ["a missing option", ["shelve", "x~0300-8003", "--minutes", "5"], /--reason/],
    ["no number", ["demo", "--port", "abc"], /whole number/],
    ["a port that is none", ["demo", "--port", "70000"], /at most 65535/],
    ["a demo of nothing", ["demo", "--printers", "0"], /at least 1/],
    ["a factor that stands still", ["demo", "--speed", "0"], /above 0/],
    ["a state that does not exist", ["alerts", "--state", "odd"], /open, active/],
    ["an unknown fault", ["virtual-printer", "--port", "0", "--fault", "bogus@1"], /bogus.*hotend-fan-stall/],
    ["a fault without a good time", ["virtual-printer", "--port", "0", "--fault", "hotend-fan-stall@-1"], /NAME@SECONDS/],
    ["an unknown model", ["virtual-printer", "--port", "0", "--model", "Q9"], /Q9.*X1C/],
  ])("%s", async (_name, args, message) => {
    const { code, stdout, stderr } = await run(args, { cwd: scratch() });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});
