/**
 * Heat of one machine: hotend (block, nozzle with melt, heatsink), bed (plate, sheet), chamber (air, walls), room. Every loss ends in
 * another body, so that energy is kept. Steps are cut into parts short against every time constant.
 */
import { control } from "./controller.ts";
import type { Damage, SensorDamage } from "./damage.ts";
import type { Orders } from "./orders.ts";
import { readSensor } from "./sensor.ts";
import type { HeaterTraits } from "./traits.ts";
import { approach } from "./wander.ts";
import type { Heater, World } from "./world.ts";

const PART_S = 0.25;
/** Heat that a mm of filament takes along, J/K. */
const FILAMENT_J_PER_K_MM = 0.0055;
/** Radiation and rising air: losses grow by this share per °C above the surroundings. */
const LOSS_GROWS_PER_C = 0.0008;
const PART_FAN_ON_NOZZLE_W_PER_K = 0.018;
/** The fan blows at a corner of the sheet, as a share of its usual loss. */
const PART_FAN_ON_BED = 0.2;
const HEATSINK_J_PER_K = 22;
const BLOCK_TO_HEATSINK_W_PER_K = 0.017;
const HEATSINK_STILL_W_PER_K = 0.028;
const HEATSINK_FANNED_W_PER_K = 0.26;
const DOOR_W_PER_K = 9;
const CHAMBER_FAN_W_PER_K = 5;
const FULL_PART_RPM = 6000;
const FULL_HOTEND_RPM = 9000;
const FULL_CHAMBER_RPM = 3600;
const DAY_S = 86_400;

export function stepThermal(world: World, damage: Damage, orders: Orders, seconds: number, random: () => number): void {
  stepRoom(world, damage, seconds);
  world.bed.targetC = orders.bedTargetC;
  world.chamber.targetC = orders.chamberTargetC;
  for (let index = 0; index < world.nozzles.length; index++) {
    const nozzle = world.nozzles[index];
    if (nozzle !== undefined) nozzle.targetC = orders.nozzleTargetsC[index] ?? 0;
  }
  const parts = Math.ceil(seconds / PART_S - 1e-9);
  const partS = seconds / parts;
  for (let part = 0; part < parts; part++) {
    stepReadings(world, damage, partS, random);
    stepControllers(world, damage, orders, partS);
    stepBodies(world, damage, partS);
  }
}

/** The room warms by day and cools by night; a window that is opened takes minutes to be felt. */
function stepRoom({ ambientC, traits, elapsedS }: World, damage: Damage, seconds: number): void {
  const day = traits.daySwingC * Math.sin(2 * Math.PI * (elapsedS / DAY_S + traits.dayPhase));
  ambientC.value = approach(ambientC.value, traits.ambientC + day + damage.ambientOffsetC, seconds, 240);
}

function stepReadings(world: World, damage: Damage, seconds: number, random: () => number): void {
  const { traits, nozzles, bed, chamber } = world;
  for (let index = 0; index < nozzles.length; index++) {
    const nozzle = nozzles[index];
    const own = traits.nozzles[index];
    if (nozzle === undefined || own === undefined) continue;
    // faults are told of the right nozzle
    readSensor(nozzle, own, index === 0 ? damage.nozzleSensor : SOUND, chamber.tempC, seconds, random);
  }
  readSensor(bed, traits.bed, damage.bedSensor, chamber.tempC, seconds, random);
  readSensor(chamber, traits.chamber, damage.chamberSensor, world.ambientC.value, seconds, random);
}
const SOUND: SensorDamage = { open: 0, isFrozen: false, noiseC: 0, jumpsPerS: 0, jumpC: 0, slipped: 0, offsetC: 0 };

function stepControllers({ traits, nozzles, bed, chamber }: World, damage: Damage, orders: Orders, seconds: number): void {
  for (let index = 0; index < nozzles.length; index++) {
    const nozzle = nozzles[index];
    const own = traits.nozzles[index];
    if (nozzle === undefined || own === undefined) continue;
    control(nozzle, own, index === 0 ? damage.nozzleGain : 1, orders.areHeatersOff, seconds);
  }
  control(bed, traits.bed, damage.bedGain, orders.areHeatersOff, seconds);
  control(chamber, traits.chamber, 1, orders.areHeatersOff || traits.facts.chamberPowerW === 0, seconds);
}

/** A switch that conducts does so whatever the controller asks for; a broken element gives nothing either way. */
function stepElement(heater: Heater, traits: HeaterTraits, stuckOn: number, power: number, seconds: number): number {
  const watts = Math.max(heater.duty, stuckOn) * power * traits.powerW;
  heater.heatW += (watts - heater.heatW) * Math.min(1, seconds / traits.elementTauS);
  return heater.heatW;
}

/** Heat from a body to its surroundings, W. */
function lost(tempC: number, aroundC: number, wPerK: number): number {
  const above = tempC - aroundC;
  return wPerK * above * (1 + LOSS_GROWS_PER_C * Math.abs(above));
}

function stepBodies(world: World, damage: Damage, seconds: number): void {
  const { traits, bed, chamber, fans, ambientC } = world;
  const airC = chamber.tempC;
  let toAirW = stepHotends(world, damage, airC, seconds);

  const plate = traits.bed;
  const bedW = stepElement(bed, plate, damage.bedStuckOn, damage.bedPower, seconds);
  const moved = damage.draught * damage.bedLoss;
  const blown = 1 + PART_FAN_ON_BED * (fans.part.rpm / FULL_PART_RPM);
  const below = lost(bed.tempC, airC, plate.blockLossWPerK * moved);
  const above = lost(bed.outerC, airC, plate.outerLossWPerK * moved * blown);
  const up = (bed.tempC - bed.outerC) * plate.coupleWPerK;
  bed.tempC += ((bedW - up - below) * seconds) / plate.blockJPerK;
  bed.outerC += ((up - above) * seconds) / plate.outerJPerK;
  toAirW += below + above;

  const airW = stepElement(chamber, traits.chamber, damage.chamberStuckOn, damage.chamberPower, seconds);
  stepChamber(world, damage, toAirW + airW, ambientC.value, seconds);
}

/** Moves block, melt and heatsink; returns the heat they leave in the air, W. */
function stepHotends(world: World, damage: Damage, airC: number, seconds: number): number {
  const { traits, nozzles, fans, extruder, power } = world;
  const fannedShare = (fans.hotend.rpm / FULL_HOTEND_RPM) * (1 - damage.coolingBlocked);
  const blownWPerK = PART_FAN_ON_NOZZLE_W_PER_K * (fans.part.rpm / FULL_PART_RPM);
  const voltage = power.supplyV / traits.facts.supplyV;
  let toAirW = 0;
  let toHeatsinkW = 0;
  for (let index = 0; index < nozzles.length; index++) {
    const nozzle = nozzles[index];
    const own = traits.nozzles[index];
    if (nozzle === undefined || own === undefined) continue;
    const isFirst = index === 0;
    const loss = damage.draught * (isFirst ? damage.nozzleLoss : 1);
    const stuckOn = isFirst ? damage.nozzleStuckOn : 0;
    // less voltage is less power, by its square
    const share = (isFirst ? damage.nozzlePower : 1) * voltage * voltage;
    const heatW = stepElement(nozzle, own, stuckOn, share, seconds);
    const flowWPerK = isFirst ? extruder.orderedMmS * FILAMENT_J_PER_K_MM : 0;
    const down = (nozzle.tempC - nozzle.outerC) * own.coupleWPerK;
    const toSink = (nozzle.tempC - world.heatsinkC) * BLOCK_TO_HEATSINK_W_PER_K;
    const fromBlock = lost(nozzle.tempC, airC, own.blockLossWPerK * loss);
    const fromMelt = lost(nozzle.outerC, airC, (own.outerLossWPerK + (isFirst ? blownWPerK : 0)) * loss);
    const filament = (nozzle.outerC - airC) * flowWPerK;
    nozzle.tempC += ((heatW - down - toSink - fromBlock) * seconds) / own.blockJPerK;
    nozzle.outerC += ((down - fromMelt - filament) * seconds) / own.outerJPerK;
    toAirW += fromBlock + fromMelt;
    toHeatsinkW += toSink;
  }
  const sinkWPerK = HEATSINK_STILL_W_PER_K + (HEATSINK_FANNED_W_PER_K - HEATSINK_STILL_W_PER_K) * fannedShare;
  const fromSink = (world.heatsinkC - airC) * sinkWPerK;
  world.heatsinkC += ((toHeatsinkW - fromSink) * seconds) / HEATSINK_J_PER_K;
  return toAirW + fromSink;
}

function stepChamber({ traits, chamber, fans, isDoorOpen }: World, damage: Damage, intoAirW: number, roomC: number, seconds: number): void {
  const own = traits.chamber;
  const vented = traits.facts.isEnclosed
    ? CHAMBER_FAN_W_PER_K * (fans.chamber.rpm / FULL_CHAMBER_RPM) + (isDoorOpen ? DOOR_W_PER_K : 0)
    : 0;
  const leaving = (chamber.tempC - roomC) * (own.blockLossWPerK * damage.draught + vented);
  const toWalls = (chamber.tempC - chamber.outerC) * own.coupleWPerK;
  const fromWalls = (chamber.outerC - roomC) * own.outerLossWPerK * damage.draught;
  chamber.tempC += ((intoAirW - leaving - toWalls) * seconds) / own.blockJPerK;
  chamber.outerC += ((toWalls - fromWalls) * seconds) / own.outerJPerK;
}
