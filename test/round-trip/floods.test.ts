/**
 * What the simulator writes as a capture, the judge reads back to the simulator's own truth: random floods, botnets,
 * crowds, policies, loss and full queues, handshake by handshake.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { verdictTotals } from '../../src/diagnose.ts';
import { parseFloodScenario } from '../../src/scenario/parse.ts';
import { LISTEN_POLICIES } from '../../src/sim/listen-policies.ts';
import { SERVER_PROFILE_NAMES } from '../../src/sim/server-profiles.ts';
import type { FloodScenario } from '../../src/sim.ts';
import { DecodeStatus } from '../../src/wire.ts';
import { type Handshake, type RoundTrip, roundTrip } from './flood-truth.ts';

const pick = fc.constantFrom;

const server = fc.record({
  profile: pick(...SERVER_PROFILE_NAMES),
  backlog: pick(0, 1, 5, 64),
  policy: fc.option(pick(...Object.keys(LISTEN_POLICIES)), { nil: undefined }),
  app: pick('auto', 'auto', 'never', { accept: 'workers', workers: 1, service: '200ms' }, { acceptFrom: '2s' }),
  tcp: pick({}, {}, { synackRetries: 0, initialRto: '300ms' }, { synackRetries: 2 }),
  cost: pick({}, {}, {}, { perSegment: '1ms', perCookie: '1ms', limits: true, queue: 3 }),
});
const clients = fc.record({
  rate: pick(0, 3, 10),
  process: pick('poisson', 'constant'),
  rtt: pick('0', '40ms', '40ms', { exponential: ['1ms', '200ms'] }, { cycle: ['1ms', '3s'] }),
  os: pick('linux', 'windows', 'macos', 'ios', 'android', 'freebsd', 'rfc6298'),
  request: pick(0, 200, 5000),
  patience: pick('never', '0', '1s'),
  after: pick('close', 'stay'),
});
const floods = fc.record({
  rate: pick(0, 50, { process: 'burst', size: 90, every: '2s' }, { process: 'pulse', rate: 300, on: '1ms', off: '0' }),
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
});
const file = fc.record({
  kind: pick('flood'),
  title: pick('t'),
  summary: pick('s'),
  seed: fc.nat(1e9),
  until: pick('1200ms', '4s', '16s'),
  server,
  clients,
  floods,
  botnets: fc.option(botnets, { nil: undefined }),
  ingress: pick(0, 0.5),
  boxes: pick([], [], [], ['first-syn-drop'], ['rate-limit'], ['block-list']),
  access: pick({}, {}, {}, { loss: 0.3 }, { delay: '5ms', rate: '100kbit', queue: 3, loss: 0.1 }),
});
/** Ports that nobody listens at: what a file may not ask of clients, since it would be a mistake. */
const closed = fc.record({ clients: pick(false, false, false, true), floods: pick(false, false, false, true) });

/** How many runs each of the sharper checks was made on: a check that is never made says nothing. */
const made = { client: 0, floods: 0, queue: 0, completed: 0, lost: 0 };

test('200 random floods, read back handshake by handshake', async () => {
  await fc.assert(
    fc.asyncProperty(file, closed, async (text, to) => {
      const scenario = withPorts(parseFloodScenario(JSON.stringify(text), 'f.yaml'), to);
      const trip = await roundTrip(scenario);
      checkEach(trip);
      checkTotals(trip);
      checkClients(trip, scenario);
      checkFloods(trip, scenario);
      checkQueue(trip, scenario);
    }),
    { seed: 20261201, numRuns: 200 },
  );
  expect(made.client).toBeGreaterThan(50);
  expect(made.floods).toBeGreaterThan(15);
  expect(made.queue).toBeGreaterThan(15);
  expect(made.completed).toBeGreaterThan(1000);
  expect(made.lost).toBeGreaterThan(100);
}, 300_000);

function withPorts(
  scenario: FloodScenario,
  to: { readonly clients: boolean; readonly floods: boolean },
): FloodScenario {
  return {
    ...scenario,
    clients: scenario.clients.map((spec) => ({ ...spec, port: to.clients ? CLOSED_PORT : spec.port })),
    floods: scenario.floods.map((spec) => ({ ...spec, port: to.floods ? CLOSED_PORT : spec.port })),
  };
}

function checkEach({ told, read, examiner, written }: RoundTrip): void {
  const { counts } = examiner;
  expect(counts.packets).toBe(written);
  expect(counts.byStatus[DecodeStatus.Ok]).toBe(written);
  expect(counts.badTcpChecksum).toBe(0);
  // Thousands of rows: the first that differ are enough to read.
  const differ = told.findIndex((each, i) => JSON.stringify(each) !== JSON.stringify(read[i]));
  if (differ >= 0) expect(read.slice(differ, differ + 3)).toEqual(told.slice(differ, differ + 3));
  expect(read.length).toBe(told.length);
}

function checkTotals({ told, examiner }: RoundTrip): void {
  const { counts } = examiner;
  const totals = verdictTotals(examiner.tracker);
  const sum = (of: (each: Handshake) => number): number => told.reduce((all, each) => all + of(each), 0);
  const count = (verdict: string): number => told.filter((each) => each.verdict === verdict).length;
  expect(counts.syn).toBe(sum(({ syns }) => syns));
  expect(totals.synRetransmissions).toBe(sum(({ syns }) => syns - 1));
  expect(counts.synack).toBe(sum(({ synAcks, duplicates }) => synAcks + duplicates));
  expect(totals.synackRetransmissions).toBe(sum(({ synAcks }) => Math.max(0, synAcks - 1)));
  expect(totals).toMatchObject({
    attempts: told.length,
    completed: count('completed'),
    halfOpen: count('half-open'),
    aborted: count('aborted'),
    refused: count('refused'),
    unanswered: count('unanswered'),
    cannotJudge: 0,
    midStream: 0,
    synackWithoutSyn: 0,
    // Two equal segments of one instant are one frame recorded twice to whoever has the capture alone.
    duplicates: sum(({ duplicates }) => duplicates),
  });
  made.completed += totals.completed;
}

/** What clients' own connections say, which know nothing of the tap. */
function checkClients({ census, read }: RoundTrip, scenario: FloodScenario): void {
  const byName = new Map(read.map((each) => [nameOf(each), each]));
  const calm = isCalm(scenario);
  const refusing = scenario.clients.every(({ port }) => port === CLOSED_PORT);
  for (const attempt of census.attempts) {
    const seen = byName.get(nameOf(attempt));
    const synsSeen = seen?.syns ?? 0;
    // The tap is at the server: what was lost before it, or is still under way, it cannot see.
    expect(synsSeen).toBeLessThanOrEqual(attempt.synsSent);
    if (seen?.verdict === 'completed') expect(attempt.connectedAt).toBeGreaterThanOrEqual(0);
    if (!calm) {
      made.lost += attempt.synsSent - synsSeen;
      continue;
    }
    made.client++;
    // At most one SYN is under way at the end, since the round trip is shorter than the first timeout.
    if (attempt.connectedAt >= 0 || attempt.failure !== '') expect(synsSeen).toBe(attempt.synsSent);
    else expect(synsSeen).toBeGreaterThanOrEqual(attempt.synsSent - 1);
    if (attempt.failure === 'refused') expect(seen?.verdict).toBe('refused');
    if (attempt.connectedAt >= 0 && attempt.connectedAt + LONGEST_WAY <= scenario.until)
      expect(seen?.verdict).toBe('completed');
    if (refusing && attempt.failure === '') expect(seen?.verdict ?? 'refused').toBe('refused');
  }
}

/** What the floods and bots report of themselves. */
function checkFloods({ census, read, report }: RoundTrip, scenario: FloodScenario): void {
  if (!isCalm(scenario)) return;
  const clients = new Set(census.attempts.map(nameOf));
  const others = read.filter((each) => !clients.has(nameOf(each)));
  const sent = [...report.floods, ...report.botnets].reduce((all, { syns }) => all + syns, 0);
  expect(others.reduce((all, { syns }) => all + syns, 0)).toBe(sent);
  expect(others.filter(({ verdict }) => verdict === 'completed')).toEqual([]);
  if (sent > 0) made.floods++;
}

/**
 * Where an entry leaves the SYN queue only with its handshake or by a reset, what the capture shows as answered and not
 * completed is what the queue holds or has lost to resets. (A reset that the server does not believe changes nothing.)
 */
function checkQueue({ report, halfOpen, read, census }: RoundTrip, { floods: specs }: FloodScenario): void {
  const counters = report.listeners[0]?.counters ?? {};
  const silent = ['SyncookiesSent', 'expired', 'evicted', 'ListenOverflows', 'synInWindow', 'TCPFastOpenPassive'];
  if (silent.some((name) => counters[name] !== 0)) return;
  // A reset ends an entry, and the same SYN coming again makes another.
  if (counters.EmbryonicRsts !== 0 && specs.some(({ retries }) => retries > 0)) return;
  const listening = read.filter(({ port }) => port !== CLOSED_PORT);
  const unfinished = listening.filter(({ verdict }) => verdict === 'half-open' || verdict === 'aborted');
  expect(unfinished.length).toBe(halfOpen + counters.EmbryonicRsts!);
  expect(listening.filter(({ verdict }) => verdict === 'completed').length).toBe(counters.PassiveOpens);
  expect(census.served.filter(({ opened }) => opened).length).toBe(counters.PassiveOpens);
  if (halfOpen > 0) made.queue++;
}

/** Nothing is lost on the way, and nobody is far away. */
function isCalm({ access, boxes, server: { cost }, clients: groups }: FloodScenario): boolean {
  const near = groups.every(({ rtt }) => rtt.shape === 'fixed');
  return access.loss === 0 && access.rate === 0 && access.delay === 0 && boxes.length === 0 && !cost.limits && near;
}

function nameOf({
  client,
  clientPort,
  x,
}: {
  readonly client: number;
  readonly clientPort: number;
  readonly x: number;
}) {
  return `${client} ${clientPort} ${x}`;
}

const CLOSED_PORT = 81;
const LONGEST_WAY = 20e6;
