/** Parquet files, read back by a reader that is not the writer's code path. */
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { expect, test } from 'vitest';
import { columnsToCsv, type DataColumn, mixedColumn } from '../view/data-columns.ts';
import { columnsToParquet } from './parquet.ts';

const columns: readonly DataColumn[] = [
  { name: 'point', kind: 'integer', data: [0, 1, 2 ** 40] },
  { name: 'queue.peak', kind: 'number', data: [128, null, 0.1] },
  mixedColumn('server.policy', ['syn-cookies', 'a "quoted", one', { name: 'syn-cache', buckets: 512 }]),
];

test('columns come back as they were written', async () => {
  const file = columnsToParquet(columns).buffer as ArrayBuffer;
  expect(await parquetReadObjects({ file })).toEqual([
    { point: 0n, 'queue.peak': 128, 'server.policy': 'syn-cookies' },
    { point: 1n, 'queue.peak': null, 'server.policy': 'a "quoted", one' },
    { point: 2n ** 40n, 'queue.peak': 0.1, 'server.policy': '{"name":"syn-cache","buckets":512}' },
  ]);
  const { children } = parquetSchema(parquetMetadata(file));
  expect(children.map(({ element }) => [element.name, element.type])).toEqual([
    ['point', 'INT64'],
    ['queue.peak', 'DOUBLE'],
    ['server.policy', 'BYTE_ARRAY'],
  ]);
});

test('CSV quotes what RFC 4180 asks to be quoted', () => {
  expect(columnsToCsv(columns)).toBe(
    [
      'point,queue.peak,server.policy',
      '0,128,syn-cookies',
      '1,,"a ""quoted"", one"',
      '1099511627776,0.1,"{""name"":""syn-cache"",""buckets"":512}"',
      '',
    ].join('\n'),
  );
});
