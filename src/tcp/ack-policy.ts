/**
 * When an acknowledgment goes: at once, or with the delayed-ACK timer (RFC 9293 §3.8.6.3, RFC 5681 §4.2). The RFCs delay
 * unless two segments wait. Linux also sends the first ones at once (quick ACKs), until the application answers data
 * with data (ping-pong mode), and measures how long it may wait (tcp_event_data_recv).
 */
import { seqLt } from '../wire/seq.ts';
import { type Intake, intakeOf, receivedMss } from './intake.ts';
import { sendEnd, type Tcb } from './tcb.ts';
import { MS, type Nanos } from './types.ts';

/** Linux TCP_ATO_MIN. */
const ATO_MIN: Nanos = 40 * MS;

/** In-order data of `len` bytes was taken (Linux tcp_event_data_recv). */
export function dataArrived(t: Tcb, now: Nanos, len: number): void {
  const { config } = t;
  if (config.quickAcks === 0) return;
  const intake = intakeOf(t);
  if (len > intake.mss) intake.mss = Math.min(len, config.mss);
  const { ato } = intake;
  if (ato === 0) {
    grantQuickAcks(t, intake);
    intake.ato = ATO_MIN;
  } else {
    const since = now - intake.lastAt;
    if (since <= ATO_MIN / 2) intake.ato = ato / 2 + ATO_MIN / 2;
    else if (since < ato) intake.ato = Math.min(ato / 2 + since, t.rtt.rto);
    else if (since > t.rtt.rto) grantQuickAcks(t, intake);
  }
  intake.lastAt = now;
}

/** The SYN/ACK has come. What waits to be sent is taken for an answer to it: no quick ACKs then (Linux tcp_finish_connect). */
export function connected(t: Tcb, now: Nanos): void {
  if (t.config.quickAcks === 0 || !seqLt(t.sndNxt, sendEnd(t))) return;
  quickAckMode(t);
  intakeOf(t).lastAt = now;
}

/** Something out of order asks for ACKs without delay (Linux tcp_enter_quickack_mode). */
export function quickAckMode(t: Tcb): void {
  if (t.config.quickAcks === 0) return;
  const intake = intakeOf(t);
  grantQuickAcks(t, intake);
  intake.pingPong = false;
  intake.ato = ATO_MIN;
}

/** We sent data: soon after data came, that is an answer, and the next answer may carry the ACK (tcp_event_data_sent). */
export function dataSent(t: Tcb, now: Nanos): void {
  const { intake } = t;
  if (intake !== null && intake.lastAt >= 0 && now - intake.lastAt < intake.ato) intake.pingPong = true;
}

/** A segment with ACK left. */
export function ackSent(t: Tcb): void {
  const { intake } = t;
  if (intake === null) return;
  intake.pushed = false;
  if (intake.quickAcksLeft > 0 && --intake.quickAcksLeft === 0) intake.ato = ATO_MIN;
}

/** After the application emptied the buffer (Linux tcp_cleanup_rbuf): an ACK for pushed data waits no longer. */
export function ackAfterRead(t: Tcb): boolean {
  const { intake } = t;
  if (t.config.quickAcks === 0 || t.ackOwed !== 1 || intake === null) return false;
  return t.unackedBytes > intake.mss || (intake.pushed && !intake.pingPong && t.receiveBuffer?.readable === 0);
}

/** Must the ACK that is owed go now? Otherwise the timer is armed. */
export function ackIsDue(t: Tcb): boolean {
  if (t.ackOwed === 2) return true;
  if (t.config.quickAcks === 0) return t.unackedBytes >= 2 * t.sndMss || t.config.delayedAck === 0;
  const { intake } = t;
  if (intake !== null && intake.quickAcksLeft > 0 && !intake.pingPong) return true;
  return t.unackedBytes > receivedMss(t);
}

/** How long the ACK may wait. Before any text (a bare FIN) Linux waits for the next tick only. */
export function ackDelay(t: Tcb): Nanos {
  return t.config.quickAcks === 0 ? t.config.delayedAck : Math.min(t.intake?.ato ?? 0, t.config.delayedAck);
}

function grantQuickAcks(t: Tcb, intake: Intake): void {
  const window = Math.max(2, Math.floor(t.config.rcvBuf / (2 * intake.mss)));
  intake.quickAcksLeft = Math.max(intake.quickAcksLeft, Math.min(window, t.config.quickAcks));
}
