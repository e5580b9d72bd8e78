/** Every listener defence, with what theory says of it: the table that the conformance suite runs over. */
import { stream } from '../../src/sim/rng.ts';
import { BSD1996_LISTEN, bsd1996Listener } from '../../src/tcp/bsd1996-listener.ts';
import { FREEBSD_LISTEN, freebsdListener } from '../../src/tcp/freebsd-listener.ts';
import { LINUX_LISTEN, linuxListener } from '../../src/tcp/linux-listener.ts';
import type { ListenOptions } from '../../src/tcp/listen-options.ts';
import { adaptiveCookies } from '../../src/tcp/policy/adaptive-cookies.ts';
import { cookiePause } from '../../src/tcp/policy/cookie-pause.ts';
import { cookiesOnOverflow } from '../../src/tcp/policy/cookies-on-overflow.ts';
import { dropWhenFull } from '../../src/tcp/policy/drop-when-full.ts';
import { oldestDrop } from '../../src/tcp/policy/oldest-drop.ts';
import { oneLimit } from '../../src/tcp/policy/one-limit.ts';
import { randomDrop } from '../../src/tcp/policy/random-drop.ts';
import { resetWhenFull } from '../../src/tcp/policy/reset-when-full.ts';
import { synCache } from '../../src/tcp/policy/syn-cache.ts';
import { synCookies } from '../../src/tcp/policy/syn-cookies.ts';

export interface Contender {
  readonly name: string;
  /** A fresh listener's options, for a SYN queue of `capacity` entries. */
  listen(capacity: number, seed: number): ListenOptions;
  /**
   * Does a client get through that sends its SYN when `capacity` entries are there and no more come in before its ACK
   * but `n` further SYNs? `maybe`: chance decides.
   */
  passes(n: number, capacity: number): boolean | 'maybe';
  /** Most half-open entries under a flood of any size. */
  most(capacity: number): number;
  /** False: a flood need not reach that. */
  readonly fillsUp?: boolean;
}

const always = (): boolean => true;
const never = (): boolean => false;
const all = (capacity: number): number => capacity;

/** Four buckets, so a flood fills each. */
const perBucket = (capacity: number): number => Math.ceil(capacity / 4);
const fourBuckets = (capacity: number, secret: number) =>
  synCache({ buckets: 4, bucketLimit: perBucket(capacity), secret });
/** The largest B with floor(3 B / 2) + 1 <= capacity. */
const bsdBacklog = (capacity: number): number => Math.floor((2 * capacity - 1) / 3);

export const CONTENDERS: readonly Contender[] = [
  {
    name: 'drop-when-full',
    listen: (capacity) => ({ backlog: capacity - 1, policy: dropWhenFull() }),
    passes: never,
    most: all,
  },
  {
    name: 'drop-when-full with a reserve',
    // M = 4/3 B: the reserve of a quarter begins at about the same length (ground truth B).
    listen: (capacity) => ({ backlog: 4 * capacity, maxSynBacklog: 4 * (capacity >> 2) }),
    passes: never,
    most: (capacity) => 3 * (capacity >> 2) + 1,
  },
  {
    name: 'oldest-drop',
    listen: (capacity) => ({ backlog: capacity - 1, policy: oldestDrop() }),
    // Its own SYN puts one out; it is the oldest of B once B - 1 more have come, and out with the B-th.
    passes: (n, capacity) => n < capacity,
    most: all,
  },
  {
    name: 'random-drop',
    listen: (capacity, seed) => {
      const random = stream(seed, 'random-drop');
      return { backlog: capacity - 1, policy: randomDrop((n) => random.below(n)) };
    },
    passes: (n) => (n === 0 ? true : 'maybe'),
    most: all,
  },
  {
    name: 'cookies when full',
    listen: (capacity) => ({ backlog: capacity - 1, policy: synCookies('when-full') }),
    passes: always,
    most: all,
  },
  {
    name: 'cookies always',
    listen: (capacity) => ({ backlog: capacity - 1, policy: synCookies('always') }),
    passes: always,
    most: () => 0,
  },
  {
    name: 'syn-cache',
    listen: (capacity, seed) => ({
      backlog: 5,
      synQueueRoom: 4 * perBucket(capacity),
      policy: fourBuckets(capacity, seed),
    }),
    passes: (n, capacity) => (n < perBucket(capacity) ? true : 'maybe'),
    most: (capacity) => 4 * perBucket(capacity),
  },
  {
    name: 'syn-cache of one bucket',
    // Then it is oldest-drop.
    listen: (capacity, secret) => ({
      backlog: capacity,
      policy: synCache({ buckets: 1, bucketLimit: capacity, secret }),
    }),
    passes: (n, capacity) => n < capacity,
    most: all,
  },
  {
    name: 'syn-cache whose oldest goes when it is full',
    listen: (capacity, secret) => ({
      backlog: capacity,
      policy: synCache({
        buckets: 16,
        bucketLimit: capacity,
        cacheLimit: capacity,
        whenFull: 'oldest-of-cache',
        secret,
      }),
    }),
    passes: (n, capacity) => n < capacity,
    most: all,
  },
  {
    name: 'syn-cache full before its buckets',
    listen: (capacity, secret) => ({
      backlog: capacity,
      policy: synCache({ buckets: 16, bucketLimit: capacity, cacheLimit: capacity, secret }),
    }),
    passes: () => 'maybe',
    most: all,
  },
  {
    name: 'syn-cache, then cookies',
    listen: (capacity, seed) => ({
      backlog: 4 * perBucket(capacity),
      policy: cookiesOnOverflow(fourBuckets(capacity, seed)),
    }),
    passes: always,
    most: (capacity) => 4 * perBucket(capacity),
  },
  {
    name: 'oldest-drop, then cookies',
    listen: (capacity) => ({ backlog: capacity - 1, policy: cookiesOnOverflow(oldestDrop()) }),
    passes: always,
    most: all,
  },
  {
    name: 'syn-cache with pauses, each ISS a cookie',
    listen: (capacity, seed) => ({
      backlog: 4 * perBucket(capacity),
      policy: cookiePause(fourBuckets(capacity, seed)),
      cookies: 'freebsd',
      repeatedSyn: 'restarts',
      abortOnOverflow: 'cookies-too',
      acceptQueueRoom: '3/2',
    }),
    passes: always,
    most: (capacity) => 4 * perBucket(capacity),
    fillsUp: false,
  },
  {
    name: 'adaptive cookies',
    listen: (capacity) => ({ backlog: capacity - 1, policy: adaptiveCookies() }),
    passes: always,
    most: (capacity) => Math.floor(capacity / 4) + 1,
  },
  {
    name: 'reset when full',
    listen: (capacity) => ({ backlog: capacity - 1, policy: resetWhenFull() }),
    passes: never,
    most: all,
  },
  {
    name: 'one limit for both queues',
    listen: (capacity) => ({
      backlog: bsdBacklog(capacity),
      policy: oneLimit(),
      synQueueRoom: '3/2',
      acceptQueueRoom: '3/2',
    }),
    passes: never,
    most: (capacity) => Math.floor((3 * bsdBacklog(capacity)) / 2) + 1,
  },
  {
    name: 'linux-6 without cookies',
    listen: (capacity) =>
      linuxListener({ ...LINUX_LISTEN, backlog: capacity - 1, tcp_max_syn_backlog: 4 * capacity, tcp_syncookies: 0 }),
    passes: never,
    most: all,
  },
  {
    name: 'linux-6',
    listen: (capacity) => linuxListener({ ...LINUX_LISTEN, backlog: capacity - 1 }),
    passes: always,
    most: all,
  },
  {
    name: 'freebsd-14',
    listen: (capacity, seed) =>
      freebsdListener(
        { ...FREEBSD_LISTEN, syncache_hashsize: 4, syncache_bucketlimit: perBucket(capacity) },
        Uint32Array.of(seed, 2, 3, 4),
      ),
    passes: always,
    most: (capacity) => 4 * perBucket(capacity),
    fillsUp: false,
  },
  {
    name: 'freebsd-14 without cookies',
    listen: (capacity, seed) =>
      freebsdListener(
        { ...FREEBSD_LISTEN, syncookies: 0, syncache_hashsize: 4, syncache_bucketlimit: perBucket(capacity) },
        Uint32Array.of(seed, 2, 3, 4),
      ),
    passes: (n, capacity) => (n < perBucket(capacity) ? true : 'maybe'),
    most: (capacity) => 4 * perBucket(capacity),
  },
  {
    name: 'bsd-1996',
    listen: (capacity) => bsd1996Listener({ ...BSD1996_LISTEN, somaxconn: 1000, backlog: bsdBacklog(capacity) }),
    passes: never,
    most: (capacity) => Math.floor((3 * bsdBacklog(capacity)) / 2) + 1,
  },
];
