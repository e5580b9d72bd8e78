import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashHandle } from './key-hash.ts';
import { leastOfFour } from './least-of-four.ts';
import { entropyOf, TallySketch } from './tally-sketch.ts';

function tallied(keys: readonly number[], seed = 3): { sketch: TallySketch; exact: Map<number, number> } {
  const sketch = new TallySketch();
  const exact = new Map<number, number>();
  for (const key of keys) {
    sketch.add(key, hashHandle(key, seed));
    exact.set(key, (exact.get(key) ?? 0) + 1);
  }
  return { sketch, exact };
}

const entropy = (counts: Iterable<number>, total: number): number => {
  let sum = 0;
  for (const c of counts) sum -= (c / total) * Math.log2(c / total);
  return sum;
};

describe('up to 128 keys', () => {
  test('all is exact, whatever the order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(127), { minLength: 1, maxLength: 1000 }), (keys) => {
        const { sketch, exact } = tallied(keys.map((k) => 2 ** 32 - 60 + k));
        const read = sketch.read();
        expect(read.distinct).toEqual({ count: exact.size, error: 0 });
        expect(read.entropy).toBeCloseTo(entropy(exact.values(), keys.length), 9);
        for (const { value, count, over } of read.top) expect([count, over]).toEqual([exact.get(value), 0]);
      }),
      { numRuns: 60 },
    );
  });

  test('entropy by hand: 4, 2, 1, 1 of 8', () => {
    // 1/2·1 + 1/4·2 + 2·1/8·3 = 1.75 bits; at most log2 8 = 3.
    const { entropy, entropyMost } = tallied([1, 1, 1, 1, 2, 2, 3, 4]).sketch.read();
    expect([entropy, entropyMost]).toEqual([1.75, 3]);
  });
});

describe('beyond 128 keys', () => {
  test('there are never more different ones than came at all', () => {
    const all = Array.from({ length: 1000 }, (_, i) => i);
    const counts = Array.from({ length: 40 }, (_, seed) => tallied(all, seed).sketch.read().distinct.count);
    // An unbiased estimate of all 1,000 is above in about every other of 40 draws: those are cut to what came.
    expect(Math.max(...counts)).toBe(1000);
    expect(Math.min(...counts)).toBeGreaterThan(1000 * (1 - 4 * 0.0184));
  });

  test('space-saving: a true count lies between count - over and count; what is more than a quarter of its set is kept', () => {
    for (let seed = 0; seed < 30; seed++) {
      let state = seed + 1;
      const random = (): number => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        return state / 2 ** 32;
      };
      // Few keys are frequent, many are rare: rank r comes about 1 / r of the time.
      const keys = Array.from({ length: 20_000 }, () => Math.floor(Math.exp(random() * Math.log(5000))));
      const { sketch, exact } = tallied(keys, seed);
      const read = sketch.read();
      for (const { value, count, over } of read.top) {
        const real = exact.get(value)!;
        expect(real).toBeLessThanOrEqual(count);
        expect(real).toBeGreaterThanOrEqual(count - over);
      }
      const most = [...exact].sort((a, b) => b[1] - a[1])[0]!;
      expect(read.top[0]!.value).toBe(most[0]);
      expect(Math.abs(read.distinct.count / exact.size - 1)).toBeLessThan(4 * 0.0184);
      // An even rest has the most entropy there can be, so the estimate is rather above; here by no more than 5 %.
      const real = entropy(exact.values(), keys.length);
      expect(read.entropy / real).toBeGreaterThan(0.97);
      expect(read.entropy / real).toBeLessThan(1.1);
    }
  });

  test('sources that come once each: as many as there are, with nearly all of the entropy possible', () => {
    const { sketch } = tallied(Array.from({ length: 50_000 }, (_, i) => i));
    const read = sketch.read();
    expect(Math.abs(read.distinct.count / 50_000 - 1)).toBeLessThan(0.06);
    expect(read.entropy).toBeGreaterThan(0.99 * read.entropyMost);
    expect(read.entropy).toBeLessThanOrEqual(read.entropyMost);
  });

  test('new keys are told: the sum is the number of different keys', () => {
    const sketch = new TallySketch();
    let sum = 0;
    for (let i = 0; i < 10_000; i++) sum += sketch.add(i % 2500, hashHandle(i % 2500, 9));
    expect(Math.abs(sum / 2500 - 1)).toBeLessThan(0.06);
    expect(sketch.distinct().count).toBe(Math.round(sum));
  });
});

test('entropy is never NaN, never negative and never above log2 of the total', () => {
  const counts = fc.array(fc.nat(1000), { maxLength: 20 });
  fc.assert(
    fc.property(counts, fc.nat(1_000_000), fc.nat(1_000_000), (sure, more, distinct) => {
      const total = sure.reduce((a, b) => a + b, 0) + more;
      const bits = entropyOf(
        [...sure].sort((a, b) => b - a),
        total,
        distinct,
      );
      expect(bits).toBeGreaterThanOrEqual(0);
      expect(bits).toBeLessThanOrEqual(total > 0 ? Math.log2(total) : 0);
    }),
  );
});

test('the least of four, the first of equals', () => {
  const count = fc.oneof(fc.nat(3), fc.nat(2 ** 31 - 1));
  fc.assert(
    fc.property(count, count, count, count, (a, b, c, d) => {
      const four = [a, b, c, d];
      expect(leastOfFour(Int32Array.of(9, ...four), 1)).toBe(1 + four.indexOf(Math.min(...four)));
    }),
  );
});
