/** Accept queue: established connections the application has not taken yet (Linux "accept queue"; Recv-Q of `ss -l`). */
import type { QueueView } from './policy/types.ts';

/** First in, first out; a ring that grows by doubling. It does not refuse: `limit` is for whoever decides to look at. */
export class AcceptQueue<C> implements QueueView {
  length = 0;
  limit: number;
  capacity: number;
  #ring: (C | undefined)[] = new Array(8);
  #head = 0;

  /** `backlog`: B. Linux' queue is full above B, so it holds B + 1 (sk_acceptq_is_full compares with `>`). */
  constructor(backlog: number, capacity: number) {
    this.limit = backlog;
    this.capacity = capacity;
  }

  /** listen(2) called again. */
  setLimit(backlog: number, capacity: number): void {
    this.limit = backlog;
    this.capacity = capacity;
  }

  push(item: C): void {
    const size = this.#ring.length;
    if (this.length === size) {
      const ring: (C | undefined)[] = new Array(2 * size);
      for (let i = 0; i < size; i++) ring[i] = this.#ring[(this.#head + i) & (size - 1)];
      this.#ring = ring;
      this.#head = 0;
    }
    this.#ring[(this.#head + this.length) & (this.#ring.length - 1)] = item;
    this.length++;
  }

  /** The oldest, or undefined when empty. */
  shift(): C | undefined {
    if (this.length === 0) return undefined;
    const item = this.#ring[this.#head];
    this.#ring[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#ring.length - 1);
    this.length--;
    return item;
  }

  /** Oldest first. */
  visit(each: (item: C) => void): void {
    for (let i = 0; i < this.length; i++) each(this.#ring[(this.#head + i) & (this.#ring.length - 1)]!);
  }
}
