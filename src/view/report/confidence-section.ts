/** Why a judgement is held, and what speaks against it: each reason with its weight in words. */
import type { Judgement, Reason } from '../../diagnose/findings.ts';
import { confidenceText } from '../confidence-text.ts';
import { shareText } from '../flood-number.ts';
import { html, type Markup } from './markup.ts';
import { prose, weightWord } from './phrases.ts';
import type { ReportInput } from './report-input.ts';

export function confidenceBlock(judgement: Judgement, input: ReportInput): Markup {
  const { confidence } = judgement;
  const reasons = [...confidence.because].sort((a, b) => b.weight - a.weight);
  const against = reasons.filter(({ weight }) => weight < 0).length;
  const sum = against === 0 ? 'Nothing that was looked at speaks against it.' : `${againstWords(against)} against it.`;
  return html`<h3>How sure, and why</h3>
<p>Confidence is ${prose(confidenceText(confidence))}. ${sum}</p>
<table class="reasons"><caption>Reasons, the heaviest first</caption>
<thead><tr><th scope="col">Speaks</th><th scope="col">Weight</th><th scope="col">Reason</th><th scope="col">Seen by</th></tr></thead>
<tbody>${reasons.map((reason) => reasonRow(reason, input))}</tbody></table>
<p class="quiet">A weight is how much likelier what was seen is with this finding than without it, as a logarithm: slight below 0.5, moderate to 1, clear to 2,
strong above. The logistic function of their sum is ${prose(shareText(confidence.score))}. The weights were chosen, not measured.</p>
`;
}

/** What a detector is called, for its id. */
export function detectorTitle(id: string, { detectors }: ReportInput): string {
  return detectors.find((one) => one.id === id)?.title ?? id;
}

function reasonRow(reason: Reason, input: ReportInput): Markup {
  const side = reason.weight > 0 ? 'for' : reason.weight < 0 ? 'against' : 'neither';
  const detector = reason.detector === '' ? '–' : detectorTitle(reason.detector, input);
  return html`<tr><td><span class="word ${side}">${side}</span></td><td>${weightWord(reason.weight)}</td><td>${prose(reason.sentence)}</td><td>${detector}</td></tr>
`;
}

function againstWords(count: number): string {
  return count === 1 ? 'One reason speaks' : `${count} reasons speak`;
}
