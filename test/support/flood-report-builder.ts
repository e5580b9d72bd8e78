/** Hand-made reports of flood runs: a quiet run where nothing happened, and whatever a test changes about it. */
import { NOBODY } from '../../src/sim/crowd/attempts.ts';
import type { ClientsReport, FloodReport, FloodSeries, Percentiles, SeriesName } from '../../src/sim/flood-report.ts';
import { SERIES } from '../../src/sim/measure/series.ts';

/** A report in which nothing happened, with `change` laid over it. */
export function floodReport(change: Partial<FloodReport> = {}): FloodReport {
  return { ...QUIET, ...change };
}

/** Columns of `length` samples one second apart; those not given are zero. */
export function floodSeries(
  length: number,
  columns: Partial<Record<SeriesName, readonly number[]>> = {},
  every = 1e9,
): FloodSeries {
  const all = Object.fromEntries(
    SERIES.map((name) => [name, columns[name] ?? Array.from({ length }, () => 0)]),
  ) as Record<SeriesName, readonly number[]>; // fromEntries forgets its keys
  return { every, length, columns: all };
}

/** A group of clients none of whom came, with `change` laid over it. */
export function clientsReport(change: Partial<ClientsReport> = {}): ClientsReport {
  return { ...NOBODY, ...change };
}

/** Percentiles of a population that all took the same time. */
export function allTook(ns: number, count: number): Percentiles {
  return { count, mean: ns, p50: ns, p90: ns, p99: ns, max: ns };
}

const QUIET: FloodReport = {
  scenario: 'quiet',
  title: 'Nothing happens',
  seed: 1,
  profile: 'linux-6',
  ranTo: 10e9,
  stopped: false,
  hash: '0000000000000000',
  series: floodSeries(10),
  clients: [NOBODY],
  floods: [],
  botnets: [],
  listeners: [{ port: 80, backlog: 128, policy: 'drop-when-full', counters: {} }],
  boxes: [],
  queue: {
    capacity: 129,
    peak: 0,
    fullAt: -1,
    timeToExhaustion: -1,
    fullShare: 0,
    timeToRecovery: 0,
    peakAccept: 0,
    bytes: 10_320,
    simulatorBytes: 10_320,
  },
  road: { segmentsIn: 0, segmentsOut: 0, bytesIn: 0, bytesOut: 0, lost: 0, overflow: 0, backscatter: 0 },
  cpu: { busy: 0, share: 0, dropped: 0 },
  followed: null,
  moments: [],
};
