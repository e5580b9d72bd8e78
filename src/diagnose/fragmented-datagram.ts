/** One IP datagram while its fragments come in. */
import { addWords } from '../wire/checksum.ts';
import { IP6_HEADER_BYTES } from '../wire/ip6.ts';
import type { Packet } from '../wire/packet.ts';

/** What one fragment brought: bytes `start .. end` of the datagram's data. */
export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** What has come of one datagram so far. */
export class Datagram {
  readonly hash: number;
  readonly begunAt: number;
  readonly src: number;
  readonly dst: number;
  readonly ipId: number;
  readonly protocol: number;
  readonly vlan: number;
  readonly tunnels: number;
  next: Datagram | undefined;
  /** By where they begin; of those that begin together, in order of arrival. */
  readonly pieces: Piece[] = [];
  /** From the IP header to the first fragment's data. */
  header: Uint8Array | undefined = undefined;
  /** Bytes of data, -1 until the last fragment has told. */
  total = -1;
  cost = 0;
  discarded = false;

  constructor(hash: number, begunAt: number, packet: Readonly<Packet>, next: Datagram | undefined) {
    this.hash = hash;
    this.begunAt = begunAt;
    this.src = packet.seg.src;
    this.dst = packet.seg.dst;
    this.ipId = packet.ipId;
    this.protocol = keyProtocol(packet);
    this.vlan = packet.vlan;
    this.tunnels = packet.tunnels;
    this.next = next;
  }
}

/**
 * RFC 791 §2.3 names source, destination, protocol and identification; RFC 8200 §4.5 leaves the protocol out. The VLAN and
 * how deep it lies in tunnels besides: a frame that is seen before and after a router or tunnel end is two frames.
 */
export function isOf(datagram: Datagram, packet: Readonly<Packet>): boolean {
  return (
    datagram.ipId === packet.ipId &&
    datagram.src === packet.seg.src &&
    datagram.dst === packet.seg.dst &&
    datagram.protocol === keyProtocol(packet) &&
    datagram.vlan === packet.vlan &&
    datagram.tunnels === packet.tunnels
  );
}

function keyProtocol(packet: Readonly<Packet>): number {
  return packet.network === 4 ? packet.protocol : -1;
}

/** Of what `isOf` compares, so far as it differs between datagrams. */
export function hashOf(packet: Readonly<Packet>): number {
  const h = Math.imul(packet.seg.src ^ Math.imul(packet.seg.dst, 0x9e3779b1), 0x85ebca6b);
  return Math.imul(h ^ (h >>> 15) ^ packet.ipId, 0xc2b2ae35);
}

/** Does a fragment up to `end` agree with the others: nothing lies behind the last one, and there is one end? */
export function endFits(datagram: Datagram, more: boolean, end: number): boolean {
  if (datagram.total >= 0) return more ? end <= datagram.total : end === datagram.total;
  const last = datagram.pieces.at(-1);
  return more || last === undefined || last.end <= end;
}

/** Where `piece` goes; looked for from the back, since fragments mostly come in order. */
export function placeOf(pieces: readonly Piece[], piece: Piece): number {
  let at = pieces.length;
  while (at > 0 && pieces[at - 1]!.start > piece.start) at--;
  return at;
}

/** Has the same come before? Only the latest few that begin there are asked, so that nobody can make it slow. */
export function isCopy(pieces: readonly Piece[], at: number, piece: Piece): boolean {
  for (let i = at - 1; i >= 0 && i >= at - MOST_COMPARED && pieces[i]!.start === piece.start; i--) {
    const { end, bytes } = pieces[i]!;
    if (end === piece.end && bytes.every((byte, k) => byte === piece.bytes[k])) return true;
  }
  return false;
}

/** The datagram as if it had never been in pieces; undefined while something is missing. */
export function join({ pieces, header, total }: Datagram): Uint8Array | undefined {
  if (header === undefined || total < 0) return undefined;
  let reached = 0;
  for (const piece of pieces) {
    if (piece.start > reached) return undefined;
    reached = Math.max(reached, piece.end);
  }
  if (reached < total) return undefined;
  const whole = new Uint8Array(header.length + total);
  whole.set(header);
  let written = 0;
  for (const piece of pieces) {
    if (piece.end <= written) continue;
    whole.set(piece.bytes.subarray(written - piece.start), header.length + written);
    written = piece.end;
  }
  const view = new DataView(whole.buffer);
  if (header[0]! >>> 4 === 4) {
    view.setUint16(2, whole.length);
    view.setUint16(6, 0);
    view.setUint16(10, 0);
    view.setUint16(10, ~addWords(whole, 0, header.length, 0));
  } else {
    // The fragment header stays, with nothing before and nothing behind: an atomic fragment (RFC 6946).
    // A length of 0 means: to the end. With the 8 bytes that stay, the longest datagram needs it.
    const length = whole.length - IP6_HEADER_BYTES;
    view.setUint16(4, length > 0xffff ? 0 : length);
    view.setUint16(header.length - 6, 0);
  }
  return whole;
}

const MOST_COMPARED = 4;
