import { expect, test } from 'vitest';
import type { RateCurve } from '../findings.ts';
import { levelOf, stretchOf } from './stretch.ts';

const SEC = 1e9;

test('from the first to the last step that stands out from what a busy site leaves unfinished', () => {
  // 0 to 4 beside 100 completions a second; from step 20 to 29, 30 more.
  const values = Array.from({ length: 100 }, (_, i) => (i >= 20 && i < 30 ? 30 : 0) + (i % 5));
  const rate = { ...curve(values), completed: values.map(() => 100) };
  expect(stretchOf(rate, values, 100 * SEC)).toEqual({ onset: 20 * SEC, end: 30 * SEC });
});

test('a peak at its beginning does not hide the rest of a long flood', () => {
  const values = Array.from({ length: 40 }, (_, i) => (i === 4 ? 58 : i > 4 && i < 34 ? 10 : 0));
  expect(stretchOf(curve(values), values, 60 * SEC)).toEqual({ onset: 4 * SEC, end: 34 * SEC });
});

test('what goes on all the time began with the capture, and did not end', () => {
  const values = Array.from({ length: 100 }, (_, i) => 5 + (i % 3));
  expect(stretchOf(curve(values), values, 100 * SEC)).toEqual({ onset: 0, end: -1 });
});

test('one step of a quiet capture', () => {
  const values = [0, 0, 0, 9, 0, 0, 0, 0];
  expect(levelOf(values, curve(values))).toBe(1);
  expect(stretchOf(curve(values), values, 8 * SEC)).toEqual({ onset: 3 * SEC, end: 4 * SEC });
});

function curve(syn: readonly number[]): RateCurve {
  const none = {
    synack: [],
    completed: [],
    refused: [],
    unfinished: [],
    strayReplies: [],
    newSources: [],
    halfOpen: [],
  };
  return { start: 0, step: SEC, syn, ...none };
}
