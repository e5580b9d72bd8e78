// Whole flood runs, per second of CPU (all threads of the process, compiler and garbage collector included): SYNs through
// link, listener and SYN queue; handshakes through a router; a botnet of a million.
// ns-3 (C++), for comparison: 1,620 handshakes, and 8,140 falling to 1,320 flood SYNs per second at 20,000 half-open.
import { parseFloodScenario } from '../dist/scenario.js';
import { runFlood } from '../dist/sim.js';

const HUGE = 'somaxconn: 4194304, tcp_max_syn_backlog: 4194304, hz: 250';

const scenario = (lines) =>
  parseFloodScenario(['kind: flood', 'title: bench', 'summary: bench', ...lines].join('\n'), 'bench.yaml');

/** The best of three runs: the first compiles, and neighbours on the machine only ever slow one down. */
function best(run, count) {
  let most = 0;
  let report;
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage();
    report = runFlood(run);
    const { user, system } = process.cpuUsage(before);
    most = Math.max(most, count(report) / ((user + system) / 1e6));
  }
  return { perSecond: most, report };
}

const show = (name, value, unit) => console.log(`${name}: ${Math.round(value)} ${unit}`);
const flood = (rate, shape = 'linux') =>
  `floods: { rate: { process: poisson, rate: ${rate} }, from: 0, spoof: { mode: silent, prefix: 10.0.0.0/8 }, shape: ${shape} }`;
const syns = (report) => report.floods[0].syns;

for (const [name, cookies] of [
  ['flood SYNs simulated, SYN queue full, cookies off', 0],
  ['flood SYNs simulated, SYN queue full, cookies on', 1],
]) {
  const run = scenario([
    'until: 20s',
    `server: { backlog: 1024, settings: { tcp_syncookies: ${cookies}, ${HUGE} } }`,
    'access: { delay: 5ms }',
    flood(100_000),
  ]);
  show(name, best(run, syns).perSecond, '/s');
}

// One retransmission: an entry lives 3.04 s on average, so rate × 3.04 of them are held; nothing is pruned below half.
for (const held of [1_000, 20_000, 1_000_000]) {
  const rate = Math.round(held / 3.04);
  const seconds = Math.max(10, Math.ceil(1_000_000 / rate));
  const run = scenario([
    `until: ${seconds}s`,
    'sampleEvery: 1s',
    `server: { backlog: 4000000, settings: { tcp_syncookies: 0, tcp_synack_retries: 1, ${HUGE} } }`,
    'access: { delay: 5ms }',
    flood(rate),
  ]);
  const { perSecond, report } = best(run, syns);
  const { queue, series } = report;
  const late = series.columns.halfOpen.slice(Math.ceil(series.length / 2));
  const mean = late.reduce((a, b) => a + b, 0) / late.length;
  show(
    `flood SYNs simulated, entries added, repeated and expired, ${held.toLocaleString('en')} half-open`,
    perSecond,
    '/s',
  );
  if (Math.abs(mean / held - 1) > 0.05) throw new Error(`held ${mean}, not ${held}`);
  if (held === 1_000_000) show('SYN queue of a run with a million half-open entries', queue.simulatorBytes / 1e6, 'MB');
}

// How many are alive at once decides: more of them miss the cache, and the garbage collector copies them.
for (const [rate, seconds] of [
  [1_000, 101],
  [10_000, 21],
]) {
  const run = scenario([
    `until: ${seconds}s`,
    'server: { backlog: 100000, settings: { somaxconn: 100000 } }',
    'access: { delay: 1ms }',
    `clients: { rate: ${rate}, to: ${seconds - 1}s, rtt: { uniform: [10ms, 40ms] }, request: 0, prefix: 198.18.0.0/15 }`,
  ]);
  show(
    `full handshakes with close through a router, ${rate.toLocaleString('en')} clients a second`,
    best(run, (report) => report.clients.at(-1).served).perSecond,
    '/s',
  );
}

{
  const run = scenario([
    'until: 60s',
    'server: { backlog: 4096, settings: { tcp_syncookies: 0 } }',
    'clients: { rate: 20 }',
    'botnets:',
    '  - { c2: 192.168.0.1, poll: 5s, joinWithin: 1s, as: sum, bots: [{ kind: iot, count: 1000000, prefix: 10.0.0.0/8 }],',
    '      orders: [{ at: 1s, rate: 0.1, duration: 59s, spoof: random, prefix: 172.16.0.0/12 }] }',
  ]);
  const { perSecond } = best(run, () => 1);
  show('a flood of a million bots, 60 simulated seconds at 100,000 SYN/s, CPU ms', 1000 / perSecond, 'ms');
}
