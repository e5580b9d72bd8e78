/** Everything a connection sends: SYNs, data, acknowledgments, FIN, probes and resets (RFC 9293 §3.8). */
import { ACK, CWR, ECE, FIN, PSH, RST, type Segment, SYN } from '../wire/segment.ts';
import { type Seq, seqDiff, seqGe, seqGt, seqLt, seqMax } from '../wire/seq.ts';
import { ackDelay, ackIsDue, dataSent } from './ack-policy.ts';
import { acknowledged, attach, base, finishHeader, stamp } from './compose.ts';
import { markNew } from './ecn.ts';
import { endedSyn, plainSyn } from './fast-open-client.ts';
import { type Flight, flightOf, stopProbing } from './flight.ts';
import { type Loss, repeating } from './loss.ts';
import { worthSending } from './nagle.ts';
import { initialWindow, ownMss } from './options.ts';
import { firstWindow, windowUnit } from './receive-window.ts';
import { backedOff } from './rto.ts';
import { BUFFER_LIMITED, WINDOW_LIMITED } from './send-limits.ts';
import type { SendQueue } from './send-queue.ts';
import { scheduleProbe } from './tail-loss-probe.ts';
import { firstHeld, rcvWnd, sendEnd, type Tcb, unsentBytes } from './tcb.ts';
import { type Nanos, SEC, type Tx } from './types.ts';

/** Longest that a segment waits for a window worth filling: RFC 9293 §3.8.6.2.1 says 0.1 to 1 s. */
const OVERRIDE_TIMEOUT: Nanos = 1 * SEC;

/** Sends the SYN, or the SYN/ACK of a simultaneous open. `again` = retransmission, which is never timed (Karn). */
export function sendSyn(t: Tcb, now: Nanos, tx: Tx, again: boolean): void {
  const { config } = t;
  const withAck = t.state === 'SYN-RECEIVED' || t.pendingOpen !== null;
  const seg = base(t, tx, t.iss, withAck ? SYN | ACK : SYN);
  // RFC 7323 §2.2: the window of a SYN is never scaled.
  if (!withAck) t.windowUnit = windowUnit(config, t.local, false);
  const wnd = withAck ? Math.min(65535, rcvWnd(t)) : firstWindow(config, t.windowUnit);
  seg.wnd = wnd;
  if (!withAck) t.rcvAdv = wnd;
  // A SYN that is not answered may have been lost for the sake of these (§6.1.1.1; Linux tcp_ecn_fallback).
  if (withAck ? t.ecn !== null : config.ecn === 'ask' && !again) seg.flags |= withAck ? ECE : ECE | CWR;
  seg.mss = ownMss(config, t.remote);
  if (t.path !== null) seg.mss = Math.min(seg.mss, t.path.mss);
  // An answering SYN/ACK offers only what the peer's SYN offered (RFC 7323 §2.2 and §3.2, RFC 2018 §2).
  const answers = withAck && (t.pendingOpen !== null || !config.habits.synAckRepeatsOffer);
  if (answers ? t.scaleOk : config.windowScale >= 0) seg.ws = config.windowScale;
  seg.sackPerm = answers ? t.sackOk : config.sack;
  if (answers ? t.tsOk : config.timestamps) {
    stamp(t, now, seg);
    if (!again && !withAck) t.tsRecent = seg.tsVal;
  }
  const { fastOpen } = t;
  if (fastOpen !== null) {
    // Neither option nor data are repeated (RFC 7413 §4.1.3.1; Linux tcp_send_syn_data, tcp_rtx_synack).
    if (!again) fastOpen.writeOption(seg);
    else if (fastOpen.side === 'client') plainSyn(t, fastOpen);
  }
  let end = (t.iss + 1) >>> 0;
  if (t.dataOnSyn && t.sendBuffer !== null && !withAck) {
    const n = Math.min(t.sendBuffer.length, t.sndMss);
    attach(t, seg, 0, n);
    end = (end + n) >>> 0;
    if (fastOpen?.side === 'client') fastOpen.sent = n;
  }
  if (!again && fastOpen?.side === 'client' && t.why !== null) fastOpen.explain(t.why);
  if (seqGt(end, t.sndNxt)) t.sndNxt = end;
  if (!again) t.lastSentAt = now;
  if (!again && t.timedAt < 0) {
    t.timedAt = now;
    t.timedSeq = (t.iss + 1) >>> 0;
  }
  if (withAck) acknowledged(t);
  tx.send(seg);
}

/** An ACK with no data: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>. */
export function sendAck(t: Tcb, now: Nanos, tx: Tx): void {
  const seg = base(t, tx, t.sndNxt, ACK);
  finishHeader(t, now, seg);
  tx.send(seg);
}

/** RST of an abort: <SEQ=SND.NXT><CTL=RST> (RFC 9293 §3.10.5), or with all that an ACK carries, as Linux. */
export function sendRst(t: Tcb, now: Nanos, tx: Tx): void {
  const withAck = t.config.habits.resetAcknowledges && t.state !== 'SYN-SENT';
  const seg = base(t, tx, t.sndNxt, withAck ? RST | ACK : RST);
  if (withAck) finishHeader(t, now, seg);
  tx.send(seg);
}

/** Answers `got` with a reset that its sender will find acceptable (RFC 9293 §3.5.2 group 1 and 2). */
export function sendRstFor(got: Readonly<Segment>, len: number, tx: Tx): void {
  const seg = tx.alloc();
  seg.src = got.dst;
  seg.sport = got.dport;
  seg.dst = got.src;
  seg.dport = got.sport;
  if ((got.flags & ACK) !== 0) {
    seg.seq = got.ack;
    seg.flags = RST;
  } else {
    seg.ack = (got.seq + len) >>> 0;
    seg.flags = RST | ACK;
  }
  tx.send(seg);
}

/** Keep-alive probe: an old sequence number forces an ACK (RFC 9293 §3.8.4, SEG.SEQ = SND.NXT - 1). */
export function sendKeepAlive(t: Tcb, now: Nanos, tx: Tx): void {
  sendOld(t, (t.sndNxt - 1) >>> 0, now, tx);
}

function sendOld(t: Tcb, seq: Seq, now: Nanos, tx: Tx): void {
  const seg = base(t, tx, seq, ACK);
  finishHeader(t, now, seg);
  tx.send(seg);
}

/** Zero-window probe: one byte at SND.UNA, new or again (RFC 9293 MUST-35). */
export function sendProbe(t: Tcb, now: Nanos, tx: Tx): void {
  if (t.config.habits.emptyProbes) return sendOld(t, (t.sndUna - 1) >>> 0, now, tx);
  const end = sendEnd(t);
  const n = seqLt(t.sndUna, end) ? 1 : 0;
  const fin = n === 0 && t.closing;
  const seg = base(t, tx, t.sndUna, fin ? ACK | FIN : ACK);
  if (n === 1) attach(t, seg, 0, 1);
  const right = (t.sndUna + (n === 1 || fin ? 1 : 0)) >>> 0;
  if (seqGt(right, t.sndNxt)) t.sndNxt = right;
  if (fin) t.finSent = true;
  finishHeader(t, now, seg);
  tx.send(seg);
}

/** The override timeout of the sender's silly window avoidance: what fits goes, small as it is (RFC 9293 §3.8.6.2.1). */
export function sendWhatFits(t: Tcb, now: Nanos, tx: Tx): void {
  const from = t.sndNxt;
  const n = Math.min(seqDiff(sendEnd(t), from), seqDiff((t.sndUna + t.sndWnd) >>> 0, from), t.sndMss);
  if (n <= 0) return;
  t.sndNxt = (from + n) >>> 0;
  emit(t, from, n, false, now, tx, true, PSH);
  armTimers(t, now);
}

/** Repeats the first unacknowledged segment at SND.UNA (or at `from`). */
export function retransmitAt(t: Tcb, from: Seq, now: Nanos, tx: Tx): number {
  const end = sendEnd(t);
  const held = t.scoreboard;
  let n = Math.min(t.sndMss, Math.max(0, seqDiff(end, from)), Math.max(0, seqDiff(t.sndNxt, from)));
  // SHLD-16: what lies within a window that has shrunk; the rest waits for it to grow.
  const room = seqDiff((t.sndUna + t.sndWnd) >>> 0, from);
  if (n > room && room > 0) n = room;
  if (held !== null) n = held.holeLength(from, n);
  if (t.sendQueue !== null && n > 0) n = t.sendQueue.repeatable(from, n, t.sndNxt);
  const fin = t.finSent && (from + n) >>> 0 === end;
  if (n === 0 && !fin) return 0;
  // A timed segment that is sent again can no longer be timed: its ACK would be ambiguous (Karn, RFC 6298 §3).
  if (t.timedAt >= 0 && seqLt(from, t.timedSeq)) t.timedAt = -1;
  t.totalRetransmits++;
  emit(t, from, n, fin, now, tx, false, endedSyn(t, (from + n) >>> 0) ? PSH : 0);
  return n + (fin ? 1 : 0);
}

/** Sends what the windows and `nagle` allow, then any acknowledgment still owed. The one way out for data. */
export function output(t: Tcb, now: Nanos, tx: Tx, nagle: number = t.nagle): void {
  if (repeating(t)) repeatLost(t, t.loss!, now, tx);
  if (t.sendBuffer !== null || t.closing) sendNew(t, now, tx, nagle);
  if (t.ackOwed !== 0) {
    if (ackIsDue(t)) sendAck(t, now, tx);
    else if (t.delackAt === Infinity) t.delackAt = now + ackDelay(t);
  }
  armTimers(t, now);
}

/** Bytes in flight by the sender's best knowledge ("pipe", RFC 6675 §4). */
export function inFlight(t: Tcb): number {
  const board = t.scoreboard;
  const { loss } = t;
  if (loss !== null && loss.next !== loss.end) return seqDiff(loss.next, t.sndUna);
  if (board === null || board.empty) return seqDiff(t.sndNxt, t.sndUna);
  if (!loss?.inRecovery) return board.missing(t.sndUna, t.sndNxt);
  // Holes not yet repeated are taken for lost: only what was repeated and what lies above the highest SACK still flies.
  const highest = board.highest(t.sndUna);
  return board.missing(t.sndUna, loss.highRxt) + Math.max(0, seqDiff(t.sndNxt, seqMax(highest, loss.highRxt)));
}

/** Arms the retransmission timer, or the persist timer while the peer's window is closed (RFC 6298 §5.1, RFC 9293 §3.8.6.1). */
function armTimers(t: Tcb, now: Nanos): void {
  if (t.state === 'CLOSED' || t.state === 'TIME-WAIT') return;
  if (t.pendingOpen !== null) return; // the SYN/ACK's timer runs, and no other
  const outstanding = t.sndUna !== t.sndNxt;
  const waiting = !outstanding && synchronized(t) && ((t.closing && !t.finSent) || seqLt(t.sndNxt, sendEnd(t)));
  const persist = synchronized(t) && t.sndWnd === 0 ? outstanding || waiting : waiting;
  if (persist) {
    t.rtxAt = Infinity;
    stopProbing(t);
    if (t.persistAt === Infinity) {
      t.persistAt = now + persistTime(t);
    }
  } else {
    t.persistAt = Infinity;
    if (!outstanding) {
      t.rtxAt = Infinity;
      stopProbing(t);
    } else if (t.rtxAt === Infinity) {
      t.rtxAt = now + t.rtt.timeout(t.config);
    }
  }
  if (!outstanding && !waiting) t.userTimeoutAt = Infinity;
  else if (t.userTimeoutAt === Infinity && !(persist && t.config.habits.userTimeoutFromProbe)) startUserTimeout(t, now);
}

/** USER TIMEOUT (RFC 9293 §3.8.3): so long may text wait for its acknowledgment. */
export function startUserTimeout(t: Tcb, now: Nanos): void {
  if (t.config.userTimeout > 0) t.userTimeoutAt = now + t.config.userTimeout;
}

/** How long the persist timer runs: with backoff while the window is closed, else the override timeout. */
export function persistTime(t: Tcb): Nanos {
  if (t.sndWnd > 0) return Math.min(t.rtt.rto, OVERRIDE_TIMEOUT);
  return backedOff(t.rtt.rto, t.persistBackoff, t.config.maxRto);
}

function synchronized(t: Tcb): boolean {
  return t.state !== 'SYN-SENT' && t.state !== 'SYN-RECEIVED';
}

/** After a timeout or in recovery: go over what is lost again, skipping what the peer holds. */
function repeatLost(t: Tcb, loss: Loss, now: Nanos, tx: Tx): void {
  if (seqLt(loss.next, t.sndUna)) loss.next = t.sndUna;
  while (seqLt(loss.next, loss.end)) {
    if (t.scoreboard !== null) {
      const hole = t.scoreboard.nextHole(loss.next);
      if (!seqLt(hole, loss.end)) break;
      loss.next = hole;
    }
    const flying = inFlight(t);
    const usable = Math.min(t.cwnd, Math.max(t.sndWnd, 1)) - flying;
    // At least the first segment goes: cwnd is one segment after a timeout (RFC 5681 §3.1).
    if (usable <= 0 && flying > 0) return;
    const n = retransmitAt(t, loss.next, now, tx);
    if (n === 0) break;
    loss.next = (loss.next + n) >>> 0;
  }
  if (!seqLt(loss.next, loss.end) || seqGe(t.scoreboard?.nextHole(loss.next) ?? loss.next, loss.end))
    loss.next = loss.end;
}

/** The last segment sent, whole, again. */
export function repeatLast(t: Tcb, flight: Flight, now: Nanos, tx: Tx): void {
  const from = seqMax(flight.lastSegment, t.sndUna);
  const n = Math.max(0, Math.min(seqDiff(sendEnd(t), from), seqDiff(t.sndNxt, from), t.sndMss));
  const fin = t.finSent && (from + n) >>> 0 === sendEnd(t);
  t.timedAt = -1;
  t.totalRetransmits++;
  emit(t, from, n, fin, now, tx, false);
}

/** One new full-sized or last segment beyond cwnd but within the window, for a probe. False: there is none. */
export function sendNewSegment(t: Tcb, now: Nanos, tx: Tx): boolean {
  const from = t.sndNxt;
  const left = seqDiff(sendEnd(t), from);
  const n = Math.min(left, t.sndMss, piece(t, left));
  if (n <= 0 || n > seqDiff((t.sndUna + t.sndWnd) >>> 0, from)) return false;
  t.sndNxt = (from + n) >>> 0;
  flightOf(t).lastSegment = from;
  emit(t, from, n, false, now, tx, true);
  return true;
}

function sendNew(t: Tcb, now: Nanos, tx: Tx, nagle: number): void {
  if ((!synchronized(t) && t.pendingOpen === null) || repeating(t) || tx.full === true) return;
  if (t.config.restartAfterIdle) restartIfIdle(t, now);
  const before = t.sndNxt;
  const cwndLimited = sendWhatMay(t, now, tx, nagle);
  if (t.sndNxt !== before || cwndLimited) noteFlight(t, cwndLimited);
  if (t.sendQueue !== null) noteLimits(t, t.sendQueue, t.sndNxt !== before, cwndLimited, now);
}

/** Sends new segments while the windows allow. Returns whether cwnd was what stopped it. */
function sendWhatMay(t: Tcb, now: Nanos, tx: Tx, nagle: number): boolean {
  const end = sendEnd(t);
  for (;;) {
    const left = seqDiff(end, t.sndNxt);
    const finDue = t.closing && !t.finSent && t.state !== 'SYN-RECEIVED';
    if (left <= 0 && !finDue) return false;
    const windowLeft = seqDiff((t.sndUna + t.sndWnd) >>> 0, t.sndNxt);
    // Limited transmit (RFC 3042): the first two duplicate ACKs each allow one more segment. With SACK what they report
    // has left the pipe already (RFC 6675 §5 step 3).
    const extra = !t.sackOk && !t.loss?.inRecovery && t.dupAcks > 0 && t.dupAcks < 3 ? t.dupAcks * t.sndMss : 0;
    const quota = t.cwnd + extra - inFlight(t);
    const usable = Math.min(windowLeft, quota);
    const together = piece(t, left);
    const n = Math.max(0, Math.min(together, usable, t.sndMss));
    // Where both stop it, it was cwnd (tcp_write_xmit asks that first).
    if (left > 0 && n === 0) return quota <= 0;
    if (left > 0 && n < t.sndMss && !worthSending(t, n, together, together === left, nagle)) {
      return usable < windowLeft && n < together;
    }
    // FIN needs room in the window like a byte; alone it may go into a closed one, where it serves as the first probe.
    const fin = finDue && n === left && (n < windowLeft || (windowLeft === 0 && t.sndUna === t.sndNxt));
    if (n === 0 && !fin) return false;
    if (t.timedAt < 0) {
      t.timedAt = now;
      t.timedSeq = (t.sndNxt + n + (fin ? 1 : 0)) >>> 0;
    }
    const from = t.sndNxt;
    t.sndNxt = (from + n + (fin ? 1 : 0)) >>> 0;
    const flight = flightOf(t);
    flight.lastSegment = from;
    if (n < t.sndMss) flight.smallEnd = t.sndNxt;
    scheduleProbe(t, now);
    if (fin) t.finSent = true;
    emit(t, from, n, fin, now, tx, true);
  }
}

/** How many of the `left` unsent bytes belong together. */
function piece(t: Tcb, left: number): number {
  const next = t.sendQueue === null ? undefined : t.sendQueue.at(t.sndNxt);
  return next === undefined ? left : seqDiff(next.end, t.sndNxt);
}

/** What stopped sending, and what was sent of a piece is a piece (Linux tcp_write_xmit, tcp_cwnd_validate). */
function noteLimits(t: Tcb, queue: SendQueue, sent: boolean, cwndLimited: boolean, now: Nanos): void {
  queue.cut(t.sndNxt);
  const left = unsentBytes(t);
  const windowLeft = seqDiff((t.sndUna + t.sndWnd) >>> 0, t.sndNxt);
  if (!cwndLimited && windowLeft < Math.min(piece(t, left), t.sndMss)) queue.limits.start(WINDOW_LIMITED, now);
  else queue.limits.stop(WINDOW_LIMITED, left === 0 && t.sndUna === t.sndNxt, now);
  if (sent && !cwndLimited && left === 0 && queue.lacksRoom) queue.limits.start(BUFFER_LIMITED, now);
}

/** Remembers how far cwnd was used, for its growth (Linux tcp_cwnd_validate). */
function noteFlight(t: Tcb, cwndLimited: boolean): void {
  const flight = flightOf(t);
  const flying = inFlight(t);
  const known = seqLt(t.sndUna, flight.end);
  if (known && !cwndLimited && (flight.cwndLimited || flying <= flight.most)) return;
  flight.cwndLimited = cwndLimited;
  flight.most = flying;
  flight.end = t.sndNxt;
}

/** RFC 5681 §4.1: after an RTO without sending, what is known of the path is old. */
function restartIfIdle(t: Tcb, now: Nanos): void {
  if (t.sndUna !== t.sndNxt || t.lastSentAt < 0 || now - t.lastSentAt <= t.rtt.rto) return;
  t.cwnd = Math.min(t.cwnd, initialWindow(t.sndMss, t.config.initialWindow));
}

function emit(t: Tcb, seq: Seq, n: number, fin: boolean, now: Nanos, tx: Tx, isNew: boolean, flags = 0): void {
  const seg = base(t, tx, seq, ACK | flags);
  if (n > 0) {
    dataSent(t, now);
    const flight = flightOf(t);
    flight.segments++;
    flight.bytes += n;
    t.lastSentAt = now;
    attach(t, seg, seqDiff(seq, firstHeld(t)), n);
    const end = (seq + n) >>> 0;
    if (t.sendQueue === null ? end === sendEnd(t) : t.sendQueue.pushes(end)) seg.flags |= PSH;
    if (t.ecn !== null && isNew) markNew(t.ecn, seg);
  }
  if (fin) seg.flags |= FIN;
  finishHeader(t, now, seg);
  tx.send(seg);
}
