/** Findings as people read them: the numbers of the hand-made flood, and what is left out. */
import { describe, expect, test } from 'vitest';
import { aFlood, someFindings } from '../../test/support/findings-builder.ts';
import { AddressTable } from '../wire/address.ts';
import { detectorLines } from './detector-text.ts';
import { judgementLines } from './findings-text.ts';
import { plainText } from './text-line.ts';

const addresses = new AddressTable();

function text(judgement: Parameters<typeof aFlood>[0] = {}, allReasons = false): string {
  return plainText(judgementLines(someFindings({ judgements: [aFlood(judgement)] }), addresses, allReasons));
}

describe('a judgement', () => {
  test('says what, how sure, when, how much and why; the reason that weighs most first', () => {
    const lines = text().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'SYN flood, high confidence (98.0 %)',
      '  SYN flood against 203.0.113.80:80 from 10 s to 40 s: 30,000 SYNs, at most 1,012 a second.',
      '  when       from 10.000 s to second 39 (about 30 s)',
      '  how much   30,060 attempts, at most 1,012 a second',
    ]);
    expect(lines.filter((line) => /for {5} |against {2}/.test(line))).toEqual([
      '  because    for      of 30,060 attempts 60 completed (0.2 %) [completion-ratio]',
      '             for      29,990 sources sent one SYN each and never again [source-entropy]',
      '             against  the capture is short: 60 s',
    ]);
  });

  test('draws rates where there are enough steps', () => {
    const line = text()
      .split('\n')
      .find((each) => each.startsWith('  SYNs'));
    expect(line).toMatch(/^ {2}SYNs {7}▁+█+▁+ {2}0 s to 60\.000 s, at most 1,000 in 1 s$/);
    expect(text({ rate: { ...aFlood().rate, syn: [1000], completed: [2], halfOpen: [998] } })).not.toContain('█');
  });

  test('names sources, queue and what is not known', () => {
    const lines = text().split('\n');
    const from = lines.findIndex((line) => line.startsWith('  sources'));
    expect(lines.slice(from)).toEqual([
      '  sources    29,990 (an estimate, ± 3.0 %), entropy 14.8 of at most 14.9 bits',
      "             12 SYNs from addresses that are nobody's on the Internet (private, reserved, multicast)",
      '             most likely forged: 29,990 sources for 30,000 SYNs',
      '               none of them answered a SYN/ACK, not even with RST',
      '             most active: 192.0.2.10 (60)',
      '             their SYNs: TTL 242 (70.0 %), win 0, no options (99.0 %)',
      '  SYN queue  A backlog of 128 would have been full from 10.2 s on.',
      '             at most 30,000 half-open at 40.000 s, if each stays 63 s: five SYN/ACK retransmissions were seen',
      '             backlog  full from  full for',
      '                 128   10.200 s  90.0 % of the time since',
      '               4,096   14.100 s  80.0 % of the time since',
      '              65,536      never',
      '             enough would have been 30,001',
      '  look at    packet 4',
      '  not known  whether the server used SYN cookies: no option of its SYN/ACKs tells',
    ]);
  });

  test('that still goes on says so, and a queue that cannot fill has no table', () => {
    const queue = { ...aFlood().queue!, applies: false, sentence: 'The port was closed: nothing was queued.' };
    const lines = text({ end: -1, queue }).split('\n');
    expect(lines[2]).toBe('  when       from 10.000 s, still going on at the end of the capture (50 s)');
    expect(lines.join('\n')).toContain('  SYN queue  The port was closed: nothing was queued.\n  look at');
  });

  test('of nothing is short', () => {
    const lines = text({ kind: 'nothing', sentence: 'Nothing here looks like a flood.', unknown: [] }).split('\n');
    expect(lines[0]).toBe('Nothing unusual, high confidence (98.0 %)');
    expect(lines[1]).toBe('  Nothing here looks like a flood.');
    expect(lines.length).toBe(5);
  });

  test('none where there was nothing to judge, and no figure of how sure that is', () => {
    const lines = plainText(judgementLines(someFindings({ judgements: [] }), addresses, false)).split('\n');
    expect(lines).toEqual([
      'Nothing to judge',
      '  No packet of the capture opens a TCP connection, and none replies to an attempt to.',
    ]);
  });

  test('shows five reasons and says how many more there are', () => {
    const because = Array.from({ length: 8 }, (_, i) => ({ weight: i, sentence: `reason ${i}`, detector: '' }));
    const confidence = { ...aFlood().confidence, because };
    expect(text({ confidence })).toContain('reason 3\n             and 3 more reasons: --detectors\n');
    expect(text({ confidence }, true)).toContain('reason 0\n');
  });

  test('never says "attack"', () => {
    expect(text()).not.toMatch(/attack/i);
  });
});

test('a detector shows formula, value, threshold, evidence and blind spots', () => {
  const info = {
    id: 'completion-ratio',
    title: 'Completed of begun',
    formula: 'completed / attempts',
    source: 'RFC 4987 §2',
    window: '1 s',
    threshold: 'below 0.5',
    blindSpots: ['one direction only', 'sampling'],
  };
  expect(plainText(detectorLines(aFlood(), [info])).split('\n')).toEqual([
    '',
    '  completion-ratio: fires  Completed of begun',
    '    Of 30,060 attempts 60 completed: 0.2 %, below 50 %.',
    '    formula    completed / attempts',
    '    window     1 s',
    '    value      0.002, threshold 0.5, first at about 10 s, last at about 40 s, give or take 10 s',
    '    threshold  below 0.5',
    '    evidence   completed: 60 of 30,060 (packets 1, 2, 3)',
    '    blind to   one direction only',
    '               sampling',
    '    source     RFC 4987 §2',
  ]);
  expect(plainText(detectorLines(aFlood(), []))).toContain('completion-ratio: fires\n');
});
