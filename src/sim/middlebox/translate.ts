/**
 * Rewriting the segments of a spliced connection (Linux nf_ct_seqadj, synproxy_tstamp_adjust): the client numbers the
 * server's bytes from the proxy's ISN, the server from its own, and the two clocks of timestamps differ likewise. The
 * client's own numbers and clock are the same on both sides.
 */
import { ACK, copySegment, NO_BYTES, type Segment } from '../../wire/segment.ts';

/** Into `to`: `seg` of the client as the server must see it. `delta` = proxy's ISN - server's ISN; clocks likewise. */
export function clientToServer(seg: Readonly<Segment>, to: Segment, delta: number, clockDelta: number): void {
  copy(seg, to);
  if ((seg.flags & ACK) !== 0) {
    to.ack = (seg.ack - delta) >>> 0;
    if (seg.tsVal >= 0) to.tsEcr = (seg.tsEcr - clockDelta) >>> 0;
  }
  // SACK blocks are ranges of the server's bytes.
  for (let i = 0; i < 2 * seg.sackCount; i++) to.sack[i] = seg.sack[i]! - delta;
}

/** Into `to`: `seg` of the server as the client must see it. */
export function serverToClient(seg: Readonly<Segment>, to: Segment, delta: number, clockDelta: number): void {
  copy(seg, to);
  to.seq = (seg.seq + delta) >>> 0;
  if (seg.tsVal >= 0) to.tsVal = (seg.tsVal + clockDelta) >>> 0;
}

/** Numbers change, so option bytes as received would be wrong; unknown options are lost, as in every such proxy. */
function copy(seg: Readonly<Segment>, to: Segment): void {
  copySegment(seg, to);
  to.rawOpt = NO_BYTES;
  to.rawOptOff = 0;
  to.rawOptLen = -1;
}
