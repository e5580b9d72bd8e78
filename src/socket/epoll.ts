/** An epoll(7) instance: level- and edge-triggered interest in sockets (Linux ep_send_events). */
import { fail, type Outcome, ok } from './errno.ts';
import { POLL, readiness } from './readiness.ts';
import type { StreamSocket } from './stream-socket.ts';

export const EPOLL: Readonly<Record<string, number>> = {
  EPOLLIN: POLL.POLLIN,
  EPOLLPRI: POLL.POLLPRI,
  EPOLLOUT: POLL.POLLOUT,
  EPOLLERR: POLL.POLLERR,
  EPOLLHUP: POLL.POLLHUP,
  EPOLLRDNORM: POLL.POLLRDNORM,
  EPOLLWRNORM: POLL.POLLWRNORM,
  EPOLLRDHUP: POLL.POLLRDHUP,
  EPOLLEXCLUSIVE: 2 ** 28,
  EPOLLWAKEUP: 2 ** 29,
  EPOLLONESHOT: 2 ** 30,
  EPOLLET: 2 ** 31,
};

interface Interest {
  readonly socket: StreamSocket;
  /** As given to epoll_ctl: conditions and EPOLLET, EPOLLONESHOT. */
  events: number;
  data: number;
  /** Edge-triggered: the socket's wake-ups at the last report; -1 = not yet looked at. */
  seen: number;
}

/** One line of what epoll_wait returns. */
export interface EpollEvent {
  readonly events: number;
  readonly data: number;
}

export class Epoll {
  readonly #interests = new Map<StreamSocket, Interest>();

  control(op: 'add' | 'mod' | 'del', socket: StreamSocket, events: number, data: number): Outcome {
    const held = this.#interests.get(socket);
    if (op === 'add') {
      if (held !== undefined) return fail('EINVAL');
      this.#interests.set(socket, { socket, events, data, seen: -1 });
      return ok(0);
    }
    if (held === undefined) return fail('EINVAL');
    if (op === 'del') this.#interests.delete(socket);
    else {
      held.events = events;
      held.data = data;
      held.seen = -1;
    }
    return ok(0);
  }

  /** What is ready now, at most `max` of them; reported edges and one-shots are consumed. */
  ready(max: number): EpollEvent[] {
    const found: EpollEvent[] = [];
    for (const interest of this.#interests.values()) {
      if (found.length >= max) break;
      const { socket } = interest;
      if (socket.closed) {
        this.#interests.delete(socket);
        continue;
      }
      const asked = interest.events | POLL.POLLERR | POLL.POLLHUP;
      const events = readiness(socket) & asked & 0xffff;
      if (events === 0) continue;
      if ((interest.events & ONE_SHOT) !== 0) {
        if (interest.seen === SPENT) continue;
        interest.seen = SPENT;
      } else if ((interest.events & EDGE) !== 0) {
        if (interest.seen === socket.wakeups) continue;
        interest.seen = socket.wakeups;
      }
      found.push({ events, data: interest.data });
    }
    return found;
  }
}

const EDGE = 0x80000000 | 0;
const ONE_SHOT = 0x40000000;
const SPENT = -2;
