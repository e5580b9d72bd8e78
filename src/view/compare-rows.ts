/** Several defences against one flood on one seed, as rows of numbers: what each buys and what it costs. */
import { measuresOf } from '../sim/flood-measures.ts';
import type { FloodReport } from '../sim/flood-report.ts';
import type { DataColumn } from './data-columns.ts';

/** Numbers of one run; NaN where there is nothing to tell. Times in seconds. */
export interface CompareRow {
  readonly defence: string;
  /** Answered at the first SYN, and at any. */
  readonly firstTry: number;
  readonly ever: number;
  readonly served: number;
  readonly connectP50: number;
  readonly connectP99: number;
  /** First SYN to the whole response. */
  readonly responseP50: number;
  /** How much later half of them have it than without any flood or defence. */
  readonly added: number;
  readonly halfOpenPeak: number;
  readonly queueBytes: number;
  /** Things that boxes on the road remembered at most. */
  readonly boxEntries: number;
  /** Sent by the server, and those of the server or of boxes that went to addresses which had sent nothing. */
  readonly synAcks: number;
  readonly backscatter: number;
  /** Connections made from a cookie, and those that lost window scale or SACK by whatever stood between. */
  readonly byCookie: number;
  readonly optionsLost: number;
  readonly serverCpu: number;
  readonly boxCpu: number;
}

/** `quiet`: the same clients and nobody else. */
export function compareRow(defence: string, report: FloodReport, quiet: FloodReport): CompareRow {
  const m = measuresOf(report);
  const of = (key: string): number => m[key] ?? Number.NaN;
  const usual = measuresOf(quiet)['clients.all.responseTime.p50'] ?? Number.NaN;
  return {
    defence,
    firstTry: of('clients.all.firstTry'),
    ever: of('clients.all.ever'),
    served: of('clients.all.servedShare'),
    connectP50: of('clients.all.connectTime.p50'),
    connectP99: of('clients.all.connectTime.p99'),
    responseP50: of('clients.all.responseTime.p50'),
    added: of('clients.all.responseTime.p50') - usual,
    halfOpenPeak: of('queue.peak'),
    queueBytes: of('queue.bytes'),
    boxEntries: report.boxes.reduce((sum, { peakEntries }) => sum + peakEntries, 0),
    synAcks: of('series.synAcks.sum'),
    backscatter: of('road.backscatter'),
    byCookie:
      (m['counters.all.SyncookiesRecv'] ?? 0) +
      report.boxes.reduce((sum, box) => sum + (box.counters.cookieValid ?? 0), 0),
    optionsLost: of('clients.all.optionsLost'),
    serverCpu: of('cpu.share'),
    boxCpu: report.ranTo === 0 ? 0 : report.boxes.reduce((sum, { cpu }) => sum + cpu, 0) / report.ranTo,
  };
}

/** For CSV: the rows under the names they have here, as in JSON. */
export function compareColumns(rows: readonly CompareRow[]): DataColumn[] {
  const names = Object.keys(rows[0] ?? {}) as (keyof CompareRow)[]; // all rows have the same
  return names.map((name) => {
    if (name === 'defence') return { name, kind: 'text', data: rows.map((row) => row[name]) };
    const data = rows.map((row) => (Number.isFinite(row[name]) ? row[name] : null));
    return { name, kind: 'number', data };
  });
}
