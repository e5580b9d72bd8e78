/** Would the server's SYN queue have been full: for usual backlogs, as a table and over time. */
import type { Judgement, QueueEstimate } from '../../diagnose/findings.ts';
import { countText, shareText } from '../flood-number.ts';
import { lengthText } from '../time-text.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { prose } from './phrases.ts';
import { momentText, type ReportInput, sinceStart } from './report-input.ts';
import { percentAt } from './time-chart.ts';

export function queueBlock(judgement: Judgement, input: ReportInput): Markup {
  const { queue } = judgement;
  if (queue === undefined) return NOTHING;
  const head = html`<h3>Would the queue have been full?</h3>
<p>${prose(queue.sentence)}</p>
`;
  if (!queue.applies) return head;
  const { start } = judgement.rate;
  const axis = { start, span: Math.max(0, input.findings.duration - start) };
  return html`${head}<p>An estimate from the arrivals in the capture (RFC 4987 §3): each SYN takes a place that it keeps for ${lengthText(queue.lifetime * 1e9)}
unless its handshake ends earlier. The lifetime rests on this: ${queue.rests}. The most at one time would be ${countText(queue.peak)}, at ${momentText(input.findings, queue.peakAt)}.</p>
<table><caption>For usual backlogs; ${countText(queue.enough)} would have been enough</caption>
<thead><tr><th scope="col" class="n">Backlog</th><th scope="col">Full?</th><th scope="col">For the first time</th><th scope="col" class="n">Share of the time since then</th></tr></thead>
<tbody>${queue.backlogs.map((row) => backlogRow(row, input))}</tbody></table>
${axis.span > 0 ? figure(queue, axis) : NOTHING}`;
}

/** The time that is drawn, in ns since the first packet. */
interface Span {
  readonly start: number;
  readonly span: number;
}

type Backlog = QueueEstimate['backlogs'][number];

function backlogRow({ backlog, full, fullAt, fullShare }: Backlog, { findings }: ReportInput): Markup {
  const word = full ? html`<span class="word full">full</span>` : html`<span class="word room">room</span>`;
  const when = full ? momentText(findings, fullAt) : '–';
  return html`<tr><th scope="row" class="n">${countText(backlog)}</th><td>${word}</td><td>${when}</td><td class="n">${full ? shareText(fullShare) : '–'}</td></tr>
`;
}

function figure({ backlogs }: QueueEstimate, axis: Span): Markup {
  const full = backlogs.filter((row) => row.full);
  const words = full.map(({ backlog, fullAt }) => `${countText(backlog)} from ${sinceStart(fullAt)}`).join(', ');
  const label = full.length === 0 ? 'None of these backlogs would have been full.' : `Full: ${words}.`;
  return html`<figure>
<div role="img" aria-label="${label}">
${backlogs.map((row) => queueRow(row, axis))}<div class="plot-x queue-axis"><span class="first" style="left:0%">${sinceStart(axis.start)}</span><span class="last" style="left:100%">${sinceStart(axis.start + axis.span)}</span></div>
</div>
<figcaption>One row per backlog over the time of the capture. Hatched: from the moment the queue was full for the first time; the
share is of the time since then.</figcaption>
</figure>
`;
}

function queueRow({ backlog, full, fullAt, fullShare }: Backlog, axis: Span): Markup {
  const at = percentAt(fullAt, axis);
  const word = full ? `full ${shareText(fullShare)}` : 'never full';
  const place =
    full && at < 50 ? `left:calc(${at}% + .75rem)` : full ? `right:calc(${100 - at}% + .25rem)` : 'left:.25rem';
  const hatched = full
    ? html`<svg class="queue-full" style="width:${Math.round((100 - at) * 100) / 100}%" aria-hidden="true"><rect width="100%" height="100%" fill="url(#stripes)"/></svg>`
    : NOTHING;
  return html`<div class="queue-row"><span>${countText(backlog)}</span><span class="queue-bar">${hatched}<span class="queue-word" style="${place}">${word}</span></span></div>
`;
}
