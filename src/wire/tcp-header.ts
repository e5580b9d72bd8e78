/** The TCP header (RFC 9293 §3.1): bytes to Segment and back. Addresses, length and checksum belong to the IP layer. */
import { NO_BYTES, type Segment } from './segment.ts';
import { DecodeStatus } from './status.ts';
import { decodeOptions, encodeOptions, optionsLength } from './tcp-options.ts';

/** Header bytes without options. */
export const TCP_HEADER_BYTES = 20;

/** So many header bytes are needed to know ports, sequence numbers and flags. */
export const TCP_FLAGS_END = 14;

// Offsets in the header, RFC 9293 figure 1.
const SPORT = 0;
const DPORT = 2;
const SEQ = 4;
const ACK_NUMBER = 8;
const OFFSET_FLAGS = 12; // 4 bits data offset, 3 reserved, 9 flags
const WINDOW = 14;
const CHECKSUM = 16;
const URGENT = 18;

/**
 * Decodes the segment at `bytes[off]` into `seg`: everything but `src` and `dst`. `view` spans the same buffer with
 * the same start as `bytes`. `end` is where the captured bytes end; `wireEnd` where the segment ended on the wire, by
 * the IP length. `seg.len` counts from `wireEnd`, so the last bytes of a cut payload may be missing from `seg.payload`.
 *
 * With any status but `Ok` the fields that could be read are filled and the others are 0 or -1.
 * The payload and the raw options are windows into `bytes`, not copies.
 */
export function decodeTcp(
  bytes: Uint8Array,
  view: DataView,
  off: number,
  end: number,
  seg: Segment,
  wireEnd: number = end,
): DecodeStatus {
  seg.payload = bytes;
  seg.rawOpt = bytes;
  if (end - off < TCP_HEADER_BYTES) return decodeCut(view, off, end, seg);
  seg.sport = view.getUint16(off + SPORT);
  seg.dport = view.getUint16(off + DPORT);
  seg.seq = view.getUint32(off + SEQ);
  seg.ack = view.getUint32(off + ACK_NUMBER);
  const offsetFlags = view.getUint16(off + OFFSET_FLAGS);
  seg.flags = offsetFlags & 0x1ff;
  seg.wnd = view.getUint16(off + WINDOW);
  seg.urg = view.getUint16(off + URGENT);
  const headerLen = (offsetFlags >>> 12) * 4;
  const header = off + headerLen;
  if (headerLen < TCP_HEADER_BYTES || header > wireEnd) {
    clearTail(seg);
    return DecodeStatus.BadDataOffset;
  }
  seg.payloadOff = header;
  seg.len = wireEnd - header;
  const options = off + TCP_HEADER_BYTES;
  const optionsEnd = Math.min(header, end);
  seg.rawOptOff = options;
  seg.rawOptLen = optionsEnd - options;
  return decodeOptions(bytes, view, options, optionsEnd, seg, header > end);
}

/** Fewer than 20 bytes: whatever is whole is filled in. */
function decodeCut(view: DataView, off: number, end: number, seg: Segment): DecodeStatus {
  const n = end - off;
  seg.sport = n >= 2 ? view.getUint16(off + SPORT) : 0;
  seg.dport = n >= 4 ? view.getUint16(off + DPORT) : 0;
  seg.seq = n >= 8 ? view.getUint32(off + SEQ) : 0;
  seg.ack = n >= 12 ? view.getUint32(off + ACK_NUMBER) : 0;
  seg.flags = n >= TCP_FLAGS_END ? view.getUint16(off + OFFSET_FLAGS) & 0x1ff : 0;
  seg.wnd = n >= 16 ? view.getUint16(off + WINDOW) : 0;
  seg.urg = 0;
  clearTail(seg);
  return DecodeStatus.Truncated;
}

/** No options, no payload. */
function clearTail(seg: Segment): void {
  seg.payload = NO_BYTES;
  seg.payloadOff = 0;
  seg.len = 0;
  seg.rawOpt = NO_BYTES;
  seg.rawOptOff = 0;
  seg.rawOptLen = 0;
  seg.mss = -1;
  seg.ws = -1;
  seg.sackPerm = false;
  seg.tsVal = -1;
  seg.tsEcr = -1;
  seg.sackCount = 0;
  seg.tfoLen = -1;
}

/** Header bytes with options: 20 .. 60. */
export function tcpHeaderLength(seg: Readonly<Segment>): number {
  return TCP_HEADER_BYTES + optionsLength(seg);
}

/** Bytes of header, options and payload: what `encodeTcp` writes. */
export function tcpLength(seg: Readonly<Segment>): number {
  return TCP_HEADER_BYTES + optionsLength(seg) + seg.len;
}

/**
 * Writes header, options and payload at `out[off]` and returns how many bytes that was. The checksum field is left
 * zero: it needs the addresses (`tcpChecksum`; `encodeIpPacket` does both). Reserved bits are zero. Payload bytes that
 * a capture cut off are written as zeros.
 */
export function encodeTcp(seg: Readonly<Segment>, out: Uint8Array, off: number): number {
  const headerLen = TCP_HEADER_BYTES + encodeOptions(seg, out, off + TCP_HEADER_BYTES);
  out[off + SPORT] = seg.sport >>> 8;
  out[off + SPORT + 1] = seg.sport;
  out[off + DPORT] = seg.dport >>> 8;
  out[off + DPORT + 1] = seg.dport;
  out[off + SEQ] = seg.seq >>> 24;
  out[off + SEQ + 1] = seg.seq >>> 16;
  out[off + SEQ + 2] = seg.seq >>> 8;
  out[off + SEQ + 3] = seg.seq;
  out[off + ACK_NUMBER] = seg.ack >>> 24;
  out[off + ACK_NUMBER + 1] = seg.ack >>> 16;
  out[off + ACK_NUMBER + 2] = seg.ack >>> 8;
  out[off + ACK_NUMBER + 3] = seg.ack;
  out[off + OFFSET_FLAGS] = (headerLen << 2) | ((seg.flags >>> 8) & 1);
  out[off + OFFSET_FLAGS + 1] = seg.flags;
  out[off + WINDOW] = seg.wnd >>> 8;
  out[off + WINDOW + 1] = seg.wnd;
  out[off + CHECKSUM] = 0;
  out[off + CHECKSUM + 1] = 0;
  out[off + URGENT] = seg.urg >>> 8;
  out[off + URGENT + 1] = seg.urg;
  const len = seg.len;
  if (len > 0) copyPayload(seg, out, off + headerLen, len);
  return headerLen + len;
}

function copyPayload(seg: Readonly<Segment>, out: Uint8Array, off: number, len: number): void {
  const { payload, payloadOff } = seg;
  const there = Math.max(0, Math.min(len, payload.length - payloadOff));
  // `set` needs a subarray, an allocation of its own; a loop wins for small payloads.
  if (there <= 64) for (let i = 0; i < there; i++) out[off + i] = payload[payloadOff + i]!;
  else out.set(payload.subarray(payloadOff, payloadOff + there), off);
  if (there < len) out.fill(0, off + there, off + len);
}
