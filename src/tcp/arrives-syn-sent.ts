/** SEGMENT ARRIVES in SYN-SENT (RFC 9293 §3.10.7.3). */
import { ACK, FIN, RST, type Segment, SYN, segLen, URG } from '../wire/segment.ts';
import { seqGt, seqLe } from '../wire/seq.ts';
import { connected } from './ack-policy.ts';
import { takeEcnAnswer } from './ecn.ts';
import { established } from './established.ts';
import { learnFromSynAck } from './fast-open-client.ts';
import { agreeOptions } from './options.ts';
import { output, sendRstFor, sendSyn } from './output.ts';
import {
  OUR_SYN_ACKED,
  RST_FOR_BAD_ACK,
  SIMULTANEOUS,
  SYN_SENT_ACK,
  SYN_SENT_NEITHER,
  SYN_SENT_RST,
  SYN_SENT_RST_BLIND,
  SYN_SENT_SYN,
  SYN_SENT_TSECR,
} from './rules.ts';
import { enter, finish, type Tcb, tsNow } from './tcb.ts';
import { processText } from './text.ts';
import { MS, type Nanos, type Tx } from './types.ts';
import { takeUrgent } from './urgent.ts';

/** Linux TCP_TIMEOUT_MIN, two ticks, at HZ = 250. */
const TWO_TICKS: Nanos = 8 * MS;

export function arrivesInSynSent(t: Tcb, now: Nanos, seg: Readonly<Segment>, tx: Tx): void {
  const { why } = t;
  const acked = (seg.flags & ACK) !== 0;
  if (acked) {
    const ok = seqGt(seg.ack, t.iss) && seqLe(seg.ack, t.sndNxt);
    if (why !== null) why.check(SYN_SENT_ACK, ok, t.iss, seg.ack, t.sndNxt);
    if (!ok) {
      if ((seg.flags & RST) === 0) {
        if (why !== null) why.act(RST_FOR_BAD_ACK, seg.ack, 0, 0);
        sendRstFor(seg, segLen(seg), tx);
      }
      if (t.config.habits.synAgainAfterWrongAck && t.retransmits === 0) t.rtxAt = Math.min(t.rtxAt, now + TWO_TICKS);
      return;
    }
    if (seg.tsEcr > 0 && !echoesOurs(t, seg, now, tx)) return;
  }
  if ((seg.flags & RST) !== 0) {
    if (why !== null) why.check(acked ? SYN_SENT_RST : SYN_SENT_RST_BLIND, acked, 0, 0, 0);
    if (acked) finish(t, 'refused', 'ECONNREFUSED');
    return;
  }
  if ((seg.flags & SYN) === 0) {
    if (why !== null) why.check(SYN_SENT_NEITHER, true, 0, 0, 0);
    return;
  }
  t.irs = seg.seq;
  t.rcvNxt = (seg.seq + 1) >>> 0;
  // What we offered as window in our SYN now has a place in sequence space.
  t.rcvAdv = (t.rcvNxt + t.rcvAdv) >>> 0;
  if (why !== null) why.check(SYN_SENT_SYN, true, t.irs, t.rcvNxt, 0);
  agreeOptions(t, seg, now);
  takeEcnAnswer(t, seg);
  t.sndWnd = seg.wnd;
  t.maxSndWnd = seg.wnd;
  t.sndWl1 = seg.seq;
  t.sndWl2 = acked ? seg.ack : t.iss;

  if (!acked) {
    if (why !== null) why.check(SIMULTANEOUS, true, 0, 0, 0);
    enter(t, 'SYN-RECEIVED');
    t.retransmits = 0;
    t.rtxAt = Infinity;
    sendSyn(t, now, tx, true);
    output(t, now, tx);
    return;
  }
  if (why !== null) why.check(OUR_SYN_ACKED, true, seg.ack, t.iss, 0);
  established(t, now, seg.ack, seg.tsEcr);
  const request = t.fastOpenRequest;
  if (request !== null) learnFromSynAck(t, request, seg, seg.ack, now);
  t.ackOwed = 2;
  connected(t, now);
  if ((seg.flags & URG) !== 0) takeUrgent(t, seg);
  // With Fast Open Linux keeps it, too (tcp_rcv_fastopen_synack).
  const keeps = request !== null || !t.config.habits.synAckTextDropped;
  if (keeps && (seg.len > 0 || (seg.flags & FIN) !== 0)) processText(t, seg, t.rcvNxt, now);
  output(t, now, tx);
}

/** A TSecr that we never sent belongs to another connection, however well its ACK fits. False: it was answered by RST. */
function echoesOurs(t: Tcb, seg: Readonly<Segment>, now: Nanos, tx: Tx): boolean {
  if (!t.config.timestamps) return true;
  const clock = tsNow(t, now);
  const ok = (seg.tsEcr - t.tsRecent) >>> 0 <= (clock - t.tsRecent) >>> 0;
  if (t.why !== null) t.why.check(SYN_SENT_TSECR, ok, t.tsRecent, seg.tsEcr, clock);
  if (ok || (seg.flags & RST) !== 0) return ok;
  if (t.why !== null) t.why.act(RST_FOR_BAD_ACK, seg.ack, 0, 0);
  sendRstFor(seg, segLen(seg), tx);
  return false;
}
