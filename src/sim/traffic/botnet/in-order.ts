/**
 * Independent uniform times in order, one after the other, without keeping them: the i-th of n is S(i) / S(n + 1), where S
 * sums exponential numbers (Devroye 1986, V.3.1). The sum of all is found first, by drawing the same numbers twice.
 */
import type { Rng } from '../../rng.ts';

export class InOrder {
  /** The next one, in [0, span); `Infinity` after the last. */
  next = 0;
  #left: number;
  #sum = 0;
  readonly #rng: Rng;
  readonly #scale: number;

  /** `again` makes the same random stream twice. */
  constructor(count: number, span: number, again: () => Rng) {
    const first = again();
    let total = 0;
    for (let i = 0; i <= count; i++) total += first.exponential(1);
    this.#rng = again();
    this.#scale = span / total;
    this.#left = count;
    this.advance();
  }

  advance(): void {
    if (this.#left === 0) {
      this.next = Infinity;
      return;
    }
    this.#left--;
    this.#sum += this.#rng.exponential(1);
    this.next = this.#sum * this.#scale;
  }
}
