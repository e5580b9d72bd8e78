/**
 * The frame that nearly all frames are: Ethernet without tags, IPv4 without options or fragments, TCP. Decoded in one piece,
 * it costs half of what the way through all layers does, and gives the same: a test compares the two for arbitrary bytes.
 */
import { sumLittle } from './checksum.ts';
import { Direction } from './direction.ts';
import { EtherType } from './ether-type.ts';
import type { ChecksumState, Packet } from './packet.ts';
import type { Segment } from './segment.ts';
import { DecodeStatus } from './status.ts';
import { decodeOptions, NOP_NOP_TS } from './tcp-options.ts';

/** Decodes `bytes[off .. end)` of an Ethernet into `packet`; false, with nothing done, for any frame that is not plain. */
export function decodePlain(bytes: Uint8Array, view: DataView, off: number, end: number, packet: Packet): boolean {
  if (!isPlain(bytes, view, off, end)) return false;
  const ip = off + 14;
  const tcp = ip + 20;
  const wireEnd = ip + view.getUint16(ip + 2);
  const stop = Math.min(wireEnd, end);
  const offsetFlags = view.getUint16(tcp + 12);
  const payload = tcp + (offsetFlags >>> 12) * 4;
  if (payload < tcp + 20 || payload > stop) return false;
  const { seg } = packet;
  seg.src = view.getUint32(ip + 12);
  seg.dst = view.getUint32(ip + 16);
  seg.sport = view.getUint16(tcp);
  seg.dport = view.getUint16(tcp + 2);
  seg.seq = view.getUint32(tcp + 4);
  seg.ack = view.getUint32(tcp + 8);
  seg.flags = offsetFlags & 0x1ff;
  seg.wnd = view.getUint16(tcp + 14);
  seg.urg = view.getUint16(tcp + 18);
  seg.ecn = bytes[ip + 1]! & 3;
  seg.len = wireEnd - payload;
  seg.payloadOff = payload;
  seg.rawOptOff = tcp + 20;
  seg.rawOptLen = payload - tcp - 20;
  // A store of what is there already would still ask the garbage collector's barrier.
  if (seg.payload !== bytes) seg.payload = bytes;
  if (seg.rawOpt !== bytes) seg.rawOpt = bytes;
  packet.status = readOptions(bytes, view, packet);
  packet.network = 4;
  packet.protocol = PROTOCOL_TCP;
  packet.ttl = bytes[ip + 8]!;
  packet.ipId = view.getUint16(ip + 4);
  packet.tos = bytes[ip + 1]!;
  packet.fragment = false;
  packet.fragmentOffset = 0;
  packet.moreFragments = false;
  packet.fragmentAt = tcp;
  packet.routed = false;
  packet.direction = Direction.Unknown;
  packet.vlan = -1;
  packet.innerVlan = -1;
  packet.etherType = EtherType.Ipv4;
  packet.tunnels = 0;
  packet.ipOff = ip;
  packet.tcpOff = tcp;
  packet.end = stop;
  packet.wireEnd = wireEnd;
  packet.capturedAll = wireEnd <= end;
  packet.headerAvailable = payload - tcp;
  packet.payloadAvailable = stop - payload;
  if (packet.verify) judge(view, packet);
  else {
    packet.ipChecksum = 'absent';
    packet.tcpChecksum = 'absent';
  }
  return true;
}

/** Only the sockets of a plain frame, into `seg`; false, with nothing done, for any other. */
export function peekSockets(bytes: Uint8Array, view: DataView, off: number, end: number, seg: Segment): boolean {
  if (!isPlain(bytes, view, off, end)) return false;
  const ip = off + 14;
  seg.src = view.getUint32(ip + 12);
  seg.dst = view.getUint32(ip + 16);
  seg.sport = view.getUint16(ip + 20);
  seg.dport = view.getUint16(ip + 22);
  return true;
}

/** No tag, no IP options, no fragment, and both headers are there as far as they are always. */
function isPlain(bytes: Uint8Array, view: DataView, off: number, end: number): boolean {
  const ip = off + 14;
  if (end - ip < 40 || view.getUint16(off + 12) !== EtherType.Ipv4) return false;
  return bytes[ip] === 0x45 && bytes[ip + 9] === PROTOCOL_TCP && (view.getUint16(ip + 6) & 0x3fff) === 0;
}

/** Nearly every segment after the handshake has no options, or a timestamp behind two NOPs (RFC 7323 appendix A). */
function readOptions(bytes: Uint8Array, view: DataView, packet: Packet): DecodeStatus {
  const { seg } = packet;
  const at = seg.rawOptOff;
  const stamped = seg.rawOptLen === 12 && view.getUint32(at) === NOP_NOP_TS;
  if (seg.rawOptLen !== 0 && !stamped) return decodeOptions(bytes, view, at, seg.payloadOff, seg, false);
  seg.mss = -1;
  seg.ws = -1;
  seg.sackPerm = false;
  seg.sackCount = 0;
  seg.tfoLen = -1;
  seg.signed = false;
  seg.tsVal = stamped ? view.getUint32(at + 4) : -1;
  seg.tsEcr = stamped ? view.getUint32(at + 8) : -1;
  return DecodeStatus.Ok;
}

/** Both checksums, of words in the order of this machine: a sum of swapped bytes is the swapped sum (RFC 1071 §2 B). */
function judge(view: DataView, packet: Packet): void {
  const { ipOff, tcpOff, end } = packet;
  const addresses = sumLittle(view, ipOff + 12, tcpOff);
  const header = fold(sumLittle(view, ipOff, ipOff + 12) + addresses);
  packet.ipChecksum = header === ALL_ONES ? 'ok' : 'bad';
  if (!packet.capturedAll) {
    packet.tcpChecksum = 'absent';
    return;
  }
  const length = end - tcpOff;
  const pseudo = fold(addresses + (PROTOCOL_TCP << 8) + ((length & 0xff) << 8) + (length >>> 8));
  const sum = fold(sumLittle(view, tcpOff, end) + pseudo);
  let state: ChecksumState = 'ok';
  if (sum !== ALL_ONES) state = view.getUint16(tcpOff + 16, true) === pseudo ? 'offload' : 'bad';
  packet.tcpChecksum = state;
}

function fold(sum: number): number {
  const s = (sum & 0xffff) + (sum >>> 16);
  return (s & 0xffff) + (s >>> 16);
}

const PROTOCOL_TCP = 6;
const ALL_ONES = 0xffff;
