/** PPP (RFC 1661), in HDLC-like frames (RFC 1662), over Ethernet (RFC 2516), and Cisco HDLC (RFC 1547 §4.3.1). */
import type { Packet } from './packet.ts';
import { DecodeStatus } from './status.ts';

/**
 * Moves `packet.ipOff` behind the PPP header at `off` and says in `packet.etherType` what follows. Address and control
 * field (FF 03) may be there or not, and the protocol field may be one byte (RFC 1661 §6.5, §6.6).
 */
export function enterPpp(bytes: Uint8Array, view: DataView, off: number, end: number, packet: Packet): DecodeStatus {
  let at = off;
  if (end - at >= 2 && view.getUint16(at) === ADDRESS_CONTROL) at += 2;
  if (end <= at) return DecodeStatus.Truncated;
  let protocol = bytes[at]!;
  at++;
  // The low bit marks the last byte of the field.
  if ((protocol & 1) === 0) {
    if (end <= at) return DecodeStatus.Truncated;
    protocol = protocol * 256 + bytes[at]!;
    at++;
  }
  if (end <= at) return DecodeStatus.Truncated;
  packet.ipOff = at;
  switch (protocol) {
    case PPP_IPV4:
      packet.etherType = 0x0800;
      return DecodeStatus.Ok;
    case PPP_IPV6:
      packet.etherType = 0x86dd;
      return DecodeStatus.Ok;
    case PPP_MPLS:
    case PPP_MPLS_MULTICAST:
      packet.etherType = 0x8847;
      return DecodeStatus.Ok;
    default:
      return DecodeStatus.NotIp;
  }
}

/** As `enterPpp` for a PPPoE session header: version and type 1, code 0, session, length; then PPP. */
export function enterPppoe(bytes: Uint8Array, view: DataView, off: number, end: number, packet: Packet): DecodeStatus {
  if (end - off < 6) return DecodeStatus.Truncated;
  if (view.getUint16(off) !== PPPOE_SESSION_DATA) return DecodeStatus.BadEncapsulation;
  return enterPpp(bytes, view, off + 6, end, packet);
}

/** As `enterPpp` for Cisco HDLC: address 0F (unicast) or 8F (multicast), control, EtherType. */
export function enterCiscoHdlc(view: DataView, off: number, end: number, packet: Packet): DecodeStatus {
  if (end - off < 4) return DecodeStatus.Truncated;
  if (!isCiscoHdlc(view.getUint8(off))) return DecodeStatus.BadEncapsulation;
  packet.etherType = view.getUint16(off + 2);
  packet.ipOff = off + 4;
  return DecodeStatus.Ok;
}

/** The first byte tells Cisco's frames from PPP's FF. */
export function isCiscoHdlc(address: number): boolean {
  return address === 0x0f || address === 0x8f;
}

const ADDRESS_CONTROL = 0xff03;
const PPP_IPV4 = 0x0021;
const PPP_IPV6 = 0x0057;
const PPP_MPLS = 0x0281;
const PPP_MPLS_MULTICAST = 0x0283;
const PPPOE_SESSION_DATA = 0x1100;
