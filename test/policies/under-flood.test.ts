/** The defences and profiles in whole flood runs: who is served, when theory leaves no doubt about it. */
import { describe, expect, test } from 'vitest';
import { runFlood } from '../../src/sim/flood-run.ts';
import { LISTEN_POLICIES } from '../../src/sim/listen-policies.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { floodScenario, type Wish } from '../support/flood-scenario.ts';

/** Clients from 2 s on, when any queue of 129 is full, until the first of its entries leaves; the flood begins at 0. */
function clients(wish: Wish, rate: number, rtt: number): { attempts: number; first: number; served: number } {
  // That it is connected a client believes too early; that it is served it knows after two round trips and 5 ms.
  const until = 6500 * MS; // entries of linux-6 stay for 7 s
  const { clients: groups } = runFlood(
    floodScenario({
      until,
      floods: [{ rate: { process: 'constant', rate } }],
      clients: [
        {
          arrivals: { process: 'constant', rate: 20, from: 2 * SEC, to: until - 2 * rtt - 10 * MS },
          rtt: { shape: 'fixed', value: rtt },
        },
      ],
      ...wish,
    }),
  );
  const all = groups.at(-1);
  if (all === undefined) throw new Error('no clients');
  return { attempts: all.attempts, first: all.answeredAtTry[0] ?? 0, served: all.served };
}

/** Flood SYNs a second; where entries are given up, each puts one out. */
const RATE = 1000;

describe('1000 SYN/s against a backlog of 128', () => {
  // All or nobody, at 40 ms (40 SYNs overtake an ACK) and at 200 ms (200 do).
  test.each<[string, Wish['policyParams'], boolean, boolean]>([
    ['drop-when-full', {}, false, false],
    ['reset-when-full', {}, false, false],
    ['one-limit', {}, false, false],
    ['oldest-drop', {}, true, false],
    ['syn-cache', { buckets: 1, bucketLimit: 129 }, true, false],
    ['syn-cache', { buckets: 64, bucketLimit: 129, cacheLimit: 129, whenFull: 'oldest-of-cache' }, true, false],
    ['syn-cache', {}, true, true],
    ['syn-cookies', {}, true, true],
    ['cookies-when-full', {}, true, true],
    ['syn-cache-then-cookies', { buckets: 4 }, true, true],
    ['adaptive-cookies', {}, true, true],
    ['cookie-pause', { buckets: 4 }, true, true],
  ])('%s %o: clients at 40 ms %s, at 200 ms %s', (policy, policyParams = {}, near, far) => {
    for (const [rtt, all] of [
      [40 * MS, near],
      [200 * MS, far],
    ] as const) {
      const { attempts, served } = clients({ policy, policyParams }, RATE, rtt);
      expect(attempts).toBeGreaterThan(70);
      expect(served).toBe(all ? attempts : 0);
    }
  });

  test('random-drop: each client passes with (1 - 1/129)^n, n the SYNs that come meanwhile', () => {
    for (const rtt of [40 * MS, 200 * MS]) {
      const { attempts, first, served } = clients({ policy: 'random-drop' }, RATE, rtt);
      expect(first).toBe(attempts); // all are answered; who keeps the entry, chance decides
      // 20 clients a second come between the 1000. A lost entry's ACK brings a RST, so there is no second try.
      const p = (1 - 1 / 129) ** (1.02 * RATE * (rtt / SEC));
      expect(Math.abs(served / attempts - p)).toBeLessThan(3.291 * Math.sqrt((p * (1 - p)) / attempts));
    }
  });

  test('every policy of the catalogue runs, and keeps to its room', () => {
    for (const policy of Object.keys(LISTEN_POLICIES)) {
      const scenario = floodScenario({
        policy,
        until: 3 * SEC,
        floods: [{ rate: { process: 'constant', rate: RATE } }],
      });
      const { queue, listeners } = runFlood(scenario);
      expect(queue.peak, policy).toBeLessThanOrEqual(queue.capacity);
      expect(listeners[0]?.counters.syns, policy).toBe(3000);
    }
  });
});

describe('profiles', () => {
  test('freebsd-14 serves everybody at 20,000 SYN/s, which fill its cache and then meet cookies', () => {
    const { attempts, served } = clients({ profile: 'freebsd-14', settings: {} }, 20_000, 200 * MS);
    expect(served).toBe(attempts);
  });

  test('freebsd-14 without cookies is a SYN cache: it serves near clients at 20,000 SYN/s, not far ones', () => {
    // 39 SYNs a second and bucket of 30: at 40 ms 1.6 fall into a client's bucket; after 1.5 s 59 have.
    const wish = { profile: 'freebsd-14', settings: { syncookies: 0 } };
    const near = clients(wish, 20_000, 40 * MS);
    expect(near.served).toBe(near.attempts);
    expect(clients(wish, 20_000, 1500 * MS).served).toBe(0);
  });

  test('bsd-1996 with its backlog of 5 is shut for 75 s by eight SYNs', () => {
    const { clients: groups, queue } = runFlood(
      floodScenario({
        profile: 'bsd-1996',
        backlog: 5,
        until: 60 * SEC,
        floods: [{ rate: { process: 'constant', rate: 1.7 }, to: 8 * SEC }],
        clients: [{ arrivals: { process: 'constant', rate: 5, from: 10 * SEC, to: 55 * SEC } }],
      }),
    );
    expect(queue).toMatchObject({ capacity: 8, peak: 8 });
    expect(groups.at(-1)).toMatchObject({ attempts: 225, served: 0 });
  });
});
