import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from './event-queue.ts';

function drain(queue: EventQueue): [number, number][] {
  const out: [number, number][] = [];
  while (queue.pop()) out.push([queue.time, queue.event]);
  return out;
}

test('events come out by time, and equal times in the order of insertion', () => {
  const queue = new EventQueue();
  queue.push(20, 1);
  queue.push(10, 2);
  queue.push(20, 3);
  queue.push(10, 4);
  queue.push(0, 5);
  expect(drain(queue)).toEqual([
    [0, 5],
    [10, 2],
    [10, 4],
    [20, 1],
    [20, 3],
  ]);
  expect(queue.peek()).toBe(Infinity);
  expect(queue.pop()).toBe(false);
  expect(queue.size).toBe(0);
});

test('an event pushed while another is being handled, at the same instant, comes after those already waiting', () => {
  const queue = new EventQueue();
  for (let i = 0; i < 40; i++) queue.push(5, i);
  expect(queue.pop()).toBe(true);
  queue.push(5, 99);
  const rest = drain(queue).map(([, event]) => event);
  expect(rest).toEqual([...Array.from({ length: 39 }, (_, i) => i + 1), 99]);
});

test('any mix of pushes and pops equals a stable sorted list', () => {
  // null = pop; few distinct times, so that ties are the rule
  const steps = fc.array(fc.option(fc.integer({ min: 0, max: 20 }), { freq: 2 }), { maxLength: 400 });
  fc.assert(
    fc.property(steps, (script) => {
      const queue = new EventQueue(1);
      const oracle: { time: number; event: number }[] = [];
      script.forEach((step, event) => {
        if (step !== null) {
          queue.push(step, event);
          const after = oracle.findIndex((e) => e.time > step);
          oracle.splice(after < 0 ? oracle.length : after, 0, { time: step, event });
        } else {
          const want = oracle.shift();
          expect(queue.pop()).toBe(want !== undefined);
          if (want) expect({ time: queue.time, event: queue.event }).toEqual(want);
        }
        expect(queue.size).toBe(oracle.length);
        if (event % 3 === 0) expect(queue.peek()).toBe(oracle[0]?.time ?? Infinity);
      });
      expect(drain(queue)).toEqual(oracle.map((e) => [e.time, e.event]));
    }),
  );
});

test('a time that never comes is a mistake of the caller', () => {
  expect(() => new EventQueue().push(Infinity, 0)).toThrow('finite');
  expect(() => new EventQueue().push(Number.NaN, 0)).toThrow('finite');
});
