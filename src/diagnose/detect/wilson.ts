/** Confidence interval of a share (Wilson 1927): sound for few samples and for shares near 0 and 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Where the true share lies, given `hits` of `total`, at `z` standard deviations:
 * (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n). 0 .. 1 without samples.
 */
export function wilson(hits: number, total: number, z: number): Interval {
  if (total <= 0) return { low: 0, high: 1 };
  const p = Math.min(1, Math.max(0, hits / total));
  const z2 = z * z;
  const middle = p + z2 / (2 * total);
  const spread = z * Math.sqrt((p * (1 - p)) / total + z2 / (4 * total * total));
  const scale = 1 + z2 / total;
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}
