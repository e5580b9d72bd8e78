/** What the capture does not tell: gaps in the evidence, what could mislead, and what was not read at all. */
import type { Judgement } from '../../diagnose/findings.ts';
import { STATUS_NAMES } from '../../wire/status.ts';
import { counted, countText } from '../flood-number.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { prose } from './phrases.ts';
import { type ReportInput, titleOf } from './report-input.ts';

export function unknownSection(shown: readonly Judgement[], input: ReportInput): Markup {
  const open = shown.flatMap((judgement) =>
    judgement.unknown.map((sentence) =>
      shown.length > 1 ? `${titleOf(judgement, input.addresses)}: ${sentence}` : sentence,
    ),
  );
  return html`<section id="unknown" aria-labelledby="unknown-h">
<h2 id="unknown-h">What is not known</h2>
<p><strong>From where this was captured.</strong> ${prose(input.findings.vantage.sentence)}</p>
${open.length > 0 ? html`<h3>Open questions</h3>${list(open.map(prose))}` : NOTHING}
<h3>Not read, or read only in part</h3>
${list(notRead(input))}<h3>What could mislead any reader of a capture</h3>
${list(BLIND_SPOTS)}</section>
`;
}

function list(sentences: readonly string[]): Markup {
  return html`<ul>${sentences.map((sentence) => html`<li>${sentence}</li>\n`)}</ul>
`;
}

/** Each skipped or damaged thing, with its count; a sentence that says so when there is none. */
function notRead({ counts, info, findings }: ReportInput): string[] {
  const notes: string[] = [];
  for (let status = 1; status < STATUS_NAMES.length; status++) {
    const count = counts.byStatus[status] ?? 0;
    if (count > 0) notes.push(`${counted(count, 'packet')} without a whole TCP segment: ${STATUS_NAMES[status]}.`);
  }
  for (const [linkType, count] of counts.unsupportedLinks) {
    notes.push(`${counted(count, 'packet')} of link type ${linkType}, which is not supported.`);
  }
  for (const [name, blocks] of info.skippedBlocks) notes.push(`${counted(blocks, 'pcapng block')} skipped: ${name}.`);
  if (counts.badTcpChecksum > 0) {
    notes.push(`${counted(counts.badTcpChecksum, 'segment')} with a bad TCP checksum, judged all the same.`);
  }
  for (const { name, damage } of info.files) {
    if (damage !== '') notes.push(info.files.length > 1 ? `${name}: ${damage}` : damage);
  }
  if (findings.expired > 0) {
    notes.push(`${countText(findings.expired)} attempts were let go after a long silence, each judged as it stood.`);
  }
  if (findings.evicted > 0) {
    notes.push(
      `${countText(findings.evicted)} attempts were let go for want of room, each judged as it stood: an answer that came later is not counted.`,
    );
  }
  return notes.length > 0 ? notes : ['Everything in the capture was read, and every row was kept to its end.'];
}

const BLIND_SPOTS: readonly string[] = [
  'Packets that the capturing machine dropped look like packets that never were.',
  'A capture of one direction, or of sampled packets, shows SYNs without their answers.',
  'Behind a NAT or a load balancer many clients share one address, and one name stands for many servers.',
  'What began before the capture did is seen from its middle.',
  'Many ordinary visitors at once look like a flood until they complete their handshakes.',
  'A packet’s time is when it passed the point of capture; the two hosts saw it earlier or later.',
];
