import { expect, test } from 'vitest';
import { bandPath, linePath } from './plot-path.ts';

const BOX = { width: 40, height: 10, samples: 4, top: 100 };

test('a value stands at the end of its sample, 0 at the bottom, the top at the upper edge', () => {
  expect(linePath([0, 50, 100, 200], BOX)).toBe('M10 10h.01L20 5L30 0L40 0');
});

test('where there is nothing to say the line is broken, and a lone value still shows', () => {
  expect(linePath([50, Number.NaN, 50, 50], BOX)).toBe('M10 5h.01M30 5h.01L40 5');
});

test('an unfinished run ends where it has come to', () => {
  expect(bandPath([0, 0], [50, 100], BOX)).toBe('M0 5H10L10 0H20L20 10H10L10 10H0Z');
  expect(linePath([], BOX)).toBe('');
  expect(bandPath([], [], BOX)).toBe('');
});

test('more samples than pixels are averaged', () => {
  const values = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? 0 : 100));
  expect(linePath(values, { width: 4, height: 10, samples: 8, top: 100 })).toBe('M1 5h.01L2 5L3 5L4 5');
});
