/**
 * SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012) in 32-bit halves: the keyed hash behind
 * all numbers that leave the host: initial sequence numbers (RFC 6528), timestamp offsets and SYN cookies.
 *
 * Halves and not BigInt, which allocates for each step. A BigInt version is the tests' oracle.
 */

/** SipHash-2-4 under one 128-bit key. Keeps no state between calls but `hi`, the upper half of the last result. */
export class SipHash {
  /** Upper 32 bits of the last hash, as an int32. */
  hi = 0;
  readonly #k0l: number;
  readonly #k0h: number;
  readonly #k1l: number;
  readonly #k1h: number;
  readonly #words: Int32Array = new Int32Array(6);
  readonly #words6: Int32Array = new Int32Array(8);

  /** `key`: four 32-bit words, the 16 key bytes read little-endian. */
  constructor(key: Uint32Array) {
    this.#k0l = key[0]! | 0;
    this.#k0h = key[1]! | 0;
    this.#k1l = key[2]! | 0;
    this.#k1h = key[3]! | 0;
    // The last block: no tail bytes, message length in the top byte.
    this.#words[5] = 16 << 24;
    this.#words6[7] = 24 << 24;
  }

  /**
   * Hash of the 16 bytes made of four 32-bit words, little-endian. Returns the lower 32 bits as an **int32**: a signed
   * result stays a small integer, an unsigned one above 2^31 would be boxed on each call.
   */
  hash4(a: number, b: number, c: number, d: number): number {
    const w = this.#words;
    w[0] = a;
    w[1] = b;
    w[2] = c;
    w[3] = d;
    return this.#run(w);
  }

  /** Hash of the 24 bytes made of six words, else as `hash4`. */
  hash6(a: number, b: number, c: number, d: number, e: number, f: number): number {
    const w = this.#words6;
    w[0] = a;
    w[1] = b;
    w[2] = c;
    w[3] = d;
    w[4] = e;
    w[5] = f;
    return this.#run(w);
  }

  /** Hash of `message`: the lower 32 bits as an int32; the upper half is left in `hi`. Not for hot paths. */
  hash(message: Uint8Array): number {
    // Little-endian words; the last 8-byte block holds the 0 .. 7 tail bytes and the length modulo 256 on top.
    const words = new Int32Array(2 * ((message.length >>> 3) + 1));
    for (let i = 0; i < message.length; i++) words[i >>> 2]! |= message[i]! << (8 * (i & 3));
    words[words.length - 1]! |= message.length << 24;
    return this.#run(words);
  }

  #run(words: Int32Array): number {
    let v0l = this.#k0l ^ 0x70736575;
    let v0h = this.#k0h ^ 0x736f6d65;
    let v1l = this.#k1l ^ 0x6e646f6d;
    let v1h = this.#k1h ^ 0x646f7261;
    let v2l = this.#k0l ^ 0x6e657261;
    let v2h = this.#k0h ^ 0x6c796765;
    let v3l = this.#k1l ^ 0x79746573;
    let v3h = this.#k1h ^ 0x74656462;
    const n = words.length;
    for (let i = 0; i <= n; i += 2) {
      // Two rounds per block, then four with v2 ^= 0xff: one loop, so that the round stands in the code once.
      let rounds = 2;
      let ml = 0;
      let mh = 0;
      if (i < n) {
        ml = words[i]!;
        mh = words[i + 1]!;
      } else {
        rounds = 4;
        v2l ^= 0xff;
      }
      v3l ^= ml;
      v3h ^= mh;
      for (; rounds > 0; rounds--) {
        // v0 += v1, with the carry into the upper half by bit logic: a comparison becomes a branch that half of the time
        // is predicted wrongly, which doubled the time of a hash.
        let l = (v0l + v1l) | 0;
        let h = (v0h + v1h + (((v0l & v1l) | ((v0l | v1l) & ~l)) >>> 31)) | 0;
        let t = (v1l << 13) | (v1h >>> 19); // v1 = rotl(v1, 13) ^ v0
        v1h = ((v1h << 13) | (v1l >>> 19)) ^ h;
        v1l = t ^ l;
        v0l = h; // v0 = rotl(v0, 32): the halves change places
        v0h = l;

        l = (v2l + v3l) | 0; // v2 += v3
        h = (v2h + v3h + (((v2l & v3l) | ((v2l | v3l) & ~l)) >>> 31)) | 0;
        t = (v3l << 16) | (v3h >>> 16); // v3 = rotl(v3, 16) ^ v2
        v3h = ((v3h << 16) | (v3l >>> 16)) ^ h;
        v3l = t ^ l;
        v2l = l;
        v2h = h;

        l = (v2l + v1l) | 0; // v2 += v1
        h = (v2h + v1h + (((v2l & v1l) | ((v2l | v1l) & ~l)) >>> 31)) | 0;
        t = (v1l << 17) | (v1h >>> 15); // v1 = rotl(v1, 17) ^ v2
        v1h = ((v1h << 17) | (v1l >>> 15)) ^ h;
        v1l = t ^ l;
        v2l = h; // v2 = rotl(v2, 32)
        v2h = l;

        l = (v0l + v3l) | 0; // v0 += v3
        h = (v0h + v3h + (((v0l & v3l) | ((v0l | v3l) & ~l)) >>> 31)) | 0;
        t = (v3l << 21) | (v3h >>> 11); // v3 = rotl(v3, 21) ^ v0
        v3h = ((v3h << 21) | (v3l >>> 11)) ^ h;
        v3l = t ^ l;
        v0l = l;
        v0h = h;
      }
      v0l ^= ml;
      v0h ^= mh;
    }
    this.hi = v0h ^ v1h ^ v2h ^ v3h;
    return v0l ^ v1l ^ v2l ^ v3l;
  }
}

/** A key for one purpose, derived from a host's `secret` (four words): uses of one secret do not leak into each other. */
export function deriveKey(secret: Uint32Array, purpose: number): Uint32Array {
  const prf = new SipHash(secret);
  const key = new Uint32Array(4);
  for (let i = 0; i < 2; i++) {
    key[2 * i] = prf.hash4(purpose, i, 0, 0);
    key[2 * i + 1] = prf.hi;
  }
  return key;
}

/** The purposes keys are derived for. */
export const KEY_ISN = 1;
export const KEY_COOKIE_BASE = 2;
export const KEY_COOKIE_COUNT = 3;
export const KEY_TS_OFFSET = 4;
export const KEY_FAST_OPEN = 5;
export const KEY_FREEBSD_COOKIE = 6;
export const KEY_SYN_CACHE = 7;
