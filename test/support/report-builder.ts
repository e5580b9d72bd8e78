/** What a report is made from, written by hand: a flood of half-open attempts, one of them drawn beside an ordinary one. */

import type { Attempt } from '../../src/diagnose/attempt.ts';
import { FragmentTable } from '../../src/diagnose/fragment-table.ts';
import { PacketCounts } from '../../src/diagnose/packet-counts.ts';
import { DetailTally } from '../../src/view/detail-tally.ts';
import type { ReportInput } from '../../src/view/report/report-page.ts';
import { TellingAttempts } from '../../src/view/report/telling-attempts.ts';
import { AddressTable } from '../../src/wire/address.ts';
import { aFlood, aHalfOpenAttempt, anAttempt, someFindings } from './findings-builder.ts';

export function aReport(parts: Partial<ReportInput> = {}): ReportInput {
  const counts = new PacketCounts();
  Object.assign(counts, { packets: 180_310, tcp: 180_300, syn: 30_060, synack: 150_060, rst: 0, fin: 120 });
  return {
    findings: someFindings({ judgements: [aFlood({ telling: [1, 4] })] }),
    telling: telling([anAttempt({ firstPacket: 1, firstAt: 10e9 }), aHalfOpenAttempt({ firstAt: 10.3e9 })]),
    details: DETAILS,
    counts,
    fragments: new FragmentTable(),
    info: { files: [{ name: 'flood.pcapng', format: 'pcapng', damage: '' }], skippedBlocks: new Map() },
    addresses: new AddressTable(),
    detectors: [
      {
        id: 'completion-ratio',
        title: 'Completion ratio',
        formula: 'completed / attempts, per target and second',
        source: 'RFC 4987 §2',
        window: '10 s',
        threshold: 'below 0.5',
        blindSpots: ['a capture of one direction: nothing completes in it'],
      },
    ],
    version: '0.1.0',
    ...parts,
  };
}

function telling(attempts: readonly Attempt[]): TellingAttempts {
  const kept = new TellingAttempts();
  for (const attempt of attempts) kept.add(attempt);
  return kept;
}

/** As in the findings of the builder: 60 completed, 30,000 half-open. */
const DETAILS = new DetailTally();
const [ordinary, byData, silent] = [anAttempt(), anAttempt({ detail: 'by-data' }), aHalfOpenAttempt()];
for (let i = 0; i < 58; i++) DETAILS.add(ordinary);
for (let i = 0; i < 2; i++) DETAILS.add(byData);
for (let i = 0; i < 30_000; i++) DETAILS.add(silent);
