/**
 * The simulation's event queue: what happens next, ordered by (time, insertion).
 *
 * A 4-ary heap in typed arrays. Times stay in `Float64Array` slots, because plain fields holding large numbers are boxed;
 * four children share a cache line, so a pop touches half as many lines as in a binary heap (bench/event-queue.mjs).
 * Insertion order breaks ties, so two events of the same instant happen in the order in which they were scheduled,
 * whatever the heap's shape: that is what makes runs repeatable (ns-3 orders its events the same way).
 */
import type { Nanos } from '../tcp/types.ts';

export class EventQueue {
  /** Time and value of the event that `pop` returned last. */
  time: Nanos = 0;
  event = 0;

  #times: Float64Array;
  #order: Float64Array;
  #events: Uint32Array;
  #size = 0;
  #inserted = 0;
  /** The root was popped and not yet refilled: a push that follows drops straight into the hole, which saves half the work. */
  #hole = false;

  /** `capacity` is a first guess; the queue grows as needed. */
  constructor(capacity = 256) {
    const slots = Math.max(8, capacity);
    this.#times = new Float64Array(slots);
    this.#order = new Float64Array(slots);
    this.#events = new Uint32Array(slots);
  }

  /** Events waiting. */
  get size(): number {
    return this.#hole ? this.#size - 1 : this.#size;
  }

  /** Schedules `event` (any uint32) at `time`; equal times keep the order of the calls. `NaN` and `Infinity` are refused. */
  push(time: Nanos, event: number): void {
    if (!(time < Infinity)) throw new Error(`an event needs a finite time, not ${time}`);
    const order = this.#inserted++;
    if (this.#hole) {
      this.#hole = false;
      this.#sink(time, order, event);
      return;
    }
    if (this.#size === this.#times.length) this.#grow();
    this.#rise(this.#size++, time, order, event);
  }

  /** Takes the earliest event into `time` and `event`; false when there is none. */
  pop(): boolean {
    if (this.#hole) this.#fill();
    if (this.#size === 0) return false;
    this.time = this.#times[0]!;
    this.event = this.#events[0]!;
    this.#hole = true;
    return true;
  }

  /** When the next event is due; `Infinity` when the queue is empty. */
  peek(): Nanos {
    if (this.#hole) this.#fill();
    return this.#size === 0 ? Infinity : this.#times[0]!;
  }

  #fill(): void {
    this.#hole = false;
    const last = --this.#size;
    if (last > 0) this.#sink(this.#times[last]!, this.#order[last]!, this.#events[last]!);
  }

  #rise(from: number, time: Nanos, order: number, event: number): void {
    const times = this.#times;
    const orders = this.#order;
    const events = this.#events;
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 2;
      // A newcomer has the highest order of all, so on equal times it stays below.
      if (times[parent]! <= time) break;
      times[i] = times[parent]!;
      orders[i] = orders[parent]!;
      events[i] = events[parent]!;
      i = parent;
    }
    times[i] = time;
    orders[i] = order;
    events[i] = event;
  }

  #sink(time: Nanos, order: number, event: number): void {
    const times = this.#times;
    const orders = this.#order;
    const events = this.#events;
    const size = this.#size;
    let i = 0;
    for (;;) {
      const first = 4 * i + 1;
      if (first >= size) break;
      const end = Math.min(first + 4, size);
      let child = first;
      let least = times[first]!;
      for (let c = first + 1; c < end; c++) {
        const t = times[c]!;
        if (t < least || (t === least && orders[c]! < orders[child]!)) {
          child = c;
          least = t;
        }
      }
      if (least > time || (least === time && orders[child]! > order)) break;
      times[i] = least;
      orders[i] = orders[child]!;
      events[i] = events[child]!;
      i = child;
    }
    times[i] = time;
    orders[i] = order;
    events[i] = event;
  }

  #grow(): void {
    const slots = 2 * this.#times.length;
    const times = new Float64Array(slots);
    times.set(this.#times);
    this.#times = times;
    const order = new Float64Array(slots);
    order.set(this.#order);
    this.#order = order;
    const events = new Uint32Array(slots);
    events.set(this.#events);
    this.#events = events;
  }
}
