/** What kind of news wakes a waiter: the key that Linux passes to a wait queue (sock_def_readable, sk_stream_write_space …). */
import { POLL } from './poll-bits.ts';

export const WAKE: Readonly<Record<'READABLE' | 'WRITABLE' | 'ERROR' | 'STATE', number>> = {
  /** Data, or a connection to accept. */
  READABLE: POLL.POLLIN | POLL.POLLPRI | POLL.POLLRDNORM,
  /** Room in the send buffer. */
  WRITABLE: POLL.POLLOUT | POLL.POLLWRNORM,
  /** An error, or something in the error queue. */
  ERROR: POLL.POLLERR,
  /** The state has changed (sk_state_change): whoever waits looks, whatever it waits for. */
  STATE: 0,
};

/** Who is told when a socket has news. */
export interface Watcher<S> {
  woken(socket: S, key: number): void;
}
