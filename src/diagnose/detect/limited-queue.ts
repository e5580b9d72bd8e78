/**
 * One SYN queue of `backlog` entries that live `lifetime` seconds: what of the arrivals had a place, and how long it was
 * full. Whether an entry that left early had had a place in a full queue is not known: as many of its second are taken to
 * have had one as of all arrivals of that second.
 */
export class LimitedQueue {
  /** ns: when it was first full, and the end of the last second in which it was. */
  fullAt = -1;
  lastFullAt = -1;
  /** Seconds it was full in all. */
  fullTime = 0;
  /** Entries; no whole number, since shares of a second's entries leave. */
  held: number;
  readonly #backlog: number;
  readonly #lifetime: number;
  /** Entries per second of arrival: as many seconds as an entry lives. */
  readonly #stay: Float32Array;

  /** From what a queue without a limit holds as second `now` begins; its `stay` is a ring of seconds. */
  constructor(backlog: number, lifetime: number, now: number, stay: Float64Array, held: number) {
    this.#stay = new Float32Array(lifetime);
    this.#backlog = backlog;
    this.#lifetime = lifetime;
    this.held = held;
    for (let s = Math.max(0, now - lifetime); s < now; s++) this.#stay[s % lifetime] = stay[s % stay.length]!;
  }

  /** It was full between these times (ns). */
  full(from: number, to: number): void {
    if (this.fullAt < 0) this.fullAt = Math.round(from);
    this.lastFullAt = Math.max(this.lastFullAt, to);
  }

  /** Of the entries of second `since`, this share leaves. */
  leave(second: number, since: number, share: number): void {
    if (second - since > this.#lifetime) return;
    const slot = since % this.#lifetime;
    const leaving = this.#stay[slot]! * Math.min(1, share);
    this.#stay[slot]! -= leaving;
    this.held = Math.max(0, this.held - leaving);
  }

  /**
   * A second in which so many arrive that stay beyond its end, while those of a lifetime ago grow too old. Both are spread
   * evenly over it, so a full queue that gets as many as it loses is full all the time.
   */
  pass(second: number, arrive: number): void {
    const slot = second % this.#lifetime;
    const expire = this.#stay[slot]!;
    const free = Math.max(0, this.#backlog - this.held);
    // A hundredth of an entry is what shares leave behind, not room.
    const room = free < 0.01 ? 0 : free;
    const more = arrive - expire;
    const admitted = Math.min(arrive, free + expire);
    if (room === 0 && more >= 0) {
      this.fullTime++;
      this.lastFullAt = (second + 1) * 1e9;
    } else if (more > room) this.fullTime += 1 - room / more;
    this.#stay[slot] = admitted;
    this.held = Math.max(0, this.held - expire + admitted);
  }

  empty(): void {
    this.held = 0;
    this.#stay.fill(0);
  }
}
