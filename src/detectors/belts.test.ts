/** Belts are compared with their own first sweeps; weather and single bad sweeps are no fault, a slow loss is told before it hurts. */
import { describe, expect, it } from "vitest";
import { beltSlackening, beltsUneven, beltTension } from "./belts.ts";
import { createScene, type Scene } from "./testing/scene.fixture.ts";

const DAY_S = 86_400;
const SLACK = "0300-1000-0002-0001";
const COURSE = "0300-1000-0003-E104";
const UNEVEN = "0300-1000-0003-E105";
/** Sweeps of one belt scatter by about 1 %. */
const scatter = (i: number): number => 1 + 0.01 * Math.sin(i * 12.9898) + 0.004 * Math.cos(i * 78.233);

describe("tension", () => {
  it.each<[string, number[], string[]]>([
    ["still learning", [110, 111], []],
    ["as ever", [110, 111, 109, 110.5, 108], [`pass ${SLACK}`]],
    ["one low sweep", [110, 111, 109, 90, 110], [`pass ${SLACK}`]],
    ["two low sweeps", [110, 111, 109, 90, 91], [`pass ${SLACK}`, `fail ${SLACK}`]],
    ["one that leaves no doubt", [110, 111, 109, 70], [`pass ${SLACK}`, `fail ${SLACK}`]],
    ["hardly better is not well", [110, 111, 109, 70, 94.5], [`pass ${SLACK}`, `fail ${SLACK}`]],
    ["tightened", [110, 111, 109, 70, 108], [`pass ${SLACK}`, `fail ${SLACK}`, `pass ${SLACK}`]],
    ["tighter than ever: that is its measure now", [110, 111, 109, 130, 131, 129, 107, 108], [`pass ${SLACK}`, `fail ${SLACK}`]],
  ])("%s", (_name, sweeps, expected) => {
    const scene = createScene(beltTension);
    sweeps.forEach((xBeltHz, i) => scene.sample(i * DAY_S, { xBeltHz }));
    expect(scene.said).toEqual(expected);
  });

  it("remembers over a restart and says how much tension is lost", () => {
    const scene = createScene(beltTension);
    [110, 111, 109].forEach((xBeltHz, i) => scene.sample(i * DAY_S, { xBeltHz }));
    scene.restart();
    scene.sample(4 * DAY_S, { xBeltHz: 66 });
    expect(scene.findings.at(-1)).toMatchObject({
      status: "fail",
      evidence: { says: "the X belt sounds at 66 Hz instead of 110 Hz: 64 % of its tension is lost" },
    });
  });
});

/** Sweeps, one each `stepDays`, of a belt that loses `lossPctPerDay`. */
function weeks(scene: Scene, days: number, lossPctPerDay: number, stepDays = 1, firstDay = 0): void {
  for (let day = 0; day < days; day += stepDays) {
    scene.sample((firstDay + day) * DAY_S, { xBeltHz: 110 * (1 - (lossPctPerDay / 100) * day) * scatter(firstDay + day) });
  }
}

describe("slackening", () => {
  it.each<[string, number, number, number, boolean]>([
    ["a stable belt", 200, 0, 1, false],
    ["many sweeps a day", 20, 0, 0.1, false],
    ["a loss that takes a year to matter", 60, 0.02, 1, false],
    ["0.3 % a day", 40, 0.3, 1, true],
    ["0.3 % a day, a sweep now and then", 40, 0.3, 3.7, true],
    ["0.5 % a day, many sweeps", 25, 0.5, 0.2, true],
  ])("%s", (_name, days, loss, stepDays, isTold) => {
    const scene = createScene(beltSlackening);
    weeks(scene, days, loss, stepDays);
    expect(scene.said.includes(`fail ${COURSE}`)).toBe(isTold);
  });

  it("tells the days left before the belt is slack, in bounds that hold", () => {
    const scene = createScene(beltSlackening);
    weeks(scene, 60, 0.3);
    const told = scene.findings.find(({ status }) => status === "fail");
    expect(told?.value).toBeGreaterThan(5);
    expect(told?.value).toBeLessThanOrEqual(45);
    expect(told?.evidence?.["soonestDays"]).toBeLessThan(told?.value ?? 0);
  });

  it("is over when the belt was tightened, and keeps a bounded state", () => {
    const scene = createScene(beltSlackening);
    weeks(scene, 45, 0.3);
    scene.restart();
    weeks(scene, 60, 0, 0.5, 45);
    expect(scene.said.filter((line) => line.startsWith("fail"))).toHaveLength(1);
    expect(scene.said.at(-1)).toBe(`pass ${COURSE}`);
    expect(JSON.stringify(scene.state()).length).toBeLessThan(4_000);
  });
});

describe("a pair", () => {
  it.each<[string, [number, number][], string[]]>([
    [
      "alike, and both a little lower",
      [
        [110, 112],
        [111, 112.5],
        [109, 111],
        [104, 106],
        [103, 105],
      ],
      [`pass ${UNEVEN}`],
    ],
    [
      "one of them lost tension",
      [
        [110, 112],
        [111, 112.5],
        [109, 111],
        [94, 111.5],
        [95, 112],
      ],
      [`fail ${UNEVEN}`],
    ],
    [
      "never alike: two belts of a bed slinger",
      [
        [110, 70],
        [111, 71],
        [109, 72],
        [80, 70],
        [81, 71],
      ],
      [],
    ],
    [
      "one odd sweep",
      [
        [110, 112],
        [111, 112.5],
        [109, 111],
        [90, 111.5],
        [110, 112],
      ],
      [`pass ${UNEVEN}`],
    ],
  ])("%s", (_name, sweeps, expected) => {
    const scene = createScene(beltsUneven);
    // the axes are swept one after the other
    sweeps.forEach(([xBeltHz, yBeltHz], i) => {
      scene.sample(i * 100, { xBeltHz });
      scene.sample(i * 100 + 50, { yBeltHz });
    });
    expect(scene.said).toEqual(expected);
  });
});
