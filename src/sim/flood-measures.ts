/**
 * Every number of a flood report under a stable dotted name: what expectations, sweeps and comparisons ask for. Times are in
 * seconds; what never happened is Infinity; a share or percentile of nothing is NaN. The names are listed in
 * docs/floods.md.
 */
import { ListenCounters } from '../tcp/listen-counters.ts';
import { nearest } from '../wire/suggest.ts';
import type { FloodScenario } from './flood-model.ts';
import type { BoxReport, ClientsReport, FloodReport, Percentiles } from './flood-report.ts';

export type Measures = Readonly<Record<string, number>>;

/** The number of that name; undefined when this report has none. */
export function measureOf(report: FloodReport, name: string): number | undefined {
  const all = measuresOf(report);
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

/** All of them, in the order of the report. */
export function measuresOf(report: FloodReport): Measures {
  const all: Record<string, number> = { ranTo: seconds(report.ranTo) };
  for (const clients of report.clients) put(all, `clients.${clients.name}`, clientMeasures(clients));
  for (const { name, ...numbers } of report.floods) put(all, `floods.${name}`, numbers);
  put(all, 'floods.all', sums(report.floods, ['syns', 'answered', 'resets', 'filtered']));
  for (const net of report.botnets) {
    const { bots, registered, polls, pollsFailed, syns, filtered } = net;
    put(all, `botnets.${net.name}`, { bots, registered, polls, pollsFailed, syns, filtered });
    for (const [i, informed] of net.informed.entries()) {
      put(all, `botnets.${net.name}.orders.${i}`, { informed, informedBy: seconds(net.informedBy[i] ?? -1) });
    }
  }
  for (const { port, backlog, counters } of report.listeners) {
    all[`listeners.${port}.backlog`] = backlog;
    put(all, `counters.${port}`, counters);
    for (const [name, count] of Object.entries(counters)) {
      all[`counters.all.${name}`] = (all[`counters.all.${name}`] ?? 0) + count;
    }
  }
  for (const [i, box] of report.boxes.entries()) {
    // By place, and by name, which is the first of that name.
    put(all, `boxes.${i}`, boxMeasures(box, report));
    if (report.boxes.findIndex(({ name }) => name === box.name) === i)
      put(all, `boxes.${box.name}`, boxMeasures(box, report));
  }
  const { fullAt, timeToExhaustion, timeToRecovery, ...queue } = report.queue;
  put(all, 'queue', {
    ...queue,
    fullAt: seconds(fullAt),
    timeToExhaustion: seconds(timeToExhaustion),
    timeToRecovery: seconds(timeToRecovery),
  });
  put(all, 'road', { ...report.road });
  put(all, 'cpu', { busy: seconds(report.cpu.busy), share: report.cpu.share, dropped: report.cpu.dropped });
  for (const [name, samples] of Object.entries(report.series.columns)) {
    // A sample in which nobody connected has no time and is no part of the mean.
    const column = name === 'connectTimeMean' ? samples.filter((ns) => ns > 0).map((ns) => ns / 1e9) : samples;
    const sum = column.reduce((total, value) => total + value, 0);
    put(all, `series.${name}`, {
      max: column.reduce((most, value) => Math.max(most, value), column.length === 0 ? Number.NaN : -Infinity),
      mean: sum / column.length,
      sum,
      last: column.at(-1) ?? Number.NaN,
    });
  }
  return all;
}

/**
 * Why a run of this scenario has no number of that name, as the end of a sentence; '' when it has, as far as can be told
 * before the run (what a middlebox counts is its own affair).
 */
export function measureProblem(scenario: FloodScenario, name: string): string {
  if (/^boxes\.[^.]+\.[^.]+$/.test(name)) {
    const box = name.split('.')[1] ?? '';
    const boxes = scenario.boxes.map((b) => b.name);
    if (boxes.includes(box) || Number(box) < boxes.length) return '';
    return boxes.length === 0 ? 'this scenario has no boxes' : `the boxes are ${boxes.join(', ')}`;
  }
  const known = knownNames(scenario);
  if (known.includes(name)) return '';
  const near = nearest(name, known);
  return near === undefined ? 'docs/floods.md lists the names' : `did you mean '${near}'?`;
}

function knownNames(scenario: FloodScenario): string[] {
  const counters = Object.keys(new ListenCounters());
  const ports = [...scenario.server.listen.map(({ port }) => String(port)), 'all'];
  const group = (kind: string, names: readonly string[], keys: readonly string[]): string[] =>
    names.flatMap((name) => keys.map((key) => `${kind}.${name}.${key}`));
  return [
    'ranTo',
    ...group('clients', [...scenario.clients.map((c) => c.name), 'all'], CLIENT_KEYS),
    ...group('floods', [...scenario.floods.map((f) => f.name), 'all'], ['syns', 'answered', 'resets', 'filtered']),
    ...scenario.botnets.flatMap((net) => [
      ...group('botnets', [net.name], ['bots', 'registered', 'polls', 'pollsFailed', 'syns', 'filtered']),
      ...net.orders.flatMap((_, i) => [
        `botnets.${net.name}.orders.${i}.informed`,
        `botnets.${net.name}.orders.${i}.informedBy`,
      ]),
    ]),
    ...scenario.server.listen.map(({ port }) => `listeners.${port}.backlog`),
    ...group('counters', ports, counters),
    ...QUEUE_KEYS.map((key) => `queue.${key}`),
    ...ROAD_KEYS.map((key) => `road.${key}`),
    'cpu.busy',
    'cpu.share',
    'cpu.dropped',
    ...group('series', SERIES_NAMES, ['max', 'mean', 'sum', 'last']),
  ];
}

function clientMeasures(clients: ClientsReport): Record<string, number> {
  const { attempts, answeredAtTry } = clients;
  const answered = answeredAtTry.reduce((sum, count) => sum + count, 0);
  const numbers: Record<string, number> = {
    attempts,
    open: clients.open,
    answered,
    connected: clients.connected,
    served: clients.served,
    firstTry: (answeredAtTry[0] ?? 0) / attempts,
    ever: answered / attempts,
    connectedShare: clients.connected / attempts,
    servedShare: clients.served / attempts,
    laterServed: clients.laterServed,
    laterFailed: clients.laterFailed,
    optionsLost: clients.optionsLost,
  };
  for (let i = 0; i < TRIES; i++) numbers[`tries.${i + 1}`] = answeredAtTry[i] ?? 0;
  for (const reason of REASONS) numbers[`failed.${reason}`] = clients.failed[reason] ?? 0;
  numbers.failed = Object.values(clients.failed).reduce((sum, count) => sum + count, 0);
  put(numbers, 'connectTime', percentiles(clients.connectTime));
  put(numbers, 'responseTime', percentiles(clients.responseTime));
  return numbers;
}

function percentiles({ count, mean, p50, p90, p99, max }: Percentiles): Record<string, number> {
  const value = (t: number): number => (count === 0 ? Number.NaN : t / 1e9);
  return { mean: value(mean), p50: value(p50), p90: value(p90), p99: value(p99), max: value(max) };
}

function boxMeasures(box: BoxReport, { ranTo }: FloodReport): Record<string, number> {
  const { entries, peakEntries, counters } = box;
  return { ...counters, entries, peakEntries, cpu: box.cpu / 1e9, cpuShare: ranTo === 0 ? 0 : box.cpu / ranTo };
}

function put(all: Record<string, number>, prefix: string, numbers: Readonly<Record<string, number>>): void {
  for (const [key, value] of Object.entries(numbers)) all[`${prefix}.${key}`] = value;
}

function sums<K extends string>(
  items: readonly Readonly<Record<K, number>>[],
  keys: readonly K[],
): Record<string, number> {
  return Object.fromEntries(keys.map((key) => [key, items.reduce((sum, item) => sum + item[key], 0)]));
}

/** -1 stands for never. */
function seconds(t: number): number {
  return t < 0 ? Infinity : t / 1e9;
}

/** What Linux sends at most: the SYN, six repetitions (tcp_syn_retries) and four before they count (tcp_syn_linear_timeouts). */
const TRIES = 11;
const REASONS = ['timeout', 'reset', 'refused', 'patience', 'closed'] as const;
const PERCENTILES = ['mean', 'p50', 'p90', 'p99', 'max'];

const CLIENT_KEYS: readonly string[] = [
  ...['attempts', 'open', 'answered', 'connected', 'served', 'firstTry', 'ever', 'connectedShare', 'servedShare'],
  ...['laterServed', 'laterFailed', 'optionsLost', 'failed'],
  ...REASONS.map((reason) => `failed.${reason}`),
  ...Array.from({ length: TRIES }, (_, i) => `tries.${i + 1}`),
  ...PERCENTILES.map((key) => `connectTime.${key}`),
  ...PERCENTILES.map((key) => `responseTime.${key}`),
];

const QUEUE_KEYS: readonly string[] = [
  ...[
    'capacity',
    'peak',
    'fullAt',
    'timeToExhaustion',
    'fullShare',
    'timeToRecovery',
    'peakAccept',
    'bytes',
    'simulatorBytes',
  ],
];

const ROAD_KEYS: readonly string[] = [
  ...['segmentsIn', 'segmentsOut', 'bytesIn', 'bytesOut', 'lost', 'overflow', 'backscatter'],
];

const SERIES_NAMES: readonly string[] = [
  ...['halfOpen', 'halfOpenFlood', 'acceptQueue', 'established', 'floodSyns', 'clientSyns', 'synAcks'],
  ...['dropsSynQueue', 'dropsAcceptQueue', 'dropsReserve', 'dropsBox', 'dropsLink', 'cookies', 'evicted', 'expired'],
  ...['connected', 'connectedFirstTry', 'failed', 'connectTimeMean', 'cpu', 'bots'],
];
