/** Boards, buses and power: how warm they get, what they count, what their clocks say. Who is shut down and why is the firmware's matter. */
import type { Damage, DriverDamage } from "./damage.ts";
import type { Orders } from "./orders.ts";
import { approach, clamp, countOf, wander } from "./wander.ts";
import type { DriverState, World } from "./world.ts";

const BOARD_TAU_S = 150;
const HOST_TAU_S = 200;
/** How much warmer than the room the board gets without and with moving air, by what it does. */
const BOARD_IDLE_C = 9;
const BOARD_WORKING_C = 32;
const FAN_TAKES = 0.55;
const FULL_CONTROLLER_RPM = 5200;
const HOST_IDLE_C = 18;
const HOST_PER_LOAD_C = 22;
/** From the shortest to the longest stall of a busy host. */
const STALL_S = 1.5;
const LONG_STALL_S = 4;
/** Between two of them it catches up. */
const BREATH_S = 1.5;
const BYTES_IDLE_PER_S = 110;
const BYTES_WORKING_PER_S = 2200;
/** A command of this many bytes is sent again, now and then on every link. */
const COMMAND_BYTES = 7;
const USUAL_RESENDS_PER_S = 0.0015;
/** Errors a second from which a bus complains, and from which it only listens. */
const CAN_WARNS_AT = 20;
const CAN_PASSIVE_AT = 80;
const SAG_V = 0.25;
const RIPPLE_V = 0.03;

export function stepElectronics(world: World, damage: Damage, orders: Orders, seconds: number, random: () => number): void {
  const isWorking = orders.motion !== "still";
  stepWarmth(world, damage, isWorking, seconds);
  stepHost(world, damage, isWorking, seconds, random);
  stepBuses(world, damage, isWorking, seconds, random);
  stepPower(world, damage, seconds, random);
  copyFlags(world.drivers.x, damage.xDriver);
  copyFlags(world.drivers.y, damage.yDriver);
  copyFlags(world.drivers.e, damage.eDriver);
}

function stepWarmth(world: World, damage: Damage, isWorking: boolean, seconds: number): void {
  const { fans, ambientC, host } = world;
  const fanned = clamp(fans.controller.rpm / FULL_CONTROLLER_RPM, 0, 1) * (1 - damage.boardCoolingBlocked);
  const heat = (isWorking ? BOARD_WORKING_C : BOARD_IDLE_C) + 6 * world.bed.duty;
  world.boardC = approach(world.boardC, ambientC.value + heat * (1 - FAN_TAKES * fanned), seconds, BOARD_TAU_S);
  const hostHeat = HOST_IDLE_C + HOST_PER_LOAD_C * Math.min(1.5, host.load) + damage.hostHeatC;
  world.hostC = approach(world.hostC, ambientC.value + hostHeat, seconds, HOST_TAU_S);
}

function stepHost({ host, traits }: World, damage: Damage, isWorking: boolean, seconds: number, random: () => number): void {
  host.loadNoise = wander(host.loadNoise, seconds, 20, random);
  const usual = traits.hostLoad * (isWorking ? 1.3 : 1) * Math.max(0.3, 1 + 0.2 * host.loadNoise);
  host.load = usual + damage.hostLoad;
  if (!damage.isHostFrozen && !damage.isHostDead) host.timeS += seconds;
  host.stalledS = Math.max(-BREATH_S, host.stalledS - seconds);
  const isStalling = host.stalledS === -BREATH_S && countOf(damage.hostStallsPerMin / 60, seconds, random) > 0;
  if (isStalling) host.stalledS = STALL_S + (LONG_STALL_S - STALL_S) * random();
}

function stepBuses({ can, mcu, traits }: World, damage: Damage, isWorking: boolean, seconds: number, random: () => number): void {
  if (traits.facts.hasCan) {
    const errors = damage.isCanOff ? 0 : countOf(damage.canErrorRate, seconds, random);
    can.errors += errors;
    can.retries += errors;
    can.state = damage.isCanOff
      ? "off"
      : damage.canErrorRate >= CAN_PASSIVE_AT
        ? "passive"
        : damage.canErrorRate >= CAN_WARNS_AT
          ? "warn"
          : "active";
  }
  mcu.isAlive = !damage.isMcuDead;
  if (!mcu.isAlive || damage.isHostDead || damage.isHostFrozen) return;
  mcu.timeS += seconds;
  const perS = isWorking ? BYTES_WORKING_PER_S : BYTES_IDLE_PER_S;
  mcu.bytesSent += Math.round(perS * seconds * (0.9 + 0.2 * random()));
  const commandsPerS = perS / COMMAND_BYTES;
  mcu.bytesRetransmit += COMMAND_BYTES * countOf(USUAL_RESENDS_PER_S + commandsPerS * damage.mcuRetransmit, seconds, random);
  mcu.bytesInvalid += COMMAND_BYTES * countOf(commandsPerS * damage.mcuInvalid, seconds, random);
}

/** The supply sags under load, hums a little, and may be weak. */
function stepPower(world: World, damage: Damage, seconds: number, random: () => number): void {
  const { power, traits, nozzles, bed } = world;
  power.ripple = wander(power.ripple, seconds, 1, random);
  const load = (nozzles[0]?.duty ?? 0) * 0.3 + bed.duty * 0.7;
  power.supplyV = Math.max(0, traits.supplyV - SAG_V * load - damage.supplyDropV + RIPPLE_V * power.ripple);
  power.isUnderVoltage = damage.isUnderVoltage;
  if (damage.brownouts > power.countedBrownouts) power.brownouts += damage.brownouts - power.countedBrownouts;
  power.countedBrownouts = damage.brownouts;
}

function copyFlags(driver: DriverState, damage: DriverDamage): void {
  driver.isHot = damage.isHot;
  driver.isTooHot = damage.isTooHot;
  driver.isShorted = damage.isShorted;
  driver.hasReset = damage.hasReset;
}
