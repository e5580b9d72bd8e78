import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AddressTable } from '../wire/address.ts';
import { FAST_OPEN_COOKIE_BYTES, FastOpenKeys, fastOpenKeysOf, parseFastOpenKeys } from './fast-open-cookie.ts';

const KEYS = parseFastOpenKeys('a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4,00000001-00000002-00000003-00000004')!;
const [OLD, NEW] = KEYS as [Uint32Array, Uint32Array];

function cookie(keys: FastOpenKeys, client: number, server: number): string {
  const out = new Uint8Array(16);
  keys.bake(client, server, out);
  return Buffer.from(out.subarray(0, FAST_OPEN_COOKIE_BYTES)).toString('hex');
}

describe('cookies of Linux', () => {
  const table = new AddressTable();
  const client = table.parse('192.0.2.1');
  const server = table.parse('192.168.0.1');

  // Public: packetdrill's run_all.py names the first two for its tests, and the tests of Linux the last table; the one for
  // another key was measured on Linux 6.18.
  test('IPv4', () => {
    expect(cookie(new FastOpenKeys(OLD, null, table), client, server)).toBe('3021b9d889017eeb');
  });

  test('IPv6', () => {
    const keys = new FastOpenKeys(OLD, null, table);
    expect(cookie(keys, table.parse('fd3d:fa7b:d17d::1'), table.parse('fd3d:0a0b:17d6::1'))).toBe('c1d1e9742a47a9bc');
  });

  test('another key', () => {
    expect(cookie(new FastOpenKeys(NEW, OLD, table), client, server)).toBe('6d239c6d1b1d2410');
  });

  test.each([
    ['10.248.0.2', '192.168.0.2', '00abaaabe8e954c2'],
    ['10.248.0.3', '192.168.0.2', '1313a2da994a0951'],
    ['10.248.0.3', '192.168.0.3', '76d2c1c530f51f79'],
  ])('%s at %s', (from, to, expected) => {
    const [key] = parseFastOpenKeys('a0bf63f7-ed803d81-cd641d30-cebc4a90') as [Uint32Array];
    expect(cookie(new FastOpenKeys(key, null, table), table.parse(from), table.parse(to))).toBe(expected);
  });

  test('a key of zeros', () => {
    const keys = new FastOpenKeys(new Uint32Array(4), null, table);
    expect(cookie(keys, table.parse('10.248.0.2'), table.parse('192.168.0.2'))).toBe('93b7aa4f550f8a1a');
  });

  test('the same without an address table, for IPv4', () => {
    expect(cookie(new FastOpenKeys(OLD, null, null), client, server)).toBe('3021b9d889017eeb');
  });
});

describe('checking', () => {
  const client = 0xc0000201;
  const server = 0xc0a80001;
  const bytes = Uint8Array.from(Buffer.from('3021b9d889017eeb', 'hex'));

  test('tells the primary key from the backup key', () => {
    expect(new FastOpenKeys(OLD, null, null).check(client, server, bytes, 8)).toBe(1);
    expect(new FastOpenKeys(NEW, OLD, null).check(client, server, bytes, 8)).toBe(2);
    expect(new FastOpenKeys(NEW, null, null).check(client, server, bytes, 8)).toBe(0);
  });

  // holds: RFC 7413 R2
  test('is for one client, one server and one length', () => {
    const keys = new FastOpenKeys(OLD, null, null);
    expect(keys.check(client + 1, server, bytes, 8)).toBe(0);
    expect(keys.check(client, server + 1, bytes, 8)).toBe(0);
    expect(keys.check(client, server, bytes, 6)).toBe(0);
    expect(keys.check(client, server, Uint8Array.from([...bytes, ...bytes]), 16)).toBe(0);
  });

  // holds: RFC 7413 R2
  test('accepts what was baked, and nothing with a bit changed', () => {
    const handle = fc.oneof(
      fc.nat({ max: 2 ** 32 - 1 }),
      fc.nat({ max: 1000 }).map((i) => 2 ** 32 + i),
    );
    fc.assert(
      fc.property(handle, handle, fc.nat({ max: 63 }), (a, b, bit) => {
        const keys = new FastOpenKeys(OLD, NEW, null);
        const baked = new Uint8Array(FAST_OPEN_COOKIE_BYTES);
        keys.bake(a, b, baked);
        expect(keys.check(a, b, baked, baked.length)).toBe(1);
        baked[bit >>> 3]! ^= 1 << (bit & 7);
        expect(keys.check(a, b, baked, baked.length)).toBe(0);
      }),
    );
  });
});

describe('keys as text and bytes', () => {
  test('one and two keys', () => {
    expect(parseFastOpenKeys('1-2-3-4')).toEqual([Uint32Array.of(1, 2, 3, 4)]);
    expect(KEYS.map((key) => [...key])).toEqual([
      [0xa1a1a1a1, 0xb2b2b2b2, 0xc3c3c3c3, 0xd4d4d4d4],
      [1, 2, 3, 4],
    ]);
  });

  test.each(['', '1-2-3', '1-2-3-4-5', 'x-2-3-4', '1-2-3-4,', '1-2-3-4,1-2-3-4,1-2-3-4', '123456789-2-3-4'])(
    "'%s' is none",
    (text) => {
      expect(parseFastOpenKeys(text)).toBeUndefined();
    },
  );

  test('bytes are little-endian words', () => {
    const bytes = Uint8Array.from(Buffer.from('f763bfa0813d80ed301d64cd904abcce', 'hex'));
    expect(fastOpenKeysOf(bytes)).toEqual(parseFastOpenKeys('a0bf63f7-ed803d81-cd641d30-cebc4a90'));
    expect(fastOpenKeysOf(bytes.subarray(1))).toBeUndefined();
    expect(fastOpenKeysOf(Uint8Array.from([...bytes, ...bytes]))).toHaveLength(2);
  });
});
