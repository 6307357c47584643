/** Watching by parts against the detectors' own steps: the same findings, the same states, over restarts too. */
import { describe, expect, test } from "vitest";
import { defineDetector, type Detector, type Param, PASS, watch } from "../detectors/detector.ts";
import { detectors } from "../detectors/index.ts";
import { silentLog } from "../lib/log.ts";
import { at, createFakeClock, type Timestamp } from "../lib/time.ts";
import type { HmsCode } from "../model/code.ts";
import type { Finding } from "../model/report.ts";
import { applySample, emptySnapshot, type PrinterId, type Sample, type Snapshot } from "../model/telemetry.ts";
import { virtual } from "../printers/virtual.ts";
import { tune } from "./tuning.ts";
import { createWatching, stepWatcher, type Watching } from "./watching.ts";

const P1 = "p1" as PrinterId;
type States = Readonly<Record<string, unknown>>;

const plain = (states: States): States => JSON.parse(JSON.stringify(states)) as States;

function first(detector: Detector<unknown>, saved: States): unknown {
  if (!Object.hasOwn(saved, detector.id)) return detector.initial;
  return detector.restore === undefined ? saved[detector.id] : detector.restore(saved[detector.id]);
}

const watchingOf = (all: readonly Detector<unknown>[], saved: States = {}): Watching =>
  createWatching(tune(all), (detector) => first(detector, saved));

function step(watching: Watching, snapshot: Snapshot, now: Timestamp): readonly (readonly [string, Finding])[] {
  watching.attend(snapshot);
  return watching.awake().flatMap((watcher) => {
    const found: Finding[] = [];
    stepWatcher(watcher, snapshot, now, found);
    return found.map((finding) => [watcher.detector.id, finding] as const);
  });
}

/** Every detector by its own `step`. */
function plainly(saved: States) {
  const all = tune(detectors).map(({ detector, values }) => ({ detector, values, state: first(detector, saved) }));
  return {
    step: (snapshot: Snapshot, now: Timestamp) =>
      all.flatMap((one) => {
        const { state, findings } = one.detector.step(one.state, snapshot, one.values, now);
        one.state = state;
        return findings.map((finding) => [one.detector.id, finding] as const);
      }),
    states: (): States =>
      Object.fromEntries(all.filter((one) => one.state !== one.detector.initial).map((one) => [one.detector.id, one.state])),
  };
}

describe("all detectors, on a machine that breaks", () => {
  test.each([
    { model: "VORON", faults: ["hotend-fan-stall@60", "bed-thermistor-open@200"] },
    { model: "ENDER", faults: ["nozzle-thermistor-open@60"] },
    { model: "X1C", faults: ["hotend-fan-stall@60", "bed-thermistor-open@200"] },
    { model: "H2D", faults: ["chamber-hot@60"] },
  ])("$model: says and keeps the same", (config) => {
    const clock = createFakeClock(at(Date.UTC(2026, 0, 5, 6)));
    let snapshot: Snapshot = { ...emptySnapshot(P1), connected: true };
    let [mine, theirs] = [watchingOf(detectors), plainly({})];
    const said: string[] = [];
    const look = (): void => {
      const found = step(mine, snapshot, clock.now());
      expect(found).toEqual(theirs.step(snapshot, clock.now()));
      said.push(...found.map(([, { status }]) => status));
    };
    const events = {
      sample: (sample: Sample) => {
        snapshot = applySample(snapshot, sample);
        look();
      },
      link: () => undefined,
    };
    const memory = { get: () => undefined, set: () => undefined };
    virtual.connect(P1, { seed: 3, ...config } as never, events, { clock, log: silentLog, random: () => 0.5, memory });
    for (let second = 1; second <= 300; second++) {
      clock.advanceTo(at(clock.now() + 1_000));
      if (second % 20 === 0) expect(plain(mine.states())).toEqual(plain(theirs.states()));
      // a restart, and a step before the printer has said anything anew
      if (second % 130 !== 0) continue;
      const saved = plain(mine.states());
      [mine, theirs] = [watchingOf(detectors, saved), plainly(saved)];
      snapshot = { ...emptySnapshot(P1), connected: true };
      look();
    }
    expect(said).toContain("fail");
    expect(said).toContain("pass");
  });
});

const A = "0300-0300-0001-0001" as HmsCode;
const B = "0300-0400-0002-0001" as HmsCode;
const PARTS = [
  { name: "a", code: A, reads: "nozzleTempC" },
  { name: "b", code: B, reads: "bedTempC" },
] as const;

/** Counts what it saw; throws over a bed above 100 °C. */
const counting = watch({
  id: "counting",
  about: "",
  parts: PARTS,
  reads: (part) => part.reads,
  code: (part) => part.code,
  params: {},
  start: 0,
  test: (count, { name }, { bedTempC }) => {
    if (name === "b" && bedTempC !== undefined && bedTempC > 100) throw new Error("too hot for me");
    return { state: count + 1, answer: PASS };
  },
});
type NoParams = Readonly<Record<string, Param>>;
const simple = defineDetector<number, NoParams>({
  id: "simple",
  about: "",
  codes: [],
  params: {},
  initial: 0,
  step: (n) => ({ state: n + 1, findings: [] }),
});
const two = [counting, simple] as readonly Detector<unknown>[];

const seen = (readings: Partial<Snapshot>): Snapshot => ({ ...emptySnapshot(P1), connected: true, ...readings });

test("a part is asked from its first reading on, and also when that is gone", () => {
  const watching = watchingOf(two);
  expect(watching.awake().map(({ detector }) => detector.id)).toEqual(["simple"]);
  step(watching, seen({ bedTempC: 20 }), at(1));
  step(watching, seen({ nozzleTempC: 20 }), at(2));
  expect(watching.states()).toEqual({ counting: { a: { test: 1, said: "pass" }, b: { test: 2, said: "pass" } }, simple: 2 });
});

test("what nobody has asked yet is not kept, what was kept is asked at once, and strange states are none", () => {
  expect(watchingOf(two).states()).toEqual({});
  const again = watchingOf(two, { counting: { b: { test: 7, said: "fail" }, c: { test: 9 } } });
  expect(step(again, seen({}), at(1))).toEqual([["counting", { code: B, status: "pass" }]]);
  expect(again.states()).toEqual({ counting: { b: { test: 8, said: "pass" } }, simple: 1 });
  for (const strange of [null, 5, "x", [1], { a: 5 }]) expect(watchingOf(two, { counting: strange }).states()).toEqual({});
});

test("what was said before a part threw is not lost, and the state of that part stays", () => {
  const watching = watchingOf(two);
  watching.attend(seen({ nozzleTempC: 20, bedTempC: 200 }));
  const watcher = watching.awake()[0] ?? expect.unreachable();
  const found: Finding[] = [];
  expect(() => stepWatcher(watcher, seen({ nozzleTempC: 20, bedTempC: 200 }), at(1), found)).toThrow("too hot");
  expect(found).toEqual([{ code: A, status: "pass" }]);
  expect(watching.states()).toEqual({ counting: { a: { test: 1, said: "pass" } } });
});
