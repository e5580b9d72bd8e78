/**
 * When an acknowledgment goes: at once, or with the delayed-ACK timer (RFC 9293 §3.8.6.3, RFC 5681 §4.2). The RFCs delay
 * unless two segments wait. Linux also sends the first ones at once (quick ACKs), until the application answers data
 * with data (ping-pong mode), and measures how long it may wait (tcp_event_data_recv).
 */
import type { Tcb } from './tcb.ts';
import { MS, type Nanos } from './types.ts';

/** Linux TCP_ATO_MIN. */
const ATO_MIN: Nanos = 40 * MS;
/** Linux TCP_MSS_DEFAULT: what the peer's segments are taken to hold before one was seen. */
export const FIRST_RCV_MSS = 536;

/** In-order data of `len` bytes was taken (Linux tcp_event_data_recv). */
export function dataArrived(t: Tcb, now: Nanos, len: number): void {
  const { config } = t;
  if (config.quickAcks === 0) return;
  if (len > t.rcvMss) t.rcvMss = Math.min(len, config.mss);
  if (t.ato === 0) {
    grantQuickAcks(t);
    t.ato = ATO_MIN;
  } else {
    const since = now - t.lastDataAt;
    if (since <= ATO_MIN / 2) t.ato = t.ato / 2 + ATO_MIN / 2;
    else if (since < t.ato) t.ato = Math.min(t.ato / 2 + since, t.rtt.rto);
    else if (since > t.rtt.rto) grantQuickAcks(t);
  }
  t.lastDataAt = now;
}

/** Something out of order asks for ACKs without delay (Linux tcp_enter_quickack_mode). */
export function quickAckMode(t: Tcb): void {
  if (t.config.quickAcks === 0) return;
  grantQuickAcks(t);
  t.pingPong = false;
  t.ato = ATO_MIN;
}

/** We sent data: soon after data came, that is an answer, and the next answer may carry the ACK (tcp_event_data_sent). */
export function dataSent(t: Tcb, now: Nanos): void {
  if (t.config.quickAcks > 0 && t.lastDataAt >= 0 && now - t.lastDataAt < t.ato) t.pingPong = true;
}

/** A segment with ACK left. */
export function ackSent(t: Tcb): void {
  if (t.quickAcksLeft === 0) return;
  if (--t.quickAcksLeft === 0) t.ato = ATO_MIN;
}

/** After the application emptied the buffer (Linux tcp_cleanup_rbuf): an ACK for pushed data waits no longer. */
export function ackAfterRead(t: Tcb): boolean {
  if (t.config.quickAcks === 0 || t.ackOwed !== 1) return false;
  return t.unackedBytes > t.rcvMss || (t.pushed && !t.pingPong && t.receiveBuffer?.readable === 0);
}

/** Must the ACK that is owed go now? Otherwise the timer is armed. */
export function ackIsDue(t: Tcb): boolean {
  if (t.ackOwed === 2) return true;
  if (t.config.quickAcks === 0) return t.unackedBytes >= 2 * t.sndMss || t.config.delayedAck === 0;
  const quick = t.quickAcksLeft > 0 && !t.pingPong;
  return quick || t.unackedBytes > Math.max(t.rcvMss, 1);
}

/** How long the ACK may wait. */
export function ackDelay(t: Tcb): Nanos {
  return t.config.quickAcks === 0 ? t.config.delayedAck : Math.min(t.ato, t.config.delayedAck);
}

function grantQuickAcks(t: Tcb): void {
  const window = Math.max(2, Math.floor(t.config.rcvBuf / (2 * t.rcvMss)));
  t.quickAcksLeft = Math.max(t.quickAcksLeft, Math.min(window, t.config.quickAcks));
}
