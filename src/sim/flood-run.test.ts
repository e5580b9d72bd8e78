/** Whole flood runs against what can be computed by hand, or was measured on Linux. */
import { describe, expect, test } from 'vitest';
import { floodScenario } from '../../test/support/flood-scenario.ts';
import { MS, SEC } from '../tcp/types.ts';
import type { Segment } from '../wire/segment.ts';
import { ACK, SYN } from '../wire/segment.ts';
import type { FloodTap, Passage } from './arena/types.ts';
import type { FloodScenario } from './flood-model.ts';
import type { ClientsReport } from './flood-report.ts';
import { FloodRun, runFlood } from './flood-run.ts';

function all(scenario: FloodScenario): ClientsReport {
  const report = runFlood(scenario).clients.at(-1);
  if (report === undefined) throw new Error('no clients');
  return report;
}

describe('people alone', () => {
  const alone = all(floodScenario({ clients: [{ arrivals: { process: 'times', at: [0, SEC, 2 * SEC] } }] }));

  test('everybody is served at the first SYN', () => {
    expect(alone).toMatchObject({ attempts: 3, open: 0, answeredAtTry: [3], connected: 3, served: 3, failed: {} });
  });

  test('a handshake takes one round trip, an answer two and the service time', () => {
    // 40 ms; the request leaves with the ACK, 5 ms of service.
    expect(alone.connectTime).toEqual({
      count: 3,
      mean: 40 * MS,
      p50: 40 * MS,
      p90: 40 * MS,
      p99: 40 * MS,
      max: 40 * MS,
    });
    expect(alone.responseTime).toMatchObject({ p50: 85 * MS, max: 85 * MS });
  });

  test('the access link adds its delay twice each way, and a rate its transmission time', () => {
    const far = all(
      floodScenario({
        clients: [{ arrivals: { process: 'times', at: [0] }, request: 0 }],
        access: { delay: 7 * MS, rate: 1_000_000 },
      }),
    );
    // SYN and SYN/ACK of Linux: 20 + 20 + 20 bytes of options each, 480 µs at 1 Mbit/s.
    expect(far.connectTime.max).toBe(40 * MS + 2 * 7 * MS + 2 * 480_000);
  });
});

describe('a flood from silent addresses against a listener without defence', () => {
  // Entries live more than 7 s (two retries), and 129 = B + 1 fit (Linux 6.18): full after 129 SYNs.
  const scenario = floodScenario({
    until: 6 * SEC,
    settings: { tcp_synack_retries: 2 },
    floods: [{ rate: { process: 'constant', rate: 100 } }],
    clients: [{ arrivals: { process: 'times', at: [SEC, 3 * SEC] } }],
  });
  const report = runFlood(scenario);

  test('the queue is full when SYN number B + 1 has come, and the rest is dropped', () => {
    // SYN i comes at i / 100 s; one client's entry came and went before.
    expect(report.queue).toMatchObject({ capacity: 129, peak: 129, fullAt: 1.28 * SEC, timeToExhaustion: 1.28 * SEC });
    expect(report.floods[0]).toMatchObject({ syns: 600, answered: 129 });
    expect(report.listeners[0]?.counters).toMatchObject({ TCPReqQFullDrop: 600 - 129 + 3, ListenOverflows: 0 });
  });

  test('who comes before is served, who comes later waits in vain', () => {
    expect(report.clients[0]).toMatchObject({ attempts: 2, connected: 1, served: 1, open: 1 });
  });

  test('moments and series tell the same', () => {
    expect(report.moments.map(({ what }) => what)).toEqual([
      'flood-begins',
      'first-client-served',
      'queue-full',
      'first-client-dropped',
      'flood-ends',
    ]);
    const { halfOpen, floodSyns, dropsSynQueue, connected } = report.series.columns;
    // A sample ends with its last nanosecond: the SYN of 1.00 s is in it, and that of the client on its way.
    expect(halfOpen).toEqual([101, 129, 129, 129, 129, 129]);
    expect(floodSyns).toEqual([101, 100, 100, 100, 100, 99]);
    expect(connected).toEqual([0, 1, 0, 0, 0, 0]);
    expect(dropsSynQueue.reduce((a, b) => a + b, 0)).toBe(report.listeners[0]?.counters.TCPReqQFullDrop);
  });

  test('each half-open entry has been answered three times by its end: backscatter', () => {
    const longer = runFlood({
      ...scenario,
      until: 20 * SEC,
      clients: [],
      floods: [{ ...scenario.floods[0]!, to: SEC }],
    });
    expect(longer.floods[0]).toMatchObject({ syns: 100, answered: 100 });
    expect(longer.road.backscatter).toBe(300);
    expect(longer.listeners[0]?.counters).toMatchObject({ TCPSynRetrans: 200, expired: 100 });
    expect(longer.queue.fullAt).toBe(-1);
  });
});

describe('what decides whether a flood works', () => {
  const clients = [{ arrivals: { process: 'constant', rate: 5, from: 5 * SEC, to: 15 * SEC } }] as const;
  const flood = { rate: { process: 'constant', rate: 200 } } as const;

  test('live owners of forged addresses answer with RST and free the entries', () => {
    // The first entries are given up 7 s after the flood began, when the queue is more than half full.
    const soon = [{ arrivals: { process: 'constant', rate: 5, from: SEC, to: 5 * SEC } }] as const;
    const silent = all(floodScenario({ clients: soon, floods: [flood], until: 7 * SEC }));
    const live = all(
      floodScenario({ clients, floods: [{ ...flood, spoof: { mode: 'live', prefix: '10.0.0.0/16' } }] }),
    );
    expect(silent.served).toBe(0);
    // An entry lives for one round trip, at most 190 ms: 38 of 129.
    expect(live).toMatchObject({ served: 50, answeredAtTry: [50] });
  });

  test('SYN cookies serve everybody at the first SYN (ground truth F, syncookies = 1)', () => {
    const report = runFlood(floodScenario({ clients, floods: [flood], settings: { tcp_syncookies: 1 } }));
    expect(report.clients[0]).toMatchObject({ attempts: 50, answeredAtTry: [50], served: 50 });
    expect(report.floods[0]).toMatchObject({ syns: 6000, answered: 6000 });
  });

  test('another port of the same server does not notice', () => {
    const base = floodScenario({ clients: [{ ...clients[0], port: 443 }], floods: [flood] });
    const port = base.server.listen[0]!;
    const both = { ...base, server: { ...base.server, listen: [port, { ...port, port: 443 }] } };
    expect(all(both)).toMatchObject({ served: 50, answeredAtTry: [50] });
  });

  test('those who were connected before stay connected', () => {
    const early = { arrivals: { process: 'times', at: [0, 100 * MS] }, after: 'stay', think: SEC } as const;
    const base = floodScenario({ clients: [early], floods: [{ ...flood, from: SEC }] });
    const report = all(base);
    expect(report).toMatchObject({ served: 2, laterFailed: 0 });
    // One request each 1 s + 45 ms (round trip and service) from 85 ms on, until 30 s.
    expect(report.laterServed).toBe(2 * 28);
  });

  test('an application that never accepts needs no flood: B + 1 connections fill it (ground truth E)', () => {
    const slow = runFlood(
      floodScenario({
        backlog: 16,
        app: { accept: 'never' },
        clients: [{ arrivals: { process: 'constant', rate: 10, from: 0, to: 10 * SEC }, request: 0, after: 'close' }],
        settings: { tcp_syncookies: 1 },
      }),
    );
    expect(slow.queue.peakAccept).toBe(17);
    expect(slow.listeners[0]?.counters).toMatchObject({ PassiveOpens: 17, TCPReqQFullDrop: 0, SyncookiesSent: 0 });
  });

  test('workers that are too few let the accept queue grow to what queueing theory says', () => {
    // 2 workers of 100 ms serve 20 a second; 30 come: after 10 s 100 wait, of B + 1 = 129.
    const busy = runFlood(
      floodScenario({
        until: 10 * SEC,
        app: { accept: 'workers', workers: 2, service: 100 * MS },
        clients: [{ arrivals: { process: 'constant', rate: 30, from: 0, to: 10 * SEC } }],
      }),
    );
    const waiting = busy.series.columns.acceptQueue.at(-1) ?? 0;
    expect(Math.abs(waiting - 100)).toBeLessThanOrEqual(6); // a worker also waits for its client's request: 40 ms in 140
  });
});

test('oldest-drop serves people exactly while their round trip is shorter than B / R (Ricciulli, Lincoln, Kakkar 1999)', () => {
  const clients = [{ arrivals: { process: 'constant', rate: 20, from: SEC, to: 5 * SEC }, request: 0 }] as const;
  // 129 entries: one that comes is pushed out when 129 more have come. 100 ms of 1,200 a second are 120, of 1,400 140.
  for (const [rate, served] of [
    [1200, 80],
    [1400, 0],
  ] as const) {
    const wish = { policy: 'oldest-drop', floods: [{ rate: { process: 'constant', rate } }], until: 6 * SEC } as const;
    const group = all(
      floodScenario({ ...wish, clients: [{ ...clients[0], rtt: { shape: 'fixed', value: 100 * MS } }] }),
    );
    expect(group.answeredAtTry[0] ?? 0, `${rate} SYN/s: connected by their first SYN/ACK`).toBe(80);
    // The client is connected; whether the server is, only an answer to a request would tell.
    const report = runFlood(
      floodScenario({ ...wish, clients: [{ ...clients[0], request: 10, rtt: { shape: 'fixed', value: 100 * MS } }] }),
    );
    expect(report.clients[0]?.served, `${rate} SYN/s`).toBe(served);
  }
});

describe('the road', () => {
  test('a link with room for so many packets drops the rest of a burst', () => {
    const report = runFlood(
      floodScenario({
        until: SEC,
        floods: [{ rate: { process: 'burst', size: 50, every: 10 * SEC } }],
        access: { rate: 1_000_000, queue: 9 },
      }),
    );
    // One on the wire, nine behind it.
    expect(report.road).toMatchObject({ overflow: 40 });
    expect(report.floods[0]).toMatchObject({ syns: 50, answered: 10 });
  });

  test('of many SYNs the share that is lost is the link`s', () => {
    const report = runFlood(
      floodScenario({
        until: 10 * SEC,
        backlog: 65535,
        settings: { somaxconn: 65535, tcp_max_syn_backlog: 1_000_000 },
        floods: [{ rate: { process: 'constant', rate: 1000 } }],
        access: { loss: 0.1 },
      }),
    );
    // Binomial, n = 10,000, p = 0.9: 3.3 standard deviations are 99.
    expect(Math.abs((report.floods[0]?.answered ?? 0) - 9000)).toBeLessThan(99);
  });

  test('a CPU that is too slow makes segments wait, and drops what finds no room', () => {
    // 1 ms each: 1000 of the 2000 SYNs a second are dealt with.
    const report = runFlood(
      floodScenario({
        until: 2 * SEC,
        backlog: 65535,
        settings: { somaxconn: 65535, tcp_max_syn_backlog: 1_000_000 },
        floods: [{ rate: { process: 'constant', rate: 2000 } }],
        cost: { perSegment: MS, perSynAck: 0, limits: true, queue: 50 },
      }),
    );
    expect(report.cpu.share).toBeCloseTo(1, 2);
    expect(report.floods[0]?.answered).toBeGreaterThanOrEqual(1999);
    expect(report.floods[0]?.answered).toBeLessThanOrEqual(2001);
    expect(report.cpu.dropped).toBe(4000 - 2000 - 50);
  });

  test('a list that is walked to a victim drawn by lot costs half its length for each SYN (Lemon 2002)', () => {
    const report = runFlood(
      floodScenario({
        until: 10 * SEC,
        policy: 'random-drop',
        floods: [{ rate: { process: 'constant', rate: 1000 } }],
        cost: { perSegment: 0, perSynAck: 0, perCookie: 0, perListElement: 10 },
      }),
    );
    const evicted = report.listeners[0]?.counters.evicted ?? 0;
    expect(evicted).toBe(10_000 - 129);
    // Uniform over 1 .. 129 entries of 10 ns: mean 650, deviation 10 · 129 / sqrt(12); 3.3 standard errors.
    expect(Math.abs(report.cpu.busy / evicted - 650)).toBeLessThan((3.3 * 1290) / Math.sqrt(12 * evicted));
  });

  test('taps see each segment where they are', () => {
    const seen: string[] = [];
    const tap = (place: FloodTap['place']): FloodTap => ({
      place,
      packet: (_t: number, seg: Readonly<Segment>, passage: Passage) =>
        seen.push(`${place} ${passage} ${(seg.flags & SYN) !== 0 ? 'SYN' : ''}${(seg.flags & ACK) !== 0 ? 'ACK' : ''}`),
    });
    const scenario = floodScenario({
      clients: [{ arrivals: { process: 'times', at: [0] }, request: 0 }],
      until: 30 * MS,
    });
    runFlood(scenario, { taps: [tap('edge'), tap('server')] });
    expect(seen).toEqual(['edge passed SYN', 'server passed SYN', 'server passed SYNACK', 'edge passed SYNACK']);
  });
});

describe('defences on the road', () => {
  const clients = [{ arrivals: { process: 'constant', rate: 5, from: SEC, to: 15 * SEC } }] as const;
  const floods = [
    { rate: { process: 'constant', rate: 500 }, spoof: { mode: 'random', prefix: '10.0.0.0/8', live: 0 } },
  ] as const;
  const withBox = (name: string, params = {}) =>
    runFlood(floodScenario({ clients, floods, boxes: [{ name, params }] }));

  test('a proxy lets no forged SYN through, and everybody is served', () => {
    const report = withBox('syn-proxy');
    expect(report.clients[0]).toMatchObject({ attempts: 70, served: 70, answeredAtTry: [70] });
    expect(report.queue.peak).toBeLessThanOrEqual(2);
    // The proxy answers SYNs of the flood with cookies, once each: backscatter has moved, not gone.
    expect(report.floods[0]?.answered).toBe(0);
    expect(report.road.backscatter).toBe(report.floods[0]?.syns);
  });

  test('dropping first SYNs costs each client a second and stops a flood that never repeats', () => {
    const report = withBox('first-syn-drop');
    expect(report.clients[0]).toMatchObject({ served: 70, answeredAtTry: [0, 70] });
    expect(report.clients[0]?.connectTime.p50).toBe(SEC + 40 * MS);
    expect(report.queue.peak).toBeLessThanOrEqual(2);
  });

  test('a limit per source does nothing against forged sources', () => {
    const perSource = withBox('rate-limit', { per: 'source' });
    const none = runFlood(floodScenario({ clients, floods }));
    expect(perSource.clients[0]?.served).toBe(none.clients[0]?.served);
  });

  test('a blackhole takes the victim off the network, people and all, and spares its link', () => {
    const report = withBox('blackhole', { trigger: 'times', from: 0, to: 60 * SEC });
    expect(report.clients[0]?.served).toBe(0);
    expect(report.road.bytesIn).toBe(0);
  });
});

describe('the same run', () => {
  const scenario = floodScenario({
    clients: [{ os: { linux: 2, windows: 1, macos: 1 }, rtt: { shape: 'uniform', least: 10 * MS, most: 300 * MS } }],
    floods: [{ rate: { process: 'poisson', rate: 300 }, spoof: { mode: 'random', prefix: '10.0.0.0/8', live: 0.3 } }],
    followed: {},
    access: { delay: 3 * MS, loss: 0.02, rate: 10_000_000, queue: 20 },
  });

  test('however it is cut into slices', () => {
    const whole = runFlood(scenario);
    const sliced = new FloodRun(scenario);
    while (!sliced.done) {
      sliced.runTo(sliced.now + 77_777_777);
      sliced.frame();
      sliced.report();
    }
    expect(sliced.report()).toEqual(whole);
    expect(runFlood(scenario, { seed: 8 }).hash).not.toBe(whole.hash);
  });

  test('each client of the report has exactly one end', () => {
    for (let seed = 0; seed < 20; seed++) {
      const report = runFlood(scenario, { seed });
      for (const group of report.clients) {
        const failed = Object.values(group.failed).reduce((a, b) => a + b, 0);
        expect(group.served + failed + group.open).toBe(group.attempts);
        expect(group.answeredAtTry.reduce((a, b) => a + b, 0)).toBe(group.connected);
      }
    }
  });
});

describe('the followed client', () => {
  test('its recording tells its handshake with the real numbers', () => {
    const { followed } = runFlood(floodScenario({ followed: {}, floods: [{}], settings: { tcp_syncookies: 1 } }));
    const texts = followed?.flights
      .slice(0, 3)
      .map(({ segment: s, from }) => ({ from, flags: s.flags, seq: s.seq, ack: s.ack }));
    const [x = -1, y = -1] = [followed?.x, followed?.y];
    expect(texts).toEqual([
      { from: 0, flags: SYN, seq: x, ack: 0 },
      { from: 1, flags: SYN | ACK, seq: y, ack: (x + 1) >>> 0 },
      { from: 0, flags: ACK, seq: (x + 1) >>> 0, ack: (y + 1) >>> 0 },
    ]);
    expect(followed?.steps.slice(0, 3).map(({ t, kind, host }) => ({ t, kind, host }))).toEqual([
      { t: SEC, kind: 'app', host: 0 },
      { t: SEC + 40 * MS, kind: 'arrive', host: 1 },
      { t: SEC + 80 * MS, kind: 'arrive', host: 0 },
    ]);
    expect(followed?.flights.every((flight) => flight.fate === 'delivered')).toBe(true);
  });

  test('a SYN that finds the queue full is shown with the rule that dropped it', () => {
    const { followed } = runFlood(floodScenario({ followed: { at: 5 * SEC }, floods: [{}], until: 7 * SEC }));
    const arrival = followed?.steps.find((step) => step.kind === 'arrive');
    expect(arrival?.why.map(({ rule, held }) => [rule.id, held])).toEqual([
      ['listen-syn', true],
      ['syn-queue-room', false],
      ['syn-dropped', true],
    ]);
    expect(arrival?.sent).toEqual([]);
    // Linux repeats after 1 s.
    expect(followed?.flights.map((flight) => flight.sentAt)).toEqual([5 * SEC, 6 * SEC, 7 * SEC]);
  });
});

test('an entry whose final ACK is still under way is its client`s, and no flood`s', () => {
  // SYN at 0.9 s, at the server at 1.9 s; the ACK comes 2 s after the SYN/ACK.
  const clients = [
    { arrivals: { process: 'times', at: [0.9 * SEC] }, rtt: { shape: 'fixed', value: 2 * SEC } },
  ] as const;
  const { halfOpen, halfOpenFlood } = runFlood(floodScenario({ until: 5 * SEC, clients })).series.columns;
  expect(halfOpen).toEqual([0, 1, 1, 0, 0]);
  expect(halfOpenFlood).toEqual([0, 0, 0, 0, 0]);
});

test('memory of the queue is counted in the modelled system`s entries (320 bytes in Linux 6.18)', () => {
  const { queue } = runFlood(floodScenario({ floods: [{}], until: 5 * SEC }));
  expect(queue).toMatchObject({ peak: 129, bytes: 129 * 320 });
  const cache = runFlood(floodScenario({ floods: [{}], until: 5 * SEC, policy: 'syn-cache' }));
  expect(cache.queue.bytes).toBe(cache.queue.peak * 160); // Lemon 2002
});

test('what happens after the last whole sample is told as well', () => {
  const report = runFlood(floodScenario({ until: 2.9 * SEC, floods: [{ to: 2.5 * SEC }] }));
  expect(report.series.length).toBe(2);
  // The last of 100 a second before 2.5 s.
  expect(report.moments).toContainEqual({ t: 2.49 * SEC, what: 'flood-ends' });
});

test('a frame shows the entries with their owners, ages and timers', () => {
  const run = new FloodRun(
    floodScenario({
      floods: [{ rate: { process: 'constant', rate: 1 }, to: 3 * SEC }],
      clients: [{ arrivals: { process: 'times', at: [2.5 * SEC] }, from: '198.18.0.0/30' }],
      settings: { hz: 0 },
    }),
    { ages: 'yes' },
  );
  run.runTo(2.53 * SEC);
  const frame = run.frame();
  expect(frame).toMatchObject({ capacity: 129, halfOpen: 4, acceptQueue: 0 });
  expect(
    frame.slots.map(({ slot, owner, since, firesAt, synAcks }) => ({ slot, owner, since, firesAt, synAcks })),
  ).toEqual([
    { slot: 0, owner: 'silent', since: 0, firesAt: 3 * SEC, synAcks: 2 },
    { slot: 1, owner: 'silent', since: SEC, firesAt: 4 * SEC, synAcks: 2 },
    { slot: 2, owner: 'silent', since: 2 * SEC, firesAt: 3 * SEC, synAcks: 1 },
    { slot: 3, owner: 'client', since: 2.52 * SEC, firesAt: 3.52 * SEC, synAcks: 1 },
  ]);
});
