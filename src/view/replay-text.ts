/** A replayed capture for the terminal: what was replayed, a table of defences, and one sentence for each. */
import { counted, countText, shareText, spanText } from './flood-number.ts';
import { printable } from './printable.ts';
import type { ReplayRow } from './replay-rows.ts';
import { shareCell } from './share-cell.ts';
import type { TextLine } from './text-line.ts';
import { cell, type TextCell, textTable } from './text-table.ts';

/** What of the capture was replayed. */
export interface ReplayedText {
  readonly capture: string;
  /** The captured server, and what stands for it. */
  readonly server: string;
  readonly settings: string;
  readonly attempts: number;
  readonly people: number;
  readonly completed: number;
  readonly silentSyns: number;
  readonly silentSources: number;
  readonly resetSyns: number;
  readonly resetSources: number;
  /** ns. */
  readonly span: number;
  readonly seed: number;
}

export function replayedLines(of: ReplayedText): string[] {
  const lines = [
    `${printable(of.capture)}: ${counted(of.attempts, 'attempt')} at ${of.server}${of.span > 0 ? ` in ${spanText(of.span)}` : ''}`,
    `replayed at ${of.settings} · seed ${of.seed}`,
  ];
  lines.push(
    of.people === 0
      ? '  of nobody do the packets show that they wanted to connect'
      : `  ${counted(of.people, 'client')} wanted to connect (completed, or repeated as a TCP stack does); ${countText(of.completed)} did so in the capture`,
  );
  if (of.silentSyns > 0)
    lines.push(`  ${counted(of.silentSyns, 'SYN')} from ${counted(of.silentSources, 'source')} that never followed up`);
  if (of.resetSyns > 0)
    lines.push(`  ${counted(of.resetSyns, 'SYN')} from ${counted(of.resetSources, 'source')} that answer with RST`);
  lines.push('  and, not in the capture, an ordinary client every second or so: what a newcomer would have met');
  return lines;
}

/** One line a defence. */
export function replayLines(rows: readonly ReplayRow[]): TextLine[] {
  const shown = COLUMNS.filter(({ wanted }) => rows.some(wanted ?? (() => true)));
  return textTable(
    shown.map(({ head }, i) => ({ head, align: i === 0 ? 'left' : 'right' })),
    rows.map((row) => shown.map(({ cell: of }) => of(row))),
    0,
  );
}

/** The answer in words: was there room, and who got in? */
export function replaySentence(row: ReplayRow): string {
  const room = Number.isFinite(row.fullAt)
    ? `the queue of ${countText(row.capacity)} was full from ${spanText(row.fullAt * 1e9)} on, for ${shareText(row.fullShare)} of the time`
    : `the queue never filled: at most ${countText(row.halfOpenPeak)} of ${countText(row.capacity)}`;
  const parts = [room];
  if (row.dropped > 0) parts.push(`${counted(row.dropped, 'SYN')} found no room`);
  if (row.evicted > 0) parts.push(`${row.evicted === 1 ? '1 entry' : `${countText(row.evicted)} entries`} gave way`);
  if (row.cookies > 0) parts.push(`${counted(row.cookies, 'SYN')} got a cookie`);
  if (Number.isFinite(row.probesServed))
    parts.push(
      row.probesServed === 1
        ? `every newcomer was served${row.probesFirstTry < 1 ? `, ${shareText(row.probesFirstTry)} at the first SYN` : ''}`
        : `of newcomers ${shareText(row.probesServed)} were served`,
    );
  if (row.people > 0) parts.push(`${countText(row.peopleConnected)} of ${counted(row.people, 'client')} connected`);
  return parts.join('; ');
}

interface Column {
  readonly head: string;
  readonly cell: (row: ReplayRow) => TextCell;
  /** Shown when it is so for any row; left out: always. */
  readonly wanted?: (row: ReplayRow) => boolean;
}

const COLUMNS: readonly Column[] = [
  { head: '', cell: ({ defence }) => cell(defence, 'strong') },
  { head: 'half-open', cell: ({ halfOpenPeak }) => cell(countText(halfOpenPeak)) },
  { head: 'room for', cell: ({ capacity }) => cell(countText(capacity)) },
  {
    head: 'full from',
    cell: ({ fullAt }) => (Number.isFinite(fullAt) ? cell(spanText(fullAt * 1e9), 'dropped') : cell('never')),
  },
  { head: 'full for', cell: ({ fullShare }) => cell(shareText(fullShare)) },
  { head: 'no room', cell: ({ dropped }) => cell(countText(dropped)), wanted: ({ dropped }) => dropped > 0 },
  { head: 'evicted', cell: ({ evicted }) => cell(countText(evicted)), wanted: ({ evicted }) => evicted > 0 },
  { head: 'cookies', cell: ({ cookies }) => cell(countText(cookies)), wanted: ({ cookies }) => cookies > 0 },
  { head: 'backscatter', cell: ({ backscatter }) => cell(countText(backscatter)) },
  { head: 'newcomers at 1st SYN', cell: ({ probesFirstTry }) => cell(shareText(probesFirstTry)) },
  { head: 'served', cell: ({ probesServed }) => shareCell(probesServed) },
  {
    head: 'clients connected',
    cell: ({ people, peopleConnected }) => cell(`${countText(peopleConnected)} of ${countText(people)}`),
    wanted: ({ people }) => people > 0,
  },
];
