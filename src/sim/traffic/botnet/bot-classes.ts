/**
 * What the bots of a sum know, as counts. A bot knows every order that was given at its last poll, so its knowledge is the
 * number of the latest order it has read; the bots of one class and kind are alike, and which of them polls next does not
 * matter.
 */
import type { Rng } from '../../rng.ts';
import { drawBelow, maskOf } from '../spoof.ts';

export class BotClasses {
  /** Kind and former class of the bot that `learn` moved last. */
  kind = 0;
  from = 0;
  readonly #kinds: number;
  /** By class + 1 and kind. */
  readonly #counts: Uint32Array;
  /** By class + 1. */
  readonly #sums: Uint32Array;

  constructor(kinds: number, orders: number) {
    this.#kinds = kinds;
    this.#counts = new Uint32Array((orders + 1) * kinds);
    this.#sums = new Uint32Array(orders + 1);
  }

  /** One more bot polls, and knows nothing yet. */
  add(kind: number): void {
    this.#counts[kind]!++;
    this.#sums[0]!++;
  }

  /** Bots that poll and do not know order `newest`. */
  without(newest: number): number {
    let sum = 0;
    for (let known = 0; known <= newest; known++) sum += this.#sums[known]!;
    return sum;
  }

  /** One of those, each equally likely, learns of it. There must be one. */
  learn(newest: number, rng: Rng): void {
    const candidates = this.without(newest);
    let left = drawBelow(candidates, maskOf(candidates), rng);
    let known = 0;
    while (left >= this.#sums[known]!) left -= this.#sums[known++]!;
    let kind = 0;
    let at = known * this.#kinds;
    while (left >= this.#counts[at]!) {
      left -= this.#counts[at++]!;
      kind++;
    }
    this.#counts[at]!--;
    this.#sums[known]!--;
    this.#counts[(newest + 1) * this.#kinds + kind]!++;
    this.#sums[newest + 1]!++;
    this.kind = kind;
    this.from = known - 1;
  }
}
