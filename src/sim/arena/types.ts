/** What takes part in a flood run besides the server: parties that own addresses, emitters that only send, and taps. */
import type { Nanos } from '../../tcp/types.ts';
import type { Segment } from '../../wire/segment.ts';

/** Whose an address is; what the lab colours and what reports split by. */
export type Owner = 'server' | 'client' | 'followed' | 'bot' | 'c2' | 'live' | 'silent';

/**
 * Hosts on the Internet side of the road. Each gets a `Tx` when it is made; what it sends reaches the victim's edge, or
 * another party, `delayOf(source)` (and the receiver's) later.
 */
export interface Party {
  /** A segment for one of its addresses has arrived. */
  receive(now: Nanos, seg: Readonly<Segment>): void;
  /** Something may be due. A spurious call does nothing. */
  onTimer(now: Nanos): void;
  /** When `onTimer` wants to be called next, or `Infinity`. Any other call may change the answer. */
  nextTimer(): Nanos;
  /** One way between this address and the core of the network. */
  delayOf(address: number): Nanos;
  /** Where only some addresses of its range answer: which are `live`. Left out: all are the range's owner's. */
  ownerOf?(address: number): Owner;
}

/**
 * A source of segments that listens to nothing: a flood. It sends at the victim's edge, so its own distance plays no
 * part. The arena calls `emit` at `next`, which moves `next` on.
 */
export interface Emitter {
  /** When the next segment is due; `Infinity` = never again. */
  readonly next: Nanos;
  /** Writes the segment that is due into `seg`, which is reset. False: it never left its network (an ingress filter). */
  emit(seg: Segment): boolean;
}

/** Range of addresses, both ends included, and who lives there. */
export interface AddressRange {
  readonly first: number;
  readonly last: number;
  readonly owner: Owner;
  /** null: nobody answers. */
  readonly party: Party | null;
}

/** Where on the road a tap sits: at the server's interface, or before the defences on the Internet side. */
export type TapPlace = 'server' | 'edge' | 'followed';

export type Passage =
  | 'passed'
  /** A middlebox swallowed it. */
  | 'box'
  /** The access link's queue was full, or it was lost there. */
  | 'overflow'
  | 'lost'
  /** The server's CPU had no time. */
  | 'cpu';

export interface FloodTap {
  readonly place: TapPlace;
  packet(t: Nanos, seg: Readonly<Segment>, passage: Passage): void;
}
