/**
 * Counts a Poisson process up to any level of its integrated rate. Two counters of the same stream count the same events,
 * so that one may lag behind the other.
 */
import type { Rng } from '../../rng.ts';

export class PoissonCount {
  count = 0;
  #next: number;
  readonly #rng: Rng;

  constructor(rng: Rng) {
    this.#rng = rng;
    this.#next = rng.exponential(1);
  }

  /** Events at or below `level`, which never falls. */
  upTo(level: number): number {
    while (this.#next <= level) {
      this.count++;
      this.#next += this.#rng.exponential(1);
    }
    return this.count;
  }
}
