/**
 * What the ledger counted at one target, or of one source, as plain data: made when somebody asks, kept by nobody. All of it
 * is of bounded size; each number that is an estimate says how far it may be off. Times are ns since the first packet.
 */
import type { QueueEstimate, RateCurve } from '../findings.ts';
import type { Finding } from './types.ts';

/** A server socket; a whole host (`port` -1); the whole capture (`address` and `port` -1). */
export type TargetScope = 'socket' | 'host' | 'capture';

/** Counts since the target was first seen. */
export interface TargetCounts {
  readonly attempts: number;
  /** SYNs sent again. */
  readonly synAgain: number;
  /** Attempts that got a SYN/ACK, and SYN/ACKs sent again. */
  readonly answered: number;
  readonly synackAgain: number;
  readonly completed: number;
  /** RST or ICMP error in answer to the SYN. */
  readonly refused: number;
  /** RST after the SYN/ACK: from the client, and from the server that takes its answer back. */
  readonly aborted: number;
  readonly takenBack: number;
  readonly fin: number;
  /** SYN/ACKs and RSTs whose SYN is not in the capture: that reached this target, and that it sent. */
  readonly strayReceived: number;
  readonly straySent: number;
  /** Segments of flows whose opening is not in the capture, from the side taken for the client and from the other. */
  readonly midStreamFromClient: number;
  readonly midStreamFromServer: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** A number of different things; `error` is the standard error as a share, 0 when it was counted exactly. */
export interface Distinct {
  readonly count: number;
  readonly error: number;
}

/** How often each of many values came. */
export interface Tally {
  readonly total: number;
  readonly distinct: Distinct;
  /** Shannon entropy in bits; exact while `distinct` is, else of the most frequent values and an even rest. */
  readonly entropy: number;
  /** The most it could be: log2 of the total. */
  readonly entropyMost: number;
  /** At most 16, those first that are most frequent for certain. The true count is between `count - over` and `count`. */
  readonly top: readonly { readonly value: number; readonly count: number; readonly over: number }[];
}

/** Window and option kinds of SYNs, as they stood on the wire. */
export interface SynPrint {
  readonly window: number;
  /** Option kinds in order, NOPs and end of list included; empty without options, undefined where not captured. */
  readonly kinds: readonly number[] | undefined;
  readonly attempts: number;
}

/**
 * Samples of attempts (or of SYN/ACKs) in capture order, in runs of `RUN` that follow each other directly: within a run a
 * counter or clock shows; the runs are spread over all of the time. Equal indices belong together.
 */
export interface Samples {
  readonly at: readonly number[];
  /** Sequence number of the SYN, X, or of the SYN/ACK, Y. */
  readonly isn: readonly number[];
  /** Sender of the SYN and its port, in both kinds. */
  readonly source: readonly number[];
  readonly sourcePort: readonly number[];
  /** IP identification of the SYN or -1; always -1 for SYN/ACKs. */
  readonly ipId: readonly number[];
  /** Number of the packet sampled, so that a judgement can name packets that show it. */
  readonly packet: readonly number[];
}

/** What SYNs at a target look like, over its attempts (of the capture: those at watched hosts), which shares refer to. */
export interface SynTraits {
  readonly attempts: number;
  readonly withoutOptions: number;
  /** From addresses that cannot be a sender: 0/8, 127/8 (but to loopback), 224/3, and from the very socket they go to. */
  readonly impossible: number;
  /** From private, shared, link-local, documentation and benchmarking ranges: normal within a site, not from outside. */
  readonly unrouted: number;
  readonly withData: number;
  /** Source ports: below 1024, the same as of the attempt before, and one above it. */
  readonly portBelow1024: number;
  readonly portRepeated: number;
  readonly portNext: number;
  readonly ttls: readonly { readonly ttl: number; readonly attempts: number }[];
  /** Most frequent first, at most 64 kinds; the sum of `attempts` is short of all by `printsLost`. */
  readonly prints: readonly SynPrint[];
  readonly printsLost: number;
}

/** What became of attempts that nobody answered, once the tracker let go of them. */
export interface Resending {
  /** Sent again, and not before a stack's timer would (a second, RFC 6298 §2). */
  readonly backoff: number;
  /** Sent again sooner than any stack does. */
  readonly copies: number;
  /** Never sent again, though the capture went on for more than three seconds. */
  readonly never: number;
  /** Sent once, and not watched for so long. */
  readonly notWatched: number;
}

/**
 * Attempts that did not complete, once the tracker let go of them: beside a busy server's served clients, a flood of a few
 * SYNs a second shows only here. `CannotJudge` is not among them.
 */
export interface Unfinished {
  readonly attempts: number;
  /** Besides those: answered where the capture does not look, so what became of them cannot be judged. */
  readonly elsewhere: number;
  /** A SYN/ACK was sent, and nothing at all came back. */
  readonly silent: number;
  readonly sources: Distinct;
  readonly withoutOptions: number;
  readonly ttls: readonly { readonly ttl: number; readonly attempts: number }[];
}

export interface TargetProfile {
  readonly scope: TargetScope;
  /** Address handle, -1 for the capture. */
  readonly address: number;
  readonly port: number;
  readonly counts: TargetCounts;
  /** From when on more than counts were kept: `counts.firstAt`, or later when many targets were known already. */
  readonly watchedFrom: number;
  /** Attempts of those that `sources`, `traits`, `rate` and findings know. */
  readonly watched: number;
  /** Most attempts within one second, and when that second began; 0 and -1 without. */
  readonly peakRate: number;
  readonly peakAt: number;
  /** Most stray replies within one second. */
  readonly peakStrays: number;
  /** Of detectors 1 to 5. */
  readonly findings: readonly Finding[];
  readonly rate: RateCurve;
  readonly sources: Tally;
  /** Ports that were tried (a host or the capture), by their number; a socket has one. */
  readonly ports: Tally;
  /** Hosts that were tried (the capture); one else. */
  readonly hosts: Distinct;
  readonly traits: SynTraits;
  readonly resending: Resending;
  readonly unfinished: Unfinished;
  /** Those of them that were last tried at least `reaction` before the tracker let go of them: the others were under way. */
  readonly settled: Unfinished;
  /** ns within which nearly all handshakes here complete, at least a second. */
  readonly reaction: number;
  /** X of attempts; Y of SYN/ACKs, the first to each attempt. */
  readonly synSamples: Samples;
  readonly synackSamples: Samples;
  /** Sockets only. */
  readonly queue: QueueEstimate | undefined;
}

/** One of the busiest sources. All but `attempts` is counted from when it was noticed, that is over `attempts - over`. */
export interface SourceProfile {
  readonly address: number;
  /** The true number is between `attempts - over` and `attempts` (space-saving). */
  readonly attempts: number;
  readonly over: number;
  readonly hosts: Distinct;
  readonly ports: Distinct;
  /** Host and port together. */
  readonly sockets: Distinct;
  readonly answered: number;
  readonly completed: number;
  readonly refused: number;
  readonly aborted: number;
  readonly synAgain: number;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What there was no room for. */
export interface Forgotten {
  /** Targets whose counts were given up; targets that lost their windows and sketches but kept counts. */
  readonly targets: number;
  readonly profiles: number;
}

/** What the ledger gives, at the end or whenever asked. */
export interface LedgerReport {
  readonly capture: TargetProfile;
  /** Sockets and hosts under watch, most attempts first. */
  readonly targets: readonly TargetProfile[];
  /** Most attempts first. */
  readonly sources: readonly SourceProfile[];
  readonly forgotten: Forgotten;
}

/** Samples in one run of `Samples`. */
export const RUN = 8;
