import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, events, FastOpenDialogue, HOST, PEER, PLAIN, readAll } from '../../test/support/fast-open-dialogue.ts';
import type { Connection } from './connection.ts';
import { FastOpenCache } from './fast-open-cache.ts';
import type { ConnectOptions } from './stack-options.ts';
import { MS, SEC } from './types.ts';

/** A client that has met the server before: what its SYN/ACK gave is remembered. */
function knowing(fo: string, extra: { mss?: number; kind?: number } = {}): FastOpenDialogue {
  const d = new FastOpenDialogue();
  const c = d.connect({ fastOpen: 'cookie' });
  d.recv('S.', 0, { ack: 1, fo, ...extra });
  c.abort(d.now, d.tx);
  d.sent();
  d.rules = [];
  return d;
}

function open(d: FastOpenDialogue, n: number, options: ConnectOptions = {}): Connection {
  return d.connect({ fastOpen: 'cookie', data: bytes(n), ...options });
}

/** Opens, is answered, and ends: one more round of experience. Tells what the SYN was. */
function round(d: FastOpenDialogue, answer: Parameters<FastOpenDialogue['recv']>[2], n = 0): string {
  const c = open(d, n);
  const syn = d.sent()[0]!;
  d.recv('S.', 0, { ack: 1, ...answer });
  c.abort(d.now, d.tx);
  d.sent();
  return syn;
}

const SYN_COOKIE = 'S 0:1000(1000) <FO abcd1234>';

describe('asking for a cookie (RFC 7413 §4.2.1)', () => {
  // holds: RFC 7413 R1
  test('the SYN carries an empty option and no data, which follows the handshake with its ACK', () => {
    const d = new FastOpenDialogue();
    const c = open(d, 1000);
    expect([d.sent(), c.tcb.fastOpenRequest?.sent]).toEqual([['S 0:0(0) <FO>'], 0]);
    d.recv('S.', 0, { ack: 1, fo: 'abcd1234' });
    expect([d.sent(), c.tcb.fastOpen?.synDataAcked]).toEqual([['P. 1:1001(1000) ack 1'], false]);
    expect(d.stack.fastOpen.cache.get(HOST, PEER)).toMatchObject({ mss: 1460, kind: 34 });
    expect(d.rules.filter((id) => id.startsWith('fast-open'))).toEqual(['fast-open-ask', 'fast-open-cookie-kept']);
  });

  // holds: RFC 7413 R7
  test('the SYN goes again without (RFC 7413 §4.1.3.1), and a cookie is still kept: the timeout may have been for nothing', () => {
    const d = new FastOpenDialogue();
    open(d, 0);
    expect([...d.sent(), ...d.timeline(1500 * MS)]).toEqual(['S 0:0(0) <FO>', '1000 S 0:0(0)']);
    d.recv('S.', 0, { ack: 1, fo: 'aaaabbbbcccc', mss: 1240 });
    expect(d.stack.fastOpenRoom(d.now, PEER, 'cookie')).toBe(1200);
  });

  // holds: RFC 7413 R9
  test('an ordinary connect neither asks nor learns', () => {
    const d = new FastOpenDialogue();
    d.connect({});
    expect(d.sent()).toEqual(['S 0:0(0)']);
    d.recv('S.', 0, { ack: 1, fo: 'abcd1234' });
    expect(d.stack.fastOpen.cache.get(HOST, PEER)).toBeUndefined();
  });

  // holds: RFC 7413 R1
  test('what comes as a cookie (measured): odd and short ones are none, empty ones no answer', () => {
    for (const [fo, next] of [
      ['', 'S 0:0(0) <FO>'],
      ['abcd', 'S 0:0(0) <FOEXP>'],
      ['abcd12345678', 'S 0:10(10) <FO abcd12345678>'],
      ['00000000', 'S 0:10(10) <FO 00000000>'],
      ['01234567aabbccdd0123456701234567', 'S 0:10(10) <FO 01234567aabbccdd0123456701234567>'],
    ] as const) {
      const d = new FastOpenDialogue();
      // The codec drops the option where its length is none of a cookie (tcp-options.test.ts).
      round(d, fo.length === 4 ? {} : { fo });
      expect(round(d, {}, 10)).toBe(next);
    }
  });

  test('denied: once by the experimental option, then by kind 34 for ever (fallback-exp-opt of Linux)', () => {
    const d = new FastOpenDialogue();
    const asked = Array.from({ length: 5 }, () => round(d, {}));
    expect(asked).toEqual(['S 0:0(0) <FO>', 'S 0:0(0) <FOEXP>', 'S 0:0(0) <FO>', 'S 0:0(0) <FO>', 'S 0:0(0) <FO>']);
  });

  test('denied after a timeout teaches nothing: the answer was to the plain SYN (measured)', () => {
    const d = new FastOpenDialogue();
    const c = open(d, 0);
    d.wait(1500 * MS);
    d.recv('S.', 0, { ack: 1 });
    c.abort(d.now, d.tx);
    d.sent();
    expect(round(d, {})).toBe('S 0:0(0) <FO>');
  });

  test('the form that brought the cookie is used from then on, whichever asked', () => {
    const d = new FastOpenDialogue();
    round(d, { fo: '1234abcd', kind: 254 });
    expect(round(d, { fo: 'abcd5678', kind: 34 }, 10)).toBe('S 0:10(10) <FOEXP 1234abcd>');
    expect(round(d, {}, 10)).toBe('S 0:10(10) <FO abcd5678>');
  });
});

describe('data on the SYN (RFC 7413 §4.2.2)', () => {
  // holds: RFC 7413 R3
  test('acknowledged: nothing is sent again', () => {
    const d = knowing('abcd1234');
    const c = open(d, 1000);
    expect([d.sent(), c.tcb.fastOpenRequest?.sent]).toEqual([[SYN_COOKIE], 1000]);
    d.now = 20 * MS;
    d.recv('S.', 0, { ack: 1001 });
    expect([d.sent(), c.state, c.tcb.fastOpen?.synDataAcked]).toEqual([['. 1001:1001(0) ack 1'], 'ESTABLISHED', true]);
    expect(c.tcb.rtt.srtt).toBe(20 * MS); // syn-data-rtt-from-syn-data of Linux
    expect(d.stack.counters).toMatchObject({ TCPFastOpenActive: 1, TCPFastOpenActiveFail: 0 });
    expect(d.rules.filter((id) => id.startsWith('fast-open'))).toEqual(['fast-open-data', 'fast-open-acked']);
  });

  test('as much as the MSS of the last SYN/ACK, ours and 40 bytes of options allow; the rest goes with the ACK', () => {
    const d = knowing('abcd1234', { mss: 940 });
    expect(d.stack.fastOpenRoom(d.now, PEER, 'cookie')).toBe(900);
    const c = open(d, 1900);
    expect([d.sent(), c.tcb.fastOpenRequest?.sent]).toEqual([['S 0:900(900) <FO abcd1234>'], 900]);
    d.recv('S.', 0, { ack: 901 });
    expect(d.sent()).toEqual(['P. 901:1901(1000) ack 1']);
  });

  test.each([
    [10000, PLAIN, 1420],
    [1460, { ...PLAIN, mss: 1040 }, 1000],
    [940, { ...PLAIN, mss: 1040 }, 900],
    [48, PLAIN, 8],
    [30, PLAIN, 0],
  ])('an MSS of %d leaves room for: (syn-data-mss of Linux)', (mss, config, room) => {
    expect(knowing('abcd1234', { mss }).stack.fastOpenRoom(0, PEER, 'cookie', { config })).toBe(room);
  });

  test('nothing to say: the cookie goes all the same', () => {
    const d = knowing('abcd1234');
    const c = d.connect({ fastOpen: 'cookie' });
    expect(d.sent()).toEqual(['S 0:0(0) <FO abcd1234>']);
    d.recv('S.', 0, { ack: 1, fo: '12345678', mss: 940 });
    expect(c.tcb.fastOpen?.synDataAcked).toBe(false);
    expect(d.stack.fastOpenRoom(d.now, PEER, 'cookie')).toBe(900);
  });

  // holds: RFC 7413 R6
  test('only the SYN acknowledged: the data goes again at once', () => {
    const d = knowing('abcd1234');
    const c = open(d, 700);
    d.sent();
    d.recv('S.', 0, { ack: 1, mss: 1040, fo: 'abcd1234' });
    expect([d.sent(), c.tcb.fastOpen?.synDataAcked]).toEqual([['P. 1:701(700) ack 1'], false]);
    expect(d.stack.counters).toMatchObject({ TCPFastOpenActive: 0, TCPFastOpenActiveFail: 1 });
    expect(d.stack.fastOpenRoom(d.now, PEER, 'cookie')).toBe(1000);
  });

  test('a part acknowledged, by a smaller MSS: the rest again, in new segments', () => {
    const d = knowing('abcd1234');
    const c = open(d, 1420);
    d.sent();
    d.recv('S.', 0, { ack: 101, mss: 1000, wnd: 65535 });
    expect([d.sent(), c.tcb.fastOpen?.synDataAcked]).toEqual([
      ['. 101:1101(1000) ack 1', 'P. 1101:1421(320) ack 1'],
      false,
    ]);
    expect(d.stack.counters).toMatchObject({ TCPFastOpenActiveFail: 1 });
  });

  test('more acknowledged than sent: RST, and nothing learned (RFC 9293 §3.10.7.3)', () => {
    const d = knowing('abcd1234', { mss: 840 });
    const c = open(d, 100);
    d.sent();
    d.recv('S.', 0, { ack: 100101, mss: 1040, fo: 'badc00ce' });
    expect([d.sent(), c.state]).toEqual([['R 100101:100101(0)'], 'SYN-SENT']);
    expect(d.stack.fastOpenRoom(d.now, PEER, 'cookie')).toBe(800);
  });

  // holds: RFC 7413 R7
  test('lost: the SYN goes again without option and data; both are remembered', () => {
    const d = knowing('abcd1234');
    const c = open(d, 1000);
    expect([...d.sent(), ...d.timeline(1100 * MS)]).toEqual([SYN_COOKIE, '1000 S 0:0(0)']);
    expect(d.rules).toContain('fast-open-plain-syn');
    d.recv('S.', 0, { ack: 1 });
    expect([d.sent(), c.tcb.fastOpen?.synDataAcked]).toEqual([['P. 1:1001(1000) ack 1'], false]);
    expect(d.stack.fastOpen.cache.get(HOST, PEER)).toMatchObject({ synLosses: 1, lastSynLossAt: 1100 * MS });
    c.abort(d.now, d.tx);
    d.sent();
    open(d, 1000); // Linux tries again all the same
    expect(d.sent()).toEqual([SYN_COOKIE]);
  });

  test('the SYN/ACK lost: the second one still acknowledges the data', () => {
    const d = knowing('abcd1234');
    const c = open(d, 1000);
    d.wait(1100 * MS);
    d.sent();
    d.recv('S.', 0, { ack: 1001 });
    expect([d.sent(), c.tcb.fastOpen?.synDataAcked]).toEqual([['. 1001:1001(0) ack 1'], true]);
    expect(d.stack.fastOpen.cache.get(HOST, PEER)).toMatchObject({ synLosses: 0 });
  });

  test('refused', () => {
    const d = knowing('abcd1234');
    const c = open(d, 1000);
    d.sent();
    d.recv('R.', 0, { ack: 1 });
    expect([d.sent(), c.closed, events(c)]).toEqual([[], 'refused', ['closed: refused']]);
    expect(d.stack.fastOpenRoom(d.now, PEER, 'cookie')).toBe(1420);
  });

  test('the SYN/ACK may carry data and FIN (synack-data of Linux)', () => {
    const d = knowing('abcd1234');
    const c = open(d, 1000);
    d.sent();
    d.recv('SF.', 0, { ack: 1001, len: 1400 });
    expect([d.sent(), c.state, readAll(d, c)]).toEqual([['. 1001:1001(0) ack 1402'], 'CLOSE-WAIT', 1400]);
  });

  test('both sides open at once: the SYN/ACK carries no data, and the peer may still have taken ours', () => {
    const d = knowing('abcd1234');
    const c = open(d, 1000);
    expect(d.sent()).toEqual([SYN_COOKIE]);
    d.recv('S', 0, { len: 500, fo: '87654321', mss: 1040 });
    expect(d.sent()).toEqual(['S. 0:0(0) ack 1']);
    d.recv('S.', 0, { ack: 1001, fo: '12345678', mss: 940 });
    expect([d.sent(), c.state]).toEqual([['. 1001:1001(0) ack 1'], 'ESTABLISHED']);
  });

  test('an echo of a timestamp never sent is refused by RST, and a good SYN/ACK still counts (synack-data of Linux)', () => {
    const d = new FastOpenDialogue({ ...PLAIN, timestamps: true });
    const c = open(d, 1000, { fastOpen: 'free' });
    d.sent();
    d.now = 10 * MS;
    d.recv('S.', 0, { ack: 1001, len: 1400, ts: [1_000_000, 9999] });
    expect([d.sent(), c.state]).toEqual([['R 1001:1001(0)'], 'SYN-SENT']);
    d.recv('S.', 0, { ack: 1001, len: 100, ts: [1_000_000, 5] });
    expect([d.sent(), c.state]).toEqual([['. 1001:1001(0) ack 101'], 'ESTABLISHED']);
  });

  test('without any cookie (RFC 7413 §7.3): no option, and what comes unasked is ignored but the MSS', () => {
    const d = new FastOpenDialogue();
    const c = open(d, 5000, { fastOpen: 'free' });
    expect(d.sent()).toEqual(['S 0:1420(1420)']);
    d.recv('S.', 0, { ack: 1421, fo: 'abcd1234', mss: 940 });
    expect(c.tcb.fastOpen?.synDataAcked).toBe(true);
    expect(d.rules).toContain('fast-open-cookie-ignored');
    expect(d.stack.fastOpenRoom(d.now, PEER, 'free')).toBe(900);
    expect(d.stack.fastOpenRoom(d.now, PEER, 'cookie')).toBe(-1);
  });

  test('a cookie on a later segment is no cookie', () => {
    const d = knowing('abcd1234');
    open(d, 10);
    d.recv('S.', 0, { ack: 11 });
    d.recv('P.', 1, { ack: 11, len: 10, fo: 'ffffffff' });
    expect(Buffer.from(d.stack.fastOpen.cache.get(HOST, PEER)!.cookie).toString('hex')).toBe('abcd1234');
  });
});

describe('when Fast Open vanishes on the way (Linux tcp_fastopen_active_disable)', () => {
  function failing(): FastOpenDialogue {
    const d = knowing('abcd1234');
    d.stack.fastOpen.blackholeTimeout = 60 * SEC;
    return d;
  }

  test('the third timeout in a row counts, and pauses it where that is asked for', () => {
    const d = failing();
    const c = open(d, 10);
    d.wait(2900 * MS); // at 1, 2 and, the third, 3 s: the first four do not double (tcp_syn_linear_timeouts)
    expect(d.stack.counters.TCPFastOpenActiveFail).toBe(0);
    d.wait(200 * MS);
    expect(d.stack.counters).toMatchObject({ TCPFastOpenActiveFail: 1, TCPFastOpenBlackhole: 1 });
    c.abort(d.now, d.tx);
    expect(d.stack.fastOpenRoom(d.now, PEER, 'cookie')).toBe(-1);
    d.sent();
    open(d, 10);
    expect(d.sent()).toEqual(['S 0:0(0)']);
  });

  test('not by default', () => {
    const d = knowing('abcd1234');
    open(d, 10);
    d.wait(10 * SEC);
    expect(d.stack.counters).toMatchObject({ TCPFastOpenActiveFail: 1, TCPFastOpenBlackhole: 0 });
    expect(d.stack.fastOpenRoom(d.now, PEER, 'cookie')).toBe(1420);
  });

  test('each pause is twice as long as the last, up to 64 times the first; data received ends the series', () => {
    const d = failing();
    const { fastOpen } = d.stack;
    const lengths = [1, 2, 4, 8, 16, 32, 64, 64];
    for (const n of lengths) {
      fastOpen.pause(d.now, null);
      expect(d.stack.fastOpenRoom(d.now + n * 60 * SEC - 1, PEER, 'cookie')).toBe(-1);
      expect(d.stack.fastOpenRoom(d.now + n * 60 * SEC, PEER, 'cookie')).toBe(1420);
    }
    d.now += 64 * 60 * SEC;
    const c = open(d, 10);
    d.recv('S.', 0, { ack: 11, len: 5 });
    c.abort(d.now, d.tx);
    fastOpen.pause(d.now, null);
    expect(d.stack.fastOpenRoom(d.now + 60 * SEC, PEER, 'cookie')).toBe(1420);
  });

  test.each([
    ['a RST not quite in place', 'R', 500],
    ['a FIN beyond a gap', 'F.', 500],
  ])('%s before any data', (_, flags, seq) => {
    const d = failing();
    open(d, 10);
    d.recv('S.', 0, { ack: 11 });
    d.recv(flags, seq, { ack: 11 });
    expect(d.stack.counters.TCPFastOpenBlackhole).toBe(1);
  });
});

describe('the cache', () => {
  test('is per pair of addresses, and forgets the oldest server when full', () => {
    const cache = new FastOpenCache(2);
    for (const remote of [1, 2, 3]) cache.of(7, remote).mss = remote;
    expect([1, 2, 3].map((remote) => cache.get(7, remote)?.mss)).toEqual([undefined, 2, 3]);
    expect(cache.get(8, 2)).toBeUndefined();
    cache.clear();
    expect(cache.get(7, 3)).toBeUndefined();
  });

  test('random answers never throw, and what is kept is a cookie', () => {
    const answer = fc.record({
      fo: fc
        .constantFrom(0, 4, 6, 8, 10, 12, 14, 16)
        .chain((n) => fc.uint8Array({ minLength: n, maxLength: n }).map((b) => Buffer.from(b).toString('hex'))),
      kind: fc.constantFrom(34, 254, 255),
      ack: fc.nat({ max: 3000 }),
      mss: fc.constantFrom(-1, 0, 1, 536, 1460, 65535),
      len: fc.nat({ max: 2000 }),
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 3000 }), answer), { maxLength: 20 }), (rounds) => {
        const d = new FastOpenDialogue();
        for (const [n, reply] of rounds) {
          const c = open(d, n);
          d.recv('S.', 0, reply);
          d.wait(SEC);
          if (c.tcb.fastOpen?.synDataAcked) expect(reply.ack).toBe(c.tcb.fastOpenRequest!.sent + 1);
          c.abort(d.now, d.tx);
          const kept = d.stack.fastOpen.cache.get(HOST, PEER)?.cookie.length ?? 0;
          expect(kept === 0 || (kept >= 4 && kept <= 16)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
