import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seqAdd, seqDiff, seqGe, seqGt, seqIn, seqLe, seqLt, seqMax } from './seq.ts';

// The oracle: sequence space as integers modulo 2^32, in BigInt, straight from RFC 9293 §3.4.
const M = 1n << 32n;
const HALF = 1n << 31n;
const mod = (x: bigint) => ((x % M) + M) % M;
const distance = (a: number, b: number) => {
  const d = mod(BigInt(a) - BigInt(b));
  return d >= HALF ? d - M : d;
};

/** Numbers bunched around the three places where naive arithmetic breaks, and a few from anywhere. */
const near = fc
  .tuple(fc.constantFrom(0n, HALF, M), fc.bigInt({ min: -70000n, max: 70000n }))
  .map(([base, d]) => Number(mod(base + d)));
const seq = fc.oneof({ weight: 4, arbitrary: near }, { weight: 1, arbitrary: fc.nat({ max: 2 ** 32 - 1 }) });
const step = fc.oneof(fc.integer({ min: -70000, max: 70000 }), fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }));

describe('sequence arithmetic against BigInt', () => {
  test('seqAdd is addition modulo 2^32 in canonical form', () => {
    fc.assert(
      fc.property(seq, step, (a, n) => {
        expect(seqAdd(a, n)).toBe(Number(mod(BigInt(a) + BigInt(n))));
      }),
    );
  });

  test('seqDiff is the signed distance', () => {
    fc.assert(
      fc.property(seq, seq, (a, b) => {
        expect(seqDiff(a, b)).toBe(Number(distance(a, b)));
      }),
    );
  });

  test('comparisons agree with the distance', () => {
    fc.assert(
      fc.property(seq, seq, (a, b) => {
        const d = distance(a, b);
        expect([seqLt(a, b), seqLe(a, b), seqGt(a, b), seqGe(a, b)]).toEqual([d < 0n, d <= 0n, d > 0n, d >= 0n]);
        expect(seqMax(a, b)).toBe(d < 0n ? b : a);
      }),
    );
  });

  test('a step forwards is later, and undone by a step back', () => {
    fc.assert(
      fc.property(seq, fc.integer({ min: 1, max: 2 ** 31 - 1 }), (a, n) => {
        expect(seqLt(a, seqAdd(a, n))).toBe(true);
        expect(seqAdd(seqAdd(a, n), -n)).toBe(a);
      }),
    );
  });

  test('seqIn is membership in the window', () => {
    fc.assert(
      fc.property(seq, seq, fc.nat({ max: 2 ** 31 - 1 }), (x, low, size) => {
        expect(seqIn(x, low, size)).toBe(mod(BigInt(x) - BigInt(low)) < BigInt(size));
      }),
    );
  });
});

test('by hand: around the wrap', () => {
  expect(seqAdd(0xffff_ffff, 1)).toBe(0);
  expect(seqAdd(0, -1)).toBe(0xffff_ffff);
  expect(seqLt(0xffff_ffff, 0)).toBe(true);
  expect(seqDiff(5, 0xffff_fffb)).toBe(10);
  expect(seqIn(2, 0xffff_fff0, 19)).toBe(true);
  expect(seqIn(3, 0xffff_fff0, 19)).toBe(false);
  expect(seqIn(7, 7, 0)).toBe(false);
  // Exactly 2^31 apart: each is "less" than the other.
  expect([seqLt(0, 0x8000_0000), seqLt(0x8000_0000, 0)]).toEqual([true, true]);
});
