import { describe, expect, test } from 'vitest';
import { SEC } from '../tcp/types.ts';
import { HalfopenError } from '../wire/error.ts';
import { type Arrivals, arrivalsOf, floodArrivals } from './arrivals.ts';
import type { RateSpec } from './flood-model.ts';
import { stream } from './rng.ts';

/** The first `most` moments. */
function moments(arrivals: Arrivals, most = Infinity): number[] {
  const all: number[] = [];
  for (; arrivals.next < Infinity && all.length < most; arrivals.advance()) all.push(arrivals.next);
  return all;
}

function flood(rate: RateSpec, from: number, to: number, seed = 1, delay = 0): number[] {
  return moments(floodArrivals(rate, from, to, stream(seed, 'arrivals'), delay));
}

/** 99.9 % of a normal distribution lies within so many standard deviations. */
const Z999 = 3.29;

describe('constant', () => {
  test.each([
    // rate in millionths per second, where a double of i * 1e9 / rate would be rounded
    [100_000, 3_000_000n],
    [7, 200n],
    [300_000_007, 5_000_000n],
    [0.1, 40n],
    [2.5, 1000n],
  ])('%d a second: SYN i at i / rate, exactly', (rate, count) => {
    const from = 123_456_789;
    const arrivals = floodArrivals({ process: 'constant', rate }, from, 2 ** 53, stream(1, ''));
    const millionths = BigInt(Math.round(rate * 1e6));
    let wrong = 0;
    for (let i = 0n; i < count; i++, arrivals.advance()) {
      if (BigInt(arrivals.next) !== BigInt(from) + (i * 1_000_000_000_000_000n) / millionths) wrong++;
    }
    expect(wrong).toBe(0);
  });

  test('from is the first moment, to is none any more', () => {
    expect(flood({ process: 'constant', rate: 10 }, 5, 5 + SEC / 5)).toEqual([5, 5 + SEC / 10]);
    expect(flood({ process: 'constant', rate: 10 }, 5, 5)).toEqual([]);
    expect(flood({ process: 'constant', rate: 0 }, 0, SEC)).toEqual([]);
  });
});

describe('Poisson', () => {
  test('counts have mean and variance rate × time, gaps are exponential', () => {
    const rate = 40;
    const runs = 2000;
    const counts = Array.from({ length: runs }, (_, seed) => flood({ process: 'poisson', rate }, 0, SEC, seed).length);
    const mean = counts.reduce((a, b) => a + b) / runs;
    const variance = counts.reduce((a, n) => a + (n - mean) ** 2, 0) / (runs - 1);
    expect(Math.abs(mean - rate)).toBeLessThan(Z999 * Math.sqrt(rate / runs));
    // The variance of a sample variance of Poisson(λ): (λ + 2λ²) / n.
    expect(Math.abs(variance - rate)).toBeLessThan(Z999 * Math.sqrt((rate + 2 * rate * rate) / runs));

    const times = flood({ process: 'poisson', rate: 1000 }, 0, 20 * SEC);
    const gaps = times
      .slice(1)
      .map((t, i) => t - times[i]!)
      .sort((a, b) => a - b);
    let worst = 0;
    gaps.forEach((gap, i) => {
      worst = Math.max(worst, Math.abs(1 - Math.exp(-gap / 1e6) - (i + 0.5) / gaps.length));
    });
    expect(worst).toBeLessThan(1.95 / Math.sqrt(gaps.length)); // Kolmogorov-Smirnov, 99.9 %
  });

  test('no arrival before from, at or after to', () => {
    const times = flood({ process: 'poisson', rate: 10_000 }, SEC, 2 * SEC);
    expect(times.length).toBeGreaterThan(9000);
    expect(times[0]).toBeGreaterThanOrEqual(SEC);
    expect(times.at(-1)).toBeLessThan(2 * SEC);
  });
});

test('burst: so many at once, every so often', () => {
  expect(flood({ process: 'burst', size: 3, every: 10 }, 100, 121)).toEqual([
    100, 100, 100, 110, 110, 110, 120, 120, 120,
  ]);
  expect(flood({ process: 'burst', size: 0, every: 10 }, 100, 121)).toEqual([]);
});

test('pulse: Poisson while it is on, silent while it is off', () => {
  const rate = { process: 'pulse', rate: 1000, on: SEC / 4, off: (3 * SEC) / 4 } as const;
  const times = flood(rate, SEC, 41 * SEC);
  expect(times.filter((t) => (t - SEC) % SEC >= SEC / 4)).toEqual([]);
  // 40 pulses of 250 expected SYNs.
  expect(Math.abs(times.length - 10_000)).toBeLessThan(Z999 * 100);
  expect(new Set(times.map((t) => Math.floor(t / SEC))).size).toBe(40);
});

test('ramp: the count of each tenth is the integral of its rate', () => {
  const times = flood({ process: 'ramp', first: 1000, last: 5000 }, 5 * SEC, 15 * SEC);
  for (let tenth = 0; tenth < 10; tenth++) {
    const from = (5 + tenth) * SEC;
    const expected = 1000 + (4000 * (tenth + 0.5)) / 10;
    const found = times.filter((t) => t >= from && t < from + SEC).length;
    // Ten of them at 99.99 %.
    expect(Math.abs(found - expected), `tenth ${tenth}`).toBeLessThan(3.89 * Math.sqrt(expected));
  }
  const falling = flood({ process: 'ramp', first: 5000, last: 0 }, 0, 10 * SEC);
  expect(Math.abs(falling.length - 25_000)).toBeLessThan(Z999 * Math.sqrt(25_000));
});

test('legitimate arrivals: given moments, and the same Poisson process as a flood', () => {
  expect(moments(arrivalsOf({ process: 'times', at: [3, 3, 7] }, stream(1, '')))).toEqual([3, 3, 7]);
  expect(moments(arrivalsOf({ process: 'times', at: [] }, stream(1, '')))).toEqual([]);
  const spec = { process: 'poisson', rate: 50, from: 10, to: SEC } as const;
  expect(moments(arrivalsOf(spec, stream(4, 'arrivals')))).toEqual(flood({ process: 'poisson', rate: 50 }, 10, SEC, 4));
});

test.each<RateSpec>([
  { process: 'constant', rate: 777 },
  { process: 'poisson', rate: 777 },
  { process: 'burst', size: 2, every: 1_234_567 },
  { process: 'pulse', rate: 7777, on: 12_345_678, off: 87_654_321 },
  { process: 'ramp', first: 10, last: 1500 },
])('$process: delayed, every moment is that much later, and none is beyond the end', (rate) => {
  const plain = flood(rate, SEC / 4, 5 * SEC, 6);
  const delayed = flood(rate, SEC / 4, 5 * SEC, 6, SEC);
  expect(delayed.length).toBeGreaterThan(1000);
  expect(delayed).toEqual(plain.map((t) => t + SEC).filter((t) => t < 5 * SEC));
  expect(flood(rate, SEC / 4, 5 * SEC, 6, 5 * SEC)).toEqual([]);
});

test.each<RateSpec>([
  { process: 'constant', rate: 1e9 + 1 },
  { process: 'poisson', rate: -1 },
  { process: 'poisson', rate: Number.NaN },
  { process: 'burst', size: 1, every: 0 },
  { process: 'pulse', rate: 1, on: -1, off: 1 },
  { process: 'ramp', first: 1, last: Infinity },
])('%o is refused', (rate) => {
  expect(() => flood(rate, 0, SEC)).toThrow(HalfopenError);
});
