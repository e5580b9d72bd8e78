import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fragment, fragmentsOf } from '../../test/support/fragments.ts';
import { AddressTable } from '../wire/address.ts';
import { decodeIp, encodeIpPacket, ipPacketLength, Packet } from '../wire/packet.ts';
import { ACK, PSH, Segment } from '../wire/segment.ts';
import { DecodeStatus } from '../wire/status.ts';
import { type FragmentLimits, FragmentTable } from './fragment-table.ts';

const SECOND = 1_000_000_000;
const LIMITS: FragmentLimits = { datagrams: 100, bytes: 1 << 20, age: 60 * SECOND };
const addresses = new AddressTable();

/** A segment of 20 bytes of header and `data`, as an IP datagram. */
function datagram(version: 4 | 6, data: Uint8Array, sport = 40000): Uint8Array {
  const seg = new Segment();
  seg.src = addresses.parse(version === 4 ? '192.0.2.1' : '2001:db8::1');
  seg.dst = addresses.parse(version === 4 ? '198.51.100.2' : '2001:db8::2');
  seg.sport = sport;
  seg.dport = 80;
  seg.seq = 1000;
  seg.ack = 2000;
  seg.flags = ACK | PSH;
  seg.wnd = 65535;
  seg.payload = data;
  seg.len = data.length;
  const out = new Uint8Array(ipPacketLength(seg));
  encodeIpPacket(seg, addresses, out, 0);
  return out;
}

/** What reaches the judge: the data of every segment that became whole. */
class Receiver {
  readonly table: FragmentTable;
  readonly packet: Packet = new Packet();
  readonly got: string[] = [];

  constructor(limits: FragmentLimits = LIMITS) {
    this.table = new FragmentTable(limits);
  }

  receive(bytes: Uint8Array, ts = 0): void {
    const { packet } = this;
    decodeIp(bytes, new DataView(bytes.buffer), 0, bytes.length, addresses, packet);
    const from = packet.fragment ? this.table.onFragment(ts, bytes, packet, addresses) : bytes;
    if (packet.status !== DecodeStatus.Ok) return;
    const { seg } = packet;
    expect(seg.payload).toBe(from);
    expect(packet.tcpChecksum).toBe('ok');
    if (packet.network === 4) expect(packet.ipChecksum).toBe('ok');
    this.got.push(text(seg.payload.subarray(seg.payloadOff, seg.payloadOff + seg.len)));
  }

  /** The data of one segment whose checksum need not be right. */
  receiveAny(fragments: readonly Uint8Array[]): string {
    const { packet } = this;
    packet.verify = false;
    for (const bytes of fragments) {
      decodeIp(bytes, new DataView(bytes.buffer), 0, bytes.length, addresses, packet);
      if (packet.fragment) this.table.onFragment(0, bytes, packet, addresses);
    }
    if (packet.status !== DecodeStatus.Ok) return STATUS_OF_FRAGMENT;
    return text(packet.seg.payload.subarray(packet.seg.payloadOff, packet.seg.payloadOff + packet.seg.len));
  }
}

const STATUS_OF_FRAGMENT = 'not whole';
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytesOf = (letters: string): Uint8Array => Uint8Array.from(Buffer.from(letters, 'latin1'));

const versions = fc.constantFrom<4 | 6>(4, 6);

test('a segment in any pieces, in any order and with copies of some, is the segment', () => {
  fc.assert(
    fc.property(
      versions,
      fc.uint8Array({ minLength: 1, maxLength: 3000 }),
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      (version, data, eighths, dice) => {
        const whole = datagram(version, data);
        const pieces = fragmentsOf(
          whole,
          eighths.map((n) => n * 8),
          7,
        );
        fc.pre(pieces.length > 1);
        const receiver = new Receiver();
        const order = pieces.map((piece) => ({ piece, key: dice.next().value as number }));
        order.sort((a, b) => a.key - b.key);
        const last = order.pop()!;
        for (const { piece, key } of order) {
          receiver.receive(piece);
          if (key % 4 === 0) receiver.receive(piece);
        }
        expect(receiver.got).toEqual([]);
        receiver.receive(last.piece);
        expect(receiver.got).toEqual([text(data)]);
        const { table } = receiver;
        expect(table).toMatchObject({ whole: 1, incomplete: 0, overlapDropped: 0, overlapKept: 0, damaged: 0 });
        expect(table.fragments).toBe(pieces.length + table.duplicates);
      },
    ),
  );
});

test('fragments of many datagrams at once do not mix', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(versions, fc.nat(3)), { minLength: 2, maxLength: 40 }), (wanted) => {
      const receiver = new Receiver();
      const sets = wanted.map(([version, length], i) =>
        fragmentsOf(datagram(version, bytesOf(`${i}!`.repeat(12 + length))), [24], i),
      );
      for (const [first] of sets) receiver.receive(first!);
      for (const [, second] of sets) receiver.receive(second!);
      expect(receiver.got).toEqual(wanted.map(([, length], i) => `${i}!`.repeat(12 + length)));
    }),
  );
});

describe('overlaps', () => {
  // Data after 20 bytes of TCP header: fragment offsets are 4 more than those of the letters, modulo 8.
  const whole = (version: 4 | 6): Uint8Array => datagram(version, bytesOf('abcdefghijklmnopqrstuvwxyz01'));

  test('IPv6: the datagram is discarded, with the fragments still to come (RFC 5722 §4)', () => {
    const receiver = new Receiver();
    receiver.receive(fragment(whole(6), 0, 32, 9, true));
    receiver.receive(fragment(whole(6), 24, 40, 9, true));
    receiver.receive(fragment(whole(6), 32, 48, 9, false));
    receiver.receive(fragment(whole(6), 0, 32, 9, true));
    expect(receiver.got).toEqual([]);
    expect(receiver.table).toMatchObject({ fragments: 4, whole: 0, incomplete: 0, overlapDropped: 1 });
  });

  test('IPv6: an exact copy is not an overlap (RFC 8200 §4.5)', () => {
    const receiver = new Receiver();
    receiver.receive(fragment(whole(6), 0, 32, 9, true));
    receiver.receive(fragment(whole(6), 0, 32, 9, true));
    receiver.receive(fragment(whole(6), 32, 48, 9, false));
    expect(receiver.got).toEqual(['abcdefghijklmnopqrstuvwxyz01']);
    expect(receiver.table.duplicates).toBe(1);
  });

  test('IPv6: the same place with other bytes is an overlap', () => {
    const receiver = new Receiver();
    receiver.receive(fragment(whole(6), 0, 32, 9, true));
    receiver.receive(fragment(whole(6), 0, 32, 9, true, new Uint8Array(32)));
    receiver.receive(fragment(whole(6), 32, 48, 9, false));
    expect(receiver.got).toEqual([]);
    expect(receiver.table.overlapDropped).toBe(1);
  });

  test('IPv4: the fragment that begins earlier keeps its bytes, whichever came first', () => {
    const first = fragment(whole(4), 0, 32, 9, true);
    const late = fragment(whole(4), 24, 48, 9, false, bytesOf('ABCDEFGHIJKLMNOPQRSTUVWX'));
    expect(new Receiver().receiveAny([first, late])).toBe('abcdefghijklIJKLMNOPQRSTUVWX');
    expect(new Receiver().receiveAny([late, first])).toBe('abcdefghijklIJKLMNOPQRSTUVWX');
  });

  test('IPv4: of two that begin together, the first to come keeps its bytes', () => {
    const receiver = new Receiver();
    const got = receiver.receiveAny([
      fragment(whole(4), 0, 24, 9, true),
      fragment(whole(4), 24, 32, 9, true),
      fragment(whole(4), 24, 40, 9, true, bytesOf('ABCDEFGHIJKLMNOP')),
      fragment(whole(4), 40, 48, 9, false),
    ]);
    expect(got).toBe('abcdefghijklIJKLMNOPuvwxyz01');
    expect(receiver.table.overlapKept).toBe(1);
  });
});

describe('what does not become whole is counted', () => {
  test.each([4, 6] as const)('IPv%i: a fragment that is not the last and no multiple of 8', (version) => {
    const receiver = new Receiver();
    receiver.receive(fragment(datagram(version, new Uint8Array(40)), 0, 30, 1, true));
    expect(receiver.table).toMatchObject({ fragments: 1, damaged: 1, incomplete: 0 });
  });

  test.each([4, 6] as const)('IPv%i: two ends', (version) => {
    const receiver = new Receiver();
    const whole = datagram(version, new Uint8Array(60));
    receiver.receive(fragment(whole, 72, 80, 1, false));
    receiver.receive(fragment(whole, 64, 72, 1, false));
    receiver.receive(fragment(whole, 0, 72, 1, true));
    expect(receiver.table).toMatchObject({ damaged: 1, whole: 1 });
  });

  test('more than 65,535 bytes, the "ping of death"', () => {
    const receiver = new Receiver();
    const end = fragment(datagram(4, new Uint8Array(40)), 0, 16, 1, false);
    new DataView(end.buffer).setUint16(6, 8190); // from byte 65,520 on
    receiver.receive(end);
    expect(receiver.table).toMatchObject({ damaged: 1, incomplete: 0 });
  });

  test('a fragment that the capture cut', () => {
    const receiver = new Receiver();
    receiver.receive(fragment(datagram(4, new Uint8Array(40)), 0, 32, 1, true).slice(0, 50));
    expect(receiver.table).toMatchObject({ fragments: 1, cut: 1, incomplete: 0 });
  });

  test('after a minute a datagram is given up, and its identification is free', () => {
    const receiver = new Receiver();
    const [first, second] = fragmentsOf(datagram(4, bytesOf('one segment')), [16], 5) as [Uint8Array, Uint8Array];
    receiver.receive(first, 0);
    receiver.receive(second, 60 * SECOND + 1);
    expect(receiver.got).toEqual([]);
    expect(receiver.table.incomplete).toBe(2);
    receiver.receive(first, 61 * SECOND);
    expect(receiver.got).toEqual(['one segment']);
    expect(receiver.table).toMatchObject({ incomplete: 1, evicted: 0 });
  });

  test('a hundred thousand datagrams that never end stay within the bounds', () => {
    const limits = { datagrams: 1000, bytes: 300_000, age: 60 * SECOND };
    const receiver = new Receiver(limits);
    const first = fragment(datagram(4, new Uint8Array(60)), 0, 64, 0, true);
    const view = new DataView(first.buffer);
    for (let i = 0; i < 100_000; i++) {
      view.setUint32(12, i);
      receiver.receive(first, i);
    }
    expect(receiver.table).toMatchObject({ incomplete: 100_000, whole: 0 });
    // 84 bytes and more than 100 of overhead each, so bytes are the narrower bound.
    expect(receiver.table.evicted).toBeGreaterThan(100_000 - limits.bytes / 184);
    expect(receiver.table.evicted).toBeLessThan(100_000);
  });
});

test('a datagram in fragments inside a tunnel in fragments', () => {
  const inner = fragmentsOf(datagram(6, bytesOf('inside of IPv4, in pieces of pieces')), [24], 3);
  const receiver = new Receiver();
  for (const [i, piece] of inner.entries()) {
    const outer = new Uint8Array(20 + piece.length);
    outer.set(datagram(4, new Uint8Array(0)).subarray(0, 20));
    outer[9] = 41;
    outer.set(piece, 20);
    for (const part of fragmentsOf(outer, [16, 40], 100 + i)) receiver.receive(part);
  }
  expect(receiver.got).toEqual(['inside of IPv4, in pieces of pieces']);
  expect(receiver.packet.tunnels).toBe(1);
  expect(receiver.table).toMatchObject({ whole: 3, incomplete: 0 });
});
