/** Entering ESTABLISHED: our SYN is acknowledged (RFC 9293 §3.10.7.3 fourth, §3.10.7.4 fifth). */
import { type Seq, seqDiff } from '../wire/seq.ts';
import { repeatAll } from './loss.ts';
import { RTO_AFTER_SYN } from './rules.ts';
import { EV_ESTABLISHED, enter, type Tcb } from './tcb.ts';
import { type Nanos, SEC } from './types.ts';

/** RFC 6298 §5.7: data starts with this RTO when the SYN's timer had expired and the first RTO was shorter. */
const RTO_AFTER_LOST_SYN: Nanos = 3 * SEC;

export function established(t: Tcb, now: Nanos, ack: Seq): void {
  const dataAcked = seqDiff(ack, t.iss) - 1;
  if (dataAcked > 0) t.sendBuffer!.drop(dataAcked);
  t.sndUna = ack;
  t.synAcked = true;
  // Data that rode on the SYN and was not acknowledged was not kept (RFC 9293 §3.10.7.3): it goes again at once.
  if (t.sndNxt !== t.sndUna) repeatAll(t);
  handshakeDone(t, now);
}

/** What is the same however the SYN came to be acknowledged: timers, the first RTT, the state, and who is told. */
export function handshakeDone(t: Tcb, now: Nanos): void {
  t.rtxAt = Infinity;
  t.userTimeoutAt = Infinity;
  if (t.timedAt >= 0) {
    if (!t.synRetransmitted) t.rtt.sample(now - t.timedAt, t.config);
    t.timedAt = -1;
  }
  if (t.synRetransmitted) afterLostSyn(t, t.retransmits);
  t.retransmits = 0;
  if (t.state !== 'FIN-WAIT-1') enter(t, 'ESTABLISHED');
  t.events |= EV_ESTABLISHED;
  if (t.config.keepAliveIdle > 0) {
    t.keepAliveAt = now + t.config.keepAliveIdle;
  }
  if (t.closing && t.state === 'ESTABLISHED') enter(t, 'FIN-WAIT-1');
}

/** Our SYN or SYN/ACK was sent `times` times more than once. */
export function afterLostSyn(t: Tcb, times: number): void {
  // RFC 5681 §3.1: a lost SYN also means an initial window of one segment.
  if (times > (t.config.habits.firstSynLossForgiven ? 1 : 0)) t.cwnd = t.sndMss;
  t.rtt.backoff = 0;
  if (t.rtt.srtt >= 0 || t.config.initialRto >= RTO_AFTER_LOST_SYN) return;
  t.rtt.rto = RTO_AFTER_LOST_SYN;
  if (t.why !== null) t.why.act(RTO_AFTER_SYN, t.rtt.rto, 0, 0);
}
