/** Ports given to who asks for none (RFC 6056 §3.2): one after the other through a range, leaving out those in use. */
export class LocalPorts {
  readonly #first: number;
  readonly #count: number;
  #next: number;

  /** `first .. last`; `start` counts from `first`, any integer from 0. */
  constructor(first: number, last: number, start: number) {
    this.#first = first;
    this.#count = last - first + 1;
    this.#next = start % this.#count;
  }

  /** The next port that is not `taken`, or undefined: all are. */
  take(taken: (port: number) => boolean): number | undefined {
    for (let i = 0; i < this.#count; i++) {
      const port = this.#first + this.#next;
      this.#next = (this.#next + 1) % this.#count;
      if (!taken(port)) return port;
    }
    return undefined;
  }
}
