/** What `halfopen explain` prints: the summary, the findings, then the attempts asked for. */
import { DETECTORS } from '../diagnose/detectors.ts';
import { attemptLines } from '../view/attempt-text.ts';
import { type CaptureSummary, summaryLines } from '../view/capture-text.ts';
import { detectorLines } from '../view/detector-text.ts';
import { judgementLines } from '../view/findings-text.ts';
import type { FirstAttempts } from '../view/first-attempts.ts';
import { counted, countText } from '../view/flood-number.ts';
import type { TextLine } from '../view/text-line.ts';
import type { AddressTable } from '../wire/address.ts';
import { painter, paintLines, wantsColour } from './terminal.ts';

export interface PageOptions {
  readonly attempts: boolean;
  readonly bounded?: boolean;
  readonly details?: boolean;
  readonly detectors?: boolean;
}

export interface PageParts {
  readonly first: FirstAttempts;
  /** Attempts that the filters chose; -1 without filters. */
  readonly passed: number;
  readonly options: PageOptions;
  readonly addresses: AddressTable;
}

export function explainPage(summary: CaptureSummary, { first, passed, options, addresses }: PageParts): string {
  const paint = painter(wantsColour(process.stdout, process.env));
  const { findings } = summary;
  const blocks: TextLine[][] = [summaryLines(summary)];
  if (findings.judgements.length === 0) blocks.push(judgementLines(findings, addresses, false));
  for (const judgement of findings.judgements) {
    const lines = judgementLines({ ...findings, judgements: [judgement] }, addresses, options.detectors === true);
    blocks.push(options.detectors === true ? [...lines, ...detectorLines(judgement, DETECTORS)] : lines);
  }
  const shown = first.kept();
  if (options.attempts && passed >= 0) blocks.push([[{ text: `${passedText(passed, summary)}`, role: 'strong' }]]);
  const text = { endedAt: findings.duration, details: options.details === true };
  for (const attempt of shown) blocks.push(attemptLines(attempt, addresses, text));
  const left = first.offered - shown.length;
  if (options.attempts && left > 0)
    blocks.push([[{ text: leftText(left, shown.length < mostShown(options)), role: 'quiet' }]]);
  return blocks.map((lines) => paintLines(lines, paint)).join('\n\n');
}

function passedText(passed: number, { details }: CaptureSummary): string {
  const all = details.attempts + details.others;
  const what = passed === 1 ? 'passes' : 'pass';
  return `${countText(passed)} of ${counted(all, details.others > 0 ? 'row' : 'attempt')} ${what} the filters`;
}

function leftText(left: number, canShow: boolean): string {
  const more = `${countText(left)} more ${left === 1 ? 'attempt is' : 'attempts are'} not shown`;
  return canShow ? `${more}; --limit 0 shows all` : `${more}; --csv and --parquet write all`;
}

/** `--limit 0` keeps this many at most, so that no capture fills memory: 150 MB, or 15. Files hold all. */
export function mostShown({ bounded }: Pick<PageOptions, 'bounded'>): number {
  return bounded === true ? 10_000 : 100_000;
}
