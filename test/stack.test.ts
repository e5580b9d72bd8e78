/** One host's TCP seen from outside: closed ports, LISTEN, whole handshakes, restarts; expectations from RFC 9293 §3.5 and §3.10.7. */
import { describe, expect, test } from 'vitest';
import { RFC9293, type TcpConfig } from '../src/tcp/config.ts';
import { TcpStack } from '../src/tcp/stack.ts';
import { MS, SEC, type Tx } from '../src/tcp/types.ts';
import { ACK, copySegment, FIN, RST, Segment, SYN } from '../src/wire/segment.ts';

const A = 0xc6336407;
const B = 0xcb007150;
const SECRET = Uint32Array.of(11, 22, 33, 44);
const PLAIN: TcpConfig = { ...RFC9293, timestamps: false, sack: false, windowScale: -1, delayedAck: 0 };

class Box implements Tx {
  readonly sent: Segment[] = [];
  alloc(): Segment {
    return new Segment();
  }
  send(seg: Segment): void {
    const own = new Segment();
    copySegment(seg, own);
    this.sent.push(own);
  }
  take(): { flags: number; seq: number; ack: number }[] {
    return this.sent.splice(0).map((s) => ({ flags: s.flags, seq: s.seq, ack: s.ack }));
  }
}

function stack(address: number, config = PLAIN): TcpStack {
  return new TcpStack({ addresses: [address], config, secret: SECRET });
}

function segment(fields: Partial<Segment>): Segment {
  return Object.assign(new Segment(), { src: A, sport: 5000, dst: B, dport: 80, wnd: 1000 }, fields);
}

describe('no such connection (§3.10.7.1)', () => {
  test.each([
    ['SYN', { flags: SYN, seq: 100 }, [{ flags: RST | ACK, seq: 0, ack: 101 }]],
    [
      'SYN with 5 bytes',
      { flags: SYN, seq: 100, len: 5, payload: new Uint8Array(5) },
      [{ flags: RST | ACK, seq: 0, ack: 106 }],
    ],
    ['FIN', { flags: FIN, seq: 0xffffffff }, [{ flags: RST | ACK, seq: 0, ack: 0 }]],
    ['ACK', { flags: ACK, seq: 100, ack: 777 }, [{ flags: RST, seq: 777, ack: 0 }]],
    ['SYN/ACK', { flags: SYN | ACK, seq: 100, ack: 777 }, [{ flags: RST, seq: 777, ack: 0 }]],
    ['RST', { flags: RST, seq: 100 }, []],
    ['RST/ACK', { flags: RST | ACK, seq: 100, ack: 777 }, []],
  ])('%s', (_name, fields, answer) => {
    const box = new Box();
    stack(B).onSegment(0, segment(fields), box);
    expect(box.take()).toEqual(answer);
  });

  test('a segment for another address is not ours to answer', () => {
    const box = new Box();
    const host = stack(B);
    host.onSegment(0, segment({ dst: B + 1, flags: SYN }), box);
    expect(box.take()).toEqual([]);
    expect(host.counters.notOurs).toBe(1);
  });
});

describe('LISTEN (§3.10.7.2)', () => {
  test.each([
    ['RST is ignored', { flags: RST, seq: 1 }, []],
    ['ACK is answered <SEQ=SEG.ACK><CTL=RST>', { flags: ACK, seq: 1, ack: 42 }, [{ flags: RST, seq: 42, ack: 0 }]],
    ['neither RST, ACK nor SYN is dropped', { flags: FIN, seq: 1 }, []],
  ])('%s', (_name, fields, answer) => {
    const host = stack(B);
    const box = new Box();
    host.listen(80, { backlog: 1 });
    host.onSegment(0, segment(fields), box);
    expect(box.take()).toEqual(answer);
  });
});

/** Two hosts joined by a wire without delay. */
class Pair {
  readonly a: TcpStack;
  readonly b: TcpStack;
  readonly fromA = new Box();
  readonly fromB = new Box();
  constructor(config = PLAIN) {
    this.a = stack(A, config);
    this.b = stack(B, config);
  }
  settle(now: number): void {
    for (let i = 0; i < 100 && this.fromA.sent.length + this.fromB.sent.length > 0; i++) {
      for (const s of this.fromA.sent.splice(0)) this.b.onSegment(now, s, this.fromB);
      for (const s of this.fromB.sent.splice(0)) this.a.onSegment(now, s, this.fromA);
    }
  }
}

describe('two hosts', () => {
  test('open, accept, talk, close: nothing is left but TIME-WAIT, and then nothing', () => {
    const p = new Pair();
    const listener = p.b.listen(80, { backlog: 1 });
    const c = p.a.connect(0, B, 80, p.fromA);
    p.settle(0);
    const s = listener.accept()!;
    expect([c.state, s.state]).toEqual(['ESTABLISHED', 'ESTABLISHED']);
    expect(s.tcb.irs).toBe(c.tcb.iss);
    expect(c.tcb.rcvNxt).toBe((s.tcb.iss + 1) >>> 0);
    c.send(0, Uint8Array.of(1, 2, 3), p.fromA);
    p.settle(0);
    const into = new Uint8Array(10);
    expect(s.read(0, into, p.fromB)).toBe(3);
    c.close(0, p.fromA);
    p.settle(0);
    expect([c.state, s.state]).toEqual(['FIN-WAIT-2', 'CLOSE-WAIT']);
    s.close(0, p.fromB);
    p.settle(0);
    expect([c.state, s.state]).toEqual(['TIME-WAIT', 'CLOSED']);
    expect([...p.b.connections()]).toEqual([]);
    expect(p.a.nextTimer()).toBe(240 * SEC);
    p.a.onTimer(240 * SEC, p.fromA);
    expect([...p.a.connections()]).toEqual([]);
    expect(p.a.nextTimer()).toBe(Infinity);
    expect(p.fromA.take()).toEqual([]);
  });

  // holds: RFC 9293 MUST-12
  test('a restarted host answers what it has forgotten with RST, and its peer learns of it (§3.5.1)', () => {
    const p = new Pair();
    p.b.listen(80, { backlog: 1 });
    const c = p.a.connect(0, B, 80, p.fromA);
    p.settle(0);
    p.b.crash();
    c.send(SEC, Uint8Array.of(1), p.fromA);
    p.settle(SEC);
    expect(c.closed).toBe('reset');
  });

  test('when the listener goes, connections nobody accepted are reset', () => {
    const p = new Pair();
    p.b.listen(80, { backlog: 1 });
    const c = p.a.connect(0, B, 80, p.fromA);
    p.settle(0);
    p.b.unlisten(80, SEC, p.fromB);
    p.settle(SEC);
    expect(c.closed).toBe('reset');
    expect([...p.b.connections()]).toEqual([]);
  });

  // holds: RFC 9293 MAY-2
  test('a SYN beyond RCV.NXT ends TIME-WAIT early; an older one is only acknowledged (RFC 6191)', () => {
    const p = new Pair();
    const listener = p.b.listen(80, { backlog: 4 });
    const c = p.a.connect(0, B, 80, p.fromA, { localPort: 5000, iss: 1000 });
    p.settle(0);
    const s = listener.accept()!;
    s.close(0, p.fromB);
    p.settle(0);
    c.close(0, p.fromA);
    p.settle(0);
    expect(s.state).toBe('TIME-WAIT');
    p.b.onSegment(SEC, segment({ flags: SYN, seq: 900 }), p.fromB);
    expect(p.fromB.take()).toMatchObject([{ flags: ACK }]);
    p.b.onSegment(2 * SEC, segment({ flags: SYN, seq: 5000 }), p.fromB);
    expect(p.fromB.take()).toMatchObject([{ flags: SYN | ACK, ack: 5001 }]);
  });

  // holds: RFC 9293 MAY-2, MUST-12
  test('TIME-WAIT that a new SYN ends is over for its application too (RFC 6191)', () => {
    const p = new Pair();
    const listener = p.b.listen(80, { backlog: 4 });
    const c = p.a.connect(0, B, 80, p.fromA, { localPort: 5000, iss: 1000 });
    p.settle(0);
    const s = listener.accept()!;
    s.close(0, p.fromB);
    p.settle(0);
    c.close(0, p.fromA);
    p.settle(0);
    p.b.onSegment(SEC, segment({ flags: SYN, seq: 5000 }), p.fromB);
    expect(s.closed).toBe('closed');
  });

  test('ABORT frees the ports at once (§3.10.5)', () => {
    const p = new Pair();
    p.a.connect(0, B, 80, p.fromA, { localPort: 5000 }).abort(0, p.fromA);
    expect(p.a.connect(0, B, 80, p.fromA, { localPort: 5000 }).state).toBe('SYN-SENT');
  });

  test('ephemeral ports run through RFC 6335 §6 and never repeat while in use', () => {
    const p = new Pair();
    const ports = new Set<number>();
    for (let i = 0; i < 500; i++) ports.add(p.a.connect(0, B, 80, p.fromA).tcb.localPort);
    expect(ports.size).toBe(500);
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(49152);
  });

  // holds: RFC 7323 R12
  test('timestamps: an old duplicate from before the wrap fails PAWS (RFC 7323 §5.3)', () => {
    const p = new Pair({ ...PLAIN, timestamps: true });
    const listener = p.b.listen(80, { backlog: 1 });
    const c = p.a.connect(100 * SEC, B, 80, p.fromA, { localPort: 5000 });
    p.settle(100 * SEC);
    const s = listener.accept()!;
    expect(s.tcb.tsOk).toBe(true);
    const old = segment({ flags: ACK, seq: s.tcb.rcvNxt, ack: s.tcb.sndNxt, len: 1, payload: Uint8Array.of(66) });
    old.tsVal = (s.tcb.tsRecent - 1) >>> 0;
    p.b.onSegment(101 * SEC, old, p.fromB);
    expect(p.fromB.take()).toMatchObject([{ flags: ACK, ack: s.tcb.rcvNxt }]);
    expect(s.readable).toBe(0);
    expect(c.state).toBe('ESTABLISHED');
  });

  // holds: RFC 7323 R2, R4
  test('window scale: a window beyond 64 KiB is offered shifted, SYNs are never scaled (RFC 7323 §2.2)', () => {
    const p = new Pair({ ...PLAIN, windowScale: 3, rcvBuf: 200_000 });
    const listener = p.b.listen(80, { backlog: 1 });
    const c = p.a.connect(0, B, 80, p.fromA);
    expect(p.fromA.sent[0]!.wnd).toBe(65535);
    p.settle(0);
    const s = listener.accept()!;
    // The client's first ACK offers what 16 bits shifted by 3 can say of its 200,000 bytes.
    expect(s.tcb.sndWnd).toBe(200_000);
    expect(c.tcb.sndScale).toBe(3);
  });

  test('SACK: only the hole is sent again (RFC 6675)', () => {
    const p = new Pair({ ...PLAIN, sack: true, mss: 100, rcvBuf: 10_000 });
    const listener = p.b.listen(80, { backlog: 1 });
    const c = p.a.connect(0, B, 80, p.fromA);
    p.settle(0);
    const s = listener.accept()!;
    c.send(MS, new Uint8Array(800), p.fromA);
    const flight = p.fromA.sent.splice(0);
    expect(flight.length).toBe(8);
    const una = c.tcb.sndUna;
    // Segments 2 and 4 are lost.
    for (const [i, seg] of flight.entries()) if (i !== 2 && i !== 4) p.b.onSegment(2 * MS, seg, p.fromB);
    for (const ack of p.fromB.sent.splice(0)) p.a.onSegment(3 * MS, ack, p.fromA);
    expect(p.fromA.sent.map((seg) => (seg.seq - una) >>> 0)).toEqual([200, 400]);
    p.settle(4 * MS);
    expect(s.readable).toBe(800);
    expect(c.tcb.sndUna).toBe(c.tcb.sndNxt);
  });
});

describe('a stack that stands for many hosts', () => {
  test('it answers for every address it owns, and lists each connection with news once', () => {
    const many = new TcpStack({ addresses: [A], owns: (a) => a > A && a <= A + 1000, config: PLAIN, secret: SECRET });
    const news = many.listNews();
    const box = new Box();
    const c = many.connect(0, B, 80, box, { local: A + 700, localPort: 4000, iss: 500 });
    expect(news, 'a SYN under way is no news').toEqual([]);
    const synAck = { src: B, sport: 80, dst: A + 700, dport: 4000, flags: SYN | ACK, seq: 9, ack: 501 };
    many.onSegment(1, segment({ ...synAck, dst: A + 1001 }), box);
    expect(many.counters.notOurs).toBe(1);
    many.onSegment(1, segment(synAck), box);
    many.onSegment(2, segment({ ...synAck, flags: ACK, seq: 10, len: 2, payload: new Uint8Array(2) }), box);
    expect(news).toEqual([c]);
    expect(c.pollEvent()).toEqual({ type: 'established' });
    expect(c.pollEvent()).toEqual({ type: 'readable' });
    news.length = 0;
    c.listed = false;
    c.abort(3, box);
    many.nextTimer();
    expect(news, 'the end is news as well').toEqual([c]);
  });
});
