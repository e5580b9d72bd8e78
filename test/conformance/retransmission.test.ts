/** Retransmission, congestion control and giving up (RFC 9293 §3.8.1 to §3.8.3, RFC 6298, RFC 5681). */
import { describe, expect, test } from 'vitest';
import { LINUX6, RFC9293 } from '../../src/tcp/config.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { ACK, Dialogue, established, IRS, ISS, PLAIN, SYN, synSent } from '../dialogue.ts';

const u32 = (n: number): number => n >>> 0;
const FULL = 'x'.repeat(536);
const ackUpTo = (d: Dialogue, bytes: number): void => d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 + bytes });

describe('the timer (RFC 6298)', () => {
  // holds: RFC 6298 R7, R8
  test('runs while something is unacknowledged, and only then', () => {
    const d = established();
    expect(d.connection.nextTimer()).toBe(Infinity);
    d.say('one');
    expect(d.connection.nextTimer()).toBe(d.now + SEC);
    d.wait(300 * MS);
    d.say('two');
    expect(d.connection.nextTimer(), 'more data does not start it anew').toBe(d.now + 700 * MS);
    ackUpTo(d, 6);
    expect(d.connection.nextTimer()).toBe(Infinity);
  });

  // holds: RFC 6298 R9
  test('starts anew when something new is acknowledged and more is outstanding', () => {
    const d = established();
    d.say('one');
    d.say('two');
    d.wait(900 * MS);
    ackUpTo(d, 3);
    // The RTT sample of 900 ms makes it longer than the 1 s that it was.
    expect(d.connection.nextTimer()).toBe(d.now + d.connection.tcb.rtt.rto);
  });

  // holds: RFC 6298 R10, R11, R4; RFC 9293 MUST-19
  test('runs out: the earliest segment goes again, alone, and the wait doubles each time', () => {
    const d = established({ ...PLAIN, dataRetries: 8 });
    d.say(FULL + FULL + FULL);
    d.take();
    const start = d.now;
    const at: number[] = [];
    for (let i = 0; i < 8; i++) {
      d.wait(d.connection.nextTimer() - d.now);
      expect(d.take()).toMatchObject([{ seq: u32(ISS + 1), len: 536 }]);
      at.push((d.now - start) / SEC);
    }
    // RTO 1 s (10 ms measured, §2.4), doubled up to the bound of 60 s (§2.5).
    expect(at).toEqual([1, 3, 7, 15, 31, 63, 123, 183]);
  });

  // holds: RFC 6298 R5
  test('its bound is 60 s or more', () => {
    for (const profile of [RFC9293, LINUX6]) expect(profile.maxRto).toBeGreaterThanOrEqual(60 * SEC);
  });

  // holds: RFC 9293 MUST-18; RFC 6298 R6
  test('Karn: an ACK of what was sent twice is no measurement; the next one of what was sent once is', () => {
    const d = established();
    const { rtt } = d.connection.tcb;
    expect(rtt.srtt, 'the handshake took 10 ms').toBe(10 * MS);
    d.say('lost');
    d.wait(SEC);
    d.wait(5 * MS);
    ackUpTo(d, 4);
    expect(rtt.srtt).toBe(10 * MS);
    d.say('fine');
    d.wait(90 * MS);
    ackUpTo(d, 8);
    // SRTT = 7/8 × 10 ms + 1/8 × 90 ms.
    expect(rtt.srtt).toBe(20 * MS);
  });

  // holds: RFC 9293 MUST-18; RFC 6298 R6
  test('Karn holds for the SYN: when it was repeated, the handshake is no measurement', () => {
    const d = synSent();
    d.wait(SEC);
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1 });
    expect(d.connection.tcb.rtt.srtt).toBe(-1);
  });

  // holds: RFC 6298 R12
  test('after a repeated SYN data starts with 3 s', () => {
    const d = synSent();
    d.wait(SEC);
    d.recv({ flags: SYN | ACK, seq: IRS, ack: ISS + 1 });
    d.say('x');
    expect(d.connection.nextTimer()).toBe(d.now + 3 * SEC);
    const once = established();
    once.say('x');
    expect(once.connection.nextTimer()).toBe(once.now + SEC);
  });
});

describe('congestion control (RFC 5681)', () => {
  // holds: RFC 9293 MUST-19
  test('slow start: each ACK of a full segment allows one more, so the window doubles in a round trip', () => {
    const d = established({ ...PLAIN, initialWindow: 2, sndBuf: 100_000 });
    d.connection.tcb.sndWnd = 60_000;
    d.say('x'.repeat(60 * 536));
    expect(d.take().length).toBe(2);
    let acked = 0;
    for (const [round, window] of [2, 4, 8].entries()) {
      d.wait(10 * MS);
      for (let i = 0; i < window; i++) {
        acked += 536;
        d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 + acked, wnd: 60_000 });
      }
      expect(d.take().length, `round ${round}`).toBe(2 * window);
    }
  });

  // holds: RFC 9293 MUST-19
  test('congestion avoidance: above ssthresh a round trip adds one segment', () => {
    const d = established({ ...PLAIN, sndBuf: 200_000 });
    const t = d.connection.tcb;
    t.cwnd = 10 * 536;
    t.ssthresh = 10 * 536;
    t.sndWnd = 60_000;
    d.say('x'.repeat(100 * 536));
    expect(d.take().length).toBe(10);
    for (let i = 1; i <= 10; i++) d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 + i * 536, wnd: 60_000 });
    expect([d.take().length, Math.round(t.cwnd / 536)]).toEqual([11, 11]);
  });

  // holds: RFC 9293 MUST-19
  test('a timeout: one segment, then slow start up to half of what had been in flight', () => {
    const d = established({ ...PLAIN, sndBuf: 100_000 });
    const t = d.connection.tcb;
    t.sndWnd = 60_000;
    d.say('x'.repeat(10 * 536));
    expect(d.take().length).toBe(10);
    d.wait(SEC);
    expect([d.take().length, t.cwnd, t.ssthresh]).toEqual([1, 536, 5 * 536]);
  });
});

describe('giving up (§3.8.3)', () => {
  function giveUp(d: Dialogue): { sent: number; events: string[]; after: number } {
    const start = d.now;
    let sent = 0;
    while (d.connection.nextTimer() !== Infinity) {
      d.wait(d.connection.nextTimer() - d.now);
      sent += d.take().length;
    }
    return { sent, events: d.events(), after: (d.now - start) / SEC };
  }

  // holds: RFC 9293 MUST-20, SHLD-9, SHLD-10
  test('R1 is told after three repetitions, R2 ends the connection', () => {
    const d = established({ ...PLAIN, dataRetries: 6 });
    d.say('x');
    d.take();
    for (let i = 0; i < 2; i++) d.wait(d.connection.nextTimer() - d.now);
    expect(d.events()).toEqual([]);
    d.wait(d.connection.nextTimer() - d.now);
    expect([d.take().length, d.events()]).toEqual([3, ['soft-error: ETIMEDOUT']]);
    expect(giveUp(d)).toMatchObject({ sent: 3, events: ['closed: timeout'] });
    expect([d.state, d.connection.error]).toEqual(['CLOSED', 'ETIMEDOUT']);
  });

  // holds: RFC 9293 MUST-21
  test('the application sets R2 for a connection, as a count or as a time', () => {
    const count = established();
    count.connection.configure({ ...PLAIN, dataRetries: 1 }, count.now);
    count.say('x');
    count.take();
    expect(giveUp(count)).toMatchObject({ sent: 1, after: 3 });
    const time = established();
    time.connection.configure({ ...PLAIN, userTimeout: 20 * SEC }, time.now);
    time.say('x');
    expect(giveUp(time).after).toBe(20);
  });

  // holds: RFC 9293 SHLD-10, SHLD-11
  test.each([
    ['rfc9293', RFC9293],
    ['linux-6', LINUX6],
  ])('%s: R1 is 3 or more repetitions, R2 100 seconds or more', (_name, profile) => {
    expect(profile.r1).toBeGreaterThanOrEqual(3);
    const { dataRetries, minRto, maxRto } = profile;
    const d = established({ ...PLAIN, dataRetries, minRto, maxRto });
    d.say('x');
    expect(giveUp(d).after).toBeGreaterThanOrEqual(100);
  });

  // holds: RFC 9293 MUST-22, MUST-23
  test('SYNs: repeated for at least 3 minutes, with the same report between', () => {
    const { synRetries, initialRto, maxRto } = RFC9293;
    const d = new Dialogue({ ...PLAIN, synRetries, initialRto, maxRto });
    d.connection.open(0, d.tx);
    d.take();
    const { sent, events, after } = giveUp(d);
    expect([sent, events]).toEqual([7, ['soft-error: ETIMEDOUT', 'closed: timeout']]);
    expect(after).toBeGreaterThanOrEqual(180);
  });

  test('Linux gives up on a SYN earlier: 6 repetitions, and 4 that do not double yet', () => {
    const { synRetries, synLinearTimeouts, initialRto, maxRto } = LINUX6;
    const d = new Dialogue({ ...PLAIN, synRetries, synLinearTimeouts, initialRto, maxRto });
    d.connection.open(0, d.tx);
    d.take();
    // 1, 1, 1, 1, then 1, 2, 4, 8, 16, 32, 64.
    expect(giveUp(d)).toMatchObject({ sent: 10, after: 131 });
  });
});
