/**
 * Which connection's timer is next: a binary heap in which each connection stands once and knows its place.
 * Re-arming a timer to a later time, as every acknowledgment does, costs nothing: an entry found too early sinks to
 * where it belongs. A closed connection leaves at once, so the heap keeps nothing alive.
 */
import type { Connection } from './connection.ts';
import type { Nanos } from './types.ts';

export class TimerHeap {
  readonly #heap: Connection[] = [];
  /** The deadline for which each stands there: beside the heap, so that ordering it looks at no connection. */
  #at = new Float64Array(16);

  /** Notes that `c` has a timer, perhaps earlier than known. */
  schedule(c: Connection): void {
    const at = c.nextTimer();
    const i = c.heapIndex;
    if (i >= 0) {
      if (at < this.#at[i]!) this.#rise(c, at, i);
    } else if (at !== Infinity) {
      if (this.#heap.length === this.#at.length) this.#grow();
      this.#heap.push(c);
      this.#rise(c, at, this.#heap.length - 1);
    }
  }

  remove(c: Connection): void {
    const i = c.heapIndex;
    if (i < 0) return;
    c.heapIndex = -1;
    const last = this.#heap.pop()!;
    if (last === c) return;
    const at = this.#at[this.#heap.length]!;
    this.#rise(last, at, i);
    this.#sink(last, at, last.heapIndex);
  }

  /** The earliest deadline, exact, or Infinity. */
  next(): Nanos {
    while (this.#heap.length > 0) {
      const c = this.#heap[0]!;
      const at = c.nextTimer();
      if (at === this.#at[0]) return at;
      if (at === Infinity) this.remove(c);
      else this.#sink(c, at, 0);
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

  #rise(c: Connection, at: Nanos, from: number): void {
    const heap = this.#heap;
    const times = this.#at;
    let i = from;
    while (i > 0) {
      const up = (i - 1) >>> 1;
      if (times[up]! <= at) break;
      const parent = heap[up]!;
      heap[i] = parent;
      times[i] = times[up]!;
      parent.heapIndex = i;
      i = up;
    }
    heap[i] = c;
    times[i] = at;
    c.heapIndex = i;
  }

  #sink(c: Connection, at: Nanos, from: number): void {
    const heap = this.#heap;
    const times = this.#at;
    const size = heap.length;
    let i = from;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= size) break;
      if (down + 1 < size && times[down + 1]! < times[down]!) down++;
      if (times[down]! >= at) break;
      const child = heap[down]!;
      heap[i] = child;
      times[i] = times[down]!;
      child.heapIndex = i;
      i = down;
    }
    heap[i] = c;
    times[i] = at;
    c.heapIndex = i;
  }

  #grow(): void {
    const times = new Float64Array(2 * this.#at.length);
    times.set(this.#at);
    this.#at = times;
  }
}
