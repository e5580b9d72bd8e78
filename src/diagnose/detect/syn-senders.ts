/** Who sent SYNs to a target, and what these looked like. */
import type { Segment } from '../../wire/segment.ts';
import { SynShape } from './syn-shape.ts';
import { TallySketch } from './tally-sketch.ts';

export class SynSenders {
  readonly sources: TallySketch = new TallySketch();
  readonly shape: SynShape = new SynShape();

  /** A SYN, with the hash of its source; the others as for `SynShape`. Returns how many new sources that makes. Hot. */
  add(seg: Readonly<Segment>, sourceHash: number, ttl: number, print: number, unlikely: number): number {
    this.shape.add(seg, ttl, print, unlikely);
    this.sources.key[0] = seg.src;
    return this.sources.addKey(sourceHash);
  }

  copy(): SynSenders {
    const copy = new SynSenders();
    copy.sources.set(this.sources);
    copy.shape.set(this.shape);
    return copy;
  }
}
