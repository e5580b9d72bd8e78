import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deriveKey, SipHash } from './siphash.ts';

/** Key 00 01 … 0f; message i is 00 01 … i-1. Results as bytes: vectors_sip64 of the reference implementation (CC0). */
const VECTORS = `
310e0edd47db6f72 fd67dc93c539f874 5a4fa9d909806c0d 2d7efbd796666785 b7877127e09427cf 8da699cd64557618 cee3fe586e46c9cb
37d1018bf50002ab 6224939a79f5f593 b0e4a90bdf82009e f3b9dd94c5bb5d7a a7ad6b22462fb3f4 fbe50e86bc8f1e75 903d84c02756ea14
eef27a8e90ca23f7 e545be4961ca29a1 db9bc2577fcc2a3f 9447be2cf5e99a69 9cd38d96f0b3c14b bd6179a71dc96dbb 98eea21af25cd6be
c7673b2eb0cbf2d0 883ea3e395675393 c8ce5ccd8c030ca8 94af49f6c650adb8 eab8858ade92e1bc f315bb5bb835d817 adcf6b0763612e2f
a5c91da7acaa4dde 716595876650a2a6 28ef495c53a387ad 42c341d8fa92d832 ce7cf2722f512771 e37859f94623f3a7 381205bb1ab0e012
ae97a10fd434e015 b4a31508beff4d31 81396229f0907902 4d0cf49ee5d4dcca 5c73336a76d8bf9a d0a704536ba93e0e 925958fcd6420cad
a915c29bc8067318 952b79f3bc0aa6d4 f21df2e41d4535f9 87577519048f53a9 10a56cf5dfcd9adb eb75095ccd986cd0 51a9cb9ecba312e6
96afadfc2ce666c7 72fe52975a4364ee 5a1645b276d592a1 b274cb8ebf87870a 6f9bb4203de7b381 eaecb2a30b22a87f 9924a43cc1315724
bd838d3aafbf8db7 0b1a2a3265d51aea 135079a3231ce660 932b2846e4d70666 e1915f5cb1eca46c f325965ca16d629f 575ff28e60381be5
724506eb4c328a95
`;

const key = words(Uint8Array.from({ length: 16 }, (_, i) => i));

describe('SipHash-2-4', () => {
  test.each(
    VECTORS.trim()
      .split(/\s+/)
      .map((v, i): [number, string] => [i, v]),
  )('official vector of %i bytes', (n, want) => {
    expect(hex(new SipHash(key), message(n))).toBe(want);
  });

  test('example of the paper, appendix A: 15 bytes give a129ca6149be45e5', () => {
    const prf = new SipHash(key);
    const lo = prf.hash(message(15)) >>> 0;
    expect([prf.hi >>> 0, lo]).toEqual([0xa129ca61, 0x49be45e5]);
  });

  // holds: RFC 9293 MUST-9
  test('equals a BigInt oracle for any key and message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array({ maxLength: 80 }), (k, m) => {
        const prf = new SipHash(words(k));
        const lo = prf.hash(m) >>> 0;
        expect((BigInt(prf.hi >>> 0) << 32n) | BigInt(lo)).toBe(oracle(k, m));
      }),
      { numRuns: 500 },
    );
  });

  test('hash4 is the hash of the same 16 bytes, whatever the signs of its words', () => {
    const word = fc.oneof(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.constantFrom(0, 0x7fffffff, 0x80000000, 0xffffffff),
    );
    fc.assert(
      fc.property(word, word, word, word, (a, b, c, d) => {
        const prf = new SipHash(key);
        const bytes = new Uint8Array(16);
        const view = new DataView(bytes.buffer);
        [a, b, c, d].forEach((w, i) => {
          view.setUint32(4 * i, w, true);
        });
        const want = prf.hash(bytes);
        const wantHi = prf.hi;
        expect([prf.hash4(a, b, c, d), prf.hi]).toEqual([want, wantHi]);
        expect(prf.hash4(a | 0, b | 0, c | 0, d | 0)).toBe(want);
      }),
    );
  });

  test('keys derived for two purposes differ from each other and from the secret', () => {
    const keys = [key, deriveKey(key, 1), deriveKey(key, 2)].map(String);
    expect(new Set(keys).size).toBe(3);
    expect(String(deriveKey(key, 1))).toBe(keys[1]);
  });
});

function message(n: number): Uint8Array {
  return Uint8Array.from({ length: n }, (_, i) => i);
}

function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Uint32Array.from({ length: 4 }, (_, i) => view.getUint32(4 * i, true));
}

function hex(prf: SipHash, m: Uint8Array): string {
  const out = new DataView(new ArrayBuffer(8));
  out.setInt32(0, prf.hash(m), true);
  out.setInt32(4, prf.hi, true);
  return [...new Uint8Array(out.buffer)].map((b) => b.toString(16).padStart(2, '0')).join('');
}

/** The paper's definition, section 2.2, word for word in 64-bit BigInt arithmetic. */
function oracle(k: Uint8Array, m: Uint8Array): bigint {
  const mask = (1n << 64n) - 1n;
  const load = (bytes: Uint8Array, at: number): bigint => {
    let x = 0n;
    for (let i = 7; i >= 0; i--) x = (x << 8n) | BigInt(bytes[at + i] ?? 0);
    return x;
  };
  const rotl = (x: bigint, n: bigint): bigint => ((x << n) | (x >> (64n - n))) & mask;
  const k0 = load(k, 0);
  const k1 = load(k, 8);
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const round = (): void => {
    v0 = (v0 + v1) & mask;
    v2 = (v2 + v3) & mask;
    v1 = rotl(v1, 13n) ^ v0;
    v3 = rotl(v3, 16n) ^ v2;
    v0 = rotl(v0, 32n);
    v2 = (v2 + v1) & mask;
    v0 = (v0 + v3) & mask;
    v1 = rotl(v1, 17n) ^ v2;
    v3 = rotl(v3, 21n) ^ v0;
    v2 = rotl(v2, 32n);
  };
  const padded = new Uint8Array(8 * (Math.floor(m.length / 8) + 1));
  padded.set(m);
  padded[padded.length - 1] = m.length & 0xff;
  for (let at = 0; at < padded.length; at += 8) {
    const w = load(padded, at);
    v3 ^= w;
    round();
    round();
    v0 ^= w;
  }
  v2 ^= 0xffn;
  for (let i = 0; i < 4; i++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}
