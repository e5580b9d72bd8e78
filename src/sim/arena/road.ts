/**
 * The road between the Internet and the server, both ways: boxes of the provider, the access link, boxes of the site. A
 * segment belongs to the road from the call that brings it until one of the ends takes it.
 */
import type { Nanos } from '../../tcp/types.ts';
import type { Segment } from '../../wire/segment.ts';
import type { BoxPort, Middlebox } from '../middlebox/types.ts';
import type { Pipe } from './pipe.ts';
import type { SegmentPool } from './segment-pool.ts';
import type { Passage } from './types.ts';

/** Where the road leads. `tag` says whose segment it is: an emitter's index, or -1. */
export interface RoadEnds {
  toServer(seg: Segment, tag: number): void;
  toNet(seg: Segment): void;
  /** It ended here; the road gives the segment back to the pool afterwards. */
  died(seg: Readonly<Segment>, tag: number, why: Passage): void;
  /** A box or a direction of the link wants to be called at `at`. */
  armBox(box: number, at: Nanos): void;
  armLink(direction: 'in' | 'out', at: Nanos): void;
}

export class Road {
  readonly boxes: readonly Middlebox[];
  /** Most entries that each box has had. */
  readonly peaks: Float64Array;
  readonly inbound: Pipe;
  readonly outbound: Pipe;
  now: Nanos = 0;

  /** The first so many boxes stand on the provider's side of the link. */
  readonly #upstream: number;
  readonly #ends: RoadEnds;
  readonly #pool: SegmentPool;
  readonly #ports: readonly BoxPort[];

  constructor(
    boxes: readonly Middlebox[],
    upstream: number,
    inbound: Pipe,
    outbound: Pipe,
    pool: SegmentPool,
    ends: RoadEnds,
  ) {
    this.boxes = boxes;
    this.peaks = Float64Array.from(boxes, ({ entries }) => entries);
    this.#upstream = upstream;
    this.inbound = inbound;
    this.outbound = outbound;
    this.#pool = pool;
    this.#ends = ends;
    this.#ports = boxes.map((_, i) => ({
      alloc: () => pool.take(),
      toServer: (seg) => (i < upstream ? this.#inProvider(seg, -1, i + 1) : this.#inSite(seg, -1, i + 1)),
      toNet: (seg) => (i < upstream ? this.#outProvider(seg, i - 1) : this.#outSite(seg, i - 1)),
    }));
  }

  /** A segment from the Internet. */
  enter(now: Nanos, seg: Segment, tag: number): void {
    this.now = now;
    this.#inProvider(seg, tag, 0);
  }

  /** A segment of the server. */
  leave(now: Nanos, seg: Segment): void {
    this.now = now;
    this.#outSite(seg, this.boxes.length - 1);
  }

  /** What has come through the link by `now`. */
  linkTimer(now: Nanos, direction: 'in' | 'out'): void {
    this.now = now;
    const pipe = direction === 'in' ? this.inbound : this.outbound;
    for (let seg = pipe.shift(now); seg !== null; seg = pipe.shift(now)) {
      if (direction === 'in') this.#inSite(seg, pipe.tag, this.#upstream);
      else this.#outProvider(seg, this.#upstream - 1);
    }
    if (pipe.next() < Infinity) this.#ends.armLink(direction, pipe.next());
  }

  boxTimer(now: Nanos, i: number): void {
    this.now = now;
    const box = this.boxes[i]!;
    if (box.nextTimer() <= now) box.onTimer(now, this.#ports[i]!);
    this.#arm(i, box);
  }

  #inProvider(seg: Segment, tag: number, from: number): void {
    for (let i = from; i < this.#upstream; i++) if (!this.#passesIn(seg, tag, i)) return;
    this.#enterLink('in', this.inbound, seg, tag);
  }

  #inSite(seg: Segment, tag: number, from: number): void {
    for (let i = from; i < this.boxes.length; i++) if (!this.#passesIn(seg, tag, i)) return;
    this.#ends.toServer(seg, tag);
  }

  #outSite(seg: Segment, from: number): void {
    for (let i = from; i >= this.#upstream; i--) if (!this.#passesOut(seg, i)) return;
    this.#enterLink('out', this.outbound, seg, -1);
  }

  #outProvider(seg: Segment, from: number): void {
    for (let i = from; i >= 0; i--) if (!this.#passesOut(seg, i)) return;
    this.#ends.toNet(seg);
  }

  #enterLink(direction: 'in' | 'out', pipe: Pipe, seg: Segment, tag: number): void {
    if (pipe.immediate) {
      pipe.count(seg);
      if (direction === 'in') this.#inSite(seg, tag, this.#upstream);
      else this.#outProvider(seg, this.#upstream - 1);
      return;
    }
    const idle = pipe.next() === Infinity;
    const fate = pipe.offer(this.now, seg, tag);
    if (fate === 'sent') {
      if (idle) this.#ends.armLink(direction, pipe.next());
    } else this.#die(seg, tag, fate);
  }

  #passesIn(seg: Segment, tag: number, i: number): boolean {
    const box = this.boxes[i]!;
    const passes = box.fromNet(this.now, seg, this.#ports[i]!);
    this.#arm(i, box);
    if (!passes) this.#die(seg, tag, 'box');
    return passes;
  }

  #passesOut(seg: Segment, i: number): boolean {
    const box = this.boxes[i]!;
    const passes = box.fromServer(this.now, seg, this.#ports[i]!);
    this.#arm(i, box);
    // Swallowed on its way out is no loss of the Internet's: boxes rewrite what they pass on.
    if (!passes) this.#pool.give(seg);
    return passes;
  }

  /** After every call of a box. */
  #arm(i: number, box: Middlebox): void {
    const { entries } = box;
    if (entries > this.peaks[i]!) this.peaks[i] = entries;
    const at = box.nextTimer();
    if (at < Infinity) this.#ends.armBox(i, at);
  }

  #die(seg: Segment, tag: number, why: Passage): void {
    this.#ends.died(seg, tag, why);
    this.#pool.give(seg);
  }
}
