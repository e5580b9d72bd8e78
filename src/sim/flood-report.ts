/**
 * What a run of a flood scenario found: plain data, the same bits for the same scenario and seed wherever it ran. Tables,
 * plots, files and comparisons are made from this alone.
 */
import type { Nanos } from '../tcp/types.ts';
import type { Recording } from './recording.ts';

export interface FloodReport {
  readonly scenario: string;
  readonly title: string;
  readonly seed: number;
  readonly profile: string;
  /** Until when it was run: the scenario's `until`, or earlier when it was stopped. */
  readonly ranTo: Nanos;
  readonly stopped: boolean;
  /** Hash of every segment's passage, in order. */
  readonly hash: string;
  readonly series: FloodSeries;
  /** One per group of `clients`, then their sum under the name 'all'. */
  readonly clients: readonly ClientsReport[];
  readonly floods: readonly FloodSourceReport[];
  readonly botnets: readonly BotnetReport[];
  readonly listeners: readonly ListenerReport[];
  readonly boxes: readonly BoxReport[];
  readonly queue: QueueReport;
  readonly road: RoadReport;
  readonly cpu: CpuReport;
  /** The followed client's run, step by step, for the ladder; null without one. */
  readonly followed: Recording | null;
  /** What happened when, for captions and marks on plots. */
  readonly moments: readonly FloodMoment[];
}

/** Columns of equal length; sample i covers (i * every, (i + 1) * every] and gauges are read at its end. */
export interface FloodSeries {
  readonly every: Nanos;
  readonly length: number;
  /** By name: gauges (`halfOpen`, `acceptQueue`) and counts within the sample (`drops…`, `synAcks`). */
  readonly columns: Readonly<Record<SeriesName, readonly number[]>>;
}

export type SeriesName =
  | 'halfOpen'
  | 'halfOpenFlood'
  | 'acceptQueue'
  | 'established'
  | 'floodSyns'
  | 'clientSyns'
  | 'synAcks'
  | 'dropsSynQueue'
  | 'dropsAcceptQueue'
  | 'dropsReserve'
  | 'dropsBox'
  | 'dropsLink'
  | 'cookies'
  | 'evicted'
  | 'expired'
  | 'connected'
  | 'connectedFirstTry'
  | 'failed'
  | 'connectTimeMean'
  | 'cpu'
  | 'bots';

export interface ClientsReport {
  readonly name: string;
  /** Attempts begun, and those that had no end yet when the run stopped. */
  readonly attempts: number;
  readonly open: number;
  /** The SYN that was answered: index 0 = the first, …; clients answered ever = the sum. */
  readonly answeredAtTry: readonly number[];
  /** The client's handshake completed; its request was answered. */
  readonly connected: number;
  readonly served: number;
  /** By reason: `timeout`, `reset`, `refused`, `patience`, `closed`. */
  readonly failed: Readonly<Record<string, number>>;
  /** First SYN to established, in ns: sorted percentiles of those that connected; -1 when none did. */
  readonly connectTime: Percentiles;
  /** First SYN to the whole response. */
  readonly responseTime: Percentiles;
  /** Clients that stay: requests answered and failed after the first. */
  readonly laterServed: number;
  readonly laterFailed: number;
  /** Connected without window scale or SACK although their SYN offered it: what a SYN cookie costs them. */
  readonly optionsLost: number;
}

export interface Percentiles {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

export interface FloodSourceReport {
  readonly name: string;
  readonly syns: number;
  /** SYNs that got a SYN/ACK. */
  readonly answered: number;
  /** Stray SYN/ACKs answered with RST by live hosts. */
  readonly resets: number;
  /** Forged SYNs that ingress filters stopped. */
  readonly filtered: number;
}

export interface BotnetReport {
  readonly name: string;
  readonly bots: number;
  readonly registered: number;
  readonly polls: number;
  readonly pollsFailed: number;
  /** Bots that learnt of an order, per order. */
  readonly informed: readonly number[];
  /** When the last bot that ever did learnt of it; -1 = none. */
  readonly informedBy: readonly Nanos[];
  readonly syns: number;
  readonly filtered: number;
  readonly how: 'each' | 'sum';
}

export interface ListenerReport {
  readonly port: number;
  readonly backlog: number;
  readonly policy: string;
  /** Names as in `nstat`, and ours (lower-case) beside them; see `ListenCounters`. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface BoxReport {
  readonly name: string;
  readonly entries: number;
  readonly peakEntries: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly cpu: Nanos;
}

/** Of the first listener's SYN queue. */
export interface QueueReport {
  readonly capacity: number;
  readonly peak: number;
  /** First moment it was full; -1 = never. */
  readonly fullAt: Nanos;
  /** Time from the first flood SYN to `fullAt`; -1 = never. */
  readonly timeToExhaustion: Nanos;
  /** Share of the flood's duration with no room. */
  readonly fullShare: number;
  /** From the last flood SYN until there was room again for good; -1 = not by the end, 0 = never full. */
  readonly timeToRecovery: Nanos;
  readonly peakAccept: number;
  /** Memory of the entries at the peak, in the modelled system: a stated size each (`measure/entry-bytes.ts`). */
  readonly bytes: number;
  /** What the rows take up here, in this engine. */
  readonly simulatorBytes: number;
}

/** On the access link. */
export interface RoadReport {
  readonly segmentsIn: number;
  readonly segmentsOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly lost: number;
  readonly overflow: number;
  /** SYN/ACKs that went to addresses whose owner sent no SYN (Moore 2001). */
  readonly backscatter: number;
}

export interface CpuReport {
  readonly busy: Nanos;
  /** busy / time. */
  readonly share: number;
  readonly dropped: number;
}

export interface FloodMoment {
  readonly t: Nanos;
  readonly what:
    | 'first-client-served'
    | 'flood-begins'
    | 'queue-full'
    | 'first-client-dropped'
    | 'flood-ends'
    | 'recovered'
    | 'bots-ordered'
    | 'take-down';
}
