/** A machine as it leaves the factory: cold, at rest, and a little different from every other of its model. */
import { drawTraits, type WorldFacts } from "./traits.ts";
import type { Axis, DriverState, Fan, FanName, FilamentUnitState, Heater, World } from "./world.ts";

export type { WorldFacts } from "./traits.ts";

export function createWorld(facts: WorldFacts, random: () => number): World {
  const traits = drawTraits(facts, random);
  const { ambientC } = traits;
  const fan = (name: FanName): Fan => coldFan(facts.tachs.includes(name));
  return {
    traits,
    elapsedS: 0,
    ambientC: { value: ambientC },
    nozzles: traits.nozzles.map(() => coldHeater(ambientC)),
    bed: coldHeater(ambientC),
    chamber: coldHeater(ambientC),
    heatsinkC: ambientC,
    boardC: ambientC,
    hostC: ambientC + 15,
    fans: { hotend: fan("hotend"), part: fan("part"), aux: fan("aux"), chamber: fan("chamber"), controller: fan("controller") },
    axes: { x: unknownAxis(traits.axes.x.beltHz), y: unknownAxis(traits.axes.y.beltHz), z: unknownAxis(0) },
    motion: {
      motion: "still",
      lastsS: 0,
      cornerXMm: facts.sizeMm.x / 2,
      cornerYMm: facts.sizeMm.y / 2,
      centreXMm: facts.sizeMm.x / 2,
      centreYMm: facts.sizeMm.y / 2,
      halfMm: 25,
      homings: 0,
      probings: 0,
      xLoadNoise: 0,
      yLoadNoise: 0,
      shaking: 0,
    },
    extruder: {
      orderedMm: 0,
      fedMm: 0,
      seenMm: 0,
      extrudedMm: 0,
      orderedMmS: 0,
      pressureBar: 0,
      loadPct: 0,
      widthMm: traits.widthMm,
      isFilamentSeen: true,
      tailMm: 0,
      tangle: 0,
      noise: { speed: 0, encoder: 0, width: 0, load: 0 },
    },
    units: facts.filamentUnits.map((slots, unit) => fullUnit(slots, traits.units[unit]?.dryPct ?? 20, ambientC)),
    drivers: { x: calmDriver(), y: calmDriver(), z: calmDriver(), e: calmDriver() },
    isDoorOpen: false,
    homing: undefined,
    probe: undefined,
    mesh: undefined,
    loadTest: undefined,
    beltTest: undefined,
    shockSigma: 0,
    network: { rssiDbm: traits.rssiDbm, latencyMs: traits.latencyMs, lossPct: 0, isUp: true, fading: 0 },
    clockOffsetMs: traits.clockOffsetMs,
    clockDriftMs: 0,
    idleS: 1e6,
    can: { errors: 0, retries: 0, state: "active" },
    mcu: { bytesSent: 0, bytesRetransmit: 9, bytesInvalid: 0, isAlive: true, timeS: 0 },
    host: { state: "ready", message: "Printer is ready", timeS: 0, load: traits.hostLoad, loadNoise: 0, stalledS: 0 },
    power: { supplyV: traits.supplyV, isUnderVoltage: false, brownouts: 0, countedBrownouts: 0, ripple: 0 },
  };
}

function coldHeater(ambientC: number): Heater {
  return {
    tempC: ambientC,
    outerC: ambientC,
    sensorC: ambientC,
    readC: ambientC,
    targetC: 0,
    duty: 0,
    heatW: 0,
    control: { lastC: ambientC, slopeCPerS: 0, integralCS: 0 },
    noise: { usual: 0, added: 0, jumpC: 0 },
  };
}

function coldFan(hasTach: boolean): Fan {
  return { duty: 0, rpm: 0, tachRpm: hasTach ? 0 : undefined, countedS: 0, isStuck: false };
}

function unknownAxis(beltHz: number): Axis {
  return { orderedMm: 0, actualMm: 0, isHomed: false, loadPct: 0, beltHz, travelledM: 0, slippedMm: 0 };
}

function fullUnit(slots: number, humidityPct: number, tempC: number): FilamentUnitState {
  return {
    humidityPct,
    tempC,
    slots: Array.from({ length: slots }, () => ({ isLoaded: true, remainPct: 100, isTagRead: true })),
    loads: 0,
    loadS: 0,
    loadRetries: 0,
    loading: undefined,
  };
}

function calmDriver(): DriverState {
  return { isHot: false, isTooHot: false, isShorted: false, hasReset: false };
}
