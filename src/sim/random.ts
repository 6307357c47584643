/** Random numbers from a seed: the same seed gives the same machine. Hides the generator (a 32-bit mixing counter). */

/** A function that gives numbers from 0 up to 1. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** About normal, mean 0, standard deviation 1, never beyond ±3.5. */
export function noise(random: () => number): number {
  return (random() + random() + random() + random() - 2) * 1.732;
}
