/** What became of IP fragments, in one sentence for the notes of a capture; '' when there are none. */
import type { FragmentTable } from '../diagnose/fragment-table.ts';
import { countText } from './flood-number.ts';

export function fragmentSentence(table: FragmentTable): string {
  if (table.fragments === 0) return '';
  const parts: string[] = [];
  for (const [field, text] of PARTS) {
    if (table[field] > 0) parts.push(`${text} ${countText(table[field])}`);
  }
  return `IP fragments: ${countText(table.fragments)} seen; ${parts.join(', ')}`;
}

type Counter = 'whole' | 'incomplete' | 'evicted' | 'overlapDropped' | 'overlapKept' | 'duplicates' | 'damaged' | 'cut';

const PARTS: readonly (readonly [Counter, string])[] = [
  ['whole', 'datagrams put together'],
  ['incomplete', 'datagrams with a part missing'],
  ['evicted', 'of these given up for room'],
  ['overlapDropped', 'IPv6 datagrams discarded for overlaps'],
  ['overlapKept', 'IPv4 fragments that overlap others'],
  ['duplicates', 'exact copies'],
  ['damaged', 'fragments of no possible datagram'],
  ['cut', 'fragments cut by the capture'],
];
