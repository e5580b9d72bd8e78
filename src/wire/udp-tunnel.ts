/** Tunnels in UDP: VXLAN (RFC 7348), Geneve (RFC 8926), GTP-U and MPLS (RFC 7510), told by the destination port. */
import { EtherType, findByEtherType } from './ether-type.ts';
import { enterGtp } from './gtp.ts';
import type { Packet } from './packet.ts';
import { DecodeStatus } from './status.ts';

/**
 * `packet` holds a UDP datagram. When it is a tunnel, moves `packet.ipOff` to the inner IP header and returns `Ok`; else
 * what is wrong with the tunnel, or `NotTcp` when there is none: any datagram may use these ports.
 */
export function enterUdpTunnel(bytes: Uint8Array, view: DataView, packet: Packet): DecodeStatus {
  const at = packet.tcpOff + UDP_HEADER;
  const end = packet.end;
  if (end - at < 0) return DecodeStatus.NotTcp;
  switch (view.getUint16(packet.tcpOff + 2)) {
    case VXLAN_PORT:
    case VXLAN_PORT_LINUX:
      // Bit 3 of the flags says that the VNI is valid; anything else on that port is not VXLAN.
      if (end - at < 8 || bytes[at] !== 0x08) return DecodeStatus.NotTcp;
      return findByEtherType(bytes, view, EtherType.Ethernet, at + 8, end, packet);
    case GENEVE_PORT: {
      // Version 0, and the reserved bits that a sender must clear.
      if (end - at < 8 || bytes[at]! >>> 6 !== 0 || (bytes[at + 1]! & 0x3f) !== 0) return DecodeStatus.NotTcp;
      const inner = at + 8 + (bytes[at]! & 0x3f) * 4;
      if (inner >= end) return inner >= packet.wireEnd ? DecodeStatus.BadEncapsulation : DecodeStatus.Truncated;
      return findByEtherType(bytes, view, view.getUint16(at + 2), inner, end, packet);
    }
    case GTP_PORT:
      return enterGtp(bytes, at, packet);
    case MPLS_PORT:
      return findByEtherType(bytes, view, EtherType.Mpls, at, end, packet);
    default:
      return DecodeStatus.NotTcp;
  }
}

const UDP_HEADER = 8;
const VXLAN_PORT = 4789;
/** Linux chose before IANA did, and keeps it unless told otherwise (drivers/net/vxlan). */
const VXLAN_PORT_LINUX = 8472;
const GENEVE_PORT = 6081;
const GTP_PORT = 2152;
const MPLS_PORT = 6635;
