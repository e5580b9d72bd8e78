/** The fuzzer's own dice: xorshift32, so that a case number says all there is to say about a case. */
export class Dice {
  #x: number;

  constructor(seed: number) {
    this.#x = Math.imul(seed + 1, 2654435761) ^ 0x5bd1e995 || 1;
    for (let i = 0; i < 4; i++) this.below(2);
  }

  /** 0 .. n - 1. */
  below(n: number): number {
    this.#x ^= this.#x << 13;
    this.#x ^= this.#x >>> 17;
    this.#x ^= this.#x << 5;
    return (this.#x >>> 0) % n;
  }

  oneIn(n: number): boolean {
    return this.below(n) === 0;
  }

  of<T>(all: readonly T[]): T {
    return all[this.below(all.length)]!;
  }
}
