/** What became of every attempt of the capture, by verdict and by what is behind it. */
import { VERDICT_NAMES, Verdict } from '../../diagnose/verdict.ts';
import type { DetailTally } from '../detail-tally.ts';
import { DETAIL_TEXT, isAttempt } from '../detail-text.ts';
import { counted, countText, shareText, timesText } from '../flood-number.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import type { ReportInput } from './report-input.ts';

export function verdictSection(input: ReportInput): Markup {
  const { totals, vantage } = input.findings;
  const isn = input.findings.isn.filter(({ kind }) => kind !== 'too-few');
  const oneSided =
    vantage.view === 'clients-only'
      ? html`<p>No answers are in this capture: <em>unanswered</em> says here that no answer was captured, not that none was sent.</p>
`
      : vantage.view === 'openings-only'
        ? html`<p>Nothing that clients sent after their SYNs is in this capture: <em>half-open</em> says here that no acknowledgment was captured, not that none was sent.</p>
`
        : NOTHING;
  return html`<section id="verdicts" aria-labelledby="verdicts-h">
<h2 id="verdicts-h">What became of the attempts</h2>
<p>${counted(totals.attempts, 'attempt')} in the whole capture. An attempt is a distinct SYN: same addresses, same ports, same initial sequence number.</p>
${table(input)}${oneSided}${sentAgain(input)}${
  isn.length > 0
    ? html`<h3>Initial sequence numbers</h3>
<ul>${isn.map(({ sentence }) => html`<li>${sentence}</li>\n`)}</ul>
`
    : NOTHING
}</section>
`;
}

function table({ details, findings }: ReportInput): Markup {
  const all = findings.totals.attempts;
  const groups = Object.values(Verdict).map((verdict) => verdictRows(verdict, details.of(verdict), all));
  return html`<table><thead><tr><th scope="col">Verdict</th><th scope="col">What the packets show</th><th scope="col" class="n">Count</th><th scope="col" class="n">Share</th></tr></thead>
${groups}</table>
`;
}

/** One verdict: a row for each thing that is behind it, most frequent first. */
function verdictRows(verdict: Verdict, rows: ReturnType<DetailTally['of']>, all: number): Markup {
  if (rows.length === 0) return NOTHING;
  const share = (count: number): string => (isAttempt(verdict) && all > 0 ? shareText(count / all) : '–');
  const head = html`<th scope="rowgroup" class="nums" rowspan="${rows.length}">${VERDICT_NAMES[verdict] ?? ''}</th>`;
  return html`<tbody>${rows.map(
    ({ detail, count }, i) =>
      html`<tr>${i === 0 ? head : NOTHING}<td>${DETAIL_TEXT[detail]} <span class="quiet">${detail}</span></td><td class="n">${countText(count)}</td><td class="n">${share(count)}</td></tr>\n`,
  )}</tbody>
`;
}

function sentAgain({ findings }: ReportInput): Markup {
  const { synRetransmissions, synackRetransmissions, duplicates, synackWithoutSyn } = findings.totals;
  const notes = [
    synRetransmissions > 0 ? `SYNs were sent again ${timesText(synRetransmissions)}.` : '',
    synackRetransmissions > 0 ? `SYN/ACKs were sent again ${timesText(synackRetransmissions)}.` : '',
    duplicates > 0 ? `${counted(duplicates, 'frame')} recorded more than once, each counted once.` : '',
    synackWithoutSyn > 0 ? `${counted(synackWithoutSyn, 'SYN/ACK')} whose SYN is not in the capture.` : '',
  ].filter((note) => note !== '');
  return notes.length === 0
    ? NOTHING
    : html`<p>${notes.join(' ')}</p>
`;
}
