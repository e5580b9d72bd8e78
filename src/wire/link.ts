/** Link layers: finds where the IP header starts in a captured frame. */
import { Direction, directionOfHook, directionOfPacketType } from './direction.ts';
import { EtherType, enterLlc, findByEtherType, findInEthernet } from './ether-type.ts';
import type { Packet } from './packet.ts';
import { enterCiscoHdlc, enterPpp, enterPppoe, isCiscoHdlc } from './ppp.ts';
import { DecodeStatus } from './status.ts';

/** Link types by their number in pcap and pcapng files (LINKTYPE_* of tcpdump.org). */
export const LinkType = {
  /** BSD loopback: a 4-byte address family in the byte order of the capturing machine. */
  Null: 0,
  Ethernet: 1,
  /** Raw IP; 12 and 14 are DLT numbers that old files carry instead. */
  RawDlt12: 12,
  RawDlt14: 14,
  /** PPP, with or without the FF 03 of HDLC-like framing. */
  Ppp: 9,
  /** PPP in HDLC-like framing, or Cisco HDLC: the first byte tells. */
  PppHdlc: 50,
  /** Begins with the PPPoE header. */
  PppEther: 51,
  /** LLC as on ATM (RFC 2684), without MAC addresses. */
  AtmLlc: 100,
  CiscoHdlc: 104,
  /** PPP with a byte before it, or in place of its address, that tells the direction. */
  PppPppd: 166,
  PppWithDirection: 204,
  /** Begins with an MPLS label stack. */
  Mpls: 219,
  Raw: 101,
  /** OpenBSD loopback: as `Null` in network byte order. */
  Loop: 108,
  LinuxSll: 113,
  Ipv4: 228,
  Ipv6: 229,
  /** Linux netfilter log: TLVs, the packet in one of them. */
  Nflog: 239,
  LinuxSll2: 276,
} as const;

const NFULA_PACKET_HDR = 1;
const NFULA_PAYLOAD = 9;

/**
 * Sets `packet.ipOff` to the start of the IP header in `bytes[off .. end)` and fills VLAN and EtherType. `Ok` means:
 * an IP header is to be expected there. Fills `packet.direction` where the link layer says it.
 */
export function findIp(
  bytes: Uint8Array,
  view: DataView,
  off: number,
  end: number,
  linkType: number,
  packet: Packet,
): DecodeStatus {
  switch (linkType) {
    case LinkType.Ethernet:
      return findInEthernet(bytes, view, off, end, packet);
    case LinkType.Raw:
    case LinkType.RawDlt12:
    case LinkType.RawDlt14:
    case LinkType.Ipv4:
    case LinkType.Ipv6:
      packet.ipOff = off;
      return end > off ? DecodeStatus.Ok : DecodeStatus.Truncated;
    case LinkType.Null:
    case LinkType.Loop:
      return findInLoopback(bytes, view, off, end, packet);
    case LinkType.LinuxSll:
      if (end - off < 16) return DecodeStatus.Truncated;
      packet.direction = directionOfPacketType(view.getUint16(off));
      return findByEtherType(bytes, view, view.getUint16(off + 14), off + 16, end, packet);
    case LinkType.LinuxSll2:
      // The protocol comes first, then interface, ARPHRD, packet type and address: 20 bytes in all.
      if (end - off < 20) return DecodeStatus.Truncated;
      packet.direction = directionOfPacketType(bytes[off + 10]!);
      return findByEtherType(bytes, view, view.getUint16(off), off + 20, end, packet);
    case LinkType.Nflog:
      return findInNflog(bytes, view, off, end, packet);
    case LinkType.Ppp:
    case LinkType.PppHdlc:
    case LinkType.PppEther:
    case LinkType.CiscoHdlc:
    case LinkType.PppPppd:
    case LinkType.PppWithDirection:
      return followPpp(bytes, view, off, end, linkType, packet);
    case LinkType.Mpls:
      return findByEtherType(bytes, view, EtherType.Mpls, off, end, packet);
    case LinkType.AtmLlc: {
      const status = enterLlc(bytes, view, off, end, packet);
      if (status !== DecodeStatus.Ok) return status;
      return findByEtherType(bytes, view, packet.etherType, packet.ipOff, end, packet);
    }
    default:
      return DecodeStatus.UnsupportedLink;
  }
}

/** PPP in one of its framings, or Cisco HDLC: `packet` says by EtherType what follows. */
function followPpp(
  bytes: Uint8Array,
  view: DataView,
  off: number,
  end: number,
  linkType: number,
  packet: Packet,
): DecodeStatus {
  const status = enterPppLink(bytes, view, off, end, linkType, packet);
  if (status !== DecodeStatus.Ok) return status;
  return findByEtherType(bytes, view, packet.etherType, packet.ipOff, end, packet);
}

function enterPppLink(
  bytes: Uint8Array,
  view: DataView,
  off: number,
  end: number,
  linkType: number,
  packet: Packet,
): DecodeStatus {
  if (end <= off) return DecodeStatus.Truncated;
  switch (linkType) {
    case LinkType.CiscoHdlc:
      return enterCiscoHdlc(view, off, end, packet);
    case LinkType.PppHdlc:
      if (isCiscoHdlc(bytes[off]!)) return enterCiscoHdlc(view, off, end, packet);
      return enterPpp(bytes, view, off, end, packet);
    case LinkType.PppWithDirection:
      packet.direction = bytes[off] === 0 ? Direction.In : Direction.Out;
      return enterPpp(bytes, view, off + 1, end, packet);
    case LinkType.PppPppd:
      packet.direction = bytes[off] === 0 ? Direction.In : Direction.Out;
      // pppd writes the direction over the address byte; the control byte stays where that is not compressed away.
      return enterPpp(bytes, view, end - off > 1 && bytes[off + 1] === 3 ? off + 2 : off + 1, end, packet);
    case LinkType.PppEther:
      return enterPppoe(bytes, view, off, end, packet);
    default:
      return enterPpp(bytes, view, off, end, packet);
  }
}

/** The family is 2 for IPv4 everywhere; IPv6 is 24 (NetBSD, OpenBSD), 28 (FreeBSD), 30 (macOS) or 10 (Linux). */
function findInLoopback(bytes: Uint8Array, view: DataView, off: number, end: number, packet: Packet): DecodeStatus {
  if (end - off < 4) return DecodeStatus.Truncated;
  // The file's byte order need not be that of the field; a family is small, so only one reading makes sense.
  const family = Math.min(view.getUint32(off), view.getUint32(off, true));
  packet.ipOff = off + 4;
  if (family === 2 || family === 10 || family === 24 || family === 28 || family === 30) {
    return end - off > 4 ? DecodeStatus.Ok : DecodeStatus.Truncated;
  }
  // Some tunnels write an EtherType there instead.
  const type = bytes[off + 2]! * 256 + bytes[off + 3]!;
  packet.etherType = type;
  return type === EtherType.Ipv4 || type === EtherType.Ipv6 ? DecodeStatus.Ok : DecodeStatus.NotIp;
}

/** Family, version, resource id; then TLVs padded to 4 bytes, lengths in the byte order of the capturing machine. */
function findInNflog(bytes: Uint8Array, view: DataView, off: number, end: number, packet: Packet): DecodeStatus {
  if (end - off < 8) return DecodeStatus.Truncated;
  if (bytes[off + 1] !== 0) return DecodeStatus.NotIp;
  let at = off + 4;
  // The first TLV is short: in the wrong byte order its length is at least 1024.
  const little = view.getUint16(at, true) < view.getUint16(at, false);
  while (end - at >= 4) {
    const len = view.getUint16(at, little);
    if (len < 4) return DecodeStatus.NotIp;
    const type = view.getUint16(at + 2, little) & 0x7fff;
    // Hardware protocol, then the hook.
    if (type === NFULA_PACKET_HDR && end - at >= 7) packet.direction = directionOfHook(bytes[at + 6]!);
    if (type === NFULA_PAYLOAD) {
      packet.ipOff = at + 4;
      return end - at > 4 ? DecodeStatus.Ok : DecodeStatus.Truncated;
    }
    at += (len + 3) & ~3;
  }
  return DecodeStatus.Truncated;
}
