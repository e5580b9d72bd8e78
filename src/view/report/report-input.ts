/** What a report is made from, and how its numbers and names read. */
import type { DetectorInfo } from '../../diagnose/detect/types.ts';
import type { Findings, Judgement, JudgementKind } from '../../diagnose/findings.ts';
import type { AddressTable } from '../../wire/address.ts';
import type { CaptureSummary } from '../capture-text.ts';
import { subjectText } from '../subject-text.ts';
import { formatSpan } from '../time-text.ts';
import { hasClock, utcText } from '../utc-text.ts';
import { endText, onsetText, type When } from '../when-text.ts';
import type { TellingAttempts } from './telling-attempts.ts';

export interface ReportInput extends CaptureSummary {
  /** Took every row of the capture. */
  readonly telling: TellingAttempts;
  readonly addresses: AddressTable;
  /** What the detectors are that the judgements name. */
  readonly detectors: readonly DetectorInfo[];
  /** Of this program. */
  readonly version: string;
}

/** Judgements that say something happened. */
export function incidents(findings: Findings): readonly Judgement[] {
  return findings.judgements.filter(({ kind }) => kind !== 'nothing');
}

/** What it is, in the words of a heading. */
export function titleOf(judgement: Judgement, addresses: AddressTable): string {
  const whom = subjectText(judgement.subject, addresses);
  if (judgement.kind === 'nothing') return 'No flood found';
  const [what, target, source] = KIND_WORDS[judgement.kind];
  const title = `${what} ${judgement.subject.role === 'source' ? source : target} ${whom}`;
  if (judgement.confidence.level !== 'low') return title;
  return `Possible ${/^[A-Z]{2}/.test(title) ? title : title.charAt(0).toLowerCase() + title.slice(1)}`;
}

/** Time in the capture, three decimals at most: `10.2 s`, `5 min 3.25 s`. */
export function sinceStart(ts: number): string {
  const ms = Math.round(ts / 1e6);
  if (Math.abs(ms) < 120_000) return ms === 0 ? '0 s' : formatSpan(ms * 1e6);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(ms / 3_600_000), 'h'],
    [Math.floor(ms / 60_000) % 60, 'min'],
    [(ms % 60_000) / 1e3, 's'],
  ];
  return parts.flatMap(([value, unit]) => (value === 0 ? [] : [`${value} ${unit}`])).join(' ');
}

/** Made of replies that nobody asked for, not of attempts. */
export function isOfReplies({ kind, attempts }: Judgement): boolean {
  return attempts === 0 && (kind === 'backscatter' || kind === 'reflection');
}

/** Time of day of a moment of the capture, in UTC: `22:13:30.450`; '' when it has none. */
export function clockText(findings: Findings, ts: number, digits: 0 | 3 = 3): string {
  return hasClock(findings.startSec) ? isoText(findings, ts, digits).slice('2023-11-14T'.length, -1) : '';
}

/** Its day: `2023-11-14`. */
export function dayText(findings: Findings, ts: number): string {
  return isoText(findings, ts, 0).slice(0, '2023-11-14'.length);
}

/** `10.2 s (22:13:30.450 UTC)`. */
export function momentText(findings: Findings, ts: number): string {
  const clock = clockText(findings, ts);
  return clock === '' ? sinceStart(ts) : `${sinceStart(ts)} (${clock} UTC)`;
}

/** When it began: `10.2 s (22:13:30.450 UTC)`, `second 10 (22:13:30 UTC)` where no more is known. */
export function onsetMoment(findings: Findings, when: When): string {
  const { onset, onsetWithin } = when;
  return onsetWithin === 0 ? momentText(findings, onset) : withClock(onsetText(when), findings, onset);
}

/** The same of the end, which has been. */
export function endMoment(findings: Findings, when: When): string {
  const { end, endWithin } = when;
  if (endWithin === 0) return momentText(findings, end);
  return withClock(endText(when), findings, end - endWithin);
}

/** A clock without fractions, for what is known no better. */
function withClock(text: string, findings: Findings, ts: number): string {
  const clock = clockText(findings, ts, 0);
  return clock === '' ? text : `${text} (${clock} UTC)`;
}

function isoText({ startSec, startNanos }: Findings, ts: number, digits: 0 | 3): string {
  return utcText(startSec, startNanos + ts, digits);
}

/** What it is called, and the words before whom it strikes and who does it. */
const KIND_WORDS: Record<Exclude<JudgementKind, 'nothing'>, readonly [string, string, string]> = {
  flood: ['SYN flood', 'against', 'from'],
  scan: ['Scan', 'of', 'by'],
  backscatter: ['Backscatter', 'reaching', 'from'],
  reflection: ['TCP reflection', 'towards', 'from'],
  'retry-storm': ['Retry storm', 'at', 'from'],
  'flash-crowd': ['Flash crowd', 'at', 'from'],
};
