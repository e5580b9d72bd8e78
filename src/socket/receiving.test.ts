/** recv(2) that waits: SO_RCVLOWAT, MSG_WAITALL, MSG_PEEK, and what ends the wait (Linux tcp_recvmsg_locked). */
import { describe, expect, test } from 'vitest';
import { SocketBench, text } from '../../test/support/socket-bench.ts';
import { type Attempt, receiving } from './blocking.ts';
import { EPOLL, Epoll } from './epoll.ts';
import { POLL } from './poll-bits.ts';
import { readiness } from './readiness.ts';
import type { MessageFlags, StreamSocket } from './stream-socket.ts';

interface Wish extends MessageFlags {
  readonly size?: number;
  readonly nonblocking?: boolean;
  readonly all?: boolean;
}

/** A connection with `waiting` bytes to read, and a recv that is begun on it. */
function begin(waiting: number, wish: Wish = {}, prepare: (socket: StreamSocket, b: SocketBench) => void = () => {}) {
  const b = new SocketBench();
  const socket = b.accepted();
  prepare(socket, b);
  if (waiting > 0) b.recv('P.', 1, { ack: 1, len: waiting });
  const { size = 100, nonblocking = false, all = false, ...flags } = wish;
  const attempt = receiving(socket, new Uint8Array(size), flags, { nonblocking, all });
  return { b, socket, say: () => said(attempt, b) };
}

function said(attempt: Attempt, b: SocketBench): string {
  const outcome = attempt(b.now, b.tx);
  return outcome === undefined ? 'waits' : text(outcome);
}

function lowat(n: number) {
  return (socket: StreamSocket, b: SocketBench): void => {
    socket.set(b.now, 'SOL_SOCKET', 'SO_RCVLOWAT', n, b.tx);
  };
}

const READABLE = POLL.POLLIN | POLL.POLLRDNORM;

describe('SO_RCVLOWAT', () => {
  test('a blocking read waits for that many bytes', () => {
    const { b, say } = begin(20, {}, lowat(30));
    expect(say()).toBe('waits');
    b.recv('P.', 21, { ack: 1, len: 9 });
    expect(say()).toBe('waits');
    b.recv('P.', 30, { ack: 1, len: 9 });
    expect(say()).toBe('38');
  });

  test('a read of fewer bytes waits for no more than those', () => {
    expect(begin(20, { size: 20 }, lowat(30)).say()).toBe('20');
    expect(begin(20, { size: 21 }, lowat(30)).say()).toBe('waits');
  });

  test('who does not block gets what is there', () => {
    expect(begin(20, { nonblocking: true }, lowat(30)).say()).toBe('20');
    expect(begin(0, { nonblocking: true }, lowat(30)).say()).toBe('-1 EAGAIN');
  });

  test('poll calls fewer bytes not readable', () => {
    const { b, socket } = begin(20, {}, lowat(30));
    expect(readiness(socket) & READABLE).toBe(0);
    b.recv('P.', 21, { ack: 1, len: 10 });
    expect(readiness(socket) & READABLE).toBe(READABLE);
  });

  test('epoll is woken with the byte that completes it, and by a lower mark', () => {
    const { b, socket } = begin(0, {}, lowat(30));
    const epoll = new Epoll();
    epoll.control('add', socket, EPOLL.EPOLLIN! + EPOLL.EPOLLET!, 7);
    expect(epoll.ready(1)).toEqual([]);
    b.recv('P.', 1, { ack: 1, len: 20 });
    expect(epoll.ready(1)).toEqual([]);
    b.recv('P.', 21, { ack: 1, len: 10 });
    expect(epoll.ready(1)).toMatchObject([{ events: POLL.POLLIN, data: 7 }]);
    socket.recv(b.now, new Uint8Array(10), b.tx);
    expect(epoll.ready(1)).toEqual([]);
    lowat(5)(socket, b);
    expect(epoll.ready(1)).toMatchObject([{ events: POLL.POLLIN, data: 7 }]);
  });

  test('where the peer may send no more, any byte will do', () => {
    const b = new SocketBench();
    const listener = b.listening();
    listener.set(b.now, 'SOL_SOCKET', 'SO_RCVBUF', 1500, b.tx);
    b.handshake();
    const socket = listener.accept() as StreamSocket;
    lowat(1400)(socket, b);
    b.recv('P.', 1, { ack: 1, len: 600 });
    expect(readiness(socket) & READABLE).toBe(0);
    b.recv('P.', 601, { ack: 1, len: 500 });
    expect(readiness(socket) & READABLE).toBe(READABLE);
  });

  test('the end of the stream is readable, however little came before', () => {
    const { b, socket, say } = begin(20, {}, lowat(30));
    b.recv('F.', 21, { ack: 1 });
    expect(readiness(socket) & READABLE).toBe(READABLE);
    expect(say()).toBe('20');
  });
});

describe('MSG_WAITALL', () => {
  test('waits for all of it', () => {
    const { b, say } = begin(60, { all: true });
    expect(say()).toBe('waits');
    b.recv('P.', 61, { ack: 1, len: 60 });
    expect(say()).toBe('100');
  });

  test('a reset ends the wait; the error is for the next call', () => {
    const { b, socket, say } = begin(60, { all: true });
    expect(say()).toBe('waits');
    b.recv('R', 61);
    expect(say()).toBe('60');
    expect(text(socket.recv(b.now, new Uint8Array(9), b.tx))).toBe('-1 ECONNRESET');
  });

  test('so do a FIN and a shutdown of our own', () => {
    const first = begin(60, { all: true });
    expect(first.say()).toBe('waits');
    first.b.recv('F.', 61, { ack: 1 });
    expect(first.say()).toBe('60');
    const second = begin(60, { all: true });
    expect(second.say()).toBe('waits');
    second.socket.shutdown(second.b.now, 'read', second.b.tx);
    expect(second.say()).toBe('60');
  });

  test('it stops before an urgent byte', () => {
    const { b, say } = begin(0, { all: true });
    b.recv('PU.', 1, { ack: 1, len: 20, urg: 11 });
    expect(say()).toBe('10');
  });

  test('says nothing of one that does not block', () => {
    expect(begin(60, { all: true, nonblocking: true }).say()).toBe('60');
  });

  test('with MSG_PEEK it counts no byte twice', () => {
    const { b, socket, say } = begin(60, { all: true, peek: true });
    expect(say()).toBe('waits');
    expect(say()).toBe('waits');
    b.recv('P.', 61, { ack: 1, len: 60 });
    expect(say()).toBe('100');
    expect(socket.connection!.readable).toBe(120);
  });
});

test('MSG_OOB never waits', () => {
  const { b, say } = begin(0, { urgent: true });
  expect(say()).toBe('-1 EINVAL');
  b.recv('U.', 1, { ack: 1, len: 5, urg: 8 });
  expect(say()).toBe('-1 EAGAIN');
});
