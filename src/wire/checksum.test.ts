import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AddressTable } from './address.ts';
import { addViewWords, addWords, inetChecksum, pseudoHeaderSum, tcpChecksum } from './checksum.ts';

/** RFC 1071 §1, word by word. */
function oracle(bytes: Uint8Array): number {
  let sum = 0n;
  for (let i = 0; i < bytes.length; i += 2) sum += BigInt(bytes[i]! * 256 + (bytes[i + 1] ?? 0));
  while (sum >> 16n) sum = (sum & 0xffffn) + (sum >> 16n);
  return Number(sum);
}

test('the example of RFC 1071 §3: 0001 f203 f4f5 f6f7 sums to ddf2', () => {
  const bytes = Uint8Array.of(0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7);
  expect(addWords(bytes, 0, 8, 0)).toBe(0xddf2);
  expect(inetChecksum(bytes, 0, 8)).toBe(0x220d);
});

test('an odd last byte is the high half of a word', () => {
  expect(inetChecksum(Uint8Array.of(0x12, 0x34, 0x56), 0, 3)).toBe(~(0x1234 + 0x5600) & 0xffff);
});

test('agrees with the plain sum for any bytes, any offset', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat({ max: 9 }), (data, off) => {
      const bytes = new Uint8Array(off + data.length + 3).fill(0xee);
      bytes.set(data, off);
      expect(inetChecksum(bytes, off, data.length)).toBe(~oracle(data) & 0xffff);
    }),
  );
});

test('no overflow: 300,001 bytes of ff', () => {
  const bytes = new Uint8Array(300_001).fill(0xff);
  expect(inetChecksum(bytes, 0, bytes.length)).toBe(~oracle(bytes) & 0xffff);
});

test('pseudo-header, summed by hand', () => {
  const table = new AddressTable();
  // c000+0201 + cb00+7150 + 0006 + 0028 = 1fe7f -> fe80
  expect(pseudoHeaderSum(0xc0000201, 0xcb007150, 40, table)).toBe(0xfe80);
  // 2001+0db8+0001 + 2001+0db8+0002 + 0006 + 0014 = 5b8f
  const [a, b] = [table.parse('2001:db8::1'), table.parse('2001:db8::2')];
  expect(pseudoHeaderSum(a, b, 20, table)).toBe(0x5b8f);
});

test('tcpChecksum gives the value to store, and 0 once it is stored', () => {
  // 192.0.2.1.40000 > 203.0.113.80.80, SYN, no options: see the sum in tcp-header.test.ts's terms.
  const tcp = Uint8Array.of(0x9c, 0x40, 0, 0x50, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0x20, 0, 0, 0, 0, 0);
  // pseudo (length 20): 1fe6b -> fe6c; 9c40+0050+0001+5002+2000 = 10c93; together 20aff -> 0b01
  expect(tcpChecksum(tcp, 0, 20, 0xc0000201, 0xcb007150, new AddressTable())).toBe(~0x0b01 & 0xffff);
  tcp[16] = 0xf4;
  tcp[17] = 0xfe;
  expect(tcpChecksum(tcp, 0, 20, 0xc0000201, 0xcb007150, new AddressTable())).toBe(0);
});

test('over a view, from any offset and for any length, the sum is the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), fc.nat(0xffff), (data, skip, sum) => {
      const off = Math.min(skip, data.length);
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      const len = data.length - off;
      expect(addViewWords(view, off, len, sum)).toBe(addWords(data, off, len, sum));
    }),
  );
  const most = new Uint8Array(70_000).fill(0xff);
  for (const len of [65_535, 65_536, 70_000]) {
    expect(addViewWords(new DataView(most.buffer), 0, len, 0)).toBe(addWords(most, 0, len, 0));
  }
});
