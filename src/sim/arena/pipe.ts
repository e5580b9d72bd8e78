/**
 * One direction of the access link: first in, first out, with a rate, a drop-tail queue, a delay and random loss. Packets
 * never overtake each other, so they wait in a ring and only the first of them is an event of the world.
 */
import { type Nanos, SEC } from '../../tcp/types.ts';
import { ipPacketLength } from '../../wire/packet.ts';
import type { Segment } from '../../wire/segment.ts';
import type { AccessSpec } from '../flood-model.ts';
import type { Rng } from '../rng.ts';

export class Pipe {
  packets = 0;
  bytes = 0;
  lost = 0;
  overflow = 0;
  /** The packet that `shift` took out last: its tag. */
  tag = -1;

  readonly #spec: AccessSpec;
  readonly #rng: Rng;
  /** Ring of what is under way, in order: segment, arrival, end of transmission, tag. */
  #segments: (Segment | null)[] = new Array<Segment | null>(16).fill(null);
  #arrivals = new Float64Array(16);
  #departures = new Float64Array(16);
  #tags = new Int32Array(16);
  #head = 0;
  #length = 0;
  /** How many of them, from the head, have left the queue: their transmission is over. */
  #left = 0;
  #freeAt: Nanos = 0;

  /** `rng` must belong to this direction alone. */
  constructor(spec: AccessSpec, rng: Rng) {
    this.#spec = spec;
    this.#rng = rng;
  }

  /** Nothing to wait for: whatever enters leaves at the same moment, and `offer` is not needed. */
  get immediate(): boolean {
    return this.#spec.rate === 0 && this.#spec.delay === 0 && this.#spec.loss === 0;
  }

  /** Counts a packet that passes an immediate pipe. */
  count(seg: Readonly<Segment>): void {
    this.packets++;
    this.bytes += ipPacketLength(seg);
  }

  /** Takes a packet; it belongs to the pipe unless the answer is `lost` or `overflow`. */
  offer(now: Nanos, seg: Segment, tag: number): 'sent' | 'lost' | 'overflow' {
    const { rate, delay, loss, queue } = this.#spec;
    const size = ipPacketLength(seg);
    // Drawn whether or not it matters, so that a change of `loss` moves no later number.
    const lost = this.#rng.chance(loss);
    let leaves = now;
    if (rate > 0) {
      // One is on the wire, `queue` may wait behind it.
      if (this.#waiting(now) > queue) {
        this.overflow++;
        return 'overflow';
      }
      leaves = Math.max(now, this.#freeAt) + Math.ceil((size * 8 * SEC) / rate);
      this.#freeAt = leaves;
    }
    this.packets++;
    this.bytes += size;
    if (lost) {
      this.lost++;
      return 'lost';
    }
    this.#push(seg, leaves, leaves + delay, tag);
    return 'sent';
  }

  /** When the first packet comes out; `Infinity` = the pipe is empty. */
  next(): Nanos {
    return this.#length === 0 ? Infinity : this.#arrivals[this.#head]!;
  }

  /** The packet that has come out by `now`, or null. */
  shift(now: Nanos): Segment | null {
    if (this.next() > now) return null;
    const seg = this.#segments[this.#head] ?? null;
    this.tag = this.#tags[this.#head]!;
    this.#segments[this.#head] = null;
    this.#head = (this.#head + 1) & (this.#arrivals.length - 1);
    this.#length--;
    if (this.#left > 0) this.#left--;
    return seg;
  }

  /** Packets whose transmission is not over at `now`. A lost one is not among them; it waited in nobody's way for long. */
  #waiting(now: Nanos): number {
    const mask = this.#arrivals.length - 1;
    while (this.#left < this.#length && this.#departures[(this.#head + this.#left) & mask]! <= now) this.#left++;
    return this.#length - this.#left;
  }

  #push(seg: Segment, leaves: Nanos, arrives: Nanos, tag: number): void {
    if (this.#length === this.#arrivals.length) this.#grow();
    const at = (this.#head + this.#length++) & (this.#arrivals.length - 1);
    this.#segments[at] = seg;
    this.#arrivals[at] = arrives;
    this.#departures[at] = leaves;
    this.#tags[at] = tag;
  }

  #grow(): void {
    const old = this.#arrivals.length;
    const segments = new Array<Segment | null>(2 * old).fill(null);
    const arrivals = new Float64Array(2 * old);
    const departures = new Float64Array(2 * old);
    const tags = new Int32Array(2 * old);
    for (let i = 0; i < old; i++) {
      const from = (this.#head + i) & (old - 1);
      segments[i] = this.#segments[from] ?? null;
      arrivals[i] = this.#arrivals[from]!;
      departures[i] = this.#departures[from]!;
      tags[i] = this.#tags[from]!;
    }
    this.#segments = segments;
    this.#arrivals = arrivals;
    this.#departures = departures;
    this.#tags = tags;
    this.#head = 0;
  }
}
