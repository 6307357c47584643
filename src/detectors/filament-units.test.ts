/** Damp air that stays, and loads that get harder, in the unit that has them; lids that are opened and units that dry are no fault. */
import { describe, expect, it } from "vitest";
import type { FilamentUnit } from "../model/telemetry.ts";
import { unitFeed, unitHumidity } from "./filament-units.ts";
import { createScene, type Scene } from "./testing/scene.fixture.ts";

const MINUTE_S = 60;
const HOUR_S = 3_600;
const unit = (name: string, more: Partial<FilamentUnit>): FilamentUnit => ({ name, slots: [], ...more });

describe("unit-humidity", () => {
  const DAMP = "0701-3500-0003-E117";
  function play(scene: Scene, humidityPct: (s: number) => number, tempC: (s: number) => number = () => 26): void {
    for (let s = 0; s < 4 * HOUR_S; s += 5) {
      const filamentUnits = [
        unit("AMS A", { humidityPct: 20 }),
        unit("AMS B", { humidityPct: Math.round(humidityPct(s)), tempC: tempC(s) }),
      ];
      scene.sample(s, { filamentUnits });
    }
  }

  it.each<[string, (s: number) => number, ((s: number) => number) | undefined, string[]]>([
    ["stays dry", () => 24, undefined, [`pass ${DAMP}`]],
    ["gets damp and stays so", (s) => 20 + 30 * (1 - Math.exp(-s / 1_800)), undefined, [`pass ${DAMP}`, `fail ${DAMP}`]],
    ["was opened, and dries", (s) => 18 + 40 * Math.exp(-s / HOUR_S), undefined, [`pass ${DAMP}`]],
    ["is damp for a quarter of an hour", (s) => (s > HOUR_S && s < HOUR_S + 15 * MINUTE_S ? 55 : 20), undefined, [`pass ${DAMP}`]],
    ["dries its filament", () => 70, () => 55, []],
    ["is dry again", (s) => (s < 2 * HOUR_S ? 50 : 20), undefined, [`pass ${DAMP}`, `fail ${DAMP}`, `pass ${DAMP}`]],
    ["is just below the limit after it was damp", (s) => (s < 2 * HOUR_S ? 50 : 38), undefined, [`pass ${DAMP}`, `fail ${DAMP}`]],
  ])("a unit that %s", (_name, humidityPct, tempC, expected) => {
    const scene = createScene(unitHumidity);
    play(scene, humidityPct, tempC);
    expect(scene.said.filter((word) => word.endsWith(DAMP))).toEqual(expected);
  });

  it.each([
    ["AMS A", "0700-3500-0003-E117"],
    ["AMS 2 Pro C", "0702-3500-0003-E117"],
    ["AMS-HT B", "1801-3500-0003-E117"],
  ])("%s is told as %s, in words with the water in its air", (name, code) => {
    const scene = createScene(unitHumidity);
    for (let s = 0; s < HOUR_S; s += 10) scene.sample(s, { filamentUnits: [unit(name, { humidityPct: 55, tempC: 25 })] });
    expect(scene.said).toEqual([`pass ${code}`, `fail ${code}`]);
    expect(scene.findings[1]?.evidence).toEqual({
      says: `humidity in ${name} 55 % (12.6 g/m³) for 30 min and not falling`,
      waterGM3: 12.6,
    });
  });

  it("counts no time in which nobody looked", () => {
    const scene = createScene(unitHumidity);
    const filamentUnits = [unit("AMS A", { humidityPct: 55 })];
    scene.sample(0, { filamentUnits });
    scene.sample(2 * HOUR_S, { filamentUnits });
    scene.restart();
    scene.sample(4 * HOUR_S, { filamentUnits });
    expect(scene.said).toEqual(["pass 0700-3500-0003-E117"]);
  });
});

describe("unit-feed", () => {
  const WEAK = "0700-0100-0003-E118";
  /** Loads one after the other, each seen several times. */
  function play(scene: Scene, loads: readonly (readonly [seconds: number, retries: number])[], from = 1): void {
    loads.forEach(([loadS, loadRetries], i) => {
      for (let s = 0; s < 3; s++)
        scene.sample((from + i) * 100 + s, { filamentUnits: [unit("AMS A", { loads: from + i, loadS, loadRetries })] });
    });
  }
  const usual = Array.from({ length: 30 }, (_, i) => [15 + (i % 3), i % 10 === 9 ? 1 : 0] as const);

  it.each<[string, (readonly [number, number])[], string[]]>([
    ["as ever", usual, [`pass ${WEAK}`]],
    ["with one bad load", [...usual, [45, 3], ...usual], [`pass ${WEAK}`, `fail ${WEAK}`, `pass ${WEAK}`]],
    ["always with another try", [...usual, ...usual.map(() => [25, 1] as const)], [`pass ${WEAK}`, `fail ${WEAK}`]],
    ["always slowly", [...usual, ...usual.map(() => [30, 0] as const)], [`pass ${WEAK}`, `fail ${WEAK}`]],
    ["a little slower", [...usual, ...usual.map(() => [19, 0] as const)], [`pass ${WEAK}`]],
  ])("loads %s", (_name, loads, expected) => {
    const scene = createScene(unitFeed);
    play(scene, loads);
    expect(scene.said).toEqual(expected);
  });

  it("keeps what it learned over a restart, of ours and of the unit's count", () => {
    const scene = createScene(unitFeed);
    play(scene, usual);
    scene.restart();
    play(
      scene,
      usual.map(() => [30, 0] as const),
      50,
    );
    expect(scene.said).toEqual([`pass ${WEAK}`, `fail ${WEAK}`]);
    scene.sample(1e5, { filamentUnits: [unit("AMS A", { loads: 0, loadS: 90 })] });
    expect(scene.said).toHaveLength(2);
  });
});
