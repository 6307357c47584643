/** What a site says of detectors and recordings in its configuration, as the program takes it. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isSamples, readSamples, unpack } from "../../src/app/recorded-samples.ts";
import { freePort } from "../site.ts";
import { run, scratch, start, until } from "./program.ts";

test("what is wrong with a detector's settings is told with its line, and nothing starts", async () => {
  const cwd = scratch();
  writeFileSync(
    join(cwd, "openhms.yaml"),
    [
      "detectors:",
      "  link: { onDelayS: -1 }",
      "printers:",
      "  - { id: p1, kind: virtual, model: X1C, detectors: { links: { onDelayS: 5 } }, record: { days: many } }",
    ].join("\n"),
  );
  const { code, stderr } = await run(["run"], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain("openhms.yaml:2: detectors.link.onDelayS: must be a number from 0 to 86400 s");
  expect(stderr).toContain('openhms.yaml:4: printers.0.detectors: there is no detector "links"');
  expect(stderr).toContain("openhms.yaml:4: printers.0.record.days: must be number");
});

test(
  "a recording survives the death of the program, the next start goes on in a new file, and both can be replayed",
  { timeout: 90_000 },
  async () => {
    const cwd = scratch();
    const [port, mqttPort] = [await freePort(), await freePort()];
    writeFileSync(
      join(cwd, "openhms.yaml"),
      [
        `http: { port: ${port} }`,
        `mqtt: { port: ${mqttPort} }`,
        "printers:",
        "  - { id: p1, kind: virtual, model: X1C, record: true }",
        "  - { id: p2, kind: virtual, model: X1C }",
      ].join("\n"),
    );
    const folder = join(cwd, "openhms.db.edge", "recordings");
    const written = (count: number): readonly string[] | undefined => {
      try {
        const files = readdirSync(join(folder, "p1")).map((name) => join(folder, "p1", name));
        return files.length === count && files.every((file) => statSync(file).size > 0) ? files.toSorted() : undefined;
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
        throw error;
      }
    };
    for (const round of [1, 2]) {
      const program = start(["run"], { cwd });
      await until(`recording ${round} is on disk`, () => written(round), 40_000);
      program.signal("SIGKILL");
      await program.ended;
    }
    for (const file of written(2) ?? []) {
      const text = unpack(readFileSync(file));
      expect(isSamples(text)).toBe(true);
      expect(text).not.toContain("serial");
      const { printer, events, badLines } = readSamples(text);
      expect({ printer, badLines }).toEqual({ printer: "p1", badLines: [] });
      expect(events.some((event) => "readings" in event && event.readings.nozzleTempC !== undefined)).toBe(true);
      expect(events.some((event) => "link" in event && event.link.connected)).toBe(true);
    }
    expect(readdirSync(folder)).toEqual(["p1"]);
    const replayed = await run(["replay", ...(written(2) ?? [])], { cwd });
    expect({ code: replayed.code, stderr: replayed.stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(replayed.stdout.trimEnd().split("\n").at(-1) ?? "")).toMatchObject({
      summary: { files: 2, badLines: 0, ignored: 0 },
    });
  },
);
