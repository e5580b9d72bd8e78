/** `halfopen watch` as a screen: rates with their last minutes, targets, alarms with what they rest on, and what was not judged. */
import type { WatchStatus } from '../diagnose/live/watch-status.ts';
import type { AddressTable } from '../wire/address.ts';
import { countText } from './flood-number.ts';
import { sparkline } from './sparkline.ts';
import { subjectText } from './subject-text.ts';
import { clipLine, LineCanvas, type TextLine, type TextRole } from './text-line.ts';
import { cell, textTable } from './text-table.ts';
import { lengthText } from './time-text.ts';
import { hasClock } from './utc-text.ts';
import { evidenceLines, kindText, rateText, totalsText, watchTime, whatText } from './watch-text.ts';

/** What the edge knows and the capture does not. */
export interface ScreenFrame {
  /** Cells of the terminal. */
  readonly width: number;
  readonly height: number;
  /** How the input is called. */
  readonly name: string;
  /** The latest thing there is to say about the input, or ''. */
  readonly note: string;
  /** Resident memory in bytes. */
  readonly memory: number;
}

/** At most `height` lines of at most `width` characters; what matters less goes first where there is no room. */
export function watchScreen(status: WatchStatus, frame: ScreenFrame, addresses: AddressTable): TextLine[] {
  const { width, height } = frame;
  const foot = footLines(status, frame);
  const top = [headLine(status, frame), ...rateLines(status, width)];
  // A blank line above each part, as long as there is room for the parts.
  const room = Math.max(0, height - top.length - foot.length - 3);
  const alarms = alarmParts(status, addresses);
  const targets = targetLines(status, addresses);
  const forTargets = Math.min(targets.length, Math.max(room - alarms.flat().length, Math.min(LEAST_TARGETS, room)));
  const shown = fitted(alarms, room - forTargets);
  const lines = [...top, [], ...shown, ...(shown.length > 0 ? [[]] : []), ...targets.slice(0, forTargets)];
  while (lines.length < height - foot.length) lines.push([]);
  return [...lines.slice(0, Math.max(1, height - foot.length)), ...foot]
    .slice(0, height)
    .map((line) => clipLine(line, width));
}

/** Seconds of the past that are shown. */
export const HISTORY = 180;

const LEAST_TARGETS = 4;
/** Columns: where the pictures begin, what stands to their right, and from what width on they have an axis. */
const SPARK_AT = 24;
const SPARK_RIGHT = 16;
const LEAST_SPARK = 20;

function headLine(status: WatchStatus, { width, name }: ScreenFrame): TextLine {
  const canvas = new LineCanvas();
  canvas.put(0, 'halfopen watch', 'strong');
  canvas.put(16, name);
  const time = !hasClock(status.startSec)
    ? ''
    : `${watchTime(status, status.at).replace('T', ' ').replace('Z', ' UTC')}, `;
  canvas.putRight(width, `  ${time}${lengthText(status.at)}`, 'quiet');
  return canvas.line();
}

function rateLines(status: WatchStatus, width: number): TextLine[] {
  const { history, rates, halfOpen } = status;
  const rows: readonly [string, string, readonly number[], TextRole, (value: number) => string][] = [
    ['SYN', rateText(rates.syn), history.syn, 'client', rateText],
    ['completed', rateText(rates.completed), history.completed, 'established', rateText],
    ['half-open', countText(halfOpen), history.halfOpen, 'half-open', countText],
  ];
  const cells = Math.max(0, width - SPARK_AT - SPARK_RIGHT);
  const lines = rows.map(([name, now, values, role, text]) => {
    const canvas = new LineCanvas();
    canvas.put(2, name);
    canvas.putRight(SPARK_AT - 2, now, 'strong');
    if (cells > 0) {
      // The present stands at the right from the beginning on; what was before the capture is blank.
      const before = Array.from({ length: HISTORY - values.length }, () => Number.NaN);
      canvas.put(SPARK_AT, sparkline([...before, ...values], cells), role);
      const most = values.reduce((top, value) => Math.max(top, value), 0);
      canvas.putRight(width, `  most ${text(most)}`, 'quiet');
    }
    return canvas.line();
  });
  const axis = new LineCanvas();
  axis.put(SPARK_AT, `${HISTORY / 60} min ago`, 'quiet');
  axis.putRight(SPARK_AT + cells, 'now', 'quiet');
  return cells < LEAST_SPARK ? lines : [...lines, axis.line()];
}

/** One group of lines an alarm, those that go on first, then those that ended, latest first. */
function alarmParts(status: WatchStatus, addresses: AddressTable): TextLine[][] {
  const going = status.alarms.map((alarm): TextLine[] => [
    [
      { text: '  ALARM  ', role: 'dropped' },
      { text: whatText(alarm, addresses), role: 'strong' },
      { text: `  for ${lengthText(status.at - alarm.onset)}, since ${watchTime(status, alarm.onset)}`, role: 'plain' },
    ],
    ...[totalsText(alarm), ...evidenceLines(alarm)].map((text): TextLine => [{ text: `    ${text}`, role: 'plain' }]),
  ]);
  const ended = status.ended.map((alarm): TextLine[] => [
    [
      { text: '  ended  ', role: 'quiet' },
      { text: whatText(alarm, addresses), role: 'plain' },
      {
        text: `  ${watchTime(status, alarm.onset)}, ${lengthText(alarm.endedAt - alarm.onset)}, ${totalsText(alarm)}`,
        role: 'quiet',
      },
    ],
  ]);
  return [...going, ...ended];
}

/** All heads first, then as many of the lines below them as there is room for, in order. */
function fitted(parts: readonly (readonly TextLine[])[], room: number): TextLine[] {
  const heads = Math.min(parts.length, room);
  let left = room - heads;
  return parts.slice(0, heads).flatMap((part) => {
    const below = Math.min(left, part.length - 1);
    left -= below;
    return part.slice(0, 1 + below);
  });
}

function targetLines({ targets }: WatchStatus, addresses: AddressTable): TextLine[] {
  if (targets.length === 0) return [];
  return textTable(
    [
      { head: 'target', align: 'left' },
      { head: 'SYN', align: 'right' },
      { head: 'attempts', align: 'right' },
      { head: 'completed', align: 'right' },
      { head: 'half-open', align: 'right' },
      { head: 'judged', align: 'left' },
    ],
    targets.map((target) => {
      const share = target.attempts === 0 ? '' : `${((100 * target.completed) / target.attempts).toFixed(1)} %`;
      return [
        cell(subjectText(target.subject, addresses)),
        cell(rateText(target.synRate)),
        cell(countText(target.attempts)),
        cell(share, target.attempts > 0 && target.completed < target.attempts / 2 ? 'half-open' : 'plain'),
        cell(countText(target.halfOpen)),
        target.kind === 'nothing'
          ? cell('')
          : cell(`${kindText(target.kind)} (${target.level})`, target.level === 'low' ? 'quiet' : 'dropped'),
      ];
    }),
  );
}

function footLines(status: WatchStatus, { note, memory }: ScreenFrame): TextLine[] {
  const skipped = status.skipped.map(({ name, count }) => `${countText(count)} ${name}`);
  const { rows, bytes, expired, evicted } = status.table;
  const table = [
    `table ${countText(rows)} rows, ${megabytes(bytes)}`,
    `let go ${countText(expired)} silent, ${countText(evicted)} for room`,
    `memory ${megabytes(memory)}`,
  ];
  const lines = [
    [`${countText(status.packets)} packets`, `${countText(status.tcp)} TCP`, ...skipped].join(', '),
    table.join('; '),
  ];
  if (note !== '') lines.push(note);
  return lines.map((text) => [{ text: `  ${text}`, role: 'quiet' }]);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0)} MB`;
}
