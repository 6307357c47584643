/**
 * Heat and fans of one machine, first order: every body moves towards an equilibrium that its heater and surroundings set. A step is
 * exact in time, so that no step length makes it swing. Faults reach in through `Damage`; nothing here knows codes or jobs.
 */
import { noise } from "./random.ts";

export interface Body {
  tempC: number;
  targetC: number;
  /** What the sensor says; differs from `tempC` when the sensor is broken. */
  readC: number;
}

export interface Fans {
  /** Percent of full duty, as measured. */
  hotendPct: number;
  partPct: number;
  auxPct: number;
  chamberPct: number;
}

export interface Physics {
  /** Right or only nozzle first. */
  readonly nozzles: readonly Body[];
  readonly bed: Body;
  readonly chamber: Body;
  readonly fans: Fans;
  readonly ambientC: number;
}

/** What is broken, as the hardware sees it. */
export interface Damage {
  readonly nozzleHeaterStuckOn: boolean;
  readonly bedSensorOpen: boolean;
  readonly hotendFanStalled: boolean;
  readonly partFanStalled: boolean;
  readonly chamberHot: boolean;
  /** Firmware took the power from every heater. */
  readonly heatersOff: boolean;
}

export const UNDAMAGED: Damage = {
  nozzleHeaterStuckOn: false,
  bedSensorOpen: false,
  hotendFanStalled: false,
  partFanStalled: false,
  chamberHot: false,
  heatersOff: false,
};

/** What the job asks of the fans. */
export interface FanOrder {
  readonly partPct: number;
  readonly auxPct: number;
  readonly chamberPct: number;
}

/** `gainC`: how far above its surroundings full power brings it; `tauS`: how fast. */
interface Heating {
  readonly gainC: number;
  readonly tauS: number;
  readonly dutyPerC: number;
}
const NOZZLE: Heating = { gainC: 460, tauS: 95, dutyPerC: 0.05 };
const BED: Heating = { gainC: 125, tauS: 260, dutyPerC: 0.12 };
const CHAMBER_TAU_S = 600;
/** How much of the bed's excess heat the closed chamber takes up. */
const BED_TO_CHAMBER = 0.38;
const HOTEND_FAN_ON_C = 50;
const FAN_TAU_S = 1.2;
const OPEN_SENSOR_C = 0;

export function createPhysics(nozzleCount: number, ambientC: number): Physics {
  const cold = (): Body => ({ tempC: ambientC, targetC: 0, readC: ambientC });
  return {
    nozzles: Array.from({ length: nozzleCount }, cold),
    bed: cold(),
    chamber: cold(),
    fans: { hotendPct: 0, partPct: 0, auxPct: 0, chamberPct: 0 },
    ambientC,
  };
}

function approach(from: number, to: number, seconds: number, tauS: number): number {
  return to + (from - to) * Math.exp(-seconds / tauS);
}

/** Power from 0 to 1 that a controller gives: what holds the target, and more or less by the error. */
function dutyOf(body: Body, around: number, heating: Heating): number {
  if (body.targetC <= 0) return 0;
  const holding = (body.targetC - around) / heating.gainC;
  return Math.min(1, Math.max(0, holding + (body.targetC - body.readC) * heating.dutyPerC));
}

function heat(body: Body, duty: number, around: number, heating: Heating, seconds: number): void {
  body.tempC = approach(body.tempC, around + duty * heating.gainC, seconds, heating.tauS);
}

export function stepPhysics(
  physics: Physics,
  damage: Damage,
  order: FanOrder,
  isEnclosed: boolean,
  seconds: number,
  random: () => number,
): void {
  const { bed, chamber, fans, ambientC, nozzles } = physics;
  for (const [index, nozzle] of nozzles.entries()) {
    const isStuck = damage.nozzleHeaterStuckOn && index === 0;
    const duty = damage.heatersOff ? 0 : isStuck ? 1 : dutyOf(nozzle, chamber.tempC, NOZZLE);
    heat(nozzle, duty, chamber.tempC, NOZZLE, seconds);
    nozzle.readC = nozzle.tempC + noise(random) * 0.15;
  }
  // an open sensor reads cold; firmware cuts the bed at once instead of heating against it
  const bedDuty = damage.heatersOff || damage.bedSensorOpen ? 0 : dutyOf(bed, chamber.tempC, BED);
  heat(bed, bedDuty, chamber.tempC, BED, seconds);
  bed.readC = damage.bedSensorOpen ? OPEN_SENSOR_C : bed.tempC + noise(random) * 0.08;

  const share = isEnclosed ? BED_TO_CHAMBER : 0.05;
  const vented = 1 - 0.5 * (fans.chamberPct / 100);
  const warmth = (bed.tempC - ambientC) * share * vented + (damage.chamberHot ? 22 : 0);
  chamber.tempC = approach(chamber.tempC, ambientC + warmth, seconds, damage.chamberHot ? CHAMBER_TAU_S / 10 : CHAMBER_TAU_S);
  chamber.readC = chamber.tempC + noise(random) * 0.1;
  stepFans(physics, damage, order, seconds, random);
}

function stepFans(physics: Physics, damage: Damage, order: FanOrder, seconds: number, random: () => number): void {
  const { fans, nozzles } = physics;
  const isHot = nozzles.some((nozzle) => nozzle.tempC > HOTEND_FAN_ON_C);
  const spin = (now: number, wanted: number): number => {
    const wobble = wanted > 0 && wanted < 100 ? noise(random) * 0.4 : 0;
    return Math.min(100, Math.max(0, approach(now, wanted, seconds, FAN_TAU_S) + wobble));
  };
  fans.hotendPct = spin(fans.hotendPct, isHot && !damage.hotendFanStalled ? 100 : 0);
  fans.partPct = spin(fans.partPct, damage.partFanStalled ? 0 : order.partPct);
  fans.auxPct = spin(fans.auxPct, order.auxPct);
  fans.chamberPct = spin(fans.chamberPct, damage.chamberHot ? 100 : order.chamberPct);
}
