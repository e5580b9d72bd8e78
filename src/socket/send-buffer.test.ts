/** How much write(2) takes, and who is woken: Linux' rules (sk_stream_memory_free, sk_stream_is_writeable), by hand. */
import { describe, expect, test } from 'vitest';
import { SocketBench, text } from '../../test/support/socket-bench.ts';
import { MS } from '../tcp/types.ts';
import { sending } from './blocking.ts';
import { POLL } from './poll-bits.ts';
import { readiness } from './readiness.ts';
import type { StreamSocket } from './stream-socket.ts';

/** The peer takes segments of 1000 bytes and windows of 20000, so 10000 bytes written together are a piece. */
const PEER = { mss: 1000, wnd: 20000 };
const PIECE = 832;

function write(b: SocketBench, socket: StreamSocket, n: number): string {
  return text(socket.send(b.now, new Uint8Array(n), b.tx));
}

function ack(b: SocketBench, n: number): void {
  b.recv('.', 1, { ack: n, wnd: 20000 });
}

function accepted(sndBuf: number): [SocketBench, StreamSocket] {
  const b = new SocketBench({ initialWindow: 4, wmem: { initial: sndBuf, most: sndBuf } });
  return [b, b.accepted(PEER)];
}

function writable(socket: StreamSocket): boolean {
  return (readiness(socket) & POLL.POLLOUT) !== 0;
}

describe('a non-blocking write', () => {
  test('takes whole pieces while the memory taken is below the limit, however little', () => {
    const [b, socket] = accepted(30_000);
    // 4000 go out and are a piece of their own; the other 6000 are filled up: 4000 + 10000 + 10000, and 24000 + 3 * 832
    // is below 30000, so one more piece is taken: 34000.
    expect(write(b, socket, 100_000)).toBe('34000');
    expect(write(b, socket, 1)).toBe('-1 EAGAIN');
  });

  test('at the limit nothing more begins', () => {
    const [b, socket] = accepted(24_000 + 3 * PIECE);
    expect(write(b, socket, 100_000)).toBe('24000');
  });

  test('each small write takes a piece once the one before was sent', () => {
    const [b, socket] = accepted(5000);
    socket.set(b.now, 'SOL_TCP', 'TCP_NODELAY', 1, b.tx);
    const taken: string[] = [];
    for (let i = 0; i < 8; i++) taken.push(write(b, socket, 1));
    // All are sent at once, so none joins another: 6 * 833 is below 5000, 7 * 833 is not.
    expect(taken).toEqual(['1', '1', '1', '1', '1', '1', '1', '-1 EAGAIN']);
  });

  test('with TCP_NOTSENT_LOWAT no piece begins when that much is unsent', () => {
    const [b, socket] = accepted(1_000_000);
    socket.set(b.now, 'SOL_TCP', 'TCP_NOTSENT_LOWAT', 9000, b.tx);
    // 4000 sent, 6000 + 4000 unsent: more than 9000.
    expect(write(b, socket, 100_000)).toBe('14000');
    ack(b, 4001);
    // cwnd 8: 8000 more are sent, 2000 unsent, filled up to 10000.
    expect(write(b, socket, 100_000)).toBe('8000');
  });
});

describe('poll', () => {
  test('tells of room when what is free is half of what is taken', () => {
    const [b, socket] = accepted(30_000);
    write(b, socket, 100_000);
    expect(writable(socket)).toBe(false);
    ack(b, 4001);
    ack(b, 12_001);
    // 22000 bytes are left, and 30000 - 22000 is less than half of that.
    expect(writable(socket)).toBe(false);
    ack(b, 18_001);
    // 16000 bytes in three pieces: 18496, and 11504 are free.
    expect(writable(socket)).toBe(true);
  });
});

describe('a blocking write', () => {
  test('is woken when a third is free, not by the first byte', () => {
    const [b, socket] = accepted(30_000);
    const attempt = sending(socket, new Uint8Array(35_000), {}, false);
    const again = (): string | undefined => {
      const outcome = attempt(b.now, b.tx);
      return outcome === undefined ? undefined : text(outcome);
    };
    expect(again()).toBeUndefined();
    ack(b, 4001);
    ack(b, 12_001);
    expect(again()).toBeUndefined();
    ack(b, 18_001);
    expect(again()).toBe('35000');
  });

  test('that is interrupted by a reset tells what was taken', () => {
    const [b, socket] = accepted(30_000);
    const attempt = sending(socket, new Uint8Array(35_000), {}, false);
    attempt(b.now, b.tx);
    b.recv('R', 1);
    expect(text(attempt(b.now, b.tx)!)).toBe('34000');
    expect(write(b, socket, 1)).toBe('-1 ECONNRESET');
    expect(write(b, socket, 1)).toBe('-1 EPIPE');
  });
});

describe('growth', () => {
  test('room for twice the congestion window, 2048 + 256 bytes a segment of 1000, within the limit', () => {
    const b = new SocketBench({ wmem: { initial: 4096, most: 60_000 } });
    const socket = b.accepted({ mss: 1000, wnd: 65535 });
    expect(socket.get('SOL_SOCKET', 'SO_SNDBUF')).toBe(4096);
    write(b, socket, 200_000);
    expect(socket.get('SOL_SOCKET', 'SO_SNDBUF')).toBe(2 * 10 * 2304);
    b.wait(10 * MS);
    ack(b, 10_001);
    // Ten segments more in slow start.
    expect(socket.get('SOL_SOCKET', 'SO_SNDBUF')).toBe(46_080);
    ack(b, 20_001);
    expect(socket.get('SOL_SOCKET', 'SO_SNDBUF')).toBe(60_000);
  });

  test('not once SO_SNDBUF was set, which is doubled', () => {
    const b = new SocketBench({ wmem: { initial: 4096, most: 4_000_000 } });
    const socket = b.accepted(PEER);
    socket.set(b.now, 'SOL_SOCKET', 'SO_SNDBUF', 10_000, b.tx);
    expect(socket.get('SOL_SOCKET', 'SO_SNDBUF')).toBe(20_000);
    write(b, socket, 200_000);
    ack(b, 10_001);
    expect(socket.get('SOL_SOCKET', 'SO_SNDBUF')).toBe(20_000);
  });
});

describe('PSH', () => {
  test('stands at the end of each write', () => {
    const [b, socket] = accepted(100_000);
    write(b, socket, 2000);
    write(b, socket, 500);
    write(b, socket, 1500);
    expect(b.sent()).toEqual([
      '. 1:1001(1000) ack 1',
      'P. 1001:2001(1000) ack 1',
      'P. 2001:2501(500) ack 1',
      '. 2501:3501(1000) ack 1',
    ]);
    ack(b, 3501);
    expect(b.sent()).toEqual(['P. 3501:4001(500) ack 1']);
  });

  test('moves with bytes that join what was not sent', () => {
    const [b, socket] = accepted(100_000);
    write(b, socket, 4000);
    b.sent();
    write(b, socket, 400);
    write(b, socket, 400);
    ack(b, 4001);
    expect(b.sent()).toEqual(['P. 4001:4801(800) ack 1']);
  });

  test('but not across the end of a record', () => {
    const [b, socket] = accepted(100_000);
    socket.set(b.now, 'SOL_TCP', 'TCP_NODELAY', 1, b.tx);
    write(b, socket, 4000);
    b.sent();
    socket.send(b.now, new Uint8Array(400), b.tx, { whole: true });
    write(b, socket, 400);
    ack(b, 4001);
    expect(b.sent()).toEqual(['P. 4001:4401(400) ack 1', 'P. 4401:4801(400) ack 1']);
  });
});

describe('MSG_MORE', () => {
  test('holds back what does not fill a segment until the next write, without PSH until then', () => {
    const [b, socket] = accepted(100_000);
    socket.set(b.now, 'SOL_TCP', 'TCP_NODELAY', 1, b.tx);
    socket.send(b.now, new Uint8Array(1400), b.tx, { more: true });
    expect(b.sent()).toEqual(['. 1:1001(1000) ack 1']);
    write(b, socket, 100);
    expect(b.sent()).toEqual(['P. 1001:1501(500) ack 1']);
  });

  test('but only until the next ACK', () => {
    const [b, socket] = accepted(100_000);
    socket.send(b.now, new Uint8Array(1400), b.tx, { more: true });
    b.sent();
    ack(b, 1001);
    expect(b.sent()).toEqual(['. 1001:1401(400) ack 1']);
  });
});

describe('TCP_CORK', () => {
  test('holds on through ACKs, and lets go when it is taken off', () => {
    const [b, socket] = accepted(100_000);
    socket.set(b.now, 'SOL_TCP', 'TCP_CORK', 1, b.tx);
    write(b, socket, 1400);
    expect(b.sent()).toEqual(['. 1:1001(1000) ack 1']);
    ack(b, 1001);
    expect(b.sent()).toEqual([]);
    socket.set(b.now, 'SOL_TCP', 'TCP_CORK', 0, b.tx);
    expect(b.sent()).toEqual(['P. 1001:1401(400) ack 1']);
  });

  test('TCP_NODELAY lets go what is queued, and the cork holds what comes after', () => {
    const [b, socket] = accepted(100_000);
    socket.set(b.now, 'SOL_TCP', 'TCP_CORK', 1, b.tx);
    write(b, socket, 400);
    socket.set(b.now, 'SOL_TCP', 'TCP_NODELAY', 1, b.tx);
    expect(b.sent()).toEqual(['P. 1:401(400) ack 1']);
    write(b, socket, 400);
    expect(b.sent()).toEqual([]);
  });
});
