/** Boxes that only let pass or drop: ingress filter, rate limits, first-SYN drop, black hole, block list. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLACKHOLE } from '../../src/sim/middlebox/blackhole.ts';
import { BLOCK_LIST } from '../../src/sim/middlebox/block-list.ts';
import { makeBox } from '../../src/sim/middlebox/box-kind.ts';
import { FIRST_SYN_DROP } from '../../src/sim/middlebox/first-syn-drop.ts';
import { ingressPasses } from '../../src/sim/middlebox/ingress-filter.ts';
import { inAny, networkOf, parsePrefixes } from '../../src/sim/middlebox/networks.ts';
import { RATE_LIMIT, refilled } from '../../src/sim/middlebox/rate-limit.ts';
import type { Middlebox } from '../../src/sim/middlebox/types.ts';
import { parsePrefix } from '../../src/sim/prefix.ts';
import { stream } from '../../src/sim/rng.ts';
import { LINUX6, RFC9293 } from '../../src/tcp/config.ts';
import { MS, type Nanos, SEC } from '../../src/tcp/types.ts';
import { ACK, RST, Segment } from '../../src/wire/segment.ts';
import { CLIENT, deps, Exchange, LONG, Rig, synFrom } from './rig.ts';

const port = { alloc: () => new Segment(), toServer: () => undefined, toNet: () => undefined };
const home = parsePrefix('198.18.0.0/16', 'test');

function passes(box: Middlebox, now: Nanos, seg: Segment): boolean {
  return box.fromNet(now, seg, port);
}

describe('networks', () => {
  test('the network of an address has its first bits, by a slow oracle', () => {
    const bits = (n: number): string => (n >>> 0).toString(2).padStart(32, '0');
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), fc.nat({ max: 32 }), (address, length) => {
        expect(bits(networkOf(address, length))).toBe(bits(address).slice(0, length).padEnd(32, '0'));
      }),
    );
  });

  test('an IPv6 address is a network of its own, in no prefix', () => {
    expect(networkOf(2 ** 32 + 5, 24)).toBe(2 ** 32 + 5);
    expect(inAny(2 ** 32 + 5, parsePrefixes(['10.0.0.0/8'], 'test'))).toBe(false);
  });
});

describe('ingress filter (RFC 2827, RFC 3704)', () => {
  test.each([
    // RFC 2827 §3: only the prefix that the customer was given.
    ['strict', 0xc6120001, true],
    ['strict', 0xc6130001, false],
    ['strict', 0x0a000001, false],
    // RFC 3704 §2.4: anything that is routed somewhere; martians are not.
    ['loose', 0xc6130001, true],
    ['loose', 0x7f000001, false],
    ['loose', 0x00000001, false],
    ['loose', 0xe0000001, false],
    ['loose', 0xa9fe0001, false],
  ] as const)('%s, source %i: %s', (mode, source, out) => {
    expect(ingressPasses(mode, home, source)).toBe(out);
  });

  test('loose with a table of what is routed', () => {
    const routed = parsePrefixes(['203.0.113.0/24'], 'test');
    expect(ingressPasses('loose', home, 0xcb007150, routed)).toBe(true);
    expect(ingressPasses('loose', home, 0xc6120001, routed)).toBe(false);
  });
});

describe('rate limit', () => {
  test('the aggregate passes burst + rate × time of a flood', () => {
    const box = makeBox(RATE_LIMIT, { rate: 100, burst: 50 }, deps());
    // The last of 200,000 comes at 9.99995 s: floor(50 + 999.995).
    for (let i = 0; i < 200_000; i++) passes(box, i * 50_000, synFrom(0x0a000000 + i, 1024, i));
    expect(box.counters).toMatchObject({ seen: 200_000, synPassed: 1049, rateLimitDropped: 198_951 });
  });

  test('friend and foe alike: a user passes with rate / (flood + users)', () => {
    const dice = stream(1, 'arrivals');
    const box = makeBox(RATE_LIMIT, { rate: 100, burst: 1 }, deps());
    let users = 0;
    let through = 0;
    let now = 0;
    // 990 forged and 10 users' SYNs per second in random order, for 400 s: a share of 100 / 1000.
    for (let i = 0; i < 400_000; i++) {
      now += dice.below(2 * MS);
      const user = dice.below(100) === 0;
      const passed = passes(box, now, synFrom(user ? CLIENT : 0x0a000000 + i, 1024, i));
      if (!user) continue;
      users++;
      if (passed) through++;
    }
    // Four standard deviations of a binomial share.
    expect(Math.abs(through / users - 0.1)).toBeLessThan(4 * Math.sqrt((0.1 * 0.9) / users));
  });

  test('per source holds one address, and is blind to forged ones', () => {
    const one = makeBox(RATE_LIMIT, { per: 'source', rate: 100, burst: 50, entries: 1000 }, deps());
    const many = makeBox(RATE_LIMIT, { per: 'source', rate: 100, burst: 50, entries: 1000 }, deps());
    for (let i = 0; i < 200_000; i++) {
      passes(one, i * 50_000, synFrom(0x0a000001, 1024 + (i % 1000), i));
      passes(many, i * 50_000, synFrom(0x0a000000 + i, 1024, i));
    }
    expect(one.counters).toMatchObject({ synPassed: 1049, rateLimitDropped: 198_951 });
    expect(many.counters).toMatchObject({ synPassed: 200_000, rateLimitDropped: 0 });
  });

  test('sources of one /24 share a bucket', () => {
    const box = makeBox(RATE_LIMIT, { per: 'source', prefixLength: 24, rate: 1, burst: 3 }, deps());
    const through = [1, 2, 3, 4, 256].map((host) => passes(box, 0, synFrom(0xc6120000 + host, 1024, 1)));
    expect(through).toEqual([true, true, true, false, true]);
    expect(box.entries).toBe(2);
  });

  test('beyond its entries the least recently used source is forgotten, and begins anew', () => {
    const box = makeBox(RATE_LIMIT, { per: 'source', rate: 1, burst: 1, entries: 2 }, deps());
    const [a, b, c] = [1, 2, 3].map((host) => synFrom(host + 0x0a000000, 1024, 1)) as [Segment, Segment, Segment];
    expect([passes(box, 0, a), passes(box, 1, b), passes(box, 2, a)]).toEqual([true, true, false]);
    expect(passes(box, 3, c)).toBe(true);
    // b went, a stayed.
    expect([passes(box, 4, a), passes(box, 5, b)]).toEqual([false, true]);
    expect(box.counters.evicted).toBe(2);
  });

  test('only SYNs count', () => {
    const box = makeBox(RATE_LIMIT, { rate: 1, burst: 1 }, deps());
    const ack = synFrom(CLIENT, 1024, 1);
    ack.flags = ACK;
    for (let i = 0; i < 10; i++) expect(passes(box, 0, ack)).toBe(true);
    expect(box.counters.synPassed).toBe(0);
  });

  test('levels are exact: waiting in two parts is waiting at once', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 2 ** 31 }),
        fc.nat({ max: 2 ** 45 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        (a, b, rate, burst) => {
          const parts = refilled(refilled(0, a, rate, burst), b, rate, burst);
          expect(parts).toBe(refilled(0, a + b, rate, burst));
          const oracle = BigInt(a + b) * BigInt(rate);
          const full = BigInt(burst) * 1_000_000_000n;
          expect(BigInt(parts)).toBe(oracle < full ? oracle : full);
        },
      ),
    );
  });
});

describe('first-SYN drop', () => {
  const verdicts = (box: Middlebox, times: readonly Nanos[]): boolean[] =>
    times.map((at) => passes(box, at, synFrom(CLIENT, 1024, 77)));

  test('the retransmission of a TCP passes: SYNs at 0, 1, 3, 7 s (RFC 6298)', () => {
    const box = makeBox(FIRST_SYN_DROP, {}, deps());
    expect(verdicts(box, [0, 1 * SEC, 3 * SEC, 7 * SEC])).toEqual([false, true, true, true]);
  });

  test('6 s after the last is in time, 6 s and 1 ns is a first SYN again', () => {
    const box = makeBox(FIRST_SYN_DROP, {}, deps());
    expect(verdicts(box, [0, 6 * SEC, 12 * SEC + 1, 13 * SEC])).toEqual([false, true, false, true]);
    expect(box.counters).toMatchObject({ firstSynDropped: 1, tooLateDropped: 1, retransmissionPassed: 2 });
  });

  test('a repetition too soon is dropped, and the wait begins anew', () => {
    const box = makeBox(FIRST_SYN_DROP, { min: 500 * MS }, deps());
    expect(verdicts(box, [0, 100 * MS, 599 * MS, 1099 * MS])).toEqual([false, false, false, true]);
    expect(box.counters.tooEarlyDropped).toBe(2);
  });

  test('another ISN, port or address is another connection', () => {
    const box = makeBox(FIRST_SYN_DROP, {}, deps());
    passes(box, 0, synFrom(CLIENT, 1024, 77));
    for (const syn of [synFrom(CLIENT, 1024, 78), synFrom(CLIENT, 1025, 77), synFrom(CLIENT + 1, 1024, 77)]) {
      expect(passes(box, 1 * SEC, syn)).toBe(false);
    }
    expect(box.entries).toBe(4);
  });

  test('a flood that sends each SYN once vanishes; one that sends it thrice passes with two of three', () => {
    const once = makeBox(FIRST_SYN_DROP, {}, deps());
    const thrice = makeBox(FIRST_SYN_DROP, {}, deps());
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 20_000; i++) {
        passes(once, round * SEC + i * 50_000, synFrom(0x0a000000 + i, round, i));
        passes(thrice, round * SEC + i * 50_000, synFrom(0x0a000000 + i, 1024, i));
      }
    }
    expect(once.counters).toMatchObject({ firstSynDropped: 60_000, retransmissionPassed: 0 });
    expect(thrice.counters).toMatchObject({ firstSynDropped: 20_000, retransmissionPassed: 40_000 });
  });

  test.each([
    ['RFC 9293', RFC9293],
    ['Linux 6', LINUX6],
  ])('%s: a user connects one SYN timeout later: 1 s and a round trip of 42 ms', (_name, config) => {
    const rig = new Rig(makeBox(FIRST_SYN_DROP, {}, deps()), { config });
    const x = new Exchange(rig);
    rig.run(LONG, x.turn);
    expect(x.complete).toBe(true);
    expect(x.establishedAt).toBe(1 * SEC + 42 * MS);
  });
});

describe('black hole', () => {
  test('drops everything from one moment until before another', () => {
    const box = makeBox(BLACKHOLE, { from: 10, to: 20 }, deps());
    const through = [9, 10, 19, 20].map((at) => passes(box, at, synFrom(CLIENT, 1, 1)));
    expect(through).toEqual([true, false, false, true]);
  });

  test('by rate: as many as allowed pass, the next opens the hole until `hold` after the last second with too many', () => {
    const box = makeBox(BLACKHOLE, { trigger: 'rate', rate: 3, hold: 10 * SEC }, deps());
    const at = (times: readonly Nanos[]): boolean[] => times.map((t) => passes(box, t, synFrom(CLIENT, 1, 1)));
    expect(at([0, 1, 2])).toEqual([true, true, true]);
    expect(at([3])).toEqual([false]);
    expect(at([10 * SEC + 2])).toEqual([false]);
    expect(at([10 * SEC + 3])).toEqual([true]);
    expect(box.counters).toMatchObject({ triggered: 1, blackholeDropped: 2 });
  });

  test('users are offline with the flood', () => {
    const rig = new Rig(makeBox(BLACKHOLE, { from: 0, to: 3600 * SEC }, deps()));
    const x = new Exchange(rig);
    rig.run(LONG, x.turn);
    expect(x.clientEnd).toBe('timeout');
    expect(rig.serverSyns).toBe(0);
  });
});

describe('block list', () => {
  test('listed networks are out, whatever they send', () => {
    const box = makeBox(BLOCK_LIST, { sources: ['198.51.100.0/24', '10.0.0.1'] }, deps());
    const rst = synFrom(CLIENT, 1, 1);
    rst.flags = RST;
    expect(passes(box, 0, rst)).toBe(false);
    expect(passes(box, 0, synFrom(0x0a000001, 1, 1))).toBe(false);
    expect(passes(box, 0, synFrom(0x0a000002, 1, 1))).toBe(true);
  });

  test('the fifth SYN without an ACK blocks its source, for `hold`', () => {
    const box = makeBox(BLOCK_LIST, { after: 5, hold: 60 * SEC }, deps());
    const through = [1, 2, 3, 4, 5, 6].map((i) => passes(box, i * SEC, synFrom(CLIENT, i, i)));
    expect(through).toEqual([true, true, true, true, false, false]);
    expect(passes(box, 65 * SEC - 1, synFrom(CLIENT, 9, 9))).toBe(false);
    expect(passes(box, 65 * SEC, synFrom(CLIENT, 9, 9))).toBe(true);
  });

  test('against forged addresses it blocks nobody', () => {
    const box = makeBox(BLOCK_LIST, { after: 5 }, deps());
    for (let i = 0; i < 50_000; i++) passes(box, i * 50_000, synFrom(0x0a000000 + i, 1, i));
    expect(box.counters).toMatchObject({ blocked: 0, blockedDropped: 0 });
  });

  test("or, when users' addresses are forged, the users", () => {
    const rig = new Rig(makeBox(BLOCK_LIST, { after: 5 }, deps()));
    for (let i = 0; i < 5; i++) rig.inject(synFrom(CLIENT, 2000 + i, i));
    rig.run(10 * MS);
    const x = new Exchange(rig);
    rig.run(LONG, x.turn);
    expect(x.complete).toBe(false);
    expect(x.clientEnd).toBe('timeout');
    expect(rig.box.counters.blocked).toBe(1);
  });
});
