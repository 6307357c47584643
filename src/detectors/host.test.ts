/** Host and board: counters and clocks that stand still while others go on, and never when the host is not ready or starts anew. */
import { describe, expect, it } from "vitest";
import type { HostState, Readings } from "../model/telemetry.ts";
import type { Detector, Params } from "./detector.ts";
import { hostFrozen, mcuLink, mcuSilent } from "./host.ts";
import { createScene } from "./testing/scene.fixture.ts";

const LINK = "E100-0200-0003-E001";
const SILENT = "E100-0200-0001-E006";
const FROZEN = "E100-0100-0001-E121";

describe("link to the board", () => {
  /** Bytes sent again and broken by the seconds; 2 kB go out each second. */
  const run = (again: (s: number) => number, invalid: (s: number) => number, seconds = 1_000, hostState: HostState = "ready"): string[] => {
    const scene = createScene(mcuLink);
    for (let s = 0; s < seconds; s++) {
      scene.sample(s, { mcuBytesSent: 2_000 * s, mcuBytesRetransmit: again(s), mcuBytesInvalid: invalid(s), hostState });
    }
    return scene.said;
  };
  const none = (): number => 0;
  it.each<[string, string[], string[]]>([
    ["sound", run(none, none), [`pass ${LINK}`]],
    [
      "what was before we came",
      run(
        () => 265,
        () => 12,
      ),
      [`pass ${LINK}`],
    ],
    ["one block sent again", run((s) => (s > 300 ? 20 : 0), none), [`pass ${LINK}`]],
    ["a hiccup of the host", run((s) => (s > 300 ? 900 : 0), none), [`pass ${LINK}`]],
    ["one in two hundred sent again", run((s) => 10 * s, none), [`pass ${LINK}`, `fail ${LINK}`]],
    ["one in fifty sent again, within half a minute", run((s) => 40 * s, none, 30), [`pass ${LINK}`, `fail ${LINK}`]],
    ["one in fifty, but all in one second", run((s) => (s > 5 ? 400 : 0), none, 30), [`pass ${LINK}`]],
    ["a broken byte", run(none, (s) => (s > 300 ? 1 : 0)), [`pass ${LINK}`, `fail ${LINK}`]],
    ["over after an hour", run(none, (s) => (s > 300 ? 1 : 0), 5_000), [`pass ${LINK}`, `fail ${LINK}`, `pass ${LINK}`]],
    ["counters that start over", run(none, (s) => (s < 300 ? 50 : 0)), [`pass ${LINK}`]],
    [
      "a host that is not ready",
      run(
        (s) => 100 * s,
        (s) => s,
        1_000,
        "shutdown",
      ),
      [],
    ],
  ])("%s", (_name, said, expected) => {
    expect(said).toEqual(expected);
  });
});

/** Four samples a second, as the host sends them. */
function play<S, P extends Params>(detector: Detector<S, P>, seconds: number, readings: (s: number) => Readings | undefined): string[] {
  const scene = createScene(detector);
  for (let quarter = 0; quarter < seconds * 4; quarter++) {
    const s = quarter / 4;
    const now = readings(s);
    if (now !== undefined) scene.sample(s, now);
    else if (Number.isInteger(s)) scene.tick(s);
  }
  return scene.said;
}

describe("a board that is gone", () => {
  const bytes = (s: number): number => 100 * Math.floor(s);
  it.each<[string, (s: number) => Readings | undefined, string[]]>([
    ["idle: a byte a second", (s) => ({ hostState: "ready", hostTimeS: s, mcuBytesSent: bytes(s) }), [`pass ${SILENT}`]],
    ["unknown", (s) => ({ hostState: "ready", hostTimeS: s }), []],
    ["gone", (s) => ({ hostState: "ready", hostTimeS: s, mcuBytesSent: bytes(Math.min(s, 10)) }), [`pass ${SILENT}`, `fail ${SILENT}`]],
    [
      "plugged in again",
      (s) => ({ hostState: "ready", hostTimeS: s, mcuBytesSent: bytes(s < 10 ? s : s < 20 ? 10 : s) }),
      [`pass ${SILENT}`, `fail ${SILENT}`, `pass ${SILENT}`],
    ],
    [
      "the host stands still too",
      (s) => ({ hostState: "ready", hostTimeS: Math.min(s, 10), mcuBytesSent: bytes(Math.min(s, 10)) }),
      [`pass ${SILENT}`],
    ],
    [
      "the host stood still and goes on: its clock leaps before the counter does",
      (s) => ({ hostState: "ready", hostTimeS: s > 10 && s < 20 ? 10 : s, mcuBytesSent: bytes(s > 10 && s < 20.5 ? 10 : s) }),
      [`pass ${SILENT}`],
    ],
    [
      "stopped",
      (s) => ({ hostState: s < 10 ? "ready" : "shutdown", hostTimeS: s, mcuBytesSent: bytes(Math.min(s, 10)) }),
      [`pass ${SILENT}`],
    ],
    [
      "the words that bring the counter get lost",
      (s) =>
        s > 10 && s < 18 && s % 1 === 0 ? undefined : { hostState: "ready", hostTimeS: s, mcuBytesSent: bytes(s > 10 && s < 18 ? 10 : s) },
      [`pass ${SILENT}`],
    ],
    [
      "ready again, and nobody asked for counters yet",
      (s) => ({ hostState: s > 10 && s < 15 ? "disconnected" : "ready", hostTimeS: s, mcuBytesSent: bytes(Math.min(s, 10)) }),
      [`pass ${SILENT}`],
    ],
  ])("%s", (_name, readings, expected) => {
    expect(play(mcuSilent, 40, readings)).toEqual(expected);
  });

  it("is told before the host says it, within four seconds", () => {
    const until = (seconds: number): string[] =>
      play(mcuSilent, seconds, (s) => ({ hostState: "ready", hostTimeS: s, mcuBytesSent: bytes(Math.min(s, 2)) }));
    expect(until(4.5)).toEqual([`pass ${SILENT}`]);
    expect(until(5.25)).toEqual([`pass ${SILENT}`, `fail ${SILENT}`]);
  });
});

describe("a host that hangs", () => {
  const other = (s: number): Readings => ({ sourceTimeMs: Math.floor(s) * 1_000 });
  it.each<[string, (s: number) => Readings | undefined, string[]]>([
    ["well", (s) => ({ hostState: "ready", hostTimeS: s }), [`pass ${FROZEN}`]],
    ["a printer without such a clock", (s) => ({ nozzleTempC: s }), []],
    [
      "hangs, its computer answers",
      (s) => ({ ...other(s), hostState: "ready", hostTimeS: Math.min(s, 10) }),
      [`pass ${FROZEN}`, `fail ${FROZEN}`],
    ],
    [
      "goes on",
      (s) => ({ ...other(s), hostState: "ready", hostTimeS: s > 10 && s < 20 ? 10 : s }),
      [`pass ${FROZEN}`, `fail ${FROZEN}`, `pass ${FROZEN}`],
    ],
    ["a short stop", (s) => ({ ...other(s), hostState: "ready", hostTimeS: s > 10 && s < 14 ? 10 : s }), [`pass ${FROZEN}`]],
    ["nothing is heard at all", (s) => (s < 10 ? { hostState: "ready", hostTimeS: s } : undefined), [`pass ${FROZEN}`]],
    ["shut down", (s) => ({ ...other(s), hostState: s < 10 ? "ready" : "shutdown", hostTimeS: Math.min(s, 10) }), [`pass ${FROZEN}`]],
    [
      "ready again, and nobody asked yet",
      (s) => ({ ...other(s), hostState: s > 10 && s < 15 ? "startup" : "ready", hostTimeS: Math.min(s, 10) }),
      [`pass ${FROZEN}`],
    ],
  ])("%s", (_name, readings, expected) => {
    expect(play(hostFrozen, 40, readings)).toEqual(expected);
  });

  it("does not count time in which we slept", () => {
    const scene = createScene(hostFrozen);
    scene.sample(0, { hostState: "ready", hostTimeS: 0 });
    scene.sample(1, { hostState: "ready", hostTimeS: 1 });
    for (const second of [600, 1_200, 1_800]) scene.sample(second, { sourceTimeMs: second });
    expect(scene.said).toEqual([`pass ${FROZEN}`]);
  });
});
