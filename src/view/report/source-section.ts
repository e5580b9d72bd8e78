/** Who sent: whether the addresses are forged and why we think so, the most active, TTLs and fingerprints. */
import type { Judgement, SourceStatistics } from '../../diagnose/findings.ts';
import type { AddressTable } from '../../wire/address.ts';
import { countText, shareText } from '../flood-number.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { prose } from './phrases.ts';
import { isOfReplies, type ReportInput } from './report-input.ts';

export function sourceBlock(judgement: Judgement, { addresses }: ReportInput): Markup {
  const { sources, attempts, kind } = judgement;
  if (sources.distinct === 0 || kind === 'nothing') return NOTHING;
  const replies = isOfReplies(judgement);
  const forged = html`<p><strong>${SPOOFED[sources.spoofed]}</strong>${sources.because.length > 0 ? ' Because:' : ''}</p>`;
  return html`<h3>${replies ? 'Who replied' : 'Where it came from'}</h3>
${replies ? NOTHING : forged}
<ul>${sources.because.map((sentence) => html`<li>${prose(sentence)}</li>\n`)}</ul>
<table class="facts"><caption class="only-read">Sources in numbers</caption><tbody>
<tr><th scope="row">Sources</th><td>${distinctText(sources)}</td></tr>
${sources.distinct > 1 ? html`<tr><th scope="row">Entropy</th><td>${sources.entropy.toFixed(1)} bits of at most ${sources.entropyMost.toFixed(1)}: ${entropyWords(sources)}</td></tr>` : NOTHING}
${sources.impossible > 0 ? html`<tr><th scope="row">Not routed</th><td>${countText(sources.impossible)} from addresses that are nobody’s on the Internet (private, reserved, multicast)</td></tr>` : NOTHING}</tbody></table>
${topSources(sources, replies ? 0 : attempts, addresses)}${shareTable(
  'Time to live (TTL) on arrival',
  'TTL',
  sources.ttls.map(({ ttl, share }) => [String(ttl), share]),
)}${shareTable(
  'Fingerprints of the SYNs: window, then options in order',
  'Fingerprint',
  sources.prints.map(({ print, share }) => [print, share]),
)}`;
}

const SPOOFED: Record<SourceStatistics['spoofed'], string> = {
  spoofed: 'The source addresses are forged.',
  'not-spoofed': 'The source addresses are not forged: whoever uses them gets the answers.',
  'cannot-tell': 'Whether the source addresses are forged cannot be told from this capture.',
};

/** Rows shown of each table. */
const MOST = 8;

function distinctText({ distinct, exact, error }: SourceStatistics): string {
  return exact ? countText(distinct) : `about ${countText(distinct)} (estimated, standard error ${shareText(error)})`;
}

function entropyWords({ entropy, entropyMost }: SourceStatistics): string {
  if (entropyMost <= 0) return 'a single attempt';
  const share = entropy / entropyMost;
  return share > 0.95
    ? 'hardly any source comes twice'
    : share < 0.3
      ? 'few sources do nearly all'
      : 'some sources come often';
}

/** `attempts` of all sources together; 0 when shares would say nothing. */
function topSources({ top }: SourceStatistics, attempts: number, addresses: AddressTable): Markup {
  const rows = [...top].sort((a, b) => b.attempts - a.attempts).slice(0, MOST);
  if (rows.length === 0) return NOTHING;
  const shares = attempts > 0;
  return html`<h4>Most active sources</h4>
<table class="narrow"><thead><tr><th scope="col">Address</th><th scope="col" class="n">${shares ? 'Attempts' : 'Replies'}</th>${shares ? html`<th scope="col" class="n">Share</th>` : NOTHING}</tr></thead>
<tbody>${rows.map(({ address, attempts: own }) => html`<tr><th scope="row"><code>${addresses.format(address)}</code></th><td class="n">${countText(own)}</td>${shares ? html`<td class="n">${shareText(own / attempts)}</td>` : NOTHING}</tr>\n`)}</tbody></table>
`;
}

function shareTable(title: string, head: string, rows: readonly (readonly [string, number])[]): Markup {
  const shown = rows.slice(0, MOST);
  if (shown.length === 0) return NOTHING;
  const more = rows.length > MOST ? html`<p class="quiet">${rows.length - MOST} more are not shown.</p>` : NOTHING;
  return html`<h4>${title}</h4>
<table class="bars"><thead><tr><th scope="col">${head}</th><th scope="col" class="n">Share</th><th scope="col"><span class="only-read">Share as a bar</span></th></tr></thead>
<tbody>${shown.map(([name, share]) => html`<tr><th scope="row"><code>${name}</code></th><td class="n">${shareText(share)}</td><td>${bar(share)}</td></tr>\n`)}</tbody></table>
${more}`;
}

function bar(share: number): Markup {
  const width = Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10;
  return html`<span class="bar" aria-hidden="true"><i style="width:${width}%"></i></span>`;
}
