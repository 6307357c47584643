/** Jitter is told, for fine readings and for whole degrees; rounding, ramps and swings are not. */
import { expect, it } from "vitest";
import { sensorNoise } from "./sensor-noise.ts";
import { type Plant, runHeater } from "./testing/heater.fixture.ts";
import { createScene } from "./testing/scene.fixture.ts";

const NOISE = "0300-0200-0002-E105";

it.each<[string, Partial<Plant>, number, readonly string[]]>([
  ["fine readings, holding", { targetC: 210 }, 0.6, [`pass ${NOISE}`, `fail ${NOISE}`]],
  ["fine readings, off", {}, 0.6, [`pass ${NOISE}`, `fail ${NOISE}`]],
  ["whole degrees", { isWhole: true, targetC: 210 }, 4, [`pass ${NOISE}`, `fail ${NOISE}`]],
  ["whole degrees at the edge of rounding", { isWhole: true, roomC: 22.5, tempC: 22.5 }, 0.4, [`pass ${NOISE}`]],
  ["coarse steps of a hot thermistor", { targetC: 270 }, 0.17, [`pass ${NOISE}`]],
  ["the same at 210 °C", { targetC: 210 }, 0.17, [`pass ${NOISE}`, `fail ${NOISE}`]],
  ["a bad contact of a hot one", { targetC: 270 }, 0.6, [`pass ${NOISE}`, `fail ${NOISE}`]],
  ["as noisy as is usual", { targetC: 210 }, 0.05, [`pass ${NOISE}`]],
])("noise: %s", (_name, start, noiseC, said) => {
  const scene = createScene(sensorNoise);
  const heater = runHeater(scene, "nozzle", start);
  heater.run(200);
  heater.plant.noiseC = noiseC;
  heater.run(60);
  expect(scene.said).toEqual(said);
});

it("noise that is gone for minutes is over, and one leap is none", () => {
  const scene = createScene(sensorNoise);
  const heater = runHeater(scene, "nozzle", { targetC: 210 });
  heater.run(100);
  heater.plant.says = (tempC) => tempC + 0.3;
  heater.run(0.5);
  heater.plant.says = undefined;
  heater.run(60);
  expect(scene.said).toEqual([`pass ${NOISE}`]);
  heater.plant.noiseC = 0.6;
  heater.run(30);
  heater.plant.noiseC = 0.03;
  heater.run(400);
  expect(scene.said).toEqual([`pass ${NOISE}`, `fail ${NOISE}`, `pass ${NOISE}`]);
});

/** A bell curve of size 1, the same every time for a seed. */
function createBell(seed: number): () => number {
  let state = seed;
  const flat = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  return () => Array.from({ length: 12 }, flat).reduce((sum, value) => sum + value, -6);
}

interface Told {
  readonly tempC: (second: number) => number;
  /** Raw noise, which the host smooths over a second, and from when. */
  readonly noiseC: number;
  readonly fromS?: number;
  readonly everyS?: number;
  readonly burstS?: number;
  readonly seed?: number;
  readonly digits?: number;
}

/** What a host that reads its sensor each 0.3 s and smooths it tells at its own pace; when that jitters is told. */
function tellOf({ tempC, noiseC, fromS = 0, everyS = 0.25, burstS = 0, seed = 1, digits = 2 }: Told, untilS: number): number | undefined {
  const scene = createScene(sensorNoise);
  const bell = createBell(seed);
  let [smoothC, readS] = [tempC(0), 0];
  for (let second = 0; second < untilS; second += everyS) {
    for (; readS <= second; readS += 0.3) smoothC += (tempC(readS) + bell() * (readS >= fromS ? noiseC : 0.03) - smoothC) * 0.3;
    const atS = burstS > 0 ? Math.ceil(second / burstS) * burstS : second;
    scene.sample(atS, { nozzleTempC: Number(smoothC.toFixed(digits)), hostTimeS: 1_000 + second, hostState: "ready" });
    if (scene.said.at(-1) === `fail ${NOISE}`) return atS - fromS;
  }
  return undefined;
}

const cooling = (second: number): number => 30 + 190 * Math.exp(-second / 90);
const seeds = Array.from({ length: 20 }, (_, seed) => seed + 1);

it.each<[string, Omit<Told, "seed">, number, number]>([
  ["holding, 4 a second", { tempC: () => 210, noiseC: 1.2 }, 4, 8],
  ["cooling, 4 a second", { tempC: cooling, noiseC: 1.2 }, 5, 9],
  ["cold, 4 a second", { tempC: () => 23, noiseC: 1.2 }, 5, 9],
  ["holding, in bursts of a second", { tempC: () => 210, noiseC: 1.2, fromS: 30, burstS: 1 }, 5, 9],
  ["holding, 2 a second", { tempC: () => 210, noiseC: 1.5, everyS: 0.5 }, 6, 12],
  ["cold, 2 a second", { tempC: () => 23, noiseC: 1.5, everyS: 0.5 }, 8, 14],
  ["holding, 1 a second", { tempC: () => 210, noiseC: 1.5, fromS: 30, everyS: 1 }, 10, 20],
  ["cold, 1 a second", { tempC: () => 23, noiseC: 1.5, everyS: 1 }, 10, 20],
])("clear noise is told soon: %s", (_name, told, usuallyS, withinS) => {
  const delays = seeds.map((seed) => tellOf({ ...told, seed }, 90) ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b);
  expect(delays[10]).toBeLessThanOrEqual(usuallyS);
  expect(delays.at(-1)).toBeLessThanOrEqual(withinS);
});

/** Heats up at 5 °C/s, stops, holds, cools. */
const ramps = (second: number): number =>
  25 + 5 * Math.max(0, Math.min(37, second - 10)) - 60 * (1 - Math.exp(-Math.max(0, second - 90) / 60));
const steps = (second: number): number =>
  210 - (second % 20 < 10 ? 3 * (1 - Math.exp(-(second % 20) / 3)) : 3 * Math.exp(-((second % 20) - 10) / 3));

const paces = [0.25, 0.5, 1, 2];
const ways = [
  { burstS: 0, digits: 2 },
  { burstS: 0, digits: 1 },
  { burstS: 0, digits: 0 },
  { burstS: 2, digits: 2 },
] as const;

it.each<[string, (second: number) => number, readonly number[]]>([
  ["ramps and their ends", ramps, paces],
  ["fan steps", steps, paces],
  ["a swing", (second) => 220 + 3 * Math.sin((2 * Math.PI * second) / 9.3), [0.25, 0.5, 1]],
  ["one leap for a reading", (second) => (Math.abs(second - 50) < 0.2 ? 214 : 210), paces],
  ["one leap for a second", (second) => (Math.abs(second - 50) < 0.5 ? 200 : 210), paces],
])("what heat does is no noise, however often it is told: %s", (_name, tempC, everySs) => {
  for (const everyS of everySs)
    for (const way of ways)
      expect({ everyS, ...way, found: tellOf({ tempC, noiseC: 0.03, everyS, ...way }, 180) }).toEqual({ everyS, ...way, found: undefined });
});

it("what a host says that hangs is not noise, nor is it quiet", () => {
  const scene = createScene(sensorNoise);
  const heater = runHeater(scene, "nozzle", { targetC: 210, noiseC: 0.6, extra: { hostTimeS: 7 } });
  heater.run(60);
  expect(scene.said).toEqual([]);
});

it("a controller that swings is not noise, though its temperature turns again and again", () => {
  const scene = createScene(sensorNoise);
  for (let second = 0; second < 600; second += 0.5) scene.sample(second, { nozzleTempC: 220 + 4 * Math.sin((2 * Math.PI * second) / 9.3) });
  expect(scene.said).toEqual([`pass ${NOISE}`]);
});
