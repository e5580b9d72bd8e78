import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIpv4 } from '../../wire/ipv4-text.ts';
import { Segment } from '../../wire/segment.ts';
import { AttemptSamples } from './attempt-samples.ts';
import { SynPrints } from './syn-prints.ts';
import { SynShape } from './syn-shape.ts';
import { RUN } from './target-profile.ts';
import { unlikelySource } from './unlikely-sources.ts';

const noOptions = () => new Uint8Array(0);

describe('source addresses', () => {
  // RFC 6890 tables, and the first and last of each block with its neighbours outside.
  test.each([
    [2, ['0.0.0.0', '0.255.255.255', '127.0.0.1', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255']],
    [1, ['10.0.0.0', '10.255.255.255', '100.64.0.0', '100.127.255.255', '169.254.1.1', '172.16.0.0', '172.31.255.255']],
    [1, ['192.0.0.255', '192.0.2.7', '192.168.0.0', '192.168.255.255', '198.18.0.0', '198.19.255.255', '198.51.100.1']],
    [1, ['203.0.113.255']],
    [0, ['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0']],
    [
      0,
      ['169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.0.3.0', '192.167.255.255'],
    ],
    [
      0,
      [
        '192.169.0.0',
        '198.17.255.255',
        '198.20.0.0',
        '198.51.99.255',
        '203.0.112.255',
        '203.0.114.0',
        '223.255.255.255',
      ],
    ],
  ])('%i: %s', (kind, addresses) => {
    for (const address of addresses) expect(unlikelySource(parseIpv4(address)), address).toBe(kind);
  });

  test('IPv6 is not looked at', () => {
    expect(unlikelySource(2 ** 32 + 3)).toBe(0);
  });
});

describe('traits', () => {
  test('ports: repeated, next, low', () => {
    const shape = new SynShape();
    const seg = new Segment();
    for (const sport of [5, 5, 6, 7, 7, 40_000]) {
      seg.sport = sport;
      seg.src = 1;
      shape.add(seg, 64, 1, 0);
    }
    expect(shape.read(noOptions)).toMatchObject({ portRepeated: 2, portNext: 2, portBelow1024: 5, impossible: 0 });
  });

  test('a socket that sends to itself (LAND) is impossible; a host that talks to itself, or loopback to loopback, is not', () => {
    const shape = new SynShape();
    const seg = new Segment();
    const sends = (src: number, sport: number, dst: number, dport: number): number => {
      Object.assign(seg, { src, sport, dst, dport });
      shape.add(seg, 64, 0, unlikelySource(src));
      return shape.read(noOptions).impossible;
    };
    expect(sends(0x01020304, 80, 0x01020304, 80)).toBe(1);
    expect(sends(0x01020304, 4000, 0x01020304, 80)).toBe(1);
    expect(sends(0x7f000001, 4000, 0x7f000002, 80)).toBe(1);
    expect(sends(0x7f000001, 4000, 0x01020304, 80)).toBe(2);
  });
});

test('two shapes merged are one that saw both', () => {
  const seg = new Segment();
  const kinds = fc.array(fc.tuple(fc.nat(3), fc.nat(2), fc.nat(255)), { maxLength: 50 });
  fc.assert(
    fc.property(kinds, kinds, (left, right) => {
      const [a, b, both] = [new SynShape(), new SynShape(), new SynShape()];
      for (const [shape, syns] of [
        [a, left],
        [b, right],
      ] as const)
        for (const [wnd, print, ttl] of syns) {
          Object.assign(seg, { wnd, sport: 2000 + 2 * ttl, src: 1, dst: 2 });
          shape.add(seg, ttl, print, 0);
          both.add(seg, ttl, print, 0);
        }
      a.merge(b);
      const { portRepeated: _a, portNext: _b, ...merged } = a.read(noOptions);
      const { portRepeated: _c, portNext: _d, ...seen } = both.read(noOptions);
      expect({ ...merged, prints: 0 }).toEqual({ ...seen, prints: 0 });
      const sorted = (s: typeof seen) => s.prints.map((p) => [p.window, p.attempts].join()).sort();
      expect(sorted(a.read(noOptions))).toEqual(sorted(both.read(noOptions)));
    }),
    { numRuns: 40 },
  );
});

test('prints: up to eight kinds are exact; kinds made up for each SYN are counted as lost, and the frequent one stays', () => {
  const few = new SynPrints();
  for (let i = 0; i < 80; i++) few.add(1000 + (i % 8), i % 2);
  expect(few.read(noOptions).map((p) => p.attempts)).toEqual([10, 10, 10, 10, 10, 10, 10, 10]);
  const many = new SynPrints();
  for (let i = 0; i < 50_000; i++) {
    many.add(i & 0xffff, 3);
    many.add(512, 0);
  }
  const read = many.read(noOptions);
  expect(read.length).toBeLessThanOrEqual(64);
  expect(read[0]).toMatchObject({ window: 512, attempts: 50_000 });
  expect(read.reduce((sum, p) => sum + p.attempts, 0) + many.lost).toBe(100_000);
});

test('samples: at most 256, in runs of eight that follow each other directly, over all of the time', () => {
  fc.assert(
    fc.property(fc.nat(20_000), (n) => {
      const samples = new AttemptSamples();
      for (let i = 0; i < n; i++) if (samples.isDue()) samples.add(i, i, 2 ** 32 + i, i & 0xffff, -1, i + 1);
      const { isn, packet, at } = samples.read();
      expect(isn.length).toBeLessThanOrEqual(32 * RUN);
      if (n <= 32 * RUN) expect(isn.length).toBe(n);
      else expect(isn.length).toBeGreaterThan(14 * RUN);
      isn.forEach((x, i) => {
        expect([packet[i], at[i]]).toEqual([x + 1, x]);
        if (i % RUN !== 0) expect(x).toBe(isn[i - 1]! + 1);
        else if (i > 0) expect(x).toBeGreaterThan(isn[i - 1]!);
      });
      // The last run kept began at most two strides before the end.
      const stride = isn.length > RUN ? isn[RUN]! - isn[0]! : RUN;
      if (n > 0) expect(n - isn.at(-1)!).toBeLessThanOrEqual(2 * stride);
    }),
    { numRuns: 60 },
  );
});
