/** Keeps the first so many attempts of those that come in any order, by the number of their first packet. Bounded memory. */
import type { Attempt } from '../diagnose/attempt.ts';
import { visitAttempt } from '../diagnose/held-addresses.ts';
import type { AddressVisitor } from '../wire/address.ts';

export class FirstAttempts {
  /** All that were offered. */
  offered = 0;
  readonly #most: number;
  /** A heap whose root is the last of those kept. */
  readonly #heap: Attempt[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** One that comes after all that will be kept. */
  pass(): void {
    this.offered++;
  }

  /** Would an attempt with this first packet be kept? Asked before one is built; one that is not wanted still counts. */
  wants(firstPacket: number): boolean {
    if (this.#heap.length < this.#most || (this.#most > 0 && firstPacket < this.#heap[0]!.firstPacket)) return true;
    this.offered++;
    return false;
  }

  add(attempt: Attempt): void {
    this.offered++;
    const heap = this.#heap;
    if (heap.length < this.#most) {
      heap.push(attempt);
      this.#up(heap.length - 1);
    } else if (this.#most > 0 && attempt.firstPacket < heap[0]!.firstPacket) {
      heap[0] = attempt;
      this.#down();
    }
  }

  eachAddress(visit: AddressVisitor): void {
    for (const attempt of this.#heap) visitAttempt(attempt, visit);
  }

  /** In order of their first packets. */
  kept(): Attempt[] {
    return [...this.#heap].sort((a, b) => a.firstPacket - b.firstPacket);
  }

  #up(index: number): void {
    const heap = this.#heap;
    for (let at = index; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.firstPacket >= heap[at]!.firstPacket) return;
      [heap[parent], heap[at]] = [heap[at]!, heap[parent]!];
      at = parent;
    }
  }

  #down(): void {
    const heap = this.#heap;
    for (let at = 0; ; ) {
      let child = 2 * at + 1;
      if (child >= heap.length) return;
      if (child + 1 < heap.length && heap[child + 1]!.firstPacket > heap[child]!.firstPacket) child++;
      if (heap[at]!.firstPacket >= heap[child]!.firstPacket) return;
      [heap[at], heap[child]] = [heap[child]!, heap[at]!];
      at = child;
    }
  }
}
