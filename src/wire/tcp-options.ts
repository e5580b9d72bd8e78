/**
 * TCP options (RFC 9293 §3.2): at most 40 bytes of kind, length, data. Known ones become Segment fields; all of them
 * stay reachable raw, so that unknown kinds and odd orders survive a round trip. Lengths are never trusted.
 */
import { MAX_SACK_BLOCKS, type Segment, SYN } from './segment.ts';
import { DecodeStatus } from './status.ts';

/** Option kinds (IANA "TCP Option Kind Numbers"). */
export const OptionKind = {
  EndOfList: 0,
  Nop: 1,
  Mss: 2,
  WindowScale: 3,
  SackPermitted: 4,
  Sack: 5,
  Timestamps: 8,
  /** MD5 signature (RFC 2385). */
  Md5: 19,
  UserTimeout: 28,
  /** TCP-AO (RFC 5925). */
  Ao: 29,
  Mptcp: 30,
  FastOpen: 34,
  /** Accurate ECN, order 0 and order 1 (RFC 9768 §3.2.3). */
  AccEcn0: 172,
  AccEcn1: 174,
  /** Shared by experiments, told apart by a 16-bit magic number (RFC 6994). */
  Experiment1: 253,
  Experiment2: 254,
  /** Not assigned, but used by early Fast Open traffic in the same form. */
  Experiment3: 255,
} as const;

/** Experiment id of Fast Open before it had a kind of its own (RFC 7413 §4.1.1, RFC 6994). */
export const FAST_OPEN_MAGIC = 0xf989;

/** The 4-bit data offset leaves room for so many option bytes. */
export const MAX_OPTION_BYTES = 40;

/** NOP NOP TIMESTAMPS 10: how nearly every segment after the handshake begins (RFC 7323 appendix A). */
export const NOP_NOP_TS = 0x0101080a;

/**
 * Fills the option fields of `seg` from `bytes[off .. end)`; absent options become -1. `cut` says that the capture
 * ends before the header does: an option running over the end is then missing, not malformed.
 *
 * An option of a known kind with a wrong length is skipped, and the last of duplicates wins, as in Linux
 * (tcp_parse_options). MSS, window scale and SACK-permitted count only in a SYN (RFC 9293 §3.7.1, RFC 7323 §2.2,
 * RFC 2018 §2); elsewhere they stay in the raw bytes.
 */
export function decodeOptions(
  bytes: Uint8Array,
  view: DataView,
  off: number,
  end: number,
  seg: Segment,
  cut: boolean,
): DecodeStatus {
  seg.mss = -1;
  seg.ws = -1;
  seg.sackPerm = false;
  seg.tsVal = -1;
  seg.tsEcr = -1;
  seg.sackCount = 0;
  seg.tfoLen = -1;
  seg.signed = false;
  let i = off;
  if (end - i >= 12 && view.getUint32(i) === NOP_NOP_TS) {
    seg.tsVal = view.getUint32(i + 4);
    seg.tsEcr = view.getUint32(i + 8);
    i += 12;
  }
  const syn = (seg.flags & SYN) !== 0;
  while (i < end) {
    const kind = bytes[i]!;
    if (kind === OptionKind.Nop) {
      i++;
      continue;
    }
    if (kind === OptionKind.EndOfList) break;
    const len = i + 1 < end ? bytes[i + 1]! : cut ? MAX_OPTION_BYTES : 0;
    if (len < 2) return DecodeStatus.BadOptionLength;
    if (len > end - i) return cut ? DecodeStatus.Truncated : DecodeStatus.BadOptionLength;
    switch (kind) {
      case OptionKind.Mss:
        if (len === 4 && syn) seg.mss = view.getUint16(i + 2);
        break;
      case OptionKind.WindowScale:
        if (len === 3 && syn) seg.ws = bytes[i + 2]!;
        break;
      case OptionKind.SackPermitted:
        if (len === 2 && syn) seg.sackPerm = true;
        break;
      case OptionKind.Timestamps:
        if (len === 10) {
          seg.tsVal = view.getUint32(i + 2);
          seg.tsEcr = view.getUint32(i + 6);
        }
        break;
      case OptionKind.Sack:
        if (len >= 10 && (len - 2) % 8 === 0) {
          const n = (len - 2) >>> 3;
          for (let e = 0; e < 2 * n; e++) seg.sack[e] = view.getUint32(i + 2 + 4 * e);
          seg.sackCount = n;
        }
        break;
      case OptionKind.Md5:
      case OptionKind.Ao:
        seg.signed = true;
        break;
      case OptionKind.FastOpen:
        decodeFastOpen(bytes, kind, i + 2, len - 2, seg);
        break;
      case OptionKind.Experiment2:
      case OptionKind.Experiment3:
        if (len >= 4 && view.getUint16(i + 2) === FAST_OPEN_MAGIC) decodeFastOpen(bytes, kind, i + 4, len - 4, seg);
        break;
    }
    i += len;
  }
  return cut ? DecodeStatus.Truncated : DecodeStatus.Ok;
}

/** A cookie is empty (a request) or 4 .. 16 bytes, an even number (RFC 7413 §4.1.1); others are to be ignored. */
function decodeFastOpen(bytes: Uint8Array, kind: number, off: number, len: number, seg: Segment): void {
  if (len !== 0 && (len < 4 || len > 16 || len % 2 !== 0)) return;
  for (let i = 0; i < len; i++) seg.tfo[i] = bytes[off + i]!;
  seg.tfoLen = len;
  seg.tfoKind = kind;
}

/** Bytes before the cookie: kind and length, for experiments also the magic number. */
function fastOpenHead(seg: Readonly<Segment>): number {
  return seg.tfoKind === OptionKind.FastOpen ? 2 : 4;
}

/** Bytes the options of `seg` take in a header: 0 .. 40, a multiple of 4. */
export function optionsLength(seg: Readonly<Segment>): number {
  if (seg.rawOptLen >= 0) return (Math.min(seg.rawOptLen, MAX_OPTION_BYTES) + 3) & ~3;
  let n = 0;
  if (seg.mss >= 0) n += 4;
  if (seg.tsVal >= 0)
    n += 12; // with SACK-permitted in the place of the two NOPs
  else if (seg.sackPerm) n += 4;
  if (seg.ws >= 0) n += 4;
  if (seg.sackCount > 0) {
    const blocks = sackBlocksThatFit(seg, n);
    if (blocks > 0) n += 4 + 8 * blocks;
  }
  if (seg.tfoLen >= 0) {
    const tfo = fastOpenHead(seg) + seg.tfoLen;
    if (n + tfo <= MAX_OPTION_BYTES) n += (tfo + 3) & ~3;
  }
  return n;
}

/**
 * Writes the options at `out[off]` and returns `optionsLength(seg)`. Order and padding are those of Linux
 * (tcp_options_write), which fingerprinting tools and old middleboxes know:
 * MSS; SACK-permitted or two NOPs, timestamps; without timestamps NOP NOP SACK-permitted; NOP window-scale;
 * NOP NOP SACK; Fast Open, padded with NOPs. SACK blocks that no longer fit are left out, last first: with timestamps
 * three fit (RFC 2018 §3). A segment that was decoded (`rawOptLen` >= 0) gets back the bytes it came with.
 */
export function encodeOptions(seg: Readonly<Segment>, out: Uint8Array, off: number): number {
  let i = off;
  if (seg.rawOptLen >= 0) {
    const len = Math.min(seg.rawOptLen, MAX_OPTION_BYTES);
    for (let k = 0; k < len; k++) out[i++] = seg.rawOpt[seg.rawOptOff + k]!;
    while (((i - off) & 3) !== 0) out[i++] = OptionKind.EndOfList;
    return i - off;
  }
  if (seg.mss >= 0) {
    out[i] = OptionKind.Mss;
    out[i + 1] = 4;
    out[i + 2] = seg.mss >>> 8;
    out[i + 3] = seg.mss;
    i += 4;
  }
  if (seg.tsVal >= 0) {
    out[i] = seg.sackPerm ? OptionKind.SackPermitted : OptionKind.Nop;
    out[i + 1] = seg.sackPerm ? 2 : OptionKind.Nop;
    out[i + 2] = OptionKind.Timestamps;
    out[i + 3] = 10;
    write32(out, i + 4, seg.tsVal);
    write32(out, i + 8, Math.max(seg.tsEcr, 0));
    i += 12;
  } else if (seg.sackPerm) {
    out[i] = OptionKind.Nop;
    out[i + 1] = OptionKind.Nop;
    out[i + 2] = OptionKind.SackPermitted;
    out[i + 3] = 2;
    i += 4;
  }
  if (seg.ws >= 0) {
    out[i] = OptionKind.Nop;
    out[i + 1] = OptionKind.WindowScale;
    out[i + 2] = 3;
    out[i + 3] = seg.ws;
    i += 4;
  }
  if (seg.sackCount > 0) {
    const blocks = sackBlocksThatFit(seg, i - off);
    if (blocks > 0) {
      out[i] = OptionKind.Nop;
      out[i + 1] = OptionKind.Nop;
      out[i + 2] = OptionKind.Sack;
      out[i + 3] = 2 + 8 * blocks;
      i += 4;
      for (let e = 0; e < 2 * blocks; e++, i += 4) write32(out, i, seg.sack[e]!);
    }
  }
  if (seg.tfoLen >= 0 && i - off + fastOpenHead(seg) + seg.tfoLen <= MAX_OPTION_BYTES) {
    out[i++] = seg.tfoKind;
    out[i++] = fastOpenHead(seg) + seg.tfoLen;
    if (seg.tfoKind !== OptionKind.FastOpen) {
      out[i++] = FAST_OPEN_MAGIC >>> 8;
      out[i++] = FAST_OPEN_MAGIC & 0xff;
    }
    for (let k = 0; k < seg.tfoLen; k++) out[i++] = seg.tfo[k]!;
    while (((i - off) & 3) !== 0) out[i++] = OptionKind.Nop;
  }
  return i - off;
}

function sackBlocksThatFit(seg: Readonly<Segment>, used: number): number {
  const room = (MAX_OPTION_BYTES - used - 4) >> 3;
  return Math.max(0, Math.min(seg.sackCount, MAX_SACK_BLOCKS, room));
}

function write32(out: Uint8Array, off: number, v: number): void {
  out[off] = v >>> 24;
  out[off + 1] = v >>> 16;
  out[off + 2] = v >>> 8;
  out[off + 3] = v;
}
