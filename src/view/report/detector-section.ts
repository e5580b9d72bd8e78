/** Each detector of a judgement, two rows a piece: what it computes, what came out, where it comes from, and what it cannot see. */
import type { EvidenceRow, Finding } from '../../diagnose/detect/types.ts';
import type { Judgement } from '../../diagnose/findings.ts';
import { countText } from '../flood-number.ts';
import { detectorTitle } from './confidence-section.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { prose } from './phrases.ts';
import { onsetMoment, type ReportInput, titleOf } from './report-input.ts';

export function detectorSection(shown: readonly Judgement[], input: ReportInput): Markup {
  const judged = shown.filter(({ findings }) => findings.length > 0);
  if (judged.length === 0) return NOTHING;
  return html`<section id="detectors" aria-labelledby="detectors-h">
<h2 id="detectors-h">What the detectors say</h2>
<p>Each looks at one thing only. A judgement comes from all of them together.</p>
${judged.map((judgement) => resultTable(judgement, judged.length > 1, input))}${descriptions(judged, input)}</section>
`;
}

function resultTable(judgement: Judgement, titled: boolean, input: ReportInput): Markup {
  const title = titled ? html`<h3>${titleOf(judgement, input.addresses)}</h3>` : NOTHING;
  const order = [...judgement.findings].sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
  return html`${title}<table class="results"><thead><tr><th scope="col">Detector</th><th scope="col">Result</th><th scope="col" class="n">Value</th><th scope="col" class="n">Threshold</th></tr></thead>
${order.map((finding) => resultRow(finding, input))}</table>
`;
}

const STATES: readonly Finding['state'][] = ['fires', 'quiet', 'cannot-judge'];
const STATE_WORD: Record<Finding['state'], string> = { fires: 'fires', quiet: 'quiet', 'cannot-judge': 'cannot judge' };
const STATE_LOOK: Record<Finding['state'], string> = { fires: 'fires', quiet: '', 'cannot-judge': 'judged-not' };

function resultRow(finding: Finding, input: ReportInput): Markup {
  const judged = finding.state !== 'cannot-judge';
  const when = finding.state === 'fires' && finding.onset >= 0 ? ` From ${onsetMoment(input.findings, finding)}.` : '';
  return html`<tbody><tr><th scope="row">${detectorTitle(finding.detector, input)}</th><td><span class="word ${STATE_LOOK[finding.state]}">${STATE_WORD[finding.state]}</span></td><td class="n">${judged ? valueText(finding.value) : '–'}</td><td class="n">${judged ? valueText(finding.threshold) : '–'}</td></tr>
<tr><td colspan="4">${prose(`${finding.sentence}${when}`)}${evidenceList(finding.evidence)}</td></tr></tbody>
`;
}

function evidenceList(rows: readonly EvidenceRow[]): Markup {
  if (rows.length === 0) return NOTHING;
  return html`<ul class="inline">${rows.map(({ label, value, packets }) => html`<li>${label}: ${value}${packetWords(packets)}</li>`)}</ul>`;
}

function packetWords(packets: readonly number[] = []): string {
  if (packets.length === 0) return '';
  return ` (packet${packets.length === 1 ? '' : 's'} ${packets.slice(0, 8).map(countText).join(', ')}${packets.length > 8 ? ', …' : ''})`;
}

/** What they are, once for all judgements. */
function descriptions(judged: readonly Judgement[], { detectors }: ReportInput): Markup {
  const used = new Set(judged.flatMap(({ findings }) => findings.map(({ detector }) => detector)));
  const shown = detectors.filter(({ id }) => used.has(id));
  if (shown.length === 0) return NOTHING;
  return html`<h3>What they compute</h3>
${shown.map(
  ({ title, formula, source, window, threshold, blindSpots }) => html`<div class="detector"><h4>${title}</h4>
<dl><dt>Formula</dt><dd><code>${formula}</code></dd><dt>Window</dt><dd>${window}</dd><dt>Threshold</dt><dd>${threshold}</dd><dt>Source</dt><dd>${source}</dd><dt>Blind spots</dt><dd><ul>${blindSpots.map((spot) => html`<li>${spot}</li>`)}</ul></dd></dl></div>
`,
)}`;
}

/** A value in the formula's unit: whole where it is large, three digits where it is small. */
function valueText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '–';
  if (Math.abs(value) >= 1000) return countText(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
