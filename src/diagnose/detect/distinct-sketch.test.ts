import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DistinctSketches } from './distinct-sketch.ts';
import { hashHandle } from './key-hash.ts';

/** The estimate for keys 0 .. n-1 under a seed. */
function estimate(n: number, bits: number, seed: number): number {
  const sketch = new DistinctSketches(1, bits);
  for (let key = 0; key < n; key++) sketch.add(0, hashHandle(key, seed));
  return sketch.estimate(0);
}

test('error: sqrt(ln 2 / m), as Ting 2014 gives it', () => {
  // m = 2,048: sqrt(0.6931 / 2048) = 0.01840
  expect(new DistinctSketches(1, 11).error).toBeCloseTo(0.0184, 4);
  expect(new DistinctSketches(1, 6).error).toBeCloseTo(0.1041, 4);
});

test.each([
  [100, 11],
  [1000, 11],
  [30_000, 11],
  [3000, 6],
])('%i keys in 2^%i registers: over 60 seeds unbiased, and as far off as is said', (n, bits) => {
  const { error } = new DistinctSketches(1, bits);
  const relative = Array.from({ length: 60 }, (_, seed) => estimate(n, bits, 77 * seed + 1) / n - 1);
  const mean = relative.reduce((a, b) => a + b, 0) / relative.length;
  const deviation = Math.sqrt(relative.reduce((sum, r) => sum + r * r, 0) / relative.length);
  // The mean of 60 has a standard error of error / sqrt(60); four of those.
  expect(Math.abs(mean)).toBeLessThan((4 * error) / Math.sqrt(60));
  // A deviation estimated from 60 is within a third, with room.
  expect(deviation).toBeLessThan(1.4 * error);
  expect(Math.max(...relative.map(Math.abs))).toBeLessThan(4 * error);
});

test('what was added before changes nothing; each change is what the estimate grows by', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(500), { maxLength: 2000 }), (keys) => {
      const sketch = new DistinctSketches(3, 6);
      let sum = 0;
      for (const key of keys) sum += sketch.add(1, hashHandle(key, 5));
      for (const key of keys) expect(sketch.add(1, hashHandle(key, 5))).toBe(0);
      expect(sketch.estimate(1)).toBeCloseTo(sum, 6);
      expect([sketch.estimate(0), sketch.estimate(2)]).toEqual([0, 0]);
    }),
    { numRuns: 50 },
  );
});

test('extreme hashes: the rank stays within its table', () => {
  const sketch = new DistinctSketches(1, 11);
  for (const hash of [0, -1, 0x7fffffff, -0x80000000, 1]) expect(Number.isFinite(sketch.add(0, hash))).toBe(true);
  for (let i = 0; i < 2048; i++) sketch.add(0, i << 21);
  expect(Number.isFinite(sketch.estimate(0))).toBe(true);
});

test('reset: as new', () => {
  const sketch = new DistinctSketches(2, 6);
  for (let key = 0; key < 100; key++) sketch.add(0, hashHandle(key, 1));
  sketch.add(1, hashHandle(1, 1));
  sketch.reset(0);
  expect([sketch.estimate(0), sketch.estimate(1)]).toEqual([0, 1]);
  expect(sketch.add(0, hashHandle(7, 1))).toBe(1);
});
