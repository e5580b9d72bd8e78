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
    for (let s = Math.max(0, now - lifetime + 1); s < now; s++) this.#stay[s % lifetime] = stay[s % stay.length]!;
  }

  /** It was full between these times (ns). */
  full(from: number, to: number): void {
    if (this.fullAt < 0) this.fullAt = Math.round(from);
    this.lastFullAt = Math.max(this.lastFullAt, to);
  }

  /** Arrivals of a second that stayed beyond its end. */
  arrive(second: number, stayed: number): void {
    const admitted = Math.min(stayed, Math.max(0, this.#backlog - this.held));
    this.#stay[second % this.#lifetime]! += admitted;
    this.held += admitted;
    // Arrivals are spread evenly over the second: the share that found no place is the share of it that was full.
    if (stayed > admitted) this.fullTime += 1 - admitted / stayed;
    else if (stayed === 0) this.rest(second);
  }

  /** Of the entries of second `since`, this share leaves. */
  leave(second: number, since: number, share: number): void {
    if (second - since >= this.#lifetime) return;
    const slot = since % this.#lifetime;
    const leaving = this.#stay[slot]! * Math.min(1, share);
    this.#stay[slot]! -= leaving;
    this.held = Math.max(0, this.held - leaving);
  }

  /** A second without arrivals. */
  rest(second: number): void {
    if (this.held < this.#backlog) return;
    this.fullTime++;
    this.lastFullAt = (second + 1) * 1e9;
  }

  /** Second `now` begins: those of the second a lifetime ago are gone, and their place in the ring is free. */
  expire(now: number): void {
    const slot = now % this.#lifetime;
    this.held = Math.max(0, this.held - this.#stay[slot]!);
    this.#stay[slot] = 0;
  }

  empty(): void {
    this.held = 0;
    this.#stay.fill(0);
  }
}
