/** The columns of CSV and Parquet, over attempts of every kind. */
import { describe, expect, test } from 'vitest';
import { attemptVariety } from '../../test/support/attempt-variety.ts';
import { anAttempt } from '../../test/support/findings-builder.ts';
import { AddressTable } from '../wire/address.ts';
import { ATTEMPT_COLUMNS, type ColumnValue } from './attempt-columns.ts';
import { CSV_HEAD, csvLine } from './attempt-csv.ts';
import { attemptJson } from './attempt-json.ts';

const addresses = new AddressTable();
addresses.parse('2001:db8::1');
const capture = { addresses, start: 1_700_000_000_250_000_000n };

describe('columns', () => {
  test('have names of their own', () => {
    const names = ATTEMPT_COLUMNS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  test.each(ATTEMPT_COLUMNS.map((column) => [column.name, column] as const))(
    '%s has values of its kind, and is empty only if it may be',
    (_name, column) => {
      const kinds: Record<typeof column.kind, string> = {
        small: 'number',
        integer: 'number',
        time: 'bigint',
        boolean: 'boolean',
        text: 'string',
      };
      const values = attemptVariety().map((attempt) => column.of(attempt, capture));
      for (const value of values) {
        if (value === null) expect(column.optional).toBe(true);
        else expect(typeof value).toBe(kinds[column.kind]);
      }
    },
  );

  test('say what the attempt says', () => {
    const [completed, , unanswered, refused, icmp] = attemptVariety();
    const of = (attempt: typeof completed, name: string): ColumnValue | undefined =>
      ATTEMPT_COLUMNS.find((column) => column.name === name)?.of(attempt!, capture);
    expect(of(completed, 'first_time')).toBe(1_700_000_000_250_000_000n);
    expect(of(completed, 'server_time_ns')).toBe(15_000_000);
    expect(of(completed, 'client_options')).toBe('mss,sok,ts,nop,ws');
    expect(of(completed, 'client_fast_open')).toBe(null);
    expect(of(completed, 'completeness')).toBe(31);
    expect(of(unanswered, 'client')).toBe('2001:db8::1');
    expect(of(unanswered, 'syn_gaps_ns')).toBe('1000000000 2000000000 4000000000');
    expect(of(unanswered, 'y')).toBe(null);
    expect(of(refused, 'rst_ack')).toBe(0);
    expect(of(icmp, 'icmp_from')).toBe('192.0.2.1');
  });
});

test('CSV: a head and as many fields in each line; times as ISO 8601', () => {
  const head = CSV_HEAD.trimEnd().split(',');
  const line = csvLine(anAttempt({ firstAt: 1 }), capture);
  const fields = line.trimEnd().split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/);
  expect(fields).toHaveLength(head.length);
  const row = Object.fromEntries(head.map((name, i) => [name, fields[i]]));
  expect(row).toMatchObject({
    verdict: 'completed',
    first_time: '2023-11-14T22:13:20.250000001Z',
    client_sack: 'true',
    rst_packet: '',
    client_options: '"mss,sok,ts,nop,ws"',
  });
});

test('JSON: addresses and names as text, what there is not is left out', () => {
  const [completed, , unanswered] = attemptVariety();
  expect(attemptJson(completed!, addresses)).toMatchObject({
    verdict: 'completed',
    client: '192.0.2.10',
    syn: { packet: 1, at: 0, seq: 1000 },
    synack: { packet: 2, at: 15e6, seq: 5000, ack: 1001 },
    ack: { packet: 3, at: 20e6, seq: 1001, ack: 5001 },
    facts: [],
  });
  const bare = attemptJson(unanswered!, addresses);
  expect(bare).toMatchObject({ client: '2001:db8::1', synSchedule: { sent: 4, kind: 'backoff' } });
  for (const name of ['synack', 'ack', 'rst', 'icmp', 'timing', 'synackSchedule'])
    expect(bare).not.toHaveProperty(name);
});
