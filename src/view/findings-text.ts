/** What is found in a capture, for the terminal: each judgement with its reasons, times, sources and queue. */
import type {
  Findings,
  Judgement,
  JudgementKind,
  QueueEstimate,
  Reason,
  SourceStatistics,
} from '../diagnose/findings.ts';
import type { AddressTable } from '../wire/address.ts';
import { counted, countText, shareText } from './flood-number.ts';
import { sparkline } from './sparkline.ts';
import type { TextLine, TextRole } from './text-line.ts';
import { cell, textTable } from './text-table.ts';
import { lengthText, momentText } from './time-text.ts';
import { whenText } from './when-text.ts';

/**
 * A block for each judgement, blank lines between them; where there was nothing to judge, one that says so. `allReasons`: not
 * only those that weigh most.
 */
export function judgementLines(findings: Findings, addresses: AddressTable, allReasons: boolean): TextLine[] {
  if (findings.judgements.length === 0) return nothingToJudge();
  return findings.judgements.flatMap((judgement, i) => [
    ...(i === 0 ? [] : [[]]),
    ...(judgement.kind === 'nothing'
      ? nothing(judgement, findings, allReasons)
      : oneJudgement(judgement, addresses, findings, allReasons)),
  ]);
}

/** How a kind of judgement is called in a heading. */
export const KIND_TEXT: Readonly<Record<JudgementKind, string>> = {
  flood: 'SYN flood',
  scan: 'Scan',
  backscatter: 'Backscatter',
  reflection: 'Reflection',
  'retry-storm': 'Retry storm',
  'flash-crowd': 'Flash crowd',
  nothing: 'Nothing unusual',
};

/** No figure of confidence: there is nothing that it could be about. */
function nothingToJudge(): TextLine[] {
  return [
    [{ text: 'Nothing to judge', role: 'strong' }],
    sentence('No packet of the capture opens a TCP connection, and none replies to an attempt to.'),
  ];
}

function nothing(judgement: Judgement, findings: Findings, allReasons: boolean): TextLine[] {
  return [
    heading(judgement, 'strong'),
    sentence(judgement.sentence),
    ...reasonLines(judgement.confidence.because, allReasons ? Number.POSITIVE_INFINITY : FEW_REASONS),
    ...unknownLines(judgement, findings),
  ];
}

function oneJudgement(
  judgement: Judgement,
  addresses: AddressTable,
  findings: Findings,
  allReasons: boolean,
): TextLine[] {
  const { attempts, peakRate, rate } = judgement;
  const most = `at most ${countText(Math.round(peakRate))} a second`;
  const lines: TextLine[] = [
    heading(judgement, judgement.kind === 'flood' ? 'dropped' : 'strong'),
    sentence(judgement.sentence),
    row('when', whenText(judgement, findings.duration)),
    // Replies to nobody's SYN are no attempts.
    ...(attempts === 0
      ? peakRate > 0
        ? [row('how much', `replies, ${most}`)]
        : []
      : [row('how much', `${counted(attempts, 'attempt')}, ${most}`)]),
  ];
  const curve = [
    ['SYNs', rate.syn],
    ['completed', rate.completed],
    ['half-open', rate.halfOpen],
    ['replies', judgement.attempts === 0 ? rate.strayReplies : []],
  ] as const;
  const from = momentText(rate.start);
  const to = momentText(rate.start + rate.step * rate.syn.length);
  for (const [name, values] of curve) {
    const top = Math.max(0, ...values);
    if (top === 0 || values.length < LEAST_STEPS) continue;
    const unit = name === 'half-open' ? '' : ` in ${lengthText(rate.step)}`;
    lines.push(row(name, `${sparkline(values, CURVE_WIDTH)}  ${from} to ${to}, at most ${countText(top)}${unit}`));
  }
  lines.push(...reasonLines(judgement.confidence.because, allReasons ? Number.POSITIVE_INFINITY : MOST_REASONS));
  lines.push(...sourceLines(judgement.sources, addresses));
  if (judgement.queue !== undefined) lines.push(...queueLines(judgement.queue));
  if (judgement.telling.length > 0) {
    const packets = judgement.telling.slice(0, MOST_TELLING).map(countText).join(', ');
    lines.push(row('look at', `${judgement.telling.length === 1 ? 'packet' : 'packets'} ${packets}`));
  }
  return [...lines, ...unknownLines(judgement, findings)];
}

function heading({ kind, confidence }: Judgement, role: TextRole): TextLine {
  return [
    { text: KIND_TEXT[kind], role },
    { text: `, ${confidence.level} confidence (${shareText(confidence.score)})`, role: 'strong' },
  ];
}

/** Those that weigh most, whatever they speak for, what speaks for it first; each with the detector to ask. */
function reasonLines(because: readonly Reason[], most: number): TextLine[] {
  const heaviest = [...because].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const shown = heaviest.slice(0, most).sort((a, b) => b.weight - a.weight);
  const lines = shown.map((reason, i) => {
    const sign = reason.weight < 0 ? 'against' : 'for';
    const from = reason.detector === '' ? '' : ` [${reason.detector}]`;
    return row(i === 0 ? 'because' : '', `${sign.padEnd(7)}  ${reason.sentence}${from}`);
  });
  const left = heaviest.length - shown.length;
  return left > 0 ? [...lines, row('', `and ${counted(left, 'more reason')}: --detectors`, 'quiet')] : lines;
}

function sourceLines(sources: SourceStatistics, addresses: AddressTable): TextLine[] {
  const about = sources.exact ? '' : ` (an estimate, ± ${shareText(sources.error)})`;
  const entropy = `, entropy ${sources.entropy.toFixed(1)} of at most ${sources.entropyMost.toFixed(1)} bits`;
  const lines = [row('sources', `${countText(sources.distinct)}${about}${sources.distinct > 1 ? entropy : ''}`)];
  if (sources.impossible > 0) {
    lines.push(
      row(
        '',
        `${countText(sources.impossible)} SYNs from addresses that are nobody's on the Internet (private, reserved, multicast)`,
      ),
    );
  }
  const [why = '', ...more] = sources.because;
  lines.push(row('', `${SPOOFED_TEXT[sources.spoofed]}${why === '' ? '' : `: ${why}`}`));
  for (const sentence of more) lines.push(row('', `  ${sentence}`));
  const top = sources.top.slice(0, MOST_TOP).map((t) => `${addresses.format(t.address)} (${countText(t.attempts)})`);
  if (top.length > 0) lines.push(row('', `most active: ${top.join(', ')}`));
  const alike = [
    ...sources.ttls.slice(0, MOST_ALIKE).map(({ ttl, share }) => `TTL ${ttl} (${shareText(share)})`),
    ...sources.prints.slice(0, MOST_ALIKE).map(({ print, share }) => `${print} (${shareText(share)})`),
  ];
  if (alike.length > 0) lines.push(row('', `their SYNs: ${alike.join(', ')}`));
  return lines;
}

function queueLines(queue: QueueEstimate): TextLine[] {
  const lines = [row('SYN queue', queue.sentence)];
  if (!queue.applies) return lines;
  const peak = `at most ${countText(queue.peak)} half-open at ${momentText(queue.peakAt)}`;
  lines.push(row('', `${peak}, if each stays ${lengthText(queue.lifetime * 1e9)}: ${queue.rests}`));
  const table = textTable(
    [
      { head: 'backlog', align: 'right' },
      { head: 'full from', align: 'right' },
      { head: 'full for', align: 'left' },
    ],
    queue.backlogs.map(({ backlog, full, fullAt, fullShare }) => [
      cell(countText(backlog)),
      cell(full ? momentText(fullAt) : 'never', full ? 'dropped' : 'plain'),
      cell(full ? `${shareText(fullShare)} of the time since` : ''),
    ]),
    INDENT + NAME_WIDTH,
  );
  return [...lines, ...table, row('', `enough would have been ${countText(queue.enough)}`)];
}

/** What the summary says already is not said again. */
function unknownLines(judgement: Judgement, { vantage }: Findings): TextLine[] {
  const unknown = judgement.unknown.filter((sentence) => sentence !== vantage.sentence);
  return unknown.map((text, i) => row(i === 0 ? 'not known' : '', text, 'quiet'));
}

const SPOOFED_TEXT: Readonly<Record<SourceStatistics['spoofed'], string>> = {
  spoofed: 'most likely forged',
  'not-spoofed': 'real',
  'cannot-tell': 'forged or real, this capture cannot tell',
};

function sentence(text: string): TextLine {
  return [{ text: `  ${text}`, role: 'plain' }];
}

function row(name: string, text: string, role: TextRole = 'plain'): TextLine {
  return [
    { text: ' '.repeat(INDENT) + name.padEnd(NAME_WIDTH), role: 'quiet' },
    { text, role },
  ];
}

const INDENT = 2;
const NAME_WIDTH = 11;
const CURVE_WIDTH = 48;
/** Fewer steps than this make no curve. */
const LEAST_STEPS = 4;
const MOST_REASONS = 5;
const FEW_REASONS = 2;
const MOST_TOP = 3;
const MOST_ALIKE = 2;
const MOST_TELLING = 5;
