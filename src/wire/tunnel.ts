/** Packets inside packets: IP in IP, GRE and VXLAN, so that a handshake inside an overlay network is seen. */
import { findInEthernet } from './link.ts';
import type { Packet } from './packet.ts';
import { DecodeStatus } from './status.ts';

const PROTOCOL_IPIP = 4; // RFC 2003
const PROTOCOL_UDP = 17;
const PROTOCOL_IPV6 = 41; // RFC 4213
const PROTOCOL_GRE = 47; // RFC 2784, RFC 2890
const VXLAN_PORT = 4789; // RFC 7348

/**
 * `packet` holds an IP datagram that is not TCP. When it is a tunnel, moves `packet.ipOff` to the inner IP header and
 * returns `Ok`; else `NotTcp`.
 */
export function enterTunnel(bytes: Uint8Array, view: DataView, packet: Packet): DecodeStatus {
  const at = packet.tcpOff;
  const end = packet.end;
  switch (packet.protocol) {
    case PROTOCOL_IPIP:
    case PROTOCOL_IPV6:
      packet.ipOff = at;
      return end > at ? DecodeStatus.Ok : DecodeStatus.NotTcp;
    case PROTOCOL_UDP: {
      // Bit 3 of the flags says that the VNI is valid; anything else on that port is not VXLAN.
      if (end - at < 16 || view.getUint16(at + 2) !== VXLAN_PORT || bytes[at + 8] !== 0x08) return DecodeStatus.NotTcp;
      return findInEthernet(view, at + 16, end, packet) === DecodeStatus.Ok ? DecodeStatus.Ok : DecodeStatus.NotTcp;
    }
    case PROTOCOL_GRE: {
      if (end - at < 4) return DecodeStatus.NotTcp;
      const flags = view.getUint16(at);
      // Routing and version 1 (PPTP) are not for us; checksum, key and sequence number take 4 bytes each.
      if ((flags & 0x4007) !== 0) return DecodeStatus.NotTcp;
      const inner = at + 4 + (flags & 0x8000 ? 4 : 0) + (flags & 0x2000 ? 4 : 0) + (flags & 0x1000 ? 4 : 0);
      const type = view.getUint16(at + 2);
      if (inner >= end) return DecodeStatus.NotTcp;
      packet.ipOff = inner;
      if (type === 0x0800 || type === 0x86dd) return DecodeStatus.Ok;
      if (type !== 0x6558) return DecodeStatus.NotTcp; // transparent Ethernet bridging
      return findInEthernet(view, inner, end, packet) === DecodeStatus.Ok ? DecodeStatus.Ok : DecodeStatus.NotTcp;
    }
    default:
      return DecodeStatus.NotTcp;
  }
}
