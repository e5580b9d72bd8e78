/** Dialogues with one connection, state by state; every expectation is RFC 9293's own text (section in the test's name). */
import { describe, expect, test } from 'vitest';
import { RFC9293 } from '../src/tcp/config.ts';
import { MS, SEC } from '../src/tcp/types.ts';
import {
  ACK,
  closeWait,
  closing,
  Dialogue,
  established,
  FIN,
  finWait1,
  finWait2,
  IRS,
  ISS,
  lastAck,
  PLAIN,
  RST,
  SYN,
  synReceived,
  synSent,
  timeWait,
} from './dialogue.ts';

const u32 = (n: number): number => n >>> 0;
/** <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> right after the handshake. */
const PLAIN_ACK = { flags: ACK, seq: u32(ISS + 1), ack: u32(IRS + 1), len: 0 };

describe('SYN-SENT (§3.10.7.3)', () => {
  test('active OPEN sends <SEQ=ISS><CTL=SYN>', () => {
    const d = new Dialogue();
    d.connection.open(0, d.tx);
    expect(d.take()).toMatchObject([{ flags: SYN, seq: ISS, ack: 0, wnd: 4000, len: 0 }]);
    expect(d.state).toBe('SYN-SENT');
  });

  test.each([ISS, ISS + 2, ISS - 1])('unacceptable ACK %i is answered <SEQ=SEG.ACK><CTL=RST>', (ack) => {
    const d = synSent();
    d.recv({ flags: SYN | ACK, seq: IRS, ack });
    expect(d.take()).toMatchObject([{ flags: RST, seq: u32(ack), ack: 0, len: 0 }]);
    expect(d.state).toBe('SYN-SENT');
  });

  test('RST with an unacceptable ACK is dropped without an answer', () => {
    const d = synSent();
    d.recv({ flags: RST | ACK, seq: 0, ack: ISS });
    expect(d.take()).toEqual([]);
    expect(d.state).toBe('SYN-SENT');
  });

  test('RST with an acceptable ACK: connection refused', () => {
    const d = synSent();
    d.recv({ flags: RST | ACK, seq: 0, ack: ISS + 1 });
    expect(d.take()).toEqual([]);
    expect(d.state).toBe('CLOSED');
    expect(d.events()).toEqual(['closed: refused']);
  });

  test('RST without ACK is dropped', () => {
    const d = synSent();
    d.recv({ flags: RST, seq: IRS });
    expect(d.take()).toEqual([]);
    expect(d.state).toBe('SYN-SENT');
  });

  test('SYN/ACK is answered by <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK> and establishes', () => {
    const d = synSent();
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1 });
    expect(d.take()).toMatchObject([PLAIN_ACK]);
    expect(d.state).toBe('ESTABLISHED');
    expect(d.events()).toEqual(['established']);
  });

  // holds: RFC 9293 MUST-10
  test('SYN without ACK enters SYN-RECEIVED with <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>', () => {
    const d = synSent();
    d.recv({ flags: SYN, seq: IRS });
    expect(d.take()).toMatchObject([{ flags: SYN | ACK, seq: ISS, ack: u32(IRS + 1), len: 0 }]);
    expect(d.state).toBe('SYN-RECEIVED');
  });

  test('neither SYN nor RST: dropped, even with a good ACK', () => {
    const d = synSent();
    d.recv({ flags: ACK, seq: IRS, ack: ISS + 1 });
    expect(d.take()).toEqual([]);
    expect(d.state).toBe('SYN-SENT');
  });

  test('SYN retransmission doubles from 1 s (RFC 6298 §2.1, §5.5), then ETIMEDOUT', () => {
    const d = new Dialogue({ ...PLAIN, synRetries: 3 });
    d.connection.open(0, d.tx);
    const sentAt: number[] = [];
    for (let i = 0; i < 20 && d.state !== 'CLOSED'; i++) {
      if (d.take().length > 0) sentAt.push(d.now / SEC);
      d.wait(d.connection.nextTimer() - d.now);
    }
    expect(sentAt).toEqual([0, 1, 3, 7]);
    expect(d.now).toBe(15 * SEC);
    expect(d.events()).toEqual(['soft-error: ETIMEDOUT', 'closed: timeout']);
  });

  test('data on the SYN that the peer did not keep goes again at once', () => {
    const d = new Dialogue();
    d.connection.open(0, d.tx, Uint8Array.from([104, 105]));
    expect(d.take()).toMatchObject([{ flags: SYN, seq: ISS, data: 'hi' }]);
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1 });
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), ack: u32(IRS + 1), data: 'hi' }]);
  });

  test('data on the SYN that the peer acknowledged is done with', () => {
    const d = new Dialogue();
    d.connection.open(0, d.tx, Uint8Array.from([104, 105]));
    d.take();
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 3 });
    expect(d.take()).toMatchObject([{ flags: ACK, seq: u32(ISS + 3), ack: u32(IRS + 1), len: 0 }]);
  });
});

describe('SYN-RECEIVED after an active OPEN (§3.10.7.4)', () => {
  // holds: RFC 9293 MUST-10
  test("the peer's SYN/ACK completes a simultaneous open (figure 7)", () => {
    const d = synReceived();
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1 });
    expect(d.state).toBe('ESTABLISHED');
  });

  test.each([ISS, ISS + 2])('unacceptable ACK %i is answered <SEQ=SEG.ACK><CTL=RST>', (ack) => {
    const d = synReceived();
    d.recv({ flags: ACK, seq: IRS + 1, ack });
    expect(d.take()).toMatchObject([{ flags: RST, seq: u32(ack), len: 0 }]);
    expect(d.state).toBe('SYN-RECEIVED');
  });

  test('RST at RCV.NXT: connection refused', () => {
    const d = synReceived();
    d.recv({ flags: RST, seq: IRS + 1 });
    expect(d.events()).toEqual(['closed: refused']);
  });

  test('ACK with data: established, and the data counts', () => {
    const d = synReceived();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'hello' });
    expect(d.state).toBe('ESTABLISHED');
    expect(d.read()).toBe('hello');
    expect(d.take()).toMatchObject([{ flags: ACK, seq: u32(ISS + 1), ack: u32(IRS + 6) }]);
  });
});

describe('sequence check (Table 6)', () => {
  test.each([
    ['old', IRS, 'x'],
    ['far beyond the window', IRS + 1 + 4000, 'x'],
  ])('%s data is answered by an ACK and dropped', (_name, seq, data) => {
    const d = established();
    d.recv({ flags: ACK, seq, ack: ISS + 1, data });
    expect(d.take()).toMatchObject([PLAIN_ACK]);
    expect(d.read()).toBe('');
  });

  test('a segment that straddles RCV.NXT gives only its new part', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'abc' });
    d.recv({ flags: ACK, seq: IRS + 2, ack: ISS + 1, data: 'bcdef' });
    expect(d.read()).toBe('abcdef');
  });

  // holds: RFC 9293 SHLD-31, MAY-13
  test('data beyond a gap is held and delivered when the gap fills (SHLD-31)', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 4, ack: ISS + 1, data: 'def' });
    expect(d.take()).toMatchObject([PLAIN_ACK]);
    expect(d.read()).toBe('');
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'abc' });
    expect(d.take()).toMatchObject([{ flags: ACK, ack: u32(IRS + 7) }]);
    expect(d.read()).toBe('abcdef');
  });
});

describe('RST (§3.10.7.4 second, RFC 5961 §3)', () => {
  // holds: RFC 5961 R1
  test('exactly at RCV.NXT resets', () => {
    const d = established();
    d.recv({ flags: RST, seq: IRS + 1 });
    expect(d.events()).toEqual(['closed: reset']);
  });

  // holds: RFC 5961 R3, R7
  test('in the window but not exact: challenge ACK, at most one per interval', () => {
    const d = established();
    d.recv({ flags: RST, seq: IRS + 2 });
    expect(d.take()).toMatchObject([PLAIN_ACK]);
    d.recv({ flags: RST, seq: IRS + 3 });
    expect(d.take()).toEqual([]);
    d.wait(500 * MS);
    d.recv({ flags: RST, seq: IRS + 3 });
    expect(d.take()).toMatchObject([PLAIN_ACK]);
    expect(d.state).toBe('ESTABLISHED');
  });

  // holds: RFC 5961 R2
  test.each([IRS, IRS + 4001])('outside the window (%i) is dropped silently', (seq) => {
    const d = established();
    d.recv({ flags: RST, seq });
    expect(d.take()).toEqual([]);
    expect(d.state).toBe('ESTABLISHED');
  });

  test.each([
    ['CLOSING', closing, 'reset'],
    ['LAST-ACK', lastAck, 'reset'],
    ['CLOSE-WAIT', closeWait, 'reset'],
    ['TIME-WAIT', timeWait, 'closed'],
  ] as const)('in %s enters CLOSED', (state, make, reason) => {
    const d = make();
    expect(d.state).toBe(state);
    d.events();
    d.recv({ flags: RST, seq: d.connection.tcb.rcvNxt });
    expect(d.state).toBe('CLOSED');
    expect(d.events()).toEqual([`closed: ${reason}`]);
  });
});

describe('SYN in a synchronized state (RFC 5961 §4)', () => {
  // holds: RFC 5961 R4
  test.each([IRS, IRS + 1, IRS + 100, IRS + 100_000])('SEG.SEQ %i: challenge ACK, state unchanged', (seq) => {
    const d = established();
    d.recv({ flags: SYN, seq });
    expect(d.take()).toMatchObject([PLAIN_ACK]);
    expect(d.state).toBe('ESTABLISHED');
  });
});

describe('ACK field (§3.10.7.4 fifth)', () => {
  test('no ACK flag: dropped', () => {
    const d = established();
    d.recv({ flags: 0, seq: IRS + 1, data: 'x' });
    expect(d.take()).toEqual([]);
    expect(d.read()).toBe('');
  });

  // holds: RFC 5961 R6; RFC 9293 MAY-12
  test('an ACK of something not yet sent is answered by an ACK and dropped', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2, data: 'x' });
    expect(d.take()).toMatchObject([PLAIN_ACK]);
    expect(d.read()).toBe('');
  });

  // holds: RFC 5961 R6; RFC 9293 MAY-12
  test('an ACK older than SND.UNA - MAX.SND.WND is answered and dropped (RFC 5961 §5.2)', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 - 4001, data: 'x' });
    expect(d.take()).toMatchObject([PLAIN_ACK]);
    expect(d.read()).toBe('');
  });
});

describe('closing (§3.6)', () => {
  // holds: RFC 9293 MUST-13
  test('figure 12: FIN, ACK, FIN, ACK, then 2 MSL of TIME-WAIT', () => {
    const d = established();
    d.connection.close(d.now, d.tx);
    expect(d.take()).toMatchObject([{ flags: FIN | ACK, seq: u32(ISS + 1), ack: u32(IRS + 1) }]);
    expect(d.state).toBe('FIN-WAIT-1');
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2 });
    expect(d.state).toBe('FIN-WAIT-2');
    d.recv({ flags: FIN | ACK, seq: IRS + 1, ack: ISS + 2 });
    expect(d.take()).toMatchObject([{ flags: ACK, seq: u32(ISS + 2), ack: u32(IRS + 2) }]);
    expect(d.state).toBe('TIME-WAIT');
    d.wait(240 * SEC - 1);
    expect(d.state).toBe('TIME-WAIT');
    d.wait(1);
    expect(d.state).toBe('CLOSED');
  });

  test('figure 13: simultaneous close passes through CLOSING', () => {
    const d = finWait1();
    d.recv({ flags: FIN | ACK, seq: IRS + 1, ack: ISS + 1 });
    expect(d.state).toBe('CLOSING');
    expect(d.take()).toMatchObject([{ flags: ACK, seq: u32(ISS + 2), ack: u32(IRS + 2) }]);
    d.recv({ flags: ACK, seq: IRS + 2, ack: ISS + 2 });
    expect(d.state).toBe('TIME-WAIT');
  });

  test('FIN with the ACK of our FIN goes straight to TIME-WAIT', () => {
    const d = finWait1();
    d.recv({ flags: FIN | ACK, seq: IRS + 1, ack: ISS + 2 });
    expect(d.state).toBe('TIME-WAIT');
  });

  test('passive close: CLOSE-WAIT, LAST-ACK, CLOSED', () => {
    const d = established();
    d.recv({ flags: FIN | ACK, seq: IRS + 1, ack: ISS + 1, data: 'bye' });
    expect(d.state).toBe('CLOSE-WAIT');
    expect(d.take()).toMatchObject([{ flags: ACK, ack: u32(IRS + 5) }]);
    expect(d.read()).toBe('bye');
    expect(d.events()).toEqual(['readable', 'peer-closed']);
    d.connection.close(d.now, d.tx);
    expect(d.take()).toMatchObject([{ flags: FIN | ACK, seq: u32(ISS + 1) }]);
    expect(d.state).toBe('LAST-ACK');
    d.recv({ flags: ACK, seq: IRS + 5, ack: ISS + 2 });
    expect(d.events()).toEqual(['closed: closed']);
  });

  test('half close: in FIN-WAIT-2 data still arrives and is acknowledged', () => {
    const d = finWait2();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2, data: 'late' });
    expect(d.read()).toBe('late');
    expect(d.take()).toMatchObject([{ flags: ACK, ack: u32(IRS + 5) }]);
  });

  test('half close: in CLOSE-WAIT we may still send', () => {
    const d = closeWait();
    expect(d.say('more')).toBe(4);
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), data: 'more' }]);
  });

  test('a FIN ahead of lost data waits for it', () => {
    const d = established();
    d.recv({ flags: FIN | ACK, seq: IRS + 4, ack: ISS + 1 });
    expect(d.state).toBe('ESTABLISHED');
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'abc' });
    expect(d.state).toBe('CLOSE-WAIT');
  });

  // holds: RFC 9293 MUST-13
  test('TIME-WAIT acknowledges a repeated FIN and starts 2 MSL over', () => {
    const d = timeWait();
    d.wait(100 * SEC);
    d.recv({ flags: FIN | ACK, seq: IRS + 1, ack: ISS + 2 });
    expect(d.take()).toMatchObject([{ flags: ACK, seq: u32(ISS + 2), ack: u32(IRS + 2) }]);
    expect(d.connection.nextTimer()).toBe(d.now + 240 * SEC);
  });

  test('abort sends <SEQ=SND.NXT><CTL=RST> (§3.10.5)', () => {
    const d = established();
    d.connection.abort(d.now, d.tx);
    expect(d.take()).toMatchObject([{ flags: RST, seq: u32(ISS + 1), len: 0 }]);
    expect(d.events()).toEqual(['closed: aborted']);
  });

  test('CLOSE in SYN-SENT deletes the TCB in silence (§3.10.4)', () => {
    const d = synSent();
    d.connection.close(d.now, d.tx);
    expect(d.take()).toEqual([]);
    expect(d.state).toBe('CLOSED');
  });
});

describe('sending (§3.8)', () => {
  test('full segments of the smaller MSS, PSH on the last, no more than the window', () => {
    const d = synSent();
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1, wnd: 1200 });
    d.take();
    d.say('a'.repeat(2000));
    // No MSS option came: 536 (MUST-15). 1200 bytes of window = two full segments; the last 128 are no worthwhile step.
    expect(d.take().map((s) => s.len)).toEqual([536, 536]);
  });

  // holds: RFC 9293 SHLD-7
  test('Nagle holds a small segment while data is unacknowledged (§3.7.4)', () => {
    const d = established({ ...PLAIN, nagle: true });
    d.say('a');
    d.say('b');
    expect(d.take().map((s) => s.data)).toEqual(['a']);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2 });
    expect(d.take().map((s) => s.data)).toEqual(['b']);
  });

  // holds: RFC 6298 R4, R10, R11
  test('RTO: at least 1 s, doubling, first segment only (RFC 6298 §2.4, §5.4-5.5)', () => {
    const d = established();
    d.say('a'.repeat(536));
    d.say('b'.repeat(536));
    d.take();
    d.wait(SEC);
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), len: 536 }]);
    d.wait(2 * SEC - 1);
    expect(d.take()).toEqual([]);
    d.wait(1);
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), len: 536 }]);
  });

  test('the third duplicate ACK retransmits at once (RFC 5681 §3.2)', () => {
    const d = established();
    d.say('a'.repeat(536 * 5));
    d.take();
    const dup = { flags: ACK, seq: IRS + 1, ack: ISS + 1 };
    d.recv(dup);
    d.recv(dup);
    expect(d.take()).toEqual([]);
    d.recv(dup);
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), len: 536 }]);
  });

  test('loss is still noticed after more than 2^31 bytes without any', () => {
    const d = established();
    const far = u32(ISS + 1 + 2 ** 31 + 100);
    d.connection.tcb.sndUna = far;
    d.connection.tcb.sndNxt = far;
    d.say('a'.repeat(536 * 5));
    d.take();
    for (let i = 0; i < 3; i++) d.recv({ flags: ACK, seq: IRS + 1, ack: far });
    expect(d.take()).toMatchObject([{ seq: far, len: 536 }]);
  });

  test('a partial ACK repeats the next hole without waiting (RFC 6582 §3.2)', () => {
    const d = established();
    d.say('a'.repeat(536 * 6));
    d.take();
    for (let i = 0; i < 3; i++) d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 });
    d.take();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 + 536 });
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 1 + 536), len: 536 }]);
  });

  // holds: RFC 9293 MUST-38
  test('a window too small to be worth filling is filled after the override timeout (§3.8.6.2.1)', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 100 });
    d.say('x'.repeat(536));
    expect(d.take()).toEqual([]);
    d.wait(SEC);
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), len: 100 }]);
  });

  // holds: RFC 9293 MUST-36, SHLD-29, SHLD-30
  test('a closed window is probed with one byte, backing off (§3.8.6.1)', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 0 });
    d.say('hello');
    expect(d.take()).toEqual([]);
    d.wait(SEC);
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), data: 'h' }]);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 0 });
    d.wait(2 * SEC);
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), data: 'h' }]);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 4000 });
    expect(
      d
        .take()
        .map((s) => s.data)
        .join(''),
    ).toContain('hello'.slice(0, 1));
    d.wait(10 * SEC);
    expect(d.state).toBe('ESTABLISHED');
  });
});

describe('receiving (§3.8.6)', () => {
  test('a full buffer closes the window, and reading opens it again', () => {
    const d = established();
    for (let i = 0; i < 4; i++) d.recv({ flags: ACK, seq: IRS + 1 + i * 1000, ack: ISS + 1, data: 'x'.repeat(1000) });
    expect(d.take().at(-1)).toMatchObject({ flags: ACK, ack: u32(IRS + 4001), wnd: 0 });
    expect(d.read().length).toBe(4000);
    expect(d.take()).toMatchObject([{ flags: ACK, ack: u32(IRS + 4001), wnd: 4000 }]);
  });

  test('with a scaled window and a reader that never reads, no more than the buffer is ever taken', () => {
    const d = established({ ...PLAIN, windowScale: 7, rcvBuf: 64240 });
    d.connection.tcb.rcvScale = 7;
    let sent = 0;
    for (let i = 0; i < 200; i++) {
      const room = Math.min(1000, (d.connection.tcb.rcvAdv - d.connection.tcb.rcvNxt) >>> 0);
      if (room === 0) break;
      d.recv({ flags: ACK, seq: IRS + 1 + sent, ack: ISS + 1, data: 'x'.repeat(room) });
      sent += room;
    }
    expect(sent).toBeLessThanOrEqual(64240);
    expect(d.take().at(-1)).toMatchObject({ flags: ACK, wnd: 0 });
  });

  // holds: RFC 9293 SHLD-18, SHLD-19
  test('delayed ACK: one waits at most the timeout, every second full segment is answered at once (SHLD-18, SHLD-19)', () => {
    const d = established({ ...PLAIN, delayedAck: 200 * MS });
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'x'.repeat(536) });
    expect(d.take()).toEqual([]);
    d.wait(200 * MS);
    expect(d.take()).toMatchObject([{ ack: u32(IRS + 537) }]);
    d.recv({ flags: ACK, seq: IRS + 537, ack: ISS + 1, data: 'x'.repeat(536) });
    d.recv({ flags: ACK, seq: IRS + 1073, ack: ISS + 1, data: 'x'.repeat(536) });
    expect(d.take()).toMatchObject([{ ack: u32(IRS + 1609) }]);
  });
});

describe('timeouts (§3.8.3, §3.8.4, §3.10.8)', () => {
  // holds: RFC 9293 MUST-20
  test('R2: unanswered data ends in a timeout', () => {
    const d = established({ ...PLAIN, dataRetries: 2 });
    d.say('x');
    d.wait(60 * SEC);
    expect(d.events()).toEqual(['closed: timeout']);
    expect(d.take().map((s) => s.data)).toEqual(['x', 'x', 'x']);
  });

  // holds: RFC 9293 MUST-21
  test('user timeout', () => {
    const d = established({ ...PLAIN, userTimeout: 5 * SEC });
    d.say('x');
    d.wait(5 * SEC - 1);
    expect(d.state).toBe('ESTABLISHED');
    d.wait(1);
    expect(d.events()).toEqual(['closed: timeout']);
  });

  // holds: RFC 9293 MUST-24, SHLD-12, MAY-5
  test('keep-alive probes with SEG.SEQ = SND.NXT-1 and gives up after the last', () => {
    const d = established({ ...PLAIN, keepAliveIdle: 10 * SEC, keepAliveInterval: SEC, keepAliveProbes: 2 });
    d.wait(10 * SEC);
    expect(d.take()).toMatchObject([{ flags: ACK, seq: ISS, ack: u32(IRS + 1), len: 0 }]);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 });
    d.wait(12 * SEC);
    expect(d.take().length).toBe(2);
    expect(d.events()).toEqual(['closed: timeout']);
  });
});

describe('timestamps (RFC 7323)', () => {
  test('are offered by default with TSecr 0 in the SYN', () => {
    const d = new Dialogue(RFC9293);
    let seen = '';
    const tx = {
      alloc: d.tx.alloc,
      send: (s: { tsVal: number; tsEcr: number; ws: number; sackPerm: boolean; mss: number }): void => {
        seen = `mss ${s.mss} ws ${s.ws} sack ${s.sackPerm} tsecr ${s.tsEcr} has-ts ${s.tsVal >= 0}`;
      },
    };
    d.connection.open(0, tx);
    expect(seen).toBe('mss 1460 ws 7 sack true tsecr 0 has-ts true');
  });
});

/** What hostile or unlucky peers send. */
describe('odd segments', () => {
  const TS = { ...PLAIN, timestamps: true };

  /** ESTABLISHED with timestamps: the peer's clock says `tsVal`. */
  function stamped(tsVal: number): Dialogue {
    const d = synSent(TS);
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1, tsVal });
    d.take();
    return d;
  }

  test.each([
    ['kept', 3, []],
    ['not kept', 1, ['hi']],
  ])('simultaneous open: data on our SYN that the peer has %s (§3.10.7.4 fifth)', (_name, acked, again) => {
    const d = new Dialogue();
    d.connection.open(0, d.tx, Uint8Array.from([104, 105]));
    d.recv({ flags: SYN, seq: IRS });
    d.take();
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + acked });
    expect(d.state).toBe('ESTABLISHED');
    const sent = d.take().filter((s) => s.len! > 0);
    expect(sent.map((s) => s.data)).toEqual(again);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 3 });
    d.say('!');
    expect(d.take()).toMatchObject([{ seq: u32(ISS + 3), data: '!' }]);
  });

  // holds: RFC 7323 R12; RFC 5961 R7
  test('PAWS answers bare ACKs at most once per interval, or two ends would for ever (RFC 5961 §7)', () => {
    const d = stamped(1000);
    const old = { flags: ACK, seq: IRS + 1, ack: ISS + 1, tsVal: 999 };
    d.recv(old);
    d.recv(old);
    expect(d.take()).toMatchObject([PLAIN_ACK]);
    d.recv({ ...old, data: 'x' });
    expect(d.take()).toMatchObject([PLAIN_ACK]);
  });

  // holds: RFC 5961 R7
  test('ACKs out of range are answered at most once per interval (RFC 5961 §5.2, §7)', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2 });
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2 });
    expect(d.take()).toMatchObject([PLAIN_ACK]);
  });

  // holds: RFC 5961 R6
  test('a segment whose ACK is out of range does not move TS.Recent (RFC 5961 §5.2)', () => {
    const d = stamped(1000);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 2, tsVal: 0x70000000 });
    expect(d.connection.tcb.tsRecent).toBe(1000);
  });

  // holds: RFC 7323 R13
  test('after 24 days of silence the next TSval replaces TS.Recent (RFC 7323 §5.5)', () => {
    const d = stamped(1000);
    d.wait(25 * 24 * 3600 * SEC);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, tsVal: 10 });
    expect(d.connection.tcb.tsRecent).toBe(10);
  });

  test('a FIN beyond a gap is acknowledged at once (RFC 5681 §4.2)', () => {
    const d = established({ ...PLAIN, delayedAck: 200 * MS });
    d.recv({ flags: FIN | ACK, seq: IRS + 4, ack: ISS + 1 });
    expect(d.take()).toMatchObject([PLAIN_ACK]);
  });

  test('TIME-WAIT: a FIN that is no repetition does not start 2 MSL over (§3.10.7.4 eighth)', () => {
    const d = timeWait();
    const over = d.connection.nextTimer();
    d.wait(SEC);
    d.recv({ flags: FIN | ACK, seq: IRS - 1000, ack: ISS + 2 });
    expect(d.connection.nextTimer()).toBe(over);
  });

  test('FIN takes a place in the window as a byte does (§3.4): it waits while data fills the window', () => {
    const d = established();
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, wnd: 536 });
    d.say('x'.repeat(536));
    d.connection.close(d.now, d.tx);
    expect(d.take()).toMatchObject([{ flags: ACK | 8, len: 536 }]);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 537, wnd: 536 });
    expect(d.take()).toMatchObject([{ flags: FIN | ACK, seq: u32(ISS + 537), len: 0 }]);
  });

  test('after a timeout, duplicate ACKs of what it repeated start no recovery (RFC 6582 §4)', () => {
    const d = established();
    d.say('x'.repeat(4 * 536));
    d.wait(SEC);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 537 });
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1073 });
    d.take();
    for (let i = 0; i < 4; i++) d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1073 });
    expect(d.take()).toEqual([]);
  });

  test('a buffer smaller than one unit of the window scale still takes data', () => {
    const d = established({ ...PLAIN, rcvBuf: 100 });
    const t = d.connection.tcb;
    t.rcvScale = 7;
    let got = '';
    for (let i = 0; i < 100; i++) {
      d.recv({ flags: ACK, seq: t.rcvNxt, ack: ISS + 1, data: '0123456789' });
      got += d.read();
    }
    expect(got).toBe('0123456789'.repeat(100));
  });

  test('CLOSED has no room to write', () => {
    const d = established();
    d.recv({ flags: RST, seq: IRS + 1 });
    expect(d.connection.writable).toBe(0);
  });
});
