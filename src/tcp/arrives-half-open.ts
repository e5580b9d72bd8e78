/** SEGMENT ARRIVES for a half-open entry: SYN-RECEIVED after a passive OPEN (RFC 9293 §3.10.7.4), as a judgement only. */

import { ACK, RST, type Segment, SYN, segLen } from '../wire/segment.ts';
import { seqAdd, seqDiff, seqIn, seqLt } from '../wire/seq.ts';
import type { TcpConfig } from './config.ts';
import type { HalfOpen } from './half-open.ts';
import type { ListenCounters } from './listen-counters.ts';
import type { ListenOptions } from './listen-options.ts';
import * as rules from './rules-listen.ts';
import { ANY_SYN_AGAIN } from './rules-policy.ts';
import type { SynQueue } from './syn-queue.ts';
import { synWindow } from './synack.ts';
import type { Nanos } from './types.ts';
import type { WhySink } from './why.ts';

/**
 * `repeat` the same SYN/ACK again · `ack` an ACK, nothing else · `challenge` the same as an answer to a RST ·
 * `remove` the entry ends · `syn` a SYN in the window · `reset` RST, the entry stays · `complete` the handshake is done
 * · `drop` nothing.
 */
export type HalfVerdict = 'repeat' | 'ack' | 'challenge' | 'remove' | 'syn' | 'reset' | 'complete' | 'drop';

/**
 * Judges `seg` in the order of the RFC. `tsFirst` and `tsLast` are the TSvals of the first and last SYN/ACK. Counts and
 * reports, changes nothing else.
 *
 * Linux differs in two places (`habits`): it looks at the ACK number of a SYN/ACK before its sequence number, and takes the
 * number right after the window for inside.
 */
export function judgeHalfOpen(
  seg: Readonly<Segment>,
  half: Readonly<HalfOpen>,
  config: TcpConfig,
  options: Pick<ListenOptions, 'rstInWindow' | 'repeatedSyn'>,
  tsFirst: number,
  tsLast: number,
  counters: ListenCounters,
  why: WhySink | null,
): HalfVerdict {
  const { flags } = seg;
  const { habits } = config;
  const window = synWindow(half, config);
  const rcvNxt = seqAdd(half.irs, 1);

  // The RFC answers a repeated SYN like any unacceptable segment, by an ACK. All stacks repeat the SYN/ACK instead: an
  // ACK without SYN would be useless to a client that never saw the first one.
  if ((flags & (SYN | ACK | RST)) === SYN) {
    if (options.repeatedSyn === 'restarts') {
      if (why !== null) why.act(ANY_SYN_AGAIN, seg.seq, half.irs, 0);
      return 'repeat';
    }
    const again = seg.seq === half.irs;
    if (why !== null) why.check(rules.SYN_AGAIN, again, seg.seq, half.irs, 0);
    if (again) return 'repeat';
  }

  // RFC 7323 §5.3 R1: PAWS comes before the sequence check and spares RST. A segment without the option passes here
  // (measured on Linux; RFC 7323 §3.2 would drop it).
  if (half.tsRecent >= 0 && seg.tsVal >= 0 && (flags & RST) === 0) {
    const fresh = !seqLt(seg.tsVal, half.tsRecent);
    if (why !== null) why.check(rules.HALF_PAWS, fresh, seg.tsVal, half.tsRecent, 0);
    if (!fresh) {
      counters.PAWSEstab++;
      return 'ack';
    }
    if ((flags & ACK) !== 0 && seg.tsEcr !== 0) {
      const sent = (seg.tsEcr - tsFirst) >>> 0 <= (tsLast - tsFirst) >>> 0;
      if (why !== null) why.check(rules.HALF_TSECR, sent, tsFirst, seg.tsEcr, tsLast);
      if (!sent) {
        counters.TSEcrRejected++;
        return 'ack';
      }
    }
  }

  const acked = seqDiff(seg.ack, half.iss) === 1;
  if (habits.wrongAckFirst && (flags & (SYN | ACK | RST)) === (SYN | ACK) && !acked) {
    counters.wrongAck++;
    if (why !== null) why.act(rules.HALF_BAD_ACK, seg.ack, 0, 0);
    return 'reset';
  }

  const rstRemoves = options.rstInWindow === 'remove' && (flags & RST) !== 0;
  if (rstRemoves && (flags & ACK) !== 0 && !acked) {
    counters.rstIgnored++;
    if (why !== null) why.act(rules.HALF_RST_BAD_ACK, seg.ack, 0, 0);
    return 'drop';
  }

  const len = segLen(seg);
  const inside =
    seqIn(seg.seq, rcvNxt, habits.edgesAcceptable ? window + 1 : window) ||
    (len > 0 && seqIn(seqAdd(seg.seq, len - 1), rcvNxt, window));
  if (why !== null) why.check(rules.HALF_SEQ, inside, rcvNxt, seg.seq, seqAdd(rcvNxt, window));
  if (!inside) {
    if ((flags & RST) !== 0) {
      counters.rstOutOfWindow++;
      if (why !== null) why.act(rules.HALF_RST_OUTSIDE, 0, 0, 0);
      return 'drop';
    }
    counters.outOfWindow++;
    return 'ack';
  }

  if (rstRemoves) {
    if (why !== null) why.act(rules.HALF_RST_WINDOW, 0, 0, 0);
    return 'remove';
  }

  if ((flags & RST) !== 0) {
    const exact = seg.seq === rcvNxt;
    if (why !== null) why.check(rules.HALF_RST, exact, seg.seq, rcvNxt, 0);
    return exact ? 'remove' : 'challenge';
  }

  if ((flags & SYN) !== 0) {
    counters.synInWindow++;
    return 'syn';
  }

  if ((flags & ACK) === 0) {
    counters.noAckFlag++;
    if (why !== null) why.act(rules.HALF_NO_ACK, 0, 0, 0);
    return 'drop';
  }

  // SND.UNA = ISS and SND.NXT = ISS + 1, so exactly one number is acceptable.
  if (why !== null) why.check(rules.HALF_ACKED, acked, half.iss, seg.ack, seqAdd(half.iss, 1));
  if (acked) return 'complete';
  counters.wrongAck++;
  if (why !== null) why.act(rules.HALF_BAD_ACK, seg.ack, 0, 0);
  return 'reset';
}

/**
 * Linux tcp_oow_rate_limited: one limit for repeated SYNs and unacceptable segments; data is not limited, but a RST is
 * though it carries some (RFC 5961 §7). Remembers `now` when the answer may go.
 */
export function mayAnswer(
  now: Nanos,
  row: number,
  seg: Readonly<Segment>,
  queue: SynQueue,
  least: Nanos,
  counters: ListenCounters,
  why: WhySink | null,
): boolean {
  if (seg.len > 0 && (seg.flags & (SYN | RST)) === 0) return true;
  const since = now - queue.limitedAt(row);
  if (since < least) {
    counters.TCPACKSkippedSynRecv++;
    if (why !== null) why.act(rules.ANSWER_LIMITED, since, least, 0);
    return false;
  }
  queue.setLimitedAt(row, now);
  return true;
}
