import { expect, test } from 'vitest';
import { stream } from '../../rng.ts';
import { InOrder } from './in-order.ts';
import { PoissonCount } from './poisson-count.ts';

/** 99.9 % of a normal distribution lies within so many standard deviations. */
const Z = 3.29;

function times(count: number, span: number, seed: number): number[] {
  const order = new InOrder(count, span, () => stream(seed, 'order'));
  const all: number[] = [];
  for (; order.next < Infinity; order.advance()) all.push(order.next);
  return all;
}

test('so many, ascending, within the span, and uniform (Kolmogorov-Smirnov, 99.9 %)', () => {
  const n = 20_000;
  const all = times(n, 100, 1);
  expect(all).toHaveLength(n);
  let worst = 0;
  all.forEach((t, i) => {
    if (t < (all[i - 1] ?? 0) || t >= 100) throw new Error(`${t} is out of order`);
    worst = Math.max(worst, Math.abs(t / 100 - (i + 0.5) / n));
  });
  expect(worst).toBeLessThan(1.95 / Math.sqrt(n));
});

test('the counts of a half are binomial', () => {
  const runs = 2000;
  const counts = Array.from({ length: runs }, (_, seed) => times(10, 1, seed).filter((t) => t < 0.5).length);
  const mean = counts.reduce((a, b) => a + b) / runs;
  const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (runs - 1);
  expect(Math.abs(mean - 5)).toBeLessThan(Z * Math.sqrt(2.5 / runs));
  // μ4 - σ⁴ of a binomial: σ² (1 + 3 (n - 2) p q) - σ⁴ = 2.5 × 7 - 6.25.
  expect(Math.abs(variance - 2.5)).toBeLessThan(Z * Math.sqrt(11.25 / runs));
});

test('none, or all at once', () => {
  expect(times(0, 5, 1)).toEqual([]);
  expect(times(3, 0, 1)).toEqual([0, 0, 0]);
});

test('a count at a level is Poisson, and a lagging one counts the same events', () => {
  const runs = 2000;
  const counts = Array.from({ length: runs }, (_, seed) => {
    const [one, lagging] = [0, 1].map(() => new PoissonCount(stream(seed, 'count')));
    const [early, late] = [one!.upTo(4), one!.upTo(10)];
    expect([lagging!.upTo(2) <= early, lagging!.upTo(4), lagging!.upTo(10)]).toEqual([true, early, late]);
    return late;
  });
  const mean = counts.reduce((a, b) => a + b) / runs;
  const variance = counts.reduce((sum, n) => sum + (n - mean) ** 2, 0) / (runs - 1);
  expect(Math.abs(mean - 10)).toBeLessThan(Z * Math.sqrt(10 / runs));
  expect(Math.abs(variance - 10)).toBeLessThan(Z * Math.sqrt(210 / runs));
});
