/**
 * A connection that a SYN with a Fast Open cookie made (RFC 7413 §4.2.2): the application has it, data and all, while
 * the SYN/ACK is still unacknowledged. It is in SYN-RECEIVED, or in FIN-WAIT-1 once the application has closed it.
 *
 * As in Linux the SYN/ACK is kept apart from what is sent behind it: SND.UNA stands behind our SYN from the start, data
 * may be sent up to the window of the client's SYN, and the retransmission timer is the SYN/ACK's alone until an ACK
 * arrives ("don't retransmit anything else", tcp_retransmit_timer).
 */
import { ACK, RST, type Segment, SYN, segLen } from '../wire/segment.ts';
import { seqGt, seqLe } from '../wire/seq.ts';
import { limited } from './answer-limit.ts';
import { handshakeDone } from './established.ts';
import type { FastOpenChild } from './fast-open-server.ts';
import { sendRstFor, sendSyn } from './output.ts';
import * as rules from './rules.ts';
import { FO_COMPLETE, FO_SYN_REFUSED } from './rules-fast-open.ts';
import { SYN_AGAIN, SYNACK_AGAIN } from './rules-listen.ts';
import type { Tcb } from './tcb.ts';
import type { Nanos, Tx } from './types.ts';

/**
 * What only a child that is not confirmed meets: the same SYN again, or another one. False: the segment is dealt with.
 * A SYN/ACK and a SYN outside the window go the way of all unacceptable segments.
 */
export function arrivesAtChild(t: Tcb, pending: FastOpenChild, now: Nanos, seg: Readonly<Segment>, tx: Tx): boolean {
  if ((seg.flags & (SYN | ACK | RST)) !== SYN) return true;
  const { why } = t;
  const again = seg.seq === t.irs;
  if (why !== null) why.check(SYN_AGAIN, again, seg.seq, t.irs, 0);
  if (again) {
    // Its data is not looked at again (Linux tcp_check_req), and the timer runs on (measured).
    if (limited(t, now)) return false;
    if (t.tsOk && ((seg.tsVal - t.tsRecent) | 0) > 0) t.tsRecent = seg.tsVal;
    repeatSynAck(t, now, tx);
    return false;
  }
  const inWindow = (seg.seq - t.rcvNxt) >>> 0 < (t.rcvAdv - t.rcvNxt) >>> 0;
  if (!pending.refusesSyn || !inWindow) return true;
  if (why !== null) why.act(FO_SYN_REFUSED, 0, 0, 0);
  sendRstFor(seg, segLen(seg), tx);
  return false;
}

/** Karn: from now on nobody can tell which SYN/ACK an ACK answers. */
function repeatSynAck(t: Tcb, now: Nanos, tx: Tx): void {
  if (t.why !== null) t.why.act(SYNACK_AGAIN, t.iss, 0, 0);
  t.timedAt = -1;
  sendSyn(t, now, tx, true);
}

/**
 * The fifth check of SYN-RECEIVED. True: the handshake is complete, and the ACK counts for data as well. False: it
 * acknowledges nothing of ours and was answered by RST.
 */
export function confirmChild(t: Tcb, pending: FastOpenChild, now: Nanos, seg: Readonly<Segment>, tx: Tx): boolean {
  const { why } = t;
  const ok = seqGt(seg.ack, t.iss) && seqLe(seg.ack, t.sndNxt);
  if (why !== null) why.check(rules.ACK_SYN_RECEIVED, ok, t.iss, seg.ack, t.sndNxt);
  if (!ok) {
    if (why !== null) why.act(rules.RST_FOR_BAD_ACK, seg.ack, 0, 0);
    sendRstFor(seg, segLen(seg), tx);
    return false;
  }
  if (why !== null) why.act(FO_COMPLETE, 0, 0, 0);
  pending.done();
  handshakeDone(t, now, seg.tsEcr);
  t.sndWnd = seg.wnd << t.sndScale;
  t.maxSndWnd = Math.max(t.maxSndWnd, t.sndWnd);
  t.sndWl1 = seg.seq;
  t.sndWl2 = seg.ack;
  return true;
}
