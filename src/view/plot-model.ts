/**
 * What is plotted of a flood run, as plain numbers on one time axis: occupancy against capacity, drops by cause, success
 * at the first try and ever, connect time. The terminal, SVG files and the lab draw from this and decide nothing.
 */
import type { FloodSeries, SeriesName } from '../sim/flood-report.ts';
import type { Nanos } from '../tcp/types.ts';
import { countText } from './flood-number.ts';

export type PlotId = 'occupancy' | 'drops' | 'success' | 'connect-time';

/** What a line stands for; a renderer brings the colour and the pattern, and the label says it in words. */
export type PlotRole =
  | 'halfopen'
  | 'spoofed'
  | 'server'
  | 'client'
  | 'established'
  | 'syn-queue'
  | 'accept-queue'
  | 'reserve'
  | 'box'
  | 'link';

export interface PlotLine {
  readonly id: string;
  readonly label: string;
  readonly role: PlotRole;
  /** One per sample, in the plot's unit; NaN = nothing to say, a gap. */
  readonly values: readonly number[];
}

export interface Plot {
  readonly id: PlotId;
  readonly title: string;
  /** Behind a number: ' %', '/s', ' s', or ''. */
  readonly unit: string;
  /** `lines`: each by itself. `stack`: each on top of those before it. */
  readonly draw: 'lines' | 'stack';
  readonly lines: readonly PlotLine[];
  /** Upper end of the axis, a round number; the lower end is 0. */
  readonly top: number;
  /** Worth a label, ascending, from 0 to `top`. */
  readonly ticks: readonly number[];
  /** A level that means something, such as a queue's capacity; null = none. */
  readonly limit: { readonly value: number; readonly label: string } | null;
}

export interface PlotOptions {
  /** Half-open entries the SYN queue holds when full. */
  readonly capacity: number;
  /** Success is the share of those attempts that ended within this span before a sample. Default 5 s. */
  readonly window?: Nanos;
}

/** The four plots, always the same four in the same order. */
export function floodPlots(series: FloodSeries, options: PlotOptions): readonly Plot[] {
  const { capacity, window = SUCCESS_WINDOW } = options;
  return [occupancy(series, capacity), drops(series), success(series, window), connectTime(series)];
}

/** Two runs beside each other: every pair of plots gets the same axis, so that heights compare. */
export function onOneAxis(left: readonly Plot[], right: readonly Plot[]): [readonly Plot[], readonly Plot[]] {
  const both = (plots: readonly Plot[], others: readonly Plot[]): readonly Plot[] =>
    plots.map((plot, i) => withTop(plot, Math.max(plot.top, others[i]?.top ?? 0)));
  return [both(left, right), both(right, left)];
}

/** When sample `i` was read: it covers the time up to then. */
export function sampleTime(series: FloodSeries, i: number): Nanos {
  return (i + 1) * series.every;
}

/** The last sample whose time has come by `t`; -1 = none yet. */
export function sampleAt(series: FloodSeries, t: Nanos): number {
  return Math.min(series.length, Math.floor(t / series.every)) - 1;
}

/** A value with its unit, for labels and tables: `129`, `2,300/s`, `87 %`, `0.08 s`, `–` for none. */
export function plotValue(plot: Plot, value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = plot.id === 'connect-time' ? (value < 1 ? 3 : 2) : plot.unit === '/s' && value < 10 ? 1 : 0;
  return `${countText(Number(value.toFixed(digits)))}${plot.unit}`;
}

function occupancy(series: FloodSeries, capacity: number): Plot {
  return plotOf({
    id: 'occupancy',
    title: 'Half-open entries',
    unit: '',
    draw: 'lines',
    lines: [
      { id: 'halfOpen', label: 'all', role: 'halfopen', values: series.columns.halfOpen },
      { id: 'halfOpenFlood', label: 'of the flood', role: 'spoofed', values: series.columns.halfOpenFlood },
      { id: 'acceptQueue', label: 'accept queue', role: 'server', values: series.columns.acceptQueue },
    ],
    limit: { value: capacity, label: `full: ${countText(capacity)}` },
  });
}

function drops(series: FloodSeries): Plot {
  const perSecond = (column: SeriesName): readonly number[] =>
    series.columns[column].map((count) => (count * 1e9) / series.every);
  return plotOf({
    id: 'drops',
    title: 'Dropped, by cause',
    unit: '/s',
    draw: 'stack',
    lines: DROPS.map(([column, label, role]) => ({ id: column, label, role, values: perSecond(column) })),
    limit: null,
  });
}

function success(series: FloodSeries, window: Nanos): Plot {
  const span = Math.max(1, Math.round(window / series.every));
  const connected = slidingSum(series.columns.connected, span);
  const failed = slidingSum(series.columns.failed, span);
  const first = slidingSum(series.columns.connectedFirstTry, span);
  const share = (part: readonly number[]): number[] =>
    part.map((n, i) => {
      const ended = connected[i]! + failed[i]!;
      return ended > 0 ? (100 * n) / ended : Number.NaN;
    });
  return {
    id: 'success',
    title: 'Clients that connect',
    unit: ' %',
    draw: 'lines',
    lines: [
      { id: 'ever', label: 'ever', role: 'established', values: share(connected) },
      { id: 'first', label: 'at the first SYN', role: 'client', values: share(first) },
    ],
    top: 100,
    ticks: [0, 50, 100],
    limit: null,
  };
}

function connectTime(series: FloodSeries): Plot {
  // A sample in which nobody connected has no mean.
  const values = series.columns.connectTimeMean.map((ns) => (ns > 0 ? ns / 1e9 : Number.NaN));
  return plotOf({
    id: 'connect-time',
    title: 'Time to connect, mean',
    unit: ' s',
    draw: 'lines',
    lines: [{ id: 'connectTimeMean', label: 'mean', role: 'client', values }],
    limit: null,
  });
}

function plotOf(plot: Omit<Plot, 'top' | 'ticks'>): Plot {
  let most = plot.limit?.value ?? 0;
  const length = plot.lines[0]?.values.length ?? 0;
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (const { values } of plot.lines) {
      const value = values[i]!;
      if (Number.isNaN(value)) continue;
      sum = plot.draw === 'stack' ? sum + value : Math.max(sum, value);
    }
    if (sum > most) most = sum;
  }
  return withTop({ ...plot, top: 0, ticks: [] }, roundUp(most));
}

function withTop(plot: Plot, top: number): Plot {
  return { ...plot, top, ticks: plot.id === 'success' ? plot.ticks : [0, top / 2, top] };
}

/** The next of 1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8 times a power of ten: its half is a short number too. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  let power = 1;
  while (power * 10 <= value) power *= 10;
  while (power > value) power /= 10;
  return (STEPS.find((step) => step * power >= value) ?? 10) * power;
}

/** Sum of the last `span` values up to each. */
function slidingSum(values: readonly number[], span: number): number[] {
  const sums: number[] = [];
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    sum += values[i]! - (i >= span ? values[i - span]! : 0);
    sums.push(sum);
  }
  return sums;
}

const SUCCESS_WINDOW = 5e9;

const STEPS: readonly number[] = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8];

const DROPS: readonly (readonly [SeriesName, string, PlotRole])[] = [
  ['dropsSynQueue', 'SYN queue full', 'syn-queue'],
  ['dropsAcceptQueue', 'accept queue full', 'accept-queue'],
  ['dropsReserve', 'kept for proven peers', 'reserve'],
  ['dropsBox', 'by a network defence', 'box'],
  ['dropsLink', 'on the link', 'link'],
];
