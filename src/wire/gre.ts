/** GRE (RFC 2784, RFC 2890) and the enhanced GRE of PPTP (RFC 2637). */
import { findByEtherType } from './ether-type.ts';
import type { Packet } from './packet.ts';
import { enterPpp } from './ppp.ts';
import { DecodeStatus } from './status.ts';

/** `packet` holds a GRE packet; moves `packet.ipOff` to the inner IP header and returns `Ok`, or what is in the way. */
export function enterGre(bytes: Uint8Array, view: DataView, packet: Packet): DecodeStatus {
  const at = packet.tcpOff;
  const end = packet.end;
  if (end - at < 4) return DecodeStatus.Truncated;
  const flags = view.getUint16(at);
  const type = view.getUint16(at + 2);
  const version = flags & 7;
  // Routing (RFC 1701) went out of use in 1999: RFC 2784 has receivers drop it.
  if (version > 1 || (flags & ROUTING) !== 0) return DecodeStatus.BadEncapsulation;
  let inner = at + 4 + (flags & CHECKSUM ? 4 : 0) + (flags & KEY ? 4 : 0) + (flags & SEQUENCE ? 4 : 0);
  if (version === 1) {
    if (type !== PPP || (flags & (CHECKSUM | KEY)) !== KEY) return DecodeStatus.BadEncapsulation;
    if (flags & ACKNOWLEDGMENT) inner += 4;
    // An acknowledgment alone carries nothing.
    if ((flags & SEQUENCE) === 0) return DecodeStatus.NotTcp;
    const status = enterPpp(bytes, view, inner, end, packet);
    if (status !== DecodeStatus.Ok) return status;
    return findByEtherType(bytes, view, packet.etherType, packet.ipOff, end, packet);
  }
  if (inner >= end) return inner < packet.wireEnd ? DecodeStatus.Truncated : DecodeStatus.BadEncapsulation;
  return findByEtherType(bytes, view, type, inner, end, packet);
}

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const ACKNOWLEDGMENT = 0x0080;
const PPP = 0x880b;
