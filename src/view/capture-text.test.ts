/** The summary of a capture: what stands in it, and what only where there is something to say. */
import { expect, test } from 'vitest';
import { someFindings } from '../../test/support/findings-builder.ts';
import type { Attempt } from '../diagnose/attempt.ts';
import { FragmentTable } from '../diagnose/fragment-table.ts';
import { PacketCounts } from '../diagnose/packet-counts.ts';
import { Verdict } from '../diagnose/verdict.ts';
import type { CaptureInfo } from './capture-info.ts';
import { type CaptureSummary, summaryLines } from './capture-text.ts';
import { DetailTally } from './detail-tally.ts';
import { plainText } from './text-line.ts';

const FILE = { name: 'flood.pcap', format: 'pcap', damage: '' };

function summary(parts: Partial<CaptureSummary> = {}, ...rows: Pick<Attempt, 'verdict' | 'detail'>[]): string[] {
  const details = new DetailTally();
  for (const row of rows) details.add(row);
  const counts = Object.assign(new PacketCounts(), { packets: 180_300, tcp: 180_290, syn: 30_060, synack: 180_060 });
  const info: CaptureInfo = { files: [FILE], skippedBlocks: new Map() };
  const all = { info, counts, fragments: new FragmentTable(), findings: someFindings(), details, ...parts };
  return plainText(summaryLines(all)).split('\n');
}

test('what was captured, when, totals, from where, what was sent again', () => {
  expect(summary()).toEqual([
    'flood.pcap: pcap, 180,300 packets in 60.000 s, from 2023-11-14T22:13:20.250Z',
    '  180,290 TCP segments: SYN 30,060, SYN/ACK 180,060, RST 0, FIN 0',
    '  30,060 attempts: completed 60, half-open 30,000, aborted 0, refused 0, unanswered 0',
    '  Both directions were captured.',
    '  sent again: SYN 0 times, SYN/ACK 150,000 times',
  ]);
});

test('a name of a file steers no terminal, and a capture of the first day of 1970 has no date', () => {
  const info: CaptureInfo = { files: [{ ...FILE, name: 'a\x1b[31m\nb.pcap' }], skippedBlocks: new Map() };
  const findings = someFindings({ startSec: 1, startNanos: 0 });
  expect(summary({ info, findings })[0]).toBe('a?[31m?b.pcap: pcap, 180,300 packets in 60.000 s');
});

test('details only of verdicts that have another than the plain one', () => {
  const lines = summary(
    {},
    { verdict: Verdict.Completed, detail: 'by-ack' },
    { verdict: Verdict.Refused, detail: 'icmp' },
    { verdict: Verdict.Refused, detail: 'reset' },
    { verdict: Verdict.Refused, detail: 'reset' },
  );
  expect(lines.slice(3, 5)).toEqual(['    refused: reset 2, icmp 1', '  Both directions were captured.']);
});

test('several files, long times, damage, and what is no attempt', () => {
  const { totals } = someFindings();
  const lines = summary({
    info: {
      files: [FILE, { name: 'b.pcapng', format: 'pcapng', damage: 'the file ends early' }],
      skippedBlocks: new Map([['name resolution', 2]]),
    },
    findings: someFindings({
      duration: 3_720e9,
      startSec: 0,
      startNanos: 0,
      evicted: 7,
      totals: { ...totals, cannotJudge: 2, midStream: 1, synackWithoutSyn: 3, synackRetransmissions: 0 },
      isn: [{ of: 'clients', samples: 9, kind: 'constant', sentence: 'All clients began at 0.' }],
    }),
  });
  expect(lines[0]).toBe('2 captures: pcap and pcapng, 180,300 packets in 1 h 2 min');
  expect(lines[2]).toMatch(/unanswered 0, cannot-judge 2$/);
  expect(lines.slice(3)).toEqual([
    '  3 SYN/ACKs whose SYN is not in the capture: it began late, shows one direction, or this is backscatter',
    '  1 flow whose opening is not in the capture',
    '  Both directions were captured.',
    '  pcapng blocks skipped: 2 name resolution',
    '  All clients began at 0.',
    '  7 attempts let go before the end, for room, each judged as it stood',
    '  b.pcapng: the file ends early',
  ]);
});
