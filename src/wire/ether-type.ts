/**
 * What an EtherType announces: VLAN tags (IEEE 802.1Q, 802.1ad), LLC with SNAP (RFC 1042), PPPoE, MPLS and inner
 * Ethernet frames, followed until IP. Link layers and tunnels that carry an EtherType end here.
 */
import { enterLabels } from './mpls.ts';
import type { Packet } from './packet.ts';
import { enterPppoe } from './ppp.ts';
import { DecodeStatus } from './status.ts';

export const EtherType = {
  Ipv4: 0x0800,
  Ipv6: 0x86dd,
  /** An Ethernet frame, in GRE and Geneve (RFC 1701: transparent Ethernet bridging). */
  Ethernet: 0x6558,
  Vlan: 0x8100,
  Qinq: 0x88a8,
  /** Before 802.1ad, still met. */
  QinqOld: 0x9100,
  Mpls: 0x8847,
  MplsUpstream: 0x8848,
  PppoeSession: 0x8864,
} as const;

/** Two MAC addresses, then EtherType or length. */
export function findInEthernet(
  bytes: Uint8Array,
  view: DataView,
  off: number,
  end: number,
  packet: Packet,
): DecodeStatus {
  if (end - off < 14) return DecodeStatus.Truncated;
  return findByEtherType(bytes, view, view.getUint16(off + 12), off + 14, end, packet);
}

/** Follows EtherType `first`, whose payload starts at `payloadOff`, until IP; the answer is as of `findIp`. */
export function findByEtherType(
  bytes: Uint8Array,
  view: DataView,
  first: number,
  payloadOff: number,
  end: number,
  packet: Packet,
): DecodeStatus {
  let type = first;
  let at = payloadOff;
  for (let layers = 0; layers <= MAX_LAYERS; layers++) {
    packet.etherType = type;
    packet.ipOff = at;
    switch (type) {
      case EtherType.Ipv4:
      case EtherType.Ipv6:
        return DecodeStatus.Ok;
      case EtherType.Vlan:
      case EtherType.Qinq:
      case EtherType.QinqOld: {
        if (end - at < 4) return DecodeStatus.Truncated;
        const vid = view.getUint16(at) & 0x0fff;
        if (packet.vlan < 0) packet.vlan = vid;
        else packet.innerVlan = vid;
        type = view.getUint16(at + 2);
        at += 4;
        continue;
      }
      case EtherType.Ethernet:
        if (end - at < 14) return DecodeStatus.Truncated;
        type = view.getUint16(at + 12);
        at += 14;
        continue;
      case EtherType.Mpls:
      case EtherType.MplsUpstream: {
        const status = enterLabels(bytes, view, at, end, packet);
        if (status !== DecodeStatus.Ok) return status;
        break;
      }
      case EtherType.PppoeSession: {
        const status = enterPppoe(bytes, view, at, end, packet);
        if (status !== DecodeStatus.Ok) return status;
        break;
      }
      default: {
        if (type >= ETHERTYPE_MIN) return DecodeStatus.NotIp;
        const status = enterLlc(bytes, view, at, end, packet);
        if (status !== DecodeStatus.Ok) return status;
      }
    }
    type = packet.etherType;
    at = packet.ipOff;
  }
  return DecodeStatus.TooDeep;
}

/**
 * Moves `packet.ipOff` behind an LLC header and says in `packet.etherType` what follows. IP is either under SNAP with
 * OUI 0 (RFC 1042) or that of bridges, 00-00-F8 (802.1H), or directly under SAP 6 (RFC 948).
 */
export function enterLlc(bytes: Uint8Array, view: DataView, at: number, end: number, packet: Packet): DecodeStatus {
  if (end - at < 3) return DecodeStatus.NotIp;
  const saps = view.getUint16(at);
  if (bytes[at + 2] !== UNNUMBERED_INFORMATION) return DecodeStatus.NotIp;
  if (saps === SAP_IP) {
    packet.etherType = EtherType.Ipv4;
    packet.ipOff = at + 3;
    return DecodeStatus.Ok;
  }
  if (saps !== SAP_SNAP) return DecodeStatus.NotIp;
  if (end - at < 8) return DecodeStatus.Truncated;
  const oui = view.getUint32(at + 2) & 0xffffff;
  const type = view.getUint16(at + 6);
  // A protocol id below 0x600 is no EtherType; read as one it would be taken for a length and LLC again.
  if ((oui !== 0 && oui !== OUI_BRIDGE) || type < ETHERTYPE_MIN) return DecodeStatus.NotIp;
  packet.etherType = type;
  packet.ipOff = at + 8;
  return DecodeStatus.Ok;
}

/**
 * Headers between link and IP. Real frames have at most six (two tags, PPPoE or labels, a pseudowire, two tags more);
 * each costs a step, so a hostile frame must not choose how many.
 */
const MAX_LAYERS = 16;
/** Below this the field is a length and LLC follows (IEEE 802.3); Linux cooked frames say 4 for LLC. */
const ETHERTYPE_MIN = 0x0600;
const SAP_SNAP = 0xaaaa;
const SAP_IP = 0x0606;
const UNNUMBERED_INFORMATION = 0x03;
const OUI_BRIDGE = 0x0000f8;
