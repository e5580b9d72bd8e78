/** conn.log lines, read back by the field list of their own head, as Zeek's tools do it. */
import { expect, test } from 'vitest';
import { aHalfOpenAttempt, anAttempt } from '../../test/support/findings-builder.ts';
import type { Attempt } from '../diagnose/attempt.ts';
import { AddressTable } from '../wire/address.ts';
import type { CaptureFrame } from './attempt-columns.ts';
import { zeekFoot, zeekHead, zeekLine } from './zeek-log.ts';

const CAPTURE: CaptureFrame = { addresses: new AddressTable(), start: 1_700_000_000_123_456_789n };

/** The head's values by name, and the lines by the names of their fields. */
function parse(text: string): { head: Record<string, string>; rows: Record<string, string>[] } {
  const lines = text.split('\n');
  expect(lines.pop()).toBe('');
  const [separator, ...meta] = lines.filter((line) => line.startsWith('#'));
  expect(separator).toBe('#separator \\x09');
  const head = Object.fromEntries(
    meta.map((line) => [line.split('\t')[0]!.slice(1), line.split('\t').slice(1).join('\t')]),
  );
  const names = head.fields!.split('\t');
  expect(head.types!.split('\t')).toHaveLength(names.length);
  const rows = lines
    .filter((line) => !line.startsWith('#'))
    .map((line) => {
      const values = line.split('\t');
      expect(values).toHaveLength(names.length);
      return Object.fromEntries(names.map((name, i) => [name, values[i]!]));
    });
  return { head, rows };
}

function row(attempt: Attempt): Record<string, string> {
  return parse(zeekHead(CAPTURE) + zeekLine(attempt, CAPTURE)).rows[0]!;
}

test('the head is Zeek’s, and the times in it are those of the capture', () => {
  const { head, rows } = parse(
    zeekHead(CAPTURE) + zeekLine(anAttempt(), CAPTURE) + zeekFoot(1_700_000_061_000_000_000n),
  );
  expect(rows).toHaveLength(1);
  expect(head).toMatchObject({ set_separator: ',', empty_field: '(empty)', unset_field: '-', path: 'conn' });
  expect([head.open, head.close]).toEqual(['2023-11-14-22-13-20', '2023-11-14-22-14-21']);
});

test('fields and types are those of a log that Zeek wrote', () => {
  // From a conn.log among the expected results of Zeek's own tests.
  const fields =
    'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig ' +
    'local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents ip_proto';
  const types =
    'time string addr port addr port enum string interval count count string bool bool count string count count count ' +
    'count set[string] count';
  const { head } = parse(zeekHead(CAPTURE));
  expect(head.fields!.split('\t').join(' ')).toBe(fields);
  expect(head.types!.split('\t').join(' ')).toBe(types);
});

test('a connection', () => {
  const { uid, ...values } = row(anAttempt());
  expect(uid).toMatch(/^C[0-9A-Za-z]{17}$/);
  expect(values).toEqual({
    ts: '1700000000.123457',
    'id.orig_h': '192.0.2.10',
    'id.orig_p': '40000',
    'id.resp_h': '203.0.113.80',
    'id.resp_p': '80',
    proto: 'tcp',
    service: '-',
    duration: '0.200000',
    orig_bytes: '120',
    resp_bytes: '512',
    conn_state: 'SF',
    local_orig: '-',
    local_resp: '-',
    missed_bytes: '0',
    history: 'ShADadFf',
    orig_pkts: '5',
    orig_ip_bytes: '388',
    resp_pkts: '4',
    resp_ip_bytes: '728',
    tunnel_parents: '-',
    ip_proto: '6',
  });
});

test('where Zeek takes the server for the originator, the ends change places', () => {
  const { flow } = anAttempt();
  expect(row(anAttempt({ flow: { ...flow, originator: 'server' } }))).toMatchObject({
    'id.orig_h': '203.0.113.80',
    'id.orig_p': '80',
    'id.resp_h': '192.0.2.10',
    'id.resp_p': '40000',
    orig_bytes: '120',
  });
});

test('a single packet has no duration and no sizes', () => {
  const { flow } = anAttempt();
  const lone = anAttempt({ flow: { ...flow, lastAt: flow.firstAt, history: '' } });
  expect(row(lone)).toMatchObject({ duration: '-', orig_bytes: '-', resp_bytes: '-', history: '-', orig_pkts: '5' });
});

test('the same attempt has the same uid, another attempt another one', () => {
  expect(row(anAttempt()).uid).toBe(row(anAttempt()).uid);
  const others = [anAttempt(), aHalfOpenAttempt(), anAttempt({ firstPacket: 2 }), anAttempt({ clientPort: 40_001 })];
  expect(new Set(others.map((attempt) => row(attempt).uid)).size).toBe(others.length);
  const later: CaptureFrame = { ...CAPTURE, start: CAPTURE.start + 1n };
  expect(zeekLine(anAttempt(), later).split('\t')[1]).not.toBe(row(anAttempt()).uid);
});
