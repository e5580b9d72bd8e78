import { expect, test } from 'vitest';
import type { Flight, Recording } from '../sim/recording.ts';
import { crossedFlights } from './crossings.ts';

/** Only the journeys matter here. */
function journeys(...list: readonly [from: number, to: number, sentAt: number, arrivesAt: number][]): Recording {
  const flights = list.map(([from, to, sentAt, arrivesAt]) => ({ from, to, sentAt, arrivesAt }) as Flight);
  return { flights } as unknown as Recording;
}

test('a question and its answer touch but do not cross', () => {
  expect(crossedFlights(journeys([0, 1, 0, 40], [1, 0, 40, 80]))).toEqual([false, false]);
});

test('two SYNs of a simultaneous open cross', () => {
  expect(crossedFlights(journeys([0, 1, 0, 40], [1, 0, 5, 45], [0, 1, 60, 100]))).toEqual([true, true, false]);
});

test('two segments in the same direction never cross', () => {
  expect(crossedFlights(journeys([0, 1, 0, 90], [0, 1, 10, 50]))).toEqual([false, false]);
});
