/** The series of a run: a row per sample, written column by column. */
import type { Nanos } from '../../tcp/types.ts';
import type { FloodSeries, SeriesName } from '../flood-report.ts';

/** Order of the columns in files. Gauges first; the rest counts what happened within a sample. */
export const SERIES: readonly SeriesName[] = [
  'halfOpen',
  'halfOpenFlood',
  'acceptQueue',
  'established',
  'bots',
  'floodSyns',
  'clientSyns',
  'synAcks',
  'dropsSynQueue',
  'dropsAcceptQueue',
  'dropsReserve',
  'dropsBox',
  'dropsLink',
  'cookies',
  'evicted',
  'expired',
  'connected',
  'connectedFirstTry',
  'failed',
  'connectTimeMean',
  'cpu',
];

export type SeriesRow = Readonly<Record<SeriesName, number>>;

export class Series {
  readonly #every: Nanos;
  readonly #columns: Record<SeriesName, number[]>;
  #length = 0;

  constructor(every: Nanos) {
    this.#every = every;
    // Every name of the list, so the record is complete.
    this.#columns = Object.fromEntries(SERIES.map((name) => [name, []])) as unknown as Record<SeriesName, number[]>;
  }

  push(row: SeriesRow): void {
    this.#length++;
    for (const name of SERIES) this.#columns[name].push(row[name]);
  }

  /** A copy: what is pushed later does not show in it. */
  read(): FloodSeries {
    const columns = { ...this.#columns };
    for (const name of SERIES) columns[name] = [...columns[name]];
    return { every: this.#every, length: this.#length, columns };
  }
}
