import { expect, test } from 'vitest';
import { spreadLabels } from './label-spread.ts';

test('labels with room keep their place', () => {
  expect(
    spreadLabels(
      [
        { y: 0, height: 10 },
        { y: 40, height: 10 },
      ],
      2,
    ),
  ).toEqual([0, 40]);
});

test('labels at one height stack downwards, whatever order they come in', () => {
  expect(
    spreadLabels(
      [
        { y: 30, height: 10 },
        { y: 0, height: 20 },
        { y: 0, height: 20 },
      ],
      2,
    ),
  ).toEqual([44, 0, 22]);
});
