/** The IPv4 header (RFC 791 §3.1). */
import { addViewWords, addWords } from './checksum.ts';
import type { Packet } from './packet.ts';
import { DecodeStatus } from './status.ts';

/** Header bytes without options; headers written here have none. */
export const IP4_HEADER_BYTES = 20;

const PROTOCOL_TCP = 6;
const DONT_FRAGMENT = 0x40; // in the byte at offset 6

/**
 * Decodes the header at `bytes[off]` into `packet`: on `Ok` the transport header starts at `packet.tcpOff`, its
 * captured bytes end at `packet.end` and the datagram at `packet.wireEnd`. IP options are skipped.
 */
export function decodeIp4(bytes: Uint8Array, view: DataView, off: number, end: number, packet: Packet): DecodeStatus {
  if (end - off < IP4_HEADER_BYTES) return DecodeStatus.Truncated;
  const first = bytes[off]!;
  const headerLen = (first & 0x0f) * 4;
  if (first >>> 4 !== 4 || headerLen < IP4_HEADER_BYTES) return DecodeStatus.BadIpHeader;
  let total = view.getUint16(off + 2);
  // Segmentation offload: captured before the network card filled in the length.
  if (total === 0) total = end - off;
  if (total < headerLen) return DecodeStatus.BadIpHeader;
  packet.network = 4;
  packet.tos = bytes[off + 1]!;
  packet.ipId = view.getUint16(off + 4);
  const fragment = view.getUint16(off + 6);
  packet.fragmentOffset = (fragment & 0x1fff) * 8;
  packet.moreFragments = (fragment & 0x2000) !== 0;
  packet.fragment = (fragment & 0x3fff) !== 0;
  packet.ttl = bytes[off + 8]!;
  packet.protocol = bytes[off + 9]!;
  packet.seg.src = view.getUint32(off + 12);
  packet.seg.dst = view.getUint32(off + 16);
  packet.tcpOff = off + headerLen;
  packet.wireEnd = off + total;
  packet.end = Math.min(end, packet.wireEnd);
  packet.capturedAll = packet.wireEnd <= end;
  packet.fragmentAt = packet.tcpOff;
  packet.routed = false;
  if (packet.tcpOff > end) return DecodeStatus.Truncated;
  if (packet.verify) packet.ipChecksum = addViewWords(view, off, headerLen, 0) === 0xffff ? 'ok' : 'bad';
  return DecodeStatus.Ok;
}

/** Writes a 20-byte header at `out[off]` with its checksum and the don't-fragment flag, as path MTU discovery wants. */
export function encodeIp4(
  src: number,
  dst: number,
  payloadLen: number,
  ttl: number,
  tos: number,
  id: number,
  out: Uint8Array,
  off: number,
  protocol: number = PROTOCOL_TCP,
): void {
  const total = IP4_HEADER_BYTES + payloadLen;
  out[off] = 0x45;
  out[off + 1] = tos;
  out[off + 2] = total >>> 8;
  out[off + 3] = total;
  out[off + 4] = id >>> 8;
  out[off + 5] = id;
  out[off + 6] = DONT_FRAGMENT;
  out[off + 7] = 0;
  out[off + 8] = ttl;
  out[off + 9] = protocol;
  out[off + 10] = 0;
  out[off + 11] = 0;
  out[off + 12] = src >>> 24;
  out[off + 13] = src >>> 16;
  out[off + 14] = src >>> 8;
  out[off + 15] = src;
  out[off + 16] = dst >>> 24;
  out[off + 17] = dst >>> 16;
  out[off + 18] = dst >>> 8;
  out[off + 19] = dst;
  const sum = ~addWords(out, off, IP4_HEADER_BYTES, 0);
  out[off + 10] = sum >>> 8;
  out[off + 11] = sum;
}
