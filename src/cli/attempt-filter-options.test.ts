/** Filters as people write them: what is understood, and one sentence for what is not. */
import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { Verdict } from '../diagnose/verdict.ts';
import type { AttemptFilter } from '../view/attempt-filter.ts';
import { addFilterOptions, attemptFilter, type FilterOptions, isFiltered } from './attempt-filter-options.ts';

const START = 1_700_000_000_000_000_000n;

function filter(...args: string[]): AttemptFilter {
  const command = addFilterOptions(new Command().exitOverride());
  command.parse(args, { from: 'user' });
  expect(isFiltered(command.opts<FilterOptions>())).toBe(args.length > 0);
  return attemptFilter(command.opts<FilterOptions>(), START);
}

describe('filters', () => {
  test('none', () => {
    expect(filter()).toEqual({ hosts: [], ports: [], verdicts: [], details: [], from: -Infinity, to: Infinity });
  });

  test('hosts: addresses and networks, repeated or with commas', () => {
    expect(filter('--host', '192.0.2.1,10.0.0.0/8', '--host', '[2001:db8::]/32').hosts).toEqual([
      { bytes: Uint8Array.of(192, 0, 2, 1), prefix: 32 },
      { bytes: Uint8Array.of(10, 0, 0, 0), prefix: 8 },
      { bytes: Uint8Array.of(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), prefix: 32 },
    ]);
  });

  test('ports and verdicts', () => {
    const { ports, verdicts, details } = filter('--port', '80,8000-8099', '--verdict', 'half-open,icmp');
    expect(ports).toEqual([
      { first: 80, last: 80 },
      { first: 8000, last: 8099 },
    ]);
    expect([verdicts, details]).toEqual([[Verdict.HalfOpen], ['icmp']]);
  });

  test.each([
    ['10s', 10e9],
    ['1m30s', 90e9],
    ['1 h 2 min 3.456 s', 3723.456e9],
    ['250ms', 250e6],
    ['0', 0],
    ['2023-11-14T22:13:30Z', 10e9],
    ['2023-11-14 22:13:30.000000001', 10e9 + 1],
    ['2023-11-15T00:13:20+02:00', 0],
    ['2023-11-14T22:14Z', 40e9],
  ])('the time %s', (text, nanos) => {
    expect(filter('--from', text, '--to', text)).toMatchObject({ from: nanos, to: nanos });
  });

  test.each([
    [['--host', 'example.com'], /--host: expected an address .*, found "example.com"; names are not looked up$/],
    [['--host', '10.0.0.0/33'], '--host: expected a prefix length from 0 to 32 after 10.0.0.0/, found "33"'],
    [['--host', '10.0.0.0/8/8'], /--host: expected an address/],
    [['--port', '70000'], '--port: expected a port from 0 to 65535 or a range such as 8000-8099, found "70000"'],
    [['--port', '90-80'], /--port: expected a port/],
    [['--verdict', 'halfopen'], '--verdict: there is no verdict "halfopen"; did you mean half-open?'],
    [['--verdict', 'no-anser'], '--verdict: there is no verdict "no-anser"; did you mean no-answer?'],
    [['--verdict', 'xyzzyxyzzy'], /; expected completed, half-open, .*, or a detail$/],
    [['--from', '10'], /^--from: expected a time .*, found "10"; did you mean 10s\?$/],
    [['--to', 'yesterday'], /^--to: expected a time .*, found "yesterday"$/],
    [['--to', '2023-13-45'], /^--to: expected a time/],
  ])('%j is told in one sentence', (args, sentence) => {
    expect(() => filter(...args)).toThrow(
      expect.objectContaining({ name: 'HalfopenError', message: expect.stringMatching(sentence) }),
    );
  });
});
