/** Boxes that make a source prove itself first: TCP Intercept's intercept mode, safe reset. */
import { describe, expect, test } from 'vitest';
import { type BoxParams, makeBox } from '../../src/sim/middlebox/box-kind.ts';
import { SAFE_RESET } from '../../src/sim/middlebox/safe-reset.ts';
import { TCP_INTERCEPT } from '../../src/sim/middlebox/tcp-intercept.ts';
import { LINUX6, RFC9293 } from '../../src/tcp/config.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { ACK, RST, Segment, SYN } from '../../src/wire/segment.ts';
import { CLIENT, deps, Exchange, LONG, liveHost, Rig, SERVER, synFrom } from './rig.ts';

describe('TCP Intercept, intercept mode', () => {
  const intercept = (params: BoxParams = {}) => makeBox(TCP_INTERCEPT, params, deps());
  const port = { alloc: () => new Segment(), toServer: () => undefined, toNet: () => undefined };

  /** When SYN/ACKs of a box that is never answered leave, in ms, and when it gives up. */
  function schedule(box: ReturnType<typeof intercept>): [number[], number] {
    const at: number[] = [];
    let now = 0;
    const out = {
      ...port,
      toNet: (s: Segment) => void (s.dst === CLIENT && at.push(now / MS)),
    };
    box.fromNet(0, synFrom(CLIENT, 1024, 1), out);
    while (box.nextTimer() < Infinity) {
      now = box.nextTimer();
      box.onTimer(now, out);
    }
    return [at, now / MS];
  }

  test('the SYN/ACK goes at 0, 1, 3, 7 and 15 s, and after 31 s it gives up', () => {
    expect(schedule(intercept())).toEqual([[0, 1000, 3000, 7000, 15_000], 31_000]);
  });

  test('in half the time while aggressive', () => {
    const box = intercept({ oneMinuteHigh: 1, oneMinuteLow: 1 });
    box.fromNet(0, synFrom(0x0a000001, 1024, 1), port);
    expect(schedule(box)).toEqual([[0, 500, 1500, 3500, 7500], 15_500]);
  });

  test('a flood of 5,000 leaves 1,100 partial connections, and nothing at the server', () => {
    const rig = new Rig(intercept());
    for (let i = 0; i < 5000; i++) rig.inject(synFrom(0x0a000000 + i, 1024, i));
    rig.run(25 * MS);
    expect(rig.box.entries).toBe(1100);
    expect(rig.box.counters).toMatchObject({ aggressiveOn: 1, partialRemoved: 3900 });
    rig.run(LONG);
    expect(rig.serverSyns).toBe(0);
    expect(rig.box.entries).toBe(0);
  });

  test('a user in it survives while fewer than 1,100 come within its 40 ms', () => {
    // 20,000/s bring 800 in 40 ms, 40,000/s bring 1,600.
    const outcomes = [20_000, 40_000].map((rate) => {
      const rig = new Rig(intercept());
      let sent = 0;
      const send = (until: number): void => {
        for (; (sent * SEC) / rate < until; sent++) {
          rig.run((sent * SEC) / rate);
          rig.inject(synFrom(0x0a000000 + sent, 1024, sent));
        }
      };
      send(100 * MS);
      const x = new Exchange(rig);
      const step = (): void => {
        x.turn();
      };
      for (let t = 100; t < 300; t++) {
        send(t * MS);
        rig.run(t * MS, step);
      }
      return [x.client.state, rig.box.counters.spliced];
    });
    expect(outcomes[0]).toEqual(['ESTABLISHED', 1]);
    expect(outcomes[1]![1]).toBe(0);
  });

  test('options but the MSS are not agreed to, since it cannot know what the server can do', () => {
    let said = new Segment();
    const syn = synFrom(CLIENT, 1024, 1);
    syn.ws = 7;
    syn.sackPerm = true;
    syn.tsVal = 5;
    const keep = (s: Segment): void => {
      said = s;
    };
    intercept({ mss: 1400 }).fromNet(0, syn, { ...port, toNet: keep });
    expect(said).toMatchObject({ flags: SYN | ACK, mss: 1400, ws: -1, sackPerm: false, tsVal: -1, wnd: 0 });
  });

  test('a connection is managed for 5 s after both FINs', () => {
    const rig = new Rig(intercept());
    const x = new Exchange(rig);
    rig.run(4 * SEC, x.turn);
    expect(rig.box.entries).toBe(1);
    rig.run(6 * SEC, x.turn);
    expect(rig.box.entries).toBe(0);
  });
});

describe.each(['syn-ack', 'ack'])('safe reset, answer: %s', (answer) => {
  const verifier = (params: BoxParams = {}) => makeBox(SAFE_RESET, { answer, ...params }, deps());

  test('no SYN of a silent address reaches the server, and nothing is kept', () => {
    const rig = new Rig(verifier());
    for (let i = 0; i < 2000; i++) rig.inject(synFrom(0x0a000000 + i, 1024, i));
    rig.run(LONG);
    expect(rig.serverSyns).toBe(0);
    expect(rig.box.entries).toBe(0);
    expect(rig.backscatter).toBe(2000);
  });

  test('the answer is wrong: it does not acknowledge the SYN', () => {
    let said = new Segment();
    const port = {
      alloc: () => new Segment(),
      toServer: () => undefined,
      toNet: (s: Segment): void => {
        said = s;
      },
    };
    verifier().fromNet(0, synFrom(CLIENT, 1024, 1000), port);
    expect(said).toMatchObject({ src: SERVER, dst: CLIENT, flags: answer === 'ack' ? ACK : SYN | ACK });
    expect(said.ack).not.toBe(1001);
  });

  test.each([
    // RFC 6298: the SYN goes again after 1 s.
    ['RFC 9293', RFC9293, 1000 + 42],
    // Linux sends it again two ticks, 8 ms, after a wrong acknowledgment (TCP_TIMEOUT_MIN): the answer is there after 40 ms.
    ['Linux 6', LINUX6, 40 + 8 + 42],
  ])('%s: the first connect takes longer, the next does not', (_name, config, ms) => {
    const rig = new Rig(verifier(), { config });
    const x = new Exchange(rig);
    rig.run(10 * SEC, x.turn);
    expect(x.establishedAt).toBe(ms * MS);
    const begun = rig.now;
    const next = new Exchange(rig);
    rig.run(LONG, () => {
      x.turn();
      next.turn();
    });
    expect(next.establishedAt - begun).toBe(42 * MS);
    expect(rig.box.counters).toMatchObject({ verified: 1, resetAbsorbed: 1 });
  });

  test('trust ends after `trust` without a SYN', () => {
    const rig = new Rig(verifier({ trust: 100 * SEC }));
    const x = new Exchange(rig);
    rig.run(50 * SEC, x.turn);
    expect(rig.box.entries).toBe(1);
    rig.run(101_040 * MS, x.turn);
    rig.inject(synFrom(CLIENT, 5555, 1));
    rig.run(LONG, x.turn);
    expect(rig.box.counters).toMatchObject({ forgotten: 1, verified: 2 });
  });

  test('forged addresses of live hosts get verified: their RST proves that they are there, no more', () => {
    const rig = new Rig(verifier(), { stranger: liveHost });
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 100; i++) rig.inject(synFrom(0x0a000000 + i, 1024, i));
      rig.run((round + 1) * SEC);
    }
    expect(rig.box.counters.verified).toBe(100);
    expect(rig.serverSyns).toBe(100);
  });

  test('other RSTs pass', () => {
    const rig = new Rig(verifier());
    const rst = synFrom(CLIENT, 1024, 123456);
    rst.flags = RST;
    expect(rig.box.fromNet(0, rst, rig.port)).toBe(true);
    expect(rig.box.entries).toBe(0);
  });
});
