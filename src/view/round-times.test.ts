import { expect, test } from 'vitest';
import { roundTimes } from './round-times.ts';

test.each([
  [60e9, 8, 10e9],
  [60e9, 4, 15e9],
  [0.3e9, 5, 0.1e9],
  [600e9, 6, 120e9],
  [100 * 3600e9, 5, 20 * 3600e9],
])('an axis of %d ns in at most %i steps has steps of %d ns', (until, most, step) => {
  const times = roundTimes(until, most);
  expect(times[0]).toBe(0);
  expect(times[1]).toBe(step);
  expect(times.at(-1)).toBeLessThanOrEqual(until);
  expect(times.length).toBeLessThanOrEqual(most + 1);
});
