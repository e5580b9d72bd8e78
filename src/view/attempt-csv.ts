/** Attempts as CSV (RFC 4180, lines ended by LF): a head, then a line each; what an attempt lacks is an empty field. */
import type { Attempt } from '../diagnose/attempt.ts';
import { ATTEMPT_COLUMNS, type CaptureFrame, type ColumnValue } from './attempt-columns.ts';
import { csvField } from './data-columns.ts';
import { utcText } from './utc-text.ts';

export const CSV_HEAD: string = `${ATTEMPT_COLUMNS.map(({ name }) => name).join(',')}\n`;

export function csvLine(attempt: Attempt, capture: CaptureFrame): string {
  let line = '';
  for (const column of ATTEMPT_COLUMNS) line += `,${field(column.of(attempt, capture))}`;
  return `${line.slice(1)}\n`;
}

/** Times as ISO 8601 with nanoseconds, which DuckDB and pandas read as times. */
function field(value: ColumnValue): string {
  if (typeof value === 'bigint') return utcText(Number(value / SECOND), Number(value % SECOND));
  return typeof value === 'boolean' ? String(value) : csvField(value);
}

const SECOND = 1_000_000_000n;
