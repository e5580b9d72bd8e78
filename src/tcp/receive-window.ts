/** The receiver's side of flow control: how much to offer, and when that is worth saying (RFC 9293 §3.8.6). */
import { seqGt } from '../wire/seq.ts';
import { rcvWnd, type Tcb } from './tcb.ts';

/** Room in the receive buffer, as far as the field can say. */
export function freeWindow(t: Tcb): number {
  const free = Math.max(0, t.config.rcvBuf - (t.receiveBuffer === null ? 0 : t.receiveBuffer.readable));
  return Math.min(free, 65535 << t.rcvScale);
}

/** The window field to send. Moves the right edge only by a worthwhile step and never left (RFC 9293 §3.8.6.2.2, SHLD-14). */
export function offerWindow(t: Tcb): number {
  const offered = rcvWnd(t);
  const free = freeWindow(t);
  const step = Math.min(t.config.rcvBuf / 2, t.sndMss);
  const wnd = free - offered >= step ? free : offered;
  // Rounding down may seem to take back less than one unit of the scale; what was offered stays acceptable all the
  // same (RFC 7323 §2.4). Rounding up would creep beyond the buffer, a little with each ACK.
  let field = Math.min(65535, wnd >>> t.rcvScale);
  // But a buffer smaller than one unit could never be offered at all (Linux __tcp_select_window rounds up there).
  if (field === 0 && free >= step && t.config.rcvBuf >>> t.rcvScale === 0) field = 1;
  const right = (t.rcvNxt + (field << t.rcvScale)) >>> 0;
  if (seqGt(right, t.rcvAdv)) t.rcvAdv = right;
  return field;
}

/** Would an ACK now tell the peer of at least a segment's worth of new room? Asked after the application has read. */
export function windowHasOpened(t: Tcb): boolean {
  const offered = rcvWnd(t);
  return freeWindow(t) - offered >= Math.min(t.config.rcvBuf / 2, t.sndMss) && offered < t.config.rcvBuf / 2;
}
