/** The moments of a flood worth jumping to: the next drop, the next expiry, the next turn of the story. */
import type { FloodReport, FloodSeries, SeriesName } from '../sim/flood-report.ts';
import type { Nanos } from '../tcp/types.ts';
import { sampleTime } from './plot-model.ts';

export type SampleKind = 'drop' | 'expiry' | 'moment';

/** The first such time after `t` in any of the runs, -1 = none. Drops and expiries are known to the sample. */
export function nextSample(reports: readonly FloodReport[], t: Nanos, kind: SampleKind): Nanos {
  const times = reports.map((report) => {
    if (kind === 'moment') return report.moments.find((moment) => moment.t > t)?.t ?? Number.POSITIVE_INFINITY;
    return nextIn(report.series, t, kind === 'drop' ? DROPS : ['expired']);
  });
  const first = Math.min(...times);
  return Number.isFinite(first) ? first : -1;
}

function nextIn(series: FloodSeries, t: Nanos, names: readonly SeriesName[]): Nanos {
  for (let i = Math.max(0, Math.floor(t / series.every)); i < series.length; i++) {
    if (sampleTime(series, i) > t && names.some((name) => (series.columns[name][i] ?? 0) > 0)) {
      return sampleTime(series, i);
    }
  }
  return Number.POSITIVE_INFINITY;
}

const DROPS: readonly SeriesName[] = ['dropsSynQueue', 'dropsAcceptQueue', 'dropsReserve', 'dropsBox', 'dropsLink'];
