/**
 * What the tracker tells those who count per target, source or capture, in capture order. Hot: numbers only, nothing kept.
 * `row` is a row of the tracker's table and valid during the call; `seg` likewise.
 */
import type { Segment } from '../wire/segment.ts';

export interface HandshakeObserver {
  /** The first SYN of an attempt. `ttl` of its IP header, `ipId` or -1. */
  onAttempt(ts: number, row: number, seg: Readonly<Segment>, ttl: number, ipId: number): void;
  /** A SYN sent again (not one recorded twice). */
  onSynAgain(ts: number, row: number): void;
  /** A SYN/ACK to a captured SYN; `again` from the second on. */
  onSynAck(ts: number, row: number, seg: Readonly<Segment>, again: boolean): void;
  /** The attempt completed, whichever way. */
  onCompleted(ts: number, row: number): void;
  /** RST (or ICMP error) in answer to the SYN. */
  onRefused(ts: number, row: number): void;
  /** RST after the SYN/ACK: the entry is freed. */
  onReset(ts: number, row: number, fromClient: boolean): void;
  /** The first FIN of a flow, whatever is known of its opening. */
  onFin(ts: number, row: number): void;
  /** A SYN/ACK or RST whose SYN was not captured, on a flow of which nothing else was. `row` has the sender as server. */
  onUnsolicited(ts: number, row: number, seg: Readonly<Segment>, ttl: number): void;
  /** Any other segment on a row that began without a SYN: somebody does speak there. */
  onMidStream(ts: number, row: number, fromClient: boolean): void;
  /** The tracker lets go of a row: it ended, was silent too long, was evicted, or the capture is over. */
  onRetired(ts: number, row: number): void;
}
