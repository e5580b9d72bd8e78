/**
 * Any profile with any policy, boxes in pairs, every way of forging, botnets and links in bad weather: whatever a file may
 * ask for runs to its end, the same whole and in slices, and its numbers agree with each other.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseFloodScenario } from '../src/scenario/parse.ts';
import type { FloodTap, Passage } from '../src/sim/arena/types.ts';
import type { ClientsReport, FloodReport, ListenerReport } from '../src/sim/flood-report.ts';
import { FloodRun, runFlood } from '../src/sim/flood-run.ts';
import { LISTEN_POLICIES } from '../src/sim/listen-policies.ts';
import { MIDDLEBOXES } from '../src/sim/middlebox/catalogue.ts';
import { SERVER_PROFILE_NAMES } from '../src/sim/server-profiles.ts';
import { ACK, RST, type Segment, SYN } from '../src/wire/segment.ts';

const pick = fc.constantFrom;

const server = fc.record({
  profile: pick(...SERVER_PROFILE_NAMES),
  backlog: pick(0, 1, 5, 64),
  policy: fc.option(pick(...Object.keys(LISTEN_POLICIES)), { nil: undefined }),
  app: pick('auto', 'never', { accept: 'workers', workers: 1, service: '200ms' }, { acceptFrom: '2s' }),
  tcp: pick({}, { synackRetries: 0, initialRto: '300ms' }),
  cost: pick({}, { perSegment: '1ms', perCookie: '1ms', limits: true, queue: 3 }),
});
const clients = fc.record({
  rate: pick(0, 3, 20),
  process: pick('poisson', 'constant'),
  rtt: pick('0', '40ms', { exponential: ['1ms', '200ms'] }, { cycle: ['1ms', '3s'] }),
  os: pick('linux', 'windows', 'macos', 'ios', 'android', 'freebsd', 'rfc6298'),
  request: pick(0, 200, 5000),
  patience: pick('never', '0', '1s'),
  after: pick('close', 'stay'),
});
const floods = fc.record({
  rate: pick(
    0,
    200,
    { process: 'burst', size: 90, every: '2s' },
    { process: 'pulse', rate: 300, on: '1ms', off: '0' },
    { process: 'ramp', first: 0, last: 300 },
  ),
  from: pick('0', '1s'),
  spoof: pick('own', 'random', 'silent', 'live', { mode: 'random', prefix: '10.9.0.0/28', live: 0.5 }),
  shape: pick('bare', 'mss', 'linux', 'windows'),
  retries: pick(0, 2),
});
const botnets = fc.record({
  bots: pick(1, 30),
  poll: pick('100ms', '2s'),
  as: pick('each', 'sum'),
  orders: fc.record({
    at: pick('0', '1s'),
    rate: pick(0, 5),
    duration: pick('0', '3s'),
    spoof: pick('own', 'subnet', 'random'),
    prefix: pick('198.19.128.0/17'),
  }),
  takeDown: fc.option(fc.record({ how: pick('sinkhole', 'edge-block', 'outage'), at: pick('0', '2s') }), {
    nil: undefined,
  }),
});
const flood = fc.record({
  kind: pick('flood'),
  title: pick('t'),
  summary: pick('s'),
  seed: fc.nat(1e9),
  until: pick('1200ms', '4s', '16s'),
  server,
  clients,
  followed: fc.option(fc.record({ at: pick('0', '1s'), patience: pick('never', '1s') }), { nil: undefined }),
  floods,
  botnets: fc.option(botnets, { nil: undefined }),
  ingress: pick(0, 0.5, 1),
  boxes: fc.array(pick(...MIDDLEBOXES.map(({ name }) => name)), { maxLength: 2 }),
  access: pick({}, {}, { delay: '5ms', rate: '100kbit', queue: 3, loss: 0.1 }),
});

/** SYNs for the server: at its edge, ended on the road, at its door. */
class SynCount {
  edge = 0;
  ended = 0;
  door = 0;

  taps(server: number): FloodTap[] {
    const isSyn = (seg: Readonly<Segment>) => seg.dst === server && (seg.flags & (SYN | ACK | RST)) === SYN;
    const edge = (_t: number, seg: Readonly<Segment>, passage: Passage) => {
      if (isSyn(seg)) passage === 'passed' ? this.edge++ : this.ended++;
    };
    return [
      { place: 'edge', packet: edge },
      { place: 'server', packet: (_t, seg) => void (isSyn(seg) && this.door++) },
    ];
  }
}

test('whatever a file may ask for', () => {
  fc.assert(
    fc.property(flood, fc.integer({ min: 1, max: 3000 }), (file, events) => {
      const scenario = parseFloodScenario(JSON.stringify(file), 'f.yaml');
      const syns = new SynCount();
      const run = new FloodRun(scenario, { taps: syns.taps(SERVER) });
      while (!run.runTo(scenario.until, events)) {
        const { halfOpen, capacity } = run.frame(3);
        expect(halfOpen).toBeLessThanOrEqual(capacity);
      }
      const report = run.report();
      expect(report).toEqual(runFlood(scenario));
      report.clients.forEach(checkClients);
      report.listeners.forEach((listener, i) => {
        if (i === 0) checkListener(listener, run.frame(0).halfOpen);
      });
      checkSeries(report);
      expect(report.queue.peak).toBeLessThanOrEqual(report.queue.capacity);
      for (const { syns: sent, answered } of report.floods) expect(answered).toBeLessThanOrEqual(sent);
      for (const { entries, peakEntries } of report.boxes) expect(entries).toBeLessThanOrEqual(peakEntries);
      if (scenario.boxes.length > 0) return;
      const { delay, rate, queue } = scenario.access;
      const { cost } = scenario.server;
      const onTheWay = (delay > 0 || rate > 0 ? queue + 300 : 0) + (cost.limits ? cost.queue + 1 : 0);
      expect(syns.edge - syns.ended - syns.door).toBeGreaterThanOrEqual(0);
      expect(syns.edge - syns.ended - syns.door).toBeLessThanOrEqual(onTheWay);
    }),
    { seed: 4, numRuns: 60 },
  );
}, 60_000);

/** 203.0.113.80, where a scenario's server lives. */
const SERVER = 0xcb00_7150;

/** Each attempt has one end, or none yet. */
function checkClients(clients: ClientsReport): void {
  const { attempts, open, connected, served } = clients;
  const answered = sum(clients.answeredAtTry);
  expect(open + served + sum(Object.values(clients.failed))).toBe(attempts);
  expect(answered).toBeLessThanOrEqual(attempts);
  expect(connected).toBeLessThanOrEqual(answered);
  expect(served).toBeLessThanOrEqual(connected);
}

/** Each SYN was answered by a cookie, refused, dropped with a count, or kept in an entry that went one way or is there. */
function checkListener({ counters }: ListenerReport, halfOpen: number): void {
  for (const [name, count] of Object.entries(counters))
    expect({ name, ok: Number.isInteger(count) && count >= 0 }).toEqual({ name, ok: true });
  const of = (name: string) => counters[name] ?? Number.NaN;
  expect(of('ListenDrops')).toBeGreaterThanOrEqual(of('ListenOverflows') + of('TCPReqQFullDrop'));
  const kept = of('syns') - of('SyncookiesSent') - of('refused') - of('synFinDropped') - of('TCPFastOpenPassive');
  const promoted = of('PassiveOpens') - of('TCPFastOpenPassive');
  const gone = of('expired') + of('evicted') + halfOpen;
  expect(kept - of('ListenDrops')).toBeLessThanOrEqual(promoted + gone + of('EmbryonicRsts') + of('synInWindow'));
  expect(kept).toBeGreaterThanOrEqual(Math.max(0, promoted - of('SyncookiesRecv')) + gone);
}

function checkSeries({ series, floods, botnets, clients, listeners, ranTo }: FloodReport): void {
  for (const [name, column] of Object.entries(series.columns)) {
    const good = column.every((v) => (name === 'connectTimeMean' ? v >= -1 : v >= 0) && v < Infinity);
    expect({ name, length: column.length, good }).toEqual({ name, length: series.length, good: true });
  }
  if (ranTo % series.every !== 0) return;
  const counted = (name: string) => sum(listeners.map(({ counters }) => counters[name] ?? Number.NaN));
  const { columns } = series;
  expect(sum(columns.floodSyns)).toBe(sum([...floods, ...botnets].map(({ syns }) => syns)));
  expect(sum(columns.connected)).toBe(clients.at(-1)?.connected);
  expect(sum(columns.cookies)).toBe(counted('SyncookiesSent'));
  expect(sum(columns.evicted)).toBe(counted('evicted'));
  expect(sum(columns.expired)).toBe(counted('expired'));
  expect(sum(columns.dropsSynQueue)).toBe(counted('TCPReqQFullDrop'));
  expect(sum(columns.dropsAcceptQueue)).toBe(counted('ListenOverflows'));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
