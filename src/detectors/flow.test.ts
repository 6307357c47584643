/** Flow is measured by filament, not by time; retracts, coarse sensors and counters that start over are no fault. */
import { describe, expect, it } from "vitest";
import type { Readings } from "../model/telemetry.ts";
import { clogTrend, flowHigh, flowLow } from "./flow.ts";
import { createScene, type Scene } from "./testing/scene.fixture.ts";

const LOW = "0300-0900-0002-0003";
const HIGH = "0300-0900-0002-E113";
const CLOG = "0300-0900-0003-E114";

interface Path {
  atS: number;
  mm: number;
  fedMm: number;
}

interface Way {
  readonly mmS?: number;
  readonly stepMm?: number;
  /** How often the sensor's count is told. */
  readonly toldEveryS?: number;
  readonly more?: Readings;
}

/** Prints `mm` at a speed, of which `share` passes, with a retract each 6 mm; the sensor counts in steps. */
function print(scene: Scene, path: Path, mm: number, share: number, { mmS = 3, stepMm = 0.1, toldEveryS = 0.25, more }: Way = {}): void {
  const until = path.mm + mm;
  let retractAt = path.mm + 6;
  while (path.mm < until) {
    path.atS += 0.25;
    path.mm += mmS / 4;
    path.fedMm += (mmS / 4) * share;
    const isRetracted = path.mm >= retractAt;
    if (isRetracted) retractAt += 6;
    const back = isRetracted ? 1.5 : 0;
    const seenMm = Math.floor((path.fedMm - back) / stepMm) * stepMm;
    const isTold = path.atS % toldEveryS === 0;
    scene.sample(path.atS, { state: "printing", extrudedMm: path.mm - back, ...(isTold && { filamentSeenMm: seenMm }), ...more });
  }
}

const start = (): Path => ({ atS: 0, mm: 0, fedMm: 0 });

describe("flow", () => {
  it.each<[string, number, string[], string[]]>([
    ["all of it", 1, [`pass ${LOW}`], [`pass ${HIGH}`]],
    ["none", 0, [`pass ${LOW}`, `fail ${LOW}`], [`pass ${HIGH}`]],
    ["a third", 0.33, [`pass ${LOW}`, `fail ${LOW}`], [`pass ${HIGH}`]],
    ["four fifths", 0.8, [`pass ${LOW}`], [`pass ${HIGH}`]],
    ["twice as much", 2, [`pass ${LOW}`], [`pass ${HIGH}`, `fail ${HIGH}`]],
    ["a fifth too much", 1.2, [`pass ${LOW}`], [`pass ${HIGH}`]],
  ])("%s passes", (_name, share, low, high) => {
    for (const [scene, expected] of [
      [createScene(flowLow), low],
      [createScene(flowHigh), high],
    ] as const) {
      const path = start();
      print(scene, path, 60, 1);
      print(scene, path, 20, share);
      expect(scene.said).toEqual(expected);
    }
  });

  it("is told after a dozen millimetres, in words", () => {
    const scene = createScene(flowLow);
    const path = start();
    print(scene, path, 60, 1);
    print(scene, path, 12, 0.1);
    expect(scene.findings.at(-1)?.evidence?.["says"]).toMatch(/^\d+ % of the ordered filament passed, over the last 9 mm$/);
  });

  it.each<[string, (scene: Scene, path: Path) => void]>([
    ["a sensor that counts in steps of 2.9 mm", (scene, path) => print(scene, path, 400, 1, { stepMm: 2.88 })],
    ["a sensor that is a tenth off", (scene, path) => print(scene, path, 400, 0.9)],
    ["a sensor that is told each second", (scene, path) => print(scene, path, 400, 1, { mmS: 14, toldEveryS: 1 })],
    ["a sensor that is told every five seconds", (scene, path) => print(scene, path, 400, 1, { toldEveryS: 5 })],
    ["slow extrusion", (scene, path) => print(scene, path, 60, 1, { mmS: 0.2 })],
    [
      "counters that start over",
      (scene, path) => {
        for (let i = 0; i < 5; i++) {
          print(scene, path, 100, 1);
          path.mm = 0;
          path.fedMm = 0;
        }
      },
    ],
    [
      "filament that is changed while paused",
      (scene, path) => {
        print(scene, path, 60, 1);
        print(scene, path, 100, 0, { more: { state: "paused" } });
        print(scene, path, 60, 1);
      },
    ],
  ])("is right with %s", (_name, scenario) => {
    for (const scene of [createScene(flowLow), createScene(flowHigh)]) {
      scenario(scene, start());
      expect(scene.said.filter((word) => word.startsWith("fail"))).toEqual([]);
    }
  });

  it("is well again, and stands over a restart until then", () => {
    const scene = createScene(flowLow);
    const path = start();
    print(scene, path, 60, 1);
    print(scene, path, 20, 0.2);
    scene.restart();
    print(scene, path, 20, 1);
    expect(scene.said).toEqual([`pass ${LOW}`, `fail ${LOW}`]);
    print(scene, path, 60, 1);
    expect(scene.said).toEqual([`pass ${LOW}`, `fail ${LOW}`, `pass ${LOW}`]);
  });
});

describe("a nozzle that clogs", () => {
  it.each<[string, (done: number) => number, number, string[]]>([
    ["not at all", () => 1, 0.1, [`pass ${CLOG}`]],
    ["a tenth less and less", (done) => 1 - 0.1 * done, 0.1, [`pass ${CLOG}`, `fail ${CLOG}`]],
    ["at once, by a twelfth", () => 0.92, 0.1, [`pass ${CLOG}`, `fail ${CLOG}`]],
    ["by one percent, which is none", () => 0.99, 0.1, [`pass ${CLOG}`]],
    ["not, before a coarse sensor", () => 1, 2.88, [`pass ${CLOG}`]],
  ])("%s", (_name, share, stepMm, expected) => {
    const scene = createScene(clogTrend);
    const path = start();
    print(scene, path, 1_000, 1, { stepMm });
    for (let i = 0; i < 60; i++) print(scene, path, 20, share(i / 60), { stepMm });
    expect(scene.said).toEqual(expected);
  });

  it("is compared at the same speed: what fast extrusion loses is usual", () => {
    const scene = createScene(clogTrend);
    const path = start();
    for (let i = 0; i < 40; i++) {
      print(scene, path, 40, 1, { mmS: 1 });
      print(scene, path, 40, 0.93, { mmS: 5 });
    }
    expect(scene.said).toEqual([`pass ${CLOG}`]);
  });

  it("is not what another filament does: some percent less in another job", () => {
    const scene = createScene(clogTrend);
    const path = start();
    print(scene, path, 1_500, 1);
    scene.sample((path.atS += 1), { state: "finished" });
    print(scene, path, 1_500, 0.96);
    expect(scene.said.filter((word) => word.startsWith("fail"))).toEqual([]);
  });

  it("is told in the next job too, and over a restart", () => {
    const scene = createScene(clogTrend);
    const path = start();
    print(scene, path, 1_500, 1);
    scene.restart();
    print(scene, path, 600, 0.85);
    expect(scene.said).toEqual([`pass ${CLOG}`, `fail ${CLOG}`]);
  });
});
