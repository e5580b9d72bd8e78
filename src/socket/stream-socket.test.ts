/** What each call says in each state of a socket: connect(2), send(2), recv(2), shutdown(2) and Linux 6's order of checks. */
import { describe, expect, test } from 'vitest';
import { SERVER, SocketBench, text } from '../../test/support/socket-bench.ts';
import { MS, SEC } from '../tcp/types.ts';
import { type Attempt, closing, connecting, receiving, sending } from './blocking.ts';
import { POLL } from './poll-bits.ts';
import { readiness } from './readiness.ts';
import { ANY, type StreamSocket } from './stream-socket.ts';

interface Said {
  readonly connect: string;
  readonly send: string;
  readonly recv: string;
  readonly listen: string;
  readonly accept: string;
  readonly shutdown: string;
  readonly poll: string;
}

/** One socket in some state, made anew for each question, since most answers change it. */
function ask(make: () => [SocketBench, StreamSocket]): Said {
  const each = (what: (b: SocketBench, s: StreamSocket) => Parameters<typeof text>[0]): string => text(what(...make()));
  return {
    connect: each((b, s) => s.connect(b.now, SERVER, b.tx)),
    send: each((b, s) => s.send(b.now, new Uint8Array(10), b.tx)),
    recv: each((b, s) => s.recv(b.now, new Uint8Array(10), b.tx)),
    listen: each((_, s) => s.listen(5)),
    accept: each((_, s) => s.accept()),
    shutdown: each((b, s) => s.shutdown(b.now, 'write', b.tx)),
    poll: polled(make()[1]),
  };
}

function polled(socket: StreamSocket): string {
  const bits = readiness(socket);
  return ['IN', 'PRI', 'OUT', 'ERR', 'HUP', 'RDHUP']
    .filter((name) => (bits & POLL[`POLL${name}` as keyof typeof POLL]) !== 0)
    .join('|');
}

const CLOSED_FOR_GOOD: Partial<Said> = {
  send: '-1 EPIPE',
  listen: '-1 EINVAL',
  accept: '-1 EINVAL',
  shutdown: '-1 ENOTCONN',
};

const STATES: readonly (readonly [string, () => [SocketBench, StreamSocket], Said])[] = [
  [
    'new',
    () => {
      const b = new SocketBench();
      return [b, b.host.socket()];
    },
    {
      connect: '-1 EINPROGRESS',
      send: '-1 EPIPE',
      recv: '-1 ENOTCONN',
      listen: '0',
      accept: '-1 EINVAL',
      shutdown: '-1 ENOTCONN',
      poll: 'OUT|HUP',
    },
  ],
  [
    'listening',
    () => {
      const b = new SocketBench();
      return [b, b.listening()];
    },
    {
      connect: '-1 EISCONN',
      send: '-1 EPIPE',
      recv: '-1 ENOTCONN',
      listen: '0',
      accept: '-1 EAGAIN',
      shutdown: '0',
      poll: '',
    },
  ],
  [
    'listening, a connection waits',
    () => {
      const b = new SocketBench();
      const listener = b.listening();
      b.handshake();
      return [b, listener];
    },
    {
      connect: '-1 EISCONN',
      send: '-1 EPIPE',
      recv: '-1 ENOTCONN',
      listen: '0',
      accept: 'a socket',
      shutdown: '0',
      poll: 'IN',
    },
  ],
  [
    'connecting',
    () => {
      const b = new SocketBench();
      const socket = b.host.socket();
      socket.connect(b.now, SERVER, b.tx);
      return [b, socket];
    },
    {
      connect: '-1 EALREADY',
      send: '-1 EAGAIN',
      recv: '-1 EAGAIN',
      listen: '-1 EINVAL',
      accept: '-1 EINVAL',
      shutdown: '0',
      poll: '',
    },
  ],
  [
    'connected, not yet told',
    () => {
      const b = new SocketBench();
      return [b, b.connected()];
    },
    {
      connect: '0',
      send: '10',
      recv: '-1 EAGAIN',
      listen: '-1 EINVAL',
      accept: '-1 EINVAL',
      shutdown: '0',
      poll: 'OUT',
    },
  ],
  [
    'accepted',
    () => {
      const b = new SocketBench();
      return [b, b.accepted()];
    },
    {
      connect: '-1 EISCONN',
      send: '10',
      recv: '-1 EAGAIN',
      listen: '-1 EINVAL',
      accept: '-1 EINVAL',
      shutdown: '0',
      poll: 'OUT',
    },
  ],
  [
    'refused',
    () => {
      const b = new SocketBench();
      const socket = b.host.socket();
      socket.connect(b.now, SERVER, b.tx);
      b.recv('R.', 0, { ack: 1 });
      return [b, socket];
    },
    {
      connect: '-1 ECONNREFUSED',
      send: '-1 ECONNREFUSED',
      recv: '-1 ECONNREFUSED',
      listen: '-1 EINVAL',
      accept: '-1 EINVAL',
      shutdown: '-1 ENOTCONN',
      poll: 'IN|OUT|ERR|HUP|RDHUP',
    },
  ],
  [
    'the peer has closed',
    () => {
      const b = new SocketBench();
      const socket = b.accepted();
      b.recv('F.', 1, { ack: 1 });
      return [b, socket];
    },
    {
      connect: '-1 EISCONN',
      send: '10',
      recv: '0',
      listen: '-1 EINVAL',
      accept: '-1 EINVAL',
      shutdown: '0',
      poll: 'IN|OUT|RDHUP',
    },
  ],
  [
    'shut for writing',
    () => {
      const b = new SocketBench();
      const socket = b.accepted();
      socket.shutdown(b.now, 'write', b.tx);
      return [b, socket];
    },
    {
      connect: '-1 EISCONN',
      send: '-1 EPIPE',
      recv: '-1 EAGAIN',
      listen: '-1 EINVAL',
      accept: '-1 EINVAL',
      shutdown: '0',
      poll: 'OUT',
    },
  ],
  [
    'shut for reading',
    () => {
      const b = new SocketBench();
      const socket = b.accepted();
      socket.shutdown(b.now, 'read', b.tx);
      return [b, socket];
    },
    {
      connect: '-1 EISCONN',
      send: '10',
      recv: '0',
      listen: '-1 EINVAL',
      accept: '-1 EINVAL',
      shutdown: '0',
      poll: 'IN|OUT|RDHUP',
    },
  ],
  [
    'shut both ways',
    () => {
      const b = new SocketBench();
      const socket = b.accepted();
      socket.shutdown(b.now, 'both', b.tx);
      return [b, socket];
    },
    {
      connect: '-1 EISCONN',
      send: '-1 EPIPE',
      recv: '0',
      listen: '-1 EINVAL',
      accept: '-1 EINVAL',
      shutdown: '0',
      poll: 'IN|OUT|HUP|RDHUP',
    },
  ],
  [
    'reset by the peer',
    () => {
      const b = new SocketBench();
      const socket = b.accepted();
      b.recv('R', 1);
      return [b, socket];
    },
    {
      ...(CLOSED_FOR_GOOD as Said),
      connect: '-1 EISCONN',
      send: '-1 ECONNRESET',
      recv: '-1 ECONNRESET',
      poll: 'IN|OUT|ERR|HUP|RDHUP',
    },
  ],
  [
    'reset, and told of it',
    () => {
      const b = new SocketBench();
      const socket = b.accepted();
      b.recv('R', 1);
      socket.takeError();
      return [b, socket];
    },
    { ...(CLOSED_FOR_GOOD as Said), connect: '-1 EISCONN', recv: '0', poll: 'IN|OUT|HUP|RDHUP' },
  ],
  [
    "reset after the peer's FIN",
    () => {
      const b = new SocketBench();
      const socket = b.accepted();
      b.recv('F.', 1, { ack: 1 });
      b.recv('R', 2);
      return [b, socket];
    },
    {
      ...(CLOSED_FOR_GOOD as Said),
      connect: '-1 EISCONN',
      recv: '0',
      poll: 'IN|OUT|ERR|HUP|RDHUP',
    },
  ],
  [
    'in TIME-WAIT',
    () => {
      const b = new SocketBench();
      const socket = b.accepted();
      socket.shutdown(b.now, 'write', b.tx);
      b.recv('F.', 1, { ack: 2 });
      return [b, socket];
    },
    {
      ...(CLOSED_FOR_GOOD as Said),
      connect: '-1 EISCONN',
      recv: '0',
      poll: 'IN|OUT|HUP|RDHUP',
    },
  ],
  [
    'disconnected',
    () => {
      const b = new SocketBench();
      const socket = b.accepted();
      socket.disconnect(b.now, b.tx);
      return [b, socket];
    },
    {
      connect: '-1 EINPROGRESS',
      send: '-1 ECONNRESET',
      recv: '-1 ECONNRESET',
      listen: '0',
      accept: '-1 EINVAL',
      shutdown: '-1 ENOTCONN',
      poll: 'OUT|ERR|HUP',
    },
  ],
];

describe('calls in each state', () => {
  for (const [name, make, said] of STATES) test(name, () => expect(ask(make)).toEqual(said));
});

describe('bind and listen', () => {
  test('a port is bound once; two sockets share one only if both say SO_REUSEADDR and none listens', () => {
    const b = new SocketBench();
    const [one, two] = [b.host.socket(), b.host.socket()];
    expect(text(one.bind({ address: ANY, port: 8080 }))).toBe('0');
    expect(text(one.bind({ address: ANY, port: 8081 }))).toBe('-1 EINVAL');
    expect(text(two.bind({ address: ANY, port: 8080 }))).toBe('-1 EADDRINUSE');
    for (const socket of [one, two]) socket.set(b.now, 'SOL_SOCKET', 'SO_REUSEADDR', 1, b.tx);
    expect(text(two.bind({ address: ANY, port: 8080 }))).toBe('0');
    expect(text(one.listen(1))).toBe('0');
    expect(text(two.listen(1))).toBe('-1 EADDRINUSE');
  });

  // Each line measured on Linux 6.18.
  test.each([
    [0, 0, '-1 EADDRINUSE'],
    [0, 1, '-1 EADDRINUSE'],
    [1, 0, '-1 EADDRINUSE'],
    [1, 1, '0'],
  ])('connections hold the port of a listener that is gone: SO_REUSEADDR %i there, %i here', (theirs, ours, said) => {
    const b = new SocketBench();
    const listener = b.listening();
    listener.set(b.now, 'SOL_SOCKET', 'SO_REUSEADDR', theirs, b.tx);
    b.handshake();
    const child = listener.accept() as StreamSocket;
    listener.close(b.now, b.tx);
    const bind = (): string => {
      const socket = b.host.socket();
      socket.set(b.now, 'SOL_SOCKET', 'SO_REUSEADDR', ours, b.tx);
      const outcome = text(socket.bind({ address: ANY, port: 8080 }));
      socket.close(b.now, b.tx);
      return outcome;
    };
    expect(bind()).toBe(said);
    child.close(b.now, b.tx);
    b.recv('F.', 1, { ack: 2 });
    expect(child.connection!.state).toBe('TIME-WAIT');
    expect(bind()).toBe(said);
    b.wait(60 * SEC);
    expect(bind()).toBe('0');
  });

  test('a port that is chosen is none that is bound', () => {
    const b = new SocketBench();
    const [one, two] = [b.host.socket(), b.host.socket()];
    one.bind({ address: ANY, port: 32768 });
    two.listen(1);
    expect(two.bound?.port).toBe(32769);
  });

  test('to no address of ours', () => {
    const b = new SocketBench();
    expect(text(b.host.socket().bind({ address: 0x0a000001, port: 80 }))).toBe('-1 EADDRNOTAVAIL');
  });

  test('a listener that was never bound gets a port, and closing it gives it back', () => {
    const b = new SocketBench();
    const socket = b.host.socket();
    socket.listen(1);
    expect(socket.bound?.port).toBeGreaterThan(0);
    socket.close(b.now, b.tx);
    const next = b.host.socket();
    expect(text(next.bind({ address: ANY, port: socket.bound!.port }))).toBe('0');
  });

  test('the backlog is limited by somaxconn; negative means all of it', () => {
    const b = new SocketBench({}, { somaxconn: 3 });
    const socket = b.listening(100);
    expect(socket.listener!.backlog).toBe(3);
    socket.listen(1);
    expect(socket.listener!.backlog).toBe(1);
    socket.listen(-1);
    expect(socket.listener!.backlog).toBe(3);
  });
});

describe('connect', () => {
  test('a refused socket may try again at once', () => {
    const b = new SocketBench();
    const socket = b.host.socket();
    socket.connect(b.now, SERVER, b.tx);
    b.recv('R.', 0, { ack: 1 });
    expect(text(socket.connect(b.now, SERVER, b.tx))).toBe('-1 ECONNREFUSED');
    expect(text(socket.connect(b.now, SERVER, b.tx))).toBe('-1 EINPROGRESS');
    b.recv('S.', 0, { ack: 1 });
    expect(text(socket.connect(b.now, SERVER, b.tx))).toBe('0');
    expect(text(socket.connect(b.now, SERVER, b.tx))).toBe('-1 EISCONN');
  });

  test('an error fetched by SO_ERROR leaves ECONNABORTED', () => {
    const b = new SocketBench();
    const socket = b.host.socket();
    socket.connect(b.now, SERVER, b.tx);
    b.recv('R.', 0, { ack: 1 });
    expect(socket.get('SOL_SOCKET', 'SO_ERROR')).toBe(111);
    expect(socket.get('SOL_SOCKET', 'SO_ERROR')).toBe(0);
    expect(text(socket.connect(b.now, SERVER, b.tx))).toBe('-1 ECONNABORTED');
  });

  test('a blocking one returns with the SYN/ACK, or with the error', () => {
    const b = new SocketBench();
    const [good, bad] = [b.host.socket(), b.host.socket()];
    const first = connecting(good, SERVER, false);
    expect(first(b.now, b.tx)).toBeUndefined();
    b.recv('S.', 0, { ack: 1 });
    expect(text(first(b.now, b.tx)!)).toBe('0');
    const second = connecting(bad, SERVER, false);
    expect(second(b.now, b.tx)).toBeUndefined();
    b.recv('R.', 0, { ack: 1 });
    expect(text(second(b.now, b.tx)!)).toBe('-1 ECONNREFUSED');
  });

  test('nobody answers: ETIMEDOUT', () => {
    const b = new SocketBench({ synRetries: 1, synLinearTimeouts: 0 });
    const socket = b.host.socket();
    const attempt = connecting(socket, SERVER, false);
    attempt(b.now, b.tx);
    b.wait(2.9 * SEC);
    expect(attempt(b.now, b.tx)).toBeUndefined();
    b.wait(0.2 * SEC);
    expect(text(attempt(b.now, b.tx)!)).toBe('-1 ETIMEDOUT');
  });
});

describe('recv', () => {
  test('what had come before a reset is still there, then the error, once, then the end', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    b.recv('P.', 1, { ack: 1, len: 10 });
    b.recv('R', 11);
    const read = (n: number): string => text(socket.recv(b.now, new Uint8Array(n), b.tx));
    expect([read(4), read(100), read(100), read(100)]).toEqual(['4', '6', '-1 ECONNRESET', '0']);
  });

  test('no bytes asked for, none given, whatever has happened', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    const nothing = new Uint8Array(0);
    expect(text(socket.recv(b.now, nothing, b.tx))).toBe('0');
    b.recv('R', 1);
    expect(text(socket.recv(b.now, nothing, b.tx))).toBe('0');
    expect(text(socket.recv(b.now, new Uint8Array(1), b.tx))).toBe('-1 ECONNRESET');
  });

  test('MSG_PEEK leaves the bytes', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    b.recv('P.', 1, { ack: 1, len: 10 });
    expect(text(socket.recv(b.now, new Uint8Array(4), b.tx, { peek: true }))).toBe('4');
    expect(text(socket.recv(b.now, new Uint8Array(100), b.tx))).toBe('10');
  });

  test('a blocking one waits for the first byte, or the end', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    const reading = (): Attempt => receiving(socket, new Uint8Array(100), {}, { nonblocking: false, all: false });
    const first = reading();
    expect(first(b.now, b.tx)).toBeUndefined();
    b.recv('P.', 1, { ack: 1, len: 10 });
    expect(text(first(b.now, b.tx)!)).toBe('10');
    const second = reading();
    expect(second(b.now, b.tx)).toBeUndefined();
    b.recv('F.', 11, { ack: 1 });
    expect(text(second(b.now, b.tx)!)).toBe('0');
  });
});

describe('close', () => {
  test('a second time: EBADF', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    expect(text(socket.close(b.now, b.tx))).toBe('0');
    expect(b.sent()).toEqual(['F. 1:1(0) ack 1']);
    expect(text(socket.close(b.now, b.tx))).toBe('-1 EBADF');
  });

  test('unread bytes: RST instead of FIN (RFC 9293 SHLD-3)', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    b.recv('P.', 1, { ack: 1, len: 10 });
    b.sent();
    socket.close(b.now, b.tx);
    expect(b.sent()).toEqual(['R. 1:1(0) ack 11']);
  });

  test('SO_LINGER 0: RST', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    socket.options.linger = 0;
    socket.close(b.now, b.tx);
    expect(b.sent()).toEqual(['R. 1:1(0) ack 1']);
  });

  test('SO_LINGER with a time waits for the ACK of the FIN, and no longer than that time', () => {
    for (const answered of [true, false]) {
      const b = new SocketBench();
      const socket = b.accepted();
      socket.options.linger = 2;
      const attempt = closing(socket);
      expect(attempt(b.now, b.tx)).toBe(b.now + 2 * SEC);
      b.wait(10 * MS);
      if (answered) b.recv('.', 1, { ack: 2 });
      else b.wait(2 * SEC);
      expect(attempt(b.now, b.tx)).toEqual({ value: 0, errno: '' });
    }
  });

  test('a listener resets what was never accepted', () => {
    const b = new SocketBench();
    const listener = b.listening();
    b.handshake();
    b.sent();
    listener.close(b.now, b.tx);
    expect(b.sent()).toEqual(['R. 1:1(0) ack 1']);
  });
});

describe('SO_ERROR and what a write says', () => {
  test('the error is told once, by whichever call comes first', () => {
    const b = new SocketBench();
    const socket = b.accepted();
    b.recv('R', 1);
    expect(socket.get('SOL_SOCKET', 'SO_ERROR')).toBe(104);
    expect(text(socket.send(b.now, new Uint8Array(1), b.tx))).toBe('-1 EPIPE');
    expect(text(socket.recv(b.now, new Uint8Array(1), b.tx))).toBe('0');
  });

  test('a blocking write on a socket that is connecting goes on when it is connected', () => {
    const b = new SocketBench();
    const socket = b.host.socket();
    socket.connect(b.now, SERVER, b.tx);
    const attempt = sending(socket, new Uint8Array(10), {}, false);
    expect(attempt(b.now, b.tx)).toBeUndefined();
    b.recv('S.', 0, { ack: 1 });
    expect(text(attempt(b.now, b.tx)!)).toBe('10');
  });
});
