/** Boxes that let SYNs pass and clear up behind them: semi-transparent gateway, active monitor, TCP Intercept's watch mode. */
import { describe, expect, test } from 'vitest';
import { ACTIVE_MONITOR } from '../../src/sim/middlebox/active-monitor.ts';
import { type BoxParams, makeBox } from '../../src/sim/middlebox/box-kind.ts';
import { SEMI_TRANSPARENT_GATEWAY } from '../../src/sim/middlebox/semi-transparent-gateway.ts';
import { TCP_INTERCEPT } from '../../src/sim/middlebox/tcp-intercept.ts';
import { LINUX6 } from '../../src/tcp/config.ts';
import { MS, type Nanos, SEC } from '../../src/tcp/types.ts';
import { ACK, RST, Segment, SYN } from '../../src/wire/segment.ts';
import { CLIENT, deps, Exchange, LONG, liveHost, PORT, Rig, type RigOptions, SERVER, synFrom } from './rig.ts';

/** Forged SYNs at `rate` per second for `time`, all of new addresses; returns the most half-open entries at the server. */
function flood(rig: Rig, rate: number, time: Nanos, first = 0x0a000000): number {
  let most = 0;
  const watch = (): void => {
    most = Math.max(most, rig.halfOpen);
    for (let c = rig.server.listener(PORT)?.accept(); c !== undefined; c = rig.server.listener(PORT)?.accept());
  };
  const gap = SEC / rate;
  for (let t = 0; t < time; t += gap) {
    rig.run(t, watch);
    rig.inject(synFrom(first + t / gap, 1024, t));
  }
  rig.run(time, watch);
  return most;
}

/** Talks to a box directly: what it sends, in order. */
function desk(kind: Parameters<typeof makeBox>[0], params: BoxParams) {
  const box = makeBox(kind, params, deps());
  const toServer: Segment[] = [];
  const toNet: Segment[] = [];
  const port = {
    alloc: () => new Segment(),
    toServer: (s: Segment) => void toServer.push(s),
    toNet: (s: Segment) => void toNet.push(s),
  };
  return { box, toServer, toNet, port };
}

function synAck(client: number, sport: number, isn: number, ack: number): Segment {
  const s = new Segment();
  s.src = SERVER;
  s.sport = PORT;
  s.dst = client;
  s.dport = sport;
  s.flags = SYN | ACK;
  s.seq = isn;
  s.ack = ack;
  s.wnd = 65535;
  s.mss = 1460;
  return s;
}

function fromClient(flags: number, seq: number, ack: number): Segment {
  const s = synFrom(CLIENT, 1024, seq);
  s.flags = flags;
  s.ack = ack;
  return s;
}

const linux: RigOptions = { config: LINUX6 };

test('without any box, 40 SYNs per second fill a backlog of 128 within 4 s', () => {
  const rig = new Rig(desk(ACTIVE_MONITOR, { perfect: ['10.0.0.0/8'] }).box, linux);
  // B + 1 entries, none of which is given up before 6 s.
  expect(flood(rig, 40, 4 * SEC)).toBe(129);
});

describe('semi-transparent gateway', () => {
  test('a half-open entry lives for the 2 ms from server to gateway and back', () => {
    const rig = new Rig(makeBox(SEMI_TRANSPARENT_GATEWAY, {}, deps()), linux);
    // Little's law: 500/s × 2 ms = 1; the one that comes is counted before the one that goes.
    expect(flood(rig, 500, 5 * SEC)).toBeLessThanOrEqual(2);
    rig.run(5 * SEC + 22 * MS);
    expect(rig.box.counters.ackSent).toBe(2500);
  });

  test('the flood becomes connections instead: rate × timeout of them', () => {
    const rig = new Rig(makeBox(SEMI_TRANSPARENT_GATEWAY, { timeout: 2 * SEC }, deps()), linux);
    flood(rig, 100, 10 * SEC);
    expect(Math.abs([...rig.server.connections()].length - 200)).toBeLessThanOrEqual(2);
    rig.run(20 * SEC);
    expect([...rig.server.connections()]).toEqual([]);
    expect(rig.box.counters.serverReset).toBe(1000);
  });

  test("it acknowledges in the client's name, with a window of 0 and the client's clock", () => {
    const d = desk(SEMI_TRANSPARENT_GATEWAY, {});
    const s = synAck(CLIENT, 1024, 0xffffffff, 1001);
    s.tsVal = 70;
    s.tsEcr = 30;
    expect(d.box.fromServer(0, s, d.port)).toBe(true);
    expect(d.toServer).toMatchObject([
      {
        src: CLIENT,
        sport: 1024,
        dst: SERVER,
        dport: PORT,
        flags: ACK,
        seq: 1001,
        ack: 0,
        wnd: 0,
        tsVal: 30,
        tsEcr: 70,
      },
    ]);
  });

  test('only the right ACK clears a client; without one the server is reset at the timeout', () => {
    const d = desk(SEMI_TRANSPARENT_GATEWAY, { timeout: 5 * SEC });
    d.box.fromServer(0, synAck(CLIENT, 1024, 7000, 1001), d.port);
    d.box.fromNet(1, fromClient(ACK, 1001, 9999), d.port);
    expect([d.box.entries, d.box.nextTimer()]).toEqual([1, 5 * SEC]);
    d.box.onTimer(5 * SEC, d.port);
    expect(d.toServer.at(-1)).toMatchObject({ flags: RST, seq: 1001, src: CLIENT });
    d.box.fromServer(6 * SEC, synAck(CLIENT, 1024, 8000, 2001), d.port);
    d.box.fromNet(6 * SEC, fromClient(ACK, 2001, 8001), d.port);
    expect([d.box.entries, d.box.nextTimer()]).toEqual([0, Infinity]);
  });

  test('a client slower than the timeout loses its connection', () => {
    const rig = new Rig(makeBox(SEMI_TRANSPARENT_GATEWAY, { timeout: 39 * MS }, deps()), linux);
    const x = new Exchange(rig);
    rig.run(LONG, x.turn);
    expect(x.clientEnd).toBe('reset');
  });
});

describe('active monitor', () => {
  test('half-open entries of new addresses live for `expiry`: rate × expiry of them', () => {
    const rig = new Rig(makeBox(ACTIVE_MONITOR, { expiry: 3 * SEC }, deps()), linux);
    // 30/s × 3 s = 90, and the RST is 1 ms under way; without the monitor 129 after 4.3 s.
    expect(Math.abs(flood(rig, 30, 20 * SEC) - 90)).toBeLessThanOrEqual(1);
  });

  test('an address that was bad once is killed with the SYN/ACK, 2 ms after', () => {
    const rig = new Rig(makeBox(ACTIVE_MONITOR, { expiry: 3 * SEC }, deps()), linux);
    flood(rig, 100, 1 * SEC);
    rig.run(5 * SEC);
    expect(rig.box.counters.becameBad).toBe(100);
    for (let i = 0; i < 100; i++) rig.inject(synFrom(0x0a000000 + i, 2048, i));
    let most = 0;
    rig.run(5 * SEC + 22 * MS, () => {
      most = Math.max(most, rig.halfOpen);
    });
    expect(most).toBe(100);
    rig.run(5 * SEC + 24 * MS);
    expect(rig.halfOpen).toBe(0);
  });

  test('states: NEW on a SYN, GOOD on the right ACK or RST, BAD at expiry, GOOD again when it answers, NULL when stale', () => {
    const d = desk(ACTIVE_MONITOR, { expiry: 6 * SEC, staleness: 100 * SEC });
    const counts = (): number[] =>
      ['becameNew', 'becameGood', 'becameBad', 'becameNull'].map((n) => d.box.counters[n]!);
    d.box.fromNet(0, synFrom(CLIENT, 1024, 1000), d.port);
    expect(counts()).toEqual([1, 0, 0, 0]);
    d.box.fromServer(1, synAck(CLIENT, 1024, 7000, 1001), d.port);
    // A guess proves nothing.
    d.box.fromNet(2, fromClient(ACK, 1001, 7000), d.port);
    expect(counts()).toEqual([1, 0, 0, 0]);
    d.box.onTimer(6 * SEC, d.port);
    expect(counts()).toEqual([1, 0, 1, 0]);
    expect(d.toServer).toMatchObject([{ flags: RST, seq: 1001, src: CLIENT, dst: SERVER }]);
    // Its next attempt is killed at once, yet it answers.
    d.box.fromNet(7 * SEC, synFrom(CLIENT, 1024, 2000), d.port);
    d.box.fromServer(7 * SEC + 1, synAck(CLIENT, 1024, 8000, 2001), d.port);
    expect(d.toServer).toHaveLength(2);
    d.box.fromNet(7 * SEC + 2, fromClient(ACK, 2001, 8001), d.port);
    expect(counts()).toEqual([1, 1, 1, 0]);
    // And the one after that is let be.
    d.box.fromNet(8 * SEC, synFrom(CLIENT, 1024, 3000), d.port);
    d.box.fromServer(8 * SEC + 1, synAck(CLIENT, 1024, 9000, 3001), d.port);
    expect(d.toServer).toHaveLength(2);
    d.box.fromNet(8 * SEC + 2, fromClient(RST, 3001, 0), d.port);
    d.box.fromNet(108 * SEC + 2, synFrom(CLIENT, 1025, 4000), d.port);
    expect(counts()).toEqual([2, 1, 1, 1]);
  });

  test('configured networks: evil ones die at once, perfect ones are not watched', () => {
    const d = desk(ACTIVE_MONITOR, { evil: ['10.0.0.0/8'], perfect: ['198.51.100.0/24'] });
    for (const source of [0x0a000001, CLIENT]) {
      d.box.fromNet(0, synFrom(source, 1024, 1000), d.port);
      d.box.fromServer(1, synAck(source, 1024, 7000, 1001), d.port);
    }
    expect(d.toServer).toMatchObject([{ flags: RST, src: 0x0a000001, seq: 1001 }]);
    expect(d.box.entries).toBe(2);
  });

  test('live hosts whose address was forged clear themselves', () => {
    const rig = new Rig(makeBox(ACTIVE_MONITOR, {}, deps()), { ...linux, stranger: liveHost });
    flood(rig, 100, 1 * SEC);
    rig.run(2 * SEC);
    expect(rig.halfOpen).toBe(0);
    expect(rig.box.counters).toMatchObject({ becameGood: 100, becameBad: 0, serverReset: 0 });
  });
});

describe('TCP Intercept, watch mode', () => {
  test('what is not established after 30 s is reset at the server', () => {
    const d = desk(TCP_INTERCEPT, { mode: 'watch' });
    d.box.fromNet(0, synFrom(CLIENT, 1024, 1000), d.port);
    d.box.fromServer(1, synAck(CLIENT, 1024, 7000, 1001), d.port);
    expect(d.box.nextTimer()).toBe(30 * SEC);
    d.box.onTimer(30 * SEC, d.port);
    expect(d.toServer).toMatchObject([{ flags: RST, seq: 1001, src: CLIENT }]);
    expect(d.box.entries).toBe(0);
  });

  test('4 SYNs per second leave 120 half open, where 63 s of Linux would fill the backlog', () => {
    const rig = new Rig(makeBox(TCP_INTERCEPT, { mode: 'watch' }, deps()), linux);
    expect(Math.abs(flood(rig, 4, 50 * SEC) - 120)).toBeLessThanOrEqual(1);
  });

  test('the 1101st request in a minute turns it aggressive: each new one costs the oldest, and the timeout is 15 s', () => {
    const d = desk(TCP_INTERCEPT, { mode: 'watch' });
    for (let i = 0; i < 1100; i++) d.box.fromNet(i, synFrom(0x0a000000 + i, 1024, i), d.port);
    expect([d.box.counters.aggressiveOn, d.box.entries, d.toServer.length]).toEqual([0, 1100, 0]);
    for (let i = 1100; i < 1110; i++) d.box.fromNet(i, synFrom(0x0a000000 + i, 1024, i), d.port);
    expect([d.box.counters.aggressiveOn, d.box.entries]).toEqual([1, 1100]);
    expect(d.toServer.map((s) => s.src)).toEqual(Array.from({ length: 10 }, (_, i) => 0x0a000000 + i));
    expect(d.box.nextTimer()).toBe(15 * SEC + 10);
  });

  test('it calms down when both counts are below 900', () => {
    const d = desk(TCP_INTERCEPT, { mode: 'watch' });
    for (let i = 0; i < 1101; i++) d.box.fromNet(i, synFrom(0x0a000000 + i, 1024, i), d.port);
    d.box.onTimer(15 * SEC + 2000, d.port);
    expect([d.box.entries, d.box.counters.aggressiveOff]).toEqual([0, 0]);
    // Those of the first second count until the 60th.
    d.box.fromNet(59 * SEC, synFrom(CLIENT, 1024, 1), d.port);
    expect(d.box.counters.aggressiveOff).toBe(0);
    d.box.fromNet(60 * SEC, synFrom(CLIENT, 1025, 1), d.port);
    expect(d.box.counters.aggressiveOff).toBe(1);
  });

  test('drop-mode random gives all the same chance', () => {
    const gone = new Uint32Array(4);
    for (let seed = 0; seed < 4000; seed++) {
      const box = makeBox(
        TCP_INTERCEPT,
        {
          mode: 'watch',
          dropMode: 'random',
          maxIncompleteHigh: 4,
          maxIncompleteLow: 1,
          oneMinuteHigh: 4,
        },
        deps(seed),
      );
      const port = {
        alloc: () => new Segment(),
        toServer: (s: Segment) => void gone[s.src - 0x0a000000]!++,
        toNet: () => undefined,
      };
      for (let i = 0; i < 5; i++) box.fromNet(i, synFrom(0x0a000000 + i, 1024, i), port);
    }
    // 4000 throws over four: 1000 each, standard deviation 27.4; four of them.
    for (const n of gone) expect(Math.abs(n - 1000)).toBeLessThan(110);
  });
});
