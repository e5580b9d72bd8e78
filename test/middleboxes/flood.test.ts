/** Each defence in a whole run: 500 forged SYNs per second from silent addresses against a Linux listener without cookies. */
import { describe, expect, test } from 'vitest';
import type { BoxSpec } from '../../src/sim/flood-model.ts';
import type { FloodReport } from '../../src/sim/flood-report.ts';
import { runFlood } from '../../src/sim/flood-run.ts';
import { SEC } from '../../src/tcp/types.ts';
import { floodScenario } from '../support/flood-scenario.ts';

const until = 30 * SEC;

/** People come until 20 s, at 5 per second, and can be served until the end. */
function run(boxes: readonly BoxSpec[]): FloodReport {
  return runFlood(
    floodScenario({
      until,
      boxes,
      floods: [{ rate: { process: 'constant', rate: 500 } }],
      clients: [{ arrivals: { process: 'constant', rate: 5, from: 1 * SEC, to: 20 * SEC } }],
    }),
  );
}

function served(report: FloodReport): number {
  const people = report.clients.at(-1)!;
  return people.served / people.attempts;
}

const proxies: readonly BoxSpec[] = [
  { name: 'syn-proxy', params: {} },
  { name: 'syn-proxy', params: { mode: 'table' } },
  { name: 'xdp-syn-proxy', params: {} },
  { name: 'tcp-intercept', params: {} },
  { name: 'safe-reset', params: {} },
  { name: 'safe-reset', params: { answer: 'ack' } },
];

describe('the arena with network defences', () => {
  const open = run([]);

  test('without any, the queue is full and most people are not served', () => {
    expect(open.queue.peak).toBe(129);
    // Linux gives up entries of a full queue early, so a place is free now and then.
    expect(served(open)).toBeLessThan(0.5);
    expect(open.boxes).toEqual([]);
  });

  test.each(proxies)('$name $params: everybody is served, and no forged SYN reaches the server', (box) => {
    const report = run([box]);
    expect(served(report)).toBe(1);
    // People's own entries, 5 per second for a LAN's round trip or theirs of 40 ms.
    expect(report.queue.peak).toBeLessThanOrEqual(2);
    expect(report.floods[0]!.answered).toBe(0);
    expect(report.boxes[0]).toMatchObject({ name: box.name });
    expect(report.boxes[0]!.cpu).toBeGreaterThan(0);
    expect(report.boxes[0]!.peakEntries).toBeGreaterThanOrEqual(report.boxes[0]!.entries);
  });

  test.each(['rfc9293', 'freebsd-14', 'bsd-1996'])(
    'left alone, a proxy announces what a server of profile %s would: 200 kB arrive',
    (profile) => {
      const report = runFlood(
        floodScenario({
          until,
          profile,
          settings: {},
          boxes: [{ name: 'syn-proxy', params: {} }],
          app: { response: 200_000 },
          clients: [{ arrivals: { process: 'constant', rate: 1, from: 0, to: 5 * SEC } }],
        }),
      );
      expect(served(report)).toBe(1);
      expect(report.boxes[0]!.counters).toMatchObject({ spliced: 5, strayDropped: 0 });
    },
  );

  test('first-SYN drop: everybody is served, at the second SYN', () => {
    const report = run([{ name: 'first-syn-drop', params: {} }]);
    expect(served(report)).toBe(1);
    expect(report.queue.peak).toBeLessThanOrEqual(2);
    expect(report.clients[0]!.connectTime.p50).toBe(1.04 * SEC);
  });

  test('semi-transparent gateway: everybody is served; the flood is in established connections', () => {
    const report = run([{ name: 'semi-transparent-gateway', params: {} }]);
    expect(served(report)).toBe(1);
    expect(report.queue.peak).toBeLessThanOrEqual(2);
    expect(report.boxes[0]!.counters.ackSent).toBeGreaterThanOrEqual(14_990);
    // 500/s for 10 s.
    expect(Math.abs(report.boxes[0]!.peakEntries - 5000)).toBeLessThanOrEqual(2);
  });

  test('active monitor: not enough against new addresses at this rate, unless it is fast', () => {
    // 500/s × 6 s = 3000 > 129; 500/s × 0.2 s = 100 < 129.
    const slow = run([{ name: 'active-monitor', params: {} }]);
    const fast = run([{ name: 'active-monitor', params: { expiry: 0.2 * SEC } }]);
    expect(served(slow)).toBeLessThan(1);
    expect(slow.queue.peak).toBe(129);
    expect(served(fast)).toBe(1);
    expect(Math.abs(fast.queue.peak - 100)).toBeLessThanOrEqual(3);
  });

  test('TCP Intercept, watch mode: while aggressive the oldest of 1,100 is reset, more than the 129 places of the queue', () => {
    const report = run([{ name: 'tcp-intercept', params: { mode: 'watch' } }]);
    expect(report.queue.peak).toBe(129);
    // It helps, since 500 a second are reset after 2.2 s, and is no cure.
    expect(served(report)).toBeGreaterThan(served(open));
    expect(served(report)).toBeLessThan(1);
  });

  test('its manual taken at its word: each user served takes a partial place away, until handshakes no longer fit', () => {
    // 101 places. A new connection costs one while aggressive, and one that completes frees one more: the table shrinks to
    // 500/s × 40 ms = 20, where an entry lives no longer than a round trip. So 81 people are served, and no more.
    const params = { mode: 'watch', maxIncompleteHigh: 100, maxIncompleteLow: 50 };
    const report = run([{ name: 'tcp-intercept', params }]);
    expect(report.queue.peak).toBe(101);
    expect(report.boxes[0]!.entries).toBe(20);
    expect(report.clients[0]).toMatchObject({ attempts: 95, served: 81, failed: { reset: 14 } });
  });

  test('a rate limit below what the queue bears keeps the queue open and lets few people in; per source it lets all in', () => {
    // 129 places / 63 s: 2 SYNs per second.
    const all = run([{ name: 'rate-limit', params: { rate: 2, burst: 1 } }]);
    expect(all.queue.peak).toBeLessThan(129);
    expect(served(all)).toBeLessThan(0.2);
    const each = run([{ name: 'rate-limit', params: { per: 'source', rate: 2, burst: 5 } }]);
    expect(each.boxes[0]!.counters.rateLimitDropped).toBe(0);
    expect(each.queue.peak).toBe(129);
  });

  test('a black hole stands at the provider, and keeps everybody out', () => {
    const report = run([
      { name: 'blackhole', params: { from: 0, to: 40 * SEC } },
      { name: 'syn-proxy', params: {} },
    ]);
    expect(served(report)).toBe(0);
    // The access link is idle.
    expect(report.road.bytesIn).toBe(0);
  });

  test('boxes in a row: what the first lets pass is the second one’s affair', () => {
    const report = run([
      { name: 'first-syn-drop', params: {} },
      { name: 'safe-reset', params: {} },
      { name: 'syn-proxy', params: {} },
    ]);
    expect(served(report)).toBe(1);
    expect(report.boxes.map(({ counters }) => counters.seen! > 0)).toEqual([true, true, true]);
    expect(report.boxes[1]!.counters.synAbsorbed).toBeLessThan(200);
  });

  test('the same seed gives the same trace', () => {
    const boxes = [{ name: 'tcp-intercept', params: { dropMode: 'random' } }];
    expect(run(boxes).hash).toBe(run(boxes).hash);
  });

  test('a name or parameter that is none is refused', () => {
    expect(() => run([{ name: 'firewall', params: {} }])).toThrow("no network defence is called 'firewall'");
    expect(() => run([{ name: 'syn-proxy', params: { mss: 5 } }])).toThrow('mss: a number from 64 to 65495');
  });
});
