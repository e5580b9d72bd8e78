/** Segments for reuse. A segment given away is given back when its journey ends, so a run allocates as many as fly at once. */
import { NO_BYTES, resetSegment, Segment } from '../../wire/segment.ts';

export class SegmentPool {
  readonly #spare: Segment[] = [];

  /** A segment as new. */
  take(): Segment {
    return this.#spare.pop() ?? new Segment();
  }

  give(seg: Segment): void {
    resetSegment(seg);
    this.#spare.push(seg);
  }
}

/** The bytes belong to the sender's buffer, which moves on while the segment flies: it takes its own along. */
export function keepPayload(seg: Segment): void {
  if (seg.len === 0) return;
  seg.payload = seg.payload.slice(seg.payloadOff, seg.payloadOff + seg.len);
  seg.payloadOff = 0;
  if (seg.rawOptLen < 0) seg.rawOpt = NO_BYTES;
}
