import { expect, test } from 'vitest';
import { stream } from '../../rng.ts';
import { Permutation } from './permutation.ts';

test.each([0, 1, 2, 3, 8, 13, 16])('%d bits: every number once, and back again', (bits) => {
  for (let seed = 0; seed < 5; seed++) {
    const shuffle = new Permutation(bits, stream(seed, 'shuffle'));
    const seen = new Uint8Array(2 ** bits);
    for (let x = 0; x < 2 ** bits; x++) {
      const y = shuffle.at(x);
      seen[y]!++;
      if (shuffle.placeOf(y) !== x) throw new Error(`${x} goes to ${y} and comes back as ${shuffle.placeOf(y)}`);
    }
    expect(seen.every((n) => n === 1)).toBe(true);
  }
});

test('24 and 32 bits: there and back', () => {
  for (const bits of [24, 31, 32]) {
    const shuffle = new Permutation(bits, stream(1, 'shuffle'));
    const top = 2 ** bits - 1;
    for (const x of [0, 1, 2, 1000, top >>> 1, top - 1, top]) expect(shuffle.placeOf(shuffle.at(x))).toBe(x);
  }
});

test('the first thousand of 2^16 are scattered over all 256 blocks of 256 (chi-square, 99.9 %)', () => {
  const shuffle = new Permutation(16, stream(7, 'shuffle'));
  const blocks = new Array<number>(256).fill(0);
  for (let x = 0; x < 4096; x++) blocks[shuffle.at(x) >>> 8]!++;
  expect(blocks.reduce((sum, n) => sum + (n - 16) ** 2 / 16, 0)).toBeLessThan(330.5);
});
