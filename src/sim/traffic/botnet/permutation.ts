/**
 * A fixed shuffle of the numbers 0 .. 2^bits - 1 that needs no table: rounds of what can be undone on so many bits (odd
 * factor, sum, folding the upper half onto the lower). It scatters the bots of a population over its prefix.
 */
import type { Rng } from '../../rng.ts';

export class Permutation {
  readonly #mask: number;
  readonly #fold: number;
  readonly #factors: Int32Array = new Int32Array(ROUNDS);
  readonly #inverses: Int32Array = new Int32Array(ROUNDS);
  readonly #sums: Int32Array = new Int32Array(ROUNDS);

  /** `bits` in 0 .. 32. */
  constructor(bits: number, rng: Rng) {
    this.#mask = bits === 0 ? 0 : 0xffff_ffff >>> (32 - bits);
    // A fold by at least half of the bits is its own inverse; a shift by 32 would be one by 0.
    this.#fold = Math.min(31, Math.max(1, (bits + 1) >>> 1));
    for (let i = 0; i < ROUNDS; i++) {
      const factor = rng.uint32() | 1;
      this.#factors[i] = factor;
      this.#inverses[i] = inverseOf(factor);
      this.#sums[i] = rng.uint32();
    }
  }

  /** Where `x` goes. */
  at(x: number): number {
    const mask = this.#mask;
    let y = x;
    for (let i = 0; i < ROUNDS; i++) {
      y = (Math.imul(y, this.#factors[i]!) + this.#sums[i]!) & mask;
      y ^= (y & mask) >>> this.#fold;
    }
    return y >>> 0;
  }

  /** Where `y` came from: `placeOf(at(x))` is x. */
  placeOf(y: number): number {
    const mask = this.#mask;
    let x = y;
    for (let i = ROUNDS - 1; i >= 0; i--) {
      x ^= (x & mask) >>> this.#fold;
      x = Math.imul(x - this.#sums[i]!, this.#inverses[i]!) & mask;
    }
    return x >>> 0;
  }
}

const ROUNDS = 3;

/** Of an odd number modulo 2^32, by Newton: each step doubles the bits that are right, from three. */
function inverseOf(odd: number): number {
  let inverse = odd;
  for (let i = 0; i < 4; i++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
  return inverse;
}
