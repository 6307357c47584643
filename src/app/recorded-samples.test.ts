/** What the recorder of an edge wrote is read back, wherever the file ends. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { createRecorder } from "../edge/recorder.ts";
import { silentLog } from "../lib/log.ts";
import { at, createFakeClock } from "../lib/time.ts";
import type { PrinterId } from "../model/telemetry.ts";
import { isSamples, readSamples, unpack } from "./recorded-samples.ts";

const line = (t: number, what: object): string => `${JSON.stringify({ t: new Date(t).toISOString(), ...what })}\n`;

test("a recording as an edge writes it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "openhms-samples-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const clock = createFakeClock(at(0));
  const limits = { keepMs: 1e9, maxBytes: 1e6 };
  const onTrouble = (): void => undefined;
  const recorder = createRecorder({ folder, printer: "p1" as PrinterId, limits, clock, log: silentLog, onTrouble });
  recorder.link({ connected: true });
  recorder.sample({ at: at(5), readings: { bedTempC: 60, serial: "S" } });
  recorder.link({ connected: false, cause: "silent", reason: "nothing for 60 s" });
  await recorder.close();
  const text = unpack(readFileSync(join(folder, readdirSync(folder)[0] ?? "")));
  expect(isSamples(text)).toBe(true);
  expect(readSamples(text)).toEqual({
    printer: "p1",
    events: [
      { at: 0, readings: {} },
      { at: 0, link: { connected: true } },
      { at: 5, readings: { bedTempC: 60 } },
      { at: 0, link: { connected: false, cause: "silent", reason: "recorded: silent" } },
    ],
    lost: 0,
    badLines: [],
  });
});

test("cut at any byte, a file gives what was written before the cut", () => {
  const pieces = [0, 1, 2].map((n) => Array.from({ length: 5 }, (_, i) => line(n * 5 + i, { readings: { bedTempC: n * 5 + i } })).join(""));
  const packed = pieces.map((piece) => gzipSync(piece));
  const whole = pieces.join("");
  const file = Buffer.concat(packed);
  for (let length = 2; length <= file.length; length++) {
    const text = unpack(file.subarray(0, length));
    expect(whole.startsWith(text)).toBe(true);
    const sure = packed.filter((_, n) => Buffer.concat(packed.slice(0, n + 1)).length <= length).length;
    expect(text.length).toBeGreaterThanOrEqual(pieces.slice(0, sure).join("").length);
    expect(readSamples(text).events.length).toBeGreaterThanOrEqual(sure * 5);
    expect(readSamples(text).badLines.length).toBeLessThanOrEqual(1);
  }
});

test("lines that are none cost themselves and no other; what is missing is counted", () => {
  const text = `${line(0, { recording: 1, printer: "p1", readings: { bedTempC: 1 } })}half a li\n${line(1, { lost: 7 })}[]\n{"readings":{}}\n${line(2, { readings: { bedTempC: 2 } })}`;
  expect(readSamples(text)).toEqual({
    printer: "p1",
    events: [
      { at: 0, readings: { bedTempC: 1 } },
      { at: 2, readings: { bedTempC: 2 } },
    ],
    lost: 7,
    badLines: [2, 4, 5],
  });
});

test.each([
  ["", false],
  ["x\n", false],
  ['{"pushall":{}}\n', false],
  ['{"t":0.5,"dir":"rx","msg":{}}\n', false],
  [line(0, { recording: 1, readings: {} }), true],
])("%j is a recording of an edge: %s", (text, expected) => {
  expect(isSamples(text)).toBe(expected);
});
