/** Counts of what a capture holds: every frame is counted somewhere, also the ones that cannot be judged. */
import type { Packet } from '../wire/packet.ts';
import { ACK, FIN, RST, SYN } from '../wire/segment.ts';
import { DecodeStatus, STATUS_NAMES } from '../wire/status.ts';

/** Ports, sequence number, acknowledgment number and flags lie in the first 14 bytes of the TCP header. */
const FLAGS_KNOWN = 14;

export class PacketCounts {
  packets = 0;
  /** TCP segments, the damaged and cut ones included; one in fragments where the last of them stands. */
  tcp = 0;
  syn = 0;
  synack = 0;
  rst = 0;
  fin = 0;
  badTcpChecksum = 0;
  /** ICMP errors about a TCP segment. */
  icmpErrors = 0;
  /** Frames inside a tunnel such as VXLAN or GRE, judged by their innermost packet. */
  tunnelled = 0;
  /** Frames by outcome of decoding, indexed by `DecodeStatus`. */
  readonly byStatus: Uint32Array = new Uint32Array(STATUS_NAMES.length);
  /** Frames of link types that are not supported, by link type. */
  readonly unsupportedLinks: Map<number, number> = new Map<number, number>();

  /** Counts one decoded frame. True: its addresses, ports, numbers and flags are known, so it can be judged. */
  count(packet: Packet, linkType: number): boolean {
    this.packets++;
    this.byStatus[packet.status]!++;
    if (packet.tunnels > 0) this.tunnelled++;
    if (packet.status === DecodeStatus.UnsupportedLink) {
      this.unsupportedLinks.set(linkType, (this.unsupportedLinks.get(linkType) ?? 0) + 1);
    }
    if (packet.protocol !== PROTOCOL_TCP || packet.headerAvailable < FLAGS_KNOWN) return false;
    // A fragment waits for the others. One that the capture cut cannot be put together: a first one is judged as it is.
    if (packet.fragment && (packet.fragmentOffset > 0 || packet.capturedAll)) return false;
    this.tcp++;
    const flags = packet.seg.flags;
    if ((flags & (SYN | ACK)) === SYN) this.syn++;
    if ((flags & (SYN | ACK)) === (SYN | ACK)) this.synack++;
    if ((flags & RST) !== 0) this.rst++;
    if ((flags & FIN) !== 0) this.fin++;
    if (packet.tcpChecksum === 'bad') this.badTcpChecksum++;
    return true;
  }
}

const PROTOCOL_TCP = 6;
