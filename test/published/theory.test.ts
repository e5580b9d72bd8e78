/** The formulas against other forms of themselves, hand calculation and printed tables. */
import { expect, test } from 'vitest';
import {
  bucketSurvival,
  entryLife,
  erlangB,
  fillRate,
  oldestDropSurvives,
  poissonAtMost,
  randomDropSurvival,
} from './theory.ts';

test('an entry lives 3, 7, 15, 31, 63 s with 1 to 5 retries (ip-sysctl: 63 s for 5)', () => {
  expect([1, 2, 3, 4, 5].map(entryLife)).toEqual([3, 7, 15, 31, 63]);
});

test('128 entries and 63 s: 2.03 SYN/s are enough', () => {
  expect(fillRate(128, 63)).toBeCloseTo(2.0317, 4);
});

test('Erlang B: small systems by hand', () => {
  // a^n / n! over the sum of a^k / k!: 1/2; (1/2)/(5/2); (4.5)/(1 + 3 + 4.5).
  expect(erlangB(1, 1)).toBeCloseTo(1 / 2, 12);
  expect(erlangB(2, 1)).toBeCloseTo(1 / 5, 12);
  expect(erlangB(2, 3)).toBeCloseTo(4.5 / 8.5, 12);
});

test('Erlang B: the loads that tables of traffic theory give for 1 % loss', () => {
  // 10 lines carry 4.46 erlang, 50 carry 37.9, 100 carry 84.1.
  for (const [lines, load] of [
    [10, 4.46],
    [50, 37.9],
    [100, 84.1],
  ] as const)
    expect(erlangB(lines, load), `${lines} lines`).toBeCloseTo(0.01, 3);
});

test('Erlang B: far above capacity nearly what does not fit is lost', () => {
  // 1 - B / a is the fluid limit; the excess is of the order of 1 / (a - B).
  expect(Math.abs(erlangB(128, 6300) - (1 - 128 / 6300))).toBeLessThan(1 / (6300 - 128));
});

test('random drop: what was reckoned on NANOG in September 1996', () => {
  // Wolff: (1 - 1/383)^300 = .456. Schryver: 100 SYN/s, 250 ms, L = 382: 93 %, though with these numbers it is 93.7.
  expect(randomDropSurvival(383, 300)).toBeCloseTo(0.456, 3);
  expect(Math.floor(100 * randomDropSurvival(382, 25))).toBe(93);
});

test('oldest-drop: B - 1 further SYNs are survived, B are not', () => {
  expect([127, 128].map((n) => oldestDropSurvives(128, n))).toEqual([true, false]);
});

test('Poisson: sums to 1, and by hand', () => {
  expect(poissonAtMost(200, 30)).toBeCloseTo(1, 12);
  expect(poissonAtMost(1, 2)).toBeCloseTo(3 * Math.exp(-2), 12);
});

test('a bucket is as likely as not to have thrown an entry out after a little more than its mean residence', () => {
  // The median of the 30th arrival of a Poisson process is about 30 - 1/3 arrivals (gamma distribution).
  const seconds = (30 - 1 / 3) / (15_000 / 512);
  expect(bucketSurvival(512, 30, 15_000, seconds)).toBeCloseTo(0.5, 3);
});
