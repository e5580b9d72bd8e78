/**
 * A server whose CPU is a single counter: one segment after the other, each for as long as it costs, and a queue of
 * limited length before it (the netisr queue of Lemon's FreeBSD 4.4, a NIC ring today). What it costs is known only once
 * it is done, so a segment is dealt with when its turn comes, and the next one's turn comes that much later.
 */
import type { Nanos } from '../../tcp/types.ts';
import type { Segment } from '../../wire/segment.ts';

export class Cpu {
  dropped = 0;
  /** Tag of the segment that `take` gave last. */
  tag = -1;
  #freeAt: Nanos = 0;
  readonly #most: number;
  readonly #waiting: Segment[] = [];
  readonly #tags: number[] = [];
  #head = 0;

  /** `most`: segments that may wait. */
  constructor(most: number) {
    this.#most = most;
  }

  /** A segment has come: `now` = it may be dealt with at once, `wait` = the CPU took it, `drop` = no room. */
  offer(now: Nanos, seg: Segment, tag: number): 'now' | 'wait' | 'drop' {
    const length = this.#waiting.length - this.#head;
    if (length === 0 && this.#freeAt <= now) return 'now';
    if (length >= this.#most) {
      this.dropped++;
      return 'drop';
    }
    this.#waiting.push(seg);
    this.#tags.push(tag);
    return 'wait';
  }

  /** Work that began at `now` cost so much. */
  spend(now: Nanos, cost: Nanos): void {
    this.#freeAt = Math.max(this.#freeAt, now) + cost;
  }

  /** When the first that waits has its turn; `Infinity` = nobody waits. */
  next(): Nanos {
    return this.#waiting.length > this.#head ? this.#freeAt : Infinity;
  }

  /** The segment whose turn it is, or null. */
  take(now: Nanos): Segment | null {
    if (this.next() > now) return null;
    const seg = this.#waiting[this.#head]!;
    this.tag = this.#tags[this.#head]!;
    this.#head++;
    // Moving the rest up each time would cost the length of the queue; now and then it costs nothing to speak of.
    if (this.#head > 1024 && 2 * this.#head > this.#waiting.length) {
      this.#waiting.splice(0, this.#head);
      this.#tags.splice(0, this.#head);
      this.#head = 0;
    }
    return seg;
  }
}
