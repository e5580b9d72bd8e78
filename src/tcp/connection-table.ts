/** Connections by 4-tuple: a hash table chained through the connections themselves, so that looking up allocates nothing. */
import type { Segment } from '../wire/segment.ts';
import type { Connection } from './connection.ts';
import { jhash3 } from './jhash.ts';

export class ConnectionTable {
  #buckets: (Connection | null)[] = new Array<Connection | null>(64).fill(null);
  #size = 0;
  /** Mixed into every hash, so that nobody outside can aim at one bucket. */
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed | 0;
  }

  get size(): number {
    return this.#size;
  }

  /** The connection that `seg` was sent to, or null. */
  find(seg: Readonly<Segment>): Connection | null {
    return this.get(seg.dst, seg.dport, seg.src, seg.sport);
  }

  get(local: number, localPort: number, remote: number, remotePort: number): Connection | null {
    let c = this.#buckets[this.#index(local, localPort, remote, remotePort)] ?? null;
    while (c !== null) {
      const t = c.tcb;
      if (t.remotePort === remotePort && t.remote === remote && t.localPort === localPort && t.local === local)
        return c;
      c = c.nextInBucket;
    }
    return null;
  }

  add(c: Connection): void {
    if (this.#size >= this.#buckets.length) this.#grow();
    this.#link(c);
    this.#size++;
  }

  remove(c: Connection): void {
    const t = c.tcb;
    const i = this.#index(t.local, t.localPort, t.remote, t.remotePort);
    let at = this.#buckets[i] ?? null;
    if (at === c) this.#buckets[i] = c.nextInBucket;
    else {
      while (at !== null && at.nextInBucket !== c) at = at.nextInBucket;
      if (at === null) return;
      at.nextInBucket = c.nextInBucket;
    }
    c.nextInBucket = null;
    this.#size--;
  }

  clear(): void {
    this.#buckets.fill(null);
    this.#size = 0;
  }

  *[Symbol.iterator](): Generator<Connection> {
    for (const head of this.#buckets) {
      for (let c = head; c !== null; c = c.nextInBucket) yield c;
    }
  }

  #link(c: Connection): void {
    const t = c.tcb;
    const i = this.#index(t.local, t.localPort, t.remote, t.remotePort);
    c.nextInBucket = this.#buckets[i] ?? null;
    this.#buckets[i] = c;
  }

  #grow(): void {
    const all = [...this];
    this.#buckets = new Array<Connection | null>(this.#buckets.length * 2).fill(null);
    for (const c of all) this.#link(c);
  }

  #index(local: number, localPort: number, remote: number, remotePort: number): number {
    return jhash3(remote | 0, (remotePort << 16) | localPort, local | 0, this.#seed) & (this.#buckets.length - 1);
  }
}
