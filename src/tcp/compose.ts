/** Writes the headers of segments: numbers, window, timestamps, SACK blocks. What is sent when: output.ts. */
import { ACK, ECE, MAX_SACK_BLOCKS, type Segment } from '../wire/segment.ts';
import type { Seq } from '../wire/seq.ts';
import { ackSent } from './ack-policy.ts';
import { offerWindow } from './receive-window.ts';
import { type Tcb, tsNow } from './tcb.ts';
import type { Nanos, Tx } from './types.ts';
import { setUrgent } from './urgent.ts';

/** `n` bytes of the send buffer from `offset` on ride on `seg`. */
export function attach(t: Tcb, seg: Segment, offset: number, n: number): void {
  const buffer = t.sendBuffer!;
  seg.payload = buffer.bytes;
  seg.payloadOff = buffer.at(offset);
  seg.len = n;
}

/** A segment of `t` with nothing but addresses, ports, numbers and flags. */
export function base(t: Tcb, tx: Tx, seq: Seq, flags: number): Segment {
  const seg = tx.alloc();
  seg.src = t.local;
  seg.sport = t.localPort;
  seg.dst = t.remote;
  seg.dport = t.remotePort;
  seg.seq = seq;
  seg.flags = flags;
  if ((flags & ACK) !== 0) seg.ack = t.rcvNxt;
  return seg;
}

export function stamp(t: Tcb, now: Nanos, seg: Segment): void {
  seg.tsVal = tsNow(t, now);
  // RFC 7323 §3.2: TSecr is valid only with ACK; otherwise it must be zero.
  seg.tsEcr = (seg.flags & ACK) !== 0 ? t.tsRecent : 0;
}

/** Window, timestamps and SACK blocks of a segment that carries an ACK; whatever was owed is paid with it. */
export function finishHeader(t: Tcb, now: Nanos, seg: Segment): void {
  seg.wnd = offerWindow(t);
  if (t.urgent !== null) setUrgent(t, seg);
  if (t.ecn?.echoes) seg.flags |= ECE;
  if (t.tsOk) stamp(t, now, seg);
  if (t.sackOk) addSack(t, seg);
  acknowledged(t);
}

/** An ACK leaves: none is owed any more. */
export function acknowledged(t: Tcb): void {
  ackSent(t);
  t.ackOwed = 0;
  t.unackedBytes = 0;
  t.delackAt = Infinity;
  t.lastAckSent = t.rcvNxt;
}

/** Blocks of what is held beyond a gap, a duplicate before them (RFC 2018 §4, RFC 2883 §4). */
function addSack(t: Tcb, seg: Segment): void {
  const most = t.tsOk ? MAX_SACK_BLOCKS - 1 : MAX_SACK_BLOCKS;
  const { intake } = t;
  const duplicate = intake !== null && intake.duplicateLeft !== intake.duplicateRight;
  if (t.receiveBuffer?.hasGap === true) {
    seg.sackCount = t.receiveBuffer.sackBlocks(seg.sack, duplicate ? most - 1 : most);
  }
  if (!duplicate) return;
  seg.sack.copyWithin(2, 0, 2 * seg.sackCount);
  seg.sack[0] = intake.duplicateLeft;
  seg.sack[1] = intake.duplicateRight;
  seg.sackCount++;
  intake.duplicateLeft = intake.duplicateRight;
}
