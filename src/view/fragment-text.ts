/** What became of IP fragments, in one sentence for the notes of a capture; '' when there are none. */
import type { FragmentTable } from '../diagnose/fragment-table.ts';
import { groupDigits } from './numbers.ts';

export function fragmentSentence(table: FragmentTable): string {
  if (table.fragments === 0) return '';
  const parts: string[] = [];
  for (const [field, text] of PARTS) {
    if (table[field] > 0) parts.push(`${groupDigits(table[field], ',')} ${text}`);
  }
  return `of ${groupDigits(table.fragments, ',')} IP fragments: ${parts.join(', ')}`;
}

type Counter = 'whole' | 'incomplete' | 'evicted' | 'overlapDropped' | 'overlapKept' | 'duplicates' | 'damaged' | 'cut';

const PARTS: readonly (readonly [Counter, string])[] = [
  ['whole', 'put together to datagrams'],
  ['incomplete', 'datagrams with a part missing'],
  ['evicted', 'of these given up for room'],
  ['overlapDropped', 'IPv6 datagrams discarded because fragments overlap'],
  ['overlapKept', 'IPv4 fragments overlap others'],
  ['duplicates', 'exact copies'],
  ['damaged', 'of no possible datagram'],
  ['cut', 'cut by the capture'],
];
