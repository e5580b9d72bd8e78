/** What happened when: segments a second and half-open connections on one axis of time, and the same as a small table. */
import type { Judgement, RateCurve } from '../../diagnose/findings.ts';
import { countText } from '../flood-number.ts';
import { hasClock } from '../utc-text.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { perSecond, rateNumber } from './phrases.ts';
import { clockText, isOfReplies, type ReportInput, sinceStart } from './report-input.ts';
import { type ChartLine, type ChartStretch, type TimeAxis, timeChart } from './time-chart.ts';

export function timelineBlock(judgement: Judgement, input: ReportInput): Markup {
  const { rate } = judgement;
  // What is over within a step is no curve.
  if (rate.syn.length < LEAST_STEPS) return NOTHING;
  const shown = isOfReplies(judgement) ? [rate.strayReplies] : [rate.syn, rate.synack];
  if (!shown.some((values) => values.some((value) => value > 0))) return NOTHING;
  const axis = timeAxis(rate, input);
  const stretch = stretchOf(judgement);
  const title = 'Segments a second';
  const lines = isOfReplies(judgement) ? replyLines(rate) : rateLines(rate);
  const most = isOfReplies(judgement) ? 0 : Math.max(...rate.halfOpen);
  const halfOpen: ChartLine = {
    label: 'begun, neither completed nor refused',
    role: 'halfopen',
    values: rate.halfOpen,
    area: true,
  };
  return html`<h3>Over time</h3>
<figure>
${timeChart({ title, lines, axis, stretch, description: describe(lines, rate) })}
${most > 0 ? timeChart({ title: 'Unfinished at a time', lines: [halfOpen], axis, stretch, low: true, description: `At most ${countText(most)}.` }) : NOTHING}
<figcaption>${caption(judgement, input)}</figcaption>
</figure>
${isOfReplies(judgement) ? NOTHING : phases(judgement, input.findings.duration)}`;
}

/** The axis of a curve. */
function timeAxis({ start, step, syn }: RateCurve, { findings }: ReportInput): TimeAxis {
  return { start, span: step * syn.length, clock: (ts) => clockText(findings, ts, 0) };
}

/** Fewer steps make no curve. */
const LEAST_STEPS = 3;

function stretchOf(judgement: Judgement): ChartStretch | undefined {
  if (judgement.kind === 'nothing' || judgement.onset < 0) return undefined;
  const { onset, end } = judgement;
  return { from: onset, to: end, began: `begins ${sinceStart(onset)}`, ended: `ends ${sinceStart(end)}` };
}

function replyLines(rate: RateCurve): ChartLine[] {
  return [{ label: 'replies without a SYN', role: 'synack', values: perSecond(rate.strayReplies, rate), area: true }];
}

function rateLines(rate: RateCurve): ChartLine[] {
  const lines: ChartLine[] = [
    { label: 'SYN', role: 'syn', values: perSecond(rate.syn, rate), area: true },
    { label: 'SYN/ACK', role: 'synack', values: perSecond(rate.synack, rate) },
    { label: 'completed', role: 'completed', values: perSecond(rate.completed, rate) },
    { label: 'refused', role: 'refused', values: perSecond(rate.refused, rate) },
  ];
  // A line of zeros says "none": worth it for those that ought to be there, noise for the others.
  return lines.filter(({ role, values }) => role !== 'refused' || values.some((value) => value > 0));
}

function describe(lines: readonly ChartLine[], rate: RateCurve): string {
  const peaks = lines.map(({ label, values }) => {
    const top = values.reduce((best, value) => Math.max(best, value), 0);
    if (top === 0) return `no ${label}`;
    const at = rate.start + values.indexOf(top) * rate.step;
    return `${label} at most ${rateNumber(top)} a second, at ${sinceStart(at)}`;
  });
  return `${peaks.join('; ')}.`;
}

function caption(judgement: Judgement, { findings }: ReportInput): string {
  const { vantage } = findings;
  const { step } = judgement.rate;
  const clock = hasClock(findings.startSec) ? ', below it the time of day in UTC' : '';
  if (isOfReplies(judgement))
    return `Steps of ${sinceStart(step)}; time since the first packet${clock}. Shaded: the time the finding is about.`;
  const unfinished =
    vantage.view === 'clients-only'
      ? 'What is unfinished is counted from the packets; as no answers are among them, some of it may have been finished after all.'
      : 'What is unfinished is counted from the packets, without any limit of a queue.';
  const shaded = judgement.kind === 'nothing' ? '' : ' Shaded: the time the finding is about.';
  return `Steps of ${sinceStart(step)}; time since the first packet${clock}.${shaded} ${unfinished}`;
}

/** Before, during and after in numbers. */
function phases(judgement: Judgement, duration: number): Markup {
  const { rate, onset, end } = judgement;
  if (judgement.kind === 'nothing') return NOTHING;
  const last = Math.min(duration, rate.start + rate.step * rate.syn.length);
  const until = end < 0 ? last : end;
  const spans: readonly (readonly [string, number, number])[] = [
    ['before', rate.start, onset],
    ['during', onset, until],
    ['after', until, last],
  ];
  const rows = spans
    .filter(([, from, to]) => to - from >= rate.step / 2)
    .map(([name, from, to]) => phase(name, from, to, rate));
  if (rows.length === 0) return NOTHING;
  return html`<table><caption>The same in numbers: means a second</caption>
<thead><tr><th scope="col">Phase</th><th scope="col">Time</th><th scope="col" class="n">SYN</th><th scope="col" class="n">SYN/ACK</th><th scope="col" class="n">completed</th><th scope="col" class="n">unfinished at most</th></tr></thead>
<tbody>${rows}</tbody></table>
`;
}

function phase(name: string, from: number, to: number, rate: RateCurve): Markup {
  const first = Math.max(0, Math.round((from - rate.start) / rate.step));
  const past = Math.max(first + 1, Math.round((to - rate.start) / rate.step));
  const seconds = ((past - first) * rate.step) / 1e9;
  const mean = (values: readonly number[]): string =>
    rateNumber(values.slice(first, past).reduce((sum, value) => sum + value, 0) / seconds);
  const halfOpen = Math.max(0, ...rate.halfOpen.slice(first, past));
  return html`<tr><th scope="row">${name}</th><td class="nums">${sinceStart(from)} to ${sinceStart(to)}</td><td class="n">${mean(rate.syn)}</td><td class="n">${mean(rate.synack)}</td><td class="n">${mean(rate.completed)}</td><td class="n">${countText(halfOpen)}</td></tr>
`;
}
