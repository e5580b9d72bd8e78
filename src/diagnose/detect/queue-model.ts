/**
 * What a SYN queue would have held, from arrivals and departures in the capture: an entry for each attempt, until the
 * handshake completes, a reset frees it, or its lifetime T is over. First without a limit, for several T at once, since T
 * shows only later in the capture; then for each usual backlog B, where an arrival that finds B entries has no place.
 *
 * Entries are kept as numbers per second of arrival, so the memory is that of 128 seconds, whatever arrives; those of one
 * second grow too old all through the second T later. Within a second the highest level is counted packet by packet.
 */
import { LimitedQueue } from './limited-queue.ts';

/** Lifetimes in seconds of Linux' tcp_synack_retries 0 .. 6: 1 + 2 + … + 2^r (timeouts double from 1 s, RFC 6298). */
export const LIFETIMES: readonly number[] = [1, 3, 7, 15, 31, 63, 127];

/** Linux' tcp_synack_retries unless set; place of its lifetime among `LIFETIMES`. */
export const DEFAULT_RETRIES = 5;

/**
 * Usual backlogs: somaxconn before and since Linux 5.4 (128, 4096), what nginx, Apache and Node.js ask for (511), and what
 * busy servers are tuned to. Linux limits half-open entries by the accept backlog, min(backlog of listen(), somaxconn):
 * inet_csk_reqsk_queue_is_full compares with sk_max_ack_backlog. Linux 6.18 holds B + 1; that one is not counted here.
 */
export const BACKLOGS: readonly number[] = [128, 256, 511, 512, 1024, 4096, 65536];

/** Seconds of arrival that are remembered; more than the longest lifetime. */
export const RING = 128;

export class QueueModel {
  /** The second under way; arrivals in it, and when the first came. */
  #second: number;
  #arrived = 0;
  readonly #times = new Float64Array(2);
  readonly #backlogs: number;
  /** Arrivals less departures in this second so far, and the most that was. */
  #level = 0;
  #levelMost = 0;
  /** Per second of arrival: entries that have not left early, and those that left in the second under way. */
  readonly #stay = new Float64Array(RING);
  readonly #left = new Uint32Array(RING);
  /** The oldest second of which one left; beyond the second under way: none. */
  #leftFrom = Infinity;
  /** Per lifetime: entries held, the most ever, and when (ns). */
  readonly #held = new Float64Array(LIFETIMES.length);
  readonly #peak = new Float64Array(LIFETIMES.length);
  readonly #peakAt = new Float64Array(LIFETIMES.length);
  /** Per lifetime and backlog, from when it was first full. */
  readonly #limited: (LimitedQueue | undefined)[] = [];

  /** From `second` on. Only the first `backlogs` of `BACKLOGS` are modelled. */
  constructor(second: number, backlogs: number = BACKLOGS.length) {
    this.#second = second;
    this.#backlogs = backlogs;
    for (let i = 0; i < LIFETIMES.length * BACKLOGS.length; i++) this.#limited.push(undefined);
  }

  /** So many attempts begin, with nothing in between: the first and the last of them at these times (ns). Hot. */
  arrive(attempts: number, first: number, last: number): void {
    if (this.#arrived === 0) this.#times[FIRST] = first;
    this.#arrived += attempts;
    this.#level += attempts;
    if (this.#level > this.#levelMost) {
      this.#levelMost = this.#level;
      this.#times[MOST] = last;
    }
  }

  /** One that began in second `since` leaves: completed, reset or refused. Hot. */
  depart(since: number): void {
    const age = this.#second - since;
    if (age < 0 || age >= RING) return;
    this.#level--;
    this.#left[since & (RING - 1)]!++;
    if (since < this.#leftFrom) this.#leftFrom = since;
  }

  /** The second under way is over, and so are those without a packet up to `next`, which begins. */
  close(next: number): void {
    this.#settle();
    this.#second++;
    // After the longest lifetime nothing is left, so the rest of a long silence costs nothing.
    for (; this.#second < next && this.#held[LIFETIMES.length - 1]! > 0; this.#second++) this.#settle();
    if (this.#second >= next) return;
    this.#stay.fill(0);
    for (const queue of this.#limited) queue?.empty();
    this.#second = next;
  }

  /** Entries without a limit, for lifetime number `t`. */
  held(t: number): number {
    return this.#held[t]!;
  }

  /** The most entries there were without a limit. */
  peak(t: number): number {
    return this.#peak[t]!;
  }

  /** ns. */
  peakAt(t: number): number {
    return this.#peakAt[t]!;
  }

  /** The queue of lifetime number `t` and backlog number `b`; undefined if it was never full. */
  limited(t: number, b: number): LimitedQueue | undefined {
    return this.#limited[t * BACKLOGS.length + b];
  }

  /** What the second under way did to all queues. */
  #settle(): void {
    const second = this.#second;
    const here = second & (RING - 1);
    const stayed = this.#arrived > 0 || this.#leftFrom <= second ? this.#attribute() : 0;
    const rise = Math.max(0, this.#levelMost);
    for (let t = 0; t < LIFETIMES.length; t++) {
      const old = second - LIFETIMES[t]!;
      const slot = old & (RING - 1);
      const expire = old < 0 ? 0 : this.#stay[slot]! - this.#left[slot]!;
      // What grows too old does so all through the second, as arrivals come.
      const top = this.#held[t]! + Math.max(0, rise - expire);
      if (top > this.#peak[t]!) {
        this.#peak[t] = top;
        this.#peakAt[t] = this.#times[MOST]!;
      }
      for (let b = 0; b < this.#backlogs && BACKLOGS[b]! <= this.#peak[t]!; b++) this.#limit(t, b, rise, stayed);
      this.#held[t]! += stayed - expire;
    }
    for (let s = this.#leftFrom; s < second; s++) {
      const slot = s & (RING - 1);
      const leaving = this.#left[slot]!;
      this.#left[slot] = 0;
      this.#stay[slot]! -= leaving;
      for (let t = 0; t < LIFETIMES.length; t++) if (second - s <= LIFETIMES[t]!) this.#held[t]! -= leaving;
    }
    this.#stay[here] = stayed;
    this.#arrived = 0;
    this.#level = 0;
    this.#levelMost = 0;
    this.#leftFrom = Infinity;
  }

  /**
   * Makes `#left` name no more than there are of each second, and gives the arrivals that stay. Frames out of order may have
   * put an entry into a later second than its SYN: what left beyond those that were there left from the seconds after.
   */
  #attribute(): number {
    const here = this.#second & (RING - 1);
    let beyond = 0;
    for (let s = this.#leftFrom; s < this.#second; s++) {
      const slot = s & (RING - 1);
      const leaving = this.#left[slot]! + beyond;
      this.#left[slot] = Math.min(leaving, this.#stay[slot]!);
      beyond = leaving - this.#left[slot]!;
    }
    const stayed = Math.max(0, this.#arrived - this.#left[here]! - beyond);
    this.#left[here] = 0;
    return stayed;
  }

  /** The same for a queue with a limit. It begins as the one without, on the first second in which that was full. */
  #limit(t: number, b: number, rise: number, stayed: number): void {
    const i = t * BACKLOGS.length + b;
    const second = this.#second;
    const queue = this.#limited[i] ?? new LimitedQueue(BACKLOGS[b]!, LIFETIMES[t]!, second, this.#stay, this.#held[t]!);
    this.#limited[i] = queue;
    const room = BACKLOGS[b]! - queue.held;
    if (rise >= room && rise > 0) {
      // Arrivals are even between the first and the one that made the level highest; the one that takes the last room fills.
      const share = rise > 1 ? Math.max(0, room - 1) / (rise - 1) : 0;
      const first = this.#times[FIRST]!;
      queue.full(first + (this.#times[MOST]! - first) * share, this.#times[MOST]!);
    }
    for (let s = this.#leftFrom; s < second; s++) {
      const slot = s & (RING - 1);
      if (this.#left[slot]! > 0) queue.leave(second, s, this.#left[slot]! / Math.max(1, this.#stay[slot]!));
    }
    queue.pass(second, stayed);
  }
}

const FIRST = 0;
const MOST = 1;
