/** A table of text for the terminal: columns as wide as they must be, numbers to the right. */
import type { TextLine, TextRole } from './text-line.ts';

export interface TextColumn {
  readonly head: string;
  readonly align: 'left' | 'right';
}

export interface TextCell {
  readonly text: string;
  readonly role: TextRole;
}

/** Two blanks between columns, `indent` before the first. The heads are left out when all are empty. */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly TextCell[])[],
  indent = 2,
): TextLine[] {
  const widths = columns.map(({ head }, i) =>
    Math.max(widthOf(head), ...rows.map((row) => widthOf(row[i]?.text ?? ''))),
  );
  const line = (cells: readonly TextCell[]): TextLine => [
    { text: ' '.repeat(indent), role: 'plain' },
    ...columns.map(({ align }, i) => {
      const { text, role } = cells[i] ?? { text: '', role: 'plain' as const };
      const blank = ' '.repeat((widths[i] ?? 0) - widthOf(text));
      const gap = i === columns.length - 1 ? '' : '  ';
      return { text: align === 'left' ? `${text}${blank}${gap}` : `${blank}${text}${gap}`, role };
    }),
  ];
  const body = rows.map(line);
  if (columns.every(({ head }) => head === '')) return body;
  return [line(columns.map(({ head }) => ({ text: head, role: 'quiet' }))), ...body];
}

export function cell(text: string, role: TextRole = 'plain'): TextCell {
  return { text, role };
}

function widthOf(text: string): number {
  return [...text].length;
}
