/**
 * The common case of `ZeekAnalysis.step`, at a fifth of its cost: on a connection that is open both ways and has lost
 * nothing, the next data or ACK in order.
 */
import { ACK, FIN, RST, type Segment, SYN } from '../wire/segment.ts';
import {
  ACKED,
  BITS,
  CODE,
  DELIVERED,
  FLIPPED,
  HISTORY_SHIFT,
  LAST,
  LOSSES,
  SEEN_ORIG,
  SEEN_RESP,
  START,
  STATE,
} from './flow-rows.ts';
import { Peer } from './zeek-state.ts';

/**
 * Is the segment such a one? `at`, `mine` and `theirs`: where flow, sending and receiving end begin in the words of the row.
 * `silent`: the history with which a flow has still to find out who is who.
 */
export function isSteady(
  ints: Int32Array,
  at: number,
  mine: number,
  theirs: number,
  isA: boolean,
  silent: number,
  seg: Readonly<Segment>,
): boolean {
  const code = ints[at + CODE]!;
  const seen = isA === ((code & FLIPPED) === 0) ? SEEN_ORIG : SEEN_RESP;
  if (
    (seg.flags & (SYN | FIN | RST | ACK)) !== ACK ||
    (ints[mine + BITS]! & STATE) !== Peer.Established ||
    (ints[theirs + BITS]! & STATE) !== Peer.Established ||
    (code & seen) === 0 ||
    code >>> HISTORY_SHIFT === silent ||
    ints[at + LOSSES] !== 0 ||
    seg.wnd === 0
  ) {
    return false;
  }
  const seq = seg.seq | 0;
  const ack = seg.ack | 0;
  const acked = ints[theirs + ACKED]!;
  // The next number, and an acknowledgment that does not go back; neither may wrap. Signs turned, integers compare as unsigned.
  if (seq !== ints[mine + LAST] || (ack ^ SIGN) < (acked ^ SIGN) || ((seq + seg.len) ^ SIGN) < (seq ^ SIGN))
    return false;
  // Nothing is missing before it, and nothing acknowledged that has not been seen.
  const rel = (seq - ints[mine + START]!) | 0;
  const relAck = (ack - ints[theirs + START]!) | 0;
  const delivered = ints[theirs + DELIVERED]!;
  if (rel < 0 || rel >= MOST_PLAIN || relAck < 0 || delivered < 0 || relAck > delivered) return false;
  return seg.len === 0 || rel === ints[mine + DELIVERED];
}

/** Moves the numbers of both ends on. */
export function moveOn(ints: Int32Array, mine: number, theirs: number, seg: Readonly<Segment>): void {
  const { len } = seg;
  ints[theirs + ACKED] = seg.ack | 0;
  if (len === 0) return;
  ints[mine + LAST]! += len;
  ints[mine + DELIVERED]! += len;
}

const SIGN = 0x8000_0000 | 0;
/** Up to here a relative number is the same with and without a sign, also one segment later. */
const MOST_PLAIN = 0x4000_0000;
