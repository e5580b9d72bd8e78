/** All that judgements are made of. */
import type { LedgerReport } from '../detect/target-profile.ts';
import type { Vantage } from '../findings.ts';
import type { StrayProfile } from '../stray-ledger.ts';

export interface JudgementInput {
  readonly ledger: LedgerReport;
  readonly strays: readonly StrayProfile[];
  /** Flows without a SYN of which one side sent something and the other replied with RST alone. */
  readonly probes: readonly StrayProfile[];
  readonly vantage: Vantage;
  /** Attempts of which the capture shows that they went on though it has no answer to them. */
  readonly cannotJudge: number;
  /** ns from the first packet to the latest. */
  readonly duration: number;
  /** The capture goes on. */
  readonly live: boolean;
  /** ns for which an attempt is waited for while more is to come, and then counts as unfinished; 0: nothing more comes. */
  readonly patience: number;
  /** Connections of a server (-1: of all) whose opening is not in the capture. */
  readonly connectionsOf: (server: number) => number;
  /** Text of an address handle. */
  readonly format: (address: number) => string;
}

/** Telling packets that a judgement names. */
export const TELLING = 5;
