/**
 * Numbers of different things from hashes alone: HyperLogLog registers (Flajolet, Fusy, Gandouet, Meunier 2007; Heule,
 * Nunkesser, Hall 2013), read as they change. Each change adds the inverse of its probability (Cohen, "HIP", and Ting,
 * both 2014): unbiased at every size, so it needs no tables of corrections, and every new element is told as it comes.
 * Many sketches side by side, for those who need one per row.
 */

export class DistinctSketches {
  /** Standard error as a share: sqrt(ln 2 / m) for m registers (Ting 2014 §4). */
  readonly error: number;
  readonly #bits: number;
  readonly #size: number;
  readonly #registers: Uint8Array;
  /** Per sketch: the estimate, and the sum of 2^-register, which makes the probability of the next change. */
  readonly #state: Float64Array;

  /** `count` sketches of 2^`bits` registers, one byte each; `bits` 4 .. 16. */
  constructor(count: number, bits: number) {
    this.#bits = bits;
    this.#size = 1 << bits;
    this.error = Math.sqrt(Math.LN2 / this.#size);
    this.#registers = new Uint8Array(count * this.#size);
    this.#state = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) this.#state[2 * i + 1] = this.#size;
  }

  /** Adds what has this hash to sketch `i`. Returns by how much the estimate grew: 0 for what was certainly seen before. */
  add(i: number, hash: number): number {
    const bits = this.#bits;
    const at = (i << bits) + (hash >>> (32 - bits));
    // Leading zeros of the other bits, plus one; the bit set at the end makes an all-zero rest finite.
    const rank = Math.clz32((hash << bits) | (1 << (bits - 1))) + 1;
    const before = this.#registers[at]!;
    if (rank <= before) return 0;
    this.#registers[at] = rank;
    const state = this.#state;
    const sum = state[2 * i + 1]!;
    const grown = this.#size / sum;
    state[2 * i]! += grown;
    state[2 * i + 1] = sum - POWERS[before]! + POWERS[rank]!;
    return grown;
  }

  estimate(i: number): number {
    return this.#state[2 * i]!;
  }

  /** Goes on from an exact count of what has been added so far. */
  setEstimate(i: number, exact: number): void {
    this.#state[2 * i] = exact;
  }

  /** As others of the same number and size are. */
  set(others: DistinctSketches): void {
    this.#registers.set(others.#registers);
    this.#state.set(others.#state);
  }

  reset(i: number): void {
    this.#registers.fill(0, i * this.#size, (i + 1) * this.#size);
    this.#state[2 * i] = 0;
    this.#state[2 * i + 1] = this.#size;
  }
}

/** 2^-r. */
const POWERS: Float64Array = Float64Array.from({ length: 34 }, (_, r) => 2 ** -r);
