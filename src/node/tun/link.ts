/**
 * The road between engine and device, one direction of it: loss, delay, rate and queue by the simulator's `Link`, and what
 * netem has beside that: duplicates, and packets held back so that later ones overtake them (tc-netem(8)).
 */
import { EventQueue } from '../../sim/event-queue.ts';
import { Link } from '../../sim/link.ts';
import { type Rng, stream } from '../../sim/rng.ts';
import type { Nanos } from '../../tcp/types.ts';

export interface Impairment {
  /** Probabilities of a packet to be lost, sent twice, or held back by `reorderBy`. */
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly reorderBy: Nanos;
  /** Every packet takes `delay`, and up to `jitter` more. */
  readonly delay: Nanos;
  readonly jitter: Nanos;
  /** Bits per second, 0 = no limit; then at most `queue` packets wait. */
  readonly rate: number;
  readonly queue: number;
}

/** A road without any fault: the base to build others from. */
export const CLEAR: Impairment = {
  loss: 0,
  duplicate: 0,
  reorder: 0,
  reorderBy: 0,
  delay: 0,
  jitter: 0,
  rate: 0,
  queue: 1000,
};

export interface RoadCounters {
  offered: number;
  lost: number;
  duplicated: number;
  heldBack: number;
}

export class Road {
  readonly counters: RoadCounters = { offered: 0, lost: 0, duplicated: 0, heldBack: 0 };
  /** The packet that `take` returned: `bytes[0 .. length)`, valid until the next `offer`. */
  bytes: Uint8Array = new Uint8Array(0);
  length = 0;

  readonly #spec: Impairment;
  readonly #link: Link;
  readonly #rng: Rng;
  readonly #queue = new EventQueue();
  /** Packets under way, by the number the queue knows them under, and the numbers that are free. */
  readonly #packets: { bytes: Uint8Array; length: number }[] = [];
  readonly #free: number[] = [];

  /** The same seed and name give the same fate to the n-th packet. */
  constructor(spec: Impairment, seed: number, name: string) {
    this.#spec = spec;
    this.#link = new Link(spec, stream(seed, `${name}/link`));
    this.#rng = stream(seed, `${name}/more`);
  }

  /** Takes a copy of the packet, or loses it. */
  offer(now: Nanos, bytes: Uint8Array, length: number): void {
    const spec = this.#spec;
    this.counters.offered++;
    const fate = this.#link.offer(now, length);
    // Drawn always, so that one setting moves no number of the others.
    const twice = this.#rng.chance(spec.duplicate);
    const later = this.#rng.chance(spec.reorder);
    if (fate !== 'sent') {
      this.counters.lost++;
      return;
    }
    if (later) this.counters.heldBack++;
    if (twice) this.counters.duplicated++;
    const at = this.#link.arrivesAt + (later ? spec.reorderBy : 0);
    for (let copies = twice ? 2 : 1; copies > 0; copies--) this.#queue.push(at, this.#keep(bytes, length));
  }

  /** When the next packet arrives; `Infinity` when none is under way. */
  next(): Nanos {
    return this.#queue.peek();
  }

  /** The next packet that has arrived by `now`, into `bytes` and `length`; false when there is none. */
  take(now: Nanos): boolean {
    if (this.#queue.peek() > now) return false;
    this.#queue.pop();
    const packet = this.#packets[this.#queue.event]!;
    this.bytes = packet.bytes;
    this.length = packet.length;
    this.#free.push(this.#queue.event);
    return true;
  }

  #keep(bytes: Uint8Array, length: number): number {
    const free = this.#free.pop();
    const slot = free ?? this.#packets.length;
    const old = free === undefined ? undefined : this.#packets[free];
    const into = old !== undefined && old.bytes.length >= length ? old.bytes : new Uint8Array(length);
    into.set(bytes.subarray(0, length));
    this.#packets[slot] = { bytes: into, length };
    return slot;
  }
}
