import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressTable, IPV6_BASE } from './address.ts';
import { LinkType } from './link.ts';
import { decodeFrame, decodeIp, encodeEthernet, encodeIpPacket, ipPacketLength, Packet } from './packet.ts';
import { ACK, FIN, PSH, Segment, SYN } from './segment.ts';
import { DecodeStatus, STATUS_NAMES } from './status.ts';

const bytesOf = (...hex: string[]) => Uint8Array.from(Buffer.from(hex.join('').replaceAll(' ', ''), 'hex'));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

function decode(
  bytes: Uint8Array,
  end = bytes.length,
  addresses = new AddressTable(),
  linkType: number = LinkType.Raw,
) {
  const packet = new Packet();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const status = decodeFrame(bytes, view, 0, end, linkType, addresses, packet);
  expect(packet.status).toBe(status);
  return { packet, status, seg: packet.seg };
}

/** 192.0.2.1.40000 > 203.0.113.80.80, a SYN with Linux's options. Both checksums were summed by hand. */
const IP4_HEADER = [
  '45 00', // version 4, header length 5; type of service
  '003c', // total length 60
  '1234', // identification
  '4000', // don't fragment
  '40 06', // TTL 64, TCP
  '2a36', // 453c+1234+4000+4006+c201+13c50 = 2d5c7 -> d5c9
  'c0000201 cb007150',
];
const TCP_SYN = [
  '9c40 0050 fffffff0 00000000 a002 faf0',
  'b1d7', // pseudo 1fe7f, header 43771, options 1832: 64e22 -> 4e28
  '0000',
  '020405b4 0402 080a 00000064 00000000 01 030307',
];
const IP4_SYN = bytesOf(...IP4_HEADER, ...TCP_SYN);

const syn = () =>
  Object.assign(new Segment(), {
    ...{ src: 0xc0000201, sport: 40000, dst: 0xcb007150, dport: 80, seq: 0xfffffff0, flags: SYN, wnd: 64240 },
    ...{ mss: 1460, sackPerm: true, tsVal: 100, tsEcr: 0, ws: 7 },
  });

describe('IPv4', () => {
  test('a SYN by hand, decoded', () => {
    const { packet, status, seg } = decode(IP4_SYN);
    expect(status).toBe(DecodeStatus.Ok);
    expect(packet).toMatchObject({ network: 4, protocol: 6, ttl: 64, ipId: 0x1234, tos: 0, fragment: false, vlan: -1 });
    expect(packet).toMatchObject({ ipOff: 0, tcpOff: 20, end: 60, wireEnd: 60, capturedAll: true, tunnels: 0 });
    expect(packet).toMatchObject({ ipChecksum: 'ok', tcpChecksum: 'ok', headerAvailable: 40, payloadAvailable: 0 });
    expect(seg).toMatchObject({ src: 0xc0000201, sport: 40000, dst: 0xcb007150, dport: 80, flags: SYN, mss: 1460 });
  });

  test('the same SYN, encoded', () => {
    const out = new Uint8Array(62).fill(0xaa);
    expect(ipPacketLength(syn())).toBe(60);
    expect(encodeIpPacket(syn(), new AddressTable(), out, 1, { ipId: 0x1234 })).toBe(60);
    expect(hexOf(out)).toBe(`aa${hexOf(IP4_SYN)}aa`);
  });

  test('one wrong bit: the checksum over it says so, decoding goes on', () => {
    const tcp = IP4_SYN.slice();
    tcp[43]! ^= 1; // MSS 1461
    expect(decode(tcp).packet).toMatchObject({
      status: DecodeStatus.Ok,
      ipChecksum: 'ok',
      tcpChecksum: 'bad',
    });
    const ttl = IP4_SYN.slice();
    ttl[8]! ^= 1;
    expect(decode(ttl).packet).toMatchObject({ status: DecodeStatus.Ok, ipChecksum: 'bad', tcpChecksum: 'ok' });
  });

  test('checksum offload: the field holds the pseudo-header sum alone', () => {
    const bytes = IP4_SYN.slice();
    bytes.set([0xfe, 0x80], 36);
    expect(decode(bytes).packet.tcpChecksum).toBe('offload');
  });

  test('options are skipped, padding behind the datagram is not payload', () => {
    const bytes = bytesOf(
      '46 b8 0030 0000 0000 01 06 0000 0a000001 0a000002',
      '94040000', // router alert
      '0001 0002 00000003 00000004 5018 0005 0000 0000 61626364',
      '0000000000',
    );
    const { packet, status, seg } = decode(bytes);
    expect(status).toBe(DecodeStatus.Ok);
    expect(packet).toMatchObject({ tos: 0xb8, ttl: 1, tcpOff: 24, end: 48, payloadAvailable: 4 });
    expect([seg.len, seg.payloadOff]).toEqual([4, 44]);
  });

  test('total length 0 (segmentation offload) reaches to the end of the frame', () => {
    const bytes = IP4_SYN.slice();
    bytes.set([0, 0], 2);
    expect(decode(bytes)).toMatchObject({ status: DecodeStatus.Ok, packet: { wireEnd: 60 }, seg: { len: 0 } });
  });

  test('a capture that cut the payload: still a segment, its length from IP', () => {
    const seg = Object.assign(syn(), { payload: new Uint8Array(100), len: 100 });
    const out = new Uint8Array(160);
    encodeIpPacket(seg, new AddressTable(), out, 0);
    const { packet, status } = decode(out, 70);
    expect(status).toBe(DecodeStatus.Ok);
    expect(packet).toMatchObject({ capturedAll: false, payloadAvailable: 10, tcpChecksum: 'absent', ipChecksum: 'ok' });
    expect([packet.seg.len, packet.end, packet.wireEnd]).toEqual([100, 70, 160]);
  });

  test.each([
    [12, DecodeStatus.Truncated, 0],
    [20, DecodeStatus.Truncated, 0],
    [34, DecodeStatus.Truncated, 14],
    [45, DecodeStatus.Truncated, 25],
  ])('cut after %i bytes', (end, status, headerAvailable) => {
    expect(decode(IP4_SYN, end)).toMatchObject({ status, packet: { headerAvailable } });
    if (headerAvailable >= 14) expect(decode(IP4_SYN, end).seg.flags).toBe(SYN);
  });

  test('fragments: the first shows its TCP fields, the others nothing', () => {
    const first = IP4_SYN.slice(0, 44);
    first.set([0, 44], 2);
    first.set([0x20, 0], 6);
    const a = decode(first);
    expect(a.status).toBe(DecodeStatus.Fragment);
    expect(a.packet).toMatchObject({ fragment: true, moreFragments: true, fragmentOffset: 0, tcpChecksum: 'absent' });
    expect([a.packet.headerAvailable >= 14, a.seg.flags, a.seg.sport]).toEqual([true, SYN, 40000]);
    const second = IP4_SYN.slice();
    second.set([0x00, 0x03], 6);
    const b = decode(second);
    expect(b.status).toBe(DecodeStatus.Fragment);
    expect(b.packet).toMatchObject({ fragmentOffset: 24, moreFragments: false, headerAvailable: 0 });
  });

  test.each([
    ['version 5', 0, 0x55],
    ['header length 4', 0, 0x44],
    ['total length below the header', 3, 19],
  ])('%s is a bad header', (_name, at, value) => {
    const bytes = IP4_SYN.slice();
    bytes[at] = value;
    expect(decode(bytes).status).toBe(DecodeStatus.BadIpHeader);
  });

  test('another protocol', () => {
    const bytes = IP4_SYN.slice();
    bytes[9] = 1;
    expect(decode(bytes)).toMatchObject({ status: DecodeStatus.NotTcp, packet: { protocol: 1, network: 4 } });
  });
});

const A6 = '20010db8000000000000000000000001';
const B6 = '20010db8000000000000000000000002';
const ACK_TCP = '0001 0002 00000003 00000004 5010 2000';
/** pseudo 5b8f, 0001+0002+0003+0004+5010+2000 = 701a: cba9 -> complement 3456. */
const ACK_TCP_OK = `${ACK_TCP} 3456 0000`;

describe('IPv6', () => {
  test('an ACK by hand', () => {
    const bytes = bytesOf('6 1b 12345 0014 06 3f'.replaceAll(' ', ''), A6, B6, ACK_TCP_OK);
    const addresses = new AddressTable();
    const { packet, status, seg } = decode(bytes, bytes.length, addresses);
    expect(status).toBe(DecodeStatus.Ok);
    expect(packet).toMatchObject({ network: 6, tos: 0x1b, ttl: 63, protocol: 6, tcpOff: 40, tcpChecksum: 'ok' });
    expect([addresses.format(seg.src), addresses.format(seg.dst)]).toEqual(['2001:db8::1', '2001:db8::2']);
    expect(packet.ipChecksum).toBe('absent');
    const out = new Uint8Array(60);
    expect(encodeIpPacket(seg, addresses, out, 0, { ttl: 63, tos: 0x1b })).toBe(60);
    // The flow label is not kept.
    bytes.set([0xb0, 0, 0], 1);
    expect(hexOf(out)).toBe(hexOf(bytes));
  });

  test('extension headers: hop-by-hop, destination options, AH, routing, atomic fragment', () => {
    const extensions = [
      '3c 00 050200000100', // hop-by-hop: 8 bytes
      '33 01 010c00000000000000000000 0000', // destination options: 16
      '2b 04 0000 00000001 00000002 000000000000000000000000', // AH: (4 + 2) * 4 = 24
      '2c 02 00 00 00000000 00000000000000000000000000000000', // routing, no segments left: 24
      '06 00 0000 deadbeef', // fragment, offset 0, no more: 8
    ];
    const all = bytesOf(...extensions);
    expect(all.length).toBe(80);
    const bytes = bytesOf('60000000 0064 00 40', A6, B6, ...extensions, ACK_TCP_OK);
    const { packet, status } = decode(bytes);
    expect(status).toBe(DecodeStatus.Ok);
    expect(packet).toMatchObject({ protocol: 6, tcpOff: 120, fragment: false, ipId: 0xdeadbeef, tcpChecksum: 'ok' });
  });

  test('segments left in a routing header: the checksum is for another destination', () => {
    const bytes = bytesOf('60000000 002c 2b 40', A6, B6, '06 02 00 01 00000000', A6, ACK_TCP_OK);
    expect(decode(bytes)).toMatchObject({ status: DecodeStatus.Ok, packet: { routed: true, tcpChecksum: 'absent' } });
  });

  test('fragments', () => {
    const first = bytesOf('60000000 001c 2c 40', A6, B6, '06 00 0001 00000007', ACK_TCP_OK);
    expect(decode(first)).toMatchObject({ status: DecodeStatus.Fragment, seg: { flags: ACK }, packet: { ipId: 7 } });
    const later = bytesOf('60000000 001c 2c 40', A6, B6, '06 00 0010 00000007', ACK_TCP_OK);
    const { packet, status } = decode(later);
    expect(status).toBe(DecodeStatus.Fragment);
    expect(packet).toMatchObject({ fragmentOffset: 16, moreFragments: false, headerAvailable: 0, protocol: 6 });
  });

  test('a fragment of a fragment: what stands behind the first fragment header waits', () => {
    const twice = bytesOf('60000000 0024 2c 40', A6, B6, '2c 00 0001 00000007', '06 00 0001 00000009', ACK_TCP_OK);
    const { packet, status } = decode(twice);
    expect(status).toBe(DecodeStatus.Fragment);
    expect(packet).toMatchObject({ ipId: 7, fragmentOffset: 0, fragmentAt: 48, protocol: 44, headerAvailable: 0 });
  });

  test('a chain that never ends, runs over the datagram, or is cut', () => {
    const long = bytesOf('60000000 0100 00 40', A6, B6, '00 00 000000000000'.repeat(32));
    expect(decode(long).status).toBe(DecodeStatus.BadIpHeader);
    const over = bytesOf('60000000 0008 00 40', A6, B6, '06 09 000000000000');
    expect(decode(over).status).toBe(DecodeStatus.BadIpHeader);
    const cut = bytesOf('60000000 0064 00 40', A6, B6, '06 00 0000');
    expect(decode(cut).status).toBe(DecodeStatus.Truncated);
    const none = bytesOf('60000000 0000 3b 40', A6, B6);
    expect(decode(none)).toMatchObject({ status: DecodeStatus.NotTcp, packet: { protocol: 59 } });
  });
});

describe('tunnels', () => {
  const outer = (protocol: string, length: number) =>
    `4500 ${length.toString(16).padStart(4, '0')} 0000 0000 40 ${protocol} 0000 0a000001 0a000002`;
  const inner = hexOf(IP4_SYN);
  const ether = '020000000002 020000000001 0800';

  test.each([
    ['IP in IP', outer('04', 80), ''],
    ['GRE', outer('2f', 84), '0000 0800'],
    ['GRE with checksum, key and sequence number', outer('2f', 96), 'b000 0800 00000000 00000001 00000002'],
    ['GRE with Ethernet', outer('2f', 98), `0000 6558 ${ether}`],
    ['VXLAN', outer('11', 110), `c350 12b5 005a 0000 0800000000000100 ${ether}`],
  ])('%s', (_name, ip, shim) => {
    const { packet, status, seg } = decode(bytesOf(ip, shim, inner));
    expect(status).toBe(DecodeStatus.Ok);
    expect(packet).toMatchObject({ tunnels: 1, network: 4, tcpChecksum: 'ok', ipChecksum: 'ok' });
    expect([seg.src, seg.sport]).toEqual([0xc0000201, 40000]);
  });

  test('IPv6 in IPv4 in IPv6', () => {
    const six = `60000000 0014 06 40 ${A6}${B6}${ACK_TCP_OK}`;
    const bytes = bytesOf('60000000 0050 04 40', A6, B6, outer('29', 80), six);
    expect(decode(bytes)).toMatchObject({
      status: DecodeStatus.Ok,
      packet: { tunnels: 2, network: 6, tcpChecksum: 'ok' },
    });
  });

  test('more than four headers deep is too deep', () => {
    let hex = inner;
    for (let n = 1; n <= 5; n++) hex = outer('04', 60 + 20 * n) + hex;
    expect(decode(bytesOf(hex)).status).toBe(DecodeStatus.TooDeep);
  });
});

describe('round trips through bytes', () => {
  const u32 = fc.nat({ max: 2 ** 32 - 1 });
  const u16 = fc.nat({ max: 65535 });
  const v6 = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const shape = fc.record({
    v6: fc.boolean(),
    a: v6,
    b: v6,
    ports: fc.tuple(u16, u16),
    numbers: fc.tuple(u32, u32),
    flags: fc.constantFrom(SYN, SYN | ACK, ACK, ACK | PSH, ACK | FIN),
    data: fc.uint8Array({ maxLength: 300 }),
    ttl: fc.integer({ min: 1, max: 255 }),
    ipId: u16,
    ethernet: fc.boolean(),
  });

  test('IPv4 and IPv6, raw and Ethernet: same segment, good checksums', () => {
    const addresses = new AddressTable();
    const out = new Uint8Array(500);
    const view = new DataView(out.buffer);
    const packet = new Packet();
    fc.assert(
      fc.property(shape, (s) => {
        const address = (bytes: Uint8Array) =>
          s.v6 ? addresses.intern(bytes, 0) : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
        const seg = Object.assign(new Segment(), { src: address(s.a), dst: address(s.b), flags: s.flags });
        Object.assign(seg, { sport: s.ports[0], dport: s.ports[1], seq: s.numbers[0], ack: s.numbers[1] });
        Object.assign(seg, { payload: s.data, len: s.data.length, tsVal: s.numbers[1], tsEcr: s.numbers[0] });
        const encode = s.ethernet ? encodeEthernet : encodeIpPacket;
        const n = encode(seg, addresses, out, 7, { ttl: s.ttl, ipId: s.ipId });
        const link = s.ethernet ? LinkType.Ethernet : LinkType.Raw;
        expect(decodeFrame(out, view, 7, 7 + n, link, addresses, packet)).toBe(DecodeStatus.Ok);
        expect(packet).toMatchObject({ tcpChecksum: 'ok', ttl: s.ttl, network: s.v6 ? 6 : 4, capturedAll: true });
        if (!s.v6) expect(packet).toMatchObject({ ipChecksum: 'ok', ipId: s.ipId });
        const back = packet.seg;
        for (const k of ['src', 'dst', 'sport', 'dport', 'seq', 'ack', 'flags', 'len', 'tsVal', 'tsEcr'] as const) {
          expect(back[k], k).toBe(seg[k]);
        }
        expect(out.slice(back.payloadOff, back.payloadOff + back.len)).toEqual(Uint8Array.from(s.data));
      }),
      { numRuns: 500 },
    );
  });

  test('Ethernet: destination, source, type', () => {
    const out = new Uint8Array(100);
    expect(encodeEthernet(syn(), new AddressTable(), out, 0)).toBe(74);
    expect(hexOf(out.subarray(0, 14))).toBe('0200cb007150' + '0200c0000201' + '0800');
  });

  test('bugs of the caller throw', () => {
    const addresses = new AddressTable();
    const seg = syn();
    expect(() => encodeIpPacket(seg, addresses, new Uint8Array(59), 0)).toThrow('no room for 60 bytes at 0');
    seg.dst = IPV6_BASE;
    expect(() => encodeIpPacket(seg, addresses, new Uint8Array(99), 0)).toThrow('different IP versions');
    const big = Object.assign(syn(), { len: 65500, payload: new Uint8Array(65500) });
    expect(() => encodeIpPacket(big, addresses, new Uint8Array(70000), 0)).toThrow('does not fit one IP packet');
  });
});

describe('arbitrary bytes', () => {
  const links = fc.constantFrom(...Object.values(LinkType), 9999);

  function survive(bytes: Uint8Array, from: number, to: number, link: number): Packet {
    const packet = new Packet();
    const off = Math.min(from, bytes.length);
    const end = Math.min(bytes.length, off + to);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const status = decodeFrame(bytes, view, off, end, link, new AddressTable(), packet);
    expect(STATUS_NAMES[status]).toBeTypeOf('string');
    if (status === DecodeStatus.Ok) {
      expect(packet.seg.payloadOff + packet.payloadAvailable).toBeLessThanOrEqual(end);
      expect(packet.seg.payloadOff + packet.seg.len).toBeLessThanOrEqual(packet.wireEnd);
      expect(packet.headerAvailable).toBeGreaterThanOrEqual(20);
    }
    return packet;
  }

  test('never throw', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 160 }),
        fc.nat({ max: 20 }),
        fc.nat({ max: 160 }),
        links,
        (b, off, n, link) => {
          survive(b, off, n, link);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test('nor do good packets with a few bytes changed and the end cut', () => {
    const change = fc.array(fc.tuple(fc.nat({ max: 119 }), fc.nat({ max: 255 })), { maxLength: 4 });
    const six = bytesOf('60000000 001c 00 40', A6, B6, '06 00 010400000000', ACK_TCP_OK);
    const good = fc.constantFrom(IP4_SYN, six);
    fc.assert(
      fc.property(good, change, fc.nat({ max: 120 }), (bytes, changes, n) => {
        const copy = bytes.slice();
        for (const [at, value] of changes) if (at < copy.length) copy[at] = value;
        survive(copy, 0, n, LinkType.Raw);
      }),
      { numRuns: 3000 },
    );
  });

  test('decodeIp of nothing', () => {
    const packet = new Packet();
    const none = new Uint8Array(0);
    expect(decodeIp(none, new DataView(none.buffer), 0, 0, new AddressTable(), packet)).toBe(DecodeStatus.Truncated);
  });
});
