/** Hashes of address handles, ports and pairs of them, for tables and sketches. */

/** 32 mixed bits of an address handle. An IPv6 handle differs from the IPv4 address of the same low word. */
export function hashHandle(handle: number, seed: number): number {
  return finish(Math.imul(handle | 0, 0xcc9e2d51) ^ seed ^ (handle > 0xffffffff ? 0x5bd1e995 : 0));
}

/** Whose bytes an IPv6 handle stands for: `AddressTable.hash`. */
export interface Ipv6Hashes {
  ipv6Hash(handle: number): number;
}

/** 32 mixed bits of an address, for what counts different ones: a handle may change when an address comes back. */
export function hashAddress(handle: number, seed: number, hashes: Ipv6Hashes): number {
  return handle > 0xffffffff ? hashNumber(hashes.ipv6Hash(handle), seed) : hashHandle(handle, seed);
}

/** 32 mixed bits of a small number, such as a port or -1. */
export function hashNumber(value: number, seed: number): number {
  return finish(Math.imul(value, 0x1b873593) ^ seed);
}

/** Two hashes as one, order told apart. */
export function hashPair(a: number, b: number): number {
  return finish(Math.imul(a, 5) ^ ((b << 13) | (b >>> 19)));
}

/** MurmurHash3's finalizer (Austin Appleby, public domain). */
function finish(x: number): number {
  let h = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
