/** SYN proxies: what reaches the server, what clients are told, and the life of a spliced connection. */
import { describe, expect, test } from 'vitest';
import { makeBox } from '../../src/sim/middlebox/box-kind.ts';
import { SYN_PROXY } from '../../src/sim/middlebox/syn-proxy.ts';
import { clientToServer, serverToClient } from '../../src/sim/middlebox/translate.ts';
import type { Middlebox } from '../../src/sim/middlebox/types.ts';
import { RFC9293 } from '../../src/tcp/config.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { ACK, RST, Segment, SYN } from '../../src/wire/segment.ts';
import { CLIENT, deps, Exchange, LONG, PORT, Rig, SERVER, synFrom } from './rig.ts';

/** Announces what RFC9293 stacks do. */
const proxy = (params: Readonly<Record<string, number | string>> = {}): Middlebox =>
  makeBox(SYN_PROXY, { wscale: 7, ...params }, deps());

/** Flights over one hop: time in ms, flags, sequence number. */
function flights(rig: Rig, hop: string): [number, number, number][] {
  return rig.log
    .map((line) => line.split(' '))
    .filter((words) => words[1] === hop)
    .map((words) => [Number(words[0]) / MS, Number(words[2]), Number(words[3])]);
}

describe.each(['cookie', 'table'])('mode %s', (mode) => {
  test('no SYN of a silent flood reaches the server', () => {
    const rig = new Rig(proxy({ mode }));
    for (let i = 0; i < 2000; i++) rig.inject(synFrom(0x0a000000 + i, 1024, i));
    rig.run(100 * MS);
    expect(rig.serverSyns).toBe(0);
    expect(rig.halfOpen).toBe(0);
    expect(rig.backscatter).toBe(2000);
    expect(rig.box.entries).toBe(mode === 'cookie' ? 0 : 2000);
    rig.run(LONG);
    expect(rig.serverSyns).toBe(0);
    expect(rig.box.entries).toBe(0);
  });

  test('a user among 2,000 forged SYNs connects and is served', () => {
    const rig = new Rig(proxy({ mode }));
    for (let i = 0; i < 2000; i++) rig.inject(synFrom(0x0a000000 + i, 1024, i));
    const x = new Exchange(rig);
    rig.run(LONG, x.turn);
    expect(x.complete).toBe(true);
    // The proxy answers from half way: its round trip is 40 ms, not 42.
    expect(x.establishedAt).toBe(40 * MS);
  });

  test('an ACK that nobody was asked for stays outside', () => {
    const rig = new Rig(proxy({ mode }));
    const ack = synFrom(CLIENT, 1024, 1000);
    ack.flags = ACK;
    ack.ack = 5000;
    rig.inject(ack);
    rig.run(LONG);
    expect(flights(rig, 'box-server')).toEqual([]);
  });

  test("a closed port is told to the client, whose handshake was the proxy's", () => {
    const rig = new Rig(proxy({ mode }));
    rig.server.unlisten(PORT, 0, rig.serverTx);
    const x = new Exchange(rig);
    rig.run(LONG, x.turn);
    expect(x.clientEnd).toBe('reset');
    expect(rig.box.entries).toBe(0);
  });

  test('a silent server is asked at 0, 1, 3 and 7 s, then both sides are reset at 15 s', () => {
    const rig = new Rig(proxy({ mode }));
    rig.server.crash();
    rig.server.onSegment = () => undefined;
    const x = new Exchange(rig);
    const isn = x.client.tcb.iss;
    rig.run(LONG, x.turn);
    // The client's ACK is at the box after 60 ms.
    expect(flights(rig, 'box-server')).toEqual([
      [60, SYN, isn],
      [1060, SYN, isn],
      [3060, SYN, isn],
      [7060, SYN, isn],
      [15060, RST, (isn + 1) >>> 0],
    ]);
    expect(x.clientEnd).toBe('reset');
  });
});

test('from its table it repeats a SYN/ACK after 1 and 2 s, and forgets the client 4 s later', () => {
  const rig = new Rig(proxy({ mode: 'table' }));
  rig.inject(synFrom(0x0a000001, 1024, 1));
  rig.run(6_900 * MS);
  expect(flights(rig, 'box-client').map(([at]) => at)).toEqual([20, 1020, 3020]);
  expect(rig.box.entries).toBe(1);
  rig.run(7_020 * MS);
  expect(rig.box.entries).toBe(0);
});

describe('what it tells', () => {
  function answer(box: Middlebox, syn: Segment): Segment {
    let said = new Segment();
    const port = {
      alloc: () => new Segment(),
      toServer: () => undefined,
      toNet: (s: Segment) => {
        said = s;
      },
    };
    expect(box.fromNet(1 * SEC, syn, port)).toBe(false);
    return said;
  }

  function fullSyn(): Segment {
    const syn = synFrom(CLIENT, 1024, 0xffffffff);
    syn.ws = 3;
    syn.sackPerm = true;
    syn.tsVal = 7000;
    syn.tsEcr = 0;
    return syn;
  }

  test('a SYN/ACK with a window of 0 and the announced options', () => {
    const said = answer(proxy({ mode: 'cookie', mss: 1400, wscale: 9 }), fullSyn());
    expect(said).toMatchObject({
      src: SERVER,
      sport: PORT,
      dst: CLIENT,
      dport: 1024,
      flags: SYN | ACK,
      ack: 0,
      wnd: 0,
    });
    expect(said).toMatchObject({ mss: 1400, ws: 9, sackPerm: true, tsEcr: 7000 });
  });

  test('cookies without timestamps carry no window scale and no SACK (Linux SYNPROXY); a table keeps them', () => {
    const syn = fullSyn();
    syn.tsVal = -1;
    expect(answer(proxy({ mode: 'cookie' }), syn)).toMatchObject({ ws: -1, sackPerm: false, tsVal: -1 });
    expect(answer(proxy({ mode: 'table' }), syn)).toMatchObject({ ws: 7, sackPerm: true, tsVal: -1 });
  });

  test('what is not to be announced is not', () => {
    const said = answer(proxy({ mode: 'table', sack: 'no', timestamps: 'no', wscale: -1 }), fullSyn());
    expect(said).toMatchObject({ ws: -1, sackPerm: false, tsVal: -1 });
  });

  test.each([
    ['cookie', 1460, 1460],
    ['cookie', 1400, 1300],
    ['cookie', 100, 536],
    ['table', 1400, 1400],
  ])("%s: the server gets the client's ISN and options, of MSS %i %i is left", (mode, mss, left) => {
    const rig = new Rig(proxy({ mode }), { config: { ...RFC9293, mss } });
    const syns: Segment[] = [];
    const { onSegment } = rig.server;
    rig.server.onSegment = (now, seg, tx) => {
      if (seg.flags === SYN) syns.push(Object.assign(new Segment(), { ...seg }));
      onSegment.call(rig.server, now, seg, tx);
    };
    const x = new Exchange(rig);
    rig.run(1 * SEC, x.turn);
    expect(syns).toHaveLength(1);
    expect(syns[0]).toMatchObject({ src: CLIENT, seq: x.client.tcb.iss, mss: left, ws: 7, sackPerm: true, tsEcr: 0 });
  });
});

describe('translation', () => {
  // Proxy's ISN 100, server's 0xffffff00: delta 356; clocks 50 and 7.
  const delta = (100 - 0xffffff00) | 0;
  const clocks = 50 - 7;

  test("a client's acknowledgment, SACK blocks and echo are moved to the server's numbers and clock", () => {
    const seg = synFrom(CLIENT, 1, 4000);
    seg.flags = ACK;
    seg.ack = 101;
    seg.tsVal = 9;
    seg.tsEcr = 50;
    seg.sackCount = 1;
    seg.sack[0] = 500;
    seg.sack[1] = 800;
    const to = new Segment();
    clientToServer(seg, to, delta, clocks);
    expect(to).toMatchObject({ seq: 4000, ack: 0xffffff01, tsVal: 9, tsEcr: 7 });
    expect([...to.sack.subarray(0, 2)]).toEqual([144, 444]);
  });

  test("a server's sequence numbers and clock are moved to the client's, its acknowledgment stays", () => {
    const seg = new Segment();
    seg.flags = ACK;
    seg.seq = 0xffffff01;
    seg.ack = 4000;
    seg.tsVal = 8;
    seg.tsEcr = 9;
    const to = new Segment();
    serverToClient(seg, to, delta, clocks);
    expect(to).toMatchObject({ seq: 101, ack: 4000, tsVal: 51, tsEcr: 9 });
  });
});

describe('adaptive (pf: start 25 %, end 12 % of the state limit)', () => {
  const entries = 1000;

  test('251 SYNs pass, then cookies begin', () => {
    const rig = new Rig(proxy({ mode: 'adaptive', entries }), { listen: { backlog: 4096 } });
    for (let i = 0; i < 2000; i++) rig.inject(synFrom(0x0a000000 + i, 1024, i));
    rig.run(100 * MS);
    expect(rig.box.counters).toMatchObject({ synPassed: 251, adaptiveOn: 1, synAbsorbed: 1749 });
    expect(rig.serverSyns).toBe(251);
  });

  test('and end at the first look, every 15 s, that finds fewer than 120 half open or under way', () => {
    const box = proxy({ mode: 'adaptive', entries });
    const port = { alloc: () => new Segment(), toServer: () => undefined, toNet: () => undefined };
    for (let i = 0; i < 500; i++) box.fromNet(i, synFrom(0x0a000000 + i, 1024, i), port);
    const off: number[] = [];
    while (box.nextTimer() < Infinity) {
      const at = box.nextTimer();
      box.onTimer(at, port);
      if (box.counters.adaptiveOff === 1) off.push(at);
    }
    // On at 251 ns. The look after 15 s finds 251 half open and 249 cookies under way; after 30 s the half-open ones have
    // expired, but the cookies of the period before the last still count, as pf's do until their key is replaced.
    expect(off[0]).toBe(45 * SEC + 251);
  });

  test('a connection that passed before stays as it was, one begun with a cookie is spliced; both are served', () => {
    const rig = new Rig(proxy({ mode: 'adaptive', entries }), { listen: { backlog: 4096 } });
    const before = new Exchange(rig);
    rig.run(60 * MS, before.turn);
    for (let i = 0; i < 1000; i++) rig.inject(synFrom(0x0a000000 + i, 1024, i));
    rig.run(70 * MS, before.turn);
    const after = new Exchange(rig);
    rig.run(10 * SEC, () => {
      before.turn();
      after.turn();
    });
    expect(rig.box.counters.spliced).toBe(1);
    expect([before.atClient.length, after.atClient.length]).toEqual([8_000, 8_000]);
    rig.run(LONG, () => {
      before.turn();
      after.turn();
    });
    expect([before.clientEnd, after.clientEnd]).toEqual(['closed', 'closed']);
  });

  test('while cookies are sent, any one segment of a user may be lost', () => {
    const begin = (lose: number): [Rig, Exchange] => {
      const rig = new Rig(proxy({ mode: 'adaptive', entries: 40 }), { lose });
      for (let i = 0; i < 20; i++) rig.inject(synFrom(0x0a000000 + i, 1024, i));
      rig.run(100 * MS);
      return [rig, new Exchange(rig)];
    };
    const [whole, first] = begin(-1);
    const from = whole.sent - 1;
    whole.run(LONG, first.turn);
    expect(whole.box.counters.spliced).toBe(1);
    const bad: number[] = [];
    for (let lose = from; lose < whole.sent; lose++) {
      const [rig, x] = begin(lose);
      rig.run(LONG, x.turn);
      if (!x.complete) bad.push(lose);
    }
    expect(bad).toEqual([]);
  });
});

test('what a spliced connection leaves behind goes after 120 s, and its ports can be used again', () => {
  const rig = new Rig(proxy());
  const x = new Exchange(rig);
  rig.run(10 * SEC, x.turn);
  expect(rig.box.entries).toBe(1);
  rig.run(LONG, x.turn);
  expect(x.complete).toBe(true);
  expect(rig.box.entries).toBe(0);
  const again = new Exchange(rig);
  rig.run(2 * LONG, again.turn);
  expect(again.complete).toBe(true);
});
