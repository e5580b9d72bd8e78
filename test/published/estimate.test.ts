/** When theory and simulation agree: single intervals and many together, by hand. */
import { expect, test } from 'vitest';
import { type Estimate, estimateMean, estimateShare, judge } from './estimate.ts';

// 500 of 1,000: the standard error is 1.58 points, so 99 % is 4.1 of them and 99.99 % is 6.2.
const near = estimateShare(0.53, 500, 1000);
const off = estimateShare(0.55, 500, 1000);
const far = estimateShare(0.57, 500, 1000);

test('a share: held, missed by what may happen, missed by what may not', () => {
  expect([near, off, far].map(({ holds, wrong }) => ({ holds, wrong }))).toEqual([
    { holds: true, wrong: false },
    { holds: false, wrong: false },
    { holds: false, wrong: true },
  ]);
});

test('a mean: Student’s interval of 99 % for three values is 9.925 standard errors to each side', () => {
  const { simulated, interval } = estimateMean(0, [1, 2, 3]);
  expect(simulated).toBe(2);
  expect(interval.high - 2).toBeCloseTo(9.925 / Math.sqrt(3), 3);
});

test.each<[string, Estimate[], boolean]>([
  ['all hold', [near, near, near], true],
  // Two or more of three miss with probability 0.0003.
  ['one of three misses', [near, off, near], true],
  ['two of three miss', [off, off, near], false],
  ['one is wrong', [near, near, far], false],
  // Of six, two or more miss with probability 0.0015, three or more with 0.00002.
  ['two of six miss', [off, off, near, near, near, near], true],
  ['three of six miss', [off, off, off, near, near, near], false],
])('%s', (_what, estimates, ok) => {
  const checks = judge(
    estimates.map((e, i) => [`${i}`, e]),
    3,
  );
  expect(checks.every((check) => check.ok)).toBe(ok);
});
