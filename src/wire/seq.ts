/**
 * Sequence number arithmetic modulo 2^32 (RFC 9293 §3.4).
 *
 * One canonical form everywhere: a uint32 (`>>> 0`), so that `===` means equality. Compare only with these functions;
 * `a < b` is wrong once in 2^32 and for every ISS near the top.
 */

/** A TCP sequence number: an integer in 0 .. 2^32 - 1. */
export type Seq = number;

/** `a + n` modulo 2^32. `n` may be negative; |n| < 2^31. */
export function seqAdd(a: Seq, n: number): Seq {
  return (a + n) >>> 0;
}

/** Signed distance from `b` to `a`, in -2^31 .. 2^31 - 1: how far `a` is ahead of `b`. */
export function seqDiff(a: Seq, b: Seq): number {
  return (a - b) | 0;
}

/** a < b in sequence space. Two numbers exactly 2^31 apart are each "less" than the other, as in every TCP. */
export function seqLt(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) < 0;
}

/** a =< b in sequence space. */
export function seqLe(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) <= 0;
}

/** a > b in sequence space. */
export function seqGt(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) > 0;
}

/** a >= b in sequence space. */
export function seqGe(a: Seq, b: Seq): boolean {
  return ((a - b) | 0) >= 0;
}

/** low =< x < low + size: is `x` one of the `size` numbers starting at `low`? `size` in 0 .. 2^31 - 1. */
export function seqIn(x: Seq, low: Seq, size: number): boolean {
  return (x - low) >>> 0 < size;
}

/** The later of two sequence numbers. */
export function seqMax(a: Seq, b: Seq): Seq {
  return seqLt(a, b) ? b : a;
}
