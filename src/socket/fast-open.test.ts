import { describe, expect, test } from 'vitest';
import { SERVER, SocketBench, text } from '../../test/support/socket-bench.ts';
import { MS, SEC } from '../tcp/types.ts';
import { type Attempt, fastOpening, sending } from './blocking.ts';
import { POLL } from './poll-bits.ts';
import { readiness } from './readiness.ts';
import { LINUX6_HOST } from './settings.ts';
import { ANY, type StreamSocket } from './stream-socket.ts';
import { TCPI_OPT, tcpInfo } from './tcp-info.ts';

const KEY = Uint32Array.of(0xa1a1a1a1, 0xb2b2b2b2, 0xc3c3c3c3, 0xd4d4d4d4);
/** Of the peer, 192.0.2.1, at 192.168.0.1 under KEY: src/tcp/fast-open-cookie.test.ts. */
const COOKIE = '3021b9d889017eeb';

function bench(flags = 1): SocketBench {
  return new SocketBench({}, { fastOpen: { flags, keys: [KEY], blackholeTimeout: 0 } });
}

/** A client that knows the server's cookie, and its MSS of 1000. */
function knowing(flags = 1): SocketBench {
  const b = bench(flags);
  b.host.socket().fastOpen(b.now, SERVER, NOTHING, false, b.tx);
  b.recv('S.', 0, { ack: 1, fo: 'abcd1234' });
  b.sent();
  return b;
}

function fastOpen(b: SocketBench, n: number, socket: StreamSocket = b.host.socket()): string {
  return text(socket.fastOpen(b.now, SERVER, new Uint8Array(n), false, b.tx));
}

/** Tries, and tells what came of it; `waits` for undefined. */
function attempt(b: SocketBench, call: Attempt): string {
  const outcome = call(b.now, b.tx);
  b.host.settle(b.now);
  return outcome === undefined ? 'waits' : text(outcome);
}

const NOTHING = new Uint8Array(0);
const options = (b: SocketBench, socket: StreamSocket): number => tcpInfo(socket, b.now).tcpi_options!;

describe('sendto with MSG_FASTOPEN that does not wait (nonblocking-sendto-errnos of Linux)', () => {
  test('no cookie: EINPROGRESS, nothing is taken; then EALREADY, and EAGAIN to send', () => {
    const b = bench();
    const socket = b.host.socket();
    expect(fastOpen(b, 1000, socket)).toBe('-1 EINPROGRESS');
    expect(b.sent()).toEqual(['S 0:0(0) <FO>']);
    expect(fastOpen(b, 1000, socket)).toBe('-1 EALREADY');
    expect(text(socket.send(b.now, new Uint8Array(10), b.tx))).toBe('-1 EAGAIN');
    b.recv('S.', 0, { ack: 1, fo: 'abcd1234' });
    expect(b.sent()).toEqual(['. 1:1(0) ack 1']);
    expect(options(b, socket) & TCPI_OPT.SYN_DATA).toBe(0);
  });

  test('tcpi_notsent_bytes: what did not fit on the SYN, which takes a number of its own', () => {
    const b = knowing();
    const socket = b.host.socket();
    socket.fastOpen(b.now, SERVER, new Uint8Array(2000), true, b.tx);
    expect(b.sent()).toEqual(['S 0:960(960) <FO abcd1234>']);
    expect(tcpInfo(socket, b.now).tcpi_notsent_bytes).toBe(1040);
  });

  test('a cookie: what rides on the SYN is taken', () => {
    const b = knowing();
    const socket = b.host.socket();
    expect(fastOpen(b, 2000, socket)).toBe('960');
    expect(b.sent()).toEqual(['S 0:960(960) <FO abcd1234>']);
    expect(fastOpen(b, 1000, socket)).toBe('-1 EALREADY');
    expect(readiness(socket)).toBe(0);
    b.recv('S.', 0, { ack: 961 });
    expect(options(b, socket) & TCPI_OPT.SYN_DATA).not.toBe(0);
    // After the handshake it is an ordinary send, once.
    expect([fastOpen(b, 10, socket), fastOpen(b, 10, socket)]).toEqual(['0', '-1 EISCONN']);
  });

  test('nothing to say: EINPROGRESS all the same', () => {
    const b = knowing();
    expect(fastOpen(b, 0)).toBe('-1 EINPROGRESS');
    expect(b.sent()).toEqual(['S 0:0(0) <FO abcd1234>']);
  });

  test('EOPNOTSUPP while Fast Open is off, and for AF_UNSPEC', () => {
    const b = bench(0);
    expect(fastOpen(b, 10)).toBe('-1 EOPNOTSUPP');
    b.host.settings = { ...b.host.settings, fastOpen: { ...b.host.settings.fastOpen, flags: 1 } };
    expect(fastOpen(b, 10)).toBe('-1 EINPROGRESS');
    expect(text(b.host.socket().fastOpen(b.now, 'unspec', NOTHING, false, b.tx))).toBe('-1 EOPNOTSUPP');
    expect(b.sent()).toHaveLength(1);
  });

  test('without cookies where the host or the socket needs none', () => {
    for (const b of [bench(5), bench(1)]) {
      const socket = b.host.socket();
      socket.set(b.now, 'SOL_TCP', 'TCP_FASTOPEN_NO_COOKIE', 1, b.tx);
      expect([fastOpen(b, 1000, socket), b.sent()]).toEqual(['1000', ['S 0:1000(1000)']]);
    }
  });

  test('refused', () => {
    const b = knowing();
    const socket = b.host.socket();
    fastOpen(b, 10, socket);
    b.recv('R.', 0, { ack: 1 });
    expect(readiness(socket) & (POLL.POLLERR | POLL.POLLHUP)).toBe(POLL.POLLERR | POLL.POLLHUP);
    expect(text(socket.send(b.now, new Uint8Array(10), b.tx))).toBe('-1 ECONNREFUSED');
  });
});

describe('sendto with MSG_FASTOPEN that waits (blocking-sendto of Linux)', () => {
  test('returns after the handshake, and what did not fit on the SYN goes with its ACK', () => {
    const b = knowing();
    const call = fastOpening(b.host.socket(), SERVER, new Uint8Array(1900), {}, false);
    expect(attempt(b, call)).toBe('waits');
    expect(b.sent()).toEqual(['S 0:960(960) <FO abcd1234>']);
    expect(attempt(b, call)).toBe('waits');
    b.recv('S.', 0, { ack: 961 });
    expect(attempt(b, call)).toBe('1900');
    expect(b.sent()).toEqual(['P. 961:1901(940) ack 1']);
  });

  test('no cookie: all of it goes with the ACK', () => {
    const b = bench();
    const call = fastOpening(b.host.socket(), SERVER, new Uint8Array(800), {}, false);
    expect([attempt(b, call), b.sent()]).toEqual(['waits', ['S 0:0(0) <FO>']]);
    b.recv('S.', 0, { ack: 1 });
    expect([attempt(b, call), b.sent()]).toEqual(['800', ['P. 1:801(800) ack 1']]);
  });

  test('an answer to it is not acknowledged by itself: a writer had waited (measured)', () => {
    const b = knowing();
    const call = fastOpening(b.host.socket(), SERVER, new Uint8Array(1900), {}, false);
    attempt(b, call);
    b.recv('S.', 0, { ack: 961 });
    attempt(b, call);
    b.sent();
    b.wait(20 * MS);
    b.recv('P.', 1, { ack: 1901, len: 500 });
    expect(b.sent()).toEqual([]);
  });

  test.each([
    ['R.', '-1 ECONNREFUSED'],
    ['', '-1 ETIMEDOUT'],
  ])('%s: %s', (flags, outcome) => {
    const b = knowing();
    const socket = b.host.socket();
    socket.set(b.now, 'SOL_TCP', 'TCP_SYNCNT', 1, b.tx);
    const call = fastOpening(socket, SERVER, new Uint8Array(2000), {}, false);
    attempt(b, call);
    if (flags === '') b.wait(10 * SEC);
    else b.recv(flags, 0, { ack: 1 });
    expect(attempt(b, call)).toBe(outcome);
  });
});

describe('connect with TCP_FASTOPEN_CONNECT (nonblocking-connect-bypass of Linux)', () => {
  function asking(b: SocketBench): StreamSocket {
    const socket = b.host.socket();
    expect(text(socket.set(b.now, 'SOL_TCP', 'TCP_FASTOPEN_CONNECT', 1, b.tx))).toBe('0');
    return socket;
  }

  test('no cookie: it asks for one', () => {
    const b = bench();
    expect(text(asking(b).connect(b.now, SERVER, b.tx))).toBe('-1 EINPROGRESS');
    expect(b.sent()).toEqual(['S 0:0(0) <FO>']);
  });

  test('a cookie: connected as it seems, and the first send opens', () => {
    const b = knowing();
    const socket = asking(b);
    expect(text(socket.connect(b.now, SERVER, b.tx))).toBe('0');
    expect([b.sent(), readiness(socket)]).toEqual([[], POLL.POLLOUT | POLL.POLLWRNORM]);
    expect(tcpInfo(socket, b.now).tcpi_state).toBe(2);
    expect(text(socket.connect(b.now, SERVER, b.tx))).toBe('-1 EISCONN');
    expect(text(socket.recv(b.now, new Uint8Array(10), b.tx))).toBe('-1 EAGAIN');
    const call = sending(socket, new Uint8Array(1000), {}, true);
    expect([attempt(b, call), b.sent()]).toEqual(['960', ['S 0:960(960) <FO abcd1234>']]);
  });

  test('a send that waits', () => {
    const b = knowing();
    const socket = asking(b);
    socket.connect(b.now, SERVER, b.tx);
    const call = sending(socket, new Uint8Array(1500), {}, false);
    expect(attempt(b, call)).toBe('waits');
    b.sent();
    b.recv('S.', 0, { ack: 961 });
    expect([attempt(b, call), b.sent()]).toEqual(['1500', ['P. 961:1501(540) ack 1']]);
  });

  test('closed or disconnected before anything was sent: nothing is', () => {
    const b = knowing();
    const socket = asking(b);
    socket.connect(b.now, SERVER, b.tx);
    expect(text(socket.disconnect(b.now, b.tx))).toBe('0');
    expect(text(socket.connect(b.now, SERVER, b.tx))).toBe('0');
    expect(text(socket.close(b.now, b.tx))).toBe('0');
    b.wait(10 * SEC);
    expect(b.sent()).toEqual([]);
  });

  test('who may set what (do_tcp_setsockopt)', () => {
    const b = bench(0);
    const set = (socket: StreamSocket, name: string): string => text(socket.set(b.now, 'SOL_TCP', name, 1, b.tx));
    expect(set(b.host.socket(), 'TCP_FASTOPEN_CONNECT')).toBe('-1 EOPNOTSUPP');
    b.host.settings = { ...LINUX6_HOST, tcp: b.host.settings.tcp };
    const connected = b.connected();
    for (const name of ['TCP_FASTOPEN', 'TCP_FASTOPEN_CONNECT', 'TCP_FASTOPEN_NO_COOKIE']) {
      expect(set(connected, name)).toBe('-1 EINVAL');
    }
    const socket = b.host.socket();
    expect([0, 3, 15, 16, 17, 32].map((n) => text(socket.setFastOpenKey(new Uint8Array(n))))).toEqual([
      ...['-1 EINVAL', '-1 EINVAL', '-1 EINVAL'],
      ...['0', '-1 EINVAL', '0'],
    ]);
  });
});

describe('listening', () => {
  /** The SYN/ACK to a SYN with a good cookie and ten bytes. */
  function answer(b: SocketBench, peerPort: number): string | undefined {
    b.peerPort = peerPort;
    b.port = 8080;
    b.recv('S', 0, { len: 10, fo: COOKIE });
    return b.sent()[0];
  }

  const TAKEN = 'S. 0:0(0) ack 11';
  const ORDINARY = 'S. 0:0(0) ack 1';

  test.each([
    [0x403, undefined, TAKEN],
    [0x402, undefined, TAKEN],
    [0x401, undefined, ORDINARY],
    [0x003, undefined, ORDINARY],
    [0x003, 5, TAKEN],
    [0x001, 5, ORDINARY],
    [0x403, 0, ORDINARY],
  ])('tcp_fastopen %i, TCP_FASTOPEN %s: %s', (flags, queue, expected) => {
    const b = bench(flags);
    const socket = b.listening();
    if (queue !== undefined) socket.set(b.now, 'SOL_TCP', 'TCP_FASTOPEN', queue, b.tx);
    expect(answer(b, 40000)).toBe(expected);
  });

  test('the backlog is the limit where the option was not set', () => {
    const b = bench(0x403);
    b.listening(2);
    expect([40000, 40001, 40002].map((port) => answer(b, port))).toEqual([TAKEN, TAKEN, ORDINARY]);
  });

  test('settings count for each SYN', () => {
    const b = bench(0x403);
    b.listening();
    const { settings } = b.host;
    b.host.settings = { ...settings, fastOpen: { ...settings.fastOpen, flags: 1 } };
    expect(answer(b, 40000)).toBe(ORDINARY);
    b.host.settings = { ...settings, fastOpen: { ...settings.fastOpen, keys: [Uint32Array.of(1, 2, 3, 4)] } };
    expect(answer(b, 40001)).toBe(`${ORDINARY} <FO 6d239c6d1b1d2410>`);
    b.host.settings = settings;
    expect(answer(b, 40002)).toBe(TAKEN);
  });

  test('a key of its own goes before the host’s, and holds at once', () => {
    const b = bench(0x403);
    const socket = b.listening();
    socket.setFastOpenKey(Uint8Array.from(Buffer.from('01000000020000000300000004000000', 'hex')));
    expect(answer(b, 40000)).toBe(`${ORDINARY} <FO 6d239c6d1b1d2410>`);
  });

  test('a socket from accept is used before the handshake ends', () => {
    const b = bench(0x403);
    const listener = b.listening();
    answer(b, 40000);
    const socket = listener.accept() as StreamSocket;
    expect(tcpInfo(socket, b.now).tcpi_state).toBe(3);
    expect(options(b, socket) & (TCPI_OPT.SYN_DATA | TCPI_OPT.TFO_CHILD)).toBe(TCPI_OPT.SYN_DATA | TCPI_OPT.TFO_CHILD);
    expect(readiness(socket) & (POLL.POLLIN | POLL.POLLOUT)).toBe(POLL.POLLIN | POLL.POLLOUT);
    expect(text(socket.recv(b.now, new Uint8Array(100), b.tx))).toBe('10');
    expect(text(socket.recv(b.now, new Uint8Array(100), b.tx))).toBe('-1 EAGAIN');
    expect(text(socket.send(b.now, new Uint8Array(100), b.tx))).toBe('100');
    expect(b.sent()).toEqual(['P. 1:101(100) ack 11']);
  });

  test('shutdown waits for the ACK with its FIN, close does not, and unread data is reset (all measured)', () => {
    const ends = ['shutdown', 'close', 'unread'].map((how) => {
      const b = bench(0x403);
      const listener = b.listening();
      answer(b, 40000);
      const socket = listener.accept() as StreamSocket;
      if (how !== 'unread') socket.recv(b.now, new Uint8Array(100), b.tx);
      if (how === 'shutdown') socket.shutdown(b.now, 'write', b.tx);
      else socket.close(b.now, b.tx);
      const before = b.sent();
      b.recv('.', 11, { ack: 1 });
      return [before, how === 'unread' ? [] : b.sent()];
    });
    expect(ends).toEqual([
      [[], ['F. 1:1(0) ack 11']],
      [['F. 1:1(0) ack 11'], []],
      [['R. 1:1(0) ack 11'], []],
    ]);
  });

  test('the listener closes: RST for what was not accepted', () => {
    const b = bench(0x403);
    const listener = b.listening();
    answer(b, 40000);
    listener.close(b.now, b.tx);
    expect(b.sent()).toEqual(['R. 1:1(0) ack 11']);
  });

  test('not bound and not connected, a socket may still be told', () => {
    const b = bench(0x3);
    const socket = b.host.socket();
    expect(text(socket.set(b.now, 'SOL_TCP', 'TCP_FASTOPEN', 5, b.tx))).toBe('0');
    socket.bind({ address: ANY, port: 8080 });
    socket.listen(1);
    expect([socket.get('SOL_TCP', 'TCP_FASTOPEN'), answer(b, 40000)]).toEqual([5, TAKEN]);
  });
});
