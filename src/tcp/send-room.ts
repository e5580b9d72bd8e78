/**
 * How much a send buffer takes. By itself `config.sndBuf` bytes; where `config.wmem` says so, as Linux counts: memory, not
 * bytes, that grows with the congestion window (tcp_sendmsg_locked, sk_stream_memory_free, tcp_sndbuf_expand).
 */
import { seqLe } from '../wire/seq.ts';
import { inFlight } from './output.ts';
import { BUFFER_LIMITED } from './send-limits.ts';
import { SendQueue } from './send-queue.ts';
import { EV_WRITABLE, firstHeld, type Tcb, unsentBytes } from './tcb.ts';
import type { Nanos } from './types.ts';

/** Most that goes to the device as one: 64 KiB less room for headers (sk_gso_max_size). */
const MOST_TOGETHER = 65536 - 193;
/** TCP_MSS_DEFAULT: a peer that never offered more than this gets no less than all of it. */
const SMALL_WINDOW = 536;
/** What a full segment takes: headers and shared info (MAX_TCP_HEADER, skb_shared_info), and the sk_buff. */
const SEGMENT_EXTRA = 192 + 320;
const SK_BUFF = 256;
const TS_BYTES = 12;
/** TCP_INIT_CWND */
const LEAST_SEGMENTS = 10;

/** The queue of `t`, or null where bytes are counted. */
export function sendQueueOf(t: Tcb): SendQueue | null {
  const { wmem } = t.config;
  if (wmem === null) return null;
  if (t.sendQueue === null) {
    t.sendQueue = new SendQueue(firstHeld(t));
    resize(t, t.sendQueue);
  }
  return t.sendQueue;
}

/** The administrator's or the application's idea of the size has changed. */
export function resize(t: Tcb, queue: SendQueue): void {
  const { wmem } = t.config;
  if (wmem === null || queue.asked === wmem.initial) return;
  queue.asked = wmem.initial;
  queue.size = wmem.initial;
  grow(t, queue);
}

/** Bytes written together up to this are sent together: half of the peer's largest window (tcp_bound_to_half_wnd). */
export function sizeGoal(t: Tcb): number {
  const half = t.maxSndWnd > SMALL_WINDOW ? t.maxSndWnd >> 1 : t.maxSndWnd;
  const most = half > 0 ? Math.min(half, MOST_TOGETHER) : MOST_TOGETHER;
  return Math.max(1, Math.floor(most / t.sndMss)) * t.sndMss;
}

/** May another piece be begun (sk_stream_memory_free)? `wake`: before somebody is woken half of the unsent must be gone. */
export function hasMemory(t: Tcb, queue: SendQueue, wake: 0 | 1): boolean {
  if (queue.memory(t.sendBuffer?.length ?? 0) >= queue.size) return false;
  return unsentBytes(t) << wake < t.config.notSentLowat;
}

/** Would poll(2) report room (sk_stream_is_writeable)? A third of the buffer must be free. */
export function isWritable(t: Tcb): boolean {
  const queue = sendQueueOf(t);
  const held = t.sendBuffer?.length ?? 0;
  if (queue === null) return t.config.sndBuf - held >= Math.ceil(t.config.sndBuf / 3);
  const memory = queue.memory(held);
  return queue.size - memory >= memory >> 1 && hasMemory(t, queue, 1);
}

/** Bytes that would be taken now. */
export function roomLeft(t: Tcb): number {
  const held = t.sendBuffer?.length ?? 0;
  const queue = sendQueueOf(t);
  if (queue === null) return Math.max(0, t.config.sndBuf - held);
  const goal = sizeGoal(t);
  const { last } = queue;
  const joins = last !== undefined && !last.whole && !seqLe(last.end, t.sndNxt) ? Math.max(0, goal - last.length) : 0;
  if (!hasMemory(t, queue, 0)) return joins;
  const free = queue.size - queue.memory(held) - joins;
  return joins + Math.max(1, Math.ceil(free / goal)) * goal;
}

/** After an ACK: is there room for who waits for it (tcp_check_space, tcp_new_space)? */
export function lookForRoom(t: Tcb, queue: SendQueue, now: Nanos): void {
  if (inFlight(t) < t.cwnd) grow(t, queue);
  if (!isWritable(t)) return;
  queue.lacksRoom = false;
  t.events |= EV_WRITABLE;
  queue.limits.stop(BUFFER_LIMITED, (t.sendBuffer?.length ?? 0) === 0, now);
}

/** Twice what the congestion window takes, within what the administrator allows (tcp_sndbuf_expand). */
function grow(t: Tcb, queue: SendQueue): void {
  const { wmem } = t.config;
  if (wmem === null || wmem.most <= wmem.initial) return;
  const mss = t.sndMss + (t.tsOk ? TS_BYTES : 0);
  const segment = 2 ** Math.ceil(Math.log2(mss + SEGMENT_EXTRA)) + SK_BUFF;
  const wanted = 2 * Math.max(LEAST_SEGMENTS, Math.floor(t.cwnd / t.sndMss)) * segment;
  if (queue.size < wanted) queue.size = Math.min(wanted, wmem.most);
}
