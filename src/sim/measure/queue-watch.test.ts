/** What is said of a queue that fills, empties and fills again, by hand. */
import { expect, test } from 'vitest';
import { QueueWatch } from './queue-watch.ts';

const CAPACITY = 3;
const queue = (length: number) => ({ length, limit: CAPACITY - 1, capacity: CAPACITY });

test('a queue that is full twice: exhausted at the first time, full for the sum, recovered after the second', () => {
  const watch = new QueueWatch();
  watch.flood(10);
  expect(watch.look(20, queue(3), queue(0))).toBe(true);
  watch.flood(30);
  expect(watch.look(30, queue(2), queue(0))).toBe(true);
  expect(watch.look(50, queue(3), queue(0))).toBe(true);
  watch.flood(60);
  watch.look(75, queue(1), queue(0));
  // Full from 20 to 30 and from 50 to 75, of which the flood, 10 to 60, saw 10 + 10 of 50.
  expect(watch.report(80, CAPACITY, 0, 0, true)).toMatchObject({
    peak: 3,
    fullAt: 20,
    timeToExhaustion: 10,
    fullShare: 0.4,
    timeToRecovery: 15,
  });
});

test('a pause of the flood is part of it: full from one burst until an entry expires, then from the next', () => {
  const watch = new QueueWatch();
  watch.flood(0);
  watch.look(0, queue(3), queue(0));
  watch.look(7, queue(2), queue(0));
  watch.flood(20);
  watch.look(20, queue(3), queue(0));
  watch.look(27, queue(2), queue(0));
  // Of 0 to 20 it was full for 7; what came after the last burst is not the flood's time.
  expect(watch.report(40, CAPACITY, 0, 0, true).fullShare).toBeCloseTo(7 / 20, 12);
  watch.flood(40);
  expect(watch.report(40, CAPACITY, 0, 0, false).fullShare).toBeCloseTo(14 / 40, 12);
});
