/** The whole way from captured frames to verdicts: decode, count, track. One object per capture. */
import { AddressTable } from '../wire/address.ts';
import { Direction } from '../wire/direction.ts';
import { decodeIcmpError, IcmpError } from '../wire/icmp.ts';
import { decodeFrame, Packet } from '../wire/packet.ts';
import { DecodeStatus } from '../wire/status.ts';
import { FragmentTable } from './fragment-table.ts';
import { HandshakeTracker } from './handshake-tracker.ts';
import { PacketCounts } from './packet-counts.ts';
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

export class Examiner {
  readonly addresses: AddressTable = new AddressTable();
  readonly counts: PacketCounts = new PacketCounts();
  readonly fragments: FragmentTable = new FragmentTable();
  readonly tracker: HandshakeTracker;
  /** The frame looked at last, decoded. */
  readonly packet: Packet = new Packet();
  readonly icmp: IcmpError = new IcmpError();

  /** `seed` stirs hash tables; results do not depend on it. */
  constructor(seed = 0) {
    this.tracker = new HandshakeTracker(seed);
  }

  onFrame(frame: FrameLike): void {
    const packet = this.packet;
    decodeFrame(frame.bytes, frame.view, frame.off, frame.end, frame.linkType, this.addresses, packet);
    if (packet.direction === Direction.Unknown) packet.direction = frame.direction;
    let { bytes } = frame;
    if (packet.fragment) bytes = this.fragments.onFragment(frame.ts, bytes, packet, this.addresses);
    const known = this.counts.count(packet, frame.linkType);
    if (packet.status === DecodeStatus.NotTcp) this.#onNotTcp(frame, bytes);
    if (known) this.tracker.onSegment(frame.ts, packet.seg, frame.number, packet.network === 4 ? packet.ipId : -1);
    if (frame.ts > this.tracker.endedAt) this.tracker.finish(frame.ts);
  }

  /** ICMP errors tell of segments, too. */
  #onNotTcp(frame: FrameLike, bytes: Uint8Array): void {
    const { packet, icmp, addresses } = this;
    if (packet.protocol !== PROTOCOL_ICMP && packet.protocol !== PROTOCOL_ICMPV6) return;
    const view = bytes === frame.bytes ? frame.view : new DataView(bytes.buffer);
    if (!decodeIcmpError(bytes, view, packet, addresses, icmp)) return;
    this.counts.icmpErrors++;
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

/** Adds up the columns of a tracker. */
export function verdictTotals(tracker: HandshakeTracker): VerdictTotals {
  const t = tracker.handshakes;
  const by = [0, 0, 0, 0, 0, 0, 0, 0];
  let synackWithoutSyn = 0;
  let synRetransmissions = 0;
  let synackRetransmissions = 0;
  let duplicates = 0;
  for (let row = 0; row < t.count; row++) {
    const verdict = t.verdict(row);
    by[verdict]!++;
    if (verdict === Verdict.SynMissing) synackWithoutSyn += t.synacks[row]! + t.duplicates[row]!;
    synRetransmissions += t.synRetransmissions(row);
    synackRetransmissions += t.synackRetransmissions(row);
    duplicates += t.duplicates[row]!;
  }
  return {
    attempts: t.count - by[Verdict.SynMissing]! - by[Verdict.MidStream]!,
    completed: by[Verdict.Completed]!,
    halfOpen: by[Verdict.HalfOpen]!,
    aborted: by[Verdict.Aborted]!,
    refused: by[Verdict.Refused]!,
    unanswered: by[Verdict.Unanswered]!,
    cannotJudge: by[Verdict.CannotJudge]!,
    midStream: by[Verdict.MidStream]!,
    synackWithoutSyn,
    synRetransmissions,
    synackRetransmissions,
    duplicates,
  };
}

const PROTOCOL_ICMP = 1;
const PROTOCOL_ICMPV6 = 58;
