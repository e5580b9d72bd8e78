/** Floods and botnets in whole runs: what the arena makes of them. */
import { describe, expect, test } from 'vitest';
import { floodScenario } from '../../../test/support/flood-scenario.ts';
import { MS, SEC } from '../../tcp/types.ts';
import type { BotnetSpec, OrderSpec } from '../flood-model.ts';
import { FloodRun, runFlood } from '../flood-run.ts';

const ORDER: OrderSpec = {
  at: 4 * SEC,
  port: 80,
  rate: 2,
  duration: 10 * SEC,
  spoof: 'own',
  prefix: '',
  live: 0,
  shape: 'linux',
};

function botnet(over: Partial<BotnetSpec> = {}): BotnetSpec {
  const rtt = { shape: 'fixed', value: 60 * MS } as const;
  return {
    name: 'net',
    bots: [{ kind: 'iot', count: 300, prefix: '10.0.0.0/16', networkBits: 24, uplink: 1000, rtt }],
    c2: '203.0.113.66',
    poll: SEC,
    joinWithin: 2 * SEC,
    orders: [ORDER],
    takeDown: null,
    as: 'each',
    ...over,
  };
}

function scenario(over: Partial<BotnetSpec> = {}, deployed = 0) {
  return floodScenario({
    until: 20 * SEC,
    botnets: [botnet(over)],
    ingress: { deployed, mode: 'strict' },
    clients: [{ arrivals: { process: 'times', at: [2 * SEC, 12 * SEC] } }],
  });
}

describe.each(['each', 'sum'] as const)('a botnet played as %s', (as) => {
  const run = new FloodRun(scenario({ as, takeDown: { how: 'outage', at: 9 * SEC } }));
  run.runTo(10 * SEC);
  const frame = run.frame();
  run.runTo(20 * SEC);
  const report = run.report();

  test('fills the queue of a server, so that a client is not answered at its first SYN', () => {
    // 600 SYNs a second, and B + 1 = 129 fit (Linux 6.18).
    expect(report.queue).toMatchObject({ capacity: 129, peak: 129 });
    expect(report.clients[0]?.attempts).toBe(2);
    expect(report.clients[0]?.answeredAtTry[0]).toBe(1);
    expect(frame.slots.every(({ owner }) => owner === 'bot')).toBe(true);
  });

  test('reports what it did', () => {
    const [net] = report.botnets;
    expect(net).toMatchObject({ name: 'net', bots: 300, registered: 300, how: as, filtered: 0 });
    // All but e^-5 of 300 have asked when the host falls: 298 in the mean.
    expect(net?.informed[0]).toBeGreaterThan(290);
    // SYNs are those of 300 bots that begin after a mean of 1 s and half a round trip.
    const expected = 300 * 2 * (10 - 0.03 - 1);
    expect(Math.abs((net?.syns ?? 0) - expected)).toBeLessThan(3.29 * Math.sqrt(expected + 300 * 4));
    expect(report.series.columns.floodSyns.reduce((a, b) => a + b)).toBe(net?.syns);
    expect(net?.pollsFailed).toBeGreaterThan(2500);
  });

  test('tells its moments, and is seen in frames and series', () => {
    const moments = report.moments.map(({ what }) => what);
    expect(moments.indexOf('bots-ordered')).toBeLessThan(moments.indexOf('flood-begins'));
    expect(report.moments.find(({ what }) => what === 'take-down')?.t).toBe(9 * SEC);
    expect(frame.bots).toHaveLength(1);
    expect(frame.bots[0]).toMatchObject({ name: 'net', bots: 300, registered: 300, takenDown: true });
    expect(frame.bots[0]?.rate).toBe(2 * (frame.bots[0]?.flooding ?? 0));
    expect(report.series.columns.bots.at(-1)).toBe(0);
    expect(report.series.columns.bots[9]).toBeGreaterThan(280);
  });
});

test.each(['each', 'sum'] as const)('%s: the flood ends with its order, though a take-down is still to come', (as) => {
  const report = runFlood(scenario({ as, takeDown: { how: 'outage', at: 100 * SEC } }));
  const ended = report.moments.find(({ what }) => what === 'flood-ends')?.t ?? -1;
  expect(ended).toBeLessThan(14 * SEC);
  expect(ended).toBeGreaterThan(13.9 * SEC);
  expect(report.queue.timeToRecovery).toBeGreaterThanOrEqual(0);
});

test('bots that use their own addresses never complete or reset a handshake', () => {
  const report = runFlood(scenario({ as: 'each' }));
  // What reaches the server is their SYNs, and the few segments of two clients.
  expect(report.road.segmentsIn).toBeLessThan((report.botnets[0]?.syns ?? 0) + 40);
});

test('owners of forged addresses answer for orders as well', () => {
  const orders = [{ ...ORDER, spoof: 'random', prefix: '198.51.100.0/24', live: 1 } as const];
  for (const as of ['each', 'sum'] as const) {
    const report = runFlood(scenario({ as, orders }));
    expect(report.queue.peak).toBeLessThan(129);
    expect(report.clients[0]).toMatchObject({ served: 2 });
  }
});

test('where every network filters, only what bears its own prefix arrives (RFC 2827)', () => {
  const of = (spoof: OrderSpec['spoof']) => {
    const prefix = spoof === 'random' ? '198.51.100.0/24' : '';
    const [net] = runFlood(scenario({ as: 'sum', orders: [{ ...ORDER, spoof, prefix }] }, 1)).botnets;
    return [(net?.syns ?? 0) > 4000, (net?.filtered ?? 0) > 4000];
  };
  expect([of('own'), of('subnet'), of('random')]).toEqual([
    [true, false],
    [true, false],
    [false, true],
  ]);
});

test('the same run, however it is cut into slices', () => {
  for (const as of ['each', 'sum'] as const) {
    const whole = runFlood(scenario({ as }));
    const run = new FloodRun(scenario({ as }));
    for (let t = 0; t <= 20; t++) {
      run.runTo(t * SEC + 137 * MS);
      run.frame();
    }
    expect(run.report()).toEqual(whole);
  }
});
