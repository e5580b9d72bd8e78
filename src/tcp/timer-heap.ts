/**
 * Which connection's timer is next. A binary heap with lazy entries: re-arming a timer to a later time, as every
 * acknowledgment does, costs nothing; an entry found too early is put back where it belongs.
 */
import type { Connection } from './connection.ts';
import type { Nanos } from './types.ts';

export class TimerHeap {
  #at: Nanos[] = [];
  #who: Connection[] = [];

  /** Notes that `c` has a timer, perhaps earlier than known. */
  schedule(c: Connection): void {
    const at = c.nextTimer();
    if (at >= c.heapAt) return;
    c.heapAt = at;
    this.#push(at, c);
  }

  /** The earliest deadline, exact, or Infinity. */
  next(): Nanos {
    while (this.#at.length > 0) {
      const c = this.#who[0]!;
      const at = this.#at[0]!;
      if (at === c.heapAt && c.nextTimer() === at) return at;
      this.#pop();
      if (at !== c.heapAt) continue; // a second, later entry of the same connection
      c.heapAt = Infinity;
      this.schedule(c);
    }
    return Infinity;
  }

  /** Takes out the connection whose timer is due at `now`, or returns null. The caller fires and re-schedules it. */
  due(now: Nanos): Connection | null {
    if (this.next() > now) return null;
    const c = this.#who[0]!;
    this.#pop();
    c.heapAt = Infinity;
    return c;
  }

  clear(): void {
    for (const c of this.#who) c.heapAt = Infinity;
    this.#at.length = 0;
    this.#who.length = 0;
  }

  #push(at: Nanos, c: Connection): void {
    let i = this.#at.length;
    this.#at.push(at);
    this.#who.push(c);
    while (i > 0) {
      const up = (i - 1) >>> 1;
      if (this.#at[up]! <= at) break;
      this.#at[i] = this.#at[up]!;
      this.#who[i] = this.#who[up]!;
      i = up;
    }
    this.#at[i] = at;
    this.#who[i] = c;
  }

  #pop(): void {
    const at = this.#at.pop()!;
    const c = this.#who.pop()!;
    const n = this.#at.length;
    if (n === 0) return;
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= n) break;
      if (down + 1 < n && this.#at[down + 1]! < this.#at[down]!) down++;
      if (this.#at[down]! >= at) break;
      this.#at[i] = this.#at[down]!;
      this.#who[i] = this.#who[down]!;
      i = down;
    }
    this.#at[i] = at;
    this.#who[i] = c;
  }
}
