/** A table of data as named columns: what CSV and Parquet files are made of. */

export interface DataColumn {
  readonly name: string;
  /** `integer` fits 53 bits; `number` may be missing (null), the others may not. */
  readonly kind: 'integer' | 'number' | 'text';
  readonly data: readonly (number | string | null)[];
}

/** Settings and other mixed values: a column of numbers when all are, else of text, lists and mappings as JSON. */
export function mixedColumn(name: string, values: readonly unknown[]): DataColumn {
  if (values.every((value) => typeof value === 'number')) return { name, kind: 'number', data: values };
  return { name, kind: 'text', data: values.map(valueText) };
}

/** A text as it is, anything else as JSON. */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** CSV as in RFC 4180, lines ended by LF; numbers in full precision, a missing one is an empty field. */
export function columnsToCsv(columns: readonly DataColumn[]): string {
  const lines = [columns.map(({ name }) => csvField(name)).join(',')];
  const rows = columns[0]?.data.length ?? 0;
  for (let row = 0; row < rows; row++) lines.push(columns.map(({ data }) => csvField(data[row] ?? null)).join(','));
  return `${lines.join('\n')}\n`;
}

/** One field, quoted where RFC 4180 asks for it. */
export function csvField(value: number | string | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
