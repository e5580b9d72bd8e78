/** Opening and closing (RFC 9293 §3.5, §3.6, §3.9.1.1): several at a time, simultaneous ones, TIME-WAIT. */
import { describe, expect, test } from 'vitest';
import { RFC9293 } from '../../src/tcp/config.ts';
import { TcpStack } from '../../src/tcp/stack.ts';
import type { ConnectOptions } from '../../src/tcp/stack-options.ts';
import { MS, SEC, type Tx } from '../../src/tcp/types.ts';
import { ACK, FIN, RST, Segment, SYN } from '../../src/wire/segment.ts';
import {
  closeWait,
  established,
  finWait2,
  IRS,
  ISS,
  lastAck,
  PLAIN,
  synReceived,
  synSent,
  timeWait,
} from '../dialogue.ts';
import { keepSent } from '../support/keep-sent.ts';

const US = 0xc0000201;
const US_TOO = 0xc0000202;
const PEER = 0xcb007150;

class Host {
  readonly out: Segment[] = [];
  readonly tx: Tx = keepSent(this.out);
  readonly stack: TcpStack;
  constructor(config = PLAIN) {
    this.stack = new TcpStack({ addresses: [US, US_TOO], config, secret: Uint32Array.of(1, 2, 3, 4) });
  }
  recv(fields: Partial<Segment>, now = 0): void {
    const seg = Object.assign(new Segment(), { src: PEER, sport: 5000, dst: US, dport: 80, wnd: 4000 }, fields);
    this.stack.onSegment(now, seg, this.tx);
  }
  connect(options: ConnectOptions = {}) {
    return this.stack.connect(0, PEER, 5000, this.tx, options);
  }
}

describe('simultaneous open', () => {
  // holds: RFC 9293 MUST-10
  test('two hosts whose SYNs cross reach ESTABLISHED and can talk (figure 7)', () => {
    const a = new TcpStack({ addresses: [US], config: PLAIN, secret: Uint32Array.of(1, 2, 3, 4) });
    const b = new TcpStack({ addresses: [PEER], config: PLAIN, secret: Uint32Array.of(5, 6, 7, 8) });
    const fromA = new Host();
    const fromB = new Host();
    const x = a.connect(0, PEER, 5000, fromA.tx, { localPort: 80 });
    const y = b.connect(0, US, 80, fromB.tx, { localPort: 5000 });
    for (let i = 0; i < 5; i++) {
      const [toB, toA] = [fromA.out.splice(0), fromB.out.splice(0)];
      for (const s of toB) b.onSegment(MS, s, fromB.tx);
      for (const s of toA) a.onSegment(MS, s, fromA.tx);
    }
    expect([x.state, y.state]).toEqual(['ESTABLISHED', 'ESTABLISHED']);
    x.send(2 * MS, Uint8Array.of(104, 105), fromA.tx);
    for (const s of fromA.out.splice(0)) b.onSegment(3 * MS, s, fromB.tx);
    expect(y.readable).toBe(2);
  });

  // holds: RFC 9293 MUST-10
  test('the SYN/ACK that answers a crossing SYN keeps our number, and either answer of the peer completes it', () => {
    for (const flags of [SYN | ACK, ACK]) {
      const d = synSent();
      d.recv({ flags: SYN, seq: IRS });
      expect(d.take()).toMatchObject([{ flags: SYN | ACK, seq: ISS, ack: (IRS + 1) >>> 0 }]);
      d.recv({ flags, seq: flags === ACK ? IRS + 1 : IRS, ack: ISS + 1 });
      expect([d.state, d.events()]).toEqual(['ESTABLISHED', ['established']]);
    }
  });
});

// holds: RFC 5961 R5
test('half-open discovery (figure 9): the restarted peer’s SYN is challenged, and its RST ends the old connection', () => {
  const host = new Host();
  host.stack.listen(80, { backlog: 4 });
  host.recv({ flags: SYN, seq: 100 });
  host.recv({ flags: ACK, seq: 101, ack: host.out[0]!.seq + 1 });
  const old = host.stack.listener(80)!.accept()!;
  host.recv({ flags: SYN, seq: 400 });
  const challenge = host.out.at(-1)!;
  expect(challenge).toMatchObject({ flags: ACK, seq: old.tcb.sndNxt, ack: 101 });
  expect(old.state).toBe('ESTABLISHED');
  // §3.10.7.3: to the peer in SYN-SENT that ACK is unacceptable: <SEQ=SEG.ACK><CTL=RST>.
  host.recv({ flags: RST, seq: challenge.ack });
  expect(old.closed).toBe('reset');
  host.recv({ flags: SYN, seq: 400 });
  expect(host.out.at(-1)).toMatchObject({ flags: SYN | ACK, ack: 401 });
});

// holds: RFC 9293 MUST-11
test('RST in SYN-RECEIVED: after an active OPEN the application is refused, after a passive one LISTEN goes on', () => {
  const active = synReceived();
  active.recv({ flags: RST, seq: IRS + 1 });
  expect([active.state, active.events()]).toEqual(['CLOSED', ['closed: refused']]);
  const host = new Host();
  const listener = host.stack.listen(80, { backlog: 1 });
  host.recv({ flags: SYN, seq: 100 });
  host.recv({ flags: RST, seq: 101 });
  expect(listener.synQueue.length).toBe(0);
  host.recv({ flags: SYN, seq: 300 });
  expect([listener.synQueue.length, host.out.at(-1)?.ack]).toEqual([1, 301]);
});

describe('several at once', () => {
  // holds: RFC 9293 MUST-41
  test('a passive OPEN leaves what was there alone: a second one for the same port is an error, half-open ones stay', () => {
    const host = new Host();
    const first = host.stack.listen(80, { backlog: 4 });
    host.recv({ flags: SYN, seq: 100 });
    expect(() => host.stack.listen(80, { backlog: 9 })).toThrow('port 80 already has a listener');
    const other = host.stack.listen(81, { backlog: 1 });
    expect([first.synQueue.length, first.backlog, other.synQueue.length]).toEqual([1, 4, 0]);
    host.recv({ flags: ACK, seq: 101, ack: host.out[0]!.seq + 1 });
    expect(first.accept()?.state).toBe('ESTABLISHED');
  });

  // holds: RFC 9293 MUST-42
  test('LISTEN on a port from which connections are being opened, or have been accepted', () => {
    const host = new Host();
    const opening = host.connect({ localPort: 80 });
    const crossed = host.stack.connect(0, PEER, 5001, host.tx, { localPort: 80 });
    host.recv({ sport: 5001, flags: SYN, seq: 7 });
    expect([opening.state, crossed.state]).toEqual(['SYN-SENT', 'SYN-RECEIVED']);
    const listener = host.stack.listen(80, { backlog: 4 });
    host.recv({ sport: 6000, flags: SYN, seq: 100 });
    expect(listener.synQueue.length).toBe(1);
    host.recv({ flags: SYN | ACK, seq: 9, ack: opening.tcb.sndNxt });
    expect([opening.state, crossed.state]).toEqual(['ESTABLISHED', 'SYN-RECEIVED']);
  });

  // holds: RFC 9293 MUST-43
  test('OPEN takes a local address, which every segment then has', () => {
    const host = new Host();
    const c = host.connect({ local: US_TOO });
    host.recv({ dst: US_TOO, dport: c.tcb.localPort, flags: SYN | ACK, seq: 9, ack: c.tcb.sndNxt });
    expect([c.state, host.out.map((s) => s.src)]).toEqual(['ESTABLISHED', [US_TOO, US_TOO]]);
  });
});

describe('the end', () => {
  // holds: RFC 9293 SHLD-2
  test('a RST may contain data, which is nobody’s', () => {
    const d = established();
    d.recv({ flags: RST, seq: IRS + 1, data: 'why it was reset' });
    expect([d.state, d.take(), d.connection.readable]).toEqual(['CLOSED', [], 0]);
    const opening = synSent();
    opening.recv({ flags: RST | ACK, seq: 0, ack: ISS + 1, data: 'no' });
    expect(opening.connection.closed).toBe('refused');
    const host = new Host();
    host.recv({ flags: RST, seq: 1, len: 3, payload: new Uint8Array(3) });
    expect(host.out).toEqual([]);
  });

  // holds: RFC 9293 MUST-12
  test('the application learns whether the peer closed or the connection was aborted', () => {
    const fin = established();
    fin.recv({ flags: FIN | ACK, seq: IRS + 1, ack: ISS + 1 });
    expect(fin.events()).toEqual(['peer-closed']);
    const rst = established();
    rst.recv({ flags: RST, seq: IRS + 1 });
    expect([rst.events(), rst.connection.error]).toEqual([['closed: reset'], 'ECONNRESET']);
    const both = lastAck();
    both.events();
    both.recv({ flags: ACK, seq: IRS + 2, ack: ISS + 2 });
    expect([both.events(), both.connection.error]).toEqual([['closed: closed'], undefined]);
    const late = closeWait();
    late.events();
    late.recv({ flags: RST, seq: IRS + 2 });
    expect([late.events(), late.connection.error]).toEqual([['closed: reset'], 'EPIPE']);
  });

  // holds: RFC 9293 MUST-13
  test('who closes first waits 2 MSL, and a FIN repeated in between is acknowledged each time', () => {
    expect(RFC9293.timeWait, 'MSL is 2 minutes (§3.4.2)').toBe(2 * 120 * SEC);
    const d = finWait2();
    d.recv({ flags: FIN | ACK, seq: IRS + 1, ack: ISS + 2 });
    d.take();
    d.wait(200 * SEC);
    d.recv({ flags: FIN | ACK, seq: IRS + 1, ack: ISS + 2 });
    expect(d.take()).toMatchObject([{ flags: ACK, ack: (IRS + 2) >>> 0 }]);
    d.wait(240 * SEC - 1);
    expect(d.state).toBe('TIME-WAIT');
    d.wait(1);
    expect(d.state).toBe('CLOSED');
  });

  test('who closes second does not wait', () => {
    const d = lastAck();
    d.recv({ flags: ACK, seq: IRS + 2, ack: ISS + 2 });
    expect(d.state).toBe('CLOSED');
  });

  test('a RST ends TIME-WAIT (RFC 9293 §3.10.7.4 second; RFC 1337 advises against it)', () => {
    const d = timeWait();
    d.events();
    d.recv({ flags: RST, seq: IRS + 2 });
    expect([d.state, d.take(), d.events()]).toEqual(['CLOSED', [], ['closed: closed']]);
  });
});

describe('a new SYN in TIME-WAIT', () => {
  /** A connection the server closed first, in TIME-WAIT, with timestamps up to 1000 ms or without. */
  function ended(timestamps: boolean) {
    const host = new Host({ ...PLAIN, timestamps });
    const listener = host.stack.listen(80, { backlog: 4 });
    const ts = (tsVal: number): Partial<Segment> => (timestamps ? { tsVal, tsEcr: 0 } : {});
    host.recv({ flags: SYN, seq: 100, ...ts(1000) });
    host.recv({ flags: ACK, seq: 101, ack: host.out.at(-1)!.seq + 1, ...ts(1000) });
    const c = listener.accept()!;
    c.close(0, host.tx);
    host.recv({ flags: FIN | ACK, seq: 101, ack: c.tcb.sndNxt, ...ts(1000) });
    expect(c.state).toBe('TIME-WAIT');
    host.out.length = 0;
    return { host, c, ts };
  }

  // holds: RFC 9293 MAY-2
  test('with a number beyond the last one opens the connection anew, with a larger number of ours', () => {
    const { host, c } = ended(false);
    const old = c.tcb.sndNxt;
    host.recv({ flags: SYN, seq: 5000 }, SEC);
    expect(host.out).toMatchObject([{ flags: SYN | ACK, ack: 5001 }]);
    expect(((host.out[0]!.seq - old) | 0) > 0).toBe(true);
    const stale = ended(false);
    stale.host.recv({ flags: SYN, seq: 50 }, SEC);
    expect(stale.host.out, 'an old duplicate').toMatchObject([{ flags: ACK }]);
  });

  // holds: RFC 9293 SHLD-4
  test('with a newer timestamp may even have a lower number (RFC 6191)', () => {
    const { host, ts } = ended(true);
    host.recv({ flags: SYN, seq: 50, ...ts(2000) }, SEC);
    expect(host.out).toMatchObject([{ flags: SYN | ACK, ack: 51 }]);
    const stale = ended(true);
    stale.host.recv({ flags: SYN, seq: 5000, ...ts(900) }, SEC);
    expect(stale.host.out, 'an older timestamp tells the old duplicate').toMatchObject([{ flags: ACK }]);
  });
});
