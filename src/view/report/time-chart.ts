/**
 * A chart over the time of a capture, as HTML around a stretched SVG: lines widen with the page while text keeps its size,
 * on a phone as on paper. Lines differ by dashes as well as by colour, and what it shows is said in words.
 */
import { countText } from '../flood-number.ts';
import { roundUp } from '../plot-model.ts';
import { bandPath, type PlotBox, stepPath } from '../plot-path.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { sinceStart } from './report-input.ts';

export interface ChartLine {
  readonly label: string;
  readonly role: 'syn' | 'synack' | 'completed' | 'refused' | 'newsources' | 'halfopen';
  /** One per step of the axis. */
  readonly values: readonly number[];
  /** Filled down to zero. */
  readonly area?: boolean;
}

export interface TimeAxis {
  /** ns since the first packet. */
  readonly start: number;
  readonly span: number;
  /** A moment on the clock, to the second; '' when the capture has none. */
  readonly clock: (ts: number) => string;
}

/** A stretch that stands out, with a word at either edge; `to` is -1 when it has no end. */
export interface ChartStretch {
  readonly from: number;
  readonly to: number;
  readonly began: string;
  readonly ended: string;
}

export interface TimeChart {
  readonly title: string;
  readonly lines: readonly ChartLine[];
  readonly axis: TimeAxis;
  readonly stretch: ChartStretch | undefined;
  /** What a reader who does not see it needs to know. */
  readonly description: string;
  readonly low?: boolean;
}

export function timeChart(chart: TimeChart): Markup {
  const { axis, stretch } = chart;
  const samples = Math.max(1, ...chart.lines.map(({ values }) => values.length));
  const most = Math.max(0, ...chart.lines.map(({ values }) => values.reduce((top, value) => Math.max(top, value), 0)));
  const box: PlotBox = { width: WIDTH, height: HEIGHT, samples, top: roundUp(most) };
  return html`<div class="chart-head"><b>${chart.title}</b><span class="legend">${chart.lines.map(legendEntry)}</span></div>
<div class="plot${chart.low === true ? ' low' : ''}" role="img" aria-label="${chart.title}. ${chart.description}">
${flags(stretch, axis)}<div class="plot-area">${during(stretch, axis)}${[box.top, box.top / 2, 0].map((value) => gridLine(value, box))}
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true">${chart.lines.map((line) => linePaths(line, box))}</svg>${edges(stretch, axis)}</div>
<div class="plot-x">${timeTicks(axis).map((tick) => tickLabel(tick, axis))}</div>
</div>
`;
}

/** Round times within the axis, at most six. */
function timeTicks({ start, span }: Pick<TimeAxis, 'start' | 'span'>): number[] {
  if (!(span > 0)) return [start];
  const step = TICK_STEPS.find((one) => span / one <= MOST_TICKS) ?? dayStep(span);
  const ticks: number[] = [];
  for (let ts = Math.ceil(start / step) * step; ts <= start + span; ts += step) ticks.push(ts);
  return ticks;
}

/** Where a moment stands, in percent of the width. */
export function percentAt(ts: number, { start, span }: Pick<TimeAxis, 'start' | 'span'>): number {
  const share = span > 0 ? (ts - start) / span : 0;
  return Math.round(Math.min(1, Math.max(0, share)) * 1e4) / 100;
}

const WIDTH = 1000;
const HEIGHT = 240;

const MOST_TICKS = 5;

/** 1 µs to a week, in steps that people count in. */
const TICK_STEPS: readonly number[] = [
  ...[1e3, 1e4, 1e5, 1e6, 1e7, 1e8].flatMap((power) => [power, 2 * power, 5 * power]),
  ...[1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400].map(
    (s) => s * 1e9,
  ),
];

function dayStep(span: number): number {
  return Math.ceil(span / MOST_TICKS / 86_400e9) * 86_400e9;
}

function legendEntry({ label, role, area }: ChartLine): Markup {
  const ground = area === true ? html`<rect class="c-${role}-area" width="22" height="12"/>` : NOTHING;
  return html`<span><svg viewBox="0 0 22 12" aria-hidden="true">${ground}<path class="c-${role}" vector-effect="non-scaling-stroke" d="M0 ${area === true ? 1 : 6}H22"/></svg>${label}</span>`;
}

function linePaths({ role, values, area }: ChartLine, box: PlotBox): Markup {
  const zero = values.map(() => 0);
  const ground = area === true ? html`<path class="c-${role}-area" d="${bandPath(zero, values, box)}"/>` : NOTHING;
  return html`${ground}<path class="c-${role}" vector-effect="non-scaling-stroke" d="${stepPath(values, box)}"/>`;
}

function gridLine(value: number, { top }: PlotBox): Markup {
  const at = (100 * value) / top;
  const label = html`<span class="plot-y" style="bottom:${at}%">${countText(Number(value.toPrecision(6)))}</span>`;
  return value === 0 ? label : html`${label}<span class="plot-grid" style="bottom:${at}%"></span>`;
}

function tickLabel(ts: number, axis: TimeAxis): Markup {
  const at = percentAt(ts, axis);
  const place = at > 94 ? ' class="last"' : at < 2 ? ' class="first"' : '';
  const clock = axis.clock(ts);
  const lines = clock === '' ? html`${sinceStart(ts)}` : html`${sinceStart(ts)}<br>${clock}`;
  if (place === '') return html`<span style="left:${at}%">${lines}</span>`;
  return html`<span class="${at > 94 ? 'last' : 'first'}" style="left:${at}%">${lines}</span>`;
}

function during(stretch: ChartStretch | undefined, axis: TimeAxis): Markup {
  if (stretch === undefined) return NOTHING;
  const from = percentAt(stretch.from, axis);
  const to = stretch.to < 0 ? 100 : percentAt(stretch.to, axis);
  return html`<span class="plot-during" style="left:${from}%;width:${Math.round((to - from) * 100) / 100}%"></span>`;
}

function edges(stretch: ChartStretch | undefined, axis: TimeAxis): Markup {
  if (stretch === undefined) return NOTHING;
  const begin = html`<span class="plot-edge" style="left:${percentAt(stretch.from, axis)}%"></span>`;
  if (stretch.to < 0) return begin;
  return html`${begin}<span class="plot-edge" style="left:${percentAt(stretch.to, axis)}%"></span>`;
}

/** The words at the edges: in two rows, unless they are far enough apart to share one. */
function flags(stretch: ChartStretch | undefined, axis: TimeAxis): Markup {
  if (stretch === undefined) return NOTHING;
  const from = percentAt(stretch.from, axis);
  const begin = html`<span class="plot-flag${from > 60 ? ' left' : ''}" style="left:${from}%">${stretch.began}</span>`;
  if (stretch.to < 0) return html`<div class="plot-flags">${begin}</div>`;
  const to = percentAt(stretch.to, axis);
  const second = html`<span class="plot-flag second${to > 40 ? ' left' : ''}" style="left:${to}%">${stretch.ended}</span>`;
  return html`<div class="plot-flags two">${begin}${second}</div>`;
}
