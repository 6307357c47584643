/** Small statistics that run along with a signal. Every state is plain JSON, so that it can be kept over a restart. */

/** Page's cumulative sum for a shift upwards: `z` in standard deviations, `slack` half the shift that matters. */
export function cusum(sum: number, z: number, slack: number): number {
  return Math.max(0, sum + z - slack);
}

/** An exponentially weighted mean; the first value stands for itself. */
export function ewma(mean: number | undefined, value: number, weight: number): number {
  return mean === undefined ? value : mean + weight * (value - mean);
}

/** A bucket that fills with events and leaks steadily. */
export function leak(level: number, seconds: number, perSecond: number): number {
  return Math.max(0, level - seconds * perSecond);
}

/** Running mean and variance (Welford). */
export interface Spread {
  readonly n: number;
  readonly mean: number;
  /** Sum of squared differences from the mean. */
  readonly m2: number;
}

export const NO_SPREAD: Spread = { n: 0, mean: 0, m2: 0 };

/** With `maxN` old values fade: the weight of a new one never falls below 1/maxN. */
export function spread(before: Spread, value: number, maxN = Number.POSITIVE_INFINITY): Spread {
  const n = Math.min(before.n + 1, maxN);
  const shrink = before.n + 1 > maxN ? (maxN - 1) / maxN : 1;
  const difference = value - before.mean;
  const mean = before.mean + difference / n;
  return { n, mean, m2: before.m2 * shrink + difference * (value - mean) };
}

/** Standard deviation; 0 for fewer than two values. */
export function sigma({ n, m2 }: Spread): number {
  return n < 2 ? 0 : Math.sqrt(m2 / (n - 1));
}

export function median(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

export interface Slope {
  /** The median of all pairwise slopes (Theil-Sen), robust against a third of outliers. */
  readonly perX: number;
  readonly low: number;
  readonly high: number;
  readonly intercept: number;
}

/** A robust line through points, with the middle 80 % of pairwise slopes; undefined for fewer than three different x. */
export function theilSen(points: readonly { readonly x: number; readonly y: number }[]): Slope | undefined {
  const slopes: number[] = [];
  points.forEach((a, i) => {
    for (const b of points.slice(i + 1)) if (b.x !== a.x) slopes.push((b.y - a.y) / (b.x - a.x));
  });
  if (slopes.length < 3) return undefined;
  slopes.sort((a, b) => a - b);
  const perX = median(slopes) ?? 0;
  const at = (share: number): number => slopes[Math.min(slopes.length - 1, Math.floor(slopes.length * share))] ?? perX;
  return { perX, low: at(0.1), high: at(0.9), intercept: median(points.map(({ x, y }) => y - perX * x)) ?? 0 };
}

/**
 * Suspicion that a heartbeat is lost (φ-accrual, Hayashibara 2004): -log10 of the chance that it is only late by now, from the mean and
 * spread of its gaps. 1 is one in ten, 8 one in a hundred million.
 */
export function phi(sinceLast: number, mean: number, deviation: number): number {
  const y = (sinceLast - mean) / Math.max(deviation, mean * 0.1, 1e-9);
  // logistic approximation of the normal tail; the exponent is capped where doubles end
  const exponent = Math.exp(-y * (1.5976 + 0.070566 * y * y));
  const late = y > 0 ? exponent / (1 + exponent) : 1 - 1 / (1 + exponent);
  return late <= 0 ? 300 : -Math.log10(late);
}
