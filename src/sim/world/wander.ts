/**
 * Noise with a memory (Ornstein-Uhlenbeck): mean 0, standard deviation 1, correlated over `tauS`. Its statistics are the same for every
 * step length, which white noise added at each step would not be.
 */
import { noise } from "../random.ts";

export function wander(value: number, seconds: number, tauS: number, random: () => number): number {
  const kept = Math.exp(-seconds / tauS);
  return value * kept + Math.sqrt(1 - kept * kept) * noise(random);
}

/** Exact first-order approach, for any step. */
export function approach(from: number, to: number, seconds: number, tauS: number): number {
  return to + (from - to) * Math.exp(-seconds / tauS);
}

/** Whether something that happens `perS` times a second on average happens in this step. */
export function happens(perS: number, seconds: number, random: () => number): boolean {
  return perS > 0 && random() < 1 - Math.exp(-perS * seconds);
}

/** How often it happens in this step; exact enough up to hundreds (Poisson by sums, normal above). */
export function countOf(perS: number, seconds: number, random: () => number): number {
  const mean = perS * seconds;
  if (mean <= 0) return 0;
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * noise(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}
