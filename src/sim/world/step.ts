/** One step of everything physical in a machine, in the order in which causes run: power, air, motion, filament, heat. */
import { UNDAMAGED, type Damage } from "./damage.ts";
import { stepElectronics } from "./electronics.ts";
import { stepExtrusion } from "./extrusion.ts";
import { stepFans } from "./fans.ts";
import { stepUnits } from "./filament-units.ts";
import { stepMotion } from "./motion.ts";
import { stepNetwork } from "./network.ts";
import type { Orders } from "./orders.ts";
import { stepOwnTests } from "./own-tests.ts";
import { stepThermal } from "./thermal.ts";
import type { World } from "./world.ts";

/** Any step from 0.1 to 2 s; the same arguments and the same `random` give the same world. */
export function stepWorld(world: World, damage: Damage, orders: Orders, seconds: number, random: () => number): void {
  world.elapsedS += seconds;
  world.isDoorOpen = damage.isDoorOpen;
  stepElectronics(world, damage, orders, seconds, random);
  stepFans(world, damage, orders, seconds, random);
  stepMotion(world, damage, orders, seconds, random);
  stepOwnTests(world, damage, orders, seconds, random);
  stepExtrusion(world, damage, orders, seconds, random);
  stepThermal(world, damage, orders, seconds, random);
  stepUnits(world, damage, orders, seconds, random);
  stepNetwork(world, damage, seconds, random);
}

const PREHEAT_S = 600;
const PREHEAT_STEP_S = 2;

/** A machine that is found at work: homed, and as warm as these orders make it in ten minutes. */
export function preheat(world: World, orders: Orders, random: () => number): void {
  for (let index = 0; index < world.nozzles.length; index++) jumpTo(world.nozzles[index], orders.nozzleTargetsC[index]);
  jumpTo(world.bed, orders.bedTargetC);
  for (const axis of [world.axes.x, world.axes.y, world.axes.z]) axis.isHomed = true;
  // so much of the bed's heat a closed chamber ends up with
  const airC = world.ambientC.value + (world.traits.facts.isEnclosed ? 0.3 : 0) * (world.bed.tempC - world.ambientC.value);
  world.chamber.tempC = airC;
  world.chamber.outerC = world.ambientC.value + (airC - world.ambientC.value) * 0.7;
  for (let seconds = 0; seconds < PREHEAT_S; seconds += PREHEAT_STEP_S) stepWorld(world, UNDAMAGED, orders, PREHEAT_STEP_S, random);
}

function jumpTo(heater: World["bed"] | undefined, targetC: number | undefined): void {
  if (heater === undefined || targetC === undefined || targetC <= 0) return;
  heater.tempC = heater.outerC = heater.sensorC = heater.readC = heater.control.lastC = targetC;
}
