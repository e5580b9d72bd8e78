/**
 * Confidence intervals for what a sweep measured: Student's t for a mean (Student 1908), Wilson's score interval for a share
 * (Wilson 1927), and the quantiles both need.
 */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Where the mean of a normal population lies, from `n` of its values; needs n >= 2, else both ends are NaN. `deviation` is
 * the sample standard deviation (n - 1).
 */
export function meanInterval(n: number, mean: number, deviation: number, confidence: number): Interval {
  if (n < 2) return { low: Number.NaN, high: Number.NaN };
  const half = (studentQuantile((1 + confidence) / 2, n - 1) * deviation) / Math.sqrt(n);
  return { low: mean - half, high: mean + half };
}

/** Wilson's interval for a share, from `hits` of `n` independent trials: it stays inside 0 .. 1 and has a width at 0 and at n. */
export function shareInterval(hits: number, n: number, confidence: number): Interval {
  if (n < 1) return { low: Number.NaN, high: Number.NaN };
  const z = normalQuantile((1 + confidence) / 2);
  const share = hits / n;
  const centre = share + (z * z) / (2 * n);
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  // At 0 and n the end is exact in the formula; rounding must not leave a crumb below 0 or above 1.
  return {
    low: hits === 0 ? 0 : (centre - half) / scale,
    high: hits === n ? 1 : (centre + half) / scale,
  };
}

/** The t with P(T <= t) = p for `df` = 1, 2, 3 … degrees of freedom; 0 < p < 1. Right to 12 digits. */
export function studentQuantile(p: number, df: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, df);
  return quantileAbove(p, (t) => studentCdf(t, df));
}

/** The z with P(Z <= z) = p, 0 < p < 1. */
export function normalQuantile(p: number): number {
  if (p < 0.5) return -normalQuantile(1 - p);
  return quantileAbove(p, normalCdf);
}

/**
 * P(T <= t) for t >= 0 by the finite series for whole degrees of freedom (Abramowitz & Stegun 26.7.3 and 26.7.4): no gamma
 * function, no approximation, df / 2 terms.
 */
function studentCdf(t: number, df: number): number {
  const cosine2 = df / (df + t * t);
  const sine = t / Math.sqrt(df + t * t);
  const odd = df % 2 === 1;
  let term = odd ? Math.sqrt(cosine2) : 1;
  let sum = df === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < df - 1; k += 2) {
    term *= cosine2 * ((k - 1) / k);
    sum += term;
  }
  const inside = odd ? (2 / Math.PI) * (Math.atan(t / Math.sqrt(df)) + sine * sum) : sine * sum;
  return (1 + inside) / 2;
}

/** P(Z <= z) for z >= 0 by the series of Abramowitz & Stegun 26.2.11, whose terms are all positive. */
function normalCdf(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 3; term > sum * 1e-17; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return 0.5 + (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

/** The x >= 0 at which a distribution function reaches p >= 1/2, by halving: the function is monotone, so this cannot fail. */
function quantileAbove(p: number, cdf: (x: number) => number): number {
  let low = 0;
  let high = 1;
  while (cdf(high) < p && high < 1e12) high *= 2;
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
