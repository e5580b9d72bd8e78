import { expect, test } from 'vitest';
import { FragmentTable } from '../diagnose/fragment-table.ts';
import { fragmentSentence } from './fragment-text.ts';

test('what became of fragments, and nothing where there were none', () => {
  const table = new FragmentTable();
  expect(fragmentSentence(table)).toBe('');
  Object.assign(table, { fragments: 1200, whole: 1, incomplete: 3, evicted: 2 });
  expect(fragmentSentence(table)).toBe(
    'IP fragments: 1,200 seen; datagrams put together 1, datagrams with a part missing 3, of these given up for room 2',
  );
});
