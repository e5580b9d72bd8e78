import { expect, test } from 'vitest';
import type { RateCurve } from '../findings.ts';
import { levelOf, stretchOf, unfinishedOf } from './stretch.ts';

const SEC = 1e9;

test('from the first to the last step that stands out, whatever is usual', () => {
  // Usual: 0 to 4; from step 20 to 29: 50.
  const values = Array.from({ length: 100 }, (_, i) => (i >= 20 && i < 30 ? 50 : i % 5));
  expect(stretchOf(curve(values), values, 100 * SEC)).toEqual({ onset: 20 * SEC, end: 30 * SEC });
});

test('what goes on all the time began with the capture, and did not end', () => {
  const values = Array.from({ length: 100 }, (_, i) => 5 + (i % 3));
  expect(stretchOf(curve(values), values, 100 * SEC)).toEqual({ onset: 0, end: -1 });
});

test('one step of a quiet capture', () => {
  const values = [0, 0, 0, 9, 0, 0, 0, 0];
  expect(levelOf(values)).toBeLessThan(9);
  expect(stretchOf(curve(values), values, 8 * SEC)).toEqual({ onset: 3 * SEC, end: 4 * SEC });
});

test('unfinished are SYNs that no completion of the same step or the next matches', () => {
  expect(unfinishedOf({ ...curve([5, 3, 0, 9]), completed: [2, 4, 1, 0] })).toEqual([2, 0, 0, 9]);
  expect(unfinishedOf({ ...curve([20, 0]), completed: [4, 13] })).toEqual([3, 0]);
});

function curve(syn: readonly number[]): RateCurve {
  return { start: 0, step: SEC, syn, synack: [], completed: [], refused: [], newSources: [], halfOpen: [] };
}
