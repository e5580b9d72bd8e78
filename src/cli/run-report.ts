/** What `halfopen run` prints: heading, ladder, then each step with its sentence and reasons. */
import type { Recording, Step, TcbView } from '../sim/recording.ts';
import { ladderLines } from '../view/ladder-text.ts';
import { type NumberMode, Numbers } from '../view/numbers.ts';
import { hostName, stepSentence } from '../view/sentence.ts';
import { type WhyLevel, type WhyLine, whyLines, whyMark } from '../view/why-text.ts';
import { type Paint, paintLines } from './terminal.ts';
import { wrapText } from './wrap-text.ts';

export interface RunReportOptions {
  /** The scenario's own words for each step, '' where it has none. */
  readonly story: readonly string[];
  readonly numbers: NumberMode;
  readonly why: WhyLevel;
  /** How many steps to show. */
  readonly steps: number;
  readonly options: boolean;
  readonly tcb: boolean;
  readonly paint: Paint;
}

export function runReport(recording: Recording, summary: string, options: RunReportOptions): string {
  const { paint } = options;
  const numbers = new Numbers(recording, options.numbers);
  const last = Math.min(options.steps, recording.steps.length) - 1;
  const lines = [paint('strong', recording.title)];
  if (summary !== '') lines.push(...wrapText(summary.trim(), WIDTH));
  lines.push(paint('quiet', facts(recording, numbers).join(' · ')), '');
  const ladder = ladderLines(recording, { numbers: options.numbers, step: last, options: options.options });
  lines.push(paintLines(ladder, paint), '');
  const digits = String(last + 1).length;
  for (const step of recording.steps.slice(0, last + 1)) {
    lines.push(`${String(step.index + 1).padStart(digits)}  ${stepSentence(recording, step, numbers)}`);
    const indent = ' '.repeat(digits + 2);
    for (const line of wrapText(options.story[step.index] ?? '', WIDTH - indent.length))
      lines.push(indent + paint('strong', line));
    for (const why of whyLines(recording, step, numbers, options.why)) lines.push(indent + whyText(why, paint));
    if (options.tcb) lines.push(...tcbLines(recording, step, numbers).map((line) => indent + paint('quiet', line)));
  }
  const rest = recording.steps.length - 1 - last;
  if (rest > 0) lines.push(paint('quiet', rest === 1 ? '1 more step' : `${rest} more steps`));
  return lines.join('\n');
}

const WIDTH = 92;

function facts(recording: Recording, numbers: Numbers): string[] {
  const all = [recording.profile, `seed ${recording.seed}`];
  if (numbers.mode === 'symbolic') for (const base of numbers.bases) all.push(`${base.symbol} = ${base.iss}`);
  if (recording.hash !== '') all.push(`trace ${recording.hash}`);
  return all;
}

/** A reason on a line: its mark in colour, what was compared, and where it is written. */
export function whyText(line: WhyLine, paint: Paint): string {
  const role = line.mark === 'held' ? 'established' : line.mark === 'failed' ? 'dropped' : 'plain';
  return `${paint(role, whyMark(line))} ${line.text}  ${paint('quiet', line.ref)}`;
}

function tcbLines(recording: Recording, step: Step, numbers: Numbers): string[] {
  return step.hosts.flatMap((host, index) =>
    host.tcbs.map((tcb) => `${hostName(recording, index)} ${tcbText(tcb, numbers)}`),
  );
}

function tcbText(tcb: TcbView, numbers: Numbers): string {
  const own = (value: number): string => numbers.from(value, tcb.iss);
  const parts = [
    tcb.state,
    tcb.where === 'connection' ? '' : `(${tcb.where === 'syn-queue' ? 'SYN queue' : 'accept queue'})`,
    `SND.UNA ${own(tcb.sndUna)}`,
    `SND.NXT ${own(tcb.sndNxt)}`,
    `SND.WND ${tcb.sndWnd}`,
    // Before the peer's SYN there is nothing to expect.
    tcb.state === 'SYN-SENT' ? '' : `RCV.NXT ${numbers.from(tcb.rcvNxt, tcb.irs)}`,
    `RCV.WND ${tcb.rcvWnd}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}
