/** What send(2) does with the application's bytes: into the send buffer, and on their way (Linux tcp_sendmsg_locked, tcp_push). */
import { seqGt, seqLe } from '../wire/seq.ts';
import { NAGLE_CORK, NAGLE_PUSH } from './nagle.ts';
import { output } from './output.ts';
import { SendBuffer } from './send-buffer.ts';
import { BUSY } from './send-limits.ts';
import type { Piece, SendQueue } from './send-queue.ts';
import { hasMemory, sendQueueOf, sizeGoal } from './send-room.ts';
import { firstHeld, sendEnd, type Tcb } from './tcb.ts';
import type { Nanos, Tx } from './types.ts';
import { markUrgent } from './urgent.ts';

/** How bytes are to be sent. */
export interface SendFlags {
  /** More follows soon: what does not fill a segment waits, until the next ACK at most (MSG_MORE). */
  readonly more?: boolean;
  /** The last byte ends a record: no later bytes join its segment (MSG_EOR). */
  readonly whole?: boolean;
  /** The last byte is urgent (MSG_OOB). */
  readonly urgent?: boolean;
}

/** Takes bytes and returns how many: fewer when there is no room. */
export function takeData(t: Tcb, bytes: Uint8Array, flags: SendFlags, now: Nanos, tx: Tx): number {
  t.sendBuffer ??= new SendBuffer();
  const queue = sendQueueOf(t);
  let n: number;
  if (queue === null) {
    n = t.sendBuffer.write(bytes, t.config.sndBuf);
    if (n > 0) t.nagle &= ~NAGLE_PUSH;
  } else n = fill(t, t.sendBuffer, queue, bytes, flags, now, tx);
  if (n > 0 && flags.urgent === true) markUrgent(t);
  output(t, now, tx, flags.more === true ? NAGLE_CORK : t.nagle);
  return n;
}

/** Keeps bytes for after the handshake, or for the SYN. */
export function holdData(t: Tcb, bytes: Uint8Array): void {
  t.sendBuffer = new SendBuffer();
  const queue = sendQueueOf(t);
  const n = t.sendBuffer.write(bytes, queue === null ? t.config.sndBuf : queue.size);
  if (queue === null) return;
  const piece = queue.add(firstHeld(t));
  piece.end = (piece.seq + n) >>> 0;
  mark(queue, piece);
}

function fill(
  t: Tcb,
  buffer: SendBuffer,
  queue: SendQueue,
  bytes: Uint8Array,
  flags: SendFlags,
  now: Nanos,
  tx: Tx,
): number {
  const goal = flags.urgent === true ? t.sndMss : sizeGoal(t);
  let done = 0;
  while (done < bytes.length) {
    let piece = queue.last;
    if (piece === undefined || piece.whole || seqLe(piece.end, t.sndNxt) || piece.length >= goal) {
      if (!hasMemory(t, queue, 0)) {
        queue.lacksRoom = true;
        // Nobody knows when the rest will come: what there is goes (wait_for_space).
        if (done > 0) {
          mark(queue, piece);
          output(t, now, tx, NAGLE_PUSH);
        }
        break;
      }
      piece = begin(t, queue, now);
    }
    const n = Math.min(goal - piece.length, bytes.length - done);
    buffer.write(bytes.subarray(done, done + n), Infinity);
    if (done === 0) piece.push = false;
    piece.end = (piece.end + n) >>> 0;
    done += n;
    if (done === bytes.length || piece.length < goal) continue;
    // Half of the peer's window without PSH: long enough (forced_push).
    const long = seqGt(piece.end, (queue.pushedTo + (t.maxSndWnd >> 1)) >>> 0);
    if (long) mark(queue, piece);
    if (long || seqLe(piece.seq, t.sndNxt)) output(t, now, tx, long ? NAGLE_PUSH : t.nagle);
  }
  const { last } = queue;
  if (done === 0 || last === undefined) return done;
  if (done === bytes.length && flags.whole === true) last.whole = true;
  const long = seqGt(last.end, (queue.pushedTo + (t.maxSndWnd >> 1)) >>> 0);
  if (flags.more !== true || long) mark(queue, last);
  return done;
}

/** A new piece at the end (tcp_skb_entail). */
function begin(t: Tcb, queue: SendQueue, now: Nanos): Piece {
  t.nagle &= ~NAGLE_PUSH;
  const end = sendEnd(t);
  if (end === t.sndNxt) queue.limits.start(BUSY, now);
  return queue.add(end);
}

/** tcp_mark_push */
function mark(queue: SendQueue, piece: Piece | undefined): void {
  if (piece === undefined) return;
  piece.push = true;
  queue.pushedTo = piece.end;
}
