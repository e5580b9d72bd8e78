/** A segment as a recording shows it. */
import type { AddressTable } from '../wire/address.ts';
import type { Segment } from '../wire/segment.ts';
import type { SegmentView } from './recording.ts';

/** `bytes` is the whole packet with the TCP header at `tcpOff`, or nothing. */
export function segmentView(
  seg: Readonly<Segment>,
  addresses: AddressTable,
  bytes: Uint8Array,
  tcpOff: number,
): SegmentView {
  return {
    src: addresses.format(seg.src),
    sport: seg.sport,
    dst: addresses.format(seg.dst),
    dport: seg.dport,
    seq: seg.seq,
    ack: seg.ack,
    flags: seg.flags,
    wnd: seg.wnd,
    len: seg.len,
    mss: seg.mss,
    ws: seg.ws,
    sackPerm: seg.sackPerm,
    tsVal: seg.tsVal,
    tsEcr: seg.tsEcr,
    sack: [...seg.sack.subarray(0, 2 * seg.sackCount)],
    bytes,
    tcpOff,
  };
}
