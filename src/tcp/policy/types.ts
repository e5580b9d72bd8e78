/** The door for listener defences: what a policy sees and what it may answer. Policies decide; the listener acts. */
import type { Segment } from '../../wire/segment.ts';
import type { HalfOpen } from '../half-open.ts';
import type { Nanos } from '../types.ts';
import type { WhySink } from '../why.ts';

/** A queue as a policy or a view sees it. */
export interface QueueView {
  readonly length: number;
  /** The configured backlog B (for Linux: min(listen backlog, somaxconn)). */
  readonly limit: number;
  /** Entries it holds when full: B + 1, or B as in Linux before 2025. */
  readonly capacity: number;
}

/** The SYN queue, with what a policy needs to choose a victim. Rows are small integers, reused after removal. */
export interface SynQueueView extends QueueView {
  /** Memory held, in bytes. */
  readonly bytes: number;
  /** The entry that arrived first, or -1 when empty. */
  oldest(): number;
  /** Rows ever in use are 0 .. rows - 1; some may be empty now. */
  readonly rows: number;
  /** The row of the connection between our address and the peer's address and port, or -1. */
  find(local: number, remote: number, remotePort: number): number;
  /** Whether row `row` holds an entry. */
  occupied(row: number): boolean;
  /** Reads the entry of a row out. */
  read(row: number, into: HalfOpen): void;
  /** Timeouts of a row's entry so far. */
  timeouts(row: number): number;
  /** When the SYN/ACK of a row's entry is sent again, or the entry given up. */
  firesAt(row: number): Nanos;
}

/**
 * Told which rows come and go, by a defence that keeps an index of them. Rows that are there when a defence takes over
 * are added first, oldest first.
 */
export interface RowWatcher {
  /** `half` is reused: copy what you keep. */
  added(row: number, half: Readonly<HalfOpen>): void;
  removed(row: number): void;
  /** There are no rows any more. */
  clear(): void;
}

/**
 * What to do with a SYN that matches no entry. Each way to drop has its own verdict, because Linux counts them apart
 * and the listener does the counting:
 * `queue` a row and a SYN/ACK · `cookie` a stateless SYN/ACK · `evict` make room with `victim`, then queue ·
 * `reset` RST/ACK as from a closed port · `drop-syn-queue` TCPReqQFullDrop + ListenDrops ·
 * `drop-accept-queue` ListenOverflows + ListenDrops · `drop-reserve` ListenDrops only.
 */
export type SynVerdict =
  | 'queue'
  | 'cookie'
  | 'evict'
  | 'reset'
  | 'drop-syn-queue'
  | 'drop-accept-queue'
  | 'drop-reserve';

/** What a verdict counts beside ListenDrops. */
export const DROP_COUNTER = {
  'drop-syn-queue': 'TCPReqQFullDrop',
  'drop-accept-queue': 'ListenOverflows',
  'drop-reserve': null,
} as const;

/**
 * A defence. It never sends or counts, and makes no cookie: making and checking them is the listener's job (one key per
 * host), a policy only says when. So policies compose by calling each other's `onSyn`. One with a memory (an index of
 * rows, a pause) belongs to one listener; none allocates for a SYN.
 */
export interface ListenPolicy {
  readonly name: string;
  /** Whether ACKs that match no entry may redeem a cookie. */
  readonly cookies: boolean;
  /** Decides about `syn` and reports each comparison to `why` when somebody listens. */
  onSyn(
    now: Nanos,
    syn: Readonly<Segment>,
    synQueue: SynQueueView,
    acceptQueue: QueueView,
    why: WhySink | null,
  ): SynVerdict;
  /** The row to give up after `evict`, or -1 for none: then the SYN is dropped as `drop-syn-queue`. */
  victim?(now: Nanos, synQueue: SynQueueView): number;
  /**
   * Entries looked at so far in search of victims, by a stack that keeps them in a linear list (Lemon 2002: half the
   * list for each SYN). For models of what a defence costs: ours goes straight to the row. Left out: none to speak of.
   */
  readonly walked?: number;
  /** Where to report rows that come and go; left out or null: nobody wants to know. */
  readonly rows?: RowWatcher | null;
  /**
   * Whether an ACK that matches no entry may bring a cookie back now. Left out: for 120 s after the last cookie, as
   * Linux. Called only where `cookies` holds.
   */
  redeems?(now: Nanos, ack: Readonly<Segment>, why: WhySink | null): boolean;
  /** A cookie came back and was good. */
  redeemed?(now: Nanos): void;
  /**
   * The timer of `row` fired: the row of an entry to forget instead of repeating its SYN/ACK, or -1. Asked again with the
   * same `row` until it is -1, so one timer may end many entries.
   */
  abandon?(now: Nanos, row: number): number;
}
