import { describe, expect, test } from 'vitest';
import { AddressTable } from './address.ts';
import { flagNames, formatFlags, formatOptions, formatSegment } from './print.ts';
import { ACK, AE, CWR, ECE, FIN, PSH, RST, Segment, SYN, URG } from './segment.ts';

const addresses = new AddressTable();
const segment = (fields: Partial<Segment>) =>
  Object.assign(new Segment(), {
    ...{ src: addresses.parse('192.0.2.1'), sport: 40000, dst: addresses.parse('203.0.113.80'), dport: 80 },
    ...fields,
  });

const raw = (hex: string) => {
  const bytes = Uint8Array.from(Buffer.from(`ee${hex.replaceAll(' ', '')}`, 'hex'));
  return Object.assign(new Segment(), { rawOpt: bytes, rawOptOff: 1, rawOptLen: bytes.length - 1 });
};

test.each([
  [SYN, 'S', 'SYN'],
  [SYN | ACK, 'S.', 'SYN,ACK'],
  [ACK, '.', 'ACK'],
  [ACK | PSH, 'P.', 'PSH,ACK'],
  [ACK | FIN, 'F.', 'FIN,ACK'],
  [RST, 'R', 'RST'],
  [RST | ACK, 'R.', 'RST,ACK'],
  [SYN | FIN, 'FS', 'SYN,FIN'],
  [SYN | ECE | CWR | AE, 'SEWe', 'SYN,ECE,CWR,AE'],
  [URG | ACK | PSH | FIN, 'FP.U', 'FIN,PSH,ACK,URG'],
  [0, 'none', ''],
])('flags %i: %s', (flags, letters, names) => {
  expect(formatFlags(flags)).toBe(letters);
  expect(flagNames(flags)).toBe(names);
});

describe('one line, as tcpdump writes it', () => {
  test('SYN', () => {
    const syn = segment({
      flags: SYN,
      seq: 4294967280,
      wnd: 64240,
      mss: 1460,
      sackPerm: true,
      tsVal: 100,
      tsEcr: 0,
      ws: 7,
    });
    expect(formatSegment(syn, addresses)).toBe(
      'IP 192.0.2.1.40000 > 203.0.113.80.80: Flags [S], seq 4294967280, win 64240, ' +
        'options [mss 1460,sackOK,TS val 100 ecr 0,nop,wscale 7], length 0',
    );
  });

  test('data has a range, a pure ACK has no sequence number', () => {
    const data = segment({ flags: ACK | PSH, seq: 1000, ack: 5001, wnd: 502, len: 11 });
    expect(formatSegment(data, addresses)).toBe(
      'IP 192.0.2.1.40000 > 203.0.113.80.80: Flags [P.], seq 1000:1011, ack 5001, win 502, length 11',
    );
    expect(formatSegment(segment({ flags: ACK, seq: 7, ack: 8, wnd: 9 }), addresses)).toBe(
      'IP 192.0.2.1.40000 > 203.0.113.80.80: Flags [.], ack 8, win 9, length 0',
    );
  });

  test('relative numbers, across the wrap, SACK edges too', () => {
    const seg = segment({ flags: ACK, seq: 5, ack: 0xfffffff5, wnd: 1, len: 10, sackCount: 1 });
    seg.sack.set([0xffffffff, 9]);
    expect(formatSegment(seg, addresses, { relative: { seq: 0xfffffffb, ack: 0xfffffff4 } })).toBe(
      'IP 192.0.2.1.40000 > 203.0.113.80.80: Flags [.], seq 10:20, ack 1, win 1, ' +
        'options [nop,nop,sack 1 {11:21}], length 10',
    );
  });

  test('IPv6, urgent pointer', () => {
    const seg = segment({ src: addresses.parse('2001:db8::1'), dst: addresses.parse('2001:db8::2'), flags: ACK | URG });
    Object.assign(seg, { urg: 3, ack: 1, wnd: 2 });
    expect(formatSegment(seg, addresses)).toBe(
      'IP6 2001:db8::1.40000 > 2001:db8::2.80: Flags [.U], ack 1, win 2, urg 3, length 0',
    );
  });
});

describe('options are shown in wire order', () => {
  test.each([
    ['', ''],
    ['0303 07 01 0402 0101 00000000', 'wscale 7,nop,sackOK,nop,nop,eol'],
    ['2202', 'tfo cookiereq'],
    ['2206 aabbccdd', 'tfo cookie aabbccdd'],
    ['fe04 f989', 'exp-tfo cookiereq'],
    ['fe0a acc1 000001 010000', 'exp-accecn1 1 65536'],
    ['fd06 1234 aabb', 'exp-0x1234 0xaabb'],
    ['1312 00112233445566778899aabbccddeeff', 'md5 0x00112233445566778899aabbccddeeff'],
    ['1d10 3d54 000102030405060708090a0b', 'tcp-ao keyid 61 rnextkeyid 84 mac 000102030405060708090a0b'],
    ['1e04 0101', 'mptcp capable'],
    ['1e04 8001', 'mptcp tcprst'],
    ['1e04 f001', 'mptcp subtype-15'],
    ['1c04 8005', 'uto 5min'],
    ['1c04 003c', 'uto 60s'],
    ['ac0b 000001 000002 000003', 'accecn0 1 2 3'],
    ['ae05 010000', 'accecn1 65536'],
    ['4d03 aa', 'unknown-77 0xaa'],
    ['4d02', 'unknown-77'],
    ['0203 ff', 'mss 0xff'],
    ['0400', 'sackOK [bad length 0]'],
    ['0204 05', 'mss [bad length 4]'],
    ['02', 'mss [bad length]'],
  ])('%s: %s', (hex, text) => {
    expect(formatOptions(raw(hex))).toBe(text);
  });
});
