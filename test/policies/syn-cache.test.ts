/** The SYN cache and FreeBSD's pause, against the Poisson law and the schedule in tcp_syncache.c. */
import { describe, expect, test } from 'vitest';
import { cookiePause } from '../../src/tcp/policy/cookie-pause.ts';
import { cookiesOnOverflow } from '../../src/tcp/policy/cookies-on-overflow.ts';
import { synCache } from '../../src/tcp/policy/syn-cache.ts';
import { SEC } from '../../src/tcp/types.ts';
import { ACK, SYN } from '../../src/wire/segment.ts';
import { Bout } from './bout.ts';

/** P(X <= k) for X Poisson with mean m. */
function poisson(k: number, m: number): number {
  let term = Math.exp(-m);
  let sum = term;
  for (let i = 1; i <= k; i++) {
    term *= m / i;
    sum += term;
  }
  return sum;
}

describe('bucket survival: P = Poisson(λt <= 29), λ = 15,000/512 a second (Lemon 2002, 512 buckets of 30)', () => {
  test.each([
    [0.3, 1.0],
    [0.5, 0.9997],
    [0.8, 0.892],
    [1.0, 0.527],
    [1.2, 0.171],
    [1.5, 0.011],
  ])('after %f s: %f', (seconds, table) => {
    const p = poisson(29, (15_000 / 512) * seconds);
    expect(Math.abs(p - table)).toBeLessThan(0.001); // three digits, one of them cut
    const bout = new Bout({ backlog: 15360, policy: synCache({ secret: 0x5eed }) });
    const n = 15_000 * seconds;
    bout.flood(0, 20_000);
    // Each SYN of the flood is a client: every tenth is looked for n SYNs later, by a segment that changes nothing.
    const samples = 3000;
    let survived = 0;
    for (let i = 0; i < samples; i++) {
      const from = 20_000 + Math.floor(n) + 10 * i;
      if (i === 0) bout.flood(20_000, from);
      const { noAckFlag } = bout.listener.counters;
      bout.recv(from - Math.floor(n), { flags: 0, seq: 1001 + from - Math.floor(n) });
      survived += bout.listener.counters.noAckFlag - noAckFlag;
      bout.flood(from, from + 10);
    }
    // Samples of one bucket overlap, so they count for a third of independent ones.
    expect(Math.abs(survived / samples - p)).toBeLessThan(3.291 * Math.sqrt((p * (1 - p)) / (samples / 3)) + 0.001);
  });
});

test('the cache of FreeBSD holds 512 × 30', () => {
  const bout = new Bout({ backlog: 5, synQueueRoom: 15360, policy: synCache({ secret: 1 }) });
  bout.flood(0, 60_000);
  expect(bout.half).toBe(15360);
  expect(bout.listener.synQueue.capacity).toBe(15360);
});

test('an attacker who does not know the secret does not know the bucket', () => {
  // The same 40 clients: with one secret some bucket of 2 overflows, and which of them go differs from secret to secret.
  const gone = [1, 2, 3].map((secret) => {
    const bout = new Bout({ backlog: 99, policy: synCache({ buckets: 16, bucketLimit: 2, secret }) });
    bout.flood(0, 40);
    const left: number[] = [];
    bout.listener.entries((half) => left.push(half.remote & 0xff));
    return left.join();
  });
  expect(new Set(gone).size).toBe(3);
});

test.each([{ buckets: 3 }, { buckets: 0 }, { bucketLimit: 0 }, { cacheLimit: 1.5 }])('%o is refused', (options) => {
  expect(() => synCache({ ...options, secret: 1 })).toThrow(RangeError);
});

test('a cache that takes over from another defence knows the entries that are there', () => {
  const bout = new Bout({ backlog: 100 });
  bout.flood(0, 10);
  bout.listener.policy = synCache({ buckets: 1, bucketLimit: 10, secret: 1 });
  bout.syn(10);
  expect(bout.half).toBe(10);
  expect(bout.ack(0)).toBe(false); // the oldest went
  bout.syn(1);
  expect(bout.ack(1)).toBe(true);
});

/** A cache of one entry with pauses: each second SYN overflows it. */
const paused = (): Bout =>
  new Bout({
    backlog: 4,
    policy: cookiePause(synCache({ buckets: 1, bucketLimit: 1, secret: 1 })),
    cookies: 'freebsd',
  });

/** Overflows the cache now, and tells how long only cookies are made. */
function pauseOf(bout: Bout, first: number): number {
  const { counters } = bout.listener;
  const from = bout.now;
  for (let i = 0; counters.evicted === 0 && i < 2; i++) bout.syn(first + i);
  expect(counters.evicted).toBe(1);
  for (let seconds = 1; ; seconds++) {
    const cookies = counters.SyncookiesSent;
    bout.now = from + seconds * SEC - 1;
    bout.syn(first + 2);
    expect(counters.SyncookiesSent).toBe(cookies + 1);
    bout.drive(from + seconds * SEC);
    bout.syn(first + 3);
    if (counters.SyncookiesSent === cookies + 1) break;
  }
  bout.rst(first + 3); // the cache is empty again
  expect(bout.half).toBe(0);
  counters.evicted = 0;
  return (bout.now - from) / SEC;
}

describe('the pause (syncache_pause: 15 s, doubled up to six times)', () => {
  test('an attack that goes on: 15, 30, 60, 120, 240, 480, 960 s, and no longer', () => {
    const bout = paused();
    expect([0, 10, 20, 30, 40, 50, 60, 70].map((first) => pauseOf(bout, first))).toEqual([
      15, 30, 60, 120, 240, 480, 960, 960,
    ]);
  });

  test('an overflow within the length of the last pause after its end is the same attack; later a new one', () => {
    const same = paused();
    expect(pauseOf(same, 0)).toBe(15);
    same.now += 15 * SEC - 1;
    expect(pauseOf(same, 10)).toBe(30);
    same.now += 30 * SEC;
    expect(pauseOf(same, 20)).toBe(15);
  });

  test('the SYN that overflows the bucket is still kept; the entry it puts out comes back by its cookie', () => {
    const bout = paused();
    const [synAck] = bout.syn(0, { ws: 7, sackPerm: true });
    expect(synAck).toMatchObject({ flags: SYN | ACK, tsVal: -1 });
    bout.syn(1);
    expect(bout.listener.counters).toMatchObject({ evicted: 1, SyncookiesSent: 0 });
    bout.now = 2 * SEC;
    expect(bout.ack(1)).toBe(true);
    // Window scale and SACK are there without timestamps: Linux' cookies cannot do that.
    expect(bout.ack(0)).toBe(true);
    bout.listener.accept();
    expect(bout.listener.accept()?.half).toMatchObject({ mss: 1460, ws: 7, sackPerm: true, tsRecent: -1 });
    expect(bout.listener.counters.SyncookiesRecv).toBe(1);
  });

  test('cookies count only while an overflow is remembered: without one a right ISS + 1 after the entry is none', () => {
    const bout = paused();
    bout.syn(0);
    bout.rst(0);
    bout.now = 1 * SEC;
    expect(bout.ack(0)).toBe(false); // as sch_last_overflow says
    const flooded = paused();
    flooded.syn(0);
    flooded.syn(1);
    flooded.now = 16 * SEC; // the pause is over, and the overflow forgotten
    expect(flooded.ack(0)).toBe(false);
  });

  test('entries are forgotten when their bucket’s timer fires during a pause', () => {
    const bout = new Bout({
      backlog: 9,
      policy: cookiePause(synCache({ buckets: 1, bucketLimit: 5, secret: 1 })),
      cookies: 'freebsd',
    });
    bout.flood(0, 5);
    bout.now = SEC / 2;
    bout.syn(5); // puts out the oldest
    expect(bout.half).toBe(5);
    expect(bout.drive(SEC)).toEqual([]); // no SYN/ACK is repeated
    expect(bout.half).toBe(0);
    expect(bout.listener.counters).toMatchObject({ evicted: 6, expired: 0 });
    expect(bout.ack(5)).toBe(true);
  });
});

test('cache then cookies: who was first keeps all options, later ones get what a cookie carries', () => {
  const bout = new Bout({
    backlog: 9,
    policy: cookiesOnOverflow(synCache({ buckets: 1, bucketLimit: 2, secret: 1 })),
  });
  for (const i of [0, 1, 2]) bout.syn(i, { ws: 7, sackPerm: true });
  for (const i of [0, 1, 2]) expect(bout.ack(i)).toBe(true);
  const scales = [0, 1, 2].map(() => bout.listener.accept()?.half.ws);
  expect(scales).toEqual([7, 7, -1]);
  expect(bout.listener.counters).toMatchObject({ evicted: 0, SyncookiesSent: 1 });
});
