/** Text and FIN of a segment that was found good: the seventh and eighth check of RFC 9293 §3.10.7.4. */
import { FIN, PSH, type Segment } from '../wire/segment.ts';
import { type Seq, seqDiff, seqGe, seqGt, seqLt } from '../wire/seq.ts';
import { dataArrived, quickAckMode } from './ack-policy.ts';
import { noteMark } from './ecn.ts';
import { suspectMiddlebox } from './fast-open-client.ts';
import { intakeOf } from './intake.ts';
import { ReceiveBuffer } from './receive-buffer.ts';
import * as rules from './rules.ts';
import { EV_PEER_CLOSED, EV_READABLE, enter, rcvWnd, type Tcb } from './tcb.ts';
import { timeWait } from './time-wait.ts';
import type { Nanos } from './types.ts';

/** Seventh and eighth: text and FIN. `seq` is SEG.SEQ, or behind the SYN where that was trimmed. */
export function processText(t: Tcb, seg: Readonly<Segment>, seq: Seq, now: Nanos): void {
  const { state, why } = t;
  if (seg.len > 0) {
    intakeOf(t).segments++;
    if (t.ecn !== null) noteMark(t, t.ecn, seg);
  }
  if (state !== 'ESTABLISHED' && state !== 'FIN-WAIT-1' && state !== 'FIN-WAIT-2') return;
  // Text for a window that is closed was let in for its ACK only (Linux tcp_data_queue); a bare FIN is taken.
  if (t.config.habits.edgesAcceptable && seg.len > 0 && rcvWnd(t) === 0) {
    t.ackOwed = 2;
    return;
  }
  const skip = Math.max(0, seqDiff(t.rcvNxt, seq));
  const room = seqDiff(t.rcvAdv, seq);
  const end = t.config.habits.edgesAcceptable ? seg.len : Math.min(seg.len, room);
  const whole = end === seg.len;
  if (seg.len > 0 && skip > 0) noteDuplicate(t, seq, seqLt((seq + end) >>> 0, t.rcvNxt) ? (seq + end) >>> 0 : t.rcvNxt);
  if (end > skip) {
    t.receiveBuffer ??= new ReceiveBuffer();
    const at = (seq + skip) >>> 0;
    const hadGap = t.receiveBuffer.hasGap || t.hasFinAhead;
    const advance = t.receiveBuffer.insert(t.rcvNxt, at, seg.payload, seg.payloadOff + skip, end - skip);
    const { againLeft, againRight } = t.receiveBuffer;
    if (skip === 0) noteDuplicate(t, againLeft, againRight);
    t.rcvNxt = (t.rcvNxt + advance) >>> 0;
    if (seqGt(t.rcvNxt, t.rcvAdv)) t.rcvAdv = t.rcvNxt;
    t.unackedBytes += advance;
    if ((seg.flags & PSH) !== 0) intakeOf(t).pushed = true;
    if (advance > 0) {
      dataArrived(t, now, end - skip);
      t.events |= EV_READABLE;
      if (why !== null) why.check(rules.TEXT, true, advance, t.rcvNxt, 0);
      // RFC 5681 §4.2: a segment that fills a gap is acknowledged at once.
      t.ackOwed = hadGap || !whole ? 2 : Math.max(t.ackOwed, 1);
    } else {
      if (why !== null) why.check(rules.TEXT_AHEAD, true, end - skip, t.rcvNxt, 0);
      quickAckMode(t);
      t.ackOwed = 2;
    }
  } else if (seg.len > 0) t.ackOwed = 2; // an old duplicate, or a probe of our closed window
  if ((seg.flags & FIN) !== 0 && whole) {
    t.finAhead = (seq + seg.len) >>> 0;
    t.hasFinAhead = true;
    // Beyond a gap it is acknowledged at once (RFC 5681 §4.2); in order `takeFin` decides.
    if (seqGt(t.finAhead, t.rcvNxt)) t.ackOwed = 2;
  }
  if (!t.hasFinAhead) return;
  if (seqGe(t.rcvNxt, t.finAhead)) takeFin(t, now);
  else suspectMiddlebox(t, now);
}

/** [left, right) came again (RFC 2883 §4). */
export function noteDuplicate(t: Tcb, left: Seq, right: Seq): void {
  if (!t.config.dsack || !t.sackOk || left === right) return;
  quickAckMode(t);
  const intake = intakeOf(t);
  intake.duplicateLeft = left;
  intake.duplicateRight = right;
}

function takeFin(t: Tcb, now: Nanos): void {
  t.hasFinAhead = false;
  // Nothing is reported any more: the peer has said all (Linux tcp_fin, tcp_sack_reset).
  if (t.intake !== null) t.intake.duplicateRight = t.intake.duplicateLeft;
  const closed = rcvWnd(t) === 0;
  t.rcvNxt = (t.rcvNxt + 1) >>> 0;
  if (t.urgent !== null) t.urgent.finTaken = true;
  if (seqGt(t.rcvNxt, t.rcvAdv)) t.rcvAdv = t.rcvNxt;
  // Linux (tcp_fin) gives the application the time of a delayed ACK to close as well, unless it ran out of memory.
  const waits = t.config.quickAcks > 0 && t.state === 'ESTABLISHED' && !closed;
  t.unackedBytes++;
  if (waits && t.intake !== null) t.intake.pingPong = true;
  t.ackOwed = waits ? Math.max(t.ackOwed, 1) : 2;
  t.events |= EV_PEER_CLOSED;
  if (t.why !== null) t.why.check(rules.FIN_TAKEN, true, t.rcvNxt, 0, 0);
  if (t.state === 'ESTABLISHED') enter(t, 'CLOSE-WAIT');
  else if (t.state === 'FIN-WAIT-2') timeWait(t, now);
  else if (t.state === 'FIN-WAIT-1') enter(t, 'CLOSING');
}
