/** Entering ESTABLISHED: our SYN is acknowledged (RFC 9293 §3.10.7.3 fourth, §3.10.7.4 fifth). */
import { type Seq, seqDiff } from '../wire/seq.ts';
import { repeatAll } from './loss.ts';
import { RTO_AFTER_SYN } from './rules.ts';
import { EV_ESTABLISHED, enter, sampleEcho, type Tcb } from './tcb.ts';
import { type Nanos, SEC } from './types.ts';

/** RFC 6298 §5.7: data starts with this RTO when the SYN's timer had expired and the first RTO was shorter. */
const RTO_AFTER_LOST_SYN: Nanos = 3 * SEC;

/** `tsEcr`: what the peer's SYN or ACK echoes, -1 without timestamps. */
export function established(t: Tcb, now: Nanos, ack: Seq, tsEcr: number): void {
  const dataAcked = seqDiff(ack, t.iss) - 1;
  if (dataAcked > 0) {
    t.sendBuffer!.drop(dataAcked);
    t.sendQueue?.acknowledge(ack);
  }
  t.sndUna = ack;
  t.synAcked = true;
  // Data that rode on the SYN and was not acknowledged was not kept (RFC 9293 §3.10.7.3): it goes again at once.
  if (t.sndNxt !== t.sndUna) repeatAll(t);
  handshakeDone(t, now, tsEcr);
}

/** What is the same however the SYN came to be acknowledged: timers, the first RTT, the state, and who is told. */
export function handshakeDone(t: Tcb, now: Nanos, tsEcr: number): void {
  t.metAt = now;
  t.rtxAt = Infinity;
  t.userTimeoutAt = Infinity;
  if (t.timedAt >= 0) {
    if (!t.synRetransmitted) t.rtt.sample(now - t.timedAt, t.config);
    t.timedAt = -1;
  }
  // RFC 7323 §4: the echo tells which of our SYNs was answered, so even a repeated one can be measured.
  if (t.synRetransmitted && t.tsOk && tsEcr > 0) sampleEcho(t, tsEcr, now);
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

/** SYN-RECEIVED, closed: what follows our SYN is repeated until acknowledged, and that acknowledges the SYN as well. */
export function takeSynForAcked(t: Tcb): void {
  t.sndUna = (t.iss + 1) >>> 0;
  t.synAcked = true;
  t.rtxAt = Infinity;
  t.retransmits = 0;
  t.timedAt = -1;
  enter(t, 'FIN-WAIT-1');
}
