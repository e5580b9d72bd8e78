/** Addresses of IPv6 for stories of traffic. */
import type { Traffic } from './traffic.ts';

/** 2001:db8::80. */
export function server6(t: Traffic): number {
  return t.addresses.parse('2001:db8::80');
}

/** Any address of one /64. */
export function forgedInPrefix(t: Traffic): number {
  return address6(t, 0x2001_0db8, 0x00aa_0001);
}

/** Any address that the Internet may carry: 2000::/3 (RFC 4291 §2.4). */
export function forged6(t: Traffic): number {
  return address6(t, 0x2000_0000 + t.rng.below(0x2000_0000), t.rng.uint32());
}

/** The same client each time it is asked for, in a /64 of its own, as households have. */
export function person6(t: Traffic, n: number): number {
  const hash = Math.imul(n + 1, 0x9e37_79b1) >>> 0;
  return at(t, [0x2400_0000 + ((hash % 61) << 16), hash, hash ^ 0x5bd1_e995, n]);
}

/** The same again, all of them in one /64 by addresses that change daily (RFC 8981). */
export function guest6(t: Traffic, n: number): number {
  const hash = Math.imul(n + 1, 0x9e37_79b1) >>> 0;
  return at(t, [0x2001_0db8, 0x00bb_0001, hash, hash ^ n]);
}

function address6(t: Traffic, first: number, second: number): number {
  return at(t, [first, second, t.rng.uint32(), t.rng.uint32()]);
}

function at(t: Traffic, words: readonly number[]): number {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setUint32(4 * i, word >>> 0);
  return t.addresses.intern(bytes, 0);
}
