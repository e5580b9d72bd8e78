/** Explicit congestion notification: expectations from RFC 3168 §6.1. */
import { describe, expect, test } from 'vitest';
import { SERVER, SocketBench } from '../../test/support/socket-bench.ts';
import { StreamSocket } from '../socket/stream-socket.ts';
import { CE, ECT0 } from './ecn.ts';
import { MS, SEC } from './types.ts';

const PEER = { mss: 1000, wnd: 60000 };

function accepted(config: ConstructorParameters<typeof SocketBench>[0] = {}): [SocketBench, StreamSocket] {
  const b = new SocketBench({ ecn: 'answer', ...config });
  const listener = b.listening();
  b.recv('SEW', 0, PEER);
  b.wait(MS);
  b.recv('.', 1, { ...PEER, ack: 1 });
  const socket = listener.accept();
  if (!(socket instanceof StreamSocket)) throw new Error('nothing to accept');
  b.sent();
  return [b, socket];
}

function connected(answer: string): [SocketBench, StreamSocket] {
  const b = new SocketBench({ ecn: 'ask' });
  const socket = b.host.socket();
  socket.connect(b.now, SERVER, b.tx);
  b.recv(answer, 0, { ...PEER, ack: 1 });
  b.sent();
  return [b, socket];
}

function write(b: SocketBench, socket: StreamSocket, n: number): string[] {
  socket.send(b.now, new Uint8Array(n), b.tx);
  return b.sent();
}

describe('agreeing (§6.1.1)', () => {
  test('an ECN-setup SYN has ECE and CWR; repeated, neither: it may have been dropped for them', () => {
    const b = new SocketBench({ ecn: 'ask' });
    b.host.socket().connect(b.now, SERVER, b.tx);
    b.wait(SEC);
    expect(b.sent()).toEqual(['SEW 0:0(0)', 'S 0:0(0)']);
  });

  test('who only answers does not ask', () => {
    const b = new SocketBench({ ecn: 'answer' });
    b.host.socket().connect(b.now, SERVER, b.tx);
    expect(b.sent()).toEqual(['S 0:0(0)']);
  });

  // holds: RFC 9293 SHLD-8
  test('ECE alone in the SYN/ACK agrees, nothing or both do not', () => {
    for (const [answer, sent] of [
      ['SE.', '[ect0] P. 1:101(100) ack 1'],
      ['S.', 'P. 1:101(100) ack 1'],
      ['SEW.', 'P. 1:101(100) ack 1'],
    ] as const) {
      expect(write(...connected(answer), 100), answer).toEqual([sent]);
    }
  });

  test('an ECN-setup SYN is answered with ECE, unless switched off, or half a setup, or on a marked packet', () => {
    for (const [ecn, flags, mark, answer] of [
      ['answer', 'SEW', 0, 'S.E 0:0(0) ack 1'],
      ['ask', 'SEW', 0, 'S.E 0:0(0) ack 1'],
      ['off', 'SEW', 0, 'S. 0:0(0) ack 1'],
      ['answer', 'SE', 0, 'S. 0:0(0) ack 1'],
      ['answer', 'SW', 0, 'S. 0:0(0) ack 1'],
      ['answer', 'SEW', ECT0, 'S. 0:0(0) ack 1'],
    ] as const) {
      const b = new SocketBench({ ecn });
      b.listening();
      b.recv(flags, 0, { ...PEER, ecn: mark });
      expect(b.sent(), `${ecn} ${flags} ${mark}`).toEqual([answer]);
    }
  });

  test('a cookie keeps it with timestamps only, in which it travels', () => {
    const b = new SocketBench({ ecn: 'answer' }, { syncookies: 2 });
    b.listening();
    b.recv('SEW', 0, PEER);
    expect(b.sent()).toEqual(['S. 0:0(0) ack 1']);
  });
});

describe('sending (§6.1.2, §6.1.5)', () => {
  test('new text is ECN-capable; repeated text, bare ACKs and FIN are not', () => {
    const [b, socket] = accepted();
    expect(write(b, socket, 100)).toEqual(['[ect0] P. 1:101(100) ack 1']);
    b.wait(300 * MS);
    expect(b.sent()).toEqual(['P. 1:101(100) ack 1']);
    b.recv('P.', 1, { ...PEER, ack: 101, len: 10 });
    expect(b.sent()).toEqual(['. 101:101(0) ack 11']);
    socket.shutdown(b.now, 'write', b.tx);
    expect(b.sent()).toEqual(['F. 101:101(0) ack 11']);
  });

  // holds: RFC 9293 SHLD-8
  test('ECE halves the window once for all that was under way, and the next new text says so with CWR', () => {
    const [b, socket] = accepted();
    const { tcb } = socket.connection!;
    write(b, socket, 10_000);
    b.recv('E.', 1, { ...PEER, ack: 1001 });
    expect([tcb.ssthresh, tcb.cwnd]).toEqual([5000, 5000]);
    b.recv('E.', 1, { ...PEER, ack: 2001 });
    expect(tcb.ssthresh).toBe(5000);
    b.recv('.', 1, { ...PEER, ack: 10_001 });
    expect(write(b, socket, 2000)).toEqual(['[ect0] .W 10001:11001(1000) ack 1', '[ect0] P. 11001:12001(1000) ack 1']);
    b.recv('E.', 1, { ...PEER, ack: 11_001 });
    expect(tcb.ssthresh, 'new congestion').toBe(2000);
  });

  test('ECE ends what a tail loss probe may still tell: the window falls once', () => {
    const [b, socket] = accepted();
    const { tcb } = socket.connection!;
    tcb.sackOk = true;
    write(b, socket, 8000);
    b.wait(100 * MS);
    expect(b.sent().at(-1), 'the probe').toMatch('7001:8001(1000)');
    b.recv('E.', 1, { ...PEER, ack: 1001 });
    b.recv('.', 1, { ...PEER, ack: 8001 });
    const once = tcb.ssthresh;
    write(b, socket, 1000);
    b.recv('.', 1, { ...PEER, ack: 9001 });
    expect([once, tcb.ssthresh]).toEqual([4000, 4000]);
  });

  test('ECE without ECN means nothing', () => {
    const b = new SocketBench();
    const socket = b.accepted(PEER);
    write(b, socket, 10_000);
    b.recv('E.', 1, { ...PEER, ack: 1001 });
    expect(socket.connection!.tcb.ssthresh).toBe(0x7fffffff);
  });
});

describe('receiving (§6.1.3)', () => {
  // holds: RFC 9293 SHLD-8
  test('a mark is echoed with every ACK until CWR comes, and then no longer', () => {
    const [b] = accepted();
    b.recv('P.', 1, { ...PEER, ack: 1, len: 10, ecn: ECT0 });
    b.recv('P.', 11, { ...PEER, ack: 1, len: 10, ecn: CE });
    b.recv('P.', 21, { ...PEER, ack: 1, len: 10, ecn: ECT0 });
    b.recv('PW.', 31, { ...PEER, ack: 1, len: 10, ecn: ECT0 });
    expect(b.sent()).toEqual(['. 1:1(0) ack 11', '.E 1:1(0) ack 21', '.E 1:1(0) ack 31', '. 1:1(0) ack 41']);
  });

  test('a mark on the very segment that has CWR is a new one', () => {
    const [b] = accepted();
    b.recv('P.', 1, { ...PEER, ack: 1, len: 10, ecn: CE });
    b.recv('PW.', 11, { ...PEER, ack: 1, len: 10, ecn: CE });
    expect(b.sent()).toEqual(['.E 1:1(0) ack 11', '.E 1:1(0) ack 21']);
  });

  test('text that we send meanwhile echoes as well', () => {
    const [b, socket] = accepted();
    b.recv('P.', 1, { ...PEER, ack: 1, len: 10, ecn: CE });
    b.sent();
    expect(write(b, socket, 100)).toEqual(['[ect0] P.E 1:101(100) ack 11']);
  });

  test('without ECN marks are nothing', () => {
    const b = new SocketBench();
    b.accepted(PEER);
    b.recv('P.', 1, { ...PEER, ack: 1, len: 10, ecn: CE });
    expect(b.sent()).toEqual(['. 1:1(0) ack 11']);
  });
});
