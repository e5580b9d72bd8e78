import { expect, test } from 'vitest';
import { resample, sparkline } from './sparkline.ts';

test('one character a value, eight heights, zero apart from little', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8], 9)).toBe('·▁▂▃▄▅▆▇█');
  expect(sparkline([0.01, 4, 16], 3, 8)).toBe('▁▄█');
  expect(sparkline([1, Number.NaN, 1], 5)).toBe('█ █');
  expect(sparkline([0, 8], 7)).toBe('···███');
  expect(sparkline([], 80)).toBe('');
});

test('more values than room are averaged, gaps aside', () => {
  expect(resample([1, 3, 10, 20, Number.NaN, Number.NaN, Number.NaN, 5], 4)).toEqual([2, 15, Number.NaN, 5]);
  expect(resample([1, 2, 3, 4, 5, 6, 7], 3)).toEqual([1.5, 3.5, 6]);
});
