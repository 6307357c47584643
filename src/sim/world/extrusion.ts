/**
 * Filament from the spool to the nozzle: what was ordered, what the gears fed, what the encoder saw, what came out. Pressure and load
 * rise with flow, cold and narrow nozzles; a motor that cannot push any more skips, and so feeds less than ordered.
 */
import type { Damage } from "./damage.ts";
import type { Orders } from "./orders.ts";
import { approach, clamp, wander } from "./wander.ts";
import type { Extruder, World } from "./world.ts";

/** At 220 °C with an open nozzle, per mm/s of filament. */
const BAR_PER_MM_S = 8;
const PRESSURE_TAU_S = 1.2;
/** Melt grows this much thicker for a fall of so many °C. */
const VISCOSITY_FOLD_C = 45;
const USUAL_MELT_C = 220;
/** Load of gears and tube alone, and by pressure. */
const IDLE_LOAD_PCT = 14;
const LOAD_PCT_PER_BAR = 0.45;
/** From here the motor skips now and then, and at the end always. */
const SKIPS_FROM_PCT = 75;
const SKIPS_WHOLLY_PCT = 150;
const MOST_SKIPPED = 0.97;
/** A heatsink so far below the nozzle's target softens the filament too early: what prints hotter softens later. */
const CREEP_BELOW_TARGET_C = 148;
const CREEP_FOLD_C = 12;
/** From the spool's end to the runout switch with its encoder, and on to the gears. */
const SWITCH_AFTER_MM = 40;
const GEARS_AFTER_MM = 110;
/** A tangled spool gives its slack away first. */
const TANGLE_SLACK_MM = 30;
const SPEED_TAU_S = 3;
/** The encoder's wheel runs out of true: so many mm either way, over so many mm. */
const ENCODER_SIGMA_MM = 0.06;
const ENCODER_OVER_MM = 4;

export function stepExtrusion(world: World, damage: Damage, orders: Orders, seconds: number, random: () => number): void {
  const { extruder, traits } = world;
  const wanders = extruder.noise;
  wanders.width = wander(wanders.width, seconds, 25, random);
  extruder.widthMm = traits.widthMm + damage.widthOffsetMm + 0.008 * wanders.width;
  const isFeeding = orders.extrudeMmS > 0 && (orders.motion === "printing" || orders.motion === "loading");
  if (isFeeding) wanders.speed = wander(wanders.speed, seconds, SPEED_TAU_S, random);
  // walls are fast, corners and travels slow
  extruder.orderedMmS = isFeeding ? orders.extrudeMmS * Math.max(0.05, 1 + 0.25 * wanders.speed) : 0;
  const orderedMm = extruder.orderedMmS * seconds;
  extruder.orderedMm += orderedMm;
  stepLoad(world, damage, seconds, random);
  feed(world, damage, orderedMm, random);
}

/** How much harder than a sound, hot nozzle this one is to push through. */
function resistance(world: World, damage: Damage): number {
  const meltC = world.nozzles[0]?.outerC ?? USUAL_MELT_C;
  const thickness = Math.exp(clamp((USUAL_MELT_C - meltC) / VISCOSITY_FOLD_C, -1, 4));
  const bore = Math.max(0.05, 1 - damage.clog);
  return thickness / (bore * bore);
}

function stepLoad(world: World, damage: Damage, seconds: number, random: () => number): void {
  const { extruder, traits, heatsinkC, nozzles } = world;
  const isFeeding = extruder.orderedMmS > 0;
  if (!isFeeding && extruder.pressureBar < 0.1) {
    extruder.pressureBar = extruder.loadPct = 0;
    return;
  }
  const pushedMmS = extruder.orderedMmS * (1 - damage.grinding) * damage.overfeed;
  const bar = isFeeding && hasFilament(extruder) ? pushedMmS * BAR_PER_MM_S * resistance(world, damage) : 0;
  extruder.pressureBar = approach(extruder.pressureBar, Math.min(bar, 400), seconds, PRESSURE_TAU_S);
  extruder.noise.load = wander(extruder.noise.load, seconds, 2, random);
  const softensC = (nozzles[0]?.targetC ?? USUAL_MELT_C) - CREEP_BELOW_TARGET_C;
  const creep = softensC > 0 ? Math.exp(clamp((heatsinkC - softensC) / CREEP_FOLD_C, 0, 3)) : 1;
  const held = extruder.tangle * 100;
  const loadPct = isFeeding
    ? (IDLE_LOAD_PCT * creep + extruder.pressureBar * LOAD_PCT_PER_BAR * creep) * traits.extruderStiffness + held
    : 0;
  extruder.loadPct = clamp(loadPct * (1 + 0.04 * extruder.noise.load), 0, 200);
}

function feed({ extruder, traits, units }: World, damage: Damage, orderedMm: number, random: () => number): void {
  if (!damage.isTangled) extruder.tangle = 0;
  if (!damage.isFilamentOut) extruder.tailMm = 0;
  extruder.isFilamentSeen = damage.isRunoutSwitchStuck || extruder.tailMm < SWITCH_AFTER_MM;
  if (orderedMm === 0) return;
  const skipped = MOST_SKIPPED * clamp((extruder.loadPct - SKIPS_FROM_PCT) / (SKIPS_WHOLLY_PCT - SKIPS_FROM_PCT), 0, 1);
  const gripped = orderedMm * (1 - damage.grinding) * damage.overfeed;
  const fedMm = hasFilament(extruder) ? gripped * (1 - skipped) * (1 - 0.9 * extruder.tangle) : 0;
  if (damage.isTangled) extruder.tangle = Math.min(1, extruder.tangle + fedMm / TANGLE_SLACK_MM);
  // the tail goes on at the ordered pace, though the gears lose it at their end
  if (damage.isFilamentOut) extruder.tailMm += hasFilament(extruder) ? fedMm : 0;
  extruder.fedMm += fedMm;
  extruder.extrudedMm += fedMm;
  if (traits.facts.hasEncoder && !damage.isEncoderDead && extruder.tailMm < SWITCH_AFTER_MM) {
    extruder.seenMm += seen(extruder, fedMm, traits.encoderGain, random);
  }
  const slot = units[0]?.slots[0];
  if (slot !== undefined) slot.remainPct = Math.max(0, slot.remainPct - fedMm / SPOOL_MM_PER_PCT);
}
const SPOOL_MM_PER_PCT = 3300;

function hasFilament({ tailMm }: Extruder): boolean {
  return tailMm < GEARS_AFTER_MM;
}

/** The error belongs to the place on the way, not to the time: it does not grow with a long way. */
function seen({ noise }: Extruder, fedMm: number, gain: number, random: () => number): number {
  const before = noise.encoder;
  noise.encoder = wander(before, fedMm, ENCODER_OVER_MM, random);
  return Math.max(0, fedMm * gain + (noise.encoder - before) * ENCODER_SIGMA_MM);
}
