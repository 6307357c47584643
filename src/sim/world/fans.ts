/**
 * Fans and their tachometers. A fan follows its duty with its own lag; friction makes it slower, later up and earlier down. A tachometer
 * counts pulses for a second, loses some, and may say what it likes.
 */
import type { FanDamage, Damage } from "./damage.ts";
import type { Orders } from "./orders.ts";
import type { FanTraits } from "./traits.ts";
import { approach, happens } from "./wander.ts";
import type { Fan, World } from "./world.ts";

const HOTEND_ON_C = 50;
/** The controller's fan runs on after work. */
const RUN_ON_S = 30;
const STALL_TAU_S = 0.45;
/** Standing and turning of a stuttering fan, together, on average. */
const STUTTER_S = 10;
const COUNT_S = 1;
/** Two pulses a turn, counted for a second. */
const PULSE_RPM = 15;

export function stepFans(world: World, damage: Damage, orders: Orders, seconds: number, random: () => number): void {
  const { fans, traits, nozzles, bed, chamber } = world;
  const isHeating = bed.duty > 0 || chamber.duty > 0 || nozzles.some((nozzle) => nozzle.duty > 0);
  world.idleS = isHeating || orders.motion !== "still" ? 0 : world.idleS + seconds;
  fans.hotend.duty = nozzles.some(({ targetC, readC }) => targetC > 0 || readC > HOTEND_ON_C) ? 1 : 0;
  fans.controller.duty = world.idleS < RUN_ON_S ? 1 : 0;
  fans.part.duty = orders.partFan;
  fans.aux.duty = orders.auxFan;
  fans.chamber.duty = orders.chamberFan;
  stepFan(fans.hotend, traits.fans.hotend, damage.hotendFan, seconds, random);
  stepFan(fans.part, traits.fans.part, damage.partFan, seconds, random);
  stepFan(fans.aux, traits.fans.aux, damage.auxFan, seconds, random);
  stepFan(fans.chamber, traits.fans.chamber, damage.chamberFan, seconds, random);
  stepFan(fans.controller, traits.fans.controller, damage.controllerFan, seconds, random);
}

/** Where the speed of a sound or worn fan ends. */
export function steadyRpm({ maxRpm, startDuty, bend }: FanTraits, duty: number, friction: number): number {
  return duty < startDuty * friction ? 0 : (maxRpm * duty ** bend) / Math.sqrt(friction);
}

export function stepFan(fan: Fan, traits: FanTraits, damage: FanDamage, seconds: number, random: () => number): void {
  stepStutter(fan, damage.stutter, seconds, random);
  const isHeld = damage.isStalled || fan.isStuck;
  const wanted = isHeld ? 0 : steadyRpm(traits, fan.duty, damage.friction);
  const own = wanted > fan.rpm ? traits.upTauS * Math.sqrt(damage.friction) : traits.downTauS / damage.friction;
  if (fan.rpm !== wanted) fan.rpm = approach(fan.rpm, wanted, seconds, isHeld ? STALL_TAU_S : own);
  if (fan.rpm < 5 && wanted === 0) fan.rpm = 0;
  if (fan.tachRpm === undefined) return;
  fan.countedS += seconds;
  if (fan.countedS < COUNT_S - 1e-9) return;
  fan.countedS = 0;
  fan.tachRpm = damage.tachSays ?? counted(fan.rpm, random);
}

function stepStutter(fan: Fan, share: number, seconds: number, random: () => number): void {
  if (share <= 0) fan.isStuck = false;
  else if (share >= 1) fan.isStuck = true;
  else if (fan.isStuck ? happens(1 / (STUTTER_S * share), seconds, random) : happens(1 / (STUTTER_S * (1 - share)), seconds, random)) {
    fan.isStuck = !fan.isStuck;
  }
}

/** Busy electronics miss pulses: mostly none, often a few, now and then many. They never see more than there are. */
function counted(rpm: number, random: () => number): number {
  if (rpm === 0) return 0;
  const luck = random();
  const missed = luck < 0.6 ? 0.004 * random() : luck < 0.96 ? 0.025 * random() * random() : 0.09 * random();
  return Math.round((rpm * (1 - missed)) / PULSE_RPM) * PULSE_RPM;
}
