import { expect, test } from 'vitest';
import { SampleHistory } from './sample-history.ts';

const SEC = 1e9;

test('growth a second, over as many seconds as there were', () => {
  const history = new SampleHistory(2);
  expect([history.due, history.rate(0, 5)]).toEqual([SEC, 0]);
  history.add(1.2 * SEC, [10, 3]);
  history.add(2 * SEC, [40, 5]);
  expect(history.rate(0, 5)).toBe(20);
  expect(history.rate(0, 1)).toBe(30);
  expect(history.rates(0, 600)).toEqual([10, 30]);
  expect(history.levels(1, 600)).toEqual([3, 5]);
  expect(history.levels(1, 1)).toEqual([5]);
  expect(history.due).toBe(3 * SEC);
});

test('seconds without a packet grow nothing and keep the level', () => {
  const history = new SampleHistory(1);
  history.add(SEC, [7]);
  history.add(4.5 * SEC, [9]);
  expect(history.rates(0, 600)).toEqual([7, 2, 0, 0]);
  expect(history.levels(0, 600)).toEqual([7, 9, 9, 9]);
});

test('it keeps ten minutes, also after a silence of years', () => {
  const history = new SampleHistory(1);
  history.add(SEC, [1]);
  history.add(1e8 * SEC, [2]);
  expect(history.levels(0, 10_000)).toHaveLength(600);
  for (let s = 1; s <= 700; s++) history.add((1e8 + s) * SEC, [2 + s]);
  expect(history.rates(0, 10_000)).toEqual(Array.from({ length: 600 }, () => 1));
});
