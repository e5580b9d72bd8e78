/** From what was counted while a capture was read to what is said of it. */
import type { LedgerReport } from './detect/target-profile.ts';
import { vantageOf } from './detect/vantage.ts';
import type { VerdictTotals } from './examiner.ts';
import type { Findings, IsnQuality } from './findings.ts';
import { isnQuality } from './isn-quality.ts';
import { judge } from './judgement.ts';
import type { StrayProfile } from './stray-ledger.ts';

export interface Counted {
  readonly startSec: number;
  readonly startNanos: number;
  readonly duration: number;
  readonly totals: VerdictTotals;
  readonly ledger: LedgerReport;
  readonly strays: readonly StrayProfile[];
  readonly probes: readonly StrayProfile[];
  readonly live: boolean;
  readonly patience: number;
  readonly connectionsOf: (server: number) => number;
  readonly expired: number;
  readonly evicted: number;
  /** Text of an address handle. */
  readonly format: (address: number) => string;
}

export function findingsOf(counted: Counted): Findings {
  const { startSec, startNanos, duration, totals, ledger, expired, evicted } = counted;
  const vantage = vantageOf(totals, ledger.capture.counts);
  return {
    startSec,
    startNanos,
    duration,
    totals,
    vantage,
    judgements: judge({ ...counted, vantage, cannotJudge: totals.cannotJudge }),
    isn: isns(ledger),
    expired,
    evicted,
  };
}

/** Of the busiest server socket: its own numbers, and those of its clients. */
function isns({ targets, capture }: LedgerReport): IsnQuality[] {
  const { synSamples, synackSamples } = targets.find((one) => one.scope === 'socket') ?? capture;
  return [
    isnQuality('server', synackSamples.at, synackSamples.isn, synackSamples.isn.length),
    isnQuality('clients', synSamples.at, synSamples.isn, synSamples.isn.length),
  ];
}
