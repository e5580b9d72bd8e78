import { describe, expect, test } from 'vitest';
import { AddressTable } from './address.ts';
import { Direction } from './direction.ts';
import { LinkType } from './link.ts';
import { decodeFrame, Packet } from './packet.ts';
import { ACK } from './segment.ts';
import { DecodeStatus } from './status.ts';

const bytesOf = (...hex: string[]) => Uint8Array.from(Buffer.from(hex.join('').replaceAll(' ', ''), 'hex'));

const TCP = '0001 0002 00000003 00000004 5010 2000 0000 0000';
const IP4 = `4500 0028 0000 0000 4006 0000 0a000001 0a000002 ${TCP}`;
const IP6 = `60000000 0014 06 40 ${'20010db8'.padEnd(32, '0')} ${'20010db8'.padEnd(31, '0')}1 ${TCP}`;
const MACS = '020000000002 020000000001';

function decode(linkType: number, ...hex: string[]): Packet {
  const bytes = bytesOf(...hex);
  const packet = new Packet();
  decodeFrame(bytes, new DataView(bytes.buffer), 0, bytes.length, linkType, new AddressTable(), packet);
  return packet;
}

function expectSegment(packet: Packet, network: 4 | 6) {
  expect(packet).toMatchObject({ status: DecodeStatus.Ok, network });
  expect(packet.seg).toMatchObject({ sport: 1, dport: 2, seq: 3, ack: 4, flags: ACK, wnd: 0x2000, len: 0 });
}

describe('Ethernet', () => {
  test('II, IPv4 and IPv6', () => {
    expectSegment(decode(1, MACS, '0800', IP4), 4);
    expectSegment(decode(1, MACS, '86dd', IP6), 6);
  });

  test('802.1Q with priority bits; a priority tag is VLAN 0', () => {
    const tagged = decode(1, MACS, '8100 6064 0800', IP4);
    expectSegment(tagged, 4);
    expect([tagged.vlan, tagged.innerVlan, tagged.etherType]).toEqual([100, -1, 0x0800]);
    const priority = decode(1, MACS, '8100 e000 86dd', IP6);
    expectSegment(priority, 6);
    expect(priority.vlan).toBe(0);
  });

  test.each(['88a8', '9100', '8100'])('QinQ with outer type %s', (outer) => {
    const packet = decode(1, MACS, outer, '0fa0 8100 0007 0800', IP4);
    expectSegment(packet, 4);
    expect([packet.vlan, packet.innerVlan]).toEqual([0xfa0, 7]);
  });

  test('802.3 with LLC and SNAP', () => {
    expectSegment(decode(1, MACS, '0030 aaaa03 000000 0800', IP4), 4);
    expect(decode(1, MACS, '0026 424203 0000000000000000').status).toBe(DecodeStatus.NotIp); // spanning tree
    expect(decode(1, MACS, '0030 aaaa03 00000c 2000', IP4).status).toBe(DecodeStatus.NotIp); // CDP
  });

  test('padding to 60 bytes is not payload', () => {
    expect(decode(1, MACS, '0800', IP4, '000000000000').seg.len).toBe(0);
  });

  test('not IP, and too short', () => {
    expect(decode(1, MACS, '0806 0001').status).toBe(DecodeStatus.NotIp);
    expect(decode(1, MACS, '08').status).toBe(DecodeStatus.Truncated);
    expect(decode(1, MACS, '8100 00').status).toBe(DecodeStatus.Truncated);
  });
});

describe('BSD loopback', () => {
  test.each([
    ['02000000', IP4, 4],
    ['00000002', IP4, 4],
    ['18000000', IP6, 6],
    ['0000001c', IP6, 6],
    ['1e000000', IP6, 6],
    ['0000000a', IP6, 6],
  ] as const)('family %s', (family, ip, network) => {
    expectSegment(decode(LinkType.Null, family, ip), network);
    expectSegment(decode(LinkType.Loop, family, ip), network);
  });

  test('another family, and nothing behind it', () => {
    expect(decode(LinkType.Null, '07000000', IP4).status).toBe(DecodeStatus.NotIp);
    expect(decode(LinkType.Null, '02000000').status).toBe(DecodeStatus.Truncated);
  });
});

describe('raw IP', () => {
  test.each([12, 14, 101])('link type %i holds either version', (link) => {
    expectSegment(decode(link, IP4), 4);
    expectSegment(decode(link, IP6), 6);
  });

  test('228 and 229', () => {
    expectSegment(decode(228, IP4), 4);
    expectSegment(decode(229, IP6), 6);
  });

  test('empty', () => expect(decode(101).status).toBe(DecodeStatus.Truncated));
});

describe('Linux cooked', () => {
  // Packet type, ARPHRD type, address length, address (8), protocol.
  const sll = (protocol: string) => `0000 0001 0006 0200000000010000 ${protocol}`;
  // Protocol, reserved, interface index, ARPHRD type, packet type, address length, address (8).
  const sll2 = (protocol: string) => `${protocol} 0000 00000002 0001 00 06 0200000000010000`;

  test.each([
    [113, sll],
    [276, sll2],
  ] as const)('link type %i', (link, header) => {
    expectSegment(decode(link, header('0800'), IP4), 4);
    expectSegment(decode(link, header('86dd'), IP6), 6);
    const tagged = decode(link, header('8100'), '0005 0800', IP4);
    expectSegment(tagged, 4);
    expect(tagged.vlan).toBe(5);
    expect(decode(link, header('0806'), '0001').status).toBe(DecodeStatus.NotIp);
    expect(decode(link, '0000').status).toBe(DecodeStatus.Truncated);
  });
});

describe('netfilter log', () => {
  test('the packet is in the TLV of type 9, in either byte order', () => {
    expectSegment(decode(239, '02 00 002a', '0800 0100 00000300', '0500 0a00 00 000000', '2c00 0900', IP4), 4);
    expectSegment(decode(239, '0a 00 002a', '0008 0001 00000300', '0005 000a 00 000000', '0040 0009', IP6), 6);
  });

  test('no payload, another version, a length that cannot be', () => {
    expect(decode(239, '02 00 002a', '0800 0100 00000300').status).toBe(DecodeStatus.Truncated);
    expect(decode(239, '02 01 002a', '2c00 0900', IP4).status).toBe(DecodeStatus.NotIp);
    expect(decode(239, '02 00 002a', '0300 0100 00000000').status).toBe(DecodeStatus.NotIp);
  });
});

test('a link type that is none of ours', () => {
  expect(decode(147, IP4).status).toBe(DecodeStatus.UnsupportedLink);
});

describe('direction', () => {
  const { Unknown, In, Out } = Direction;

  // if_packet.h: PACKET_HOST, _BROADCAST, _MULTICAST, _OTHERHOST, _OUTGOING
  test.each([
    [0, In],
    [1, In],
    [2, In],
    [3, Unknown],
    [4, Out],
    [5, Unknown],
  ])('Linux cooked, packet type %i', (type, direction) => {
    expect(decode(113, `000${type} 0001 0006 0200000000010000 0800`, IP4).direction).toBe(direction);
    expect(decode(276, `0800 0000 00000002 0001 0${type} 06 0200000000010000`, IP4).direction).toBe(direction);
  });

  // netfilter.h: NF_INET_PRE_ROUTING, _LOCAL_IN, _FORWARD, _LOCAL_OUT, _POST_ROUTING
  test.each([
    [0, In],
    [1, In],
    [2, Unknown],
    [3, Out],
    [4, Out],
  ])('netfilter log, hook %i', (hook, direction) => {
    const packet = decode(239, `02 00 0000 0800 0100 0800 0${hook} 00 2c00 0900`, IP4);
    expectSegment(packet, 4);
    expect(packet.direction).toBe(direction);
  });

  test('PPP with a byte that tells, and Ethernet, which does not', () => {
    expect(decode(204, '00 ff03 0021', IP4).direction).toBe(In);
    expect(decode(204, '01 ff03 0021', IP4).direction).toBe(Out);
    expect(decode(166, '01 03 0021', IP4).direction).toBe(Out);
    expect(decode(1, MACS, '0800', IP4).direction).toBe(Unknown);
  });
});
