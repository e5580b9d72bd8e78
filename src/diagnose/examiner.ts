/** The whole way from captured frames to verdicts: decode, count, track. One object per capture. */
import { AddressTable } from '../wire/address.ts';
import { Direction } from '../wire/direction.ts';
import { decodeIcmpError, IcmpError } from '../wire/icmp.ts';
import { LinkType } from '../wire/link.ts';
import { decodeFrame, Packet } from '../wire/packet.ts';
import { peekSockets } from '../wire/plain-frame.ts';
import { Segment } from '../wire/segment.ts';
import { DecodeStatus } from '../wire/status.ts';
import type { Attempt, AttemptSink } from './attempt.ts';
import { type CaptureCounts, CaptureWatch } from './capture-watch.ts';
import type { TargetProfile } from './detect/target-profile.ts';
import type { Findings } from './findings.ts';
import { findingsOf } from './findings-of.ts';
import { FragmentTable } from './fragment-table.ts';
import type { HandshakeObserver } from './handshake-observer.ts';
import { HandshakeTracker } from './handshake-tracker.ts';
import { type AddressHolder, visitRows } from './held-addresses.ts';
import { PacketCounts } from './packet-counts.ts';
import { readAttempt } from './read-attempt.ts';
import type { Limits } from './row-keeper.ts';
import { TrackerRows } from './tracker-rows.ts';
import { Verdict } from './verdict.ts';

/** A frame as `capture` gives it; said here because diagnose does not depend on file formats. */
export interface FrameLike {
  readonly number: number;
  readonly ts: number;
  readonly linkType: number;
  /** As the file says it beside the frame. */
  readonly direction: Direction;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly off: number;
  readonly end: number;
}

/** Frames that will come next, as `capture` gives them. */
export interface AheadLike {
  readonly linkType: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly count: number;
  readonly off: Int32Array;
  readonly end: Int32Array;
}

export interface ExaminerOptions {
  /** Stirs hash tables; results do not depend on it. Default 0. */
  readonly seed?: number;
  /** Told of every row once, when the tracker is done with it. */
  readonly sink?: AttemptSink;
  /** Which rows the sink wants, by number; asked before an `Attempt` is built, which costs more than a packet does. */
  readonly wants?: (row: number) => boolean;
  /**
   * Of how many attempts, those that begin first, the flow is followed, which only an `Attempt` needs; the sink is not given
   * later ones. Default: of all.
   */
  readonly flows?: number;
  /** How much is kept at once. */
  readonly limits?: Limits;
  /**
   * Shows the addresses of attempts and findings that somebody keeps beyond this packet; others may be forgotten, and then
   * their handles stand for other addresses. Only captures with very many IPv6 addresses come to that.
   */
  readonly holds?: AddressHolder;
  /** Counts along, per target or source. */
  readonly observer?: HandshakeObserver;
  /** Counts for findings, instead of counting all of the capture alike; `observer` is not told then. */
  readonly counts?: CaptureCounts;
}

export class Examiner {
  readonly addresses: AddressTable;
  readonly counts: PacketCounts = new PacketCounts();
  readonly fragments: FragmentTable = new FragmentTable();
  readonly tracker: HandshakeTracker;
  /** The frame looked at last, decoded. */
  readonly packet: Packet = new Packet();
  readonly icmp: IcmpError = new IcmpError();
  /** Where what `expect` has loaded goes: means nothing, but without it V8 would leave the loads out. */
  touched = 0;
  readonly #ahead = new Segment();
  readonly #places = new Int32Array(16);
  readonly #watch: CaptureCounts;
  readonly #sink: AttemptSink | undefined;
  readonly #holds: AddressHolder | undefined;
  readonly #wants: ((row: number) => boolean) | undefined;

  constructor(options: ExaminerOptions = {}) {
    this.#sink = options.sink;
    this.#wants = options.wants;
    const { seed = 0, observer, counts, limits, flows } = options;
    this.#holds = options.holds;
    this.addresses = new AddressTable(16, seed, limits?.addresses);
    this.#watch = counts ?? new CaptureWatch(new TrackerRows(), { seed }, observer);
    this.tracker = new HandshakeTracker({
      seed,
      observer: this.#watch,
      limits,
      flows,
      done: options.sink === undefined ? undefined : (row) => this.#give(row),
    });
    this.#watch.rows.attach(this.tracker, this.addresses);
  }

  /**
   * These frames come next. Nothing is counted yet: of plain ones the places in the tracker's index are loaded, all at once,
   * because a flood's are in no cache, and a processor waits for a dozen loads hardly longer than for one.
   */
  expect(ahead: AheadLike): void {
    const { index } = this.tracker;
    if (ahead.linkType !== LinkType.Ethernet || index.bytes < WIDE) return;
    const { bytes, view, off, end } = ahead;
    const places = this.#places;
    const seg = this.#ahead;
    let count = 0;
    for (let i = 0; i < ahead.count && count < places.length; i++) {
      if (peekSockets(bytes, view, off[i]!, end[i]!, seg)) places[count++] = index.placeOf(seg);
    }
    this.touched = index.touch(places, count);
  }

  onFrame(frame: FrameLike): void {
    if (this.addresses.isCrowded) this.#forget();
    const packet = this.packet;
    decodeFrame(frame.bytes, frame.view, frame.off, frame.end, frame.linkType, this.addresses, packet);
    if (packet.direction === Direction.Unknown) packet.direction = frame.direction;
    let { bytes } = frame;
    if (packet.fragment) bytes = this.fragments.onFragment(frame.ts, bytes, packet, this.addresses);
    if (this.counts.count(packet, frame.linkType)) this.tracker.onSegment(frame.ts, packet, frame.number);
    else if (packet.status === DecodeStatus.NotTcp) this.#onNotTcp(frame, bytes);
    if (frame.ts > this.tracker.endedAt) this.tracker.endedAt = frame.ts;
  }

  /** The capture is over: rows still held are given to the sink, in order of their first packets. Once. */
  finish(): void {
    this.tracker.finish(this.tracker.endedAt);
    this.#watch.finish(this.tracker.endedAt);
  }

  /**
   * What is to be said of the capture as far as it was seen; of all of it, after `finish`. `startSec` and `startNanos`: when
   * its first packet was captured, since the epoch.
   */
  findings(startSec = 0, startNanos = 0): Findings {
    const { endedAt } = this.tracker;
    return findingsOf({
      startSec,
      startNanos,
      duration: endedAt,
      totals: verdictTotals(this.tracker),
      ...this.#watch.report(endedAt),
      expired: this.tracker.expired,
      evicted: this.tracker.evicted,
      format: (address) => this.addresses.format(address),
    });
  }

  /** What was counted at each target under watch, busiest first. */
  targets(): readonly TargetProfile[] {
    return this.#watch.report(this.tracker.endedAt).ledger.targets;
  }

  /** Row `row` of the tracker as plain data; valid while the row is held (`HandshakeTable.isHeld`). */
  attempt(row: number): Attempt {
    return readAttempt(this.tracker, row);
  }

  #give(row: number): void {
    if (this.#wants !== undefined && !this.#wants(row)) return;
    if (this.tracker.flows.isFollowed(row)) this.#sink?.(readAttempt(this.tracker, row));
  }

  /** Between packets, so that nothing else refers to an address. */
  #forget(): void {
    this.addresses.sweep((visit) => {
      visitRows(this.tracker.handshakes, visit);
      this.fragments.eachAddress(visit);
      this.#watch.eachAddress(visit);
      this.#holds?.(visit);
    });
  }

  /** ICMP errors tell of segments, too. */
  #onNotTcp(frame: FrameLike, bytes: Uint8Array): void {
    const { packet, icmp, addresses } = this;
    if (packet.protocol !== PROTOCOL_ICMP && packet.protocol !== PROTOCOL_ICMPV6) return;
    const view = bytes === frame.bytes ? frame.view : new DataView(bytes.buffer);
    if (!decodeIcmpError(bytes, view, packet, addresses, icmp)) return;
    this.counts.icmpErrors++;
    this.tracker.onIcmp(frame.ts, icmp.kind, icmp.quoted, icmp.src, frame.number);
  }
}

/** Totals over all attempts. */
export interface VerdictTotals {
  readonly attempts: number;
  readonly completed: number;
  readonly halfOpen: number;
  readonly aborted: number;
  readonly refused: number;
  readonly unanswered: number;
  /** Attempts that were answered where the capture does not look. */
  readonly cannotJudge: number;
  /** Flows, not attempts, whose opening is not in the capture. */
  readonly midStream: number;
  /** SYN/ACK packets whose SYN is not in the capture. */
  readonly synackWithoutSyn: number;
  readonly synRetransmissions: number;
  readonly synackRetransmissions: number;
  /** SYN and SYN/ACK frames recorded more than once. */
  readonly duplicates: number;
}

/** What a tracker has counted so far, rows it has let go of included. */
export function verdictTotals(tracker: HandshakeTracker): VerdictTotals {
  const { book } = tracker;
  const by = book.byVerdict;
  return {
    attempts: by.reduce((sum, count) => sum + count, 0) - by[Verdict.SynMissing]! - by[Verdict.MidStream]!,
    completed: by[Verdict.Completed]!,
    halfOpen: by[Verdict.HalfOpen]!,
    aborted: by[Verdict.Aborted]!,
    refused: by[Verdict.Refused]!,
    unanswered: by[Verdict.Unanswered]!,
    cannotJudge: by[Verdict.CannotJudge]!,
    midStream: by[Verdict.MidStream]!,
    synackWithoutSyn: book.synackWithoutSyn,
    synRetransmissions: book.synRetransmissions,
    synackRetransmissions: book.synackRetransmissions,
    duplicates: book.duplicates,
  };
}

const PROTOCOL_ICMP = 1;
const PROTOCOL_ICMPV6 = 58;
/** Bytes of index that a core has at hand: twice the second-level cache of a large one. */
const WIDE = 2 ** 22;
