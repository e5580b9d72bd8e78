/** The rules of the listener's defences beyond Linux' own admission, each with its source. */
import type { Rule, ValueKind } from './why.ts';

export const OLDEST_OUT: Rule = rule(
  'oldest-out',
  'RFC 4987 §3.4',
  'the SYN queue is full: give up the entry that arrived first, of {0}',
  'n',
);
export const RANDOM_OUT: Rule = rule(
  'random-out',
  'Ricciulli, Lincoln, Kakkar 1999',
  'the SYN queue is full: give up one of its {0} entries at random',
  'n',
);

function rule(id: string, ref: string, text: string, ...values: ValueKind[]): Rule {
  return { id, ref, text, values };
}
