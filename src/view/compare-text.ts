/** Defences against one flood as a table for the terminal, and a sentence for each: what it buys and what it costs. */
import type { CompareRow } from './compare-rows.ts';
import { counted, countText, shareText, sizeText, spanText } from './flood-number.ts';
import { shareCell } from './share-cell.ts';
import type { TextLine } from './text-line.ts';
import { cell, type TextCell, textTable } from './text-table.ts';

/** One line a row; the best and the worst shares of served clients stand out. */
export function compareLines(rows: readonly CompareRow[]): TextLine[] {
  return textTable(
    COLUMNS.map(({ head }, i) => ({ head, align: i === 0 ? 'left' : 'right' })),
    rows.map((row) => COLUMNS.map(({ cell: of }) => of(row))),
    0,
  );
}

/** What changed against `none`, in words; '' when nothing did. */
export function compareSentence(row: CompareRow, none: CompareRow): string {
  const buys = [
    change(row.served, none.served, 0.005, (a, b) => `served ${shareText(a)} instead of ${shareText(b)}`),
    change(
      row.firstTry,
      none.firstTry,
      0.005,
      (a, b) => `answered at the first SYN ${shareText(a)} instead of ${shareText(b)}`,
    ),
    row.added > 0.001 ? `half of the responses come ${spanText(row.added * 1e9)} later than without a flood` : '',
  ];
  const costs = [
    ratio(row.backscatter, none.backscatter, 'backscatter'),
    ratio(row.queueBytes, none.queueBytes, 'memory of the queue'),
    row.byCookie > 0 ? `${counted(row.byCookie, 'ACK')} with a valid cookie` : '',
    row.optionsLost > 0 ? `${counted(row.optionsLost, 'client')} without window scale or SACK` : '',
    row.boxEntries > 0 ? `${counted(row.boxEntries, 'thing')} to remember on the road` : '',
    row.boxCpu > 0.0001 ? `${shareText(row.boxCpu)} of a CPU on the road` : '',
  ];
  return [...buys, ...costs].filter((part) => part !== '').join('; ');
}

function change(now: number, before: number, least: number, say: (now: number, before: number) => string): string {
  return Math.abs(now - before) >= least ? say(now, before) : '';
}

/** Told when it is a fifth more or less. */
function ratio(now: number, before: number, what: string): string {
  if (!(before > 0) || Math.abs(now - before) < before / 5) return '';
  if (now === 0) return `no ${what}`;
  return now > before
    ? `${Number((now / before).toPrecision(2))} times the ${what}`
    : `${shareText(now / before)} of the ${what}`;
}

interface Column {
  readonly head: string;
  readonly cell: (row: CompareRow) => TextCell;
}

const share = (of: (row: CompareRow) => number) => (row: CompareRow) => shareCell(of(row));
const count = (of: (row: CompareRow) => number) => (row: CompareRow) => cell(countText(of(row)));
const time = (of: (row: CompareRow) => number) => (row: CompareRow) => cell(spanText(of(row) * 1e9));

const COLUMNS: readonly Column[] = [
  { head: '', cell: ({ defence }) => cell(defence, 'strong') },
  { head: '1st SYN', cell: share((row) => row.firstTry) },
  { head: 'ever', cell: share((row) => row.ever) },
  { head: 'served', cell: share((row) => row.served) },
  { head: 'connect p50', cell: time((row) => row.connectP50) },
  { head: 'p99', cell: time((row) => row.connectP99) },
  {
    head: 'added',
    cell: ({ added }) =>
      cell(Math.abs(added) < 0.0005 ? '0' : added < 0 ? `−${spanText(-added * 1e9)}` : spanText(added * 1e9)),
  },
  { head: 'half-open', cell: count((row) => row.halfOpenPeak) },
  { head: 'memory', cell: (row) => cell(sizeText(row.queueBytes)) },
  { head: 'on the road', cell: count((row) => row.boxEntries) },
  { head: 'backscatter', cell: count((row) => row.backscatter) },
  { head: 'options lost', cell: count((row) => row.optionsLost) },
  { head: 'CPU', cell: (row) => cell(shareText(row.serverCpu + row.boxCpu)) },
];
