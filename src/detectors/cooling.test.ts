/** Air that does not cool: a board above the level it had at work, a heatsink that keeps more heat than it used to. Weather is neither. */
import { describe, expect, it } from "vitest";
import type { Readings } from "../model/telemetry.ts";
import { coolingWeak, heatCreep } from "./cooling.ts";
import { createScene, type Scene } from "./testing/scene.fixture.ts";

const MINUTE_S = 60;
const HOUR_S = 3_600;

/** Values by seconds since the start of the stretch, a sample each five seconds. */
function play(scene: Scene, fromS: number, forS: number, readings: (s: number) => Readings): number {
  for (let s = 0; s < forS; s += 5) scene.sample(fromS + s, readings(s));
  return fromS + forS;
}

describe("the board", () => {
  const WEAK = "0300-3500-0002-E103";
  const atWork = (boardTempC: number, ambientC = 22): Readings => ({
    state: "printing",
    controllerFanPct: 100,
    boardTempC,
    hostTempC: ambientC + 25,
    chamberTempC: ambientC + 20,
  });
  /** Warms up and levels off. */
  const warmedUp = (scene: Scene, levelC = 38): number =>
    play(scene, 0, HOUR_S, (s) => atWork(levelC - 12 * Math.exp(-s / 200) + 0.1 * (s % 3)));

  it.each<[string, (s: number) => Readings, string[]]>([
    ["rises by 16 °C in an hour", (s) => atWork(38 + (16 * Math.min(s, HOUR_S)) / HOUR_S), [`pass ${WEAK}`, `fail ${WEAK}`]],
    ["rises by 7 °C in ten minutes", (s) => atWork(38 + 7 * Math.min(1, s / 600)), [`pass ${WEAK}`, `fail ${WEAK}`]],
    ["stays as it is", () => atWork(38), [`pass ${WEAK}`]],
    ["gets warm with the room and all in it", (s) => atWork(38 + s / 500, 22 + s / 500), [`pass ${WEAK}`]],
    ["seems warm beside a host that has less to do", () => ({ ...atWork(38), hostTempC: 30 }), [`pass ${WEAK}`]],
    ["is hot while the fan is not asked for much", () => ({ ...atWork(60), controllerFanPct: 30 }), [`pass ${WEAK}`]],
    ["is warm beside a hot bed, which is another level", (s) => ({ ...atWork(47 + s / 1e5), bedTargetC: 100 }), [`pass ${WEAK}`]],
  ])("that %s", (_name, readings, expected) => {
    const scene = createScene(coolingWeak);
    play(scene, warmedUp(scene), 2 * HOUR_S, readings);
    expect(scene.said).toEqual(expected);
  });

  it("is told without any level when it is hot enough, and keeps its level over a restart", () => {
    const hot = createScene(coolingWeak);
    play(hot, 0, 10 * MINUTE_S, () => atWork(88));
    expect(hot.said).toEqual([`fail ${WEAK}`]);
    const scene = createScene(coolingWeak);
    const at = warmedUp(scene);
    scene.restart();
    play(scene, at, 10 * MINUTE_S, () => atWork(50));
    expect(scene.said).toEqual([`pass ${WEAK}`, `fail ${WEAK}`]);
  });

  it("is well again when it cools down", () => {
    const scene = createScene(coolingWeak);
    const at = play(scene, warmedUp(scene), HOUR_S, () => atWork(52));
    play(scene, at, HOUR_S, () => atWork(39));
    expect(scene.said).toEqual([`pass ${WEAK}`, `fail ${WEAK}`, `pass ${WEAK}`]);
  });
});

describe("the hotend", () => {
  const CREEP = "0300-0200-0003-E115";
  const hot = (heatsinkTempC: number, more: Readings = {}): Readings => ({ nozzleTempC: 220, chamberTempC: 25, heatsinkTempC, ...more });
  /** An hour of a sound hotend. */
  const learned = (scene: Scene, more: Readings = {}): number =>
    play(scene, 0, HOUR_S, (s) => ({ ...hot(38 - 13 * Math.exp(-s / 80)), ...more }));

  it.each<[string, (s: number) => Readings, string[]]>([
    ["whose heatsink gets as hot as without air", (s) => hot(38 + 50 * (1 - Math.exp(-s / 300))), [`pass ${CREEP}`, `fail ${CREEP}`]],
    ["in a hot chamber", () => hot(72, { chamberTempC: 62 }), [`pass ${CREEP}`]],
    ["whose nozzle is hotter", () => ({ ...hot(44), nozzleTempC: 290 }), [`pass ${CREEP}`]],
    ["whose heatsink is hot for half a minute", (s) => hot(s < 30 ? 80 : 38), [`pass ${CREEP}`]],
    ["that is cold", () => ({ ...hot(60), nozzleTempC: 90 }), [`pass ${CREEP}`]],
  ])("%s", (_name, readings, expected) => {
    const scene = createScene(heatCreep);
    play(scene, learned(scene), HOUR_S, readings);
    expect(scene.said).toEqual(expected);
  });

  it("is told before anything is learned when the heatsink keeps half of the heat", () => {
    const scene = createScene(heatCreep);
    play(scene, 0, 10 * MINUTE_S, () => hot(95));
    expect(scene.said).toEqual([`fail ${CREEP}`]);
  });

  it.each<[string, number, number, string[]]>([
    ["a slow fan and falling flow together", 6_500, 0.85, [`pass ${CREEP}`, `fail ${CREEP}`]],
    ["a slow fan alone", 6_500, 1, [`pass ${CREEP}`]],
    ["falling flow alone", 9_000, 0.85, [`pass ${CREEP}`]],
  ])("without a sensor: %s", (_name, rpm, flow, expected) => {
    const scene = createScene(heatCreep);
    let mm = 0;
    let seenMm = 0;
    const printing = (hotendFanRpm: number, share: number) => (): Readings => {
      mm += 5;
      seenMm += 5 * share;
      return { nozzleTempC: 220, hotendFanRpm, extrudedMm: mm, filamentSeenMm: seenMm };
    };
    play(scene, play(scene, 0, HOUR_S, printing(9_000, 1)), HOUR_S, printing(rpm, flow));
    expect(scene.said).toEqual(expected);
  });
});
