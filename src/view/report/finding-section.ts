/** What was found, a paragraph per judgement: what, whom, when, how sure. */
import type { Judgement } from '../../diagnose/findings.ts';
import { confidenceText } from '../confidence-text.ts';
import { counted, countText } from '../flood-number.ts';
import { subjectText } from '../subject-text.ts';
import { isSecond } from '../when-text.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { prose, rateText } from './phrases.ts';
import { clockText, endMoment, incidents, onsetMoment, type ReportInput, sinceStart, titleOf } from './report-input.ts';

export function findingSection(input: ReportInput): Markup {
  const found = incidents(input.findings);
  const shown = found.length > 0 ? found : input.findings.judgements.slice(0, 1);
  return html`<section id="finding" aria-labelledby="finding-h">
<h2 id="finding-h">Finding</h2>
${shown.length === 0 ? nothingToJudge(input) : shown.map((judgement, i) => finding(judgement, input, shown.length > 1 ? i + 1 : 0))}
</section>
`;
}

/** The reason that weighs most for a judgement, or ''. */
function firstReason({ confidence }: Judgement): string {
  const best = [...confidence.because].sort((a, b) => b.weight - a.weight)[0];
  return best === undefined || best.weight <= 0 ? '' : best.sentence;
}

function finding(judgement: Judgement, input: ReportInput, number: number): Markup {
  const reason = firstReason(judgement);
  const heading = number > 0 ? html`<h3>${number}. ${titleOf(judgement, input.addresses)}</h3>` : NOTHING;
  const because = reason === '' ? NOTHING : html` What weighs most: ${withStop(reason)}`;
  return html`<div class="keep">${heading}
<p class="lead">${withStop(judgement.sentence)}</p>
<p>${KIND_MEANING[judgement.kind]} ${prose(whenSentence(judgement, input))} Confidence: ${prose(confidenceText(judgement.confidence))}.${because}</p>
${judgement.kind === 'nothing' ? NOTHING : facts(judgement, input)}</div>
`;
}

function facts(judgement: Judgement, { findings, addresses }: ReportInput): Markup {
  const end = judgement.end < 0 ? 'not within the capture' : endMoment(findings, judgement);
  const rows: readonly (readonly [string, string])[] = [
    [judgement.subject.role === 'source' ? 'Source' : 'Target', subjectText(judgement.subject, addresses)],
    ['Begins', onsetMoment(findings, judgement)],
    ['Ends', end],
    ...(judgement.attempts > 0 ? ([['Attempts', countText(judgement.attempts)]] as const) : []),
    ...(judgement.peakRate > 0 ? ([['At its peak', rateText(judgement)]] as const) : []),
    ['Confidence', confidenceText(judgement.confidence)],
  ];
  return html`<dl class="strip">
${rows.map(([head, value]) => html`<div><dt>${head}</dt><dd>${value}</dd></div>\n`)}</dl>
`;
}

function whenSentence(judgement: Judgement, { findings }: ReportInput): string {
  if (judgement.kind === 'nothing') return '';
  const { onset, onsetWithin, end, endWithin } = judgement;
  const clock = clockText(findings, onset);
  const at = onsetMoment(findings, judgement);
  const begins =
    onset < SOON
      ? `It begins with the capture${clock === '' ? '' : ` (${clock} UTC)`}`
      : isSecond(onsetWithin)
        ? `It begins in ${at} of the capture`
        : `It begins ${at} into the capture`;
  if (end < 0) return `${begins} and still goes on when the capture ends at ${sinceStart(findings.duration)}.`;
  const ends = `${isSecond(endWithin) ? 'in' : 'at'} ${endMoment(findings, judgement)}`;
  const later =
    onsetWithin + endWithin > 0 ? `about ${sinceStart(wholeSeconds(end - onset))}` : sinceStart(end - onset);
  return `${begins} and ends ${ends}, ${later} later.`;
}

function wholeSeconds(ns: number): number {
  return Math.round(ns / 1e9) * 1e9 || ns;
}

/** So early in a capture, nothing says that it was not there before. */
const SOON = 1e9;

function nothingToJudge({ counts }: ReportInput): Markup {
  const why =
    counts.packets === 0
      ? 'the capture holds no packets'
      : `of ${counted(counts.packets, 'packet')} none opens a TCP connection, and none replies to an attempt to`;
  return html`<p class="lead">There is nothing to judge: ${why}.</p>
`;
}

function withStop(sentence: string): string {
  const text = sentence.charAt(0).toUpperCase() + sentence.slice(1);
  return prose(/[.!?]$/.test(text) ? text : `${text}.`);
}

/** What the word means, for a reader who meets it for the first time. */
const KIND_MEANING: Record<Judgement['kind'], string> = {
  flood:
    'In a SYN flood, connections are opened in great number and never completed, so that the server’s list of half-open connections fills up and new clients find no place in it.',
  scan: 'In a scan, somebody tries many ports or hosts to learn which of them answer; what fills up no queue may still be worth knowing.',
  backscatter:
    'Backscatter is answers to SYNs that somebody else sent under this address: the flooded host is the one that answers.',
  reflection:
    'In a reflection, SYNs under a forged address make servers send their SYN/ACKs to the owner of that address, who never asked.',
  'retry-storm':
    'In a retry storm, ordinary clients that got no answer all try again; the pressure is a consequence, not a cause.',
  'flash-crowd': 'In a flash crowd, many ordinary clients come at once, and they complete what they begin.',
  nothing: '',
};
