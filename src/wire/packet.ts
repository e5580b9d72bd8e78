/**
 * Whole packets: from a captured frame or an IP datagram to a Segment, and from a Segment to an IP datagram or frame.
 * One `Packet` is reused for all; decoding allocates nothing (a new IPv6 address may make its table grow).
 */
import { type AddressTable, IPV6_BASE } from './address.ts';
import { addViewWords, addWords, pseudoHeaderSum } from './checksum.ts';
import { Direction } from './direction.ts';
import { decodeIp4, encodeIp4, IP4_HEADER_BYTES } from './ip4.ts';
import { decodeIp6, encodeIp6, IP6_HEADER_BYTES } from './ip6.ts';
import { findIp, LinkType } from './link.ts';
import { decodePlain } from './plain-frame.ts';
import { Segment } from './segment.ts';
import { DecodeStatus } from './status.ts';
import { decodeTcp, encodeTcp, tcpLength } from './tcp-header.ts';
import { enterTunnel } from './tunnel.ts';

/**
 * `absent`: not judged (bytes missing, a fragment, or `Packet.verify` off). `offload`: the field holds just the
 * pseudo-header sum, as when a packet is captured before the sending network card completes it; not an error.
 */
export type ChecksumState = 'ok' | 'bad' | 'offload' | 'absent';

const PROTOCOL_TCP = 6;
/** Headers inside headers: enough for VXLAN in GRE in IP, too few to be a weapon. */
const MAX_TUNNELS = 4;

export class Packet {
  /** Verify checksums while decoding. */
  verify = true;

  readonly seg: Segment = new Segment();
  status: DecodeStatus = DecodeStatus.Ok;
  /** IP version, 0 when there is no IP. Of the innermost IP header, as are all fields below. */
  network: 0 | 4 | 6 = 0;
  /** Upper-layer protocol (6 = TCP), -1 when there is no IP. */
  protocol = -1;
  ttl = 0;
  /** IPv4 identification, or that of the IPv6 fragment header. */
  ipId = 0;
  /** Type of service or traffic class: DSCP and ECN. */
  tos = 0;
  /** Part of a datagram only. */
  fragment = false;
  /** In bytes. */
  fragmentOffset = 0;
  moreFragments = false;
  /** Offset in the buffer of what the fragment carries, behind the IPv4 header or the IPv6 fragment header. */
  fragmentAt = 0;
  /** An IPv6 routing header still names another destination, so the TCP checksum cannot be judged here. */
  routed = false;
  /** As the link layer says it, relative to the host that captured. */
  direction: Direction = Direction.Unknown;
  /** VLAN id of the outer tag and of the innermost other one; 0 is a priority tag, -1 none. */
  vlan = -1;
  innerVlan = -1;
  /** EtherType where the link layer has one, else -1. */
  etherType = -1;
  /** IP headers around the innermost one: 0 without a tunnel. */
  tunnels = 0;
  /** Offsets in the buffer: of the IP header, of the TCP header (valid with `headerAvailable` > 0). */
  ipOff = 0;
  tcpOff = 0;
  /** Where the captured bytes of the datagram end; link-layer padding does not count. */
  end = 0;
  /** Where the datagram ended on the wire, by its IP length. */
  wireEnd = 0;
  /** All bytes of the datagram are there. */
  capturedAll = false;
  /** Bytes of the TCP header present in the buffer, 0 .. 60. From 14 on ports, sequence numbers and flags are known. */
  headerAvailable = 0;
  /** Payload bytes present in the buffer; `seg.len` is how many there were on the wire. */
  payloadAvailable = 0;
  ipChecksum: ChecksumState = 'absent';
  tcpChecksum: ChecksumState = 'absent';
}

/** The lower two bits of the traffic class (RFC 3168 §5). */
const ECN_BITS = 3;

/** Back to an empty packet; `verify` stays. The segment keeps its old content until one is decoded. */
export function resetPacket(packet: Packet): void {
  packet.status = DecodeStatus.Ok;
  packet.network = 0;
  packet.protocol = -1;
  packet.ttl = 0;
  packet.ipId = 0;
  packet.tos = 0;
  packet.fragment = false;
  packet.fragmentOffset = 0;
  packet.moreFragments = false;
  packet.fragmentAt = 0;
  packet.routed = false;
  packet.direction = Direction.Unknown;
  packet.vlan = -1;
  packet.innerVlan = -1;
  packet.etherType = -1;
  packet.tunnels = 0;
  packet.ipOff = 0;
  packet.tcpOff = 0;
  packet.end = 0;
  packet.wireEnd = 0;
  packet.capturedAll = false;
  packet.headerAvailable = 0;
  packet.payloadAvailable = 0;
  packet.ipChecksum = 'absent';
  packet.tcpChecksum = 'absent';
}

/**
 * Decodes the frame `bytes[off .. end)` of a link type (`LinkType`) into `packet`. `view` spans the same memory as
 * `bytes`, from the same start. Never throws for any bytes; the answer is also in `packet.status`.
 */
export function decodeFrame(
  bytes: Uint8Array,
  view: DataView,
  off: number,
  end: number,
  linkType: number,
  addresses: AddressTable,
  packet: Packet,
): DecodeStatus {
  if (linkType === LinkType.Ethernet && decodePlain(bytes, view, off, end, packet)) return packet.status;
  return decodeLayers(bytes, view, off, end, linkType, addresses, packet);
}

/** The same, whatever the frame: layer by layer. */
export function decodeLayers(
  bytes: Uint8Array,
  view: DataView,
  off: number,
  end: number,
  linkType: number,
  addresses: AddressTable,
  packet: Packet,
): DecodeStatus {
  resetPacket(packet);
  let status = findIp(bytes, view, off, end, linkType, packet);
  if (status === DecodeStatus.Ok) status = decodeDatagram(bytes, view, end, addresses, packet);
  packet.status = status;
  return status;
}

/** Decodes the IPv4 or IPv6 datagram `bytes[off .. end)`; else as `decodeFrame`. */
export function decodeIp(
  bytes: Uint8Array,
  view: DataView,
  off: number,
  end: number,
  addresses: AddressTable,
  packet: Packet,
): DecodeStatus {
  resetPacket(packet);
  packet.ipOff = off;
  const status = end > off ? decodeDatagram(bytes, view, end, addresses, packet) : DecodeStatus.Truncated;
  packet.status = status;
  return status;
}

/** From `packet.ipOff` through tunnels to TCP. */
function decodeDatagram(
  bytes: Uint8Array,
  view: DataView,
  end: number,
  addresses: AddressTable,
  packet: Packet,
): DecodeStatus {
  let limit = end;
  for (;;) {
    const status =
      bytes[packet.ipOff]! >>> 4 === 6
        ? decodeIp6(bytes, view, packet.ipOff, limit, addresses, packet)
        : decodeIp4(bytes, view, packet.ipOff, limit, packet);
    if (status !== DecodeStatus.Ok) return status;
    if (packet.protocol === PROTOCOL_TCP) return decodeTransport(bytes, view, addresses, packet);
    if (packet.fragment) return DecodeStatus.Fragment;
    const { ipOff, vlan, innerVlan, etherType } = packet;
    const entered = enterTunnel(bytes, view, packet);
    if (entered !== DecodeStatus.Ok) {
      // What was tried inside must not be told of the outer packet.
      packet.ipOff = ipOff;
      packet.vlan = vlan;
      packet.innerVlan = innerVlan;
      packet.etherType = etherType;
      return entered;
    }
    if (packet.tunnels === MAX_TUNNELS) return DecodeStatus.TooDeep;
    packet.tunnels++;
    limit = packet.end;
  }
}

function decodeTransport(bytes: Uint8Array, view: DataView, addresses: AddressTable, packet: Packet): DecodeStatus {
  if (packet.fragmentOffset > 0) return DecodeStatus.Fragment;
  const { seg, tcpOff, end, wireEnd } = packet;
  const status = decodeTcp(bytes, view, tcpOff, end, seg, wireEnd);
  seg.ecn = packet.tos & ECN_BITS;
  const header = seg.payloadOff > 0 ? seg.payloadOff - tcpOff : 20;
  packet.headerAvailable = Math.min(header, end - tcpOff);
  packet.payloadAvailable = Math.max(0, Math.min(seg.len, end - tcpOff - header));
  if (packet.fragment) return DecodeStatus.Fragment;
  if (packet.verify && packet.capturedAll && !packet.routed && end - tcpOff >= 20) {
    packet.tcpChecksum = judgeChecksum(view, addresses, packet);
  }
  return status;
}

function judgeChecksum(view: DataView, addresses: AddressTable, packet: Packet): ChecksumState {
  const { seg, tcpOff } = packet;
  const len = packet.end - tcpOff;
  const pseudo = pseudoHeaderSum(seg.src, seg.dst, len, addresses);
  if (addViewWords(view, tcpOff, len, pseudo) === 0xffff) return 'ok';
  return view.getUint16(tcpOff + 16) === pseudo ? 'offload' : 'bad';
}

/** What the IP header says beside the addresses. */
export interface IpOptions {
  /** Hop limit, default 64. */
  readonly ttl?: number;
  /** IPv4 identification, default 0. */
  readonly ipId?: number;
  /** Type of service or traffic class, default 0. */
  readonly tos?: number;
}

const NO_OPTIONS: IpOptions = {};

/** Bytes `encodeIpPacket` will write. */
export function ipPacketLength(seg: Readonly<Segment>): number {
  return (seg.src < IPV6_BASE ? IP4_HEADER_BYTES : IP6_HEADER_BYTES) + tcpLength(seg);
}

/**
 * Writes the segment as an IPv4 or IPv6 datagram with right checksums at `out[off]` and returns its length. `out`
 * must have room for `ipPacketLength(seg)` bytes. Throws a RangeError when the room, or IP's 16-bit length, is too
 * small, or the two addresses are of different versions: bugs of the caller, not of the network.
 */
export function encodeIpPacket(
  seg: Readonly<Segment>,
  addresses: AddressTable,
  out: Uint8Array,
  off: number,
  options: IpOptions = NO_OPTIONS,
): number {
  const v6 = seg.src >= IPV6_BASE;
  if (v6 !== seg.dst >= IPV6_BASE) throw new RangeError('source and destination are of different IP versions');
  const ipLen = v6 ? IP6_HEADER_BYTES : IP4_HEADER_BYTES;
  const len = tcpLength(seg);
  if (len + (v6 ? 0 : ipLen) > 0xffff) throw new RangeError(`a TCP segment of ${len} bytes does not fit one IP packet`);
  if (off + ipLen + len > out.length) throw new RangeError(`no room for ${ipLen + len} bytes at ${off}`);
  const tcpOff = off + ipLen;
  encodeTcp(seg, out, tcpOff);
  const sum = ~addWords(out, tcpOff, len, pseudoHeaderSum(seg.src, seg.dst, len, addresses));
  out[tcpOff + 16] = sum >>> 8;
  out[tcpOff + 17] = sum;
  const ttl = options.ttl ?? 64;
  const tos = (options.tos ?? 0) | seg.ecn;
  if (v6) encodeIp6(seg.src, seg.dst, len, ttl, tos, addresses, out, off);
  else encodeIp4(seg.src, seg.dst, len, ttl, tos, options.ipId ?? 0, out, off);
  return ipLen + len;
}

/** As `encodeIpPacket`, in an untagged Ethernet II frame. The MAC addresses are locally administered ones made from
 * the IP addresses: `02:00` and the last four bytes. */
export function encodeEthernet(
  seg: Readonly<Segment>,
  addresses: AddressTable,
  out: Uint8Array,
  off: number,
  options: IpOptions = NO_OPTIONS,
): number {
  const len = encodeIpPacket(seg, addresses, out, off + 14, options);
  writeMac(seg.dst, addresses, out, off);
  writeMac(seg.src, addresses, out, off + 6);
  const v6 = seg.src >= IPV6_BASE;
  out[off + 12] = v6 ? 0x86 : 0x08;
  out[off + 13] = v6 ? 0xdd : 0x00;
  return 14 + len;
}

function writeMac(address: number, addresses: AddressTable, out: Uint8Array, off: number): void {
  const last = address < IPV6_BASE ? address : addresses.word(address, 3);
  out[off] = 0x02;
  out[off + 1] = 0;
  out[off + 2] = last >>> 24;
  out[off + 3] = last >>> 16;
  out[off + 4] = last >>> 8;
  out[off + 5] = last;
}
