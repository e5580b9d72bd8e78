/** What every middlebox must do, whatever it does against floods: one suite for all. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stream } from '../../src/sim/rng.ts';
import { LINUX6, RFC9293, type TcpConfig } from '../../src/tcp/config.ts';
import { MS, type Nanos, SEC } from '../../src/tcp/types.ts';
import { IPV6_BASE } from '../../src/wire/address.ts';
import { ACK, Segment, SYN } from '../../src/wire/segment.ts';
import { Audited, boxOf, CLIENT, Exchange, LONG, PORT, Rig, SERVER, synFrom, type Variant } from './rig.ts';
import { VARIANTS } from './variants.ts';

const CONFIGS: readonly [string, TcpConfig][] = [
  ['RFC 9293', RFC9293],
  ['Linux 6', LINUX6],
  ['no options', { ...RFC9293, timestamps: false, sack: false, windowScale: -1 }],
  ['small windows', { ...LINUX6, rcvBuf: 4000, sndBuf: 5000, mss: 700 }],
];

const LINUX6Small: TcpConfig = { ...LINUX6, rcvBuf: 5000, mss: 500, windowScale: 7 };

/** The proxies announce the server's window scale, as their manuals ask for. */
function variantFor(v: Variant, config: TcpConfig): Variant {
  return v.params.wscale === undefined ? v : { ...v, params: { ...v.params, wscale: config.windowScale } };
}

describe.each(VARIANTS)('$title', (variant) => {
  describe.each(CONFIGS)('with stacks of %s', (_name, config) => {
    const v = variantFor(variant, config);

    test('a handshake, a request, its response and the close go through, byte for byte', () => {
      const rig = new Rig(boxOf(v), { config });
      const x = new Exchange(rig);
      rig.run(LONG, x.turn);
      expect([x.clientEnd, x.serverEnd]).toEqual(['closed', 'closed']);
      expect(x.complete).toBe(true);
      expect(rig.halfOpen).toBe(0);
    });

    test('and with any one segment lost, on any hop', () => {
      const whole = new Rig(boxOf(v), { config });
      const first = new Exchange(whole);
      whole.run(LONG, first.turn);
      const bad: string[] = [];
      for (let lose = 0; lose < whole.sent; lose++) {
        const rig = new Rig(boxOf(v), { config, lose });
        const x = new Exchange(rig);
        rig.run(LONG, x.turn);
        if (!x.complete) bad.push(`${lose} (${whole.log[lose]}): ${x.clientEnd}, ${x.serverEnd}`);
      }
      expect(bad).toEqual([]);
    });
  });

  test('over IPv6 as well', () => {
    const addresses = { client: IPV6_BASE + 3, server: IPV6_BASE + 8 };
    const rig = new Rig(boxOf(variant), { addresses });
    const x = new Exchange(rig);
    rig.run(LONG, x.turn);
    expect(x.complete).toBe(true);
  });

  test('with loss, duplicates and delays at random, bytes arrive as they were sent', () => {
    let whole = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const rig = new Rig(boxOf(variant), { config: LINUX6Small, weather: stream(seed, 'weather') });
      const x = new Exchange(rig);
      rig.run(LONG, x.turn);
      expect(x.damaged, `seed ${seed}`).toBe(false);
      if (x.complete) whole++;
      else expect([x.clientEnd, x.serverEnd], `seed ${seed}`).not.toEqual(['closed', 'closed']);
    }
    // Boxes with a patience of seconds give up some of those that need many repetitions; most come through.
    expect(whole).toBeGreaterThan(10);
  });

  test('the same run twice is the same run', () => {
    const logs = [0, 1].map(() => {
      const rig = new Rig(boxOf(variant));
      for (let i = 0; i < 50; i++) rig.inject(synFrom(0xc6120000 + i, 1024 + i, i * 1000));
      const x = new Exchange(rig);
      rig.run(LONG, x.turn);
      return rig.log;
    });
    expect(logs[0]!.length).toBeGreaterThan(50);
    expect(logs[0]).toEqual(logs[1]);
  });

  test('a timer that fires for nothing does nothing', () => {
    const rig = new Rig(boxOf(variant));
    const x = new Exchange(rig);
    rig.run(LONG, () => {
      x.turn();
      const before = [rig.sent, rig.box.entries, rig.box.nextTimer(), JSON.stringify(rig.box.counters)];
      rig.box.onTimer(rig.now, rig.port);
      expect([rig.sent, rig.box.entries, rig.box.nextTimer(), JSON.stringify(rig.box.counters)]).toEqual(before);
    });
    expect(x.complete).toBe(true);
  });

  test(`200,000 forged SYNs that a server answers leave ${variant.flooded} entries, never more, and they go`, () => {
    const box = new Audited(boxOf(variant));
    let now: Nanos = 0;
    const answer = new Segment();
    const spoken = new Segment();
    const port = { alloc: () => spoken, toServer: () => undefined, toNet: () => undefined };
    let most = 0;
    for (let i = 0; i < 200_000; i++) {
      now = i * 50_000; // 20,000 per second
      if (box.nextTimer() <= now) box.onTimer(now, port);
      const syn = synFrom(0x0a000000 + i, 1024 + (i % 60_000), Math.imul(i, 2654435761));
      if (box.fromNet(now, syn, port)) box.fromServer(now, synAckTo(syn, i, answer), port);
      if (box.entries > most) most = box.entries;
    }
    expect(most).toBe(variant.flooded);
    // Boxes with timers forget by themselves; the others when the next SYN comes, or never grow.
    for (let i = 0; i < 100_000 && box.nextTimer() < Infinity; i++) box.onTimer(box.nextTimer(), port);
    expect(box.nextTimer()).toBe(Infinity);
  });

  test('arbitrary segments from both sides break nothing', () => {
    const word = fc.oneof(fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff), fc.nat({ max: 0xffffffff }));
    const addresses = fc.constantFrom(CLIENT, 0xc6120001, 2 ** 32, 2 ** 32 + 7);
    const event = fc.record({
      fromNet: fc.boolean(),
      client: addresses,
      port: fc.constantFrom(1024, 1025, 65535),
      flags: fc.nat({ max: 0x1ff }),
      seq: word,
      ack: word,
      wnd: fc.nat({ max: 65535 }),
      mss: fc.integer({ min: -1, max: 65535 }),
      ws: fc.integer({ min: -1, max: 255 }),
      sackPerm: fc.boolean(),
      ts: fc.option(fc.tuple(word, word), { nil: null }),
      sackCount: fc.nat({ max: 4 }),
      len: fc.nat({ max: 3 }),
      wait: fc.constantFrom(0, 1, 1 * MS, 1 * SEC, 7 * SEC, 100 * SEC, 100_000 * SEC),
      // Half of the time an answer that fits what was sent last.
      fits: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const box = new Audited(boxOf(variant));
        let now: Nanos = 0;
        let last = new Segment();
        const keep = (seg: Segment): void => {
          last = seg;
        };
        const port = { alloc: () => new Segment(), toServer: keep, toNet: keep };
        for (const e of events) {
          now += e.wait;
          for (let i = 0; i < 10_000 && box.nextTimer() <= now; i++) box.onTimer(now, port);
          const seg = new Segment();
          seg.src = e.fromNet ? e.client : SERVER;
          seg.dst = e.fromNet ? SERVER : e.client;
          seg.sport = e.fromNet ? e.port : PORT;
          seg.dport = e.fromNet ? PORT : e.port;
          seg.flags = e.flags;
          seg.seq = e.fits ? last.ack : e.seq;
          seg.ack = e.fits ? (last.seq + 1) >>> 0 : e.ack;
          seg.wnd = e.wnd;
          seg.mss = e.mss;
          seg.ws = e.ws;
          seg.sackPerm = e.sackPerm;
          seg.tsVal = e.ts?.[0] ?? -1;
          seg.tsEcr = e.ts?.[1] ?? -1;
          seg.sackCount = e.sackCount;
          seg.len = e.len;
          seg.payload = new Uint8Array(e.len);
          if (e.fromNet) box.fromNet(now, seg, port);
          else box.fromServer(now, seg, port);
          for (const n of [last.seq, last.ack, last.flags]) expect(n).toBe(n >>> 0);
          expect(last.wnd).toBeLessThanOrEqual(65535);
          expect(box.entries).toBeLessThanOrEqual(2000);
        }
      }),
      { numRuns: 150, seed: 20260729 },
    );
  });
});

/** What a server says to a SYN, written into `s`. */
function synAckTo(syn: Readonly<Segment>, isn: number, s: Segment): Segment {
  s.src = syn.dst;
  s.sport = syn.dport;
  s.dst = syn.src;
  s.dport = syn.sport;
  s.seq = isn;
  s.ack = (syn.seq + 1) >>> 0;
  s.flags = SYN | ACK;
  s.wnd = 65535;
  s.mss = 1460;
  return s;
}
