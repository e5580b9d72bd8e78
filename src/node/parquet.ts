/** Columns as an Apache Parquet file, in memory: the same columns give the same bytes. */
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import type { DataColumn } from '../view/data-columns.ts';

export function columnsToParquet(columns: readonly DataColumn[]): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData: columns.map(source), createdBy: 'halfopen' }));
}

function source({ name, kind, data }: DataColumn): ColumnSource {
  switch (kind) {
    case 'integer':
      return { name, type: 'INT64', data: data.map((value) => BigInt(value ?? 0)) };
    case 'number':
      return { name, type: 'DOUBLE', nullable: true, data: [...data] };
    case 'text':
      return { name, type: 'STRING', data: [...data] };
    default: {
      const never: never = kind;
      throw new Error(`no Parquet type for ${String(never)}`);
    }
  }
}
