/** `halfopen watch` as plain lines, for pipes and logs: a status now and then, and what begins and ends. */
import type { JudgementKind } from '../diagnose/findings.ts';
import type { Alarm, AlarmEvent } from '../diagnose/live/alarm-book.ts';
import type { CaptureStart, WatchStatus } from '../diagnose/live/watch-status.ts';
import type { AddressTable } from '../wire/address.ts';
import { confidenceText } from './confidence-text.ts';
import { counted, countText } from './flood-number.ts';
import { subjectText } from './subject-text.ts';
import { lengthText } from './time-text.ts';
import { hasClock, utcText } from './utc-text.ts';

/** `2023-11-14T22:13:20Z`; in a capture whose clock begins at 0, `12.5 s`. */
export function watchTime({ startSec, startNanos }: CaptureStart, at: number): string {
  return !hasClock(startSec) ? `${(at / 1e9).toFixed(1)} s` : utcText(startSec, startNanos + at, 0);
}

export function statusText(status: WatchStatus): string {
  const { rates, halfOpen, packets, alarms, skipped } = status;
  const parts = [
    `SYN ${rateText(rates.syn)}`,
    `completed ${rateText(rates.completed)}`,
    `half-open ${countText(halfOpen)}`,
    `${countText(packets)} packets`,
  ];
  const damaged = skipped.reduce((sum, { count, damaged }) => (damaged ? sum + count : sum), 0);
  if (damaged > 0) parts.push(`${countText(damaged)} damaged`);
  if (alarms.length > 0) parts.push(`alarms ${alarms.length}`);
  return `${watchTime(status, status.at)}  ${parts.join(', ')}`;
}

/** The event in a line of its own; under a beginning and an end, what it rests on. */
export function alarmLines({ type, at, alarm }: AlarmEvent, start: CaptureStart, addresses: AddressTable): string[] {
  const head = `${watchTime(start, at)}  ${alarmTitle(alarm, addresses)}`;
  switch (type) {
    case 'alarm-begin':
      return [
        `${head} began at ${watchTime(start, alarm.onset)}`,
        `  ${alarm.judgement.sentence}`,
        ...evidenceLines(alarm).map((line) => `  ${line}`),
      ];
    case 'alarm-update':
      return [`${head} goes on for ${lengthText(at - alarm.onset)}: ${totalsText(alarm)}`];
    case 'alarm-end': {
      const how = alarm.endedBy === 'quiet' ? 'ended' : 'still went on when the input ended';
      return [`${head} ${how}, after ${lengthText(alarm.endedAt - alarm.onset)}: ${totalsText(alarm)}`];
    }
    default: {
      const never: never = type;
      throw new Error(`no words for ${String(never)}`);
    }
  }
}

/** `ALARM 3: flood against 203.0.113.80:80`. */
export function alarmTitle(alarm: Alarm, addresses: AddressTable): string {
  return `ALARM ${alarm.id}: ${whatText(alarm, addresses)}`;
}

/** `flood against 203.0.113.80:80`. */
export function whatText({ kind, subject }: Alarm, addresses: AddressTable): string {
  const relation = subject.role === 'source' ? 'from' : kind === 'flood' || kind === 'reflection' ? 'against' : 'at';
  return `${kindText(kind)} ${relation} ${subjectText(subject, addresses)}`;
}

/** `retry storm`. */
export function kindText(kind: JudgementKind): string {
  return kind.replace('-', ' ');
}

/** Confidence, and the reasons it is made of, most for it first: with a plus, and those against it with a minus. */
export function evidenceLines({ judgement }: Alarm): string[] {
  const { confidence } = judgement;
  return [
    `confidence ${confidenceText(confidence)}`,
    ...confidence.because
      .toSorted((a, b) => b.weight - a.weight)
      .map(({ weight, sentence }) => `${weight < 0 ? '-' : '+'} ${sentence}`),
  ];
}

export function totalsText({ attempts, peakRate }: Alarm): string {
  return `${counted(attempts, 'attempt')}, at most ${rateText(peakRate)}`;
}

/** `1,203/s`; below ten with one decimal. */
export function rateText(rate: number): string {
  return `${rate > 0 && rate < 10 ? rate.toFixed(1) : countText(Math.round(rate))}/s`;
}
