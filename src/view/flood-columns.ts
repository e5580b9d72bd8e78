/** The series of a flood report as columns of data, for CSV and Parquet files: one row a sample. */
import type { FloodSeries } from '../sim/flood-report.ts';
import type { DataColumn } from './data-columns.ts';

/** `time_s` is the end of each sample; counts are of the sample, gauges are read at its end; times in seconds. */
export function floodColumns({ every, length, columns }: FloodSeries): DataColumn[] {
  const time: DataColumn = {
    name: 'time_s',
    kind: 'number',
    data: Array.from({ length }, (_, i) => ((i + 1) * every) / 1e9),
  };
  return [time, ...Object.entries(columns).map(([name, data]) => column(name, data))];
}

function column(name: string, data: readonly number[]): DataColumn {
  if (name === 'connectTimeMean') {
    // Nobody connected: there is no mean.
    return { name: 'connectTimeMean_s', kind: 'number', data: data.map((ns) => (ns > 0 ? ns / 1e9 : null)) };
  }
  if (name === 'cpu' || name === 'bots') return { name, kind: 'number', data };
  return { name, kind: 'integer', data };
}
