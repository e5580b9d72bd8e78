import { expect, test } from 'vitest';
import { anAlarm, aWatchStatus } from '../../test/support/watch-builder.ts';
import { AddressTable } from '../wire/address.ts';
import { alarmJson, statusJson } from './watch-json.ts';
import { alarmLines, rateText, statusText, watchTime } from './watch-text.ts';

const SEC = 1e9;
const START = { startSec: 1_700_000_000, startNanos: 250_000_000 };
const addresses = new AddressTable();

test('a status is one line', () => {
  expect(statusText(aWatchStatus())).toBe(
    '2023-11-14T22:13:50Z  SYN 1,002/s, completed 2.0/s, half-open 20,000, 41,350 packets, 3 damaged, alarms 1',
  );
});

test('an alarm begins with what it rests on, goes on, and ends with its totals', () => {
  const alarm = anAlarm();
  expect(alarmLines({ type: 'alarm-begin', at: 11 * SEC, alarm }, START, addresses)).toEqual([
    '2023-11-14T22:13:31Z  ALARM 1: flood against 203.0.113.80:80 began at 2023-11-14T22:13:30Z',
    '  SYN flood against 203.0.113.80:80 from 10 s to 40 s: 30,000 SYNs, at most 1,012 a second.',
    '  confidence high (98.0 %)',
    '  + of 30,060 attempts 60 completed (0.2 %)',
    '  + 29,990 sources sent one SYN each and never again',
    '  - the capture is short: 60 s',
  ]);
  expect(alarmLines({ type: 'alarm-update', at: 71 * SEC, alarm }, START, addresses)).toEqual([
    '2023-11-14T22:14:31Z  ALARM 1: flood against 203.0.113.80:80 goes on for 61 s: 20,060 attempts, at most 1,012/s',
  ]);
  const ended = anAlarm({ endedAt: 40 * SEC, endedBy: 'quiet' });
  expect(alarmLines({ type: 'alarm-end', at: 70 * SEC, alarm: ended }, START, addresses)).toEqual([
    '2023-11-14T22:14:30Z  ALARM 1: flood against 203.0.113.80:80 ended, after 30 s: 20,060 attempts, at most 1,012/s',
  ]);
  const cut = anAlarm({ endedAt: 30 * SEC, endedBy: 'input-ended' });
  expect(alarmLines({ type: 'alarm-end', at: 30 * SEC, alarm: cut }, START, addresses)[0]).toContain(
    'still went on when the input ended, after 20 s',
  );
});

test('a scanner is a source', () => {
  const subject = { role: 'source', address: 0xc6336407, port: -1, prefix: '' } as const;
  const [line] = alarmLines(
    { type: 'alarm-begin', at: 0, alarm: anAlarm({ kind: 'scan', subject }) },
    START,
    addresses,
  );
  expect(line).toContain('ALARM 1: scan from 198.51.100.7 began');
});

test('rates, times of captures without a clock', () => {
  expect([0, 0.25, 9.96, 10, 1203.4].map(rateText)).toEqual(['0/s', '0.3/s', '10.0/s', '10/s', '1,203/s']);
  expect(watchTime({ startSec: 0, startNanos: 0 }, 12.54e9)).toBe('12.5 s');
});

test('an alarm as JSON has the fields of the Elastic Common Schema', () => {
  const json = alarmJson({ type: 'alarm-begin', at: 11 * SEC, alarm: anAlarm() }, START, addresses);
  expect(json).toMatchObject({
    '@timestamp': '2023-11-14T22:13:31.250000Z',
    event: {
      kind: 'alert',
      action: 'alarm-begin',
      dataset: 'halfopen.watch',
      category: ['network'],
      type: ['start'],
      id: '2023-11-14T22:13:20.250000Z/1',
      start: '2023-11-14T22:13:30.250000Z',
      duration: SEC,
      severity: 3,
    },
    rule: { name: 'flood' },
    network: { transport: 'tcp' },
    destination: { ip: '203.0.113.80', port: 80 },
    halfopen: {
      confidence: { level: 'high', score: 0.98 },
      evidence: [{ detector: 'completion-ratio' }],
      attempts: 20_060,
      sources: { distinct: 29_990, spoofed: 'spoofed' },
    },
  });
  expect(json).not.toHaveProperty('source');
  expect(json.event).not.toHaveProperty('end');
  const ended = anAlarm({ endedAt: 40 * SEC, endedBy: 'quiet' });
  const end = alarmJson({ type: 'alarm-end', at: 70 * SEC, alarm: ended }, START, addresses);
  expect(end.event).toMatchObject({ type: ['end'], end: '2023-11-14T22:14:00.250000Z', duration: 30 * SEC });
  expect(end.halfopen.endedBy).toBe('quiet');
});

test('a status and the summary have the same fields', () => {
  const status = statusJson(aWatchStatus(), 'status', addresses);
  const summary = statusJson(aWatchStatus(), 'summary', addresses);
  expect(Object.keys(status.halfopen)).toEqual(Object.keys(summary.halfopen));
  expect([status.event.kind, status.event.action, summary.event.kind, summary.event.action]).toEqual([
    'metric',
    'status',
    'event',
    'summary',
  ]);
  expect(status.halfopen.targets[0]).toMatchObject({ target: { ip: '203.0.113.80', port: 80 }, kind: 'flood' });
  expect(status.halfopen.skipped).toEqual({ 'not IP': 147, 'truncated header': 3 });
});
