/**
 * The door for network defences (RFC 4987 §3.1, §3.8): a box on the road between the Internet and the server sees every
 * segment in both directions and lets it pass, swallows it, or speaks itself. It is sans-IO like the engine: the arena
 * brings time and carries what it sends.
 */
import type { Nanos } from '../../tcp/types.ts';
import type { Segment } from '../../wire/segment.ts';

/**
 * The two sides of a box. `alloc` lends a pooled, reset Segment; the other two give it away. The next box on that side may
 * see it, and even answer, before the call returns: a box has its books in order before it speaks.
 */
export interface BoxPort {
  alloc(): Segment;
  toServer(seg: Segment): void;
  toNet(seg: Segment): void;
}

export interface Middlebox {
  readonly name: string;
  /** Connections, sources or addresses it remembers now: what the defence costs in memory. */
  readonly entries: number;
  /**
   * What it did so far, by cause; `seen` counts every segment. Each segment for which a direction answers false is in
   * exactly one counter whose name ends in `Dropped` (refused), `Absorbed` (meant for the box, or taken by it) or
   * `Translated` (goes on, changed).
   */
  readonly counters: Readonly<Record<string, number>>;
  /**
   * A segment on its way to the server. True: it goes on unchanged. False: it does not; whatever shall happen instead has
   * been sent through `out`. The segment is only lent.
   */
  fromNet(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean;
  /** A segment of the server on its way out; as `fromNet`. */
  fromServer(now: Nanos, seg: Readonly<Segment>, out: BoxPort): boolean;
  /** Something may be due. A spurious call does nothing. */
  onTimer(now: Nanos, out: BoxPort): void;
  /** When `onTimer` wants to be called next, or `Infinity`. Any other call may change the answer. */
  nextTimer(): Nanos;
}
