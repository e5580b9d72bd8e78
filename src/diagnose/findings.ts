/** What `diagnose` says of a whole capture: totals, from where it was seen, and a judgement per target. Plain data. */

import type { Finding } from './detect/types.ts';
import type { VerdictTotals } from './examiner.ts';

export type JudgementKind = 'flood' | 'scan' | 'backscatter' | 'reflection' | 'retry-storm' | 'flash-crowd' | 'nothing';

/** Whom a judgement is about. */
export interface Subject {
  /** `target`: somebody is sent to. `source`: somebody sends (a scanner). */
  readonly role: 'target' | 'source';
  /** Address handle; -1: several hosts (`prefix` says which). */
  readonly address: number;
  /** -1: several ports. */
  readonly port: number;
  /** Of several hosts: the network they share, as text; '' for one host. */
  readonly prefix: string;
}

/** A reason for or against a judgement. `weight` is what it adds to the score: above 0 for, below 0 against. */
export interface Reason {
  readonly weight: number;
  readonly sentence: string;
  /** The detector it comes from, or ''. */
  readonly detector: string;
}

export interface Confidence {
  readonly level: 'high' | 'medium' | 'low';
  /** 0 .. 1: the logistic function of the sum of weights. */
  readonly score: number;
  readonly because: readonly Reason[];
}

/** Rates over time: equal steps, at most 600 of them; each array one value a step. */
export interface RateCurve {
  readonly start: number;
  /** ns. */
  readonly step: number;
  readonly syn: readonly number[];
  readonly synack: readonly number[];
  readonly completed: readonly number[];
  readonly refused: readonly number[];
  /** Attempts begun in this step that have not completed since, those under way as the capture ends among them. */
  readonly unfinished: readonly number[];
  /** SYN/ACKs and RSTs whose SYN is not in the capture. */
  readonly strayReplies: readonly number[];
  readonly newSources: readonly number[];
  /** Half-open entries at the end of each step, as the packets show them, without any limit. */
  readonly halfOpen: readonly number[];
}

export interface SourceStatistics {
  /** Distinct sources; `exact` false: an estimate with the standard error `error` (share). */
  readonly distinct: number;
  readonly exact: boolean;
  readonly error: number;
  /** Shannon entropy of the sources in bits, and the most it could be for so many attempts. */
  readonly entropy: number;
  readonly entropyMost: number;
  readonly spoofed: 'spoofed' | 'not-spoofed' | 'cannot-tell';
  /** Why, one sentence each. */
  readonly because: readonly string[];
  /** Most active first, with the attempts that are certainly theirs. */
  readonly top: readonly { readonly address: number; readonly attempts: number }[];
  readonly ttls: readonly { readonly ttl: number; readonly share: number }[];
  /** Window and option kinds of SYNs, most frequent first. */
  readonly prints: readonly { readonly print: string; readonly share: number }[];
  /** SYNs from addresses that are nobody's on the Internet: private, reserved, multicast. */
  readonly impossible: number;
}

/** What a SYN queue of B entries that live T seconds would have held, from the arrivals in the capture (RFC 4987 §3). */
export interface QueueEstimate {
  /** Lifetime of an unanswered entry in seconds, and what it rests on. */
  readonly lifetime: number;
  readonly rests: string;
  readonly peak: number;
  readonly peakAt: number;
  /** For usual backlogs: would it have been full, from when, and for what share of the time since then. */
  readonly backlogs: readonly {
    readonly backlog: number;
    readonly full: boolean;
    readonly fullAt: number;
    readonly fullShare: number;
  }[];
  /** The least backlog that would not have been full. */
  readonly enough: number;
  /** False: nothing could have been queued (the port was closed, or answers show a cookie or no state at all). */
  readonly applies: boolean;
  readonly sentence: string;
}

export interface Judgement {
  readonly kind: JudgementKind;
  readonly subject: Subject;
  readonly confidence: Confidence;
  /** ns since the first packet; `end` is -1 when it still went on as the capture ended. */
  readonly onset: number;
  readonly end: number;
  /** ns: it began that long after `onset` at most, and ended that long before `end` at most; 0: exactly then. */
  readonly onsetWithin: number;
  readonly endWithin: number;
  readonly attempts: number;
  readonly peakRate: number;
  /** The finding in plain words. */
  readonly sentence: string;
  readonly findings: readonly Finding[];
  readonly rate: RateCurve;
  readonly sources: SourceStatistics;
  readonly queue: QueueEstimate | undefined;
  /** First packets of a few attempts that show it best. */
  readonly telling: readonly number[];
  /** What is not known, one sentence each. */
  readonly unknown: readonly string[];
}

/** From where the capture was made (detector 10). */
export interface Vantage {
  readonly view: 'both-directions' | 'clients-only' | 'servers-only' | 'openings-only' | 'too-little';
  readonly sentence: string;
}

/** Quality of initial sequence numbers of one side. */
export interface IsnQuality {
  readonly of: 'clients' | 'server';
  readonly samples: number;
  readonly kind: 'random' | 'constant' | 'few-values' | 'counter' | 'clock' | 'too-few';
  readonly sentence: string;
}

export interface Findings {
  /** When the first packet was captured, since the epoch; both 0 when no frame has a time. */
  readonly startSec: number;
  readonly startNanos: number;
  /** ns from the first packet to the latest. */
  readonly duration: number;
  readonly totals: VerdictTotals;
  readonly vantage: Vantage;
  /** Most telling first; a single `nothing` when there is nothing to say; empty when there was nothing to judge. */
  readonly judgements: readonly Judgement[];
  readonly isn: readonly IsnQuality[];
  /** Rows let go before the end: `expired` after a silence, `evicted` for room. Each was judged as it stood. */
  readonly expired: number;
  readonly evicted: number;
}
