/** Weak radio, silence and wrong clocks are told when they last, and never when it was us who slept. */
import { describe, expect, it } from "vitest";
import type { Readings } from "../model/telemetry.ts";
import { clockSkew, linkSilence, wifiWeak } from "./network.ts";
import { createScene, type Scene } from "./testing/scene.fixture.ts";

const WEAK = "0500-0200-0003-E119";
const SILENT = "F000-0100-0003-0002";
const SKEWED = "F000-0100-0003-0003";

describe("Wi-Fi", () => {
  it.each<[string, (second: number) => Readings, string[]]>([
    ["unknown", () => ({}), []],
    ["0 is no signal at all", () => ({ wifiDbm: 0 }), []],
    ["a cable", () => ({ wifiDbm: -90, wired: true }), []],
    ["good", (s) => ({ wifiDbm: -55 + (s % 5) }), [`pass ${WEAK}`]],
    ["a weak minute that was none", (s) => ({ wifiDbm: s > 100 && s < 140 ? -85 : -60 }), [`pass ${WEAK}`]],
    ["at the limit", (s) => ({ wifiDbm: s % 2 === 0 ? -78 : -70 }), [`pass ${WEAK}`]],
    ["weak", (s) => ({ wifiDbm: s < 60 ? -60 : -82 }), [`pass ${WEAK}`, `fail ${WEAK}`]],
    ["hardly better", (s) => ({ wifiDbm: s < 200 ? -82 : -72 }), [`pass ${WEAK}`, `fail ${WEAK}`]],
    ["good again", (s) => ({ wifiDbm: s < 200 ? -82 : -60 }), [`pass ${WEAK}`, `fail ${WEAK}`, `pass ${WEAK}`]],
  ])("%s", (_name, readings, expected) => {
    const scene = createScene(wifiWeak);
    for (let second = 0; second < 400; second++) scene.sample(second, readings(second));
    expect(scene.said).toEqual(expected);
  });
});

/** Samples at these gaps, a step each second between them. */
function speak(scene: Scene, fromS: number, gapsS: readonly number[], readings: Readings = {}): number {
  let second = fromS;
  for (const gapS of gapsS) {
    for (let t = 1; t < gapS; t++) scene.tick(second + t);
    second += gapS;
    scene.sample(second, readings);
  }
  return second;
}

function wait(scene: Scene, fromS: number, seconds: number): number {
  for (let t = 1; t <= seconds; t++) scene.tick(fromS + t);
  return fromS + seconds;
}

const every = (gapS: number, count: number): number[] => Array.from({ length: count }, () => gapS);
/** Deltas of a resting printer: tens of seconds, now and then. */
const ragged = Array.from({ length: 120 }, (_, i) => [1, 2, 7, 1, 15, 3, 31, 1][i % 8] ?? 1);

describe("silence", () => {
  it.each<[string, (scene: Scene) => void, string[]]>([
    ["not heard enough yet", (scene) => wait(scene, speak(scene, 0, every(1, 10)), 600), []],
    [
      "four times a second, then nothing",
      (scene) => wait(scene, speak(scene, 0, every(0.25, 100)), 25),
      [`pass ${SILENT}`, `fail ${SILENT}`],
    ],
    ["a pause within reason", (scene) => wait(scene, speak(scene, 0, every(0.25, 100)), 15), [`pass ${SILENT}`]],
    ["a printer that rests", (scene) => wait(scene, speak(scene, 0, ragged), 60), [`pass ${SILENT}`]],
    ["a printer that rests for ever", (scene) => wait(scene, speak(scene, 0, ragged), 300), [`pass ${SILENT}`, `fail ${SILENT}`]],
    [
      "it speaks again",
      (scene) => speak(scene, wait(scene, speak(scene, 0, every(1, 100)), 40), [1, 1]),
      [`pass ${SILENT}`, `fail ${SILENT}`, `pass ${SILENT}`],
    ],
    [
      "a print that ends: resting has a rhythm of its own",
      (scene) => wait(scene, speak(scene, speak(scene, 0, every(1, 200), { state: "printing" }), [1], { state: "finished" }), 300),
      [`pass ${SILENT}`],
    ],
    ["we slept", (scene) => scene.tick(speak(scene, 0, every(1, 100)) + 4_000), [`pass ${SILENT}`]],
    [
      "we were busy: each step came late",
      (scene) => {
        const end = speak(scene, 0, every(1, 100));
        for (let t = 10; t < 600; t += 10) scene.tick(end + t);
      },
      [`pass ${SILENT}`],
    ],
    ["our clock jumped back", (scene) => wait(scene, speak(scene, 0, every(1, 100)) - 80, 15), [`pass ${SILENT}`]],
    [
      "not connected is another detector's matter",
      (scene) => {
        const end = speak(scene, 0, every(1, 100));
        scene.link(false);
        wait(scene, end, 300);
      },
      [`pass ${SILENT}`],
    ],
    [
      "our downtime is none of the printer's",
      (scene) => {
        const end = wait(scene, speak(scene, 0, every(1, 100)), 15);
        scene.restart();
        wait(scene, end, 60);
        speak(scene, end + 60, [1]);
        wait(scene, end + 61, 15);
      },
      [`pass ${SILENT}`],
    ],
  ])("%s", (_name, play, expected) => {
    const scene = createScene(linkSilence);
    play(scene);
    expect(scene.said).toEqual(expected);
  });
});

describe("clocks", () => {
  const START_MS = Date.UTC(2026, 0, 1);
  it.each<[string, (second: number) => number, string[]]>([
    ["in step", () => 0.1, [`pass ${SKEWED}`]],
    ["one late message now and then", (s) => (s % 90 === 0 ? -30 : 0), [`pass ${SKEWED}`]],
    ["ahead", () => 7, [`fail ${SKEWED}`]],
    ["an hour behind", () => -3_600, [`fail ${SKEWED}`]],
    ["set right in the end", (s) => (s < 500 ? 7 : 0), [`fail ${SKEWED}`, `pass ${SKEWED}`]],
    ["a jump", (s) => (s < 500 ? 0 : 60), [`pass ${SKEWED}`, `fail ${SKEWED}`]],
  ])("%s", (_name, skewS, expected) => {
    const scene = createScene(clockSkew);
    for (let second = 0; second < 1_200; second++) scene.sample(second, { sourceTimeMs: START_MS + (second + skewS(second)) * 1_000 });
    expect(scene.said).toEqual(expected);
  });

  it("a printer that fell silent has no late clock", () => {
    const scene = createScene(clockSkew);
    for (let second = 0; second < 600; second++) scene.sample(second, { sourceTimeMs: START_MS + second * 1_000 });
    // the readings stay in the snapshot while other samples come
    for (let second = 600; second < 2_000; second++) scene.sample(second, { nozzleTempC: 20 });
    expect(scene.said).toEqual([`pass ${SKEWED}`]);
  });
});
