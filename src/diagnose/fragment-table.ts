/**
 * Puts IP fragments together (RFC 791 §3.2, RFC 8200 §4.5), so that a segment in pieces is judged like any other. Bounded
 * in datagrams, bytes and age; everything that does not become whole is counted.
 */
import type { AddressTable, AddressVisitor } from '../wire/address.ts';
import { IP6_HEADER_BYTES } from '../wire/ip6.ts';
import { decodeIp, type Packet } from '../wire/packet.ts';
import { DecodeStatus } from '../wire/status.ts';
import { Datagram, endFits, hashOf, isCopy, isOf, join, type Piece, placeOf } from './fragmented-datagram.ts';

export interface FragmentLimits {
  /** Datagrams waited for at once. */
  readonly datagrams: number;
  /** Of all their fragments, with what each costs to hold. */
  readonly bytes: number;
  /** ns from a datagram's first fragment to when it is given up. */
  readonly age: number;
}

export class FragmentTable {
  /** Fragments seen. */
  fragments = 0;
  /** Datagrams put together. */
  whole = 0;
  /** Datagrams of which a part is missing, so far or for good. */
  incomplete = 0;
  /** Of these: given up for room, not for age. */
  evicted = 0;
  /** IPv6 datagrams discarded because fragments overlap (RFC 5722 §4). */
  overlapDropped = 0;
  /** IPv4 fragments that overlap others: of bytes that came twice, those of the fragment that begins earlier count. */
  overlapKept = 0;
  /** Exact copies. */
  duplicates = 0;
  /** Fragments that no datagram has: without bytes, not the last and no multiple of 8, beyond 65,535, two ends. */
  damaged = 0;
  /** Fragments that the capture cut, so nothing can be made of them. */
  cut = 0;

  readonly #limits: FragmentLimits;
  /** By hash; those with the same one are chained. */
  readonly #byHash = new Map<number, Datagram>();
  /** In order of their first fragments. */
  readonly #waiting = new Set<Datagram>();
  #bytes = 0;

  constructor(limits: FragmentLimits = DEFAULT_LIMITS) {
    this.#limits = limits;
  }

  /**
   * `packet` holds a fragment out of `bytes`. When it was the last one missing, `packet` afterwards holds the whole
   * datagram, which may be a tunnel and so lead to another packet. Returns the bytes its offsets refer to.
   */
  onFragment(ts: number, bytes: Uint8Array, packet: Packet, addresses: AddressTable): Uint8Array {
    let from = bytes;
    for (let nested = 0; packet.fragment && nested < MAX_NESTED; nested++) {
      const whole = this.#add(ts, from, packet);
      if (whole === undefined) {
        // What stands in a fragment by itself is not judged, so its verdict does not count either.
        packet.status = DecodeStatus.Fragment;
        return from;
      }
      const { direction, vlan, innerVlan, etherType, tunnels } = packet;
      decodeIp(whole, new DataView(whole.buffer), 0, whole.length, addresses, packet);
      // What the frame said; where the datagram is a tunnel with tags of its own, those count.
      packet.direction = direction;
      if (packet.vlan < 0) {
        packet.vlan = vlan;
        packet.innerVlan = innerVlan;
      }
      if (packet.etherType < 0) packet.etherType = etherType;
      packet.tunnels += tunnels;
      from = whole;
    }
    return from;
  }

  eachAddress(visit: AddressVisitor): void {
    for (const { src, dst } of this.#waiting) {
      visit(src);
      visit(dst);
    }
  }

  #add(ts: number, bytes: Uint8Array, packet: Readonly<Packet>): Uint8Array | undefined {
    this.fragments++;
    if (!packet.capturedAll) {
      this.cut++;
      return undefined;
    }
    const start = packet.fragmentOffset;
    const end = start + packet.end - packet.fragmentAt;
    if (end <= start || end > MAX_DATAGRAM || (packet.moreFragments && (end - start) % 8 !== 0)) {
      this.damaged++;
      return undefined;
    }
    this.#expire(ts);
    const hash = hashOf(packet);
    const datagram = this.#find(hash, packet) ?? this.#begin(hash, ts, packet);
    if (datagram.discarded) return undefined;
    if (!endFits(datagram, packet.moreFragments, end) || datagram.pieces.length === MAX_PIECES) {
      this.damaged++;
      return undefined;
    }
    const piece: Piece = { start, end, bytes: bytes.slice(packet.fragmentAt, packet.end) };
    const at = placeOf(datagram.pieces, piece);
    if (isCopy(datagram.pieces, at, piece)) {
      this.duplicates++;
      return undefined;
    }
    const before = datagram.pieces[at - 1];
    const after = datagram.pieces[at];
    if ((before !== undefined && before.end > start) || (after !== undefined && after.start < end)) {
      if (packet.network === 6) {
        // RFC 5722 §4: "the entire datagram (and any constituent fragments, including those not yet received) MUST be
        // silently discarded". So it stays known until it is too old.
        this.#release(datagram);
        datagram.discarded = true;
        this.incomplete--;
        this.overlapDropped++;
        return undefined;
      }
      this.overlapKept++;
    }
    datagram.pieces.splice(at, 0, piece);
    this.#charge(datagram, piece.bytes.length + PIECE_COST);
    if (!packet.moreFragments) datagram.total = end;
    if (start === 0 && datagram.header === undefined) {
      datagram.header = bytes.slice(packet.ipOff, packet.fragmentAt);
      this.#charge(datagram, datagram.header.length);
    }
    const whole = join(datagram);
    if (whole === undefined) {
      this.#makeRoom();
      return undefined;
    }
    this.incomplete--;
    this.#remove(datagram);
    // IPv4 counts its header, IPv6 counts what follows it and not the fragment header.
    if (whole.length > MAX_DATAGRAM + (packet.network === 4 ? 0 : IP6_HEADER_BYTES + FRAGMENT_HEADER_BYTES)) {
      this.damaged++;
      return undefined;
    }
    this.whole++;
    return whole;
  }

  #find(hash: number, packet: Readonly<Packet>): Datagram | undefined {
    let datagram = this.#byHash.get(hash);
    while (datagram !== undefined && !isOf(datagram, packet)) datagram = datagram.next;
    return datagram;
  }

  #begin(hash: number, ts: number, packet: Readonly<Packet>): Datagram {
    const datagram = new Datagram(hash, ts, packet, this.#byHash.get(hash));
    this.#byHash.set(hash, datagram);
    this.#waiting.add(datagram);
    this.incomplete++;
    this.#charge(datagram, DATAGRAM_COST);
    return datagram;
  }

  #charge(datagram: Datagram, bytes: number): void {
    datagram.cost += bytes;
    this.#bytes += bytes;
  }

  #expire(now: number): void {
    for (const datagram of this.#waiting) {
      if (now - datagram.begunAt <= this.#limits.age) return;
      this.#remove(datagram);
    }
  }

  /** The oldest go first: what has waited longest is the least likely to become whole. */
  #makeRoom(): void {
    for (const datagram of this.#waiting) {
      if (this.#waiting.size <= this.#limits.datagrams && this.#bytes <= this.#limits.bytes) return;
      if (!datagram.discarded) this.evicted++;
      this.#remove(datagram);
    }
  }

  #remove(datagram: Datagram): void {
    this.#waiting.delete(datagram);
    this.#bytes -= datagram.cost;
    const first = this.#byHash.get(datagram.hash);
    if (first === datagram) {
      if (datagram.next === undefined) this.#byHash.delete(datagram.hash);
      else this.#byHash.set(datagram.hash, datagram.next);
      return;
    }
    let before = first;
    while (before !== undefined && before.next !== datagram) before = before.next;
    if (before !== undefined) before.next = datagram.next;
  }

  /** Lets go of the bytes, not of the memory that there was such a datagram. */
  #release(datagram: Datagram): void {
    datagram.pieces.length = 0;
    datagram.header = undefined;
    this.#charge(datagram, DATAGRAM_COST - datagram.cost);
  }
}

/** Linux: 4 MiB (`ipfrag_high_thresh`). RFC 8200 §4.5 gives a datagram 60 s, RFC 1122 §3.3.2 60 to 120 s. */
const DEFAULT_LIMITS: FragmentLimits = { datagrams: 4096, bytes: 4 << 20, age: 60_000_000_000 };
/** About what V8 takes for the objects around the bytes. */
const PIECE_COST = 160;
const DATAGRAM_COST = 320;
/** One at each multiple of 8. */
const MAX_PIECES = 8192;
const MAX_DATAGRAM = 0xffff;
const FRAGMENT_HEADER_BYTES = 8;
/** Datagrams in fragments, in tunnels in fragments. */
const MAX_NESTED = 4;
