/**
 * The window we offer: how much of the receive buffer, and when more of it is worth telling (RFC 9293 §3.8.6.2.2). Linux
 * (`habits.wholeSegmentWindow`) offers whole segments, rounds up to what the scale can say, and shows each change.
 */
import { seqGt } from '../wire/seq.ts';
import type { TcpConfig } from './config.ts';
import { receivedMss } from './intake.ts';
import { ownMss } from './options.ts';
import { rcvWnd, type Tcb } from './tcb.ts';

/** Bytes a timestamps option takes in every segment (RFC 7323 appendix A). */
const TS_BYTES = 12;
const FIELD_MAX = 65535;

/**
 * Bytes of a segment as far as we know when the first window is offered; a SYN does not know yet whether there will be
 * timestamps. `local` tells the IP version.
 */
export function windowUnit(config: TcpConfig, local: number, timestamps: boolean): number {
  return config.habits.wholeSegmentWindow ? ownMss(config, local) - (timestamps ? TS_BYTES : 0) : 1;
}

/** The window of a SYN or SYN/ACK, which is never scaled (RFC 7323 §2.2). */
export function firstWindow(config: TcpConfig, unit: number): number {
  return Math.min(FIELD_MAX, space(config, unit));
}

/** The receive buffer as far as it is offered at all. */
function space({ rcvBuf }: TcpConfig, unit: number): number {
  return rcvBuf <= unit ? rcvBuf : rcvBuf - (rcvBuf % unit);
}

/** Room in the buffer, as far as the field can say it. */
function freeWindow(t: Tcb, full = space(t.config, t.windowUnit)): number {
  const held = t.receiveBuffer === null ? 0 : t.receiveBuffer.readable;
  const free = Math.max(0, full - held);
  return Math.min(free, FIELD_MAX << t.rcvScale);
}

/** Room in the buffer, as far as a SYN or SYN/ACK can say it. */
export function unscaledWindow(t: Tcb): number {
  return Math.min(FIELD_MAX, freeWindow(t));
}

/** The window field to send. Moves the right edge only by a worthwhile step and never left (RFC 9293 SHLD-14). */
export function offerWindow(t: Tcb): number {
  const offered = rcvWnd(t);
  const field = t.config.habits.wholeSegmentWindow ? linuxField(t, offered) : rfcField(t, offered);
  const right = (t.rcvNxt + (field << t.rcvScale)) >>> 0;
  if (seqGt(right, t.rcvAdv)) t.rcvAdv = right;
  return field;
}

function rfcField(t: Tcb, offered: number): number {
  const free = freeWindow(t);
  const step = Math.min(t.config.rcvBuf / 2, t.sndMss);
  const wnd = free - offered >= step ? free : offered;
  // Rounding down may seem to take back less than one unit of the scale; what was offered stays acceptable all the
  // same (RFC 7323 §2.4). Rounding up would creep beyond the buffer, a little with each ACK.
  const field = Math.min(FIELD_MAX, wnd >>> t.rcvScale);
  // But a buffer smaller than one unit could never be offered at all (Linux __tcp_select_window rounds up there).
  if (field === 0 && free >= step && t.config.rcvBuf >>> t.rcvScale === 0) return 1;
  return field;
}

/** __tcp_select_window and tcp_select_window. */
function linuxField(t: Tcb, offered: number): number {
  const full = space(t.config, t.windowUnit);
  const free = freeWindow(t, full);
  const mss = Math.min(receivedMss(t), full);
  let wnd = free;
  // Silly window avoidance: nearly full counts as full.
  if (free < full / 2 && (free < full / 16 || free < mss)) wnd = 0;
  else if (t.rcvScale === 0) {
    wnd = offered;
    if (wnd <= free - mss || wnd > free) wnd = free - (free % mss);
  }
  if (wnd < offered) wnd = offered;
  // Rounded up.
  return Math.min(FIELD_MAX, (wnd + (1 << t.rcvScale) - 1) >>> t.rcvScale);
}

/**
 * Would an ACK now tell the peer of enough new room? Asked after the application has read `n` bytes. Room that was there
 * before does not count: it is told with the next ACK anyway, as after a SYN, whose window could say 64 KiB only.
 */
export function windowHasOpened(t: Tcb, n: number): boolean {
  const offered = rcvWnd(t);
  const free = freeWindow(t);
  const before = free - n;
  if (t.config.habits.wholeSegmentWindow) {
    // tcp_cleanup_rbuf: the window has at least doubled.
    const full = space(t.config, t.windowUnit);
    if (2 * offered > full || free < 2 * offered || before >= Math.max(1, 2 * offered)) return false;
    return free > 0 && !(free < full / 2 && free < receivedMss(t));
  }
  const step = Math.min(t.config.rcvBuf / 2, t.sndMss);
  return free - offered >= step && before - offered < step && offered < t.config.rcvBuf / 2;
}
