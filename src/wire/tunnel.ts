/** Packets inside packets, so that a handshake inside an overlay network is seen: which IP protocol leads where. */
import { EtherType, findByEtherType } from './ether-type.ts';
import { enterGre } from './gre.ts';
import type { Packet } from './packet.ts';
import { DecodeStatus } from './status.ts';
import { enterUdpTunnel } from './udp-tunnel.ts';

/**
 * `packet` holds an IP datagram that is not TCP. When it is a tunnel, moves `packet.ipOff` to the inner IP header and
 * returns `Ok`; when the tunnel is cut or damaged, says so; else `NotTcp`, also where the tunnel carries something else.
 */
export function enterTunnel(bytes: Uint8Array, view: DataView, packet: Packet): DecodeStatus {
  const status = enter(bytes, view, packet);
  return status === DecodeStatus.NotIp ? DecodeStatus.NotTcp : status;
}

function enter(bytes: Uint8Array, view: DataView, packet: Packet): DecodeStatus {
  const at = packet.tcpOff;
  const end = packet.end;
  switch (packet.protocol) {
    case PROTOCOL_IPIP:
    case PROTOCOL_IPV6:
      packet.ipOff = at;
      return end > at ? DecodeStatus.Ok : DecodeStatus.Truncated;
    case PROTOCOL_UDP:
      return enterUdpTunnel(bytes, view, packet);
    case PROTOCOL_GRE:
      return enterGre(bytes, view, packet);
    case PROTOCOL_ETHERIP:
      if (end - at < 2) return DecodeStatus.Truncated;
      if (view.getUint16(at) !== ETHERIP_HEADER) return DecodeStatus.BadEncapsulation;
      return findByEtherType(bytes, view, EtherType.Ethernet, at + 2, end, packet);
    case PROTOCOL_MPLS:
      return findByEtherType(bytes, view, EtherType.Mpls, at, end, packet);
    default:
      return DecodeStatus.NotTcp;
  }
}

const PROTOCOL_IPIP = 4; // RFC 2003
const PROTOCOL_UDP = 17;
const PROTOCOL_IPV6 = 41; // RFC 4213
const PROTOCOL_GRE = 47;
const PROTOCOL_ETHERIP = 97; // RFC 3378
const PROTOCOL_MPLS = 137; // RFC 4023
const ETHERIP_HEADER = 0x3000;
