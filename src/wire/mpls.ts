/** MPLS label stacks (RFC 3032) and what stands behind them: IP, or Ethernet as a pseudowire (RFC 4385, RFC 4448). */
import type { Packet } from './packet.ts';
import { DecodeStatus } from './status.ts';

/**
 * Moves `packet.ipOff` behind the stack and says in `packet.etherType` what follows. A stack does not say what it
 * carries: the first four bits tell, as in routers (RFC 4928 §3): 4 and 6 are IP, 0 is a control word before Ethernet.
 */
export function enterLabels(bytes: Uint8Array, view: DataView, off: number, end: number, packet: Packet): DecodeStatus {
  let at = off;
  for (let label = 0; ; label++) {
    if (label === MAX_LABELS) return DecodeStatus.TooDeep;
    if (end - at < 4) return DecodeStatus.Truncated;
    const bottom = (bytes[at + 2]! & 1) !== 0;
    at += 4;
    if (bottom) break;
  }
  if (end <= at) return DecodeStatus.Truncated;
  switch (bytes[at]! >>> 4) {
    case 4:
      packet.etherType = ETHERTYPE_IPV4;
      packet.ipOff = at;
      return DecodeStatus.Ok;
    case 6:
      packet.etherType = ETHERTYPE_IPV6;
      packet.ipOff = at;
      return DecodeStatus.Ok;
    case 0:
      if (end - at < 4) return DecodeStatus.Truncated;
      // Fragmentation bits: a part of a frame (RFC 4623) is not a frame.
      if ((view.getUint16(at) & 0x00c0) !== 0) return DecodeStatus.NotIp;
      packet.etherType = ETHERTYPE_ETHERNET;
      packet.ipOff = at + 4;
      return DecodeStatus.Ok;
    default:
      return DecodeStatus.NotIp;
  }
}

/** Networks use up to a handful; segment routing a dozen. */
const MAX_LABELS = 16;
const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_ETHERNET = 0x6558;
