import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressTable } from './address.ts';
import { inetChecksum, pseudoHeaderSum } from './checksum.ts';
import { decodeIcmpError, encodeIcmpError, IcmpError, icmpCode, icmpKind, icmpRoom, setIcmp } from './icmp.ts';
import { decodeIp, Packet } from './packet.ts';
import { ACK } from './segment.ts';

const table = new AddressTable();
const ROUTER = table.parse('198.51.100.1');
const OURS = table.parse('192.0.2.1');
const THEIRS = table.parse('203.0.113.80');
const ROUTER6 = table.parse('2001:db8::1');
const OURS6 = table.parse('2001:db8::2');
const THEIRS6 = table.parse('2001:db8::3');

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function decode(bytes: Uint8Array, into: IcmpError = new IcmpError()): IcmpError | undefined {
  const packet = new Packet();
  decodeIp(bytes, view(bytes), 0, bytes.length, table, packet);
  return decodeIcmpError(bytes, view(bytes), packet, table, into) ? into : undefined;
}

function hex(text: string): Uint8Array {
  return Uint8Array.from(text.trim().split(/\s+/), (byte) => Number.parseInt(byte, 16));
}

// A router says "fragmentation needed, MTU 1400" and quotes 28 bytes (RFC 792, RFC 1191 §4). Checksums computed apart from this code.
const FRAG_NEEDED = hex(`
  45 00 00 38 00 00 00 00 40 01 8e 8f  c6 33 64 01  c0 00 02 01
  03 04 7a ff 00 00 05 78
  45 00 05 dc 00 00 40 00 40 06 36 ca  c0 00 02 01  cb 00 71 50
  13 88 00 50 12 34 56 78`);

describe('ICMP errors', () => {
  test('fragmentation needed, byte by byte', () => {
    expect(inetChecksum(FRAG_NEEDED, 0, 20), 'outer header').toBe(0);
    expect(inetChecksum(FRAG_NEEDED, 20, 36), 'ICMP message').toBe(0);
    expect(inetChecksum(FRAG_NEEDED, 28, 20), 'quoted header').toBe(0);
    const icmp = decode(FRAG_NEEDED);
    expect(icmp).toMatchObject({ src: ROUTER, dst: OURS, type: 3, code: 4, kind: 'frag-needed', mtu: 1400 });
    expect(icmp?.quoted).toMatchObject({ src: OURS, sport: 5000, dst: THEIRS, dport: 80, seq: 0x12345678 });
  });

  test.each([
    ['a wrong checksum', 22],
    ['another quoted protocol', 28 + 9],
    ['a quoted fragment', 28 + 7],
    ['another IP version quoted', 28],
    ['an echo request', 20],
  ])('%s is no ICMP error about a segment', (_what, at) => {
    const bytes = FRAG_NEEDED.slice();
    bytes[at] = at === 20 ? 8 : at === 28 ? 0x65 : bytes[at]! ^ 0x11;
    if (at !== 22) fixChecksum(bytes);
    expect(decode(bytes)).toBeUndefined();
  });

  test('a message that the capture cut behind the sequence number is read, though its checksum cannot be', () => {
    const whole = FRAG_NEEDED.slice();
    whole[3] = whole.length + 20;
    whole[22] = 0;
    expect(decode(whole)?.quoted.seq).toBe(0x12345678);
    expect(decode(whole.slice(0, -1))).toBeUndefined();
  });

  test('fewer than eight bytes of TCP are not enough', () => {
    const bytes = FRAG_NEEDED.slice(0, -1);
    bytes[3] = bytes.length;
    fixChecksum(bytes);
    expect(decode(bytes)).toBeUndefined();
  });

  test('what each type and code means (RFC 792, RFC 1122 §3.2.2, RFC 4443 §3)', () => {
    expect([0, 1, 2, 3, 4, 5, 13, 15, 16].map((code) => icmpKind(false, 3, code))).toEqual([
      'net-unreachable',
      'host-unreachable',
      'protocol-unreachable',
      'port-unreachable',
      'frag-needed',
      'source-route-failed',
      'admin-prohibited',
      'precedence-cutoff',
      'other',
    ]);
    expect([4, 5, 8, 11, 12, 255].map((type) => icmpKind(false, type, 0))).toEqual([
      'source-quench',
      'redirect',
      'other',
      'time-exceeded',
      'parameter-problem',
      'other',
    ]);
    expect([0, 1, 3, 4, 5, 6, 7].map((code) => icmpKind(true, 1, code))).toEqual([
      'net-unreachable',
      'admin-prohibited',
      'host-unreachable',
      'port-unreachable',
      'policy-failed',
      'route-rejected',
      'other',
    ]);
    expect([2, 3, 4, 128, 255].map((type) => icmpKind(true, type, 0))).toEqual([
      'frag-needed',
      'time-exceeded',
      'parameter-problem',
      'other',
      'other',
    ]);
    expect(icmpCode(false, 'port-unreachable')).toEqual({ type: 3, code: 3 });
    expect(icmpCode(true, 'frag-needed')).toEqual({ type: 2, code: 0 });
    expect(icmpCode(true, 'source-quench')).toBeUndefined();
  });

  test('what is written is read again, IPv4 and IPv6, and quotes no more than it may', () => {
    const out = new Uint8Array(4000);
    const errors = fc.record({
      v6: fc.boolean(),
      kind: fc.constantFrom('net-unreachable', 'port-unreachable', 'frag-needed', 'time-exceeded', 'parameter-problem'),
      mtu: fc.nat(0xffff),
      sport: fc.nat(0xffff),
      dport: fc.nat(0xffff),
      seq: fc.nat(0xffffffff),
      len: fc.nat(3000),
      off: fc.nat(7),
    });
    fc.assert(
      fc.property(errors, ({ v6, kind, mtu, sport, dport, seq, len, off }) => {
        const icmp = new IcmpError();
        icmp.src = v6 ? ROUTER6 : ROUTER;
        icmp.dst = v6 ? OURS6 : OURS;
        const { type, code } = icmpCode(v6, kind as IcmpError['kind'])!;
        setIcmp(icmp, v6, type, code);
        icmp.mtu = kind === 'frag-needed' ? mtu : 0;
        Object.assign(icmp.quoted, { src: icmp.dst, sport, dst: v6 ? THEIRS6 : THEIRS, dport, seq, flags: ACK, len });
        const n = encodeIcmpError(icmp, table, out, off);
        expect(n).toBeLessThanOrEqual(Math.min(icmpRoom(icmp), v6 ? 1280 : 576));
        const back = decode(out.slice(off, off + n))!;
        expect(back).toMatchObject({ src: icmp.src, dst: icmp.dst, type, code, kind, mtu: icmp.mtu });
        expect(back.quoted).toMatchObject({ src: icmp.dst, sport, dst: icmp.quoted.dst, dport, seq });
      }),
    );
  });

  test('no room is a mistake of the caller', () => {
    const icmp = new IcmpError();
    Object.assign(icmp, { src: ROUTER, dst: OURS });
    setIcmp(icmp, false, 3, 1);
    Object.assign(icmp.quoted, { src: OURS, dst: THEIRS });
    expect(() => encodeIcmpError(icmp, table, new Uint8Array(60), 0)).toThrow('no room for 68 bytes at 0');
  });

  test('no bytes make it throw, and an ICMPv6 checksum covers the pseudo-header (RFC 4443 §2.3)', () => {
    const into = new IcmpError();
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.boolean(), (bytes, v6) => {
        if (bytes.length > 9) {
          bytes[0] = v6 ? 0x60 : 0x45;
          bytes[v6 ? 6 : 9] = v6 ? 58 : 1;
        }
        expect(() => decode(bytes, into)).not.toThrow();
      }),
    );
    const icmp = new IcmpError();
    Object.assign(icmp, { src: ROUTER6, dst: OURS6 });
    setIcmp(icmp, true, 1, 4);
    Object.assign(icmp.quoted, { src: OURS6, sport: 1, dst: THEIRS6, dport: 2, seq: 3, flags: ACK });
    const out = new Uint8Array(200);
    const n = encodeIcmpError(icmp, table, out, 0);
    let sum = pseudoHeaderSum(ROUTER6, OURS6, n - 40, table, 58);
    for (let i = 40; i < n; i += 2) sum += (out[i]! << 8) | out[i + 1]!;
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
    expect(sum).toBe(0xffff);
    out[20] = out[20]! ^ 1; // a wrong source: the checksum no longer fits
    expect(decode(out.slice(0, n))).toBeUndefined();
  });
});

/** Makes the checksum of the ICMP message right again after a change. */
function fixChecksum(bytes: Uint8Array): void {
  bytes[22] = 0;
  bytes[23] = 0;
  const sum = inetChecksum(bytes, 20, bytes.length - 20);
  bytes[22] = sum >>> 8;
  bytes[23] = sum;
}
