/**
 * Random numbers for the simulation: one named stream per purpose, all made from one seed.
 *
 * Adding a host or a link adds streams and moves no number of the others (the idea of ns-3's rng-seed-manager). Every
 * operation is an integer operation or one exact division, and the exponential draw needs no logarithm, so Node and
 * every browser give the same bits: ECMAScript leaves the accuracy of `Math.log` to the engine (§21.3.2).
 */

import { mix } from './murmur.ts';

/** A stream of random numbers: sfc32 (Chris Doty-Humphrey's PractRand, public domain), period at least 2^32, usually near 2^127. */
export class Rng {
  readonly #s: Uint32Array = new Uint32Array(4);

  /** Four words of seed; use `stream` to make one from a seed and a name. */
  constructor(a: number, b: number, c: number, counter: number) {
    this.#s[0] = a;
    this.#s[1] = b;
    this.#s[2] = c;
    this.#s[3] = counter;
    // sfc32's author asks for 12 rounds of mixing when all of the state is seeded.
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** An integer in 0 .. 2^32 - 1. */
  uint32(): number {
    const s = this.#s;
    const a = s[0]!;
    const b = s[1]!;
    const c = s[2]!;
    const counter = s[3]!;
    const out = (a + b + counter) >>> 0;
    s[3] = counter + 1;
    s[0] = b ^ (b >>> 9);
    s[1] = c + (c << 3);
    s[2] = ((c << 21) | (c >>> 11)) + out;
    return out;
  }

  /** A number in [0, 1), a multiple of 2^-32. */
  unit(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** An integer in 0 .. n - 1, each equally likely; 1 <= n <= 2^32. */
  below(n: number): number {
    // Rejecting the top, incomplete stretch keeps the remainder unbiased.
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % n);
    let x = this.uint32();
    while (x >= limit) x = this.uint32();
    return x % n;
  }

  /** True with probability `p`; draws once even for 0 and 1, so that changing `p` moves no later number. */
  chance(p: number): boolean {
    return this.unit() < p;
  }

  /** One of `items`, each equally likely. */
  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /**
   * An exponentially distributed number with the given mean, by von Neumann's comparison method (1951): the length of a
   * descending run of uniform numbers is odd with probability e^-u. About 5.9 draws per number.
   */
  exponential(mean: number): number {
    for (let whole = 0; ; whole++) {
      const first = this.unit();
      let last = first;
      let length = 1;
      for (let next = this.unit(); next <= last; next = this.unit()) {
        last = next;
        length++;
      }
      if (length % 2 === 1) return mean * (whole + first);
    }
  }
}

/** The stream called `name` of a run with the given seed (0 .. 2^32 - 1). The same pair always gives the same numbers. */
export function stream(seed: number, name: string): Rng {
  let h = (seed ^ 0x9e37_79b9) >>> 0;
  for (let i = 0; i < name.length; i++) h = mix(h ^ Math.imul(name.charCodeAt(i) + 1, 0x85eb_ca6b)) + i;
  const a = mix(h);
  const b = mix(a ^ seed);
  const c = mix(b + 0x9e37_79b9);
  return new Rng(a, b, c, 1);
}
