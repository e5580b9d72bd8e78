/** Link layers: finds where the IP header starts in a captured frame. */
import type { Packet } from './packet.ts';
import { DecodeStatus } from './status.ts';

/** Link types by their number in pcap and pcapng files (LINKTYPE_* of tcpdump.org). */
export const LinkType = {
  /** BSD loopback: a 4-byte address family in the byte order of the capturing machine. */
  Null: 0,
  Ethernet: 1,
  /** Raw IP; 12 and 14 are DLT numbers that old files carry instead. */
  RawDlt12: 12,
  RawDlt14: 14,
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

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const ETHERTYPE_VLAN = 0x8100; // IEEE 802.1Q
const ETHERTYPE_QINQ = 0x88a8; // IEEE 802.1ad
const ETHERTYPE_QINQ_OLD = 0x9100; // before 802.1ad, still met
/** Below this the field is a length and LLC follows (IEEE 802.3). */
const ETHERTYPE_MIN = 0x0600;
const NFULA_PAYLOAD = 9;

/**
 * Sets `packet.ipOff` to the start of the IP header in `bytes[off .. end)` and fills VLAN and EtherType. `Ok` means:
 * an IP header is to be expected there.
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
      return findInEthernet(view, off, end, packet);
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
      return findByEtherType(view, off + 14, off + 16, end, packet);
    case LinkType.LinuxSll2:
      // The protocol comes first, then interface, ARPHRD, packet type and address: 20 bytes in all.
      if (end - off < 20) return DecodeStatus.Truncated;
      return findByEtherType(view, off, off + 20, end, packet);
    case LinkType.Nflog:
      return findInNflog(bytes, view, off, end, packet);
    default:
      return DecodeStatus.UnsupportedLink;
  }
}

/** Two MAC addresses, then EtherType or length. */
export function findInEthernet(view: DataView, off: number, end: number, packet: Packet): DecodeStatus {
  if (end - off < 14) return DecodeStatus.Truncated;
  return findByEtherType(view, off + 12, off + 14, end, packet);
}

/** Follows VLAN tags and LLC/SNAP from the EtherType at `typeOff`, whose payload starts at `payloadOff`. */
function findByEtherType(
  view: DataView,
  typeOff: number,
  payloadOff: number,
  end: number,
  packet: Packet,
): DecodeStatus {
  let type = view.getUint16(typeOff);
  let at = payloadOff;
  let tags = 0;
  while (type === ETHERTYPE_VLAN || type === ETHERTYPE_QINQ || type === ETHERTYPE_QINQ_OLD) {
    if (end - at < 4) return DecodeStatus.Truncated;
    const vid = view.getUint16(at) & 0x0fff;
    if (tags++ === 0) packet.vlan = vid;
    else packet.innerVlan = vid;
    type = view.getUint16(at + 2);
    at += 4;
  }
  if (type < ETHERTYPE_MIN) {
    // Only SNAP with an EtherType can carry IP: AA AA 03, OUI 00 00 00 (RFC 1042). Linux cooked frames say 4 for LLC.
    if (end - at < 8) return DecodeStatus.NotIp;
    if (view.getUint32(at) !== 0xaaaa0300 || view.getUint16(at + 4) !== 0) return DecodeStatus.NotIp;
    type = view.getUint16(at + 6);
    at += 8;
  }
  packet.etherType = type;
  packet.ipOff = at;
  return type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6 ? DecodeStatus.Ok : DecodeStatus.NotIp;
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
  return type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6 ? DecodeStatus.Ok : DecodeStatus.NotIp;
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
    if ((view.getUint16(at + 2, little) & 0x7fff) === NFULA_PAYLOAD) {
      packet.ipOff = at + 4;
      return end - at > 4 ? DecodeStatus.Ok : DecodeStatus.Truncated;
    }
    at += (len + 3) & ~3;
  }
  return DecodeStatus.Truncated;
}
