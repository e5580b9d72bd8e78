/** The summary of a capture, which stands before everything else: what was read, from where it was seen, totals, cautions. */
import type { Detail } from '../diagnose/attempt.ts';
import type { VerdictTotals } from '../diagnose/examiner.ts';
import type { Findings } from '../diagnose/findings.ts';
import type { FragmentTable } from '../diagnose/fragment-table.ts';
import type { PacketCounts } from '../diagnose/packet-counts.ts';
import { VERDICT_NAMES, Verdict } from '../diagnose/verdict.ts';
import { STATUS_NAMES } from '../wire/status.ts';
import { verdictRole } from './attempt-text.ts';
import type { CaptureInfo } from './capture-info.ts';
import { captureTitle } from './capture-info.ts';
import type { DetailTally } from './detail-tally.ts';
import { counted, countText, timesText } from './flood-number.ts';
import { fragmentSentence } from './fragment-text.ts';
import { printable } from './printable.ts';
import type { TextLine, TextSpan } from './text-line.ts';
import { lengthText, momentText } from './time-text.ts';
import { hasClock, utcText } from './utc-text.ts';

export interface CaptureSummary {
  readonly info: CaptureInfo;
  readonly counts: PacketCounts;
  readonly fragments: FragmentTable;
  readonly findings: Findings;
  readonly details: DetailTally;
}

export function summaryLines(summary: CaptureSummary): TextLine[] {
  const { counts, findings } = summary;
  const { syn, synack, rst, fin } = counts;
  const flags = `SYN ${countText(syn)}, SYN/ACK ${countText(synack)}, RST ${countText(rst)}, FIN ${countText(fin)}`;
  return [
    titleLine(summary),
    plain(`${counted(counts.tcp, 'TCP segment')}: ${flags}`),
    totalsLine(findings.totals),
    ...detailLines(summary.details),
    ...otherLines(findings.totals),
    ...(findings.vantage.sentence === '' ? [] : [plain(findings.vantage.sentence)]),
    ...notes(summary).map(plain),
    ...damageLines(summary.info),
  ];
}

function titleLine({ info, counts, findings }: CaptureSummary): TextLine {
  const { startSec, startNanos, duration } = findings;
  const { name, format } = captureTitle(info);
  // A time of a minute and more needs no milliseconds; a shorter one does.
  const length = duration >= 120e9 ? lengthText(duration) : momentText(duration);
  const from = !hasClock(startSec) ? '' : `, from ${utcText(startSec, startNanos, 3)}`;
  return [
    { text: printable(name), role: 'strong' },
    { text: `: ${format}, ${counted(counts.packets, 'packet')} in ${length}${from}`, role: 'plain' },
  ];
}

function totalsLine(totals: VerdictTotals): TextLine {
  const spans: TextSpan[] = [{ text: `  ${counted(totals.attempts, 'attempt')}:`, role: 'plain' }];
  for (const { verdict, count, always } of verdictCounts(totals)) {
    if (count === 0 && !always) continue;
    const text = ` ${VERDICT_NAMES[verdict]} ${countText(count)}`;
    spans.push({ text, role: count > 0 ? verdictRole(verdict) : 'plain' }, { text: ',', role: 'plain' });
  }
  return spans.slice(0, -1);
}

function verdictCounts(totals: VerdictTotals): { verdict: Verdict; count: number; always: boolean }[] {
  return [
    { verdict: Verdict.Completed, count: totals.completed, always: true },
    { verdict: Verdict.HalfOpen, count: totals.halfOpen, always: true },
    { verdict: Verdict.Aborted, count: totals.aborted, always: true },
    { verdict: Verdict.Refused, count: totals.refused, always: true },
    { verdict: Verdict.Unanswered, count: totals.unanswered, always: true },
    { verdict: Verdict.CannotJudge, count: totals.cannotJudge, always: false },
  ];
}

/** Only of verdicts that have another detail than the plain one: what everybody expects needs no line. */
function detailLines(details: DetailTally): TextLine[] {
  const lines: TextLine[] = [];
  for (const verdict of Object.values(Verdict)) {
    const found = details.of(verdict);
    if (found.every(({ detail }) => PLAIN.has(detail))) continue;
    const told = found.map(({ detail, count }) => `${detail} ${countText(count)}`).join(', ');
    lines.push([
      { text: `    ${VERDICT_NAMES[verdict]}`, role: verdictRole(verdict) },
      { text: `: ${told}`, role: 'plain' },
    ]);
  }
  return lines;
}

const PLAIN: ReadonlySet<Detail> = new Set<Detail>([
  'by-ack',
  'silent-client',
  'client-reset',
  'reset',
  'no-answer',
  'syn-ack-only',
  'mid-stream',
]);

/** What is in the capture without a SYN. */
function otherLines(totals: VerdictTotals): TextLine[] {
  const told: string[] = [];
  if (totals.synackWithoutSyn > 0) {
    const what = counted(totals.synackWithoutSyn, 'SYN/ACK');
    told.push(`${what} whose SYN is not in the capture: it began late, shows one direction, or this is backscatter`);
  }
  if (totals.midStream > 0) told.push(`${counted(totals.midStream, 'flow')} whose opening is not in the capture`);
  return told.map(plain);
}

/** What else a reader has to know about the file. One line each. */
function notes({ info, counts, fragments, findings }: CaptureSummary): string[] {
  const { totals } = findings;
  const told: string[] = [];
  const skipped: string[] = [];
  for (let status = 1; status < STATUS_NAMES.length; status++) {
    const count = counts.byStatus[status]!;
    if (count > 0) skipped.push(`${countText(count)} ${STATUS_NAMES[status]}`);
  }
  if (skipped.length > 0) told.push(`not whole TCP segments: ${skipped.join(', ')}`);
  for (const [linkType, count] of counts.unsupportedLinks) {
    told.push(`link type ${linkType} is not supported: ${counted(count, 'packet')} could not be read`);
  }
  if (info.skippedBlocks.size > 0) {
    const blocks = [...info.skippedBlocks].map(([name, count]) => `${countText(count)} ${name}`);
    told.push(`pcapng blocks skipped: ${blocks.join(', ')}`);
  }
  const together = fragmentSentence(fragments);
  if (together !== '') told.push(together);
  if (counts.icmpErrors > 0) told.push(`${counted(counts.icmpErrors, 'ICMP error')} about TCP segments`);
  if (counts.tunnelled > 0)
    told.push(`${counted(counts.tunnelled, 'packet')} inside a tunnel, judged by the inner one`);
  if (counts.badTcpChecksum > 0) {
    told.push(`${counted(counts.badTcpChecksum, 'segment')} with a bad TCP checksum, judged all the same`);
  }
  if (totals.synRetransmissions + totals.synackRetransmissions > 0) {
    told.push(
      `sent again: SYN ${timesText(totals.synRetransmissions)}, SYN/ACK ${timesText(totals.synackRetransmissions)}`,
    );
  }
  if (totals.duplicates > 0) told.push(`${counted(totals.duplicates, 'frame')} recorded more than once`);
  for (const { kind, sentence } of findings.isn) if (kind !== 'random' && kind !== 'too-few') told.push(sentence);
  if (findings.expired > 0) {
    told.push(`${counted(findings.expired, 'attempt')} let go before the end, long silent or closed, and judged`);
  }
  if (findings.evicted > 0) {
    told.push(`${counted(findings.evicted, 'attempt')} let go before the end, for room, each judged as it stood`);
  }
  return told;
}

function damageLines(info: CaptureInfo): TextLine[] {
  const several = info.files.length > 1;
  return info.files
    .filter(({ damage }) => damage !== '')
    .map(({ name, damage }) => [{ text: `  ${printable(several ? `${name}: ${damage}` : damage)}`, role: 'dropped' }]);
}

function plain(text: string): TextLine {
  return [{ text: `  ${text}`, role: 'plain' }];
}
