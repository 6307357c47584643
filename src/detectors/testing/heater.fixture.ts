/**
 * One heater of textbook physics with a plain controller, and the printer that tells of it: block, sensor that lags, noise, loss to the
 * room and to a fan. What is broken can be changed at any second. For tests.
 */
import type { Readings } from "../../model/telemetry.ts";
import type { Scene } from "./scene.fixture.ts";

export interface Plant {
  targetC: number;
  roomC: number;
  /** 0 to 1. */
  fan: number;
  /** Share of its power that it has; share of full power that flows unasked; factor of its losses. */
  power: number;
  stuckOn: number;
  loss: number;
  noiseC: number;
  /** What the sensor says instead of the temperature. */
  says: ((tempC: number) => number) | undefined;
  /** Swing that a bad controller adds to its power: share of full, period. */
  swing: number;
  swingS: number;
  isDutyTold: boolean;
  isWhole: boolean;
  readonly extra: Partial<Record<keyof Readings, unknown>>;
  tempC: number;
}

const KINDS = {
  nozzle: { fullCS: 4.5, lossS: 160, sensorS: 1.5 },
  bed: { fullCS: 0.6, lossS: 900, sensorS: 4 },
} as const;

/** Anything between -1 and 1, the same every time. */
function wobble(step: number): number {
  const x = Math.sin(step * 12.9898) * 43_758.5453;
  return (x - Math.floor(x)) * 2 - 1;
}

export interface Running {
  readonly plant: Plant;
  /** Lets seconds pass. */
  run(seconds: number): void;
  /** Seconds since the start. */
  now(): number;
}

export function runHeater(scene: Scene, name: "nozzle" | "bed", start: Partial<Plant> = {}, stepS = 0.5): Running {
  const kind = KINDS[name];
  const plant: Plant = {
    targetC: 0,
    roomC: 23,
    fan: 0,
    power: 1,
    stuckOn: 0,
    loss: 1,
    noiseC: 0.03,
    says: undefined,
    swing: 0,
    swingS: 30,
    isDutyTold: true,
    isWhole: false,
    extra: {},
    tempC: 23,
    ...start,
  };
  let sensorC = plant.tempC;
  let integral = 0;
  let step = 0;

  function duty(readC: number): number {
    if (plant.targetC <= 0) return 0;
    const errorC = plant.targetC - readC;
    const band = name === "nozzle" ? 20 : 6;
    integral = Math.abs(errorC) < band ? Math.min(1, Math.max(0, integral + (errorC * stepS) / (band * 40))) : integral;
    const swing = plant.swing * Math.sign(Math.sin((2 * Math.PI * step * stepS) / plant.swingS));
    return Math.min(1, Math.max(0, errorC / band + integral + swing));
  }

  function once(): void {
    const told = sensorC + plant.noiseC * wobble(step);
    const readC = plant.says?.(told) ?? told;
    const share = duty(readC);
    const lossC = ((plant.tempC - plant.roomC) / kind.lossS) * (1 + 0.5 * plant.fan) * plant.loss;
    plant.tempC += (kind.fullCS * Math.max(share * plant.power, plant.stuckOn) - lossC) * stepS;
    sensorC += (plant.tempC - sensorC) * (1 - Math.exp(-stepS / kind.sensorS));
    step += 1;
    const names: Record<string, number | undefined> = {
      [`${name}TempC`]: plant.isWhole ? Math.round(readC) : Math.round(readC * 100) / 100,
      [`${name}TargetC`]: plant.targetC,
      [`${name}DutyPct`]: plant.isDutyTold ? share * 100 : undefined,
      partFanPct: plant.fan * 100,
    };
    scene.sample(step * stepS, { ...defined(names), ...plant.extra } as Readings);
  }

  return {
    plant,
    now: () => step * stepS,
    run: (seconds) => {
      for (let i = 0; i < Math.round(seconds / stepS); i++) once();
    },
  };
}

function defined(readings: Readonly<Record<string, number | undefined>>): Readings {
  return Object.fromEntries(Object.entries(readings).filter(([, value]) => value !== undefined));
}
