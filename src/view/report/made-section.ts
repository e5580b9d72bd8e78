/** From what, and how, the report was made, so that somebody else can make it again. */
import { captureTitle } from '../capture-info.ts';
import { counted, countText } from '../flood-number.ts';
import { hasClock } from '../utc-text.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { clockText, dayText, type ReportInput, sinceStart } from './report-input.ts';

export function madeSection(input: ReportInput): Markup {
  const { counts, info, version } = input;
  const { files } = info;
  const { format } = captureTitle(info);
  return html`<section id="made" aria-labelledby="made-h">
<h2 id="made-h">How this was made</h2>
<table class="facts"><caption class="only-read">About the capture and the program</caption><tbody>
<tr><th scope="row">${files.length === 1 ? 'File' : 'Files'}</th><td>${files.slice(0, MOST_FILES).map((file) => html`<bdi><code>${baseName(file.name)}</code></bdi><br>`)}${files.length > MOST_FILES ? html`and ${countText(files.length - MOST_FILES)} more` : NOTHING}</td></tr>
<tr><th scope="row">Format</th><td>${format === '' ? 'none' : format}</td></tr>
<tr><th scope="row">Packets</th><td>${countText(counts.packets)}, of which ${countText(counts.tcp)} TCP: SYN ${countText(counts.syn)}, SYN/ACK ${countText(counts.synack)}, RST ${countText(counts.rst)}, FIN ${countText(counts.fin)}</td></tr>
<tr><th scope="row">Time</th><td>${timeRange(input)}</td></tr>
<tr><th scope="row">Program</th><td>halfopen ${version}, <code>halfopen explain --report</code></td></tr>
</tbody></table>
<p>Made from the packets alone: nothing was sent or looked up, and the same files give the same report.</p>
</section>
`;
}

/** `2023-11-14 22:13:20.250 to 22:14:20.250 UTC (60 s)`. */
function timeRange({ findings, counts }: ReportInput): string {
  const length = sinceStart(findings.duration);
  if (counts.packets === 0) return 'no packets';
  if (!hasClock(findings.startSec)) return `${length}, without a time of day`;
  const [first, last] = [dayText(findings, 0), dayText(findings, findings.duration)];
  return `${first} ${clockText(findings, 0)} to ${first === last ? '' : `${last} `}${clockText(findings, findings.duration)} UTC (${length})`;
}

/** One line about the capture, for the head of the report. */
export function captureLine(input: ReportInput): Markup {
  return html`<bdi><code>${baseName(captureTitle(input.info).name)}</code></bdi> · ${timeRange(input)} · ${counted(input.counts.packets, 'packet')}`;
}

/** A report is handed on; the folders of whoever made it are nobody's business. */
function baseName(path: string): string {
  return path.replace(/^.*[/\\]/s, '');
}

const MOST_FILES = 20;
