import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, events, FastOpenDialogue, PLAIN, readAll } from '../../test/support/fast-open-dialogue.ts';
import type { Connection } from './connection.ts';
import { parseFastOpenKeys } from './fast-open-cookie.ts';
import type { FastOpenServer } from './fast-open-server.ts';
import { LISTEN_SYN } from './rules-listen.ts';
import { MS, SEC } from './types.ts';

const [KEY] = parseFastOpenKeys('a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4') as [Uint32Array];
const NEW_KEY = Uint32Array.of(1, 2, 3, 4);
/** Of 192.0.2.1 at 192.168.0.1, under KEY and NEW_KEY: see fast-open-cookie.test.ts. */
const COOKIE = '3021b9d889017eeb';
const NEW_COOKIE = '6d239c6d1b1d2410';

function listening(fastOpen: Partial<FastOpenServer> = {}, config = PLAIN): FastOpenDialogue {
  const d = new FastOpenDialogue(config);
  d.listen({ fastOpen: { maxPending: 10, keys: [KEY], ...fastOpen } });
  return d;
}

function counters(d: FastOpenDialogue): Record<string, number> {
  const all = Object.entries(d.stack.listener(8080)!.counters).filter(([name]) => name.startsWith('TCPFastOpen'));
  return Object.fromEntries(all.filter(([, n]) => n > 0).map(([name, n]) => [name.slice(11), n]));
}

/** A Fast Open with ten bytes, accepted by the application. */
function opened(d: FastOpenDialogue): Connection {
  d.recv('S', 0, { len: 10, fo: COOKIE });
  d.sent();
  return d.stack.listener(8080)!.accept()!;
}

describe('what becomes of a SYN (RFC 7413 §4.1.2, §4.2; each case measured on Linux 6.18)', () => {
  // Per case: the SYN, the SYN/ACK, what is counted.
  const plain = 'S. 0:0(0) ack 1';
  // holds: RFC 7413 R1, R4, R6
  test.each<[string, Parameters<FastOpenDialogue['recv']>[2], string, Record<string, number>]>([
    ['a request', { fo: '' }, `${plain} <FO ${COOKIE}>`, { CookieReqd: 1 }],
    ['a request with data', { fo: '', len: 2 }, `${plain} <FO ${COOKIE}>`, { CookieReqd: 1 }],
    ['the experimental request', { fo: '', kind: 254 }, `${plain} <FOEXP ${COOKIE}>`, { CookieReqd: 1 }],
    ['a good cookie', { fo: COOKIE, len: 10 }, 'S. 0:0(0) ack 11', { Passive: 1 }],
    ['a good experimental cookie', { fo: COOKIE, len: 10, kind: 254 }, 'S. 0:0(0) ack 11', { Passive: 1 }],
    ['a good cookie without data', { fo: COOKIE }, plain, { Passive: 1 }],
    ['a bad cookie', { fo: '6162636465666768', len: 10 }, `${plain} <FO ${COOKIE}>`, { PassiveFail: 1 }],
    ['a bad cookie without data', { fo: '6162636465666768' }, `${plain} <FO ${COOKIE}>`, { PassiveFail: 1 }],
    ['half a cookie', { fo: COOKIE.slice(0, 8), len: 10 }, `${plain} <FO ${COOKIE}>`, { PassiveFail: 1 }],
    ['a cookie twice', { fo: COOKIE + COOKIE, len: 10 }, `${plain} <FO ${COOKIE}>`, { PassiveFail: 1 }],
    ['data only', { len: 10 }, plain, {}],
    ['kind 255', { fo: COOKIE, kind: 255, len: 10 }, plain, {}],
    ['neither', {}, plain, {}],
  ])('%s', (_, syn, synAck, counted) => {
    const d = listening();
    d.recv('S', 0, syn);
    expect(d.sent()).toEqual([synAck]);
    expect(counters(d)).toEqual(counted);
    const child = d.stack.listener(8080)!.accept();
    expect(child?.state).toBe(counted.Passive === 1 ? 'SYN-RECEIVED' : undefined);
    expect(child?.tcb.fastOpen?.synDataAcked ?? false).toBe(counted.Passive === 1 && syn?.len === 10);
  });

  // holds: RFC 7413 R9
  test('no option and no counter without the socket option (basic-non-tfo-listener of Linux)', () => {
    const d = new FastOpenDialogue();
    d.listen({});
    d.recv('S', 0, { fo: COOKIE, len: 10 });
    d.recv('S', 0, { fo: '', port: 40001 });
    expect(d.sent()).toEqual([plain, plain]);
    expect(counters(d)).toEqual({});
  });

  test('a limit of 0 is Fast Open turned off', () => {
    const d = listening({ maxPending: 0 });
    d.recv('S', 0, { fo: '' });
    expect(d.sent()).toEqual([plain]);
    expect(counters(d)).toEqual({ CookieReqd: 1 });
  });

  // holds: RFC 7413 R2
  test('cookies of the old key still count, and bring the new one (RFC 7413 §4.1.2)', () => {
    const d = listening({ keys: [NEW_KEY, KEY] });
    d.recv('S', 0, { fo: COOKIE, len: 10 });
    expect(d.sent()).toEqual([`S. 0:0(0) ack 11 <FO ${NEW_COOKIE}>`]);
    expect(counters(d)).toEqual({ Passive: 1, PassiveAltKey: 1 });
    d.recv('S', 0, { fo: COOKIE, len: 10 }); // the same SYN again: the SYN/ACK comes without
    expect(d.sent()).toEqual(['S. 0:0(0) ack 11']);
    d.recv('S', 0, { fo: COOKIE, kind: 254, port: 40001 });
    expect(d.sent()).toEqual([`S. 0:0(0) ack 1 <FOEXP ${NEW_COOKIE}>`]);
  });

  test('keys can change while listening', () => {
    const d = listening();
    d.stack.listener(8080)!.setFastOpen({ maxPending: 10, keys: [NEW_KEY] });
    d.recv('S', 0, { fo: COOKIE, len: 10 });
    expect(d.sent()).toEqual([`S. 0:0(0) ack 1 <FO ${NEW_COOKIE}>`]);
  });

  test('without keys a host bakes with its own secret, the same for all its listeners', () => {
    const d = new FastOpenDialogue();
    d.listen({ fastOpen: { maxPending: 1 } });
    d.recv('S', 0, { fo: '' });
    const [synAck] = d.sent();
    expect(synAck).toMatch(/^S\. 0:0\(0\) ack 1 <FO [0-9a-f]{16}>$/);
    const again = new FastOpenDialogue();
    again.listen({ fastOpen: { maxPending: 1 } });
    again.recv('S', 0, { fo: synAck!.slice(-17, -1), len: 10 });
    expect(again.sent()).toEqual(['S. 0:0(0) ack 11']);
  });

  test('without need for a cookie (RFC 7413 §7.3) whatever has data or option opens', () => {
    const d = listening({ cookies: 'any' });
    d.recv('S', 0, { len: 10 });
    d.recv('S', 0, { len: 10, fo: '6162636465666768', port: 40001 });
    d.recv('S', 0, { fo: '', port: 40002 });
    d.recv('S', 0, { port: 40003 });
    expect(d.sent()).toEqual(['S. 0:0(0) ack 11', 'S. 0:0(0) ack 11', 'S. 0:0(0) ack 1', 'S. 0:0(0) ack 1']);
    expect(d.stack.listener(8080)!.acceptQueue.length).toBe(3);
    expect(counters(d)).toEqual({ Passive: 3, CookieReqd: 1 });
  });

  test('the cookie is on the first SYN/ACK only', () => {
    const d = listening();
    d.recv('S', 0, { fo: '' });
    d.recv('S', 0, { fo: '' });
    expect(d.sent()).toEqual([`S. 0:0(0) ack 1 <FO ${COOKIE}>`, 'S. 0:0(0) ack 1']);
    d.now += 500 * MS;
    expect(d.timeline(SEC)).toEqual(['1000 S. 0:0(0) ack 1']);
  });

  test('a FIN on the SYN stays unacknowledged', () => {
    const d = listening();
    d.recv('SF', 0, { fo: COOKIE, len: 10 });
    expect(d.sent()).toEqual(['S. 0:0(0) ack 11']);
    expect(d.stack.listener(8080)!.accept()!.state).toBe('SYN-RECEIVED');
  });

  test('the reasons are told, with the RFC', () => {
    const d = listening();
    d.recv('S', 0, { fo: COOKIE, len: 10 });
    expect(d.rules[0]).toBe(LISTEN_SYN.id);
    expect(d.rules.filter((id) => id.startsWith('fast-open'))).toEqual([
      'fast-open-room',
      'fast-open-cookie-valid',
      'fast-open-taken',
    ]);
  });
});

describe('before the handshake ends (RFC 7413 §4.2.2)', () => {
  // holds: RFC 7413 R4, R5
  test('data of the SYN is read and answered at once, up to the window of the SYN', () => {
    const d = listening();
    d.recv('S', 0, { fo: COOKIE, len: 10, wnd: 2920 });
    const c = d.stack.listener(8080)!.accept()!;
    expect([readAll(d, c), c.state, events(c)]).toEqual([10, 'SYN-RECEIVED', ['readable']]);
    d.sent();
    c.send(d.now, bytes(5840), d.tx);
    expect(d.sent()).toEqual(['. 1:1461(1460) ack 11', '. 1461:2921(1460) ack 11']);
    // The ACK of the SYN/ACK opens the window; what is in flight stays in flight.
    d.recv('.', 11, { ack: 1, wnd: 5840 });
    expect(d.sent()).toEqual(['. 2921:4381(1460) ack 11', 'P. 4381:5841(1460) ack 11']);
    expect([c.state, events(c)]).toEqual(['ESTABLISHED', ['established']]);
  });

  test('an ACK may acknowledge data as well', () => {
    const d = listening();
    const c = opened(d);
    c.send(d.now, bytes(1000), d.tx);
    d.sent();
    d.recv('.', 11, { ack: 501 });
    expect(c.state).toBe('ESTABLISHED');
    expect([c.tcb.sndUna, d.sent()]).toEqual([(0xfffffff0 + 501) >>> 0, []]);
    expect(d.timeline(2 * SEC)[0]).toMatch(/P\. 501:1001\(500\) ack 11$/);
  });

  test('only the SYN/ACK goes again, five times and one more (tcp_fastopen_synack_timer), then it times out', () => {
    const d = listening();
    const c = opened(d);
    c.send(d.now, bytes(100), d.tx);
    d.sent();
    const again = [1, 3, 7, 15, 31, 63].map((s) => `${s * 1000} S. 0:0(0) ack 11`);
    expect(d.timeline(200 * SEC)).toEqual(again);
    expect([c.state, c.closed, d.stack.listener(8080)!.fastOpenPending]).toEqual(['CLOSED', 'timeout', 0]);
    expect(readAll(d, c)).toBe(10);
  });

  test('data sent early is repeated once the SYN/ACK is acknowledged, with 3 s where that had been lost', () => {
    const d = listening();
    const c = opened(d);
    c.send(d.now, bytes(100), d.tx);
    d.sent();
    d.wait(1500 * MS);
    expect(d.sent()).toEqual(['S. 0:0(0) ack 11']);
    d.recv('.', 11, { ack: 1 });
    expect(d.timeline(4 * SEC)).toEqual(['4500 P. 1:101(100) ack 11']); // RFC 6298 §5.7
  });

  test('the round trip is measured from the SYN/ACK', () => {
    const d = listening();
    const c = opened(d);
    d.wait(30 * MS);
    d.recv('.', 11, { ack: 1 });
    expect(c.tcb.rtt.srtt).toBe(30 * MS);
  });

  test('an ACK of nothing we sent gets RST, and the connection stays', () => {
    const d = listening();
    const c = opened(d);
    d.recv('.', 11, { ack: 0 });
    d.recv('.', 11, { ack: 5 });
    expect([d.sent(), c.state]).toEqual([['R 0:0(0)', 'R 5:5(0)'], 'SYN-RECEIVED']);
    d.recv('P.', 11, { ack: 1, len: 5 });
    expect([d.sent(), c.state, readAll(d, c)]).toEqual([['. 1:1(0) ack 16'], 'ESTABLISHED', 15]);
  });

  test('the same SYN again gets the SYN/ACK again, not more often than answers may go; its data is not taken twice', () => {
    const d = listening();
    const c = opened(d);
    for (const at of [50, 100, 600]) {
      d.now = at * MS;
      d.recv('S', 0, { fo: COOKIE, len: 20 });
    }
    expect(d.sent()).toEqual(['S. 0:0(0) ack 11', 'S. 0:0(0) ack 11']);
    expect(readAll(d, c)).toBe(10);
    expect(d.timeline(SEC)).toEqual(['1000 S. 0:0(0) ack 11']); // the timer ran on: measured
  });

  test('another SYN in the window: challenge ACK, or RST/ACK as in Linux; the connection stays', () => {
    const d = listening();
    const c = opened(d);
    d.recv('S', 11, { fo: COOKIE, len: 10 });
    expect([d.sent(), c.state]).toEqual([['. 1:1(0) ack 11'], 'SYN-RECEIVED']);
    const linux = new FastOpenDialogue();
    linux.listen({ fastOpen: { maxPending: 1, keys: [KEY] }, synInWindow: 'reset' });
    const l = opened(linux);
    linux.recv('S', 11, { fo: COOKIE, len: 10 });
    expect([linux.sent(), l.state]).toEqual([['R. 0:0(0) ack 22'], 'SYN-RECEIVED']);
  });

  test('a FIN with the ACK: CLOSE-WAIT (fin-close-socket of Linux)', () => {
    const d = listening();
    const c = opened(d);
    d.recv('F.', 11, { ack: 1 });
    d.wait(MS); // Linux delays this ACK by one tick
    expect([d.sent(), c.state, readAll(d, c)]).toEqual([['. 1:1(0) ack 12'], 'CLOSE-WAIT', 10]);
    c.close(d.now, d.tx);
    expect([d.sent(), c.state]).toEqual([['F. 1:1(0) ack 12'], 'LAST-ACK']);
  });

  test('timestamps are agreed and echoed from the SYN on', () => {
    const d = listening({}, { ...PLAIN, timestamps: true });
    d.recv('S', 0, { fo: COOKIE, len: 10, ts: [700, 0] });
    const c = d.stack.listener(8080)!.accept()!;
    expect([c.tcb.tsOk, c.tcb.tsRecent, d.sent()]).toEqual([true, 700, ['S. 0:0(0) ack 11']]);
    d.now = 500 * MS;
    d.recv('.', 11, { ack: 1, ts: [1200, c.tcb.tsOffset] });
    expect([c.state, c.tcb.tsRecent]).toEqual(['ESTABLISHED', 1200]);
  });
});

describe('the application ends it before the handshake does', () => {
  test('close: FIN at once, SYN/ACK again until acknowledged, then FIN-WAIT-1 like any (measured)', () => {
    const d = listening();
    const c = opened(d);
    readAll(d, c);
    c.close(d.now, d.tx);
    expect([d.sent(), c.state]).toEqual([['F. 1:1(0) ack 11'], 'FIN-WAIT-1']);
    expect(d.timeline(1500 * MS)).toEqual(['1000 S. 0:0(0) ack 11']);
    d.recv('.', 11, { ack: 1 });
    expect(c.state).toBe('FIN-WAIT-1');
    expect(d.stack.listener(8080)!.fastOpenPending).toBe(0);
    d.recv('F.', 11, { ack: 2 });
    expect([d.sent(), c.state]).toEqual([['. 2:2(0) ack 12'], 'TIME-WAIT']);
  });

  test('an ACK on a segment that our closed window refuses does not pass the end of the handshake by', () => {
    const d = listening({}, { ...PLAIN, rcvBuf: 10 });
    const c = opened(d);
    c.close(d.now, d.tx);
    d.sent();
    expect(c.rcvWnd).toBe(0);
    d.recv('.', 5, { ack: 2 });
    expect(c.state).toBe('FIN-WAIT-1');
    d.recv('.', 11, { ack: 2 });
    expect([c.state, c.tcb.synAcked, d.stack.listener(8080)!.fastOpenPending]).toEqual(['FIN-WAIT-2', true, 0]);
  });

  test('close after sending: FIN behind the data, one ACK may take all', () => {
    const d = listening();
    const c = opened(d);
    c.send(d.now, bytes(100), d.tx);
    c.close(d.now, d.tx);
    expect(d.sent()).toEqual(['P. 1:101(100) ack 11', 'F. 101:101(0) ack 11']);
    d.recv('.', 11, { ack: 102 });
    expect([c.state, d.stack.listener(8080)!.fastOpenPending]).toEqual(['FIN-WAIT-2', 0]);
  });

  test('abort: RST, and no longer pending', () => {
    const d = listening();
    const c = opened(d);
    c.abort(d.now, d.tx);
    expect(d.sent()).toHaveLength(1);
    expect([c.closed, d.stack.listener(8080)!.fastOpenPending]).toEqual(['aborted', 0]);
  });

  test('the listener closes: RST for each that was not accepted, the others stay', () => {
    const d = listening();
    const kept = opened(d);
    d.recv('S', 0, { fo: COOKIE, len: 10, port: 40001 });
    d.sent();
    d.stack.unlisten(8080, d.now, d.tx);
    expect(d.sent().map((line) => line.split(' ')[0]!.replace('.', ''))).toEqual(['R']);
    expect(kept.state).toBe('SYN-RECEIVED');
  });
});

describe('a RST from the client (RFC 7413 §5.1; measured)', () => {
  test('before accept: the connection can still be accepted and read, and no longer counts', () => {
    const d = listening({ maxPending: 1 });
    d.recv('S', 0, { fo: COOKIE, len: 10 });
    d.recv('R', 11);
    expect(d.stack.listener(8080)!.fastOpenPending).toBe(0);
    const c = d.stack.listener(8080)!.accept()!;
    expect([c.state, c.closed, readAll(d, c)]).toEqual(['CLOSED', 'reset', 10]);
  });

  test('after accept: it counts for 60 s more', () => {
    const d = listening({ maxPending: 1 });
    const c = opened(d);
    d.recv('R', 11);
    expect([c.closed, d.stack.listener(8080)!.fastOpenPending]).toEqual(['reset', 1]);
    d.now = 59 * SEC;
    d.recv('S', 0, { fo: COOKIE, len: 10, port: 40001 });
    d.now = 60 * SEC;
    d.recv('S', 0, { fo: COOKIE, len: 10, port: 40002 });
    expect(d.sent()).toEqual(['S. 0:0(0) ack 1', 'S. 0:0(0) ack 11']);
    expect(counters(d)).toEqual({ Passive: 2, ListenOverflow: 1 });
    expect(d.rules).toContain('fast-open-reset-counts');
  });

  test('in the window but not exact: challenge ACK', () => {
    const d = listening();
    const c = opened(d);
    d.recv('R', 500);
    expect([d.sent(), c.state]).toEqual([['. 1:1(0) ack 11'], 'SYN-RECEIVED']);
    d.recv('R', 0);
    expect([d.sent(), c.state]).toEqual([[], 'SYN-RECEIVED']);
  });
});

describe('the pending limit (RFC 7413 §5.1)', () => {
  // holds: RFC 7413 R8
  test('over it: the ordinary handshake, without looking at option or data (measured)', () => {
    const d = listening({ maxPending: 1 });
    const first = opened(d);
    d.recv('S', 0, { fo: COOKIE, len: 10, port: 40001 });
    d.recv('S', 0, { fo: '', port: 40002 });
    d.recv('S', 0, { len: 10, port: 40003 });
    expect(d.sent()).toEqual(['S. 0:0(0) ack 1', 'S. 0:0(0) ack 1', 'S. 0:0(0) ack 1']);
    expect(counters(d)).toEqual({ Passive: 1, ListenOverflow: 3, CookieReqd: 1 });
    d.recv('.', 11, { ack: 1 });
    expect(first.state).toBe('ESTABLISHED');
    d.recv('S', 0, { fo: COOKIE, len: 10, port: 40004 });
    expect(d.sent()).toEqual(['S. 0:0(0) ack 11']);
  });

  test('is checked when set', () => {
    expect(() => listening({ maxPending: -1 })).toThrow(RangeError);
    expect(() => listening().stack.listener(8080)!.setFastOpen({ maxPending: 1.5 })).toThrow(RangeError);
  });

  // holds: RFC 7413 R8
  test('is never exceeded, whatever clients, application and time do, and nothing is counted for ever', () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constantFrom('syn', 'ack', 'rst', 'fin', 'dup') as fc.Arbitrary<string>,
        port: fc.nat({ max: 5 }),
      }),
      fc.record({ do: fc.constantFrom('accept', 'close', 'abort', 'wait', 'limit'), port: fc.nat({ max: 5 }) }),
    );
    fc.assert(
      fc.property(fc.nat({ max: 3 }), fc.array(step, { maxLength: 60 }), (limit, steps) => {
        const d = listening({ maxPending: limit });
        const listener = d.stack.listener(8080)!;
        const held: Connection[] = [];
        let most = limit;
        for (const s of steps) {
          const port = 40000 + s.port;
          d.now += 10 * MS;
          if (s.do === 'syn') d.recv('S', 0, { fo: COOKIE, len: 10, port });
          else if (s.do === 'dup') d.recv('S', 0, { fo: COOKIE, len: 10, port });
          else if (s.do === 'ack') d.recv('.', 11, { ack: 1, port });
          else if (s.do === 'rst') d.recv('R', 11, { port });
          else if (s.do === 'fin') d.recv('F.', 11, { ack: 1, port });
          else if (s.do === 'accept') {
            const c = listener.accept();
            if (c !== undefined) held.push(c);
          } else if (s.do === 'close') held.pop()?.close(d.now, d.tx);
          else if (s.do === 'abort') held.shift()?.abort(d.now, d.tx);
          else if (s.do === 'wait') d.wait(s.port * 15 * SEC);
          else {
            listener.setFastOpen({ maxPending: s.port, keys: [KEY] });
            most = Math.max(s.port, listener.fastOpenPending);
          }
          let unconfirmed = 0;
          for (const c of d.stack.connections()) if (c.pendingOpen !== null) unconfirmed++;
          expect(unconfirmed).toBeLessThanOrEqual(listener.fastOpenPending);
          expect(listener.fastOpenPending).toBeLessThanOrEqual(most);
        }
        // All that is unconfirmed times out, and resets stop counting when room is needed.
        d.wait(300 * SEC);
        listener.setFastOpen({ maxPending: 1, keys: [KEY] });
        while (listener.accept() !== undefined);
        d.recv('S', 0, { fo: COOKIE, len: 10, port: 41000 });
        expect(listener.fastOpenPending).toBe(1);
        expect(listener.acceptQueue.length).toBe(1);
      }),
      { numRuns: 300 },
    );
  });

  test('random options never throw', () => {
    const option = fc.record({
      fo: fc.uint8Array({ maxLength: 8 }).map((half) => Buffer.from([...half, ...half]).toString('hex')),
      kind: fc.constantFrom(34, 253, 254, 255),
      len: fc.nat({ max: 3000 }),
      mss: fc.constantFrom(-1, 0, 1, 536, 65535),
      wnd: fc.nat({ max: 65535 }),
    });
    fc.assert(
      fc.property(
        fc.array(option, { maxLength: 20 }),
        fc.constantFrom<'required' | 'any'>('required', 'any'),
        (syns, cookies) => {
          const d = listening({ cookies });
          for (const [i, syn] of syns.entries()) {
            d.recv('S', 0, { ...syn, port: 40000 + i });
            expect(d.sent()).toHaveLength(1);
          }
          d.wait(200 * SEC);
          expect(d.stack.listener(8080)!.fastOpenPending).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
