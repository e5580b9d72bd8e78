import { expect, test } from 'vitest';
import { bandUpTo, densityBand } from './density-band.ts';
import { type TimeScale, yOf } from './time-scale.ts';

/** 100 ms over 10 rows, then 10 s over 4: silence compressed. */
const SCALE: TimeScale = {
  mode: 'compressed',
  times: [0, 100e6, 10_100e6],
  ys: [0, 10, 14],
  height: 14,
  silences: [],
};

test('a row of 10 ms shows its count, by owner', () => {
  const counts = new Array(4 * 2000).fill(0);
  counts[0] = 3; // 0 .. 10 ms, silent
  counts[4 + 1] = 2; // 10 .. 20 ms, live
  counts[4 + 3] = 1; // 10 .. 20 ms, client
  const band = densityBand({ counts, steps: 2000 }, SCALE, 1);
  expect(band.rows).toEqual([
    { y0: 0, y1: 1, counts: [3, 0, 0, 0] },
    { y0: 1, y1: 2, counts: [0, 2, 0, 1] },
  ]);
  expect(band.most).toBe(3);
});

test('where time is compressed the mean keeps the width of the same rate', () => {
  const counts = Array.from({ length: 4 * 2000 }, (_, i) => (i % 4 === 0 ? 5 : 0));
  const band = densityBand({ counts, steps: 2000 }, SCALE, 1);
  expect(band.rows.map((row) => row.counts[0])).toEqual(Array.from({ length: 14 }, () => 5));
});

test('nothing of the future shows, and the width does not depend on now', () => {
  const counts = Array.from({ length: 4 * 2000 }, (_, i) => (i % 4 === 0 ? (i < 40 ? 1 : 9) : 0));
  const band = densityBand({ counts, steps: 2000 }, SCALE, 1);
  expect(bandUpTo(band, yOf(SCALE, 45e6)).at(-1)).toEqual({ y0: 4, y1: 4.5, counts: [1, 0, 0, 0] });
  expect(bandUpTo(band, yOf(SCALE, 0))).toEqual([]);
  expect(band.most).toBe(9);
});

test('steps that are not there yet count for nothing', () => {
  expect(densityBand({ counts: [], steps: 0 }, SCALE, 1)).toEqual({ rows: [], most: 0 });
});
