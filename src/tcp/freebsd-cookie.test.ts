/** FreeBSD's cookies against the layout and tables of tcp_syncache.c, taken apart here by hand. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ACK, Segment } from '../wire/segment.ts';
import { LINUX6 } from './config.ts';
import { freebsdCookies } from './freebsd-cookie.ts';
import { HalfOpen } from './half-open.ts';
import { SEC } from './types.ts';

const maker = freebsdCookies(Uint32Array.of(1, 2, 3, 4));

function half(fields: Partial<HalfOpen> = {}): HalfOpen {
  const base = { local: 0xc0000201, localPort: 80, remote: 0xc6120001, remotePort: 1024, irs: 0xffffffff, mss: 1460 };
  return Object.assign(new HalfOpen(), base, fields);
}

/** The ACK that the client of `h` sends, with the cookie back. */
function returning(h: HalfOpen, fields: Partial<Segment> = {}): Segment {
  const numbers = { seq: (h.irs + 1) >>> 0, ack: (h.iss + 1) >>> 0, flags: ACK, wnd: 501 };
  const addresses = { src: h.remote, sport: h.remotePort, dst: h.local, dport: h.localPort };
  return Object.assign(new Segment(), addresses, numbers, fields);
}

function redeem(now: number, ack: Segment): HalfOpen | null {
  const into = new HalfOpen();
  return maker.redeem(now, ack, 80, LINUX6, into) ? into : null;
}

describe('what a cookie carries', () => {
  // tcp_sc_msstab: rounded down, below the first it becomes the first.
  test.each([
    [100, 216],
    [216, 216],
    [535, 216],
    [536, 536],
    [1199, 536],
    [1359, 1200],
    [1399, 1360],
    [1439, 1400],
    [1451, 1440],
    [1459, 1452],
    [1460, 1460],
    [8960, 1460],
  ])('an MSS of %i comes back as %i', (mss, back) => {
    const h = half({ mss });
    maker.bake(0, 0, h);
    expect(redeem(0, returning(h))?.mss).toBe(back);
  });

  // tcp_sc_wstab: exactly 0, 1, 2, 4, 6, 7, 8; others rounded down; index 0 means none.
  test.each([
    [-1, -1],
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 4],
    [5, 4],
    [6, 6],
    [7, 7],
    [8, 8],
    [14, 8],
  ])('a window scale of %i comes back as %i, without timestamps', (ws, back) => {
    const h = half({ ws, sackPerm: true });
    maker.bake(0, 0, h);
    expect(h).toMatchObject({ ws, sackPerm: true }); // and the SYN/ACK may offer all of it
    expect(redeem(0, returning(h))).toMatchObject({ ws: back, sackPerm: true, tsRecent: -1, wnd: 501 });
  });

  test('timestamps are in use when the ACK brings them, ECN never', () => {
    const h = half({ tsRecent: 7, ecn: true });
    maker.bake(0, 1000, h);
    expect(redeem(0, returning(h, { tsVal: 8 }))).toMatchObject({ tsRecent: 8, tsOffset: h.tsOffset, ecn: false });
    expect(redeem(0, returning(h))).toMatchObject({ tsRecent: -1, tsOffset: 0 });
  });

  test('the eight bits lie under the top of the MAC: MSS, scale, SACK, which secret, from the top down', () => {
    for (const [period, odd] of [
      [0, 0],
      [1, 1],
      [2, 0],
    ] as const) {
      const h = half({ mss: 1400, ws: 6, sackPerm: true }); // indices 4 and 5
      maker.bake(period * 15 * SEC, 0, h);
      expect((h.iss & 0xff) ^ (h.iss >>> 24)).toBe((4 << 5) | (5 << 2) | (1 << 1) | odd);
    }
  });
});

describe('how long it is good', () => {
  // A secret makes cookies for 15 s and is replaced 15 s after that (SYNCOOKIE_LIFETIME).
  test.each([0, 1, 14.999, 15, 22, 29.999, 45])('made at %f s: to the end of the next period of 15 s', (seconds) => {
    const h = half();
    maker.bake(seconds * SEC, 0, h);
    const end = (Math.floor(seconds / 15) + 2) * 15;
    expect(redeem(end * SEC - 1, returning(h))).not.toBeNull();
    expect(redeem(end * SEC, returning(h))).toBeNull();
    expect(redeem((end + 15) * SEC, returning(h))).toBeNull();
  });

  test('the same SYN in the same period gets the same cookie, in another one another', () => {
    const [a, b, c] = [half(), half(), half()];
    maker.bake(1, 0, a);
    maker.bake(14 * SEC, 0, b);
    maker.bake(16 * SEC, 0, c);
    expect(b.iss).toBe(a.iss);
    expect(c.iss).not.toBe(a.iss);
  });
});

test('any other number, address or port is refused', () => {
  const h = half({ ws: 7, sackPerm: true });
  maker.bake(0, 0, h);
  const change = fc.oneof(
    fc.integer({ min: 1, max: 0xffffffff }).map((by) => ({ ack: (h.iss + 1 + by) >>> 0 })),
    fc.integer({ min: 1, max: 0xffff }).map((by) => ({ seq: (h.irs + 1 + by) >>> 0 })),
    fc.integer({ min: 1, max: 0xffff }).map((by) => ({ src: h.remote + by })),
    fc.integer({ min: 1025, max: 0xffff }).map((sport) => ({ sport })),
  );
  // By chance one in 2^24 passes; fast-check's seed is fixed so that this is no lottery.
  fc.assert(
    fc.property(change, (fields) => redeem(0, returning(h, fields)) === null),
    { seed: 1, numRuns: 2000 },
  );
  expect(redeem(0, returning(h))).not.toBeNull();
});

test('IPv6 addresses are told from the IPv4 addresses with the same lower word', () => {
  const h4 = half({ remote: 5, local: 6 });
  const h6 = half({ remote: 2 ** 32 + 5, local: 2 ** 32 + 6 });
  maker.bake(0, 0, h4);
  maker.bake(0, 0, h6);
  expect(h4.iss).not.toBe(h6.iss);
  expect(redeem(0, returning(h6))).not.toBeNull();
});
