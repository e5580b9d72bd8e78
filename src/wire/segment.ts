/**
 * A TCP segment with its addresses: what the engine receives and sends, and what an analyser looks at.
 *
 * Every field is always present (one hidden class); absent options are -1. Flags stay raw: SYN|FIN must survive,
 * an analyser has to show it. Segments are pooled and reused, so nobody keeps a reference past the call that gave it.
 */
import type { Seq } from './seq.ts';

/** Control bits of the TCP header (RFC 9293 §3.1; AE: RFC 9768), with their wire values. */
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;
export const ECE = 0x40;
export const CWR = 0x80;
export const AE = 0x100;

/** At most four SACK blocks fit in 40 option bytes (RFC 2018 §3). */
export const MAX_SACK_BLOCKS = 4;

/** The payload of a segment that carries none. */
export const NO_BYTES: Uint8Array = new Uint8Array(0);

export class Segment {
  /** Address handles: an IPv4 address is its uint32; an IPv6 address is 2^32 + its index in an `AddressTable`. */
  src = 0;
  sport = 0;
  dst = 0;
  dport = 0;

  seq: Seq = 0;
  /** Acknowledgment field as on the wire; means something only with the ACK flag. */
  ack: Seq = 0;
  flags = 0;
  /** The 16-bit window field as on the wire, never scaled. */
  wnd = 0;
  /** Urgent pointer as on the wire. */
  urg = 0;

  /** Payload length in bytes. The bytes are `payload[payloadOff .. payloadOff + len)`. */
  len = 0;
  payload: Uint8Array = NO_BYTES;
  payloadOff = 0;

  /** Maximum segment size option, 0 .. 65535, or -1 when absent (RFC 9293 §3.7.1). */
  mss = -1;
  /** Window scale shift as on the wire, 0 .. 255, or -1 when absent (RFC 7323 §2.2). */
  ws = -1;
  /** SACK-permitted option present (RFC 2018 §2). */
  sackPerm = false;
  /** Timestamps option, uint32 each, or -1 when absent (RFC 7323 §3.2). */
  tsVal = -1;
  tsEcr = -1;
  /** Number of SACK blocks, 0 .. 4, and their edges: left0, right0, left1, … */
  sackCount = 0;
  readonly sack: Uint32Array = new Uint32Array(2 * MAX_SACK_BLOCKS);
  /** Fast Open cookie length, 0 = cookie request, -1 = option absent (RFC 7413 §4.1.1), and its bytes. */
  tfoLen = -1;
  readonly tfo: Uint8Array = new Uint8Array(16);
  /** Kind that carries the cookie: 34, or a kind for experiments (254, 255) in the form of RFC 6994. */
  tfoKind = 34;
  /** The two ECN bits of the IP header (RFC 3168 §5): 0 not capable, 1 and 2 capable, 3 marked. */
  ecn = 0;
  /** Carries a signature: TCP MD5 (RFC 2385) or TCP-AO (RFC 5925). */
  signed = false;
  /**
   * The option bytes as received: `rawOpt[rawOptOff .. rawOptOff + rawOptLen)`; -1 when the segment was made here.
   * Encoding such a segment writes these bytes back, so unknown options and their order survive.
   */
  rawOpt: Uint8Array = NO_BYTES;
  rawOptOff = 0;
  rawOptLen = -1;
}

/** Back to a fresh segment: every field at its initial value. */
export function resetSegment(s: Segment): void {
  s.src = 0;
  s.sport = 0;
  s.dst = 0;
  s.dport = 0;
  s.seq = 0;
  s.ack = 0;
  s.flags = 0;
  s.wnd = 0;
  s.urg = 0;
  s.len = 0;
  s.payload = NO_BYTES;
  s.payloadOff = 0;
  s.mss = -1;
  s.ws = -1;
  s.sackPerm = false;
  s.tsVal = -1;
  s.tsEcr = -1;
  s.sackCount = 0;
  s.tfoLen = -1;
  s.ecn = 0;
  s.signed = false;
  s.tfoKind = 34;
  s.rawOpt = NO_BYTES;
  s.rawOptOff = 0;
  s.rawOptLen = -1;
}

/** Copies all of `from` into `to`. The payload is shared, not copied. */
export function copySegment(from: Readonly<Segment>, to: Segment): void {
  to.src = from.src;
  to.sport = from.sport;
  to.dst = from.dst;
  to.dport = from.dport;
  to.seq = from.seq;
  to.ack = from.ack;
  to.flags = from.flags;
  to.wnd = from.wnd;
  to.urg = from.urg;
  to.len = from.len;
  to.payload = from.payload;
  to.payloadOff = from.payloadOff;
  to.mss = from.mss;
  to.ws = from.ws;
  to.sackPerm = from.sackPerm;
  to.tsVal = from.tsVal;
  to.tsEcr = from.tsEcr;
  to.sackCount = from.sackCount;
  if (from.sackCount > 0) to.sack.set(from.sack);
  to.tfoLen = from.tfoLen;
  to.tfoKind = from.tfoKind;
  if (from.tfoLen > 0) to.tfo.set(from.tfo);
  to.ecn = from.ecn;
  to.signed = from.signed;
  to.rawOpt = from.rawOpt;
  to.rawOptOff = from.rawOptOff;
  to.rawOptLen = from.rawOptLen;
}

/** SEG.LEN: sequence numbers the segment occupies; SYN and FIN take one each (RFC 9293 §3.4). */
export function segLen(s: Readonly<Segment>): number {
  return s.len + ((s.flags & SYN) >>> 1) + (s.flags & FIN);
}
