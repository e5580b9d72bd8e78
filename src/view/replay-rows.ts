/** What a server with other settings would have made of a captured flood, one row a defence. */
import { measuresOf } from '../sim/flood-measures.ts';
import type { FloodReport } from '../sim/flood-report.ts';
import type { DataColumn } from './data-columns.ts';

/** Numbers of one run; NaN where there is nothing to tell. Times in seconds since the first packet of the replay. */
export interface ReplayRow {
  readonly defence: string;
  /** Most half-open entries at once, and how many the SYN queue holds. */
  readonly halfOpenPeak: number;
  readonly capacity: number;
  /** First moment without room; Infinity = never. */
  readonly fullAt: number;
  /** Share of the flood's duration without room. */
  readonly fullShare: number;
  /** SYNs that found no room, of the flood and of people alike. */
  readonly dropped: number;
  readonly cookies: number;
  readonly evicted: number;
  /** SYN/ACKs to addresses that had not asked. */
  readonly backscatter: number;
  /** Share of the probes that were answered at their first SYN, that were served, and the median time to connect. */
  readonly probesFirstTry: number;
  readonly probesServed: number;
  readonly probesConnect: number;
  /** People of the capture who would have connected, and how many there are. */
  readonly peopleConnected: number;
  readonly people: number;
}

/** `lead`: ns of the run before the first SYN of the capture. */
export function replayRow(defence: string, report: FloodReport, lead: number): ReplayRow {
  const m = measuresOf(report);
  const of = (key: string): number => m[key] ?? Number.NaN;
  const count = (key: string): number => m[key] ?? 0;
  const fullAt = of('queue.fullAt');
  return {
    defence,
    halfOpenPeak: of('queue.peak'),
    capacity: of('queue.capacity'),
    fullAt: Number.isFinite(fullAt) ? Math.max(0, fullAt - lead / 1e9) : fullAt,
    fullShare: of('queue.fullShare'),
    dropped:
      count('series.dropsSynQueue.sum') +
      count('series.dropsAcceptQueue.sum') +
      count('series.dropsReserve.sum') +
      count('series.dropsBox.sum'),
    cookies: count('series.cookies.sum'),
    evicted: count('series.evicted.sum'),
    backscatter: of('road.backscatter'),
    probesFirstTry: of('clients.probes.firstTry'),
    probesServed: of('clients.probes.servedShare'),
    probesConnect: of('clients.probes.connectTime.p50'),
    peopleConnected: count('clients.people.connected'),
    people: count('clients.people.attempts'),
  };
}

/** For CSV: the rows under the names they have here, as in JSON. */
export function replayColumns(rows: readonly ReplayRow[]): DataColumn[] {
  const names = Object.keys(rows[0] ?? {}) as (keyof ReplayRow)[]; // all rows have the same
  return names.map((name) => {
    if (name === 'defence') return { name, kind: 'text', data: rows.map((row) => row[name]) };
    const data = rows.map((row) => (Number.isFinite(row[name]) ? row[name] : null));
    return { name, kind: 'number', data };
  });
}
