/** The IPv6 header and the extension headers on the way to TCP (RFC 8200 §3, §4). */
import type { AddressTable } from './address.ts';
import type { Packet } from './packet.ts';
import { DecodeStatus } from './status.ts';

export const IP6_HEADER_BYTES = 40;
const PROTOCOL_TCP = 6;

// Next-header values with a length of their own (IANA "IPv6 Extension Header Types").
const HOP_BY_HOP = 0;
const ROUTING = 43;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
const DESTINATION_OPTIONS = 60;
const MOBILITY = 135;
const HIP = 139;
const SHIM6 = 140;

/** No honest packet has more; each costs a step of ours, so a hostile one must not choose how many. */
const MAX_EXTENSION_HEADERS = 16;

/** Decodes like `decodeIp4`, and walks the extension headers. `packet.protocol` is what follows the last of them. */
export function decodeIp6(
  bytes: Uint8Array,
  view: DataView,
  off: number,
  end: number,
  addresses: AddressTable,
  packet: Packet,
): DecodeStatus {
  if (end - off < IP6_HEADER_BYTES) return DecodeStatus.Truncated;
  const first = view.getUint16(off);
  if (first >>> 12 !== 6) return DecodeStatus.BadIpHeader;
  packet.network = 6;
  packet.tos = (first >>> 4) & 0xff;
  packet.ttl = bytes[off + 7]!;
  packet.seg.src = addresses.intern(bytes, off + 8);
  packet.seg.dst = addresses.intern(bytes, off + 24);
  const payloadLen = view.getUint16(off + 4);
  // Zero: a jumbogram (RFC 2675) or segmentation offload; both reach to the end of the frame.
  packet.wireEnd = payloadLen === 0 ? end : off + IP6_HEADER_BYTES + payloadLen;
  packet.end = Math.min(end, packet.wireEnd);
  packet.capturedAll = packet.wireEnd <= end;
  packet.routed = false;
  packet.fragment = false;
  return walkExtensions(bytes, view, off + IP6_HEADER_BYTES, bytes[off + 6]!, packet);
}

function walkExtensions(
  bytes: Uint8Array,
  view: DataView,
  off: number,
  firstHeader: number,
  packet: Packet,
): DecodeStatus {
  let at = off;
  let next = firstHeader;
  for (let n = 0; n < MAX_EXTENSION_HEADERS; n++) {
    packet.protocol = next;
    packet.tcpOff = at;
    // A second fragment header is for after the first one's fragments have been put together.
    if (!isExtension(next) || (next === FRAGMENT && packet.fragment)) return DecodeStatus.Ok;
    if (at + 8 > packet.wireEnd) return DecodeStatus.BadIpHeader;
    if (at + 8 > packet.end) return DecodeStatus.Truncated;
    let len = (bytes[at + 1]! + 1) * 8;
    if (next === AUTHENTICATION) len = (bytes[at + 1]! + 2) * 4;
    if (next === ROUTING && bytes[at + 3] !== 0) packet.routed = true;
    if (next === FRAGMENT) {
      len = 8;
      const fragment = view.getUint16(at + 2);
      packet.fragmentOffset = fragment & 0xfff8;
      packet.moreFragments = (fragment & 1) !== 0;
      packet.fragment = packet.fragmentOffset !== 0 || packet.moreFragments; // else "atomic" (RFC 6946)
      packet.ipId = view.getUint32(at + 4);
      packet.fragmentAt = at + 8;
    }
    next = bytes[at]!;
    at += len;
    if (packet.fragmentOffset > 0) {
      // What follows is the middle of something; its first bytes are no header.
      packet.protocol = next;
      packet.tcpOff = Math.min(at, packet.end);
      return DecodeStatus.Ok;
    }
    if (at > packet.wireEnd) return DecodeStatus.BadIpHeader;
    if (at > packet.end) return DecodeStatus.Truncated;
  }
  return DecodeStatus.BadIpHeader;
}

function isExtension(next: number): boolean {
  switch (next) {
    case HOP_BY_HOP:
    case ROUTING:
    case FRAGMENT:
    case AUTHENTICATION:
    case DESTINATION_OPTIONS:
    case MOBILITY:
    case HIP:
    case SHIM6:
      return true;
    default:
      return false;
  }
}

/** Writes a 40-byte header at `out[off]`; the flow label is 0. */
export function encodeIp6(
  src: number,
  dst: number,
  payloadLen: number,
  ttl: number,
  tos: number,
  addresses: AddressTable,
  out: Uint8Array,
  off: number,
  protocol: number = PROTOCOL_TCP,
): void {
  out[off] = 0x60 | (tos >>> 4);
  out[off + 1] = tos << 4;
  out[off + 2] = 0;
  out[off + 3] = 0;
  out[off + 4] = payloadLen >>> 8;
  out[off + 5] = payloadLen;
  out[off + 6] = protocol;
  out[off + 7] = ttl;
  addresses.bytes(src, out, off + 8);
  addresses.bytes(dst, out, off + 24);
}
