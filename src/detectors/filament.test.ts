/** Sensors along the filament count while a job runs or waits for them; without a job anything goes. */
import { describe, expect, it } from "vitest";
import type { Readings } from "../model/telemetry.ts";
import { filamentMotion, filamentRunout, filamentWidth } from "./filament.ts";
import { createScene } from "./testing/scene.fixture.ts";

type Step = readonly [second: number, readings: Readings];
const READY: Readings = { hostState: "ready" };

describe("filament-runout", () => {
  const OUT = "E100-0E00-0002-E001";
  const at = (second: number, state: Readings["state"], isThere: boolean): Step => [
    second,
    { ...READY, ...(state !== undefined && { state }), filamentAtExtruder: isThere },
  ];

  it.each<[string, Step[], string[]]>([
    [
      "as recorded: at the switch, and over when the filament is back",
      [
        at(190, "printing", true),
        at(191, "printing", false),
        at(191.25, "printing", false),
        at(203, "paused", false),
        at(204, "paused", true),
      ],
      [`pass ${OUT}`, `fail ${OUT}`, `pass ${OUT}`],
    ],
    [
      "a host that pauses in the same moment",
      [at(0, "printing", true), at(1, "paused", false), at(1.25, "paused", false), at(60, "paused", false)],
      [`pass ${OUT}`, `fail ${OUT}`],
    ],
    ["a job that starts without filament", [at(0, "idle", false), at(1, "printing", false), at(1.25, "printing", false)], [`fail ${OUT}`]],
    ["loading and unloading without a job", [at(0, "idle", true), at(1, "idle", false), at(9, "idle", true)], [`pass ${OUT}`]],
    [
      "a person who pauses and then takes the filament out",
      [at(0, "printing", true), at(1, "paused", true), at(60, "paused", false), at(90, "paused", false), at(120, "paused", true)],
      [`pass ${OUT}`],
    ],
    ["a switch that bounces", [at(0, "printing", true), at(1, "printing", false), at(1.1, "printing", true)], [`pass ${OUT}`]],
    [
      "a job that is given up",
      [at(0, "printing", true), at(1, "printing", false), at(2, "paused", false), at(3, "paused", false), at(4, "idle", false)],
      [`pass ${OUT}`, `fail ${OUT}`, `pass ${OUT}`],
    ],
  ])("%s", (_name, steps, expected) => {
    const scene = createScene(filamentRunout);
    for (const [second, readings] of steps) scene.sample(second, readings);
    expect(scene.said).toEqual(expected);
  });

  it("is none of ours where the printer's own software watches it, and stands over a restart", () => {
    const vendor = createScene(filamentRunout);
    for (let s = 0; s < 10; s++) vendor.sample(s, { state: "printing", filamentAtExtruder: s < 2 });
    expect(vendor.said).toEqual([]);
    const scene = createScene(filamentRunout);
    for (let s = 0; s < 10; s++) scene.sample(s, { ...READY, state: "printing", filamentAtExtruder: s < 2 });
    scene.restart();
    scene.sample(100, { ...READY, state: "paused", filamentAtExtruder: false });
    expect(scene.said).toEqual([`pass ${OUT}`, `fail ${OUT}`]);
    scene.sample(101, { ...READY, state: "paused", filamentAtExtruder: true });
    expect(scene.said.at(-1)).toBe(`pass ${OUT}`);
  });
});

describe("filament-motion", () => {
  const STUCK = "E100-0E00-0002-E002";
  const at = (second: number, state: Readings["state"], filamentMoving: boolean, extrudedMm?: number): Step => [
    second,
    { ...READY, ...(state !== undefined && { state }), filamentMoving, ...(extrudedMm !== undefined && { extrudedMm }) },
  ];

  it.each<[string, Step[], string[]]>([
    [
      "it followed, and the extruder pushes on without it",
      [at(0, "printing", true, 50), at(1, "printing", false, 51), at(2, "printing", false, 51.8), at(3, "printing", false, 52.6)],
      [`pass ${STUCK}`, `fail ${STUCK}`],
    ],
    [
      "it followed, and the host pauses by itself",
      [at(0, "printing", true, 50), at(1, "printing", false, 50), at(1.5, "paused", false, 50), at(2.5, "paused", false, 50)],
      [`pass ${STUCK}`, `fail ${STUCK}`],
    ],
    [
      "nobody knows how much is pushed",
      [at(0, "printing", true), at(1, "printing", false), at(2, "printing", false)],
      [`pass ${STUCK}`, `fail ${STUCK}`],
    ],
    [
      "it never followed: only after its length, retracts left out",
      [at(0, "printing", false, 0), at(1, "printing", false, 4), at(2, "printing", false, 3), at(3, "printing", false, 5)],
      [],
    ],
    [
      "it never followed, for its length",
      [at(0, "printing", false, 0), at(1, "printing", false, 4), at(2, "printing", false, 8)],
      [`fail ${STUCK}`],
    ],
    ["a still extruder", [at(0, "printing", true, 50), at(1, "printing", false, 50), at(60, "printing", false, 50)], [`pass ${STUCK}`]],
    ["a moment without", [at(0, "printing", true, 50), at(1, "printing", false, 53), at(1.5, "printing", true, 55)], [`pass ${STUCK}`]],
    [
      "filament that is pushed without a job",
      [at(0, "idle", true, 0), at(1, "idle", false, 30), at(9, "idle", false, 99)],
      [`pass ${STUCK}`],
    ],
    [
      "pushed by hand, and the host pauses because of it",
      [at(0, "idle", true, 0), at(5, "idle", false, 8), at(5.5, "paused", false, 8), at(6.5, "paused", false, 8)],
      [`pass ${STUCK}`, `fail ${STUCK}`],
    ],
    [
      "pushed by hand, both in one word",
      [at(0, "idle", true, 0), at(5, "paused", false, 8), at(6, "paused", false, 8)],
      [`pass ${STUCK}`, `fail ${STUCK}`],
    ],
    [
      "pushed by hand, and somebody pauses later",
      [at(0, "idle", true, 0), at(5, "idle", false, 8), at(30, "paused", false, 8), at(32, "paused", false, 8)],
      [`pass ${STUCK}`],
    ],
    [
      "it follows again",
      [
        at(0, "printing", false, 0),
        at(1, "printing", false, 9),
        at(3, "printing", true, 19),
        at(30, "printing", true, 60),
        at(64, "printing", true, 99),
      ],
      [`fail ${STUCK}`, `pass ${STUCK}`],
    ],
    [
      "it follows for a moment, again and again",
      [
        at(0, "printing", false, 0),
        at(1, "printing", false, 9),
        at(3, "printing", true, 19),
        at(50, "printing", false, 20),
        at(70, "printing", true, 21),
      ],
      [`fail ${STUCK}`],
    ],
  ])("%s", (_name, steps, expected) => {
    const scene = createScene(filamentMotion);
    for (const [second, readings] of steps) scene.sample(second, readings);
    expect(scene.said).toEqual(expected);
  });
});

describe("filament-width", () => {
  const WIDTH = "0300-0900-0003-E116";
  it.each<[string, (second: number) => number, string[]]>([
    ["as it should be", (s) => 1.75 + 0.03 * (s % 3), [`pass ${WIDTH}`]],
    ["of the other usual width", () => 2.83, [`pass ${WIDTH}`]],
    ["a fifth too thick", (s) => 1.95 + 0.01 * (s % 3), [`pass ${WIDTH}`, `fail ${WIDTH}`]],
    ["too thin", () => 1.6, [`pass ${WIDTH}`, `fail ${WIDTH}`]],
    ["now and then too thick", (s) => (s % 3 === 0 ? 1.95 : 1.75), [`pass ${WIDTH}`]],
    ["none at all", () => 0.1, []],
    ["too thick for two minutes", (s) => (s < 120 ? 1.95 : 1.75), [`pass ${WIDTH}`, `fail ${WIDTH}`, `pass ${WIDTH}`]],
  ])("filament %s", (_name, widthMm, expected) => {
    const scene = createScene(filamentWidth);
    for (let s = 0; s < 300; s += 0.25) scene.sample(s, { state: "printing", filamentWidthMm: widthMm(Math.floor(s)) });
    expect(scene.said).toEqual(expected);
  });
});
