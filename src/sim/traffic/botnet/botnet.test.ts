import { describe, expect, test } from 'vitest';
import { PartyLoop } from '../../../../test/support/party-loop.ts';
import { MS, SEC } from '../../../tcp/types.ts';
import { ACK, RST, SYN } from '../../../wire/segment.ts';
import type { BotKindSpec, BotnetSpec, IngressSpec, OrderSpec, TakeDownSpec } from '../../flood-model.ts';
import { type Botnet, makeBotnet } from './botnet.ts';

const KIND: BotKindSpec = {
  kind: 'iot',
  count: 20,
  prefix: '10.0.0.0/16',
  networkBits: 24,
  uplink: 1000,
  rtt: { shape: 'fixed', value: 40 * MS },
};
const ORDER: OrderSpec = {
  at: 10 * SEC,
  port: 80,
  rate: 5,
  duration: 10 * SEC,
  spoof: 'own',
  prefix: '',
  live: 0,
  shape: 'bare',
};
const SPEC: BotnetSpec = {
  name: 'b',
  bots: [KIND],
  c2: '203.0.113.66',
  poll: 4 * SEC,
  joinWithin: 2 * SEC,
  orders: [ORDER],
  takeDown: null,
  as: 'each',
};
const C2 = 0xcb00_7142;
const TARGET = 0xcb00_7150;

function run(
  spec: Partial<BotnetSpec>,
  until: number,
  { seed = 1, ingress = { deployed: 0, mode: 'strict' } as IngressSpec, keep = false } = {},
): { botnet: Botnet; loop: PartyLoop } {
  const loop = new PartyLoop();
  loop.keeps = keep;
  const botnet = makeBotnet({ ...SPEC, ...spec }, { seed, target: '203.0.113.80', ingress }, loop.tx);
  loop.join(botnet.ranges, botnet.parties, botnet.emitters);
  loop.runTo(until);
  return { botnet, loop };
}

const text = (bytes: Uint8Array) => [...bytes].map((b) => String.fromCharCode(b)).join('');

describe('a bot', () => {
  test('registers, polls, obeys and reports, each over a TCP connection of its own', () => {
    const one = { bots: [{ ...KIND, count: 1, prefix: '10.0.0.7/32', networkBits: 32 }] };
    const { loop, botnet } = run(one, 30 * SEC, { keep: true });
    const said = loop.sent.filter(([, seg]) => seg.len > 0).map(([, seg]) => text(seg.payload));
    expect(said[0]).toBe(
      'POST /register HTTP/1.1\r\nHost: 203.0.113.66\r\nContent-Length: 15\r\nConnection: close\r\n\r\nbot=0 kind=iot\n',
    );
    expect(said[1]).toBe('HTTP/1.1 200 OK\r\nContent-Length: 11\r\nConnection: close\r\n\r\nregistered\n');
    expect(said).toContain(
      'GET /orders HTTP/1.1\r\nHost: 203.0.113.66\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
    const line = 'order=0 target=203.0.113.80 port=80 rate=5 until=20000000000 spoof=own shape=bare\n';
    expect(said).toContain(`HTTP/1.1 200 OK\r\nContent-Length: ${line.length}\r\nConnection: close\r\n\r\n${line}`);
    const { syns } = botnet.report(loop.now);
    expect(syns).toBeGreaterThan(5);
    const body = `bot=0 order=0 syns=${syns}\n`;
    expect(said).toContain(
      `POST /report HTTP/1.1\r\nHost: 203.0.113.66\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    // A handshake, a request, a response and two FINs each, and nothing is reset or sent twice.
    const exchanges = said.length / 2;
    expect(loop.sent.filter(([, seg]) => seg.flags === SYN)).toHaveLength(exchanges);
    expect(loop.sent.filter(([, seg]) => (seg.flags & RST) !== 0)).toEqual([]);
  });

  test('floods from when it has read the order, to its end', () => {
    const { loop, botnet } = run({ orders: [{ ...ORDER, rate: 50 }] }, 10 * SEC);
    expect(loop.emitted).toBe(0);
    const seen: number[] = [];
    loop.onEmit = (now, seg) => {
      seen.push(now);
      expect([seg.dst, seg.dport, seg.flags]).toEqual([TARGET, 80, SYN]);
    };
    loop.runTo(60 * SEC);
    const [ordered] = botnet.moments;
    expect(ordered?.what).toBe('bots-ordered');
    expect(seen[0]).toBeGreaterThanOrEqual(ordered!.t);
    expect(seen.at(-1)).toBeLessThan(20 * SEC);
    expect(botnet.report(loop.now).syns).toBe(seen.length);
  });

  test('does not answer the server that it floods', () => {
    const { loop, botnet } = run({}, 5 * SEC, { keep: true });
    const before = loop.sent.length;
    const syn = loop.sent.find(([, seg]) => seg.flags === SYN)![1];
    const crowd = botnet.parties[1]!;
    crowd.receive(5 * SEC, Object.assign(syn, { src: TARGET, dst: syn.src, sport: 80, flags: SYN | ACK }));
    expect(loop.sent.length).toBe(before);
  });

  test('floods no faster than its uplink', () => {
    const spec = { orders: [{ ...ORDER, rate: 5000 }], bots: [{ ...KIND, uplink: 100 }], poll: MS };
    for (const as of ['each', 'sum'] as const) {
      const { botnet, loop } = run({ ...spec, as, joinWithin: 0, poll: 100 * MS }, 15 * SEC);
      expect(botnet.view(loop.now)).toMatchObject({ bots: 20, registered: 20, flooding: 20, rate: 2000 });
    }
  });

  test('is seen by kind, and what left of the order that holds', () => {
    const slow = { ...KIND, kind: 'iot', count: 5, prefix: '10.9.0.0/16', uplink: 10 } as const;
    for (const as of ['each', 'sum'] as const) {
      const spec = { orders: [{ ...ORDER, rate: 50 }], bots: [{ ...KIND, uplink: 100 }, slow], poll: 100 * MS };
      const { botnet, loop } = run({ ...spec, as, joinWithin: 0 }, 15 * SEC);
      const { kinds, letOut, stopped } = botnet.view(loop.now);
      expect(kinds).toEqual([
        { kind: KIND.kind, bots: 20, registered: 20, flooding: 20, rate: 1000 },
        { kind: 'iot', bots: 5, registered: 5, flooding: 5, rate: 50 },
      ]);
      expect([letOut, stopped]).toEqual([botnet.report(loop.now).syns, 0]);
      expect(letOut).toBeGreaterThan(0);
    }
  });
});

describe.each(['each', 'sum'] as const)('%s: sources', (as) => {
  const sources = (spoof: OrderSpec['spoof'], ingress: IngressSpec) => {
    const orders = [{ ...ORDER, spoof, prefix: spoof === 'random' ? '198.18.0.0/16' : '', rate: 200 }];
    const loop = new PartyLoop();
    const spec = { ...SPEC, as, orders, poll: SEC, bots: [{ ...KIND, count: 200 }] };
    const botnet = makeBotnet(spec, { seed: 3, target: '203.0.113.80', ingress }, loop.tx);
    loop.join(botnet.ranges, botnet.parties, botnet.emitters);
    const seen = new Set<number>();
    loop.onEmit = (_, seg) => seen.add(seg.src);
    loop.runTo(14 * SEC);
    return { seen: [...seen], report: botnet.report(loop.now) };
  };
  const open: IngressSpec = { deployed: 0, mode: 'strict' };

  test('own: the addresses of bots, all of them in time', () => {
    const { seen, report } = sources('own', { deployed: 1, mode: 'strict' });
    expect(seen.length).toBeGreaterThan(185);
    expect(seen.length).toBeLessThanOrEqual(200);
    expect(seen.every((a) => a >>> 16 === 0x0a00)).toBe(true);
    expect(report.filtered).toBe(0);
  });

  test("subnet: within the bots' own networks, which no filter stops", () => {
    const { seen, report } = sources('subnet', { deployed: 1, mode: 'strict' });
    const homes = new Set(sources('own', open).seen.map((a) => a >>> 8));
    expect(seen.length).toBeGreaterThan(5000);
    expect(seen.filter((a) => !homes.has(a >>> 8))).toEqual([]);
    expect(report.filtered).toBe(0);
  });

  test("random: anywhere in its range, unless the bot's network filters", () => {
    const all = sources('random', open);
    expect(all.seen.every((a) => a >>> 16 === 0xc612)).toBe(true);
    expect(all.report.filtered).toBe(0);
    const half = sources('random', { deployed: 0.5, mode: 'strict' }).report;
    // The bots sit in some 139 networks (256 × (1 - (255/256)^200)), each filters or not.
    expect(half.filtered / (half.filtered + half.syns)).toBeGreaterThan(0.3);
    expect(half.filtered / (half.filtered + half.syns)).toBeLessThan(0.7);
    const none = sources('random', { deployed: 1, mode: 'strict' });
    expect([none.seen.length, none.report.syns]).toEqual([0, 0]);
    expect(none.report.filtered).toBeGreaterThan(10_000);
    expect(sources('random', { deployed: 1, mode: 'loose' }).report.filtered).toBe(0);
  });
});

describe.each(['each', 'sum'] as const)('%s: take-down', (as) => {
  const fall = (how: TakeDownSpec['how'], at = 5 * SEC, keep = false) =>
    run({ as, takeDown: { how, at }, bots: [{ ...KIND, count: 200 }] }, 30 * SEC, { keep });

  test.each(['sinkhole', 'edge-block', 'outage'] as const)('%s before the order: nobody floods', (how) => {
    const { botnet, loop } = fall(how);
    const report = botnet.report(loop.now);
    expect([report.informed, report.informedBy, report.syns]).toEqual([[0], [-1], 0]);
    expect(report.registered).toBe(200);
    expect(botnet.moments).toEqual([{ t: 5 * SEC, what: 'take-down' }]);
    expect(botnet.view(loop.now).takenDown).toBe(true);
    // 200 bots poll every 4 s; what began 1.5 round trips before the fall failed, and failure takes a while to see.
    const seen = { sinkhole: 80 * MS, outage: 40 * MS, 'edge-block': 7 * SEC + 40 * MS }[how];
    const expected = (50 * (25 * SEC + 60 * MS - seen)) / SEC;
    expect(Math.abs(report.pollsFailed - expected)).toBeLessThan(3.29 * Math.sqrt(expected));
    expect(Math.abs(report.polls - 50 * 29)).toBeLessThan(3.29 * Math.sqrt(50 * 29));
  });

  test('after all have read the order it changes nothing for the flood', () => {
    const { botnet, loop } = run({ as, poll: 300 * MS, takeDown: { how: 'sinkhole', at: 15 * SEC } }, 30 * SEC);
    const { informed, syns } = botnet.report(loop.now);
    expect(informed).toEqual([20]);
    // 20 bots at 5 a second for 9.7 s.
    expect(Math.abs(syns - 968)).toBeLessThan(3.29 * Math.sqrt(968));
    expect(botnet.moments.map(({ what }) => what)).toEqual(['bots-ordered', 'take-down']);
  });
});

describe('what bots see of a take-down', () => {
  const last = (how: TakeDownSpec['how']) => {
    const { loop } = run({ takeDown: { how, at: 5 * SEC } }, 30 * SEC, { keep: true });
    return loop.sent.filter(([t]) => t > 6 * SEC);
  };

  test('sinkhole: a web server that knows no orders', () => {
    const said = last('sinkhole').filter(([, seg]) => seg.src === C2 && seg.len > 0);
    expect(said.length).toBeGreaterThan(50);
    expect(new Set(said.map(([, seg]) => text(seg.payload)))).toEqual(
      new Set(['HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n']),
    );
  });

  test('edge-block: nothing; a SYN at 0, 1 and 3 s', () => {
    const sent = last('edge-block');
    expect(sent.filter(([, seg]) => seg.src === C2)).toEqual([]);
    expect(sent.every(([, seg]) => seg.flags === SYN)).toBe(true);
    const times = new Map<string, number[]>();
    for (const [t, seg] of sent) {
      const key = `${seg.src}:${seg.sport}`;
      times.set(key, [...(times.get(key) ?? []), t]);
    }
    const whole = [...times.values()].filter((ts) => ts[0]! > 10 * SEC && ts[0]! < 25 * SEC);
    expect(whole.length).toBeGreaterThan(20);
    for (const ts of whole) expect(ts.map((t) => t - ts[0]!)).toEqual([0, SEC, 3 * SEC]);
  });

  test('outage: the host refuses connections by RST', () => {
    const sent = last('outage').filter(([, seg]) => seg.src === C2);
    expect(sent.length).toBeGreaterThan(50);
    expect(sent.every(([, seg]) => seg.flags === (RST | ACK))).toBe(true);
  });
});

describe.each(['each', 'sum'] as const)('%s', (as) => {
  const orders = [
    ORDER,
    { ...ORDER, at: 15 * SEC, spoof: 'random', prefix: '198.18.0.0/16' } as const,
    { ...ORDER, at: 5 * SEC, duration: 2 * SEC },
  ];
  const hash = (seed: number) => {
    const loop = new PartyLoop();
    const botnet = makeBotnet(
      { ...SPEC, as, orders },
      { seed, target: '203.0.113.80', ingress: { deployed: 0, mode: 'strict' } },
      loop.tx,
    );
    loop.join(botnet.ranges, botnet.parties, botnet.emitters);
    let h = 0;
    loop.onEmit = (now, seg) => {
      h = (Math.imul(h, 31) + (now % 1e6) + seg.src + seg.sport + seg.seq) | 0;
    };
    loop.runTo(30 * SEC);
    return JSON.stringify([h, botnet.report(loop.now), botnet.moments]);
  };

  test('the same seed gives the same run, another seed another', () => {
    expect(hash(1)).toBe(hash(1));
    expect(hash(1)).not.toBe(hash(2));
  });

  test('looking at it changes nothing', () => {
    const quiet = run({ as, orders }, 30 * SEC);
    const loop = new PartyLoop();
    const watched = makeBotnet(
      { ...SPEC, as, orders },
      { seed: 1, target: '203.0.113.80', ingress: { deployed: 0, mode: 'strict' } },
      loop.tx,
    );
    loop.join(watched.ranges, watched.parties, watched.emitters);
    for (let t = 0; t <= 30; t++) {
      loop.runTo(t * SEC);
      watched.view(loop.now);
      watched.report(loop.now);
    }
    expect(watched.report(30 * SEC)).toEqual(quiet.botnet.report(30 * SEC));
  });
});

test('auto plays up to 2,000 bots one by one', () => {
  const how = (count: number) =>
    makeBotnet(
      { ...SPEC, as: 'auto', bots: [{ ...KIND, count }] },
      { seed: 1, target: '203.0.113.80', ingress: { deployed: 0, mode: 'strict' } },
      new PartyLoop().tx,
    ).report(0).how;
  expect([how(2000), how(2001)]).toEqual(['each', 'sum']);
});

test.each<[string, Partial<BotnetSpec>]>([
  ['bots', { bots: [{ ...KIND, prefix: '11.0.0.0/16' }] }],
  ['more bots than addresses', { bots: [{ ...KIND, count: 70_000 }] }],
  ['networks larger than the prefix', { bots: [{ ...KIND, networkBits: 8 }] }],
  ['a command host', { c2: '8.8.8.8' }],
  ['forged sources', { orders: [{ ...ORDER, spoof: 'random', prefix: '8.0.0.0/8' }] }],
])('%s that cannot or may not be are refused', (_what, spec) => {
  for (const as of ['each', 'sum'] as const) expect(() => run({ ...spec, as }, 0)).toThrow(/: found .*, expected /);
});
