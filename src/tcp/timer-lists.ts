/**
 * SYN/ACK timers: one list per length of wait. All entries of a list wait equally long, so each list is sorted by
 * deadline and the next timer is the earliest of a few heads: exact to the nanosecond, O(1) to arm, cancel and ask, with
 * two links per row and no tick.
 *
 * FreeBSD's syncache has the same shape (Lemon, "Resisting SYN flood DoS attacks with a SYN cache", BSDCon 2002: one
 * timer queue per backoff step). A hashed wheel would need a search of its slot to tell the exact next deadline.
 *
 * With a kernel's timer wheel many deadlines are equal, and who is first matters: it decides which entries are pruned.
 * Linux runs the buckets of one jiffy highest level first, and within a bucket the most recently armed first
 * (__run_timers; measured: no other order gives the counts of ground truth D).
 */
import type { SynRows } from './syn-rows.ts';
import { FIRES_AT, NIL, STRIDE, STRIDE_F64, SYNACK_AT, TIMER_NEXT, TIMER_PREV } from './syn-rows.ts';
import type { Nanos } from './types.ts';

export class TimerLists {
  readonly #rows: SynRows;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  /** Deadline of each list's first row, Infinity when empty: asking for the next timer touches no row. */
  readonly #firstAt: Float64Array;
  /** First row of the last run of equal deadlines, where the next of them goes; NIL when not known. */
  readonly #run: Int32Array;
  readonly #levels: Uint8Array | null;

  /** `lists`: how many different waits there are. `levels`: the wheel level of each; null = no wheel. */
  constructor(rows: SynRows, lists: number, levels: Uint8Array | null) {
    this.#rows = rows;
    this.#first = new Int32Array(lists).fill(NIL);
    this.#last = new Int32Array(lists).fill(NIL);
    this.#firstAt = new Float64Array(lists).fill(Infinity);
    this.#run = new Int32Array(lists).fill(NIL);
    this.#levels = levels;
  }

  /**
   * Starts the timer of a row that has none. Equal deadlines fire lower list first, then in the order armed; with a
   * wheel highest level first, then most recently armed first.
   */
  arm(row: number, list: number, firesAt: Nanos): void {
    const { i32, f64 } = this.#rows;
    f64[row * STRIDE_F64 + FIRES_AT] = firesAt;
    const last = this.#last[list]!;
    const stacked = this.#levels !== null && last !== NIL && f64[last * STRIDE_F64 + FIRES_AT] === firesAt;
    let prev = last;
    if (stacked && this.#run[list] !== NIL) prev = i32[this.#run[list]! * STRIDE + TIMER_PREV]!;
    else prev = this.#before(last, firesAt);
    const next = prev === NIL ? this.#first[list]! : i32[prev * STRIDE + TIMER_NEXT]!;
    if (stacked || next === NIL) this.#run[list] = row;
    i32[row * STRIDE + TIMER_PREV] = prev;
    i32[row * STRIDE + TIMER_NEXT] = next;
    if (prev === NIL) {
      this.#first[list] = row;
      this.#firstAt[list] = firesAt;
    } else i32[prev * STRIDE + TIMER_NEXT] = row;
    if (next === NIL) this.#last[list] = row;
    else i32[next * STRIDE + TIMER_PREV] = row;
  }

  /** Stops the timer of a row armed in `list`. */
  cancel(row: number, list: number): void {
    const { i32, f64 } = this.#rows;
    const prev = i32[row * STRIDE + TIMER_PREV]!;
    const next = i32[row * STRIDE + TIMER_NEXT]!;
    // Behind the head of the last run there is only that run. When it ends here, time has moved past the one before.
    if (row === this.#run[list]) this.#run[list] = next;
    if (prev === NIL) {
      this.#first[list] = next;
      this.#firstAt[list] = next === NIL ? Infinity : f64[next * STRIDE_F64 + FIRES_AT]!;
    } else i32[prev * STRIDE + TIMER_NEXT] = next;
    if (next === NIL) this.#last[list] = prev;
    else i32[next * STRIDE + TIMER_PREV] = prev;
  }

  /** The row that fires first, if at or before `now`; else NIL. */
  due(now: Nanos): number {
    let best = NIL;
    let at = now;
    for (let list = 0; list < this.#first.length; list++) {
      const t = this.#firstAt[list]!;
      if (t > at || this.#first[list] === NIL) continue;
      if (best === NIL || t < at || (this.#levels !== null && this.#precedes(list, best, this.#levels))) {
        at = t;
        best = list;
      }
    }
    return best === NIL ? NIL : this.#first[best]!;
  }

  /** The next deadline, or Infinity. */
  next(): Nanos {
    let at = Infinity;
    for (let list = 0; list < this.#first.length; list++) {
      const t = this.#firstAt[list]!;
      if (t < at) at = t;
    }
    return at;
  }

  clear(): void {
    this.#first.fill(NIL);
    this.#last.fill(NIL);
    this.#firstAt.fill(Infinity);
    this.#run.fill(NIL);
  }

  /** The row behind which `firesAt` belongs: nearly always `last`, only a clock that went back makes this walk. */
  #before(last: number, firesAt: Nanos): number {
    const { i32, f64 } = this.#rows;
    const wheel = this.#levels !== null;
    let prev = last;
    while (prev !== NIL) {
      const at = f64[prev * STRIDE_F64 + FIRES_AT]!;
      if (at < firesAt || (at === firesAt && !wheel)) break;
      prev = i32[prev * STRIDE + TIMER_PREV]!;
    }
    return prev;
  }

  /**
   * Lists of one level share its buckets. Their waits differ by more than a bucket, so rows of two lists that fire at once
   * were not armed at once.
   */
  #precedes(a: number, b: number, levels: Uint8Array): boolean {
    if (levels[a] !== levels[b]) return levels[a]! > levels[b]!;
    const { f64 } = this.#rows;
    return f64[this.#first[a]! * STRIDE_F64 + SYNACK_AT]! > f64[this.#first[b]! * STRIDE_F64 + SYNACK_AT]!;
  }
}
