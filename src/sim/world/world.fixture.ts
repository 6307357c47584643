/** Two machines to test physics on, and how to let time pass for them. */
import { createRandom } from "../random.ts";
import { createWorld, type WorldFacts } from "./create.ts";
import { type Damage, UNDAMAGED } from "./damage.ts";
import { AT_REST, type Orders } from "./orders.ts";
import { preheat, stepWorld } from "./step.ts";
import type { World } from "./world.ts";

export const CLOSED: WorldFacts = {
  nozzles: 1,
  kinematics: "corexy",
  sizeMm: { x: 300, y: 300, z: 280 },
  isEnclosed: true,
  nozzlePowerW: 50,
  bedPowerW: 450,
  chamberPowerW: 300,
  supplyV: 24,
  tachs: ["hotend", "part", "aux", "chamber", "controller"],
  hasEncoder: true,
  hasCan: true,
  hasAccelerometer: true,
  filamentUnits: [4, 1],
};

export const OPEN: WorldFacts = {
  ...CLOSED,
  nozzles: 2,
  kinematics: "bedslinger",
  sizeMm: { x: 235, y: 235, z: 250 },
  isEnclosed: false,
  nozzlePowerW: 40,
  bedPowerW: 220,
  chamberPowerW: 0,
  tachs: ["hotend"],
  hasEncoder: false,
  hasCan: false,
  hasAccelerometer: false,
  filamentUnits: [],
};

export const HEATED: Orders = { ...AT_REST, nozzleTargetsC: [210], bedTargetC: 60 };
export const PRINTING: Orders = { ...HEATED, motion: "printing", speedMmS: 100, extrudeMmS: 3, layer: 5, partFan: 0.8 };

export interface Bench {
  readonly world: World;
  /** Lets time pass, with these orders and this damage; `each` sees the world after every step. */
  run(seconds: number, orders: Orders, damage?: Partial<Damage>, each?: (world: World) => void): World;
}

export interface BenchOptions {
  readonly facts?: WorldFacts;
  readonly seed?: number;
  readonly stepS?: number;
  /** Found at work with these orders; cold without. */
  readonly at?: Orders;
}

export function bench({ facts = CLOSED, seed = 1, stepS = 0.5, at }: BenchOptions = {}): Bench {
  const random = createRandom(seed);
  const world = createWorld(facts, random);
  if (at !== undefined) preheat(world, at, random);
  return {
    world,
    run: (seconds, orders, damage = {}, each = () => undefined) => {
      const wrong: Damage = { ...UNDAMAGED, ...damage };
      for (let step = 0; step < Math.round(seconds / stepS); step++) {
        stepWorld(world, wrong, orders, stepS, random);
        each(world);
      }
      return world;
    },
  };
}

export function nozzleOf(world: World): World["bed"] {
  const [nozzle] = world.nozzles;
  if (nozzle === undefined) throw new Error("a machine without a nozzle");
  return nozzle;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function sigmaOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}
