/** Keep-alive (RFC 9293 §3.8.4). */
import { describe, expect, test } from 'vitest';
import { LINUX6_HOST, RFC9293_HOST } from '../../src/socket/settings.ts';
import { SocketOptions } from '../../src/socket/socket-options.ts';
import { LINUX6, RFC9293 } from '../../src/tcp/config.ts';
import { SEC } from '../../src/tcp/types.ts';
import { ACK, established, IRS, ISS, PLAIN } from '../dialogue.ts';

const u32 = (n: number): number => n >>> 0;
const KEEP = { ...PLAIN, keepAliveIdle: 100 * SEC, keepAliveInterval: 10 * SEC, keepAliveProbes: 3 };

// holds: RFC 9293 MUST-25
test.each([
  ['rfc9293', RFC9293],
  ['linux-6', LINUX6],
])('%s: off by default: a silent connection stays silent for a year', (_name, profile) => {
  expect(profile.keepAliveIdle).toBe(0);
  const d = established({ ...PLAIN, keepAliveIdle: profile.keepAliveIdle });
  d.wait(365 * 24 * 3600 * SEC);
  expect([d.take(), d.state]).toEqual([[], 'ESTABLISHED']);
});

// holds: RFC 9293 MUST-24, MAY-5
test('the application turns it on and off for a connection', () => {
  const d = established();
  d.connection.configure(KEEP, d.now);
  d.wait(100 * SEC);
  expect(d.take().length).toBe(1);
  d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 });
  d.connection.configure(PLAIN, d.now);
  d.wait(3600 * SEC);
  expect(d.take()).toEqual([]);
});

test('a change of something else leaves the interval alone, and a new one counts from when the peer was last heard', () => {
  const d = established(KEEP);
  d.wait(60 * SEC);
  d.connection.configure({ ...KEEP, userTimeout: SEC, keepAliveInterval: 9 * SEC }, d.now);
  d.wait(20 * SEC);
  d.connection.configure({ ...KEEP, keepAliveIdle: 90 * SEC }, d.now);
  d.wait(10 * SEC - 1);
  expect(d.take()).toEqual([]);
  d.wait(1);
  expect(d.take(), '90 s after the handshake').toMatchObject([{ flags: ACK, seq: ISS, len: 0 }]);
  d.wait(5 * SEC);
  d.connection.configure({ ...KEEP, keepAliveIdle: 97 * SEC }, d.now);
  d.wait(2 * SEC);
  expect(d.take(), 'between probes, too').toMatchObject([{ flags: ACK, seq: ISS, len: 0 }]);
  d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 });
  d.wait(30 * SEC);
  d.connection.configure({ ...KEEP, keepAliveIdle: 30 * SEC }, d.now);
  d.wait(0);
  expect(d.take(), 'that long already: now').toMatchObject([{ flags: ACK, seq: ISS, len: 0 }]);
});

// holds: RFC 9293 MUST-28
test('where an application asks for it and says no more, the interval is two hours', () => {
  for (const host of [RFC9293_HOST, LINUX6_HOST]) {
    const options = new SocketOptions();
    expect(options.configure(host).keepAliveIdle).toBe(0);
    options.keepAlive = true;
    expect(options.configure(host).keepAliveIdle).toBeGreaterThanOrEqual(2 * 3600 * SEC);
  }
});

describe('probes', () => {
  // holds: RFC 9293 SHLD-12, MUST-27
  test('carry no data, below SND.NXT so that an ACK must come, after the interval that was set', () => {
    for (const idle of [100, 5000]) {
      const d = established({ ...KEEP, keepAliveIdle: idle * SEC });
      d.wait(idle * SEC - 1);
      expect(d.take()).toEqual([]);
      d.wait(1);
      expect(d.take()).toMatchObject([{ flags: ACK, seq: ISS, ack: u32(IRS + 1), len: 0 }]);
    }
  });

  // holds: RFC 9293 MUST-26
  test('go only after an interval in which nothing came, and not while data is outstanding', () => {
    const d = established(KEEP);
    d.wait(60 * SEC);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1, data: 'x' });
    d.take();
    d.wait(99 * SEC);
    expect(d.take()).toEqual([]);
    d.recv({ flags: ACK, seq: IRS + 2, ack: ISS + 1 });
    d.wait(99 * SEC);
    expect(d.take(), 'an ACK counts too').toEqual([]);
    const busy = established({ ...KEEP, dataRetries: 15 });
    busy.say('unanswered');
    busy.wait(250 * SEC);
    const probes = busy.take().filter((s) => s.len === 0);
    expect(probes, 'repetitions only').toEqual([]);
  });

  // holds: RFC 9293 MUST-29
  test('one without an answer proves nothing: only all in a row do', () => {
    const d = established(KEEP);
    d.wait(100 * SEC);
    d.wait(10 * SEC);
    expect([d.take().length, d.state]).toEqual([2, 'ESTABLISHED']);
    d.recv({ flags: ACK, seq: IRS + 1, ack: ISS + 1 });
    d.wait(100 * SEC);
    d.wait(20 * SEC);
    expect([d.take().length, d.state], 'counted from the answer').toEqual([3, 'ESTABLISHED']);
    d.wait(10 * SEC);
    expect(d.connection.closed).toBe('timeout');
  });
});
