import { describe, expect, test } from 'vitest';
import { anAlarm, aWatchStatus } from '../../test/support/watch-builder.ts';
import { AddressTable } from '../wire/address.ts';
import { plainText } from './text-line.ts';
import { watchScreen } from './watch-screen.ts';

const addresses = new AddressTable();
const frame = { width: 80, height: 24, name: 'standard input', note: '', memory: 132e6 };

test('a flood on a terminal of 80 by 24', () => {
  expect(plainText(watchScreen(aWatchStatus(), frame, addresses))).toBe(FLOOD);
});

describe('any size', () => {
  const alarms = Array.from({ length: 30 }, (_, i) => anAlarm({ id: i + 1 }));
  const full = aWatchStatus({ alarms, ended: alarms });
  test.each([0, 1, 2, 5, 8, 12, 24, 60])('never more than %i lines, never more characters than columns', (height) => {
    for (const width of [0, 1, 10, 30, 45, 79, 80, 200, 400]) {
      const lines = watchScreen(full, { ...frame, width, height, note: 'x'.repeat(300) }, addresses);
      expect(lines.length).toBeLessThanOrEqual(height);
      for (const line of lines) expect([...line.map(({ text }) => text).join('')].length).toBeLessThanOrEqual(width);
    }
  });
});

test('where there is no room for all, alarms are named before reasons, and four targets stay', () => {
  const alarms = Array.from({ length: 9 }, (_, i) => anAlarm({ id: i + 1 }));
  const [target] = aWatchStatus().targets;
  const targets = Array.from({ length: 20 }, () => target!);
  const text = plainText(watchScreen(aWatchStatus({ alarms, targets }), frame, addresses));
  expect(text.match(/^ {2}ALARM/gm)).toHaveLength(9);
  expect(text.match(/flood \(high\)$/gm)).toHaveLength(3);
});

test('before the first packet', () => {
  const empty = { rates: { packets: 0, syn: 0, synack: 0, completed: 0, refused: 0 }, startSec: 0, at: 0 };
  const history = { syn: [], completed: [], halfOpen: [] };
  const status = aWatchStatus({ ...empty, history, alarms: [], targets: [], skipped: [], halfOpen: 0 });
  const text = plainText(watchScreen(status, frame, addresses));
  expect(text).toContain('  SYN              0/s');
  expect(text.split('\n')).toHaveLength(24);
});

const FLOOD = `\
halfopen watch  standard input                     2023-11-14 22:13:50 UTC, 30 s
  SYN          1,002/s                                   ▁▁▄████    most 1,002/s
  completed      2.0/s                                   ███████      most 2.0/s
  half-open     20,000                                   ··▄████     most 20,000
                        3 min ago                            now

  ALARM  flood against 203.0.113.80:80  for 20 s, since 2023-11-14T22:13:30Z
    20,060 attempts, at most 1,012/s
    confidence high (98.0 %)
    + of 30,060 attempts 60 completed (0.2 %)
    + 29,990 sources sent one SYN each and never again
    - the capture is short: 60 s

  target                SYN  attempts  completed  half-open  judged
  203.0.113.80:80   1,000/s    20,030      0.2 %     19,999  flood (high)
  203.0.113.80:443    1.5/s        30     96.7 %          1






  41,350 packets, 41,200 TCP, 147 not IP, 3 truncated header
  table 20,010 rows, 5.2 MB; let go 40 silent, 0 for room; memory 132 MB`;
