/**
 * An epoll(7) instance: level- and edge-triggered interest in sockets. As in Linux (ep_poll_callback, ep_send_events) a
 * socket is listed when it wakes with news that was asked for, and looked at when somebody waits.
 */
import { fail, type Outcome, ok } from './errno.ts';
import { POLL } from './poll-bits.ts';
import { readiness } from './readiness.ts';
import type { StreamSocket } from './stream-socket.ts';
import type { Watcher } from './wake.ts';

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
  /** Conditions asked for, POLLERR and POLLHUP always among them; 0 after a one-shot was told. */
  conditions: number;
  /** EPOLLET and the like. */
  modes: number;
  data: number;
  /** In the list of those to look at. */
  listed: boolean;
}

/** One line of what epoll_wait returns. */
export interface EpollEvent {
  readonly events: number;
  readonly data: number;
}

export class Epoll implements Watcher<StreamSocket> {
  readonly #interests = new Map<StreamSocket, Interest>();
  /** To be looked at, in the order they woke. */
  #listed: Interest[] = [];

  control(op: 'add' | 'mod' | 'del', socket: StreamSocket, events: number, data: number): Outcome {
    const held = this.#interests.get(socket);
    // Not `&`: EPOLLET is bit 31.
    const modes = events > 0xffff ? Number(BigInt(events) & ~0xffffn) : 0;
    const exclusive = hasMode(modes, EPOLL.EPOLLEXCLUSIVE!);
    if (op === 'add') {
      if (exclusive && hasMode(modes, EPOLL.EPOLLONESHOT!)) return fail('EINVAL');
      if (held !== undefined) return fail('EEXIST');
      const interest: Interest = { socket, conditions: asked(events), modes, data, listed: false };
      this.#interests.set(socket, interest);
      socket.watchers.add(this);
      this.#listIfReady(interest);
      return ok(0);
    }
    if (op === 'mod' && exclusive) return fail('EINVAL');
    if (held === undefined) return fail('ENOENT');
    if (op === 'del') this.#drop(held);
    else if (hasMode(held.modes, EPOLL.EPOLLEXCLUSIVE!)) return fail('EINVAL');
    else {
      held.conditions = asked(events);
      held.modes = modes;
      held.data = data;
      this.#listIfReady(held);
    }
    return ok(0);
  }

  /** A socket has news. Key 0 is any. */
  woken(socket: StreamSocket, key: number): void {
    const interest = this.#interests.get(socket);
    if (interest === undefined) return;
    if (key === 0 || (key & interest.conditions) !== 0) this.#list(interest);
  }

  /** What is ready now, at most `max` of them; told edges and one-shots are consumed. */
  ready(max: number): EpollEvent[] {
    const found: EpollEvent[] = [];
    const looked = this.#listed;
    this.#listed = [];
    // Level-triggered ones are looked at again the next time, behind those not reached this time.
    const again: Interest[] = [];
    for (const interest of looked) {
      if (!interest.listed) continue;
      if (interest.socket.closed) {
        this.#drop(interest);
        continue;
      }
      if (found.length >= max) {
        this.#listed.push(interest);
        continue;
      }
      const events = readiness(interest.socket) & interest.conditions;
      interest.listed = events !== 0 && !hasMode(interest.modes, ONE_SHOT) && !hasMode(interest.modes, EDGE);
      if (interest.listed) again.push(interest);
      if (events === 0) continue;
      if (hasMode(interest.modes, ONE_SHOT)) interest.conditions = 0;
      found.push({ events, data: interest.data });
    }
    this.#listed.push(...again);
    return found;
  }

  #listIfReady(interest: Interest): void {
    if ((readiness(interest.socket) & interest.conditions) !== 0) this.#list(interest);
  }

  #list(interest: Interest): void {
    // A one-shot that has been told sleeps until it is modified.
    if (interest.listed || interest.conditions === 0) return;
    interest.listed = true;
    this.#listed.push(interest);
  }

  #drop(interest: Interest): void {
    interest.listed = false;
    interest.socket.watchers.delete(this);
    this.#interests.delete(interest.socket);
  }
}

function asked(events: number): number {
  return (events & 0xffff) | POLL.POLLERR | POLL.POLLHUP;
}

function hasMode(modes: number, bit: number): boolean {
  return Math.floor(modes / bit) % 2 === 1;
}

const EDGE = EPOLL.EPOLLET!;
const ONE_SHOT = EPOLL.EPOLLONESHOT!;
