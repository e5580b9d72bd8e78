/**
 * Which connection's timer is next: a binary heap in which each connection stands once and knows its place.
 * Re-arming a timer to a later time, as every acknowledgment does, costs nothing: an entry found too early sinks to
 * where it belongs. A closed connection leaves at once, so the heap keeps nothing alive.
 */
import type { Connection } from './connection.ts';
import type { Nanos } from './types.ts';

export class TimerHeap {
  readonly #heap: Connection[] = [];

  /** Notes that `c` has a timer, perhaps earlier than known. */
  schedule(c: Connection): void {
    const at = c.nextTimer();
    if (c.heapIndex >= 0) {
      if (at >= c.heapAt) return;
      c.heapAt = at;
      this.#rise(c, c.heapIndex);
    } else if (at !== Infinity) {
      c.heapAt = at;
      this.#heap.push(c);
      this.#rise(c, this.#heap.length - 1);
    }
  }

  remove(c: Connection): void {
    const i = c.heapIndex;
    if (i < 0) return;
    c.heapIndex = -1;
    const last = this.#heap.pop()!;
    if (last === c) return;
    this.#rise(last, i);
    this.#sink(last, last.heapIndex);
  }

  /** The earliest deadline, exact, or Infinity. */
  next(): Nanos {
    while (this.#heap.length > 0) {
      const c = this.#heap[0]!;
      const at = c.nextTimer();
      if (at === c.heapAt) return at;
      if (at === Infinity) this.remove(c);
      else {
        c.heapAt = at;
        this.#sink(c, 0);
      }
    }
    return Infinity;
  }

  /** The connection whose timer is due at `now`, or null. It stays in the heap. */
  due(now: Nanos): Connection | null {
    return this.next() <= now ? this.#heap[0]! : null;
  }

  clear(): void {
    for (const c of this.#heap) c.heapIndex = -1;
    this.#heap.length = 0;
  }

  #rise(c: Connection, from: number): void {
    const heap = this.#heap;
    let i = from;
    while (i > 0) {
      const up = (i - 1) >>> 1;
      const parent = heap[up]!;
      if (parent.heapAt <= c.heapAt) break;
      heap[i] = parent;
      parent.heapIndex = i;
      i = up;
    }
    heap[i] = c;
    c.heapIndex = i;
  }

  #sink(c: Connection, from: number): void {
    const heap = this.#heap;
    let i = from;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && heap[down + 1]!.heapAt < heap[down]!.heapAt) down++;
      const child = heap[down]!;
      if (child.heapAt >= c.heapAt) break;
      heap[i] = child;
      child.heapIndex = i;
      i = down;
    }
    heap[i] = c;
    c.heapIndex = i;
  }
}
