/** What poll(2) and epoll(7) would report of a socket (Linux tcp_poll). */
import { receivedMss } from '../tcp/intake.ts';
import { rcvWnd } from '../tcp/tcb.ts';
import { POLL } from './poll-bits.ts';
import type { StreamSocket } from './stream-socket.ts';

/** All conditions that hold now, asked for or not. */
export function readiness(socket: StreamSocket): number {
  const read = POLL.POLLIN | POLL.POLLRDNORM;
  const write = POLL.POLLOUT | POLL.POLLWRNORM;
  if (socket.listener !== null) return socket.listener.acceptQueue.length > 0 ? read : 0;
  const c = socket.connection;
  // The SYN waits for the first send (tcp_poll, DEFER_CONNECT).
  if (socket.deferred !== null) return write;
  let mask = socket.error === '' && !socket.reports.waiting ? 0 : POLL.POLLERR;
  const dead = c === null || c.state === 'CLOSED';
  if ((socket.readShut && socket.writeShut) || dead) mask |= POLL.POLLHUP;
  if (socket.readShut) mask |= read | POLL.POLLRDHUP;
  if (dead) return mask | write;
  if (c.state === 'SYN-SENT' || (c.state === 'SYN-RECEIVED' && c.pendingOpen === null)) return mask;
  if (isReadable(socket)) mask |= read;
  if (socket.urgentWaits) mask |= POLL.POLLPRI;
  if (socket.writeShut || c.hasRoom()) mask |= write;
  return mask;
}

/** Are there bytes to read, and as many as SO_RCVLOWAT asks for (tcp_stream_is_readable)? */
export function isReadable({ connection: c, options }: StreamSocket): boolean {
  if (c === null || c.readable === 0) return false;
  // Where the peer may send no more, waiting for it would be for ever.
  return c.readable >= options.rcvLowat || rcvWnd(c.tcb) <= receivedMss(c.tcb);
}
