/**
 * Explicit congestion notification (RFC 3168 §6.1): agreed on by the SYNs, after that routers mark packets instead of
 * dropping them, receivers echo the marks, and senders slow down as for a loss.
 */
import { ACK, CWR, ECE, type Segment, SYN } from '../wire/segment.ts';
import { type Seq, seqDiff, seqLt } from '../wire/seq.ts';
import { quickAckMode } from './ack-policy.ts';
import type { TcpConfig } from './config.ts';
import { endProbe } from './flight.ts';
import { ECN_AGREED, ECN_ECHOED, ECN_MARKED } from './rules.ts';
import type { Tcb } from './tcb.ts';

/** Codepoints of the IP header (§5). */
const NOT_ECT = 0;
export const ECT0 = 2;
export const CE = 3;

/** What a connection that uses ECN remembers. */
export class Ecn {
  /** A mark came and no CWR since: each ACK has ECE. */
  echoes = false;
  /** The next new text has CWR. */
  tells = false;
  /** The peer marks its packets as capable. */
  seen = false;
  /** We slowed down for something sent before this; what echoes come until it is acknowledged are of the same congestion. */
  slowedAt: Seq = 0;
  slowing = false;
}

/** Does a SYN ask for ECN, and do we answer that? One on an ECN-capable packet is broken (Linux tcp_ecn_create_request). */
export function asksForEcn(syn: Readonly<Segment>, config: TcpConfig): boolean {
  return config.ecn !== 'off' && (syn.flags & (ECE | CWR)) === (ECE | CWR) && syn.ecn === NOT_ECT;
}

/** The answer to our SYN has come (§6.1.1): ECE alone agrees, ECE with CWR is a reflection of our flags. */
export function takeEcnAnswer(t: Tcb, synAck: Readonly<Segment>): void {
  if (t.config.ecn !== 'ask' || t.synRetransmitted) return;
  if ((synAck.flags & (SYN | ACK | ECE | CWR)) !== (SYN | ACK | ECE)) return;
  t.ecn = new Ecn();
  if (t.why !== null) t.why.check(ECN_AGREED, true, 0, 0, 0);
}

/** A segment with text came (§6.1.3). */
export function noteMark(t: Tcb, ecn: Ecn, seg: Readonly<Segment>): void {
  if ((seg.flags & CWR) !== 0) {
    ecn.echoes = false;
    // Its window may be down to one segment: it should not wait for the ACK (Linux tcp_ecn_accept_cwr).
    t.ackOwed = 2;
  }
  if (seg.ecn === CE && !ecn.echoes) {
    if (t.why !== null) t.why.act(ECN_MARKED, seg.seq, 0, 0);
    quickAckMode(t);
    ecn.echoes = true;
  }
  if (seg.ecn !== NOT_ECT) ecn.seen = true;
}

/** An ACK with ECE (§6.1.2): half the window, once per window of data, and the peer is told with CWR. */
export function noteEcho(t: Tcb, ecn: Ecn): void {
  if (ecn.slowing && seqLt(t.sndUna, ecn.slowedAt)) return;
  ecn.slowing = t.sndUna !== t.sndNxt && t.loss?.inRecovery !== true;
  if (!ecn.slowing) return;
  const flying = Math.min(seqDiff(t.sndNxt, t.sndUna), t.cwnd);
  t.ssthresh = Math.max(Math.floor(flying / 2), 2 * t.sndMss);
  t.cwnd = Math.min(t.cwnd, t.ssthresh);
  endProbe(t);
  ecn.slowedAt = t.sndNxt;
  ecn.tells = true;
  if (t.why !== null) t.why.act(ECN_ECHOED, t.ssthresh, 0, 0);
}

/** New text is ECN-capable, repeated text is not (§6.1.5), and tells that we slowed down. */
export function markNew(ecn: Ecn, seg: Segment): void {
  seg.ecn = ECT0;
  if (ecn.tells) seg.flags |= CWR;
  ecn.tells = false;
}
