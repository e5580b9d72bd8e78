/** The error queue: MSG_ZEROCOPY (Documentation/networking/msg_zerocopy.rst) and SO_TIMESTAMPING (timestamping.rst). */
import { describe, expect, test } from 'vitest';
import { SocketBench, text } from '../../test/support/socket-bench.ts';
import { MS } from '../tcp/types.ts';
import { reporting, sending } from './blocking.ts';
import { Epoll } from './epoll.ts';
import { POLL } from './poll-bits.ts';
import { readiness } from './readiness.ts';
import { TIMESTAMPING, TSTAMP } from './send-reports.ts';
import type { MessageFlags, StreamSocket } from './stream-socket.ts';

const PEER = { mss: 1000, wnd: 20000 };
const ALL =
  TIMESTAMPING.TX_SCHED | TIMESTAMPING.TX_SOFTWARE | TIMESTAMPING.TX_ACK | TIMESTAMPING.SOFTWARE | TIMESTAMPING.OPT_ID;

function send(b: SocketBench, socket: StreamSocket, n: number, flags: MessageFlags = {}): string {
  const outcome = reporting(socket, flags, sending(socket, new Uint8Array(n), flags, true))(b.now, b.tx);
  return text(outcome!);
}

/** `zerocopy 0..1`, `ACK 999 at 10` with the time in ms. */
function reports(socket: StreamSocket): string[] {
  const found: string[] = [];
  for (let r = socket.reports.take(); r !== undefined; r = socket.reports.take()) {
    const event = Object.entries(TSTAMP).find(([, value]) => value === r.info)?.[0];
    found.push(r.origin === 'zerocopy' ? `zerocopy ${r.info}..${r.data}` : `${event} ${r.data} at ${r.at / MS}`);
  }
  return found;
}

function zerocopying(): [SocketBench, StreamSocket] {
  const b = new SocketBench();
  const socket = b.accepted(PEER);
  socket.set(b.now, 'SOL_SOCKET', 'SO_ZEROCOPY', 1, b.tx);
  return [b, socket];
}

describe('MSG_ZEROCOPY', () => {
  test('the bytes are needed until all of them are acknowledged', () => {
    const [b, socket] = zerocopying();
    expect(send(b, socket, 3000, { zerocopy: true })).toBe('3000');
    b.recv('.', 1, { ack: 2001 });
    expect(reports(socket)).toEqual([]);
    b.recv('.', 1, { ack: 3001 });
    expect(reports(socket)).toEqual(['zerocopy 0..0']);
  });

  test('sends are numbered, and done together when not looked at between', () => {
    const [b, socket] = zerocopying();
    for (let i = 1; i <= 3; i++) {
      send(b, socket, 1000, { zerocopy: true });
      b.recv('.', 1, { ack: 1000 * i + 1 });
    }
    expect(reports(socket)).toEqual(['zerocopy 0..2']);
    send(b, socket, 1000, { zerocopy: true });
    b.recv('.', 1, { ack: 4001 });
    expect(reports(socket)).toEqual(['zerocopy 3..3']);
  });

  test('a send that takes nothing has no number; without SO_ZEROCOPY the flag means nothing', () => {
    const [b, socket] = zerocopying();
    const other = b.host.socket();
    other.set(b.now, 'SOL_SOCKET', 'SO_ZEROCOPY', 1, b.tx);
    expect(send(b, other, 1000, { zerocopy: true })).toBe('-1 EPIPE');
    socket.set(b.now, 'SOL_SOCKET', 'SO_ZEROCOPY', 0, b.tx);
    send(b, socket, 1000, { zerocopy: true });
    b.recv('.', 1, { ack: 1001 });
    expect(reports(socket)).toEqual([]);
  });

  test('poll and epoll tell of it as POLLERR, an edge each time', () => {
    const [b, socket] = zerocopying();
    const epoll = new Epoll();
    epoll.control('add', socket, 2 ** 31, 4);
    expect(epoll.ready(1)).toEqual([]);
    send(b, socket, 1000, { zerocopy: true });
    b.recv('.', 1, { ack: 1001 });
    expect(readiness(socket) & POLL.POLLERR).toBe(POLL.POLLERR);
    expect(epoll.ready(1)).toEqual([{ events: POLL.POLLERR, data: 4 }]);
    expect(epoll.ready(1)).toEqual([]);
    send(b, socket, 1000, { zerocopy: true });
    b.recv('.', 1, { ack: 2001 });
    expect(epoll.ready(1)).toEqual([{ events: POLL.POLLERR, data: 4 }]);
    reports(socket);
    expect(readiness(socket) & POLL.POLLERR).toBe(0);
  });
});

describe('SO_TIMESTAMPING', () => {
  test('the last byte of each send: handed down, sent, acknowledged', () => {
    const b = new SocketBench();
    const socket = b.accepted(PEER);
    socket.set(b.now, 'SOL_SOCKET', 'SO_TIMESTAMPING', ALL, b.tx);
    b.wait(9 * MS);
    send(b, socket, 2000);
    send(b, socket, 500);
    b.wait(10 * MS);
    b.recv('.', 1, { ack: 2001 });
    b.wait(10 * MS);
    b.recv('.', 1, { ack: 2501 });
    expect(reports(socket)).toEqual([
      'SCHED 1999 at 10',
      'SND 1999 at 10',
      'SCHED 2499 at 10',
      'SND 2499 at 10',
      'ACK 1999 at 20',
      'ACK 2499 at 30',
    ]);
  });

  test('what the window holds back is stamped when it leaves', () => {
    const b = new SocketBench();
    const socket = b.accepted({ mss: 1000, wnd: 2000 });
    socket.set(b.now, 'SOL_SOCKET', 'SO_TIMESTAMPING', TIMESTAMPING.TX_SOFTWARE, b.tx);
    send(b, socket, 3000);
    expect(reports(socket)).toEqual([]);
    b.wait(9 * MS);
    b.recv('.', 1, { ack: 2001, wnd: 2000 });
    expect(reports(socket)).toEqual(['SND 0 at 10']);
  });

  test('bytes are counted from where OPT_ID was asked for', () => {
    const b = new SocketBench();
    const socket = b.accepted(PEER);
    send(b, socket, 700);
    b.recv('.', 1, { ack: 701 });
    socket.set(b.now, 'SOL_SOCKET', 'SO_TIMESTAMPING', TIMESTAMPING.TX_ACK | TIMESTAMPING.OPT_ID, b.tx);
    send(b, socket, 300);
    b.recv('.', 1, { ack: 1001 });
    expect(reports(socket)).toEqual(['ACK 299 at 1']);
  });

  test('a connection reports what its listener was told to', () => {
    const b = new SocketBench();
    const listener = b.listening();
    listener.set(b.now, 'SOL_SOCKET', 'SO_TIMESTAMPING', TIMESTAMPING.TX_ACK, b.tx);
    b.handshake(PEER);
    const socket = listener.accept() as StreamSocket;
    send(b, socket, 300);
    b.recv('.', 1, { ack: 301 });
    expect(reports(socket)).toEqual(['ACK 0 at 1']);
  });
});
