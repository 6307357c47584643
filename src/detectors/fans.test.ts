/** A fan that stands still or is slow is told in seconds; spinning up, coasting down and duties that change are none of it. */
import { array, assert, constantFrom, double, integer, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import type { Readings } from "../model/telemetry.ts";
import { fanSlow, fanStalled } from "./fans.ts";
import { createScene, type Scene } from "./testing/scene.fixture.ts";

const STALLED = "0300-0400-0002-0001";
const SLOW = "0300-3100-0002-0002";
const fanAt = (partFanPct: number, partFanRpm: number): Readings => ({ partFanPct, partFanRpm });

/** A reading of the tachometer each second, looked at four times. */
function play(scene: Scene, fromS: number, dutyPct: number, speeds: readonly number[]): number {
  speeds.forEach((rpm, i) => {
    for (let quarter = 0; quarter < 4; quarter++) scene.sample(fromS + i + quarter / 4, fanAt(dutyPct, rpm));
  });
  return fromS + speeds.length;
}

const steady = (rpm: number, seconds: number): number[] => Array.from({ length: seconds }, (_, i) => rpm + (i % 2 === 0 ? 0 : 6));
/** As recorded from a real host whose fan was stopped. */
const STOPPING = [4041, 466, 72, 15, 0, 0, 0];
const STICKING = Array.from({ length: 24 }, (_, i) => [3300, 400, 3000, 6000, 5990, 6000][i % 6] ?? 0);

describe("a fan that stops", () => {
  it("is told within three seconds, with what was learned", () => {
    const scene = createScene(fanStalled);
    play(scene, 0, 0, steady(0, 2));
    play(scene, 2, 100, [0, 0, 4639, 5892, 5988, 5937, 6006]);
    play(scene, 9, 100, STOPPING.slice(0, 3));
    expect(scene.said).toEqual([`pass ${STALLED}`, `fail ${STALLED}`]);
    const [, fail] = scene.findings;
    expect(fail).toMatchObject({ unit: "rpm", value: 72, confidence: 0.98 });
    expect(fail?.evidence?.["says"]).toMatch(/^tach 72 rpm for 1\.\d s at duty 100 %, learned 5,9\d\d rpm$/);
  });

  it("is told at a low duty too, where it was seen to turn for long", () => {
    const scene = createScene(fanStalled);
    play(scene, play(scene, 0, 20, steady(900, 60)), 20, [300, 40, ...steady(0, 5)]);
    expect(scene.said).toEqual([`pass ${STALLED}`, `fail ${STALLED}`]);
  });

  it("is told though nobody ever saw it turn", () => {
    const scene = createScene(fanStalled);
    play(scene, 0, 0, steady(0, 2));
    play(scene, 2, 100, [0, 0, 0, 0, 0, 0]);
    expect(scene.said).toEqual([`fail ${STALLED}`]);
  });

  it("is well again only when it keeps turning", () => {
    const scene = createScene(fanStalled);
    let at = play(scene, 0, 100, [...steady(6000, 20), ...STOPPING, ...steady(6000, 6), ...STOPPING]);
    expect(scene.said).toEqual([`pass ${STALLED}`, `fail ${STALLED}`]);
    at = play(scene, at, 100, steady(6000, 14));
    expect(scene.said.at(-1)).toBe(`pass ${STALLED}`);
  });

  it("is told again after a restart of ours without learning anew", () => {
    const scene = createScene(fanStalled);
    play(scene, 0, 40, steady(2400, 30));
    scene.restart();
    play(scene, 100, 40, steady(0, 6));
    expect(scene.said).toEqual([`pass ${STALLED}`, `fail ${STALLED}`]);
  });
});

describe("no stall", () => {
  it.each<[string, (scene: Scene) => void]>([
    ["a fan without a tachometer", (scene) => [0, 5, 10, 15].forEach((at) => scene.sample(at, { partFanPct: 100 }))],
    ["a fan that is off", (scene) => play(scene, 0, 0, steady(0, 30))],
    ["a fan that spins up", (scene) => play(scene, play(scene, 0, 0, steady(0, 5)), 100, [0, 0, 3000, 5000, ...steady(6000, 5)])],
    ["a duty too low to turn", (scene) => play(scene, play(scene, 0, 100, steady(6000, 30)), 12, [3000, 900, 200, ...steady(0, 20)])],
    ["one reading that is lost", (scene) => play(scene, 0, 100, [...steady(6000, 20), 0, ...steady(6000, 20)])],
    [
      "a kick-start, again and again",
      (scene) => {
        let at = play(scene, 0, 100, steady(6000, 20));
        for (let i = 0; i < 20; i++) at = play(scene, play(scene, at, 0, [2000, 300, 0]), 100, [0, 2500]);
      },
    ],
    [
      "readings that stand still because the printer is silent",
      (scene) => {
        play(scene, 0, 100, [...steady(6000, 20), 200]);
        for (let at = 22; at < 120; at++) scene.tick(at);
      },
    ],
    [
      "a single look before and after a long gap",
      (scene) => {
        play(scene, 0, 100, steady(6000, 20));
        scene.sample(20, fanAt(100, 100));
        scene.sample(4_000, fanAt(100, 100));
        scene.sample(4_000.25, fanAt(100, 6000));
      },
    ],
  ])("%s", (_name, scenario) => {
    const scene = createScene(fanStalled);
    scenario(scene);
    expect(scene.said.filter((word) => word.startsWith("fail"))).toEqual([]);
  });

  it("a tachometer that also turns with the fan off gives no pass", () => {
    const scene = createScene(fanStalled);
    play(scene, play(scene, 0, 0, steady(6000, 30)), 100, steady(6000, 30));
    expect(scene.said).toEqual([]);
  });
});

describe("a slow fan", () => {
  it.each<[string, number[], string[]]>([
    ["at two thirds of its speed", steady(3900, 10), [`pass ${SLOW}`, `fail ${SLOW}`]],
    ["at nine tenths", steady(5400, 10), [`pass ${SLOW}`]],
    ["for two seconds only", [...steady(3900, 2), ...steady(6000, 8)], [`pass ${SLOW}`]],
    ["that stands still, which is a stall", STOPPING, [`pass ${SLOW}`]],
    ["that sticks every six seconds", STICKING, [`pass ${SLOW}`, `fail ${SLOW}`]],
    ["for two seconds, again after a while", [...steady(3900, 2), ...steady(6000, 10), ...steady(3900, 2)], [`pass ${SLOW}`]],
    ["and well again", [...steady(3900, 10), ...steady(5900, 20)], [`pass ${SLOW}`, `fail ${SLOW}`, `pass ${SLOW}`]],
    ["and just above its limit", [...steady(3900, 10), ...steady(4300, 20)], [`pass ${SLOW}`, `fail ${SLOW}`]],
  ])("%s", (_name, speeds, expected) => {
    const scene = createScene(fanSlow);
    play(scene, play(scene, 0, 100, steady(6000, 20)), 100, speeds);
    expect(scene.said).toEqual(expected);
  });

  it("is compared with what it did at this duty or a lower one, never with a higher", () => {
    const scene = createScene(fanSlow);
    const at = play(scene, 0, 100, steady(6000, 30));
    play(scene, at, 40, [5000, 4000, 3000, ...steady(2400, 60)]);
    expect(scene.said).toEqual([`pass ${SLOW}`]);
  });

  it("keeps what it learned small and over a restart", () => {
    const scene = createScene(fanSlow);
    let at = 0;
    for (let duty = 30; duty <= 100; duty++) at = play(scene, at, duty, steady(duty * 60, 20));
    expect(JSON.stringify(scene.state()).length).toBeLessThan(2_000);
    scene.restart();
    play(scene, at, 80, steady(3000, 10));
    expect(scene.said).toEqual([`pass ${SLOW}`, `fail ${SLOW}`]);
  });
});

/** A sound fan: first order, as fast as drawn, counted each second with up to a tenth of the pulses lost. */
const SOUND = record({
  duties: array(record({ pct: constantFrom(0, 15, 30, 45, 60, 80, 100), forS: integer({ min: 1, max: 25 }) }), {
    maxLength: 60,
  }),
  maxRpm: integer({ min: 2_000, max: 12_000 }),
  upS: double({ min: 0.3, max: 1.5, noNaN: true }),
  downS: double({ min: 0.5, max: 4, noNaN: true }),
  lost: array(double({ min: 0, max: 0.1, noNaN: true }), { minLength: 7, maxLength: 7 }),
});

it("a sound fan is never told, whatever is asked of it", () => {
  assert(
    property(SOUND, ({ duties, maxRpm, upS, downS, lost }) => {
      const scenes = [createScene(fanStalled), createScene(fanSlow)];
      let at = 0;
      let rpm = 0;
      let counted = 0;
      for (const { pct, forS } of duties) {
        const wanted = pct < 20 ? 0 : (maxRpm * pct) / 100;
        for (let quarter = 0; quarter < 4 * forS; quarter++, at += 0.25) {
          rpm = wanted + (rpm - wanted) * Math.exp(-0.25 / (wanted > rpm ? upS : downS));
          if (at % 1 === 0) counted = rpm * (1 - (lost[at % 7] ?? 0));
          for (const scene of scenes) scene.sample(at, fanAt(pct, counted));
        }
      }
      expect(scenes.flatMap(({ said }) => said).filter((word) => word.startsWith("fail"))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
