/**
 * SYN/ACK timers: one first-in-first-out list per number of timeouts. All entries of a list wait equally long, so each
 * list is sorted by deadline and the next timer is the earliest of a few heads: exact to the nanosecond, O(1) to arm,
 * cancel and ask, with two links per row and no tick.
 *
 * FreeBSD's syncache has the same shape (Lemon, "Resisting SYN flood DoS attacks with a SYN cache", BSDCon 2002: one
 * timer queue per backoff step). A hashed wheel would need a search of its slot to tell the exact next deadline.
 */
import type { SynRows } from './syn-rows.ts';
import { FIRES_AT, NIL, STRIDE, STRIDE_F64, TIMER_NEXT, TIMER_PREV } from './syn-rows.ts';
import type { Nanos } from './types.ts';

export class TimerLists {
  readonly #rows: SynRows;
  readonly #first: Int32Array;
  readonly #last: Int32Array;

  /** `levels`: how many different waits there are. */
  constructor(rows: SynRows, levels: number) {
    this.#rows = rows;
    this.#first = new Int32Array(levels).fill(NIL);
    this.#last = new Int32Array(levels).fill(NIL);
  }

  /** Starts the timer of a row that has none. Equal deadlines fire lower level first, then in the order armed. */
  arm(row: number, level: number, firesAt: Nanos): void {
    const { i32, f64 } = this.#rows;
    f64[row * STRIDE_F64 + FIRES_AT] = firesAt;
    // The place is nearly always the end; only a clock that went back makes this walk.
    let prev = this.#last[level]!;
    while (prev !== NIL && f64[prev * STRIDE_F64 + FIRES_AT]! > firesAt) prev = i32[prev * STRIDE + TIMER_PREV]!;
    const next = prev === NIL ? this.#first[level]! : i32[prev * STRIDE + TIMER_NEXT]!;
    i32[row * STRIDE + TIMER_PREV] = prev;
    i32[row * STRIDE + TIMER_NEXT] = next;
    if (prev === NIL) this.#first[level] = row;
    else i32[prev * STRIDE + TIMER_NEXT] = row;
    if (next === NIL) this.#last[level] = row;
    else i32[next * STRIDE + TIMER_PREV] = row;
  }

  /** Stops the timer of a row armed at `level`. */
  cancel(row: number, level: number): void {
    const { i32 } = this.#rows;
    const prev = i32[row * STRIDE + TIMER_PREV]!;
    const next = i32[row * STRIDE + TIMER_NEXT]!;
    if (prev === NIL) this.#first[level] = next;
    else i32[prev * STRIDE + TIMER_NEXT] = next;
    if (next === NIL) this.#last[level] = prev;
    else i32[next * STRIDE + TIMER_PREV] = prev;
  }

  /** The row that fires first, or NIL. */
  earliest(): number {
    const { f64 } = this.#rows;
    let best = NIL;
    let at = Infinity;
    for (let level = 0; level < this.#first.length; level++) {
      const row = this.#first[level]!;
      if (row === NIL) continue;
      const t = f64[row * STRIDE_F64 + FIRES_AT]!;
      if (t < at) {
        at = t;
        best = row;
      }
    }
    return best;
  }

  clear(): void {
    this.#first.fill(NIL);
    this.#last.fill(NIL);
  }
}
