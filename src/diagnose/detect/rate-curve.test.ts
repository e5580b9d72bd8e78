import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Curve, MOST_STEPS, RateSteps } from './rate-curve.ts';

const SEC = 1e9;

function values(syn: number, halfOpen: number): Float64Array {
  const columns = new Float64Array(Object.keys(Curve).length);
  columns[Curve.Syn] = syn;
  columns[Curve.HalfOpen] = halfOpen;
  return columns;
}

test('one step a second, and gaps are steps without anything, in which half-open entries stay', () => {
  const curve = new RateSteps(5);
  curve.add(5, values(3, 2));
  curve.add(8, values(1, 4));
  const { start, step, syn, halfOpen } = curve.read();
  expect({ start, step, syn, halfOpen }).toEqual({
    start: 5 * SEC,
    step: SEC,
    syn: [3, 0, 0, 1],
    halfOpen: [2, 2, 2, 4],
  });
});

test('the 601st second halves the resolution: sums add up, a level is the later of two', () => {
  const curve = new RateSteps(0);
  for (let s = 0; s <= MOST_STEPS; s++) curve.add(s, values(s, s));
  const { step, syn, halfOpen } = curve.read();
  expect([step, syn.length]).toEqual([2 * SEC, 301]);
  // 0 + 1, 2 + 3, …, 598 + 599, and 600 alone.
  expect([syn[0], syn[1], syn[299], syn[300]]).toEqual([1, 5, 1197, 600]);
  expect([halfOpen[0], halfOpen[299], halfOpen[300]]).toEqual([1, 599, 600]);
});

test('never more than 600 steps, nothing lost, whatever the gaps', () => {
  const gap = fc.oneof(fc.nat(3), fc.nat(2000), fc.nat(1_000_000_000));
  fc.assert(
    fc.property(fc.array(fc.tuple(gap, fc.nat(1000)), { maxLength: 60 }), (seconds) => {
      const curve = new RateSteps(0);
      let now = 0;
      let sum = 0;
      for (const [silence, syn] of seconds) {
        now += silence;
        curve.add(now, values(syn, syn));
        sum += syn;
      }
      const read = curve.read();
      expect(read.syn.length).toBeLessThanOrEqual(MOST_STEPS);
      expect(read.syn.length).toBe(read.halfOpen.length);
      expect(read.syn.reduce((a, b) => a + b, 0)).toBe(sum);
      if (seconds.length > 0) {
        expect(read.halfOpen.at(-1)).toBe(seconds.at(-1)![1]);
        expect(Math.floor((now * SEC) / read.step)).toBe(read.syn.length - 1);
      }
    }),
  );
});
