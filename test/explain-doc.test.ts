/** docs/explain.md lists every column, verdict, detail, fact and option there is, as the code has them, and no other. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../src/cli/program.ts';
import { VERDICT_NAMES } from '../src/diagnose/verdict.ts';
import { ATTEMPT_COLUMNS, type ColumnKind } from '../src/view/attempt-columns.ts';
import { DETAIL_TEXT, VERDICT_TEXT } from '../src/view/detail-text.ts';
import { FACT_NAMES } from '../src/view/fact-names.ts';

const text = readFileSync(new URL('../docs/explain.md', import.meta.url), 'utf8');

const TYPES: Readonly<Record<ColumnKind, string>> = {
  small: 'INTEGER',
  integer: 'BIGINT',
  time: 'TIMESTAMP',
  boolean: 'BOOLEAN',
  text: 'VARCHAR',
};

describe('docs/explain.md', () => {
  test('columns', () => {
    const columns = ATTEMPT_COLUMNS.map(({ name, kind, optional, meaning }) => [
      `\`${name}\``,
      `${TYPES[kind]}${optional ? ', may be empty' : ''}`,
      meaning,
    ]);
    expect(tableUnder('Columns')).toEqual(columns);
  });

  test('verdicts, details and facts', () => {
    expect(tableUnder('Verdicts')).toEqual(VERDICT_NAMES.map((name, i) => [`\`${name}\``, VERDICT_TEXT[i]]));
    expect(tableUnder('Details')).toEqual(Object.entries(DETAIL_TEXT).map(([name, says]) => [`\`${name}\``, says]));
    expect(tableUnder('Facts')).toEqual(FACT_NAMES.map(({ name, meaning }) => [`\`${name}\``, meaning]));
  });

  test('every option', async () => {
    const command = (await createProgram()).commands.find((each) => each.name() === 'explain');
    const options = (command?.options ?? []).map((option) => option.long ?? '');
    expect(options.length).toBeGreaterThan(10);
    expect(options.filter((option) => !text.includes(option))).toEqual([]);
  });
});

/** The cells of the first table under a heading, its head left out. */
function tableUnder(heading: string): string[][] {
  const section = text.split(new RegExp(`^#+ ${heading}$`, 'm'))[1] ?? '';
  const rows = section.split(/^#/m)[0]!.match(/^\|.*\|$/gm) ?? [];
  return rows.slice(2).map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}
