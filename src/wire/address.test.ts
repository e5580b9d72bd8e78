import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressTable, IPV6_BASE, isIpv6 } from './address.ts';
import { HalfopenError } from './error.ts';
import { formatIpv4, parseIpv4 } from './ipv4-text.ts';
import { formatIpv6, parseIpv6 } from './ipv6-text.ts';

const canonical = (text: string) => {
  const bytes = new Uint8Array(16);
  expect(parseIpv6(text, bytes, 0), text).toBe(true);
  return formatIpv6(bytes, 0);
};

describe('IPv4 text', () => {
  test('dotted decimal is the uint32 in network order', () => {
    expect(parseIpv4('192.0.2.1')).toBe(0xc0000201);
    expect(parseIpv4('255.255.255.255')).toBe(0xffffffff);
    expect(formatIpv4(0xcb007150)).toBe('203.0.113.80');
  });

  test('anything else is -1', () => {
    for (const bad of ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.-4', '1.2.3.4 ', '0x1.2.3.4', '::1']) {
      expect(parseIpv4(bad), bad).toBe(-1);
    }
  });

  test('round trip', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 32 - 1 }), (a) => {
        expect(parseIpv4(formatIpv4(a))).toBe(a);
      }),
    );
  });
});

describe('IPv6 text', () => {
  // Each pair is an example or rule of RFC 5952.
  test.each([
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'], // §1, §4.2.3: of equal runs the first
    ['2001:0db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'], // §4.1: no leading zeros
    ['2001:db8::1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:DB8:0:0:1::1', '2001:db8::1:0:0:1'], // §4.3: lower case
    ['2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001', '2001:db8:aaaa:bbbb:cccc:dddd:eeee:1'], // §2.1
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'], // §4.2.2: one zero group is not shortened
    ['2001:db8:0:0:0:0:2:1', '2001:db8::2:1'], // §4.2.1: as short as possible
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'], // §4.2.3: the longest run
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'], // §5
    ['::FFFF:C000:0201', '::ffff:192.0.2.1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['fe80:0:0:0:0:0:0:0', 'fe80::'],
    ['1:0:0:2:3:4:0:0', '1::2:3:4:0:0'],
  ])('%s is written %s', (input, output) => expect(canonical(input)).toBe(output));

  test('what is not an address is refused', () => {
    const bad = [
      '',
      ':',
      ':::',
      '1',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '1::2::3',
      '1:2:3:4:5:6:7::8',
      '12345::',
      'g::',
    ];
    bad.push('::1.2.3', '1.2.3.4::', '::1.2.3.4:5', 'fe80::1%eth0', ':1:2:3:4:5:6:7', '1:2:3:4:5:6:7:', '::1 ');
    for (const text of bad) expect(parseIpv6(text, new Uint8Array(16), 0), text).toBe(false);
  });

  test('round trip', () => {
    const group = fc.oneof(fc.constant(0), fc.nat({ max: 0xffff }));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const full = groups.map((g) => g.toString(16)).join(':');
        const bytes = new Uint8Array(16);
        expect(parseIpv6(canonical(full), bytes, 0)).toBe(true);
        expect([...bytes]).toEqual(groups.flatMap((g) => [g >> 8, g & 255]));
      }),
    );
  });
});

describe('AddressTable', () => {
  test('IPv4 handles are the address itself', () => {
    const table = new AddressTable();
    const handle = table.parse('198.51.100.7');
    expect(handle).toBe(0xc6336407);
    expect([isIpv6(handle), table.isV6(handle), table.count]).toEqual([false, false, 0]);
    const out = new Uint8Array(6);
    table.bytes(handle, out, 1);
    expect([...out]).toEqual([0, 198, 51, 100, 7, 0]);
    expect(table.format(handle)).toBe('198.51.100.7');
  });

  test('same IPv6 bytes, same handle; handles count up from 2^32', () => {
    const table = new AddressTable();
    expect(table.parse('2001:db8::1')).toBe(IPV6_BASE);
    expect(table.parse('2001:db8::2')).toBe(IPV6_BASE + 1);
    expect(table.parse('2001:0DB8:0::1')).toBe(IPV6_BASE);
    expect(table.format(IPV6_BASE + 1)).toBe('2001:db8::2');
    expect(table.isV6(IPV6_BASE)).toBe(true);
  });

  test('survives growth: 5,000 addresses keep their handles and bytes', () => {
    const table = new AddressTable();
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 5000; i++) {
        view.setUint32(0, 0x20010db8);
        view.setUint32(4 * (1 + (i % 3)), 0xffffffff - i);
        expect(table.intern(bytes, 0)).toBe(IPV6_BASE + i);
        bytes.fill(0);
      }
    }
    expect(table.count).toBe(5000);
    expect(table.format(IPV6_BASE + 3)).toBe('2001:db8:ffff:fffc::');
  });

  test('after any sweep, those that were shown keep their handles, and the others come back as themselves', () => {
    const step = fc.oneof(
      fc.record({ intern: fc.nat(60) }),
      fc.record({ keep: fc.uniqueArray(fc.nat(60), { maxLength: 40 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), fc.integer(), (steps, seed) => {
        const table = new AddressTable(8, seed);
        const held = new Map<string, number>();
        for (const one of steps) {
          if ('intern' in one) {
            const text = `2001:db8::${(one.intern + 1).toString(16)}`;
            const handle = table.parse(text);
            expect(handle).toBe(held.get(text) ?? handle);
            held.set(text, handle);
          } else {
            const kept = [...held].filter(([text]) => one.keep.some((n) => text.endsWith(`::${n.toString(16)}`)));
            table.sweep((visit) => {
              for (const [, handle] of kept) visit(handle);
            });
            held.clear();
            for (const [text, handle] of kept) held.set(text, handle);
          }
          expect(table.count).toBe(held.size);
          expect(new Set(held.values()).size).toBe(held.size);
          for (const [text, handle] of held) expect(table.format(handle)).toBe(text);
        }
      }),
    );
  });

  test('the hash of an address is that of its bytes, whatever its handle', () => {
    const table = new AddressTable(8, 5);
    const first = table.hash(table.parse('2001:db8::1'));
    table.sweep(() => {});
    table.parse('2001:db8::2');
    expect(table.hash(table.parse('2001:db8::1'))).toBe(first);
  });

  test('text that is no address: one sentence', () => {
    const parse = () => new AddressTable().parse('10.0.0.256');
    expect(parse).toThrow(HalfopenError);
    expect(parse).toThrow(
      "'10.0.0.256' is not an address: expected IPv4 such as 192.0.2.1 or IPv6 such as 2001:db8::1",
    );
  });

  test('a handle of another table is a bug and says so', () => {
    expect(() => new AddressTable().format(IPV6_BASE + 9)).toThrow(RangeError);
  });
});
