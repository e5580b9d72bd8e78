/** Slow start, congestion avoidance, fast retransmit and recovery (RFC 5681, RFC 6582 NewReno, RFC 6675 with SACK). */
import type { Segment } from '../wire/segment.ts';
import { type Seq, seqDiff, seqGe, seqGt, seqLt, seqMax } from '../wire/seq.ts';
import { endProbe, type Flight, stopProbing } from './flight.ts';
import { Loss, repeatAll, repeating } from './loss.ts';
import { inFlight, retransmitAt } from './output.ts';
import { FAST_RETRANSMIT, PARTIAL_ACK, REORDERING_OVER } from './rules.ts';
import { DUP_THRESH, Scoreboard } from './scoreboard.ts';
import type { Tcb } from './tcb.ts';
import type { Nanos, Tx } from './types.ts';

/** Takes SACK blocks into the scoreboard. Returns true when they report something new (RFC 6675 §2, a duplicate ACK). */
export function takeSack(t: Tcb, seg: Readonly<Segment>): boolean {
  if (!t.sackOk || seg.sackCount === 0) return false;
  const { flight } = t;
  let news = false;
  for (let i = 0; i < seg.sackCount; i++) {
    const left = seg.sack[2 * i]!;
    const right = seg.sack[2 * i + 1]!;
    // A block that begins inside the last segment does not tell that the segment arrived.
    if (flight !== null && seqGt(left, flight.lastSegment) && seqGe(flight.lastSegment, t.sndUna)) continue;
    // Blocks below SND.UNA are D-SACKs (RFC 2883); blocks beyond SND.NXT are lies.
    if (!seqLt(left, right) || seqLt(left, t.sndUna) || seqGt(right, t.sndNxt)) continue;
    t.scoreboard ??= new Scoreboard();
    if (t.scoreboard.add(left, right)) news = true;
  }
  return news;
}

/** `acked` new bytes were acknowledged; `t.sndUna` is already the new one. */
export function onNewAck(t: Tcb, acked: number, now: Nanos, tx: Tx): void {
  // What duplicate ACKs or SACKs reported before is no news now.
  const known = t.scoreboard === null ? t.dupAcks * t.sndMss : t.scoreboard.bytesBelow(t.sndUna);
  t.dupAcks = 0;
  if (t.flight !== null) t.flight.reorderAt = Infinity;
  t.scoreboard?.prune(t.sndUna);
  const { loss } = t;
  if (loss?.inRecovery) {
    if (seqGe(t.sndUna, loss.recover)) {
      // RFC 6582 §3.2 step 3 (1): deflate, but leave room for one segment so that no burst follows. With SACK nothing
      // was inflated: cwnd stays (RFC 6675 §5).
      if (t.config.habits.recoveryEndsAtThreshold) t.cwnd = t.ssthresh;
      else if (!t.sackOk) t.cwnd = Math.min(t.ssthresh, Math.max(seqDiff(t.sndNxt, t.sndUna), t.sndMss) + t.sndMss);
      loss.inRecovery = false;
      return;
    }
    if (t.why !== null) t.why.check(PARTIAL_ACK, true, t.sndUna, loss.recover, 0);
    loss.highRxt = seqMax(loss.highRxt, t.sndUna);
    if (t.scoreboard === null || t.scoreboard.empty) {
      const n = retransmitAt(t, t.sndUna, now, tx);
      loss.highRxt = (t.sndUna + n) >>> 0;
      if (!t.sackOk) t.cwnd = Math.max(t.sndMss, t.cwnd - acked + t.sndMss);
    } else repeatHoles(t, loss, now, tx);
    return;
  }
  const { slowStartLimit } = t.config;
  if (slowStartLimit === 1) grow(t, acked, t.sndMss);
  else if (windowWasUsed(t)) grow(t, Math.max(0, acked - known), slowStartLimit * t.sndMss);
}

function grow(t: Tcb, acked: number, most: number): void {
  if (t.cwnd < t.ssthresh) t.cwnd += Math.min(acked, most);
  else avoidCongestion(t, acked);
}

/** Was cwnd put to use (RFC 7661; Linux tcp_is_cwnd_limited)? In slow start half of it counts as used. */
function windowWasUsed(t: Tcb): boolean {
  const { flight } = t;
  return flight !== null && (flight.cwndLimited || (t.cwnd < t.ssthresh && t.cwnd < 2 * flight.most));
}

/**
 * One segment more for each cwnd of bytes acknowledged: what RFC 5681 §3.1 recommends, since growth by ACKs would be half
 * of that with a peer that delays them. Linux (tcp_cong_avoid_ai) counts the same in segments.
 */
function avoidCongestion(t: Tcb, acked: number): void {
  t.ackedSinceGrowth += acked;
  if (t.ackedSinceGrowth < t.cwnd) return;
  t.ackedSinceGrowth -= t.cwnd;
  t.cwnd += t.sndMss;
}

/** A duplicate ACK arrived (RFC 5681 §2), or one that reports new SACKed data. */
export function onDuplicateAck(t: Tcb, now: Nanos, tx: Tx): void {
  t.dupAcks++;
  if (t.loss?.inRecovery) {
    if (t.scoreboard === null || t.scoreboard.empty) t.cwnd += t.sndMss;
    else repeatHoles(t, t.loss, now, tx);
    return;
  }
  // RFC 6582 §4: after a timeout, duplicate ACKs of what was sent before it do not start a new recovery.
  if (repeating(t) || (t.loss !== null && seqLt(t.sndUna, t.loss.recover))) return;
  // A receiver that saves ACKs (Linux tcp_comp_sack_delay_ns) may report in one what others say in three (RFC 6675 §5 (2)).
  if (t.dupAcks < DUP_THRESH && t.scoreboard?.showsLoss(t.sndMss) !== true) return waitForReordering(t, now);
  enterRecovery(t, now, tx);
}

/**
 * A later segment has arrived and an earlier one has not: after a quarter of a round trip that is a loss (RFC 8985 §6.2;
 * Linux tcp_rack_reo_wnd, whose timer counts in ticks).
 */
function waitForReordering(t: Tcb, now: Nanos): void {
  const tick = t.config.reorderingTick;
  const { flight, scoreboard } = t;
  if (tick === 0 || flight === null || scoreboard === null || scoreboard.empty) return;
  if (t.rtt.least < 0 || flight.reorderAt !== Infinity) return;
  const wait = Math.min(t.rtt.least / 4, t.rtt.srtt) + 2 * tick;
  flight.reorderAt = Math.ceil((now + wait) / tick) * tick;
}

/** The reordering timer ran out. */
export function onReorderingTimeout(t: Tcb, flight: Flight, now: Nanos, tx: Tx): void {
  flight.reorderAt = Infinity;
  if (t.loss !== null || t.scoreboard === null || t.scoreboard.empty) return;
  if (t.why !== null) t.why.act(REORDERING_OVER, t.sndUna, 0, 0);
  enterRecovery(t, now, tx);
}

/** Fast retransmit and recovery (RFC 5681 §3.2, RFC 6582, RFC 6675). */
function enterRecovery(t: Tcb, now: Nanos, tx: Tx): void {
  stopProbing(t);
  endProbe(t);
  t.ssthresh = halfOfFlight(t);
  t.ackedSinceGrowth = 0;
  if (t.why !== null) t.why.act(FAST_RETRANSMIT, t.sndUna, t.ssthresh, 0);
  t.loss ??= new Loss(t.sndUna);
  const { loss } = t;
  loss.recover = t.sndNxt;
  loss.inRecovery = true;
  const n = retransmitAt(t, t.sndUna, now, tx);
  loss.highRxt = (t.sndUna + n) >>> 0;
  // The repetition gets the whole timeout (RFC 6675 §6 asks for it at each; Linux tcp_xmit_retransmit_queue).
  t.rtxAt = now + t.rtt.timeout(t.config);
  if (t.scoreboard === null || t.scoreboard.empty) t.cwnd = t.ssthresh + DUP_THRESH * t.sndMss;
  else {
    t.cwnd = t.ssthresh;
    repeatHoles(t, loss, now, tx);
  }
}

/**
 * ssthresh = max(FlightSize / 2, 2 × SMSS) (RFC 5681 §3.1). FlightSize is all that is not acknowledged, SACKed or not;
 * what limited transmit sent beyond cwnd "MUST NOT be included" (§3.2 step 2).
 */
function halfOfFlight(t: Tcb): number {
  return Math.max(Math.floor(Math.min(seqDiff(t.sndNxt, t.sndUna), t.cwnd) / 2), 2 * t.sndMss);
}

/** The retransmission timer ran out: one segment, slow start, and everything outstanding counts as lost (RFC 5681 §3.1). */
export function onTimeout(t: Tcb): void {
  // RFC 5681 §3.1: ssthresh falls once per loss, not once per repetition of the same segment.
  if (t.retransmits === 0) t.ssthresh = halfOfFlight(t);
  endProbe(t);
  t.ackedSinceGrowth = 0;
  t.cwnd = t.sndMss;
  t.dupAcks = 0;
  // RFC 2018 §8: the peer may have discarded what it reported; after a timeout nothing reported is trusted.
  t.scoreboard?.clear();
  const loss = repeatAll(t);
  loss.recover = t.sndNxt;
  loss.inRecovery = false;
}

function repeatHoles(t: Tcb, loss: Loss, now: Nanos, tx: Tx): void {
  const board = t.scoreboard!;
  const highest: Seq = board.highest(t.sndUna);
  while (inFlight(t) + t.sndMss <= t.cwnd) {
    const hole = board.nextHole(seqMax(loss.highRxt, t.sndUna));
    if (!seqLt(hole, highest)) return;
    const n = retransmitAt(t, hole, now, tx);
    if (n === 0) return;
    loss.highRxt = (hole + n) >>> 0;
  }
}
