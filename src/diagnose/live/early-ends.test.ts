import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EarlyEnds } from './early-ends.ts';

test('told in order of age, each once, and not again when it retires', () => {
  const ends = new EarlyEnds(4);
  ends.add(7, 0);
  ends.add(3, 1);
  ends.add(5, 2);
  ends.settle(3);
  expect([ends.next(3), ends.next(4), ends.next(4), ends.next(6), ends.next(100)]).toEqual([-1, 7, -1, 5, -1]);
  expect([7, 3, 5].map((row) => ends.retire(row))).toEqual([false, true, false]);
});

test('a row that retires young is told then, and the next one of its number by its own age', () => {
  const ends = new EarlyEnds(4);
  ends.add(0, 0);
  expect(ends.retire(0)).toBe(true);
  ends.add(0, 3);
  expect([ends.next(5), ends.next(7)]).toEqual([-1, 0]);
});

test('every row is told exactly once, early or when it retires', () => {
  const steps = fc.array(fc.record({ row: fc.nat(20), retire: fc.boolean(), later: fc.nat(3) }), { maxLength: 300 });
  fc.assert(
    fc.property(steps, (all) => {
      const ends = new EarlyEnds(5);
      const open = new Map<number, number>();
      let now = 0;
      for (const { row, retire, later } of all) {
        now += later;
        for (let told = ends.next(now); told >= 0; told = ends.next(now)) open.set(told, (open.get(told) ?? 0) + 1);
        if (!open.has(row)) {
          open.set(row, 0);
          ends.add(row, now);
        } else if (retire) {
          const told = open.get(row)! + (ends.retire(row) ? 1 : 0);
          expect(told).toBe(1);
          open.delete(row);
        }
      }
      for (const [row, told] of open) expect(told + (ends.retire(row) ? 1 : 0)).toBe(1);
    }),
  );
});
