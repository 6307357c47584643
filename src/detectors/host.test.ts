/** Host and board: counters and clocks that stand still while others go on, and never when the host is not ready or starts anew. */
import { describe, expect, it } from "vitest";
import type { HostState, Readings } from "../model/telemetry.ts";
import type { Detector, Params } from "./detector.ts";
import { hostBusy, hostFrozen, hostHot, jobError, mcuLink, mcuSilent } from "./host.ts";
import { createScene } from "./testing/scene.fixture.ts";

const LINK = "E100-0200-0003-E001";
const SILENT = "E100-0200-0001-E006";
const FROZEN = "E100-0100-0001-E121";
const BUSY = "E100-0600-0003-E007";
const HOT = "E100-0600-0003-E003";
const ENDED = "E100-0500-0003-E00F";

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

describe("a host that comes too late", () => {
  interface Beats {
    /** From one update to the next, at this second. */
    readonly stepS: (s: number) => number;
    readonly seconds?: number;
    /** At this second. */
    readonly hostState?: (s: number) => HostState;
    /** The way to the printer: whether anything comes at this second. What waits comes at once then, all but the last unseen. */
    readonly isHeld?: (s: number) => boolean;
    readonly hasOtherNews?: boolean;
  }
  /** Its computer tells its own time each second, whatever the program does. */
  const run = ({ stepS, seconds = 120, hostState = () => "ready", isHeld = () => false, hasOtherNews = true }: Beats): string[] => {
    const scene = createScene(hostBusy);
    let dueS = 0;
    let waiting: Readings = {};
    for (let quarter = 0; quarter < seconds * 4; quarter++) {
      const s = quarter / 4;
      if (hasOtherNews && Number.isInteger(s)) waiting = { ...waiting, sourceTimeMs: 1_000 * s };
      if (s >= dueS) {
        waiting = { ...waiting, hostTimeS: 1_000 + s, hostState: hostState(s) };
        dueS = s + stepS(s);
      }
      if (isHeld(s) || Object.keys(waiting).length === 0) scene.tick(s);
      else {
        scene.sample(s, waiting);
        waiting = {};
      }
    }
    return scene.said;
  };
  const quick = 0.25;
  it.each<[string, Beats, string[]]>([
    ["in time", { stepS: () => quick }, [`pass ${BUSY}`]],
    ["a printer that is asked once a second", { stepS: () => 1 }, [`pass ${BUSY}`]],
    ["or now and then", { stepS: (s) => 1 + (s % 3) }, [`pass ${BUSY}`]],
    ["two seconds, again and again", { stepS: (s) => (s > 30 ? 2 : quick) }, [`pass ${BUSY}`, `fail ${BUSY}`]],
    ["two seconds, in every ten", { stepS: (s) => (s > 30 && s % 10 === 0 ? 2 : quick) }, [`pass ${BUSY}`, `fail ${BUSY}`]],
    ["half a second", { stepS: (s) => (s > 30 ? 0.5 : quick) }, [`pass ${BUSY}`]],
    ["one hiccup", { stepS: (s) => (s === 30 ? 8 : quick) }, [`pass ${BUSY}`]],
    ["a hiccup and what follows", { stepS: (s) => (s >= 30 && s < 33 ? 1 : quick) }, [`pass ${BUSY}`]],
    ["two seconds, once a minute", { stepS: (s) => (s > 30 && s % 60 === 0 ? 2 : quick), seconds: 900 }, [`pass ${BUSY}`]],
    [
      "over when it is in time for minutes",
      { stepS: (s) => (s > 30 && s < 60 ? 2 : quick), seconds: 400 },
      [`pass ${BUSY}`, `fail ${BUSY}`, `pass ${BUSY}`],
    ],
    ["words that come in bursts", { stepS: () => quick, isHeld: (s) => s % 5 !== 0 }, [`pass ${BUSY}`]],
    ["gaps of the link, again and again", { stepS: () => quick, isHeld: (s) => s % 20 > 12 }, [`pass ${BUSY}`]],
    ["nothing else is heard, and so it may be the link", { stepS: (s) => (s > 30 ? 2 : quick), hasOtherNews: false }, [`pass ${BUSY}`]],
    ["not ready", { stepS: (s) => (s > 30 ? 2 : quick), hostState: (s) => (s > 30 ? "startup" : "ready") }, [`pass ${BUSY}`]],
    [
      "restarts, and has much to do at first",
      {
        stepS: (s) => (s > 30 && s % 30 < 7 ? 1 : quick),
        hostState: (s) => (s > 28 && s % 30 < 2 ? "startup" : "ready"),
        seconds: 300,
      },
      [`pass ${BUSY}`],
    ],
  ])("%s", (_name, beats, expected) => {
    expect(run(beats)).toEqual(expected);
  });

  it("counts no time in which we were not connected", () => {
    const scene = createScene(hostBusy);
    for (let quarter = 0; quarter < 2_000; quarter++) {
      const s = quarter / 4;
      scene.link(s < 30 || s % 10 >= 3);
      if (s >= 30 && s % 10 < 3) scene.tick(s);
      else scene.sample(s, { hostState: "ready", hostTimeS: s, sourceTimeMs: 1_000 * s });
    }
    expect(scene.said).toEqual([`pass ${BUSY}`]);
  });

  it("keeps over our own restart what is usual, and says how late it was", () => {
    const scene = createScene(hostBusy);
    const play = (from: number, until: number, stepS: number): void => {
      for (let s = from; s < until; s += stepS) {
        scene.sample(s, { hostState: "ready", hostTimeS: s });
        scene.sample(s + stepS / 2, { sourceTimeMs: 1_000 * s });
      }
    };
    play(0, 30, 0.25);
    scene.restart();
    play(30, 60, 2);
    expect(scene.said).toEqual([`pass ${BUSY}`, `fail ${BUSY}`]);
    expect(scene.findings.at(-1)?.evidence?.says).toContain("2.0 s at the worst where 0.");
  });
});

describe("a hot host", () => {
  const run = (tempC: (s: number) => number, seconds = 400): string[] => {
    const scene = createScene(hostHot);
    for (let s = 0; s < seconds; s++) scene.sample(s, { hostTempC: tempC(s) });
    return scene.said;
  };
  it.each<[string, string[], string[]]>([
    ["warm", run(() => 79), [`pass ${HOT}`]],
    ["too hot", run((s) => (s < 100 ? 60 : 82)), [`pass ${HOT}`, `fail ${HOT}`]],
    ["too hot for half a minute", run((s) => (s > 100 && s < 130 ? 90 : 60)), [`pass ${HOT}`]],
    ["now and then", run((s) => (s % 40 < 20 ? 85 : 70)), [`pass ${HOT}`]],
    ["a little cooler is still too hot", run((s) => (s < 100 ? 85 : 77)), [`pass ${HOT}`, `fail ${HOT}`]],
    ["cool again", run((s) => (s < 100 ? 85 : 70)), [`pass ${HOT}`, `fail ${HOT}`, `pass ${HOT}`]],
    ["no sensor", run(() => 0), []],
    ["a broken one", run(() => 150), []],
  ])("%s", (_name, said, expected) => {
    expect(said).toEqual(expected);
  });

  it("is not what a printer said before it fell silent", () => {
    const scene = createScene(hostHot);
    scene.sample(0, { hostTempC: 90 });
    for (let s = 1; s < 400; s++) scene.tick(s);
    expect(scene.said).toEqual([`pass ${HOT}`]);
  });
});

describe("a job that ended in words nobody knows", () => {
  it.each<[string, Readings[], string[]]>([
    ["no error yet", [{ state: "printing" }, { state: "finished" }], []],
    ["an error", [{ state: "printing" }, { state: "failed", jobError: "the door is open" }], [`fail ${ENDED}`]],
    ["the next job", [{ state: "failed", jobError: "the door is open" }, { state: "printing" }], [`fail ${ENDED}`, `pass ${ENDED}`]],
    [
      "the next one ends in known words",
      [{ state: "failed", jobError: "the door is open" }, { state: "printing" }, { state: "failed", jobError: "" }],
      [`fail ${ENDED}`, `pass ${ENDED}`],
    ],
  ])("%s", (_name, story, expected) => {
    const scene = createScene(jobError);
    story.forEach((readings, second) => scene.sample(second, readings));
    expect(scene.said).toEqual(expected);
    if (expected.length > 0) expect(scene.findings[0]?.evidence?.says).toContain('"the door is open"');
  });
});
