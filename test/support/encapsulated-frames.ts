/** One TCP ACK in every encapsulation that is read, headers by hand from their specifications. */
import { LinkType } from '../../src/wire/link.ts';

/** TCP 40000 > 80, sequence 3, acknowledgment 4, ACK; checksums are left zero. */
const TCP = '9c40 0050 00000003 00000004 5010 2000 0000 0000';
export const IP4: string = `4500 0028 0000 0000 4006 0000 c0000201 cb007105 ${TCP}`;
const IP6: string = `60000000 0014 06 40 20010db8000000000000000000000001 20010db8000000000000000000000002 ${TCP}`;
const MACS = '020000000002 020000000001';

export interface Encapsulated {
  readonly name: string;
  readonly linkType: number;
  readonly hex: string;
  /** IP headers around the innermost. */
  readonly tunnels: number;
  /** Why tshark 4.0 does not read it as we do; '' where it does. */
  readonly notInTshark: string;
  /** What tshark 4.0 has to be told with -d; '' where nothing. */
  readonly decodeAs: string;
}

const frame = (
  name: string,
  linkType: number,
  hex: string,
  tunnels = 0,
  { notInTshark = '', decodeAs = '' } = {},
): Encapsulated => ({
  name,
  linkType,
  hex: hex.replaceAll(' ', ''),
  tunnels,
  notInTshark,
  decodeAs,
});
const bytesIn = (hex: string): number => hex.replaceAll(' ', '').length / 2;
const u16 = (n: number): string => n.toString(16).padStart(4, '0');
/** In IPv4 between documentation addresses. */
const ip = (protocol: string, body: string): string =>
  `4500 ${u16(20 + bytesIn(body))} 0000 0000 40 ${protocol} 0000 c6336401 c6336402 ${body}`;
const udp = (port: number, body: string): string =>
  ip('11', `c350 ${u16(port)} ${u16(8 + bytesIn(body))} 0000 ${body}`);
const pppoe = (body: string): string => `11 00 0001 ${u16(bytesIn(body))} ${body}`;
const E = LinkType.Ethernet;
const ether4 = `${MACS} 0800 ${IP4}`;

export const ENCAPSULATED: readonly Encapsulated[] = [
  frame('Ethernet', E, ether4),
  frame('802.1Q', E, `${MACS} 8100 6064 0800 ${IP4}`),
  frame('802.1ad', E, `${MACS} 88a8 0fa0 8100 0007 86dd ${IP6}`),
  frame('LLC and SNAP', E, `${MACS} ${u16(48)} aaaa03 000000 0800 ${IP4}`),
  frame('LLC, IP by SAP', E, `${MACS} ${u16(43)} 060603 ${IP4}`),
  frame('MPLS', E, `${MACS} 8847 00010140 ${IP4}`),
  frame('MPLS, three labels', E, `${MACS} 8847 00010040 00011040 00012140 ${IP6}`),
  frame(
    'MPLS pseudowire with control word',
    E,
    `${MACS} 8847 00010140 00000001 ${ether4}`,
    0,
    // Left alone it guesses by the makers of the network cards, and ours have none.
    { decodeAs: 'mpls.label==16,pwethcw' },
  ),
  frame('PPPoE', E, `${MACS} 8864 ${pppoe(`0021 ${IP4}`)}`),
  frame('PPPoE in a VLAN, IPv6', E, `${MACS} 8100 0007 8864 ${pppoe(`0057 ${IP6}`)}`),
  frame('PPP', LinkType.Ppp, `0021 ${IP4}`),
  frame('PPP with address and control', LinkType.Ppp, `ff03 0057 ${IP6}`),
  frame('PPP with a short protocol field', LinkType.Ppp, `ff03 21 ${IP4}`),
  frame('PPP in HDLC', LinkType.PppHdlc, `ff03 0021 ${IP4}`),
  frame('Cisco HDLC by the PPP link type', LinkType.PppHdlc, `0f00 0800 ${IP4}`),
  frame('PPP with direction', LinkType.PppWithDirection, `01 ff03 0021 ${IP4}`),
  frame('PPP of pppd', LinkType.PppPppd, `01 03 0021 ${IP4}`, 0, {
    notInTshark: 'it looks for the address byte that pppd has overwritten',
  }),
  frame('PPPoE without Ethernet', LinkType.PppEther, pppoe(`0021 ${IP4}`)),
  frame('MPLS over PPP', LinkType.Ppp, `ff03 0281 00010140 ${IP4}`),
  frame('Cisco HDLC', LinkType.CiscoHdlc, `8f00 86dd ${IP6}`),
  frame('MPLS link type', LinkType.Mpls, `00010140 ${IP4}`, 0, { notInTshark: 'it does not know the link type' }),
  frame('ATM with LLC', LinkType.AtmLlc, `aaaa03 000000 0800 ${IP4}`),
  frame('loopback', LinkType.Null, `02000000 ${IP4}`),
  frame('OpenBSD loopback', LinkType.Loop, `00000018 ${IP6}`),
  frame('IP in IP', LinkType.Raw, ip('04', IP4), 1),
  frame('IPv6 in IPv4', LinkType.Raw, ip('29', IP6), 1),
  frame('GRE', LinkType.Raw, ip('2f', `0000 0800 ${IP4}`), 1),
  frame('GRE with all fields', LinkType.Raw, ip('2f', `b000 86dd 00000000 00000001 00000002 ${IP6}`), 1),
  frame('GRE with Ethernet', LinkType.Raw, ip('2f', `0000 6558 ${ether4}`), 1),
  frame('GRE with MPLS', LinkType.Raw, ip('2f', `0000 8847 00010140 ${IP4}`), 1),
  frame('PPTP', LinkType.Raw, ip('2f', `3081 880b ${u16(44)} 0001 00000001 00000000 ff03 0021 ${IP4}`), 1),
  frame('VXLAN', E, `${MACS} 0800 ${udp(4789, `0800000000000100 ${ether4}`)}`, 1),
  frame('VXLAN with a tag inside', LinkType.Raw, udp(4789, `0800000000000100 ${MACS} 8100 0005 0800 ${IP4}`), 1),
  frame('VXLAN on the port of Linux', LinkType.Raw, udp(8472, `0800000000000100 ${ether4}`), 1, {
    decodeAs: 'udp.port==8472,vxlan',
  }),
  frame('Geneve with Ethernet', LinkType.Raw, udp(6081, `0000 6558 00000100 ${ether4}`), 1),
  frame('Geneve with an option and IP', LinkType.Raw, udp(6081, `0240 86dd 00000100 0102 80 01 00000000 ${IP6}`), 1),
  frame('GTP-U', LinkType.Raw, udp(2152, `30ff 0028 00000001 ${IP4}`), 1),
  frame('GTP-U with a sequence number, IPv6', LinkType.Raw, udp(2152, `32ff 0040 00000001 000700 00 ${IP6}`), 1),
  frame('GTP-U with an N-PDU number', LinkType.Raw, udp(2152, `31ff 002c 00000001 000009 00 ${IP4}`), 1),
  // A PDU session container (85, TS 38.415) and a PDCP number (c0), four bytes each.
  frame(
    'GTP-U with extension headers',
    LinkType.Raw,
    udp(2152, `34ff 0034 00000001 000000 85 01 0009 c0 01 0001 00 ${IP4}`),
    1,
  ),
  frame(
    'GTP-U in VXLAN',
    LinkType.Raw,
    udp(4789, `0800000000000100 ${MACS} 0800 ${udp(2152, `30ff 0028 00000001 ${IP4}`)}`),
    2,
  ),
  frame('EtherIP', LinkType.Raw, ip('61', `3000 ${ether4}`), 1),
  frame('MPLS in IP', LinkType.Raw, ip('89', `00010140 ${IP4}`), 1),
  frame('MPLS in UDP', LinkType.Raw, udp(6635, `00010140 ${IP4}`), 1),
  frame('VXLAN in GRE in IP', LinkType.Raw, ip('2f', `0000 0800 ${udp(4789, `0800000000000100 ${ether4}`)}`), 2),
];
