/** A `Tx` for tests that copies whatever is sent into `out`. */
import type { Tx } from '../../src/tcp/types.ts';
import { copySegment, Segment } from '../../src/wire/segment.ts';

export function keepSent(out: Segment[]): Tx {
  return {
    alloc: () => new Segment(),
    send: (seg) => {
      const own = new Segment();
      copySegment(seg, own);
      out.push(own);
    },
  };
}
