import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CookieJar, cookieTsEcn, cookieTsSack, cookieTsScale, encodeCookieTs } from './cookie.ts';
import { SEC } from './types.ts';

const HOST = 0xc0000201;
const PEER = 0xc6120001;
const jar = new CookieJar(Uint32Array.of(1, 2, 3, 4));
const make = (now: number, irs: number, mss: number): number => jar.make(now, HOST, 80, PEER, 1024, irs, mss);
const check = (now: number, irs: number, cookie: number): number => jar.check(now, HOST, 80, PEER, 1024, irs, cookie);

describe('SYN cookies as measured on Linux 6.18', () => {
  test.each([
    [100, 536],
    [400, 536],
    [535, 536],
    [536, 536],
    [537, 536],
    [1000, 536],
    [1299, 536],
    [1300, 1300],
    [1400, 1300],
    [1439, 1300],
    [1440, 1440],
    [1452, 1440],
    [1459, 1440],
    [1460, 1460],
    [1461, 1460],
    [8960, 1460],
  ])("C_synack_options.csv: the client's MSS %i comes back as %i", (mss, want) => {
    expect(check(1 * SEC, 7, make(1 * SEC, 7, mss))).toBe(want);
  });

  test('C: same SYN in the same minute, same cookie; client ISN + 100, cookie + 100', () => {
    expect(make(59 * SEC, 5000, 1460)).toBe(make(0, 5000, 1460));
    expect(make(0, 5100, 1460)).toBe((make(0, 5000, 1460) + 100) >>> 0);
    expect(make(60 * SEC, 5000, 1460)).not.toBe(make(0, 5000, 1460));
  });

  // C_cookie_validity.csv: SYNs sent so long before a minute boundary; the second boundary is the end.
  // holds: RFC 4987 R6
  test.each([
    [44.6, 102.05, 105.05],
    [30.6, 90.05, 93.05],
    [16.6, 75.05, 78.05],
    [2.6, 60.05, 63.05],
  ])('C: made %f s before a minute boundary, good at age %f s, refused at %f s', (before, last, first) => {
    const t = (60 - before) * SEC;
    const cookie = make(t, 1, 1460);
    expect(check(t + last * SEC, 1, cookie)).toBe(1460);
    expect(check(t + first * SEC, 1, cookie)).toBe(-1);
  });

  // holds: RFC 4987 R5
  test('C: wrong number, other port, changed count bits: refused', () => {
    const cookie = make(0, 1, 1460);
    expect(check(0, 1, (cookie + 7) >>> 0)).toBe(-1);
    expect(check(0, 1001, cookie)).toBe(-1);
    expect(check(0, 1, (cookie ^ 0x10000000) >>> 0)).toBe(-1);
    expect(jar.check(0, HOST, 81, PEER, 1024, 1, cookie)).toBe(-1);
    expect(jar.check(0, HOST, 80, PEER, 1025, 1, cookie)).toBe(-1);
  });
});

test('a cookie returns the MSS class for any 4-tuple, ISN and minute, sequence wraps included', () => {
  const edge = fc.oneof(
    fc.integer({ min: 0, max: 0xffffffff }),
    fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff),
  );
  const port = fc.integer({ min: 0, max: 65535 });
  fc.assert(
    fc.property(edge, edge, port, port, edge, fc.integer({ min: 0, max: 1e6 }), (h, p, hp, pp, irs, minute) => {
      const now = minute * 60 * SEC + 59 * SEC;
      for (const [v6, mss] of [
        [0, 1440],
        [2 ** 32, 8940],
      ] as const) {
        const cookie = jar.make(now, v6 + h, hp, v6 + p, pp, irs, mss);
        expect(jar.check(now + 60 * SEC, v6 + h, hp, v6 + p, pp, irs, cookie)).toBe(mss);
        expect(jar.check(now + 62 * SEC, v6 + h, hp, v6 + p, pp, irs, cookie)).toBe(-1);
      }
    }),
  );
});

// holds: RFC 4987 R5
test('of 2^16 guesses hardly any passes: 8 good numbers in 2^32', () => {
  let hits = 0;
  for (let i = 0; i < 2 ** 16; i++) if (check(0, 1, (i * 65_537) >>> 0) >= 0) hits++;
  expect(hits).toBeLessThanOrEqual(1);
});

test('IPv6 uses its own table: 1220, 1420, 1440, 8940 (Linux net/ipv6/syncookies.c)', () => {
  const v6 = 2 ** 32;
  const back = (mss: number): number => jar.check(0, v6, 80, v6 + 1, 9, 1, jar.make(0, v6, 80, v6 + 1, 9, 1, mss));
  expect([500, 1220, 1419, 1420, 1440, 8939, 8940].map(back)).toEqual([1220, 1220, 1220, 1420, 1440, 1440, 8940]);
});

describe('options in the timestamp (Linux cookie_init_timestamp)', () => {
  // holds: RFC 4987 R5
  test('wscale, SACK and ECN come back; the clock is at most 63 ms early and never late', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 64, max: 0xffffffff }),
        fc.integer({ min: -1, max: 14 }),
        fc.boolean(),
        fc.boolean(),
        (clock, ws, sack, ecn) => {
          const ts = encodeCookieTs(clock, ws, sack, ecn);
          expect([cookieTsScale(ts), cookieTsSack(ts), cookieTsEcn(ts)]).toEqual([ws, sack, ecn]);
          expect(clock - ts).toBeGreaterThanOrEqual(0);
          expect(clock - ts).toBeLessThan(64);
        },
      ),
    );
  });

  test('layout of the low 6 bits, by hand: ECN 1, SACK 1, scale 0111', () => {
    expect(encodeCookieTs(0x10000, 7, true, true)).toBe(0x10000 - 0x40 + 0b110111);
    expect(encodeCookieTs(0x1003f, 7, true, false)).toBe(0x10000 + 0b010111);
    expect(encodeCookieTs(0x1003f, -1, false, false)).toBe(0x10000 + 0b001111);
  });

  test('the offset of a pair is stable and differs between pairs', () => {
    expect(jar.tsOffset(HOST, PEER)).toBe(jar.tsOffset(HOST, PEER));
    expect(jar.tsOffset(HOST, PEER)).not.toBe(jar.tsOffset(HOST, PEER + 1));
  });
});
