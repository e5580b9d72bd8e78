/** Quantiles against the printed tables, intervals against hand calculation. */
import { describe, expect, test } from 'vitest';
import { meanInterval, normalQuantile, shareInterval, studentQuantile } from './confidence.ts';

describe("Student's t", () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods 1.3.6.7.2, "Critical Values of the Student's t Distribution".
  const P = [0.9, 0.95, 0.975, 0.99, 0.995, 0.999];
  test.each([
    [1, [3.078, 6.314, 12.706, 31.821, 63.657, 318.309]],
    [2, [1.886, 2.92, 4.303, 6.965, 9.925, 22.327]],
    [3, [1.638, 2.353, 3.182, 4.541, 5.841, 10.215]],
    [4, [1.533, 2.132, 2.776, 3.747, 4.604, 7.173]],
    [5, [1.476, 2.015, 2.571, 3.365, 4.032, 5.893]],
    [9, [1.383, 1.833, 2.262, 2.821, 3.25, 4.297]],
    [10, [1.372, 1.812, 2.228, 2.764, 3.169, 4.144]],
    [19, [1.328, 1.729, 2.093, 2.539, 2.861, 3.579]],
    [30, [1.31, 1.697, 2.042, 2.457, 2.75, 3.385]],
    [60, [1.296, 1.671, 2.0, 2.39, 2.66, 3.232]],
    [100, [1.29, 1.66, 1.984, 2.364, 2.626, 3.174]],
  ])('with %i degrees of freedom', (df, row) => {
    // A table's value is the true one rounded to three digits after the point.
    for (const [column, p] of P.entries())
      expect(Math.abs(studentQuantile(p, df) - (row[column] ?? 0))).toBeLessThan(0.00051);
  });

  test('closed forms: df 1 is tan, df 2 is algebraic', () => {
    for (const p of [0.5, 0.6, 0.9, 0.975, 0.9999]) {
      const x = 2 * p - 1;
      expect(studentQuantile(p, 1)).toBeCloseTo(Math.tan((Math.PI * x) / 2), 7);
      expect(studentQuantile(p, 2)).toBeCloseTo(x * Math.sqrt(2 / (1 - x * x)), 9);
    }
  });

  test('is odd around one half, and nears the normal one', () => {
    expect(studentQuantile(0.025, 7)).toBeCloseTo(-studentQuantile(0.975, 7), 12);
    // Same table, last row: 1.960 at infinity; the first correction is (z^3 + z) / (4 df) (A&S 26.7.5).
    const z = normalQuantile(0.975);
    expect(studentQuantile(0.975, 10_000)).toBeCloseTo(z + (z ** 3 + z) / 40_000, 7);
  });
});

test('normal quantiles as printed (A&S table 26.5)', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 12);
  expect(normalQuantile(0.995)).toBeCloseTo(2.5758293035489, 12);
  expect(normalQuantile(0.5)).toBeCloseTo(0, 12);
});

test('a mean of five: 10 ± 2.776 · s / √5', () => {
  const { low, high } = meanInterval(5, 10, 2, 0.95);
  expect(high - 10).toBeCloseTo((2.776445 * 2) / Math.sqrt(5), 5);
  expect(10 - low).toBeCloseTo(high - 10, 12);
  expect(meanInterval(1, 10, 0, 0.95)).toEqual({ low: Number.NaN, high: Number.NaN });
});

describe("Wilson's interval", () => {
  // Newcombe 1998 (Statistics in Medicine 17:857), table I, method 3.
  test.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (hits, n, low, high) => {
    const found = shareInterval(hits, n, 0.95);
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  test('mirrors itself and stays inside 0 .. 1', () => {
    expect(shareInterval(20, 20, 0.95).high).toBe(1);
    expect(shareInterval(20, 20, 0.95).low).toBeCloseTo(1 - shareInterval(0, 20, 0.95).high, 12);
  });
});
