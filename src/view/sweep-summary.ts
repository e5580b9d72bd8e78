/** What a sweep found, point by point: plain data made from the runs alone, the same whoever computed them and in whatever order. */
import { meanInterval, shareInterval } from './confidence.ts';
import { type DataColumn, mixedColumn } from './data-columns.ts';

/** What was asked, and every run there is an answer from. */
export interface SweepRuns {
  /** Name of the scenario. */
  readonly scenario: string;
  readonly seed: number;
  readonly replicas: number;
  readonly confidence: number;
  /** Names of the varied settings. */
  readonly parameters: readonly string[];
  readonly measures: readonly SweepColumn[];
  readonly points: readonly SweepPoint[];
}

export interface SweepColumn {
  readonly label: string;
  /** A share counts the runs in which a comparison held; a mean is that of a number of the report. */
  readonly kind: 'mean' | 'share';
}

export interface SweepPoint {
  /** One per parameter. */
  readonly settings: readonly unknown[];
  /** In the order of `replica`; fewer than `replicas` while the sweep is not complete. */
  readonly runs: readonly SweepRun[];
}

export interface SweepRun {
  readonly replica: number;
  readonly seed: number;
  /** Of every segment's passage. */
  readonly hash: string;
  /** One per measure; null where the run has no such number (a queue that never filled has no moment at which it did). */
  readonly values: readonly (number | null)[];
}

/** Mean or share over the runs that have the number. */
export interface Estimate {
  readonly n: number;
  readonly mean: number | null;
  /** Ends of the interval; null where the runs are too few for one. */
  readonly low: number | null;
  readonly high: number | null;
}

/** The estimate of one measure at one point. */
export function estimate(sweep: SweepRuns, point: SweepPoint, measure: number): Estimate {
  const values: number[] = [];
  for (const run of point.runs) {
    const value = run.values[measure] ?? null;
    if (value !== null) values.push(value);
  }
  const n = values.length;
  if (n === 0) return { n, mean: null, low: null, high: null };
  // Counted from the first one, so that equal values have exactly their own mean, and no width.
  const first = values[0] ?? 0;
  const mean = first + values.reduce((sum, value) => sum + (value - first), 0) / n;
  if (sweep.measures[measure]?.kind === 'share') {
    return { n, mean, ...shareInterval(Math.round(mean * n), n, sweep.confidence) };
  }
  if (n < 2) return { n, mean, low: null, high: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, ...meanInterval(n, mean, Math.sqrt(squares / (n - 1)), sweep.confidence) };
}

/** One object for each point, for JSON. */
export function sweepJson(sweep: SweepRuns, version: string): string {
  const { points, ...head } = sweep;
  const rows = points.map((point, index) => ({
    point: index,
    settings: Object.fromEntries(sweep.parameters.map((name, i) => [name, point.settings[i]])),
    estimates: Object.fromEntries(sweep.measures.map(({ label }, i) => [label, estimate(sweep, point, i)])),
    runs: point.runs,
  }));
  return `${JSON.stringify({ halfopen: version, ...head, points: rows }, null, 2)}\n`;
}

/** One row for each point: its settings, how many runs it had, and for each measure the mean and the interval's ends. */
export function pointColumns(sweep: SweepRuns): DataColumn[] {
  const { points } = sweep;
  const columns: DataColumn[] = [
    { name: 'point', kind: 'integer', data: points.map((_, index) => index) },
    ...sweep.parameters.map((name, i) =>
      mixedColumn(
        name,
        points.map((point) => point.settings[i]),
      ),
    ),
    { name: 'runs', kind: 'integer', data: points.map(({ runs }) => runs.length) },
  ];
  for (const [index, { label }] of sweep.measures.entries()) {
    const found = points.map((point) => estimate(sweep, point, index));
    columns.push(
      { name: label, kind: 'number', data: found.map(({ mean }) => mean) },
      { name: `${label} low`, kind: 'number', data: found.map(({ low }) => low) },
      { name: `${label} high`, kind: 'number', data: found.map(({ high }) => high) },
    );
  }
  return columns;
}

/** One row for each run. */
export function runColumns(sweep: SweepRuns): DataColumn[] {
  const rows = sweep.points.flatMap((point, index) => point.runs.map((run) => ({ index, point, run })));
  return [
    { name: 'point', kind: 'integer', data: rows.map(({ index }) => index) },
    { name: 'replica', kind: 'integer', data: rows.map(({ run }) => run.replica) },
    { name: 'seed', kind: 'integer', data: rows.map(({ run }) => run.seed) },
    ...sweep.parameters.map((name, i) =>
      mixedColumn(
        name,
        rows.map(({ point }) => point.settings[i]),
      ),
    ),
    ...sweep.measures.map(
      ({ label }, i): DataColumn => ({
        name: label,
        kind: 'number',
        data: rows.map(({ run }) => run.values[i] ?? null),
      }),
    ),
    { name: 'hash', kind: 'text', data: rows.map(({ run }) => run.hash) },
  ];
}
