/** What hinders the start: one line on standard error that names the fix, exit 1 (2 for the configuration), never a stack. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { freePort } from "../site.ts";
import { type Ended, run, scratch } from "./program.ts";

/** A port that somebody else listens on. */
async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

function expectOneLine({ code, stderr }: Ended, words: RegExp): void {
  expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(words)]);
  expect(code).toBe(1);
}

const demo = async (cwd: string, more: Readonly<Record<string, string>> = {}): Promise<Ended> => {
  const options = { "--port": String(await freePort()), "--mqtt-port": String(await freePort()), "--data": "data", ...more };
  return run(["demo", ...Object.entries(options).flat()], { cwd });
};

/** A sound database with rows enough that half of it is no database. */
function makeDatabase(path: string): void {
  const db = new DatabaseSync(path);
  db.exec("CREATE TABLE t (x TEXT)");
  const insert = db.prepare("INSERT INTO t VALUES (?)");
  for (let i = 0; i < 500; i++) insert.run("x".repeat(100));
  db.close();
}

describe("demo", () => {
  test("the port of the web app is taken", async () => {
    expectOneLine(await demo(scratch(), { "--port": String(await takenPort()) }), /^openhms: .*taken.*--port/);
  });

  test("the port of the broker is taken", async () => {
    expectOneLine(await demo(scratch(), { "--mqtt-port": String(await takenPort()) }), /^openhms: .*taken.*--mqtt-port/);
  });

  test("a file stands where the data folder should", async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, "data"), "");
    expectOneLine(await demo(cwd), /^openhms: the data folder .*data cannot be written .*--data/);
  });

  test("the data folder is below a file", async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, "file"), "");
    expectOneLine(await demo(cwd, { "--data": "file/data" }), /^openhms: the data folder .*data cannot be written .*--data/);
  });

  test.skipIf(process.platform !== "linux")("the data folder is where nobody can make one", async () => {
    expectOneLine(await demo(scratch(), { "--data": "/proc/openhms/data" }), /^openhms: the data folder .* cannot be written .*--data/);
  });

  // the superuser may write everywhere
  test.skipIf(process.getuid?.() === 0)("the data folder is read-only", async () => {
    const cwd = scratch();
    mkdirSync(join(cwd, "data"));
    chmodSync(join(cwd, "data"), 0o500);
    expectOneLine(await demo(cwd), /^openhms: the data folder .*data cannot be written .*--data/);
  });

  test("the database is noise; it is left as it is", async () => {
    const cwd = scratch();
    const path = join(cwd, "data", "openhms.db");
    mkdirSync(join(cwd, "data"));
    const noise = Buffer.from(Array.from({ length: 20_000 }, (_, i) => (i * 7_919 + 13) % 251));
    writeFileSync(path, noise);
    expectOneLine(await demo(cwd), /^openhms: cannot open the database .*openhms\.db: it is damaged .*move it away/);
    expect(readFileSync(path).equals(noise)).toBe(true);
  });

  test("the database lost its second half", async () => {
    const cwd = scratch();
    const path = join(cwd, "data", "openhms.db");
    mkdirSync(join(cwd, "data"));
    makeDatabase(path);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length / 2));
    expectOneLine(await demo(cwd), /^openhms: cannot open the database .*openhms\.db: it is (damaged|the database of another)/);
  });
});

describe("configuration", () => {
  test.each(["run", "central", "edge"])("%s without a file says how to get one", async (role) => {
    const { code, stderr } = await run([role], { cwd: scratch() });
    expect(code).toBe(2);
    expect(stderr.trimEnd().split("\n")).toEqual([expect.stringMatching(/^openhms\.yaml: .*--config.*openhms\.example\.yaml/)]);
  });

  test("every problem is listed with its line, and nothing is started", async () => {
    const cwd = scratch();
    const text = [
      "http: { port: 99999 }",
      "lgo: info",
      "printers:",
      "  - { id: a, kind: prusa }",
      "  - { id: b, kind: bambu, host: h, serial: S, accessCode: ${OPENHMS_TEST_UNSET} }",
      "  - { id: c, kind: virtual, faults: [one two] }",
      "channels:",
      "  - { id: d, kind: ntfy, minPriority: loud }",
    ];
    writeFileSync(join(cwd, "openhms.yaml"), text.join("\n"));
    const { code, stdout, stderr } = await run(["run"], { cwd });
    const lines = stderr.trimEnd().split("\n");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(lines.map((line) => /^openhms\.yaml:(\d+): \S/.exec(line)?.[1])).not.toContain(undefined);
    expect(stderr).toMatch(/:1: http\.port/);
    expect(stderr).toMatch(/:2: unknown key "lgo"/);
    expect(stderr).toMatch(/:5: .*OPENHMS_TEST_UNSET is not set/);
    expect(stderr).toMatch(/:8: .*must be one of/);
    expect(stderr).toMatch(/:4: .*prusa/);
    expect(stderr).toMatch(/:6: .*faults/);
  });

  test("an edge on its own needs a broker, and is told the line to change", async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, "openhms.yaml"), "printers: []\nbus: embedded\n");
    const { code, stderr } = await run(["edge"], { cwd });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^openhms\.yaml:2: bus: .*mqtt:\/\/HOST:4671/) });
  });

  test("a taken broker port names an option that this command has", async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, "openhms.yaml"), `http: { port: ${await freePort()} }\nmqtt: { port: ${await takenPort()} }\nprinters: []\n`);
    expectOneLine(await run(["central"], { cwd }), /^openhms: .*taken.*--mqtt-port/);
    expect((await run(["central", "--help"], { cwd })).stdout).toContain("--mqtt-port");
  });
});
