/** Files of attempts, read back by readers of other people: hyparquet, and DuckDB where it runs. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { attemptVariety } from '../../test/support/attempt-variety.ts';
import { duckdb } from '../../test/support/duckdb.ts';
import { anAttempt } from '../../test/support/findings-builder.ts';
import type { Attempt } from '../diagnose/attempt.ts';
import { VERDICT_NAMES } from '../diagnose/verdict.ts';
import { ATTEMPT_COLUMNS } from '../view/attempt-columns.ts';
import { AddressTable } from '../wire/address.ts';
import { type AttemptOutput, csvOutput, jsonOutput, zeekOutput } from './attempt-outputs.ts';
import { parquetOutput } from './attempt-parquet.ts';
import { GrowingOutput } from './growing-output.ts';

const addresses = new AddressTable();
addresses.parse('2001:db8::1');
const capture = { addresses, start: 1_700_000_000_250_000_000n };
/** More than one row group of Parquet holds. */
const MANY = 40_000;

const ZEEK_TAGS = [
  '#separator \\x09',
  '#set_separator',
  '#empty_field',
  '#unset_field',
  '#path',
  '#open',
  '#fields',
  '#types',
  '#close',
];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfopen-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('Parquet', () => {
  test('every value comes back', async () => {
    const rows = await parquetReadObjects({ file: written(parquetOutput(join(folder, 'a.parquet'), capture)) });
    const attempts = attemptVariety();
    expect(rows).toHaveLength(attempts.length);
    for (const [i, attempt] of attempts.entries()) {
      for (const { name, kind, of } of ATTEMPT_COLUMNS) {
        const wanted = of(attempt, capture);
        const found = rows[i]![name];
        if (kind === 'time') expect(found).toEqual(new Date(Number(BigInt(wanted as bigint) / 1_000_000n)));
        else expect(typeof found === 'bigint' ? Number(found) : (found ?? null), name).toBe(wanted);
      }
    }
  });

  test('in row groups, each with all rows in their order', async () => {
    const attempts = Array.from({ length: MANY }, (_, i) => anAttempt({ firstPacket: i + 1 }));
    const file = written(parquetOutput(join(folder, 'a.parquet'), capture), attempts);
    const groups = parquetMetadata(file).row_groups.map((group) => Number(group.num_rows));
    expect(groups.length).toBeGreaterThan(1);
    expect(groups.reduce((sum, rows) => sum + rows, 0)).toBe(MANY);
    const rows = await parquetReadObjects({ file, columns: ['first_packet'] });
    expect(rows.map((row) => Number(row.first_packet))).toEqual(attempts.map((attempt) => attempt.firstPacket));
  });

  test('of no attempts is a table all the same', async () => {
    const file = written(parquetOutput(join(folder, 'a.parquet'), capture), []);
    expect(await parquetReadObjects({ file })).toEqual([]);
    expect(parquetMetadata(file).schema).toHaveLength(ATTEMPT_COLUMNS.length + 1);
  });
});

describe.skipIf(duckdb === undefined)('DuckDB', () => {
  test.each(['parquet', 'csv'])('reads %s: the same counts, times in UTC, nulls', async (kind) => {
    const path = join(folder, `a.${kind}`);
    const attempts = [...attemptVariety(), anAttempt({ firstAt: 7 })];
    written(kind === 'csv' ? csvOutput(path, capture) : parquetOutput(path, capture), attempts);
    const counts = await duckdb!(`select verdict, count(*)::int n from '${path}' group by verdict`);
    const wanted = VERDICT_NAMES.map((verdict, i) => ({ verdict, n: attempts.filter((a) => a.verdict === i).length }));
    expect(counts.sort(byVerdict)).toEqual(wanted.filter(({ n }) => n > 0).sort(byVerdict));
    // DuckDB keeps microseconds of a time with a zone.
    const [row] = await duckdb!(
      `select epoch_ns(max(first_time))::varchar as last, count(rst_at_ns)::int as rsts, sum(syn_bytes)::int as bytes, bool_and(client_sack) as sack from '${path}' where first_at_ns < 1000`,
    );
    expect(row).toEqual({ last: String(capture.start), rsts: 1, bytes: 0, sack: true });
  });
});

test("Zeek's conn.log has head, a line each, and foot, also without lines", () => {
  const log = Buffer.from(written(zeekOutput(join(folder, 'conn.log'), capture))).toString();
  expect(log.match(/^#.*/gm)?.map((line) => line.split('\t')[0])).toEqual(ZEEK_TAGS);
  expect(log.match(/^[^#].*/gm)).toHaveLength(attemptVariety().length);
  const none = Buffer.from(written(zeekOutput(join(folder, 'conn.log'), capture), [])).toString();
  expect(none.trimEnd().split('\n')).toHaveLength(ZEEK_TAGS.length);
  expect(none).toMatch(/\n#close\t2023-11-14-22-13-30\n$/);
});

describe('JSON', () => {
  test('is one object: what is known before, attempts, what is known after', () => {
    const output = jsonOutput(join(folder, 'a.json'), { schema: 'x' }, capture, true);
    const json = JSON.parse(Buffer.from(written(output)).toString());
    expect(Object.keys(json)).toEqual(['schema', 'attempts', 'total']);
    expect(json.attempts).toHaveLength(attemptVariety().length);
  });

  test('without attempts, and of none', () => {
    const none = written(jsonOutput(join(folder, 'a.json'), { schema: 'x' }, capture, true), []);
    expect(JSON.parse(Buffer.from(none).toString())).toEqual({ schema: 'x', attempts: [], total: 1 });
    const without = written(jsonOutput(join(folder, 'b.json'), { schema: 'x' }, capture, false));
    expect(JSON.parse(Buffer.from(without).toString())).toEqual({ schema: 'x', total: 1 });
  });
});

describe('an output file', () => {
  test('has its name only once it is whole, and keeps what was there until then', () => {
    const path = join(folder, 'a.csv');
    writeFileSync(path, 'before');
    const output = new GrowingOutput(path);
    output.write('after');
    expect(readdirSync(folder).sort()).toEqual(['a.csv', 'a.csv.partial']);
    expect(readFileSync(path, 'utf8')).toBe('before');
    output.finish();
    expect(readFileSync(path, 'utf8')).toBe('after');
    expect(readdirSync(folder)).toEqual(['a.csv']);
  });

  test('that is given up leaves nothing', () => {
    const output = new GrowingOutput(join(folder, 'a.csv'));
    output.write('half');
    output.discard();
    output.discard();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('text and bytes keep their order, beyond any buffer', () => {
    const output = new GrowingOutput(join(folder, 'a'));
    const piece = 'ä'.repeat(40_000);
    output.write('a');
    output.write(Uint8Array.of(98));
    for (let i = 0; i < 5; i++) output.write(piece);
    output.finish();
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe(`ab${piece.repeat(5)}`);
  });

  test('follows a link, and writes devices in place', () => {
    writeFileSync(join(folder, 'real'), 'before');
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    const output = new GrowingOutput(join(folder, 'link'));
    output.write('after');
    output.finish();
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('after');
    const device = new GrowingOutput('/dev/null');
    device.write('gone');
    device.finish();
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  test.each([
    ['missing/a.csv', (path: string) => `cannot write ${path}: there is no folder ${join(path, '..')}`],
    ['a-folder', (path: string) => `cannot write ${path}: this is a folder, expected a file`],
  ])('%s: one sentence', (name, sentence) => {
    mkdirSync(join(folder, 'a-folder'));
    const path = join(folder, name);
    expect(() => new GrowingOutput(path)).toThrow(sentence(path));
  });

  test.skipIf(process.platform !== 'linux')('on a device that is full: one sentence', () => {
    const output = new GrowingOutput('/dev/full');
    output.write('x');
    expect(() => output.finish()).toThrow('cannot write /dev/full: no space left on the device');
    output.discard();
  });
});

/** The file that `output` makes of the attempts. */
function written(output: AttemptOutput, attempts: readonly Attempt[] = attemptVariety()): ArrayBuffer {
  for (const attempt of attempts) output.add(attempt);
  output.finish({ endedAt: 10e9, summary: () => ({ total: 1 }) });
  const bytes = readFileSync(output.path);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}

function byVerdict(a: Record<string, unknown>, b: Record<string, unknown>): number {
  return String(a.verdict).localeCompare(String(b.verdict));
}
