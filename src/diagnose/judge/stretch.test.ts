import { describe, expect, test } from 'vitest';
import type { RateCurve } from '../findings.ts';
import { levelOf, stretchOf } from './stretch.ts';

const SEC = 1e9;

test('from the first to the last step that stands out from what a busy site leaves unfinished', () => {
  // 0 to 4 beside 100 completions a second; from step 20 to 29, 30 more.
  const values = Array.from({ length: 100 }, (_, i) => (i >= 20 && i < 30 ? 30 : 0) + (i % 5));
  const rate = { ...curve(values), completed: values.map(() => 100) };
  expect(stretchOf(rate, values, 100 * SEC, 0)).toEqual({ onset: 20 * SEC, end: 30 * SEC, ...toTheStep });
});

test('a peak at its beginning does not hide the rest of a long flood', () => {
  const values = Array.from({ length: 40 }, (_, i) => (i === 4 ? 58 : i > 4 && i < 34 ? 10 : 0));
  expect(stretchOf(curve(values), values, 60 * SEC, -1)).toEqual({ onset: 4 * SEC, end: 34 * SEC, ...toTheStep });
});

test('what goes on all the time began with the capture, and did not end', () => {
  const values = Array.from({ length: 100 }, (_, i) => 5 + (i % 3));
  expect(stretchOf(curve(values), values, 100 * SEC, 0)).toEqual({ onset: 0, end: -1, onsetWithin: 0, endWithin: 0 });
});

test('one step of a quiet capture', () => {
  const values = [0, 0, 0, 9, 0, 0, 0, 0];
  expect(levelOf(values, curve(values))).toBe(1);
  expect(stretchOf(curve(values), values, 8 * SEC, -1)).toEqual({ onset: 3 * SEC, end: 4 * SEC, ...toTheStep });
});

describe('where the very first attempt is the first of the flood', () => {
  const values = [0, 0, 0, 0, 50, 90, 0, 0, 0];
  const first = 4.365 * SEC;

  test('it began with that packet', () => {
    expect(stretchOf(curve(values), values, 9 * SEC, first)).toMatchObject({ onset: first, onsetWithin: 0 });
    // SYNs sent again are no others' attempts.
    const copies = curve([0, 0, 0, 0, 60, 90, 0, 0, 0]);
    expect(stretchOf(copies, values, 9 * SEC, first)).toMatchObject({ onset: first, onsetWithin: 0 });
  });

  test('but not where others are served in the same second, or came before', () => {
    const served = { ...curve([0, 0, 0, 0, 53, 90, 0, 0, 0]), completed: [0, 0, 0, 0, 3, 0, 0, 0, 0] };
    expect(stretchOf(served, values, 9 * SEC, first)).toMatchObject({ onset: 4 * SEC, onsetWithin: SEC });
    expect(stretchOf(curve(values), values, 9 * SEC, 1.2 * SEC)).toMatchObject({ onset: 4 * SEC, onsetWithin: SEC });
  });
});

const toTheStep = { onsetWithin: SEC, endWithin: SEC };

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
