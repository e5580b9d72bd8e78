/** Fast Open in floods, from RFC 7413, and from the round trips and queue limits of the scenarios by hand. */
import { describe, expect, test } from 'vitest';
import { floodScenario, type Wish } from '../../test/support/flood-scenario.ts';
import { MS, SEC } from '../tcp/types.ts';
import { measuresOf } from './flood-measures.ts';
import { runFlood } from './flood-run.ts';

const OPENS = { tcp_fastopen: 3, fastopen_qlen: 4096 };

function numbers(wish: Wish): (name: string) => number {
  const measures = measuresOf(runFlood(floodScenario(wish)));
  return (name) => measures[name] ?? Number.NaN;
}

describe('clients that come back (RFC 7413 §4.2)', () => {
  // 40 ms there and back, 5 ms of service.
  const visits = (fastOpen: boolean, settings: Record<string, number> = OPENS, people = 1) =>
    numbers({
      settings,
      clients: [{ people, fastOpen, arrivals: { process: 'times', at: [0, 10 * SEC, 20 * SEC] } }],
    });

  test('the first visit asks for a cookie, later ones have their answer one round trip sooner', () => {
    const of = visits(true);
    // 85, 45 and 45 ms.
    expect(of('clients.all.responseTime.max')).toBe(0.085);
    expect(of('clients.all.responseTime.p50')).toBe(0.045);
    expect(of('counters.all.TCPFastOpenCookieReqd')).toBe(1);
    expect(of('counters.all.TCPFastOpenPassive')).toBe(2);
    // The handshake itself is no shorter.
    expect(of('clients.all.connectTime.mean')).toBeCloseTo(0.04, 9);
  });

  test('people who are new each time only ask', () => {
    const of = visits(true, OPENS, 3);
    expect(of('clients.all.responseTime.p50')).toBe(0.085);
    expect(of('counters.all.TCPFastOpenCookieReqd')).toBe(3);
    expect(of('counters.all.TCPFastOpenPassive')).toBe(0);
  });

  test('without Fast Open at either end each visit takes two round trips', () => {
    expect(visits(false)('clients.all.responseTime.p50')).toBe(0.085);
    const deaf = visits(true, { tcp_fastopen: 1 });
    expect([deaf('clients.all.responseTime.p50'), deaf('clients.all.served')]).toEqual([0.085, 3]);
  });

  test('data that goes again after a SYN/ACK without it is no second SYN', () => {
    // None may be pending, so the second and third visits' data is left out; every handshake takes one SYN and 40 ms.
    const of = visits(true, { tcp_fastopen: 3, fastopen_qlen: 0 });
    expect(of('clients.all.tries.1')).toBe(3);
    expect(of('clients.all.connectTime.max')).toBeCloseTo(0.04, 9);
  });

  test('who comes back lives where it lived, and has the system it had', () => {
    const rtt = { shape: 'cycle', values: [10 * MS, 30 * MS, 100 * MS] } as const;
    const at = Array.from({ length: 6 }, (_, i) => i * SEC);
    const of = (people: number) =>
      numbers({ clients: [{ people, rtt, arrivals: { process: 'times', at } }] })('clients.all.connectTime.mean');
    // Two people at 10 and 30 ms, three visits each; without them the three distances in turn.
    expect(of(2)).toBeCloseTo(0.02, 9);
    expect(of(0)).toBeCloseTo(0.14 / 3, 9);
  });
});

describe('a flood with data on its SYNs (RFC 7413 §5.1)', () => {
  const flood = (mode: 'own' | 'random', settings: Record<string, number>, wish: Wish = {}) =>
    numbers({
      until: 10 * SEC,
      backlog: 1024,
      settings,
      floods: [
        {
          data: 100,
          from: SEC,
          to: 3 * SEC,
          rate: { process: 'constant', rate: 100 },
          spoof:
            mode === 'own'
              ? { mode, prefix: '192.168.0.0/16', count: 1000 }
              : { mode, prefix: '192.168.0.0/16', live: 0 },
        },
      ],
      ...wish,
    });

  test('own addresses have valid cookies: each SYN is a connection, and none is half-open in the queue', () => {
    const of = flood('own', OPENS);
    const syns = of('floods.all.syns');
    expect(syns).toBeGreaterThanOrEqual(199);
    expect(of('counters.all.TCPFastOpenPassive')).toBe(syns);
    expect(of('series.established.last')).toBe(syns);
    expect(of('queue.peak')).toBe(0);
  });

  test('over the limit they are ordinary half-open entries', () => {
    const of = flood('own', { ...OPENS, fastopen_qlen: 16 });
    const syns = of('floods.all.syns');
    expect(of('counters.all.TCPFastOpenPassive')).toBe(16);
    expect(of('counters.all.TCPFastOpenListenOverflow')).toBe(syns - 16);
    expect(of('series.established.max')).toBe(16);
    expect(of('queue.peak')).toBe(syns - 16);
  });

  // tcp_fastopen_synack_timer: tcp_synack_retries and one more. With 1: SYN/ACKs at 0, 1 and 3 s, over at 7 s.
  test('a place is free again when the SYN/ACKs have been sent in vain', () => {
    const settings = { ...OPENS, fastopen_qlen: 16, tcp_synack_retries: 1 };
    expect(flood('own', settings, { until: 7.9 * SEC })('series.established.last')).toBe(16);
    expect(flood('own', settings, { until: 10 * SEC })('series.established.last')).toBe(0);
  });

  test('forged addresses can only guess a cookie: an ordinary handshake, and two MACs of work', () => {
    const of = flood('random', OPENS);
    const syns = of('floods.all.syns');
    expect(of('counters.all.TCPFastOpenPassiveFail')).toBe(syns);
    expect(of('counters.all.TCPFastOpenPassive')).toBe(0);
    expect(of('queue.peak')).toBe(syns);
    const plain = flood('random', { tcp_fastopen: 1 });
    // perCookie of the support scenario: 500 ns.
    expect(of('cpu.busy') - plain('cpu.busy')).toBeCloseTo((2 * syns * 500) / 1e9, 9);
  });

  test('a server without Fast Open gives no cookie, so nothing rides on the SYN', () => {
    const of = flood('own', { tcp_fastopen: 1 });
    expect(of('queue.peak')).toBe(of('floods.all.syns'));
    expect(of('counters.all.TCPFastOpenPassive')).toBe(0);
  });

  test('the same run twice', () => {
    const wish: Wish = { settings: OPENS, floods: [{ data: 10 }], clients: [{ people: 9, fastOpen: true }] };
    expect(runFlood(floodScenario(wish)).hash).toBe(runFlood(floodScenario(wish)).hash);
  });
});
