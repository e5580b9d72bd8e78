import { describe, expect, test } from 'vitest';
import { SERVER, SocketBench, text } from '../../test/support/socket-bench.ts';
import { EPOLL, Epoll } from './epoll.ts';
import type { StreamSocket } from './stream-socket.ts';

const { EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR, EPOLLRDHUP, EPOLLET, EPOLLONESHOT, EPOLLEXCLUSIVE } = EPOLL as Record<
  string,
  number
>;

/** What epoll_wait with a timeout of 0 would tell: `IN|OUT`, one entry a socket. */
function told(epoll: Epoll, max = 8): string[] {
  return epoll.ready(max).map(({ events, data }) => `${data}: ${names(events)}`);
}

function names(events: number): string {
  return Object.entries({ IN: EPOLLIN, OUT: EPOLLOUT, ERR: EPOLLERR, HUP: EPOLLHUP, RDHUP: EPOLLRDHUP })
    .filter(([, bit]) => (events & bit!) !== 0)
    .map(([name]) => name)
    .join('|');
}

function watch(socket: StreamSocket, events: number): Epoll {
  const epoll = new Epoll();
  expect(text(epoll.control('add', socket, events, 4))).toBe('0');
  return epoll;
}

describe('epoll_ctl(2), ERRORS', () => {
  test('a socket is added once, and changed or removed only while it is there', () => {
    const b = new SocketBench();
    const socket = b.host.socket();
    const epoll = new Epoll();
    expect(text(epoll.control('mod', socket, EPOLLIN!, 0))).toBe('-1 ENOENT');
    expect(text(epoll.control('del', socket, 0, 0))).toBe('-1 ENOENT');
    expect(text(epoll.control('add', socket, EPOLLIN!, 0))).toBe('0');
    expect(text(epoll.control('add', socket, EPOLLIN!, 0))).toBe('-1 EEXIST');
    expect(text(epoll.control('del', socket, 0, 0))).toBe('0');
    expect(text(epoll.control('add', socket, EPOLLIN!, 0))).toBe('0');
  });

  test('EPOLLEXCLUSIVE is for adding only, and not for one-shots', () => {
    const b = new SocketBench();
    const socket = b.host.socket();
    const epoll = new Epoll();
    expect(text(epoll.control('add', socket, EPOLLIN! + EPOLLEXCLUSIVE! + EPOLLONESHOT!, 0))).toBe('-1 EINVAL');
    expect(text(epoll.control('add', socket, EPOLLIN! + EPOLLEXCLUSIVE! + EPOLLET!, 0))).toBe('0');
    expect(text(epoll.control('mod', socket, EPOLLIN!, 0))).toBe('-1 EINVAL');
    expect(text(epoll.control('mod', socket, EPOLLIN! + EPOLLEXCLUSIVE!, 0))).toBe('-1 EINVAL');
  });
});

describe('level-triggered', () => {
  test('data is told as long as it is there', () => {
    const b = new SocketBench();
    const epoll = watch(b.accepted(), EPOLLIN!);
    expect(told(epoll)).toEqual([]);
    b.recv('P.', 1, { ack: 1, len: 10 });
    expect(told(epoll)).toEqual(['4: IN']);
    expect(told(epoll)).toEqual(['4: IN']);
  });

  test('and no longer', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    const epoll = watch(socket, EPOLLIN!);
    b.recv('P.', 1, { ack: 1, len: 10 });
    socket.recv(b.now, new Uint8Array(100), b.tx);
    expect(told(epoll)).toEqual([]);
    b.recv('P.', 11, { ack: 1, len: 1 });
    expect(told(epoll)).toEqual(['4: IN']);
  });

  test('only what was asked for is told, but errors and hang-ups always are', () => {
    const b = new SocketBench();
    const epoll = watch(b.accepted(), 0);
    b.recv('P.', 1, { ack: 1, len: 10 });
    expect(told(epoll)).toEqual([]);
    b.recv('R', 11);
    expect(told(epoll)).toEqual(['4: ERR|HUP']);
  });

  test('with a limit those that were left out come first the next time', () => {
    const b = new SocketBench();
    const [one, two, three] = [b.host.socket(), b.host.socket(), b.host.socket()];
    const epoll = new Epoll();
    [one, two, three].forEach((socket, i) => {
      epoll.control('add', socket, EPOLLOUT!, i + 1);
    });
    expect(told(epoll, 2)).toEqual(['1: OUT|HUP', '2: OUT|HUP']);
    expect(told(epoll, 2)).toEqual(['3: OUT|HUP', '1: OUT|HUP']);
  });

  test('a closed socket is forgotten', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    const epoll = watch(socket, EPOLLOUT!);
    socket.close(b.now, b.tx);
    expect(told(epoll)).toEqual([]);
  });

  test('a listener tells of connections to accept', () => {
    const b = new SocketBench();
    const listener = b.listening();
    const epoll = watch(listener, EPOLLIN!);
    b.handshake();
    expect(told(epoll)).toEqual(['4: IN']);
    listener.accept();
    expect(told(epoll)).toEqual([]);
  });
});

describe('edge-triggered', () => {
  test('each arrival is told once, drained or not, with all that is ready besides', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    const epoll = watch(socket, EPOLLIN! + EPOLLOUT! + EPOLLET!);
    expect(told(epoll)).toEqual(['4: OUT']);
    b.recv('P.', 1, { ack: 1, len: 10 });
    expect(told(epoll)).toEqual(['4: IN|OUT']);
    expect(told(epoll)).toEqual([]);
    socket.recv(b.now, new Uint8Array(5), b.tx);
    expect(told(epoll)).toEqual([]);
    b.recv('P.', 11, { ack: 1, len: 10 });
    expect(told(epoll)).toEqual(['4: IN|OUT']);
  });

  test('arrivals between two looks are told together', () => {
    const b = new SocketBench();
    const epoll = watch(b.accepted(), EPOLLIN! + EPOLLET!);
    b.recv('P.', 1, { ack: 1, len: 10 });
    b.recv('P.', 11, { ack: 1, len: 10 });
    expect(told(epoll)).toEqual(['4: IN']);
    expect(told(epoll)).toEqual([]);
  });

  test('data is no news for who asked for room only', () => {
    const b = new SocketBench();
    const epoll = watch(b.accepted(), EPOLLOUT! + EPOLLET!);
    expect(told(epoll)).toEqual(['4: OUT']);
    b.recv('P.', 1, { ack: 1, len: 10 });
    expect(told(epoll)).toEqual([]);
  });

  test("the peer's FIN is news of any kind", () => {
    const b = new SocketBench();
    const epoll = watch(b.accepted(), EPOLLOUT! + EPOLLRDHUP! + EPOLLET!);
    told(epoll);
    b.recv('F.', 1, { ack: 1 });
    expect(told(epoll)).toEqual(['4: OUT|RDHUP']);
  });

  test('a change of the interest looks again', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    const epoll = watch(socket, EPOLLOUT! + EPOLLET!);
    told(epoll);
    epoll.control('mod', socket, EPOLLOUT! + EPOLLET!, 5);
    expect(told(epoll)).toEqual(['5: OUT']);
    expect(told(epoll)).toEqual([]);
  });

  test('the end of a handshake', () => {
    const b = new SocketBench();
    const socket = b.host.socket();
    socket.connect(b.now, SERVER, b.tx);
    const epoll = watch(socket, EPOLLOUT! + EPOLLIN! + EPOLLET!);
    expect(told(epoll)).toEqual([]);
    b.recv('S.', 0, { ack: 1 });
    expect(told(epoll)).toEqual(['4: OUT']);
  });

  test('room is no news for who has not run out of it', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    const epoll = watch(socket, EPOLLOUT! + EPOLLET!);
    told(epoll);
    socket.send(b.now, new Uint8Array(1000), b.tx);
    b.recv('.', 1, { ack: 1001 });
    expect(told(epoll)).toEqual([]);
  });
});

describe('one-shot', () => {
  test('is told once, and sleeps until it is modified', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    const epoll = watch(socket, EPOLLIN! + EPOLLONESHOT!);
    b.recv('P.', 1, { ack: 1, len: 10 });
    expect(told(epoll)).toEqual(['4: IN']);
    b.recv('P.', 11, { ack: 1, len: 10 });
    expect(told(epoll)).toEqual([]);
    epoll.control('mod', socket, EPOLLIN! + EPOLLONESHOT!, 4);
    expect(told(epoll)).toEqual(['4: IN']);
    expect(told(epoll)).toEqual([]);
  });
});
