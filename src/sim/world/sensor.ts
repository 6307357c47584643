/**
 * What the electronics make of a temperature: it arrives late, carries noise with a memory, comes in steps of the converter, and is
 * wrong in all the ways a sensor can be.
 */
import { noise } from "../random.ts";
import type { SensorDamage } from "./damage.ts";
import type { HeaterTraits } from "./traits.ts";
import { happens, wander } from "./wander.ts";
import type { Heater } from "./world.ts";

/** Where converters end: a thermistor that is open or shorted reads the end of its table. */
const OPEN_READS_C = -65;
const SHORT_READS_C = 510;
const NOISE_TAU_S = 0.8;
/** Bad contacts and bad cables are faster than the converter's own noise. */
const ADDED_TAU_S = 0.2;
const JUMP_LASTS_S = 0.5;
/** Between two rows of the converter's table steps are equal; no usual target lies at a border. */
const BAND_C = 34;

/** The steps of a 12-bit converter with oversampling, as tables have them: finest where divider and thermistor are balanced. */
export function stepC(tempC: number): number {
  const away = (Math.round(tempC / BAND_C) * BAND_C - 150) / 130;
  return 0.01 + 0.03 * away * away;
}

/** `nearC`: the air around a sensor that has slipped out of its hole. */
export function readSensor(
  heater: Heater,
  traits: HeaterTraits,
  damage: SensorDamage,
  nearC: number,
  seconds: number,
  random: () => number,
): void {
  const state = heater.noise;
  const arrives = 1 - damage.slipped;
  // with less contact it takes longer as well
  const tauS = traits.sensorTauS / Math.max(0.1, arrives);
  const there = heater.tempC * arrives + nearC * damage.slipped;
  heater.sensorC += (there - heater.sensorC) * (1 - Math.exp(-seconds / tauS));
  state.usual = wander(state.usual, seconds, NOISE_TAU_S, random);
  if (damage.noiseC > 0) state.added = wander(state.added, seconds, ADDED_TAU_S, random);
  stepContact(heater, damage, seconds, random);
  if (damage.isFrozen) return;
  heater.readC = reading(heater, traits, damage, random);
}

function stepContact({ noise: state }: Heater, damage: SensorDamage, seconds: number, random: () => number): void {
  if (state.jumpC !== 0 && happens(1 / JUMP_LASTS_S, seconds, random)) state.jumpC = 0;
  if (!happens(damage.jumpsPerS, seconds, random)) return;
  // a contact that opens adds resistance, which reads colder; now and then it wobbles the other way
  state.jumpC = damage.jumpC * (0.7 + 0.3 * random()) * (random() < 0.8 ? -1 : 0.5);
}

function reading({ sensorC, noise: state }: Heater, traits: HeaterTraits, damage: SensorDamage, random: () => number): number {
  if (damage.open === 1) return OPEN_READS_C + noise(random) * 0.3;
  if (damage.open === -1) return SHORT_READS_C + noise(random) * 0.3;
  const said =
    sensorC + traits.sensorOffsetC + damage.offsetC + state.usual * traits.sensorSigmaC + state.added * damage.noiseC + state.jumpC;
  const step = stepC(said);
  return Math.round(said / step) * step;
}
