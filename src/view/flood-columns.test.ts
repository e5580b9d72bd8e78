import { expect, test } from 'vitest';
import { SMALL_FLOOD } from '../../test/support/small-flood.ts';
import { columnsToCsv } from './data-columns.ts';
import { floodColumns } from './flood-columns.ts';

test('one row a sample, at its end; seconds; a mean of nothing is missing', () => {
  const [head = '', ...rows] = columnsToCsv(floodColumns(SMALL_FLOOD.series)).trimEnd().split('\n');
  const names = head.split(',');
  const row = (i: number) => Object.fromEntries((rows[i] ?? '').split(',').map((value, j) => [names[j], value]));
  expect(rows).toHaveLength(10);
  expect(names[0]).toBe('time_s');
  expect(row(3)).toMatchObject({ time_s: '4', halfOpen: '65', dropsSynQueue: '15', connectTimeMean_s: '0.05' });
  expect(row(4)).toMatchObject({ time_s: '5', connectTimeMean_s: '' });
});
