/**
 * ICMP errors about TCP segments (RFC 792, RFC 1191, RFC 1122 §3.2.2; RFC 4443 for IPv6): what happened to which segment.
 * The message quotes the segment's IP header and at least eight bytes behind it: ports and sequence number.
 */
import { type AddressTable, IPV6_BASE, isIpv6 } from './address.ts';
import { addWords, pseudoHeaderSum } from './checksum.ts';
import { encodeIp4, IP4_HEADER_BYTES } from './ip4.ts';
import { encodeIp6, IP6_HEADER_BYTES } from './ip6.ts';
import { decodeIp, encodeIpPacket, type IpOptions, ipPacketLength, Packet } from './packet.ts';
import type { Segment } from './segment.ts';

/** What an error says, whichever IP version it came with. `other`: nothing that TCP knows. */
export type IcmpKind =
  | 'net-unreachable'
  | 'host-unreachable'
  | 'protocol-unreachable'
  | 'port-unreachable'
  | 'frag-needed'
  | 'source-route-failed'
  | 'net-unknown'
  | 'host-unknown'
  | 'source-isolated'
  | 'net-prohibited'
  | 'host-prohibited'
  | 'net-tos'
  | 'host-tos'
  | 'admin-prohibited'
  | 'precedence-violation'
  | 'precedence-cutoff'
  | 'policy-failed'
  | 'route-rejected'
  | 'source-quench'
  | 'redirect'
  | 'time-exceeded'
  | 'parameter-problem'
  | 'other';

const PROTOCOL_ICMP = 1;
const PROTOCOL_TCP = 6;
const PROTOCOL_ICMPV6 = 58;
/** Type, code, checksum and four more bytes. */
const HEADER_BYTES = 8;

/** Reused like a Segment. Fields of the quoted segment beyond ports and sequence number count only where they were quoted. */
export class IcmpError {
  /** Address handles: who reports, and to whom. */
  src = 0;
  dst = 0;
  /** As on the wire; set them with `setIcmp`, which keeps `kind` in step. */
  type = 0;
  code = 0;
  kind: IcmpKind = 'other';
  /** Next-hop MTU of `frag-needed`, 0 from routers older than RFC 1191; else 0. */
  mtu = 0;
  readonly #inner: Packet = new Packet();

  /** The segment that caused it, as its sender sent it: `src` and `sport` are ours when it reaches us. */
  get quoted(): Segment {
    return this.#inner.seg;
  }

  /** Decodes the quoted datagram `bytes[off .. end)`. False when it does not reach to the sequence number. */
  quote(bytes: Uint8Array, view: DataView, off: number, end: number, addresses: AddressTable): boolean {
    const inner = this.#inner;
    inner.verify = false;
    decodeIp(bytes, view, off, end, addresses, inner);
    if (inner.protocol !== PROTOCOL_TCP || inner.tunnels !== 0 || inner.fragmentOffset !== 0) return false;
    return inner.network === (isIpv6(this.src) ? 6 : 4) && end - inner.tcpOff >= 8;
  }
}

/** Sets type and code, and the kind they stand for. */
export function setIcmp(icmp: IcmpError, v6: boolean, type: number, code: number): void {
  icmp.type = type;
  icmp.code = code;
  icmp.kind = icmpKind(v6, type, code);
}

/** The meaning of type and code. */
export function icmpKind(v6: boolean, type: number, code: number): IcmpKind {
  if (v6) return (type === 1 ? UNREACHABLE6[code] : TYPES6[type]) ?? 'other';
  return (type === 3 ? UNREACHABLE4[code] : TYPES4[type]) ?? 'other';
}

/** Type and code of a kind, undefined where the IP version has none. */
export function icmpCode(v6: boolean, kind: IcmpKind): { readonly type: number; readonly code: number } | undefined {
  const code = (v6 ? UNREACHABLE6 : UNREACHABLE4).indexOf(kind);
  if (code >= 0) return { type: v6 ? 1 : 3, code };
  const type = (v6 ? TYPES6 : TYPES4).indexOf(kind);
  return type < 0 ? undefined : { type, code: 0 };
}

/**
 * Reads the ICMP error in a datagram that `decodeIp` or `decodeFrame` found not to be TCP. False when it is none, has a
 * wrong checksum, or quotes something else than a TCP segment; `into` is then undefined. In a message that the capture
 * cut, the checksum cannot be judged and the quote needs only its first bytes.
 */
export function decodeIcmpError(
  bytes: Uint8Array,
  view: DataView,
  packet: Readonly<Packet>,
  addresses: AddressTable,
  into: IcmpError,
): boolean {
  const v6 = packet.network === 6;
  const off = packet.tcpOff;
  const len = packet.end - off;
  if (packet.protocol !== (v6 ? PROTOCOL_ICMPV6 : PROTOCOL_ICMP) || packet.fragment) return false;
  if (len < HEADER_BYTES) return false;
  into.src = packet.seg.src;
  into.dst = packet.seg.dst;
  if (packet.capturedAll) {
    const pseudo = v6 ? pseudoHeaderSum(into.src, into.dst, len, addresses, PROTOCOL_ICMPV6) : 0;
    if (addWords(bytes, off, len, pseudo) !== 0xffff) return false;
  }
  setIcmp(into, v6, bytes[off]!, bytes[off + 1]!);
  if (into.kind === 'other') return false;
  into.mtu = into.kind !== 'frag-needed' ? 0 : v6 ? view.getUint32(off + 4) : view.getUint16(off + 6);
  return into.quote(bytes, view, off + HEADER_BYTES, packet.end, addresses);
}

/** Room that `encodeIcmpError` needs. */
export function icmpRoom(icmp: Readonly<IcmpError>): number {
  return (icmp.src < IPV6_BASE ? IP4_HEADER_BYTES : IP6_HEADER_BYTES) + HEADER_BYTES + ipPacketLength(icmp.quoted);
}

/**
 * Writes the error as an IP datagram at `out[off]` and returns its length. It quotes as much of the segment as fits into
 * 576 bytes (RFC 1812 §4.3.2.3) or 1280 (RFC 4443 §2.4). Throws a RangeError where `out` has no `icmpRoom`.
 */
export function encodeIcmpError(
  icmp: Readonly<IcmpError>,
  addresses: AddressTable,
  out: Uint8Array,
  off: number,
  options: IpOptions = NO_OPTIONS,
): number {
  const v6 = icmp.src >= IPV6_BASE;
  const ipLen = v6 ? IP6_HEADER_BYTES : IP4_HEADER_BYTES;
  const at = off + ipLen;
  if (off + icmpRoom(icmp) > out.length) throw new RangeError(`no room for ${icmpRoom(icmp)} bytes at ${off}`);
  const quoted = encodeIpPacket(icmp.quoted, addresses, out, at + HEADER_BYTES);
  const len = Math.min(HEADER_BYTES + quoted, (v6 ? 1280 : 576) - ipLen);
  out[at] = icmp.type;
  out[at + 1] = icmp.code;
  out.fill(0, at + 2, at + HEADER_BYTES);
  if (icmp.kind === 'frag-needed') {
    if (v6) {
      out[at + 4] = icmp.mtu >>> 24;
      out[at + 5] = icmp.mtu >>> 16;
    }
    out[at + 6] = icmp.mtu >>> 8;
    out[at + 7] = icmp.mtu;
  }
  const pseudo = v6 ? pseudoHeaderSum(icmp.src, icmp.dst, len, addresses, PROTOCOL_ICMPV6) : 0;
  const sum = ~addWords(out, at, len, pseudo);
  out[at + 2] = sum >>> 8;
  out[at + 3] = sum;
  const ttl = options.ttl ?? 64;
  const tos = options.tos ?? 0;
  if (v6) encodeIp6(icmp.src, icmp.dst, len, ttl, tos, addresses, out, off, PROTOCOL_ICMPV6);
  else encodeIp4(icmp.src, icmp.dst, len, ttl, tos, options.ipId ?? 0, out, off, PROTOCOL_ICMP);
  return ipLen + len;
}

const NO_OPTIONS: IpOptions = {};

/** Codes of Destination Unreachable: RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1. */
const UNREACHABLE4: readonly IcmpKind[] = [
  'net-unreachable',
  'host-unreachable',
  'protocol-unreachable',
  'port-unreachable',
  'frag-needed',
  'source-route-failed',
  'net-unknown',
  'host-unknown',
  'source-isolated',
  'net-prohibited',
  'host-prohibited',
  'net-tos',
  'host-tos',
  'admin-prohibited',
  'precedence-violation',
  'precedence-cutoff',
];
/** RFC 4443 §3.1: no route, prohibited, beyond the scope of the source address, address, port, policy, reject route. */
const UNREACHABLE6: readonly IcmpKind[] = [
  'net-unreachable',
  'admin-prohibited',
  'host-unknown',
  'host-unreachable',
  'port-unreachable',
  'policy-failed',
  'route-rejected',
];
const TYPES4: readonly (IcmpKind | undefined)[] = sparse(
  [4, 'source-quench'],
  [5, 'redirect'],
  [11, 'time-exceeded'],
  [12, 'parameter-problem'],
);
const TYPES6: readonly (IcmpKind | undefined)[] = sparse(
  [2, 'frag-needed'],
  [3, 'time-exceeded'],
  [4, 'parameter-problem'],
);

function sparse(...entries: [number, IcmpKind][]): (IcmpKind | undefined)[] {
  const all = new Array<IcmpKind | undefined>(16).fill(undefined);
  for (const [at, kind] of entries) all[at] = kind;
  return all;
}
