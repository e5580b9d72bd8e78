/** What the detectors saw, for `--detectors`: formula, value, threshold, evidence, blind spots. */
import type { DetectorInfo, Finding } from '../diagnose/detect/types.ts';
import type { Judgement } from '../diagnose/findings.ts';
import { countText } from './flood-number.ts';
import type { TextLine, TextRole } from './text-line.ts';
import { firstAndLastText } from './when-text.ts';

/** The findings of one judgement, each with what its detector is; of one that `infos` does not list, the finding alone. */
export function detectorLines(judgement: Judgement, infos: readonly DetectorInfo[]): TextLine[] {
  return judgement.findings.flatMap((finding) => [
    [],
    ...findingLines(
      finding,
      infos.find(({ id }) => id === finding.detector),
    ),
  ]);
}

function findingLines(finding: Finding, info: DetectorInfo | undefined): TextLine[] {
  const lines: TextLine[] = [
    [
      { text: `  ${finding.detector}`, role: 'strong' },
      { text: `: ${STATE_TEXT[finding.state]}`, role: STATE_ROLES[finding.state] },
      { text: info === undefined ? '' : `  ${info.title}`, role: 'quiet' },
    ],
    [{ text: `    ${finding.sentence}`, role: 'plain' }],
  ];
  if (info !== undefined) lines.push(row('formula', info.formula), row('window', info.window));
  if (finding.state !== 'cannot-judge') {
    const when = finding.onset < 0 ? '' : `, ${firstAndLastText(finding)}`;
    lines.push(row('value', `${numberText(finding.value)}, threshold ${numberText(finding.threshold)}${when}`));
  }
  if (info !== undefined) lines.push(row('threshold', info.threshold));
  for (const [i, { label, value, packets }] of finding.evidence.entries()) {
    const numbers =
      packets === undefined || packets.length === 0 ? '' : ` (packets ${packets.map(countText).join(', ')})`;
    lines.push(row(i === 0 ? 'evidence' : '', `${label}: ${value}${numbers}`));
  }
  for (const [i, spot] of (info?.blindSpots ?? []).entries()) lines.push(row(i === 0 ? 'blind to' : '', spot));
  if (info !== undefined) lines.push(row('source', info.source));
  return lines;
}

const STATE_TEXT: Readonly<Record<Finding['state'], string>> = {
  fires: 'fires',
  quiet: 'quiet',
  'cannot-judge': 'cannot judge',
};

const STATE_ROLES: Readonly<Record<Finding['state'], TextRole>> = {
  fires: 'dropped',
  quiet: 'established',
  'cannot-judge': 'half-open',
};

/** Four digits that count. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return Number.isInteger(value) ? countText(value) : countText(Number(value.toPrecision(4)));
}

function row(name: string, text: string): TextLine {
  return [
    { text: `    ${name.padEnd(NAME_WIDTH)}`, role: 'quiet' },
    { text, role: 'plain' },
  ];
}

const NAME_WIDTH = 11;
