import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jhash3 } from './jhash.ts';

/** Oracle: lookup3.c's hashlittle over bytes, in BigInt, itself held against the values printed in lookup3.c. */
function hashlittle(bytes: readonly number[], seed: number): number {
  const u32 = (n: bigint): bigint => BigInt.asUintN(32, n);
  const rot = (n: bigint, k: number): bigint => u32((n << BigInt(k)) | (n >> BigInt(32 - k)));
  let a = u32(0xdeadbeefn + BigInt(bytes.length) + BigInt(seed));
  let b = a;
  let c = a;
  const word = (i: number): bigint => {
    let w = 0n;
    for (let k = 3; k >= 0; k--) w = (w << 8n) | BigInt(bytes[i + k] ?? 0);
    return w;
  };
  let i = 0;
  while (bytes.length - i > 12) {
    a = u32(a + word(i));
    b = u32(b + word(i + 4));
    c = u32(c + word(i + 8));
    for (const [k, m] of [
      [4, 0],
      [6, 1],
      [8, 2],
      [16, 0],
      [19, 1],
      [4, 2],
    ] as const) {
      if (m === 0) {
        a = u32((a - c) ^ 0n);
        a ^= rot(c, k);
        c = u32(c + b);
      }
      if (m === 1) {
        b = u32(b - a);
        b ^= rot(a, k);
        a = u32(a + c);
      }
      if (m === 2) {
        c = u32(c - b);
        c ^= rot(b, k);
        b = u32(b + a);
      }
    }
    i += 12;
  }
  if (bytes.length === i) return Number(c);
  a = u32(a + word(i));
  b = u32(b + word(i + 4));
  c = u32(c + word(i + 8));
  c = u32((c ^ b) - rot(b, 14));
  a = u32((a ^ c) - rot(c, 11));
  b = u32((b ^ a) - rot(a, 25));
  c = u32((c ^ b) - rot(b, 16));
  a = u32((a ^ c) - rot(c, 4));
  b = u32((b ^ a) - rot(a, 14));
  return Number(u32((c ^ b) - rot(b, 24)));
}

test("the oracle gives the values of lookup3.c's driver5", () => {
  const text = [...'Four score and seven years ago'].map((ch) => ch.charCodeAt(0));
  expect(hashlittle([], 0)).toBe(0xdeadbeef);
  expect(hashlittle(text, 0)).toBe(0x17770551);
  expect(hashlittle(text, 1)).toBe(0xcd628161);
});

test('three words hash as their twelve bytes do', () => {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(word, word, word, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (x, y, z, seed) => {
      const bytes = [x, y, z].flatMap((w) => [0, 8, 16, 24].map((k) => (w >>> k) & 255));
      expect(jhash3(x, y, z, seed) >>> 0).toBe(hashlittle(bytes, seed));
    }),
  );
});
