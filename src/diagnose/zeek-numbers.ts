/**
 * The sequence numbers of one end of a flow as Zeek follows them (`init_endpoint`, `update_ack_seq`, `update_last_seq` of
 * `TCPSessionAdapter.cc`; `TCP_Endpoint::Size`). `end` is where the end begins in the words of a row.
 */
import { FIN, RST, SYN } from '../wire/segment.ts';
import { seqAdd, seqDiff } from '../wire/seq.ts';
import {
  ACKED,
  ACKED_WRAPS_SHIFT,
  BEFORE_SHIFT,
  BITS,
  FIN_SEEN,
  LAST,
  LAST_WRAPS_SHIFT,
  START,
  STATE,
  WRAPS,
} from './flow-rows.ts';
import { Peer } from './zeek-state.ts';

/** Where the numbers begin: at the first segment of the end, and anew at some SYNs. `past`: one past the segment. */
export function begin(w: Uint32Array, end: number, flags: number, seq: number, past: number): void {
  const bits = w[end + BITS]!;
  const state = bits & STATE;
  if (state === Peer.Inactive) {
    const syn = (flags & SYN) !== 0;
    w[end + START] = syn ? seq : seqAdd(seq, -1);
    w[end + ACKED] = w[end + START]!;
    w[end + LAST] = syn ? past : seq;
    return;
  }
  const waiting = state === Peer.SynSent || state === Peer.SynAckSent;
  if (waiting && seq === w[end + START]) return;
  if (state === Peer.Closed || (state === Peer.Reset && stateBefore(bits) !== Peer.Inactive)) return;
  w[end + START] = seq;
  w[end + ACKED] = seq;
  w[end + LAST] = past;
}

/**
 * The end was acknowledged up to `ack`, by a RST or not. The same as a relative number, or `NOTHING` where it is of no
 * use: below the first number, or of an end of which nothing was captured yet.
 */
export function acknowledge(w: Uint32Array, end: number, ack: number, reset: boolean): number {
  if ((w[end + BITS]! & STATE) === Peer.Inactive) {
    w[end + START] = seqAdd(ack, -1);
    w[end + ACKED] = w[end + START]!;
    w[end + LAST] = w[end + START]!;
    return NOTHING;
  }
  const rel = (ack - w[end + START]!) >>> 0;
  const last = w[end + ACKED]!;
  if ((rel | 0) < 0 && wrapsAt(ack, last, w[end + BITS]! >>> ACKED_WRAPS_SHIFT) === 0) return NOTHING;
  const ahead = seqDiff(ack, last);
  // The number of a RST is not to be trusted; nor is a zero that is far ahead.
  if (reset || ahead <= 0 || (ack === 0 && ahead > MOST_JUMP)) return rel;
  if (ack < last) wrap(w, end, ACKED_WRAPS_SHIFT);
  w[end + ACKED] = ack;
  return rel;
}

/** The end has sent up to `past`. True if it had done so before. */
export function advance(w: Uint32Array, end: number, past: number, flags: number): boolean {
  const last = w[end + LAST]!;
  const ahead = seqDiff(past, last);
  if ((flags & (SYN | RST)) !== 0 && (ahead > MOST_JUMP || ahead < -MOST_JUMP)) return false;
  // A FIN is believed wherever it is if nothing but the SYN came before it.
  const onlySyn = (flags & FIN) !== 0 && last === seqAdd(w[end + START]!, 1);
  if (!onlySyn && (w[end + BITS]! & STATE) === Peer.Reset) return false;
  if (!onlySyn && ahead <= 0) return true;
  if (past < last) wrap(w, end, LAST_WRAPS_SHIFT);
  w[end + LAST] = past;
  return false;
}

/** How often the number space had wrapped at `seq`, as seen from `last`, where it had `wraps` times (its lowest bits). */
export function wrapsAt(seq: number, last: number, wraps: number): number {
  const ahead = seqDiff(seq, last);
  const known = wraps & WRAPS;
  if (ahead < 0) return known > 0 && seq > last ? known - 1 : known;
  return ahead > 0 && seq < last ? known + 1 : known;
}

/** Bytes of payload by sequence numbers, sent or acknowledged. */
export function payloadBytes(w: Uint32Array, end: number, other: number): number {
  const bits = w[end + BITS]!;
  const unanswered = (w[other + BITS]! & STATE) === Peer.Inactive;
  const resetInSynSent = (bits & STATE) === Peer.Reset && stateBefore(bits) === Peer.SynSent;
  if (resetInSynSent && unanswered && !nothingAcked(w, end)) return 0;
  const last = ((bits >>> LAST_WRAPS_SHIFT) & WRAPS) * 2 ** 32 + w[end + LAST]!;
  const acked = ((bits >>> ACKED_WRAPS_SHIFT) & WRAPS) * 2 ** 32 + w[end + ACKED]!;
  // One less for the SYN, or for the number before the first byte seen; one less for the FIN.
  const size = Math.max(last, acked) - w[end + START]! - 1;
  return Math.max(0, size > 0 && (bits & FIN_SEEN) !== 0 ? size - 1 : size);
}

/** Is nothing acknowledged but perhaps the SYN? */
export function nothingAcked(w: Uint32Array, end: number): boolean {
  return (w[end + ACKED]! - w[end + START]!) >>> 0 <= 1;
}

/** The state before the one that `bits` hold. */
export function stateBefore(bits: number): number {
  return (bits >>> BEFORE_SHIFT) & STATE;
}

function wrap(w: Uint32Array, end: number, shift: number): void {
  const bits = w[end + BITS]!;
  if (((bits >>> shift) & WRAPS) < WRAPS) w[end + BITS] = bits + 2 ** shift;
}

/** No relative number. */
export const NOTHING = -1;
/** SYNs and RSTs whose numbers are further away are not believed (`TOO_LARGE_SEQ_DELTA`). */
const MOST_JUMP = 1_048_576;
