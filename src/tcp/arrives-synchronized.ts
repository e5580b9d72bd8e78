/** SEGMENT ARRIVES in SYN-RECEIVED (after an active OPEN) and every synchronized state (RFC 9293 §3.10.7.4). */
import { ACK, ECE, FIN, RST, type Segment, SYN, segLen, URG } from '../wire/segment.ts';
import { type Seq, seqDiff, seqGe, seqGt, seqIn, seqLe, seqLt } from '../wire/seq.ts';
import { limited } from './answer-limit.ts';
import { onDuplicateAck, onNewAck, takeSack } from './congestion.ts';
import { noteEcho } from './ecn.ts';
import { established } from './established.ts';
import { arrivesAtChild, confirmChild } from './fast-open-child.ts';
import { suspectMiddlebox } from './fast-open-client.ts';
import { repeatAll, settleLoss } from './loss.ts';
import { output, sendAck, sendRstFor } from './output.ts';
import * as rules from './rules.ts';
import { BUSY } from './send-limits.ts';
import { lookForRoom } from './send-room.ts';
import { probeAnswered, scheduleProbe } from './tail-loss-probe.ts';
import { EV_WRITABLE, enter, finish, rcvWnd, sampleEcho, type Tcb } from './tcb.ts';
import { noteDuplicate, processText } from './text.ts';
import { limitFinWait2, restartTimeWait, timeWait } from './time-wait.ts';
import { MS, type Nanos, SEC, type TcpState, type Tx } from './types.ts';
import { takeUrgent } from './urgent.ts';

/** RFC 7323 §5.5: after 24 days of silence TS.Recent is too old to compare with. */
const PAWS_IDLE: Nanos = 24 * 24 * 3600 * SEC;

export function arrivesSynchronized(t: Tcb, now: Nanos, seg: Readonly<Segment>, tx: Tx): void {
  const { why } = t;
  const { flags } = seg;
  const len = segLen(seg);
  let seq = seg.seq;
  const pending = t.pendingOpen;
  if (pending !== null && !arrivesAtChild(t, pending, now, seg, tx)) return;

  // Figure 7 line 6: the SYN/ACK that answers ours begins below RCV.NXT. "Trimming off any portions that lie outside
  // the window (including SYN)" leaves its ACK, which is what completes a simultaneous open.
  const crossing =
    t.state === 'SYN-RECEIVED' &&
    pending === null &&
    (flags & (SYN | ACK | RST)) === (SYN | ACK) &&
    seg.seq === t.irs &&
    seqGt(seg.ack, t.iss) &&
    seqLe(seg.ack, t.sndNxt);
  if (crossing) {
    if (why !== null) why.check(rules.SIMULTANEOUS_SYNACK, true, seg.seq, 0, 0);
    seq = t.rcvNxt;
    t.ackOwed = 2;
    noteDuplicate(t, t.irs, t.rcvNxt);
  } else {
    if (!timestampsFit(t, seg, now, tx)) return;
    const ok = acceptable(t, seq, len, flags);
    if (why !== null) why.check(rules.SEQ_ACCEPTABLE, ok, t.rcvNxt, seq, t.rcvAdv);
    if (!ok) {
      if ((flags & RST) !== 0) {
        const atFin = t.config.habits.resetAtFin && finTaken(t) && seq === (t.rcvNxt - 1) >>> 0;
        if (atFin) return resetDone(t);
        if (why !== null) why.check(rules.RST_OUTSIDE, true, 0, 0, 0);
        return;
      }
      if ((flags & SYN) !== 0) return challenge(t, rules.CHALLENGE_SYN, now, tx);
      if (seqLe((seq + len) >>> 0, t.rcvNxt)) onOldText(t, seg, (seq + len) >>> 0, now);
      if (why !== null) why.act(rules.DUP_ACKED, t.rcvNxt, 0, 0);
      if (seg.len > 0 && seqLt(seq, t.rcvNxt)) {
        const right = (seq + seg.len) >>> 0;
        noteDuplicate(t, seq, seqLt(right, t.rcvNxt) ? right : t.rcvNxt);
      }
      if (rcvWnd(t) === 0) takeFromRefused(t, seg, seq, now, tx);
      if ((t.state as TcpState) === 'CLOSED') return;
      // Two ends that each find the other's bare ACK unacceptable would answer for ever (Linux tcp_oow_rate_limited).
      t.ackOwed = len > 0 || !limited(t, now) ? 2 : t.ackOwed;
      output(t, now, tx);
      return;
    }
    if ((flags & RST) !== 0) return reset(t, seg, now, tx);
    if ((flags & SYN) !== 0) return challenge(t, rules.CHALLENGE_SYN, now, tx);
  }
  if ((flags & ACK) === 0) {
    if (why !== null) why.check(rules.NO_ACK, true, 0, 0, 0);
    return;
  }
  // Before anything is learned from the segment: a blind one must not move TS.Recent (RFC 5961 §5.2, Linux tcp_ack).
  if (t.state !== 'SYN-RECEIVED' && !ackInRange(t, seg, len, now, tx)) return;
  if (t.tsOk && seg.tsVal >= 0 && seqLe(seq, t.lastAckSent) && fresh(t, seg.tsVal, now)) {
    t.tsRecent = seg.tsVal;
    t.tsRecentAt = now;
  }
  heard(t, now);
  if (pending !== null) {
    if (!confirmChild(t, pending, now, seg, tx)) return;
    // The ACK of the SYN/ACK alone is no duplicate of anything.
    if (seg.ack !== t.sndUna || seg.sackCount > 0) takeAck(t, seg, now, tx);
  } else if (t.state === 'SYN-RECEIVED') {
    const ok = seqLt(t.sndUna, seg.ack) && seqLe(seg.ack, t.sndNxt);
    if (why !== null) why.check(rules.ACK_SYN_RECEIVED, ok, t.sndUna, seg.ack, t.sndNxt);
    if (!ok) {
      if (why !== null) why.act(rules.RST_FOR_BAD_ACK, seg.ack, 0, 0);
      sendRstFor(seg, len, tx);
      return;
    }
    established(t, now, seg.ack, seg.tsEcr);
    t.sndWnd = crossing ? seg.wnd : seg.wnd << t.sndScale;
    t.maxSndWnd = Math.max(t.maxSndWnd, t.sndWnd);
    t.sndWl1 = seq;
    t.sndWl2 = seg.ack;
  } else takeAck(t, seg, now, tx);
  // TypeScript narrowed the state before the calls that may have ended the connection.
  if ((t.state as TcpState) === 'CLOSED') return;
  if ((flags & URG) !== 0) takeUrgent(t, seg);
  if (t.reader !== 'application' && unwanted(t, seg, seq)) {
    sendRstFor(seg, len, tx);
    return finish(t, 'aborted', 'ECONNRESET');
  }
  const end = (seq + len) >>> 0;
  if (len > 0 && seqLe(end, t.rcvNxt)) onOldText(t, seg, end, now);
  if (seg.len > 0 || (flags & FIN) !== 0) processText(t, seg, seq, now);
  output(t, now, tx);
  if (t.sendQueue?.lacksRoom) lookForRoom(t, t.sendQueue, now);
}

/** All of the segment was had before: the peer has not heard our ACK. */
function onOldText(t: Tcb, seg: Readonly<Segment>, end: Seq, now: Nanos): void {
  t.ackOwed = 2;
  // Only "a retransmission of the remote FIN" starts 2 MSL over: any other would let a stranger hold the port.
  if (t.state === 'TIME-WAIT' && (seg.flags & FIN) !== 0 && end === t.rcvNxt) restartTimeWait(t, now);
}

/**
 * The window is closed, so that nothing is acceptable: "special allowance should be made to accept valid ACKs, URGs"
 * (RFC 9293 §3.10.7.4, MUST-66), also when the text is a duplicate. URG counts where the segment reaches RCV.NXT, as a
 * probe does. The ACK that completes a handshake goes the ordinary way.
 */
function takeFromRefused(t: Tcb, seg: Readonly<Segment>, seq: Seq, now: Nanos, tx: Tx): void {
  const opening = t.state === 'SYN-RECEIVED' || t.pendingOpen !== null;
  if (opening || (seg.flags & ACK) === 0 || !seqLe(seg.ack, t.sndNxt) || !seqGe(seg.ack, t.sndUna)) return;
  takeAck(t, seg, now, tx);
  const reaches = seqLe(seq, t.rcvNxt) && seqGe((seq + segLen(seg)) >>> 0, t.rcvNxt);
  if ((seg.flags & URG) !== 0 && reaches) takeUrgent(t, seg);
}

/** New text for an application that has closed both directions: it can only be lost, and the peer should know (SHLD-3). */
function unwanted(t: Tcb, seg: Readonly<Segment>, seq: Seq): boolean {
  if (t.state !== 'FIN-WAIT-1' && t.state !== 'FIN-WAIT-2') return false;
  const news = seg.len > 0 ? seqDiff((seq + seg.len) >>> 0, t.rcvNxt) : 0;
  if (news <= 0) return false;
  if (t.why !== null) t.why.act(rules.TEXT_UNWANTED, news, 0, 0);
  return true;
}

/** Table 6 of RFC 9293, with the allowance for a closed window: at RCV.NXT its ACK and RST still count. */
function acceptable(t: Tcb, seq: Seq, len: number, flags: number): boolean {
  if (t.config.habits.edgesAcceptable) return acceptableToLinux(t, seq, (seq + len) >>> 0, flags);
  const wnd = rcvWnd(t);
  if (wnd === 0) return seq === t.rcvNxt;
  if (seqIn(seq, t.rcvNxt, wnd)) return true;
  // An ACK right at the edge of a window that was just filled is no old duplicate; Linux (tcp_sequence) accepts it too.
  if (len === 0) return seq === t.rcvAdv && (flags & RST) === 0;
  return seqIn((seq + len - 1) >>> 0, t.rcvNxt, wnd);
}

/**
 * tcp_sequence: what ends beyond the window is taken whole while nothing waits to be read, else not at all. A FIN needs no
 * room: some send one into a closed window, and would go on for ever.
 */
function acceptableToLinux(t: Tcb, seq: Seq, end: Seq, flags: number): boolean {
  if (seqLt(end, t.lastAckSent) || seqGt(seq, t.rcvAdv)) return false;
  if ((flags & FIN) !== 0 && !seqGt((end - 1) >>> 0, t.rcvAdv)) return true;
  return !seqGt(end, t.rcvAdv) || t.receiveBuffer === null || t.receiveBuffer.readable === 0;
}

/** PAWS (RFC 7323 §5.3). False: the segment is dropped. */
function timestampsFit(t: Tcb, seg: Readonly<Segment>, now: Nanos, tx: Tx): boolean {
  if (!t.tsOk || (seg.flags & RST) !== 0) return true;
  if (seg.tsVal < 0) {
    // A SYN is challenged whatever its options: the peer may have restarted (RFC 9293 figure 9: half-open discovery).
    if ((seg.flags & SYN) !== 0) return true;
    const { untimedAccepted } = t.config.habits;
    if (t.why !== null) t.why.check(rules.TS_MISSING, !untimedAccepted, 0, 0, 0);
    return untimedAccepted;
  }
  if (fresh(t, seg.tsVal, now) || (seg.flags & SYN) !== 0) return true;
  if (t.why !== null) t.why.check(rules.PAWS, false, seg.tsVal, t.tsRecent, 0);
  if (t.config.habits.disorderedAckIgnored && overtaken(t, seg)) return false;
  // Two ends that each find the other's bare ACK too old would answer for ever (Linux tcp_oow_rate_limited).
  if (segLen(seg) > 0 || !limited(t, now)) sendAck(t, now, tx);
  return false;
}

/** A bare ACK without news that left not long before what we last heard (Linux tcp_disordered_ack). */
function overtaken(t: Tcb, seg: Readonly<Segment>): boolean {
  if ((seg.flags & ACK) === 0 || segLen(seg) > 0 || seg.seq !== t.rcvNxt || seg.ack !== t.sndUna) return false;
  // tcp_tsval_replay: 1.2 RTO in ticks of the peer's clock, taken for milliseconds.
  return ((t.tsRecent - seg.tsVal) | 0) * MS <= Math.floor((t.rtt.rto * 6) / 5);
}

/** Not older than TS.Recent, or TS.Recent itself is too old to say: then the first segment replaces it (RFC 7323 §5.5). */
function fresh(t: Tcb, tsVal: number, now: Nanos): boolean {
  return ((tsVal - t.tsRecent) | 0) >= 0 || now - t.tsRecentAt > PAWS_IDLE;
}

function reset(t: Tcb, seg: Readonly<Segment>, now: Nanos, tx: Tx): void {
  const exact = seg.seq === t.rcvNxt;
  if (t.why !== null) t.why.check(rules.RST_EXACT, exact, seg.seq, t.rcvNxt, 0);
  const { habits, timeWaitIgnoresReset } = t.config;
  if (t.state === 'TIME-WAIT' && timeWaitIgnoresReset) return;
  const orphan = habits.orphanObeysReset && t.state === 'FIN-WAIT-2' && t.reader === 'gone';
  if (!exact && !orphan) {
    if (t.state === 'TIME-WAIT' && habits.timeWaitUnchallenged) return;
    suspectMiddlebox(t, now);
    return challenge(t, rules.CHALLENGE_RST, now, tx);
  }
  const pending = t.pendingOpen;
  if (pending !== null) {
    pending.reset(now, t.why);
    return finish(t, 'reset', 'ECONNRESET'); // came from LISTEN (MUST-11), but an application may already hold it
  }
  if (t.state === 'TIME-WAIT' || orphan) finish(t, 'closed');
  else if (t.state === 'SYN-RECEIVED') finish(t, 'refused', habits.crossingIsReset ? 'ECONNRESET' : 'ECONNREFUSED');
  else resetDone(t);
}

function resetDone(t: Tcb): void {
  // Linux tcp_reset: who has seen the FIN can only be writing.
  finish(t, 'reset', t.state === 'CLOSE-WAIT' ? 'EPIPE' : 'ECONNRESET');
}

/** Has the peer's FIN been taken while our side is not yet closed? */
function finTaken(t: Tcb): boolean {
  return t.state === 'CLOSE-WAIT' || t.state === 'LAST-ACK' || t.state === 'CLOSING';
}

/** Challenge ACK, rate limited. */
function challenge(t: Tcb, rule: typeof rules.CHALLENGE_SYN, now: Nanos, tx: Tx): void {
  if (t.why !== null) t.why.check(rule, true, 0, 0, 0);
  if (!limited(t, now)) sendAck(t, now, tx);
}

/** RFC 5961 §5.2. False: the segment is dropped, and answered by an ACK, which §7 limits where no text asks for it. */
function ackInRange(t: Tcb, seg: Readonly<Segment>, len: number, now: Nanos, tx: Tx): boolean {
  const low = (t.sndUna - t.maxSndWnd) >>> 0;
  const ok = seqGe(seg.ack, low) && seqLe(seg.ack, t.sndNxt);
  if (t.why !== null) t.why.check(rules.ACK_RANGE, ok, low, seg.ack, t.sndNxt);
  if (!ok && (len > 0 || !limited(t, now))) sendAck(t, now, tx);
  return ok;
}

/** The fifth check of RFC 9293 §3.10.7.4 for an acknowledgment in range. */
function takeAck(t: Tcb, seg: Readonly<Segment>, now: Nanos, tx: Tx): void {
  const { why } = t;
  const sackNews = takeSack(t, seg);
  const acked = seqDiff(seg.ack, t.sndUna);
  const wnd = seg.wnd << t.sndScale;
  const windowWas = t.sndWnd;
  const wl1 = seqDiff(seg.seq, t.sndWl1);
  const news = wl1 > 0 || acked > 0 || wnd > t.sndWnd || wnd === 0 || !t.config.habits.staleWindowIgnored;
  if (acked >= 0 && news && (wl1 > 0 || (wl1 === 0 && seqGe(seg.ack, t.sndWl2)))) {
    if (why !== null && wnd !== t.sndWnd) why.act(rules.WINDOW_UPDATE, wnd, 0, 0);
    // A window that opens is worth another look at once: the backoff was for the closed one.
    if (t.sndWnd === 0 && wnd > 0) t.persistAt = Infinity;
    t.sndWnd = wnd;
    if (wnd > t.maxSndWnd) t.maxSndWnd = wnd;
    t.sndWl1 = seg.seq;
    t.sndWl2 = seg.ack;
  }
  if (t.ecn !== null && acked >= 0 && (seg.flags & ECE) !== 0) noteEcho(t, t.ecn);
  if (acked > 0) {
    if (why !== null) why.check(rules.ACK_NEW, true, t.sndUna, seg.ack, t.sndNxt);
    takeNewAck(t, seg, acked, now, tx);
    // RFC 6675 §2: an ACK that reports new text beyond a hole is a duplicate one, whether it moves forward or not.
    if (sackNews && t.loss?.inRecovery !== true) onDuplicateAck(t, now, tx);
  } else if (acked === 0) {
    probeAnswered(t, seg, !sackNews && wl1 <= 0 && wnd === windowWas && segLen(seg) === 0);
    if (t.sndUna === t.sndNxt) return;
    t.persistBackoff = t.sndWnd === 0 ? t.persistBackoff : 0;
    if (windowWas === 0 && t.sndWnd > 0) {
      // The probe byte may have been refused by the closed window: send it again with the rest.
      t.persistAt = Infinity;
      t.rtxAt = Infinity;
      t.retransmits = 0;
      repeatAll(t);
    } else if (sackNews || (!t.sackOk && seg.len === 0 && (seg.flags & FIN) === 0 && wnd === windowWas && wnd > 0)) {
      onDuplicateAck(t, now, tx);
    }
  }
}

function takeNewAck(t: Tcb, seg: Readonly<Segment>, acked: number, now: Nanos, tx: Tx): void {
  const finAcked = t.finSent && seg.ack === t.sndNxt;
  measure(t, seg, now);
  t.sndUna = seg.ack;
  const bytes = finAcked ? acked - 1 : acked;
  if (bytes > 0 && t.sendBuffer !== null) {
    const wasFull = t.sendQueue === null && t.sendBuffer.length >= t.config.sndBuf;
    t.sendBuffer.drop(bytes);
    if (wasFull) t.events |= EV_WRITABLE;
    if (t.sendQueue !== null) {
      t.sendQueue.acknowledge(t.sndUna);
      if (t.sndUna === t.sndNxt) t.sendQueue.limits.stop(BUSY, t.sendBuffer.length === 0, now);
    }
  }
  t.retransmits = 0;
  t.persistBackoff = 0;
  // RFC 6298 §5.3: new data acknowledged restarts the timer.
  t.rtxAt = Infinity;
  t.persistAt = Infinity;
  t.userTimeoutAt = Infinity;
  probeAnswered(t, seg, false);
  onNewAck(t, acked, now, tx);
  settleLoss(t);
  if (t.sndUna !== t.sndNxt) scheduleProbe(t, now);
  if (!finAcked) return;
  if (t.why !== null) t.why.check(rules.FIN_ACKED, true, 0, 0, 0);
  if (t.state === 'FIN-WAIT-1') {
    enter(t, 'FIN-WAIT-2');
    limitFinWait2(t, now);
  } else if (t.state === 'CLOSING') timeWait(t, now);
  else if (t.state === 'LAST-ACK') finish(t, 'closed');
}

function measure(t: Tcb, seg: Readonly<Segment>, now: Nanos): void {
  if (t.timedAt >= 0 && seqGe(seg.ack, t.timedSeq)) {
    t.rtt.sample(now - t.timedAt, t.config);
    t.timedAt = -1;
  } else if (t.tsOk && seg.tsEcr > 0 && t.rtt.backoff > 0) {
    // RFC 7323 §4: timestamps tell which transmission was acknowledged, so even retransmissions can be measured.
    sampleEcho(t, seg.tsEcr, now);
  }
}

/** Any segment of the peer proves it alive: keep-alive starts over. */
function heard(t: Tcb, now: Nanos): void {
  t.probesUnanswered = 0;
  if (t.keepAliveAt !== Infinity) {
    t.keepAliveAt = now + t.config.keepAliveIdle;
  }
}
