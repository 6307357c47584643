/** How sure a share of few cases is: the 95 % interval of Wilson (1927), which stays within 0 and 1 and is honest for small numbers. */

/** The standard normal deviate that leaves 2.5 % on either side. */
const Z = 1.959_963_985;

/** Of no case nothing is known: undefined. */
export function wilson(hits: number, of: number): { readonly low: number; readonly high: number } | undefined {
  if (of === 0) return undefined;
  const share = hits / of;
  const weight = 1 + (Z * Z) / of;
  const middle = (share + (Z * Z) / (2 * of)) / weight;
  const half = (Z / weight) * Math.sqrt((share * (1 - share)) / of + (Z * Z) / (4 * of * of));
  // exact at the ends, where rounding would leave a trace
  return { low: hits === 0 ? 0 : middle - half, high: hits === of ? 1 : middle + half };
}
